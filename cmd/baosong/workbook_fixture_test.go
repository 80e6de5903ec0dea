package main

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"fmt"
	"image"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"baosong/parse/charset"
	"baosong/sample"
	"baosong/sample/libreoffice"
)

// sheetRows is a summary sheet as a city's own hands lay it out: titles, a header, rows, a foot.
func sheetRows(city string, cases []sample.Case) [][]any {
	rows := [][]any{
		{"附件2"}, {city + "中小企业特色产业集群典型案例汇总表"}, {"填报单位（盖章）：" + city + "工业和信息化局", "", "", "", "", "填表日期：2024年6月14日"},
		{"序号", "所在市", "县（市、区）", "集群名称", "集群级别", "认定年度", "案例名称", "案例方向", "案例报送单位", "联系人", "联系电话", "备注"},
	}
	for i, k := range cases {
		rows = append(rows, []any{i + 1, k.City, k.County, k.Cluster, k.Level, k.Year, k.Title, k.Direction, k.Body, k.Contact, k.Phone, k.Note})
	}
	return append(rows, []any{"填表人：经办人甲", "", "", "", "联系电话：0551-62800000"}, []any{"注：每个案例一行。"})
}

const headRow = 4 // of the header in sheetRows

// busyWorkbook is a workbook with all that must outlive marking: merged cells, formulas, fills, validations, a comment on a
// faulty cell and one elsewhere, a chart, a picture, names, a conditional format, a filter, hidden sheets, a hidden column,
// links, frozen panes, protection of a sheet, and the table on the second sheet.
func busyWorkbook(t *testing.T, city string, cases []sample.Case) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	const s = "汇总 表 & 2024"
	must(f.SetSheetName("Sheet1", "填表说明"))
	must(f.SetCellValue("填表说明", "A1", "填表说明"))
	must(f.SetCellValue("填表说明", "A2", "请如实填写，<不要> 改动表头 & 公式。"))
	for _, name := range []string{s, "辅助"} {
		_, err := f.NewSheet(name)
		must(err)
	}
	rows := sheetRows(city, cases)
	for i, row := range rows {
		must(f.SetSheetRow(s, fmt.Sprintf("A%d", i+1), &row))
	}
	first, last := headRow+1, headRow+len(cases)
	for r := first; r <= last; r++ {
		must(f.SetCellFormula(s, fmt.Sprintf("A%d", r), fmt.Sprintf("ROW()-%d", headRow)))
	}
	must(f.UpdateLinkedValue())
	must(f.MergeCell(s, "A2", "L2"))
	must(f.MergeCell(s, fmt.Sprintf("B%d", first), fmt.Sprintf("B%d", last)))
	busyStyles(t, f, s, first, last)
	busyParts(t, f, s, first, last)
	f.SetActiveSheet(1)
	buf, err := f.WriteToBuffer()
	must(err)
	return buf.Bytes()
}

func busyStyles(t *testing.T, f *excelize.File, s string, first, last int) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	thin := []excelize.Border{{Type: "left", Style: 1, Color: "000000"}, {Type: "right", Style: 1, Color: "000000"}, {Type: "top", Style: 1, Color: "000000"}, {Type: "bottom", Style: 1, Color: "000000"}}
	cell, err := f.NewStyle(&excelize.Style{Border: thin, Alignment: &excelize.Alignment{WrapText: true, Vertical: "center"}, Font: &excelize.Font{Family: "仿宋", Size: 11}})
	must(err)
	green, err := f.NewStyle(&excelize.Style{Border: thin, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E2EFDA"}}, Font: &excelize.Font{Bold: true}})
	must(err)
	must(f.SetCellStyle(s, fmt.Sprintf("A%d", headRow), fmt.Sprintf("L%d", headRow), green))
	must(f.SetCellStyle(s, fmt.Sprintf("A%d", first), fmt.Sprintf("L%d", last), cell))
	must(f.SetColWidth(s, "D", "D", 34))
	must(f.SetColWidth(s, "G", "G", 40))
	must(f.SetColVisible(s, "N", false))
	must(f.SetRowHeight(s, first, 42))
	red, err := f.NewConditionalStyle(&excelize.Style{Font: &excelize.Font{Color: "FF0000"}})
	must(err)
	must(f.SetConditionalFormat(s, fmt.Sprintf("F%d:F%d", first, last), []excelize.ConditionalFormatOptions{{Type: "cell", Criteria: ">", Value: "2023", Format: &red}}))
}

func busyParts(t *testing.T, f *excelize.File, s string, first, last int) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []string{fmt.Sprintf("H%d", first), fmt.Sprintf("D%d", last)} {
		must(f.AddComment(s, excelize.Comment{Cell: c, Author: "经办人", Paragraph: []excelize.RichTextRun{{Text: "县里报来的写法"}}}))
	}
	dv := excelize.NewDataValidation(true)
	dv.SetSqref(fmt.Sprintf("E%d:E200", first))
	must(dv.SetDropList([]string{"国家级", "省级"}))
	must(f.AddDataValidation(s, dv))
	quoted := "'" + s + "'!"
	must(f.AddChart(s, "A20", &excelize.Chart{Type: excelize.Col, Series: []excelize.ChartSeries{{Categories: fmt.Sprintf("%s$G$%d:$G$%d", quoted, first, last), Values: fmt.Sprintf("%s$A$%d:$A$%d", quoted, first, last)}}}))
	var b bytes.Buffer
	must(png.Encode(&b, image.NewGray(image.Rect(0, 0, 24, 24))))
	must(f.AddPictureFromBytes(s, "J20", &excelize.Picture{Extension: ".png", File: b.Bytes(), Format: &excelize.GraphicOptions{}}))
	must(f.AutoFilter(s, fmt.Sprintf("A%d:L%d", headRow, last), nil))
	must(f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: fmt.Sprintf("%s$%d:$%d", quoted, headRow, headRow), Scope: s}))
	must(f.SetDefinedName(&excelize.DefinedName{Name: "案例数", RefersTo: fmt.Sprintf("COUNTA(%s$G$%d:$G$%d)", quoted, first, last)}))
	must(f.SetCellHyperLink(s, "L1", "https://example.org/notice", "External"))
	must(f.SetPanes(s, &excelize.Panes{Freeze: true, YSplit: headRow, TopLeftCell: fmt.Sprintf("A%d", first), ActivePane: "bottomLeft"}))
	must(f.SetCellFormula("辅助", "A1", "案例数*2"))
	must(f.SetSheetVisible("辅助", false))
}

// reprefixed writes the spreadsheet's parts the way the Open XML SDK does: every element with the prefix x.
func reprefixed(t *testing.T, raw []byte) []byte {
	t.Helper()
	const main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	plain := regexp.MustCompile(`<(/?)([A-Za-z0-9]+)([\s/>])`)
	return rezipped(t, raw, func(name string, b []byte) []byte {
		if !strings.HasPrefix(name, "xl/workbook") && !strings.HasPrefix(name, "xl/styles") && !strings.HasPrefix(name, "xl/worksheets/sheet") && !strings.HasPrefix(name, "xl/comments") && name != "xl/sharedStrings.xml" {
			return b
		}
		s := strings.Replace(string(b), `xmlns="`+main+`"`, `xmlns:x="`+main+`"`, 1)
		return []byte(plain.ReplaceAllString(s, "<${1}x:$2$3"))
	})
}

// rezipped packs a package again with parts changed.
func rezipped(t *testing.T, raw []byte, change func(name string, b []byte) []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, p := range packed(t, raw) {
		f, err := w.Create(p.name)
		if err == nil {
			_, err = f.Write(change(p.name, p.data))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

type packedPart struct {
	name string
	data []byte
}

func packed(t *testing.T, raw []byte) (out []packedPart) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		rc, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(rc)
		rc.Close()
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, packedPart{f.Name, b})
	}
	return out
}

// withMacros makes of a workbook what Excel calls xlsm.
func withMacros(t *testing.T, raw []byte) []byte {
	t.Helper()
	return rezipped(t, raw, func(name string, b []byte) []byte {
		return bytes.ReplaceAll(b, []byte("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"), []byte("application/vnd.ms-excel.sheet.macroEnabled.main+xml"))
	})
}

// asCSV writes rows as Excel in China saves a CSV: GB18030.
func asCSV(t *testing.T, rows [][]any) []byte {
	t.Helper()
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	for _, row := range rows {
		var line []string
		for _, v := range row {
			line = append(line, fmt.Sprint(v))
		}
		if err := w.Write(line); err != nil {
			t.Fatal(err)
		}
	}
	w.Flush()
	return charset.GB18030(b.String())
}

// asWord writes rows as a table of a Word file.
func asWord(t *testing.T, rows [][]any) []byte {
	t.Helper()
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>`)
	fmt.Fprintf(&b, `<w:p><w:r><w:t>%v</w:t></w:r></w:p><w:tbl>`, rows[1][0])
	for _, row := range rows[headRow-1 : len(rows)-2] {
		b.WriteString(`<w:tr>`)
		for _, v := range row {
			fmt.Fprintf(&b, `<w:tc><w:p><w:r><w:t>%v</w:t></w:r></w:p></w:tc>`, v)
		}
		b.WriteString(`</w:tr>`)
	}
	b.WriteString(`</w:tbl><w:sectPr/></w:body></w:document>`)
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, p := range []struct{ name, text string }{
		{"[Content_Types].xml", `<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`},
		{"_rels/.rels", `<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`},
		{"word/document.xml", b.String()},
	} {
		f, err := w.Create(p.name)
		if err == nil {
			_, err = io.WriteString(f, p.text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// libreOffice converts files in one go and returns the new ones in the same order.
func libreOffice(t *testing.T, to string, src ...[]byte) (made [][]byte) {
	t.Helper()
	dir := t.TempDir()
	var paths []string
	for i, b := range src {
		path := filepath.Join(dir, fmt.Sprintf("%d.xlsx", i))
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	for _, path := range libreoffice.Convert(t, to, paths...) {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		made = append(made, b)
	}
	return made
}
