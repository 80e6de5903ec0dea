package main

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"baosong/parse/call"
	"baosong/parse/container"
	"baosong/parse/sheet"
	"baosong/parse/sheet/grid"
	"baosong/sample"
)

// spoiled are a city's cases with two faults in the sheet: a direction outside the list in the first row, a telephone
// number too short in the last.
func spoiled(c *call.Call, u *call.Unit, n int) (good, rows []sample.Case) {
	good = sample.Cases(c, u, n)
	rows = slices.Clone(good)
	rows[0].Direction, rows[n-1].Phone = "数字化转型", "123"
	return good, rows
}

// TestMarkedWorkbook sends summary sheets of several makers through the whole house and proves of the workbook that the
// correction request carries: the list is in front, the faulty cells are filled and commented, all else is as it was, and
// LibreOffice shows the same values. Then the city sends it back as it is, and mended.
func TestMarkedWorkbook(t *testing.T) {
	t.Parallel()
	c := call.Default()
	u, _ := c.Unit("hefei")
	good, rows := spoiled(c, u, 3)
	busy := busyWorkbook(t, u.City, rows)
	own, err := sample.Summary(c, u, rows)
	if err != nil {
		t.Fatal(err)
	}
	makers := map[string][]byte{"excelize": busy, "our own form": own.Data, "prefixed": reprefixed(t, busy)}
	t.Run("LibreOffice", func(t *testing.T) {
		t.Parallel()
		sent := append(libreOffice(t, "xlsx", busy, own.Data), busy)
		both := slices.Clone(sent)
		for i, b := range sent {
			both = append(both, markedByMail(t, fmt.Sprintf("libreoffice-%d", i), b, good))
		}
		shown := libreOffice(t, "ods", both...)
		for i := range sent {
			sameShown(t, shown[i], shown[len(sent)+i])
		}
	})
	for name, b := range makers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			markedByMail(t, strings.ReplaceAll(name, " ", "-"), b, good)
		})
	}
}

// leave writes a workbook into the folder that BAOSONG_LOOK names, for looking at it as a picture.
func leave(t *testing.T, name string, b []byte) {
	t.Helper()
	if dir := os.Getenv("BAOSONG_LOOK"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// markedByMail plays the correspondence and returns the workbook as it was marked at first.
func markedByMail(t *testing.T, name string, raw []byte, good []sample.Case) []byte {
	t.Helper()
	o := newOffice(t, nil)
	files := []sample.File{{Name: "附件2 汇总表.xlsx", Data: raw}}
	for _, k := range good {
		files = append(files, sample.CaseFile(k))
	}
	l := o.one(o.send("hefei", "报送", append(files, sample.Measures("合肥市"))...))
	says(t, l, "2 处需要更正", "案例方向", "联系电话", "附件：附件2 汇总表（已标注）.xlsx", "第一张工作表是“问题清单”")
	back, marked := attached(t, l, "已标注")
	leave(t, name+".xlsx", marked)
	first := checkMarked(t, raw, marked, 2)

	// As it is, with our list, fills and comments still in it: read right, and marked again without piling up.
	l = o.one(o.send("hefei", "补正", sample.File{Name: back, Data: marked}))
	says(t, l, "2 处需要更正", "仍未改 2 处")
	back, again := attached(t, l, "已标注")
	if back != "附件2 汇总表（已标注）.xlsx" {
		t.Errorf("the workbook that came back marked is now called %q", back)
	}
	leave(t, name+"-again.xlsx", again)
	if second := checkMarked(t, raw, again, 2); fmt.Sprint(second) != fmt.Sprint(first) {
		t.Errorf("marked again:\n%v\nat first:\n%v", second, first)
	}

	// One of the two cells mended: only the other one is still marked.
	l = o.one(o.send("hefei", "补正", sample.File{Name: back, Data: edited(t, again, "数字化转型", good[0].Direction)}))
	says(t, l, "1 处需要更正", "已改好 1 处", "仍未改 1 处")
	_, third := attached(t, l, "已标注")
	if got := checkMarked(t, nil, third, 1); len(got) != 1 || !strings.Contains(got[0], "联系电话") {
		t.Errorf("marks after one was mended: %v", got)
	}
	l = o.one(o.send("hefei", "补正", sample.File{Name: back, Data: edited(t, third, "123", good[2].Phone)}))
	says(t, l, "材料齐全，符合要求", "已改好 1 处")
	if len(l.Attachments) != 0 {
		t.Errorf("the receipt carries %v", l.Attachments[0].Name)
	}
	if s := o.standing("hefei"); s.State != "accepted" || s.CasesAccepted != 3 {
		t.Errorf("hefei stands at %+v", s)
	}
	return marked
}

// sameShown compares what LibreOffice shows of a workbook before and after marking: sheets, hidden ones, merged areas and
// every cell's text.
func sameShown(t *testing.T, before, after []byte) {
	t.Helper()
	read := func(name string, b []byte) *grid.Book {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		book, err := sheet.Read(t.Context(), path, container.ODS, grid.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		return book
	}
	a, b := read("before.ods", before), read("after.ods", after)
	if len(a.Sheets) != len(b.Sheets) {
		t.Fatalf("LibreOffice shows %d sheets, %d before", len(b.Sheets), len(a.Sheets))
	}
	for i, g := range a.Sheets {
		h := b.Sheets[i]
		if g.Name != h.Name || g.Hidden != h.Hidden || !reflect.DeepEqual(g.Merges, h.Merges) || !reflect.DeepEqual(g.Rows, h.Rows) {
			t.Errorf("LibreOffice shows another %q after marking", g.Name)
		}
	}
}

// edited replaces a cell's whole text, as a clerk would, in another program.
func edited(t *testing.T, raw []byte, old, new string) []byte {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, s := range f.GetSheetList() {
		cells, err := f.SearchSheet(s, old)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range cells {
			if s == "问题清单" {
				continue
			}
			if err := f.SetCellStr(s, c, new); err != nil {
				t.Fatal(err)
			}
		}
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// checkMarked proves a marked workbook against the one sent and returns its own comments, as cell and text.
func checkMarked(t *testing.T, sent, marked []byte, want int) (ours []string) {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(marked))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sheets := f.GetSheetList()
	if sheets[0] != "问题清单" || slices.Contains(sheets[1:], "问题清单") {
		t.Errorf("sheets %q", sheets)
	}
	list, err := f.GetRows("问题清单")
	if err != nil || len(list) < want+2 {
		t.Errorf("the list has %d rows, %v", len(list), err)
	}
	for _, s := range sheets[1:] {
		comments, err := f.GetComments(s)
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range comments {
			text := k.Text
			for _, p := range k.Paragraph {
				text += p.Text
			}
			if n := strings.Count(text, "【省级审核】"); n == 1 {
				ours = append(ours, s+"!"+k.Cell+" "+text)
			} else if n > 1 {
				t.Errorf("%s!%s says it %d times: %q", s, k.Cell, n, text)
			}
		}
	}
	slices.Sort(ours)
	if len(ours) != want {
		t.Errorf("%d comments of ours, want %d: %q", len(ours), want, ours)
	}
	if sent != nil {
		sameButMarks(t, sent, marked)
	}
	return ours
}

// sameButMarks compares the packages part by part: what marking has no business with is the same byte for byte; the sheets
// say the same but for the styles of cells, new empty cells and the drawing of comments; the styles only gain.
func sameButMarks(t *testing.T, sent, marked []byte) {
	t.Helper()
	after := map[string][]byte{}
	for _, p := range packed(t, marked) {
		after[p.name] = p.data
	}
	for _, p := range packed(t, sent) {
		got, ok := after[p.name]
		switch low := strings.ToLower(p.name); {
		case !ok:
			t.Errorf("part %s is lost", p.name)
		case bytes.Equal(got, p.data):
		case strings.HasPrefix(low, "xl/worksheets/sheet"):
			if a, b := bareSheet(t, p.data), bareSheet(t, got); a != b {
				t.Errorf("%s differs:\n%s", p.name, firstDifference(a, b))
			}
		case strings.HasPrefix(low, "xl/styles"):
			if a, b := leadingStyles(t, p.data), leadingStyles(t, got); !strings.HasPrefix(b, a) {
				t.Errorf("styles differ:\n%s", firstDifference(a, b))
			}
		case low == "[content_types].xml", strings.HasSuffix(low, ".rels"), strings.HasPrefix(low, "xl/workbook"), strings.Contains(low, "comments"), strings.HasSuffix(low, ".vml"):
			if len(got) < len(p.data) {
				t.Errorf("part %s shrank from %d to %d bytes", p.name, len(p.data), len(got))
			}
		default:
			t.Errorf("part %s has changed", p.name)
		}
	}
}

// bareSheet writes a worksheet without what marking may add.
func bareSheet(t *testing.T, b []byte) string {
	t.Helper()
	var out strings.Builder
	d := xml.NewDecoder(bytes.NewReader(b))
	var pending string // a cell or row that may turn out empty
	for {
		tok, err := d.Token()
		if err == io.EOF {
			return out.String()
		}
		if err != nil {
			t.Fatal(err)
		}
		switch x := tok.(type) {
		case xml.StartElement:
			if x.Name.Local == "legacyDrawing" {
				continue
			}
			out.WriteString(pending)
			var attrs []string
			for _, a := range x.Attr {
				mark := x.Name.Local == "c" && a.Name.Local == "s" || x.Name.Local == "row" && a.Name.Local == "spans" || a.Name.Space == "xmlns"
				if !mark {
					attrs = append(attrs, a.Name.Local+"="+a.Value)
				}
			}
			pending = fmt.Sprintf("<%s %s>", x.Name.Local, strings.Join(attrs, " "))
			if x.Name.Local != "c" {
				out.WriteString(pending)
				pending = ""
			}
		case xml.EndElement:
			if x.Name.Local == "legacyDrawing" {
				continue
			}
			if pending != "" { // an empty cell says nothing
				pending = ""
				continue
			}
			out.WriteString("</" + x.Name.Local + ">")
		case xml.CharData:
			out.WriteString(pending)
			pending = ""
			out.Write(x)
		}
	}
}

// leadingStyles is the list of cell styles, each with its attributes.
func leadingStyles(t *testing.T, b []byte) string {
	t.Helper()
	var out strings.Builder
	d := xml.NewDecoder(bytes.NewReader(b))
	inside := false
	for {
		tok, err := d.Token()
		if err == io.EOF {
			return out.String()
		}
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := tok.(xml.EndElement); ok && e.Name.Local == "cellXfs" {
			inside = false
		}
		x, ok := tok.(xml.StartElement)
		if !ok {
			continue
		}
		if inside {
			fmt.Fprintf(&out, "%s %v\n", x.Name.Local, x.Attr)
		}
		inside = inside || x.Name.Local == "cellXfs"
	}
}

func firstDifference(a, b string) string {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	from := max(0, i-120)
	return fmt.Sprintf("…%s\n…%s", a[from:min(len(a), i+200)], b[from:min(len(b), i+200)])
}

// TestUnmarkableSummary sends the sheet in formats that cannot be marked: the list goes instead, and the letter says why.
func TestUnmarkableSummary(t *testing.T) {
	t.Parallel()
	c := call.Default()
	u, _ := c.Unit("hefei")
	good, rows := spoiled(c, u, 3)
	plain := sheetRows(u.City, rows)
	busy := busyWorkbook(t, u.City, rows)
	tests := []struct {
		name, file, why string
		bytes           []byte
	}{
		{"xlsm", "汇总表.xlsm", "报送的汇总表带有宏（xlsm）", withMacros(t, busy)},
		{"csv", "汇总表.csv", "是文本表格（csv）", asCSV(t, plain)},
		{"Word", "汇总表.docx", "是 Word 文件里的表格", asWord(t, plain)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			listedByMail(t, tt.file, tt.why, tt.bytes, good)
		})
	}
	t.Run("LibreOffice", func(t *testing.T) {
		t.Parallel()
		xls := libreOffice(t, "xls", busy)[0]
		listedByMail(t, "汇总表.xls", "是旧版 Excel 格式（xls）", xls, good)
		listedByMail(t, "汇总表.et", "是 WPS 表格格式（et）", xls, good)
		listedByMail(t, "汇总表.ods", "是 ODF 表格（ods）", libreOffice(t, "ods", busy)[0], good)
	})
}

func listedByMail(t *testing.T, name, why string, raw []byte, good []sample.Case) {
	t.Helper()
	o := newOffice(t, nil)
	files := []sample.File{{Name: name, Data: raw}}
	for _, k := range good {
		files = append(files, sample.CaseFile(k))
	}
	l := o.one(o.send("hefei", "报送", append(files, sample.Measures("合肥市"))...))
	says(t, l, "2 处需要更正", "案例方向", "联系电话", "附件：问题清单.xlsx", why)
	back, list := attached(t, l, "问题清单")
	leave(t, filepath.Ext(name)[1:]+"-list.xlsx", list)
	f, err := excelize.OpenReader(bytes.NewReader(list))
	if err != nil {
		t.Fatalf("%s: %v", back, err)
	}
	defer f.Close()
	got, err := f.GetRows(f.GetSheetList()[0])
	if err != nil || len(got) != 4 || !strings.Contains(strings.Join(got[2], " "), "数字化转型") || !strings.Contains(strings.Join(got[3], " "), "123") {
		t.Errorf("the list says %q, %v", got, err)
	}
	// The list sent back in place of the sheet, which happens, is nobody's material and spoils nothing.
	before := o.standing("hefei")
	l = o.one(o.send("hefei", "补正", sample.File{Name: back, Data: list}))
	says(t, l, "没有看出所附的《问题清单.xlsx》属于本次征集的哪一项材料", "登记情况没有变化", "请按补正通知改好后发来")
	if s := o.standing("hefei"); s.ErrorsOpen != before.ErrorsOpen || s.CasesAccepted != before.CasesAccepted {
		t.Errorf("after our own list came back: %+v, before %+v", s, before)
	}
}

// TestManyFindings sends a very long sheet: the text groups like findings and stays short, the workbook has them all.
func TestManyFindings(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nil)
	c, u := o.house.current(), o.unit("hefei")
	rows := sample.Cases(c, u, 900)
	for i := range rows {
		switch {
		case i%20 == 3:
			rows[i].Direction = "数字化转型" // 45 times the same
		case i%30 == 7:
			rows[i].Phone = fmt.Sprintf("13%d", i) // 30 times, each its own
		}
	}
	l := o.one(o.send("hefei", "报送", sample.File{Name: "汇总表.xlsx", Data: busyWorkbook(t, u.City, rows)}))
	says(t, l, "同类问题共 45 处", "75 处需要更正", "其余", "汇总表（已标注）.xlsx")
	if n := strings.Count(l.Text, "问题："); n > 20 {
		t.Errorf("%d findings in the text, at most 20 are wanted", n)
	}
	if n := len([]rune(l.Text)); n > 6000 {
		t.Errorf("the text has %d characters", n)
	}
	t.Log(l.Text)
	_, marked := attached(t, l, "已标注")
	leave(t, "long.xlsx", marked)
	if n := len(checkMarked(t, nil, marked, 75)); n != 75 {
		t.Errorf("%d comments", n)
	}
}

// TestMarkedMergedCell: a fault in a merged area is told once and marked at the cell that shows the area; one about a whole
// row is marked on its title.
func TestMarkedMergedCell(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nil)
	u := o.unit("hefei")
	good := sample.Cases(o.house.current(), u, 3)
	rows := slices.Clone(good)
	for i := range rows {
		rows[i].City = "芜湖市"
	}
	raw := busyWorkbook(t, u.City, rows)
	l := o.one(o.send("hefei", "报送", sample.File{Name: "汇总表.xlsx", Data: raw}, sample.CaseFile(good[0]), sample.CaseFile(good[1]), sample.Measures(u.City)))
	says(t, l, "2 处需要更正", "B5 单元格（所在市）", "G7 单元格（案例名称）", "没有对应的案例文件")
	_, marked := attached(t, l, "已标注")
	got := checkMarked(t, raw, marked, 2)
	if !strings.Contains(got[0], "!B5 ") || !strings.Contains(got[1], "!G7 ") {
		t.Errorf("marks %q", got)
	}
}
