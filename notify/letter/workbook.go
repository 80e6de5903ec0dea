package letter

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"baosong/ledger"
	"baosong/parse/call"
	"baosong/parse/finding"
	"baosong/parse/sheet/annotate"
	"baosong/parse/sheet/workbook"
)

const (
	xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	maxMark  = 10 << 20 // a larger workbook is not marked: it would not fit a mail either
)

// workbooks makes the sheets that go with a letter, if any do, and tells the page about them.
func workbooks(f Facts, p *Page) ([]Attachment, error) {
	dir, err := os.MkdirTemp("", "letter-*")
	if err != nil {
		return nil, fmt.Errorf("make room for the workbook: %w", err)
	}
	defer os.RemoveAll(dir)
	out, err := mainWorkbook(f, p, filepath.Join(dir, "letter.xlsx"))
	if sub := submission(f); err == nil && wantsForm(f, sub) {
		dst := filepath.Join(dir, "form.xlsx")
		if err := form(f, sub, p, dst); err != nil {
			return nil, err
		}
		return attach(out, p.Form.Name, dst)
	}
	return out, err
}

// submission is the revision that a letter is about; a preview's report takes its shape.
func submission(f Facts) *ledger.Submission {
	if f.Submission == nil && f.Said.Report != nil {
		return f.Said.Report.submission()
	}
	return f.Submission
}

func attach(to []Attachment, name, path string) ([]Attachment, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the workbook back: %w", err)
	}
	return append(to, Attachment{Name: name, ContentType: xlsxType, Bytes: b}), nil
}

// mainWorkbook makes the digest's tables, or the sender's sheet marked, or the list of findings.
func mainWorkbook(f Facts, p *Page, dst string) (out []Attachment, err error) {
	switch {
	case f.Digest != nil && f.Light:
		return nil, nil // all that matters is in the text
	case f.Digest != nil:
		p.Workbook.Name = fmt.Sprintf("报送情况_%s.xlsx", f.Now.Format("20060102"))
		err = workbook.WriteTables(dst, digestTables(f))
	case p.Errors.Total > 0 && wantsList(f, p):
		err = findingsWorkbook(f, p, dst)
	default:
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return attach(nil, p.Workbook.Name, dst)
}

// wantsList tells whether the findings are about files at all: a mail without attachment needs no list of one line. Letters
// that answer no mail with files carry one only when their text has no room for all.
func wantsList(f Facts, p *Page) bool {
	if (f.Submission == nil && f.Said.Report == nil || f.Topic == TopicDecision) && !p.Errors.cut() {
		return false
	}
	for _, x := range told(findings(f)) {
		if x.Severity == finding.Error && x.File != "" {
			return true
		}
	}
	return false
}

func findings(f Facts) []ledger.Finding {
	if sub := submission(f); sub != nil {
		return asked(f, sub)
	}
	return f.Open
}

// findingsWorkbook marks the sender's own workbook, or lists the findings in one of ours when that cannot be done.
func findingsWorkbook(f Facts, p *Page, dst string) error {
	sub := submission(f)
	list := listRows(told(findings(f)), f.Call)
	src, file, why := markable(f, sub)
	if at := marks(sub, file, f.Call); src != "" && len(at) > 0 { // no mark falls on a sheet without header
		p.Workbook = Workbook{Name: markedName(file.Name), Marked: true}
		if err := f.mark(src, dst, at, list); err == nil {
			return nil
		}
		why = "报送的汇总表不便在上面直接标注，原表没有退回。"
	}
	p.Workbook.Why = why
	p.Workbook.Name, p.Workbook.Marked = "问题清单.xlsx", false
	return workbook.WriteList(dst, "问题清单", list)
}

// Marker marks a workbook as annotate.Workbook does. The house gives one that opens the sender's file in the cage.
type Marker func(src, dst string, marks []annotate.Mark, list []workbook.ListRow) error

func (f Facts) mark(src, dst string, marks []annotate.Mark, list []workbook.ListRow) error {
	if f.Mark == nil {
		return annotate.Workbook(src, dst, marks, list)
	}
	return f.Mark(src, dst, marks, list)
}

// marked is what we add to the name of a workbook that goes back; one that comes back with it has it once all the same.
const marked = "（已标注）"

func markedName(name string) string {
	name = baseName(name)
	stem := strings.ReplaceAll(strings.TrimSuffix(name, filepath.Ext(name)), marked, "")
	return fileName(clip(Mask(stem), 70) + marked + ".xlsx")
}

// markable returns where the sender's summary workbook lies when it can go back marked; otherwise why not, if there is one.
func markable(f Facts, sub *ledger.Submission) (path string, file ledger.File, why string) {
	if sub == nil || f.File == nil {
		return "", file, ""
	}
	for _, x := range sub.Files {
		if x.Part != string(call.PartSummary) || x.Copy || !x.Used {
			continue
		}
		switch {
		case !canMark(annotate.Takes, x.Format):
			why = "报送的汇总表" + formatWords(x) + "，不便在上面直接标注，原表没有退回。"
		case x.Size > maxMark || f.Light:
			why = "报送的汇总表较大，不便随信退回。"
		default:
			if path, err := f.File(x); err == nil {
				return path, x, ""
			}
		}
	}
	return "", file, why
}

// formatWords says what a summary is that cannot be marked, in a clerk's words.
func formatWords(x ledger.File) string {
	switch ext := strings.ToLower(strings.TrimPrefix(filepath.Ext(x.Name), ".")); {
	case x.Format == "xlsm":
		return "带有宏（xlsm）"
	case ext == "et" || ext == "ett":
		return "是 WPS 表格格式（et）"
	case strings.HasPrefix(x.Format, "xls") && x.Format != "xlsb":
		return "是旧版 Excel 格式（xls）"
	case x.Format == "csv" || x.Format == "text":
		return "是文本表格（csv）"
	case x.Format == "ods" || x.Format == "fods":
		return "是 ODF 表格（ods）"
	case isDocument(x.Name):
		return "是 Word 文件里的表格"
	}
	return "是 " + x.Format + " 格式"
}

// isDocument tells a text document by its name: what is in its tables has no cells that a clerk could look up.
func isDocument(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".docx", ".docm", ".doc", ".wps", ".wpt", ".rtf", ".odt", ".pdf", ".html", ".htm", ".mht", ".mhtml":
		return true
	}
	return false
}

// canMark asks about a format that the ledger keeps as text.
func canMark[F ~string](can func(F) bool, format string) bool { return can(F(format)) }

// marks places the findings of one workbook on its cells; a finding about a whole row is set on its title.
func marks(sub *ledger.Submission, file ledger.File, c *call.Call) []annotate.Mark {
	var out []annotate.Mark
	if sub == nil {
		return nil
	}
	for _, f := range told(sub.Findings) {
		if f.Severity == finding.Note || !f.In(shown(file)) {
			continue
		}
		sheetName, cell := f.Sheet, f.Cell
		if cell == "" {
			sheetName, cell = rowCell(sub, f.Place)
		}
		col, row, ok := coordinates(cell)
		if !ok {
			continue
		}
		out = append(out, annotate.Mark{Sheet: sheetName, Row: row, Col: col, Severity: string(f.Severity), Comment: comment(f)})
	}
	return out
}

func rowCell(sub *ledger.Submission, p finding.Place) (sheetName, cell string) {
	for _, r := range sub.Rows {
		if r.Row != p.Row || p.Row == 0 || (p.Sheet != "" && r.Sheet != p.Sheet) {
			continue
		}
		for _, id := range []string{p.Column, "title", "cluster", "seq"} {
			if at := r.Cells[id]; at != "" {
				return r.Sheet, at
			}
		}
	}
	return "", ""
}

func comment(f ledger.Finding) string {
	lines := []string{severity(f.Severity) + "：" + chinese(Mask(f.Message))}
	if w := wanted(f); w != "" {
		lines = append(lines, "应当是："+Mask(w))
	}
	if f.Hint != "" {
		lines = append(lines, chinese(Mask(f.Hint)))
	}
	return strings.Join(lines, "\n")
}

// coordinates reads H7 as column 8, row 7.
func coordinates(cell string) (col, row int, ok bool) {
	i := 0
	for ; i < len(cell) && cell[i] >= 'A' && cell[i] <= 'Z' && i < 3; i++ {
		col = col*26 + int(cell[i]-'A') + 1
	}
	if i == 0 || i == len(cell) || len(cell) > 12 {
		return 0, 0, false
	}
	for ; i < len(cell); i++ {
		if cell[i] < '0' || cell[i] > '9' {
			return 0, 0, false
		}
		row = row*10 + int(cell[i]-'0')
	}
	return col, row, row > 0
}

func listRows(fs []ledger.Finding, c *call.Call) []workbook.ListRow {
	var out []workbook.ListRow
	for _, s := range []finding.Severity{finding.Error, finding.Warning, finding.Note} {
		for _, f := range fs {
			if f.Severity != s {
				continue
			}
			out = append(out, workbook.ListRow{
				File: Mask(oneLine(f.Called())), Sheet: Mask(oneLine(f.Sheet)), Cell: listCell(f.Place, c), Severity: severity(s),
				Found: Mask(oneLine(f.Found)), Message: listMessage(f), Hint: chinese(Mask(oneLine(f.Hint))),
			})
		}
	}
	return out
}

// listCell is the cell's address where there is one, since the list links to it; else the place in words.
func listCell(p finding.Place, c *call.Call) string {
	if p.Cell != "" && !isDocument(p.File) {
		return p.Cell
	}
	return place(finding.Place{Row: p.Row, Column: p.Column, Where: p.Where}, c)
}

func listMessage(f ledger.Finding) string {
	m := chinese(Mask(oneLine(f.Message)))
	if w := wanted(f); w != "" {
		m += "应当是：" + Mask(oneLine(w))
	}
	return m
}

// wanted is what is wanted, unless the cure says the same.
func wanted(f ledger.Finding) string {
	if strings.Contains(f.Hint, strings.TrimSuffix(f.Wanted, " 之一")) {
		return ""
	}
	return f.Wanted
}
