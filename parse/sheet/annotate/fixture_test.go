package annotate

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"baosong/parse/sheet/grid"
	"baosong/parse/sheet/workbook"
	"baosong/sample/libreoffice"
)

// richWorkbook is a workbook with all that must outlive marking: formulas, comments, a hidden sheet, validations, names
// of a sheet, a filter, a chart, conditional formats, an open sheet that is not the first.
func richWorkbook(t *testing.T) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	must := func(err error) {
		if err != nil {
			t.Helper()
			t.Fatal(err)
		}
	}
	must(f.SetSheetName("Sheet1", "说明"))
	for _, name := range []string{"汇总 表's", "隐藏"} {
		_, err := f.NewSheet(name)
		must(err)
	}
	const s = "汇总 表's"
	must(f.SetSheetRow(s, "A1", &[]any{"序号", "所在市", "集群名称", "案例方向", "联系电话"}))
	for i, row := range [][]any{{1, "滁州市", "天长市智能仪器仪表产业集群", "数字化", 13855500001}, {2, "滁州市", "来安县轨道交通装备产业集群", "协作共享", "0550-1234567"}} {
		must(f.SetSheetRow(s, grid.Address(1, i+2), &row))
	}
	must(f.SetCellFormula(s, "A4", "SUM(A2:A3)"))
	date, err := f.NewStyle(&excelize.Style{NumFmt: 31, Font: &excelize.Font{Bold: true, Color: "0000FF"}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E2EFDA"}}})
	must(err)
	must(f.SetCellValue(s, "F2", 45464))
	must(f.SetCellStyle(s, "F2", "F3", date))
	must(f.SetColWidth(s, "C", "C", 42))
	must(f.SetColStyle(s, "H", date))
	must(f.AddComment(s, excelize.Comment{Cell: "D2", Author: "经办人", Paragraph: []excelize.RichTextRun{{Text: "待核实"}}}))
	must(f.AddComment(s, excelize.Comment{Cell: "B3", Author: "经办人", Paragraph: []excelize.RichTextRun{{Text: "另一条批注"}}}))
	dv := excelize.NewDataValidation(true)
	dv.SetSqref("D2:D20")
	must(dv.SetDropList([]string{"协作共享", "质量品牌"}))
	must(f.AddDataValidation(s, dv))
	must(f.AutoFilter(s, "A1:E3", nil))
	must(f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: "'汇总 表''s'!$1:$1", Scope: s}))
	red, err := f.NewConditionalStyle(&excelize.Style{Font: &excelize.Font{Color: "FF0000"}})
	must(err)
	must(f.SetConditionalFormat(s, "A2:A3", []excelize.ConditionalFormatOptions{{Type: "cell", Criteria: ">", Value: "1", Format: &red}}))
	must(f.AddChart(s, "H8", &excelize.Chart{Type: excelize.Col, Series: []excelize.ChartSeries{{Categories: "'汇总 表''s'!$B$2:$B$3", Values: "'汇总 表''s'!$A$2:$A$3"}}}))
	must(f.SetCellStr("隐藏", "A1", "内部计算"))
	must(f.SetSheetVisible("隐藏", false))
	f.SetActiveSheet(1)
	buf, err := f.WriteToBuffer()
	must(err)
	return buf.Bytes()
}

func richMarks() ([]Mark, []workbook.ListRow) {
	const s = "汇总 表's"
	return []Mark{
			{s, 2, 4, "error", "案例方向不在可选范围内。\n请从七个方向中选择一项。"},
			{s, 2, 4, "warning", "与案例文件不一致。"},
			{s, 2, 5, "warning", "请核对联系电话。"},
			{s, 3, 7, "error", "必填项为空，请填写。"},
			{s, 3, 8, "error", "必填项为空，请填写。"},
			{s, 9, 2, "error", "此行没有填写。"},
			{"没有的表", 1, 1, "error", "不会写到任何地方"},
		}, []workbook.ListRow{
			line("汇总表.xlsx", s, "D2", "须更正", "数字化", "案例方向不在可选范围内。", "请从七个方向中选择一项。"),
			line("汇总表.xlsx", s, "E2", "请核对", "=1+1", "联系电话请核对。", "请核对。"),
			line("汇总表.xlsx", "", "", "须更正", "", "缺少培育举措。", "请补报。"),
		}
}

func TestMarkKeepsTheRest(t *testing.T) {
	t.Parallel()
	raw := richWorkbook(t)
	marks, list := richMarks()
	out, err := annotated(raw, marks, list)
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range compareParts(raw, out) {
		t.Error(fault)
	}
	f, err := excelize.OpenReader(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got := strings.Join(f.GetSheetList(), "|"); got != "问题清单|说明|汇总 表's|隐藏" {
		t.Errorf("sheets %s", got)
	}
	if f.GetActiveSheetIndex() != 2 {
		t.Errorf("open sheet %d, want the one that was open", f.GetActiveSheetIndex())
	}
	if v, _ := f.GetSheetVisible("隐藏"); v {
		t.Error("the hidden sheet is shown")
	}
	for _, n := range f.GetDefinedName() {
		if n.Name == "_xlnm.Print_Titles" && n.Scope != "汇总 表's" {
			t.Errorf("print titles now belong to %q", n.Scope)
		}
	}
	const s = "汇总 表's"
	for cell, want := range map[string]string{"D2": workbook.ColorError[2:], "E2": workbook.ColorWarning[2:], "G3": workbook.ColorError[2:], "B9": workbook.ColorError[2:], "H3": workbook.ColorError[2:], "F2": "E2EFDA"} {
		id, _ := f.GetCellStyle(s, cell)
		style, err := f.GetStyle(id)
		if err != nil || len(style.Fill.Color) == 0 || style.Fill.Color[0] != want {
			t.Errorf("%s: fill %+v want %s", cell, style.Fill, want)
		}
		if cell == "H3" && (style.NumFmt != 31 || !style.Font.Bold) {
			t.Errorf("H3 lost its column's style: %+v", style)
		}
	}
	comments, err := f.GetComments(s)
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, c := range comments {
		text := c.Text
		for _, p := range c.Paragraph {
			text += p.Text
		}
		said = append(said, c.Cell+"="+text)
	}
	all := strings.Join(said, ";")
	for _, want := range []string{"D2=待核实\n【省级审核】案例方向不在可选范围内。\n请从七个方向中选择一项。\n与案例文件不一致。", "B3=另一条批注", "E2=【省级审核】请核对联系电话。", "B9=【省级审核】此行没有填写。"} {
		if !strings.Contains(all, want) {
			t.Errorf("comment missing: %q in %q", want, all)
		}
	}
	if link, target, _ := f.GetCellHyperLink("问题清单", "D3"); !link || target != "'汇总 表''s'!D2" {
		t.Errorf("link %v %q", link, target)
	}
	if v, _ := f.GetCellFormula("问题清单", "F4"); v != "" {
		t.Errorf("text became the formula %q", v)
	}
	if v, _ := f.GetCellFormula(s, "A4"); v != "SUM(A2:A3)" {
		t.Errorf("formula %q", v)
	}
}

// TestMarkOpensInLibreOffice converts the workbook before and after with another program and compares what it saw.
func TestMarkOpensInLibreOffice(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	kinds, err := os.ReadFile("../testdata/kinds.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	var src, names []string
	for name, raw := range map[string][]byte{"rich": richWorkbook(t), "kinds": kinds} {
		before, after := filepath.Join(dir, name+"-before.xlsx"), filepath.Join(dir, name+"-after.xlsx")
		if err := os.WriteFile(before, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		marks, list := richMarks()
		if name == "kinds" {
			marks, list = marksFor(mustRead(t, before))
		}
		if err := Workbook(before, after, marks, list); err != nil {
			t.Fatal(err)
		}
		src, names = append(src, before, after), append(names, name)
	}
	made := libreoffice.Convert(t, "ods", src...)
	for i, name := range names {
		a, b := mustRead(t, made[2*i]), mustRead(t, made[2*i+1])
		if len(b.Sheets) != len(a.Sheets) {
			t.Fatalf("%s: sheets before %d, after %d", name, len(a.Sheets), len(b.Sheets))
		}
		if before, after := shown(a), shown(b); len(before) == 0 || !slices.Equal(before, after) {
			t.Errorf("%s: before %q, after %q", name, before, after)
		}
	}
}
