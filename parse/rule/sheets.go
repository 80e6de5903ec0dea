package rule

import (
	"fmt"
	"strings"

	"baosong/parse/call"
	"baosong/parse/finding"
)

func sheetRule() Rule {
	return Rule{
		Codes: []finding.Code{"sheet.missing", "sheet.no-header", "sheet.column-missing", "sheet.no-rows", "sheet.several", "sheet.extra-column", "sheet.old-form", "sheet.copy"},
		Doc: "汇总表：有案例就要有汇总表；表头按列名和同义列名识别，前面可有标题行，表头可占两行，列的次序不限，表可以在第二个工作表或 Word 文件里。" +
			"多出的列略过；有几张汇总表时采用第一张有内容的。盖章的扫描件或 PDF 以可编辑的汇总表为准。" +
			"用往次或别处的表样填写的，照样读取，只作记录；需要补正时，随信附上已填好可读内容的现行表样。自己制作的表，必填的列齐全就不作记录。",
		Run: func(p *Pass) {
			p.sheetMissing()
			p.sheetShape()
			p.sheetSeveral()
		},
	}
}

// sheetMissing reports cases without any summary. A summary that came but could not be read has its own finding.
func (p *Pass) sheetMissing() {
	only, missing := p.summaryOnPaper()
	switch {
	case !missing:
	case only != nil:
		p.report(finding.New("sheet.missing", only.At()).Saying("收到的汇总表《" + only.Name + "》是" + onPaper(only) + "，不能逐格读取，还缺可编辑的汇总表。").
			Cured(sendSheet + "收到的这一份不必重发。"))
	case len(p.Cases()) > 0:
		p.report(finding.New("sheet.missing", finding.Place{}).Saying("收到典型案例，但没有收到汇总表。"))
	}
}

// summaryOnPaper tells whether the summary is owed and no file accounts for it; only is the file that merely shows it.
func (p *Pass) summaryOnPaper() (only *File, missing bool) {
	if p.Table != nil || p.Partial || p.Nil {
		return nil, false
	}
	if part, asked := p.Call.Part(call.PartSummary); !asked || !part.Required {
		return nil, false
	}
	for _, f := range p.Files {
		switch {
		case f.Opaque, f.Presumed == call.PartSummary, (f.Part == call.PartSummary && (f.Blank || len(f.Tables) > 0)):
			return nil, false
		case f.Part == call.PartSummary:
			only = f
		}
	}
	return only, true
}

// sendSheet is what to do where a summary came in a form that gives no table.
const sendSheet = "请把做这张表时所用的表格文件（Excel 或 WPS 的 .xlsx、.xls、.et）作为附件发来；找不到原文件的，请按汇总表表样重新填写。"

// onPaper names a file that shows a sheet as print does.
func onPaper(f *File) string {
	switch {
	case f.Picture:
		return "图片"
	case f.Scan:
		return "扫描件"
	case f.Doc != nil && f.Doc.Format != "pdf":
		return "用空格排成的文字"
	}
	return " PDF 文件"
}

func (p *Pass) sheetShape() {
	t := p.Table
	if t == nil {
		return
	}
	if t.Header == 0 {
		p.report(finding.New("sheet.no-header", t.At()).Saying("在《" + t.File.Name + "》中找到了表格，但没有找到表头一行。").
			Cured("请使用下发的汇总表，保留表头（" + p.headers() + "）。"))
		return
	}
	if t.Cut {
		p.report(finding.New("file.limit", t.At()).Saying(fmt.Sprintf("汇总表超过 %d 行，只读取了前 %d 行。", MaxRows, MaxRows)).Cured("请删去多余的行后重新发送。"))
	}
	for _, c := range p.Call.Columns {
		if _, ok := t.Columns[c.ID]; c.Required && !ok {
			at := t.At()
			at.Column, at.Row = c.ID, t.Header
			p.report(finding.New("sheet.column-missing", at).Got("", c.Header).Saying("汇总表缺少“" + c.Header + "”一列。").
				Cured("请补上“" + c.Header + "”一列并逐行填写。"))
		}
	}
	p.sheetForm()
	for _, x := range t.Extra {
		at := t.At()
		at.Cell, at.Row = x.Cell, t.Header
		p.report(finding.New("sheet.extra-column", at).Got(cut(x.Header, 30), "").Saying("表样中没有“" + cut(x.Header, 30) + "”一列，已略过。"))
	}
	if len(t.Rows) == 0 && t.Samples == 0 {
		p.report(finding.New("sheet.no-rows", t.At()).Saying("汇总表《" + t.File.Name + "》只有表头，没有填写案例。"))
	}
}

// sheetForm notes a sheet on an old form, or on somebody else's: one that bears another version than this call's, or none
// and lacks columns. A sheet of a city's own making that has all columns is as good as the form.
func (p *Pass) sheetForm() {
	t := p.Table
	if t.File.Prior || len(t.Rows) == 0 {
		return
	}
	version := ""
	if t.File.Book != nil {
		version = t.File.Book.FormVersion()
	}
	foreign := false
	for _, c := range p.Call.Columns {
		foreign = foreign || c.Required && !t.column(c.ID)
	}
	if version == p.Call.FormVersion() || version == "" && !foreign {
		return
	}
	p.report(finding.New("sheet.old-form", t.At()).Saying("《" + t.File.Name + "》用的不是本次征集现行的汇总表表样，已按表头读取。"))
}

func (p *Pass) headers() string {
	var names []string
	for _, c := range p.Call.Columns {
		if c.Required {
			names = append(names, c.Header)
		}
	}
	return strings.Join(names, "、")
}

func (p *Pass) sheetSeveral() {
	var at []string
	for _, t := range p.Others {
		at = append(at, "《"+t.File.Name+"》的“"+t.Sheet+"”")
	}
	if len(at) > 0 && p.Table != nil {
		x := finding.New("sheet.several", p.Others[0].At())
		p.report(x.Saying(fmt.Sprintf("共有 %d 张汇总表，已采用《%s》的“%s”，其余未读取：%s。", len(at)+1, p.Table.File.Name, p.Table.Sheet, strings.Join(at, "、"))))
	}
	for _, f := range p.Files {
		if f.Part == call.PartSummary && f.CopyOf != nil && f.Same == nil {
			p.report(finding.New("sheet.copy", f.At()).Saying("《" + f.Name + "》是汇总表的盖章件，以可编辑的《" + f.CopyOf.Name + "》为准。"))
		}
	}
}

func hiddenRule() Rule {
	return Rule{
		Codes: []finding.Code{"row.hidden"},
		Doc:   "隐藏的行也一并读取，逐行记录。",
		Run: func(p *Pass) {
			p.rows(func(t *Table, r *Row) {
				if r.Hidden {
					at := t.At()
					at.Row = r.Number
					p.report(finding.New("row.hidden", at).Saying(fmt.Sprintf("第 %d 行在表格中被隐藏，已一并读取。", r.Number)))
				}
			})
		},
	}
}

// rows runs over the rows of the table that counts.
func (p *Pass) rows(visit func(*Table, *Row)) {
	if p.Table == nil || p.Table.Header == 0 {
		return
	}
	for _, r := range p.Table.Rows {
		visit(p.Table, r)
	}
}

func sequenceRule() Rule {
	return Rule{
		Codes: []finding.Code{"row.sequence"},
		Doc:   "序号应从 1 起连续；空着不算错，“1.”“01”“一”都可以。一个序号写错只报一处。",
		Run: func(p *Pass) {
			q := sequence{instead: none, seen: map[int]int{}}
			if p.Table != nil {
				q.last, q.samples = p.Table.SeqFrom, p.Table.SeqFrom
			}
			told := map[string]bool{}
			p.rows(func(t *Table, r *Row) {
				c := r.Cells["seq"]
				if Blank(c.Text) {
					q.empty++ // an empty number may stand for one
					return
				}
				if told[c.Address] {
					return
				}
				told[c.Address] = true
				want := fmt.Sprint(q.last + 1)
				// A row that is there twice is told as that: its number goes with it.
				if why := q.next(cut(c.Text, 20), r.Number); why != "" && r.Twin == nil {
					p.report(finding.New("row.sequence", t.Place(r, "seq")).Got(cut(c.Text, 20), want).Saying(why))
				}
			})
		},
	}
}

const none = -9

// sequence follows the running numbers of a table.
type sequence struct {
	last    int         // the number before
	instead int         // what the number before should have been, when it was odd
	empty   int         // rows without a number since
	samples int         // numbers that sample rows took
	seen    map[int]int // number -> row
}

// next takes the next number and says what is wrong with it, "" when nothing is.
func (q *sequence) next(text string, row int) string {
	n, ok := Seq(text)
	if !ok {
		return "序号填写为“" + text + "”，不是数字。"
	}
	first, again := q.seen[n]
	want, why := q.last+1, ""
	switch {
	case n == q.instead+1: // the number before was the odd one
	case again:
		why = fmt.Sprintf("序号 %d 与第 %d 行重复。", n, first)
	case (n < want || n > want+q.empty) && !(q.samples > 0 && q.last == q.samples && n == 1):
		why = fmt.Sprintf("序号 %d 不连续，按次序应为 %d。", n, want)
	}
	q.instead = none
	if why != "" {
		q.instead = want
	}
	q.seen[n], q.empty = row, 0
	if !again {
		q.last = n
	}
	return why
}

func duplicateRowRule() Rule {
	return Rule{
		Codes: []finding.Code{"row.duplicate"},
		Doc:   "同一集群下的案例名称不能重复；不同集群的案例可以同名。",
		Run: func(p *Pass) {
			p.rows(func(t *Table, r *Row) {
				if r.Twin != nil {
					p.report(finding.New("row.duplicate", t.Place(r, "title")).Got(cut(r.Text("title"), 60), "").
						Saying(fmt.Sprintf("第 %d 行的集群名称和案例名称与第 %d 行相同。", r.Number, r.Twin.Number)))
				}
			})
		},
	}
}

// column reports whether the table has a column of the call.
func (t *Table) column(id string) bool {
	_, ok := t.Columns[id]
	return ok
}

// Twins marks each row that repeats an earlier one's cluster and title.
func Twins(t *Table, key func(*Row) string) {
	first := map[string]*Row{}
	for _, r := range t.Rows {
		k := key(r)
		if k == "" {
			continue
		}
		if earlier, again := first[k]; again {
			r.Twin = earlier
			continue
		}
		first[k] = r
	}
}
