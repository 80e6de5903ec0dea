package main

import (
	"bytes"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"baosong/intake/message"
	"baosong/notify/letter"
	"baosong/parse/call"
	"baosong/parse/sheet"
	"baosong/parse/sheet/grid"
	"baosong/parse/sheet/workbook"
	"baosong/sample"
)

// TestForm reads the blank form as a clerk's program does: lists, messages, version.
func TestForm(t *testing.T) {
	t.Parallel()
	dst := filepath.Join(t.TempDir(), "form.xlsx")
	if code := run(t.Context(), []string{"form", "--unit", "hefei", "--out", dst}, quietTerminal()); code != exitOK {
		t.Fatalf("form: exit status %d", code)
	}
	b, err := os.ReadFile(dst)
	if err != nil {
		t.Fatal(err)
	}
	leave(t, "form.xlsx", b)
	c := call.Default()
	u, _ := c.Unit("hefei")
	if got := sheet.FormVersion(dst); got != c.FormVersion() {
		t.Errorf("version %q, want %q", got, c.FormVersion())
	}
	f, err := excelize.OpenReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rules, err := f.GetDataValidations("汇总表")
	if err != nil {
		t.Fatal(err)
	}
	lists, messages := map[string]bool{}, 0
	for _, v := range rules {
		if v.Type == "list" {
			lists[strings.TrimRight(v.Sqref[:1], "0123456789")] = true
		}
		if v.Prompt != nil && *v.Prompt != "" {
			messages++
		}
	}
	if len(lists) != 3 || !lists["D"] || !lists["E"] || !lists["H"] || messages != len(c.Columns) {
		t.Errorf("lists on %v, %d messages", lists, messages)
	}
	hidden, err := f.GetCols(grid.FormSheet)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, k := range c.ClustersOf(u.City) {
		names = append(names, k.Name)
	}
	if got := strings.Fields(strings.Join(hidden[4][1:], " ")); !slices.Equal(got, names) || len(names) == 0 {
		t.Errorf("clusters %q, want %q", got, names)
	}
	if v, err := f.GetSheetVisible(grid.FormSheet); v || err != nil {
		t.Errorf("the hidden sheet is shown, %v", err)
	}
}

// filled writes a form with cases in it.
func filled(t *testing.T, spec workbook.FormSpec, c *call.Call, cases []sample.Case) []byte {
	t.Helper()
	var rows [][]string
	for i, k := range cases {
		all := sheetRows("", []sample.Case{k})[headRow]
		row := make([]string, len(spec.Columns))
		for j, col := range spec.Columns {
			for n, want := range c.Columns {
				if want.Header == col.Header && n > 0 {
					row[j] = all[n].(string)
				}
			}
			if col.Header == "序号" {
				row[j] = string(rune('1' + i))
			}
		}
		rows = append(rows, row)
	}
	dst := filepath.Join(t.TempDir(), "filled.xlsx")
	if err := workbook.WriteForm(dst, spec, rows); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(dst)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

const oldForm = "不是本次征集现行的汇总表表样"

// TestOldForm sends sheets on the right form, on an old one and on somebody else's. What can be read comes back in the right
// form, and that one mended is accepted.
func TestOldForm(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nil)
	c, u := o.house.current(), o.unit("hefei")
	good, rows := spoiled(c, u, 2)
	right := letter.Form(c, u)
	var rest []sample.File
	for _, k := range good {
		rest = append(rest, sample.CaseFile(k))
	}
	rest = append(rest, sample.Measures(u.City))
	mail := func(b []byte) []sample.File { return append([]sample.File{{Name: "汇总表.xlsx", Data: b}}, rest...) }

	l := o.one(o.send("hefei", "现行表样", mail(filled(t, right, c, rows))...))
	says(t, l, "2 处需要更正")
	silent(t, l, oldForm, "现行的表样")

	old := right
	old.Version = "2023-typical-cases/1"
	l = o.one(o.send("hefei", "旧表样", mail(filled(t, old, c, rows))...))
	says(t, l, "2 处需要更正", oldForm, "合肥市汇总表（现行表样）.xlsx", "读出的 2 行", "汇总表（已标注）.xlsx")
	_, b := attached(t, l, "现行表样")
	leave(t, "prefilled.xlsx", b)
	l = o.one(o.send("hefei", "改用新表", sample.File{Name: "汇总表.xlsx", Data: edited(t, edited(t, b, "123", good[1].Phone), "数字化转型", good[0].Direction)}))
	says(t, l, "材料齐全，符合要求", "已改好 2 处")
	silent(t, l, oldForm)

	// On an old form and right: it is noted, and nothing is asked for.
	l = o.one(o.send("hefei", "旧表样而无误", mail(filled(t, old, c, good))...))
	says(t, l, "材料齐全，符合要求", oldForm)
	if _, b := attached(t, l, "现行表样"); b != nil {
		t.Error("a receipt carries the form")
	}

	// Somebody else's form, with a required column missing.
	foreign := sheetRows(u.City, good)
	for i, row := range foreign[:len(foreign)-2] {
		if i >= headRow-1 {
			foreign[i] = row[:10] // no telephone, no note
		}
	}
	l = o.one(o.send("hefei", "别处的表", mail(plainWorkbook(t, foreign))...))
	says(t, l, "缺少“联系电话”一列", oldForm, "合肥市汇总表（现行表样）.xlsx", "读出的 2 行")
	_, b = attached(t, l, "现行表样")
	f, err := excelize.OpenReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for i, k := range good {
		got, err := f.GetCellValue("汇总表", "G"+string(rune('4'+i)))
		if err != nil || got != k.Title {
			t.Errorf("row %d is pre-filled with %q, want %q", i+4, got, k.Title)
		}
		if err := f.SetCellStr("汇总表", "K"+string(rune('4'+i)), k.Phone); err != nil {
			t.Fatal(err)
		}
	}
	buf, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	l = o.one(o.send("hefei", "补全", sample.File{Name: "汇总表.xlsx", Data: buf.Bytes()}))
	says(t, l, "材料齐全，符合要求")

	// No header at all: the blank form goes along.
	l = o.one(o.send("hefei", "没有表头", mail(plainWorkbook(t, sheetRows(u.City, good)[headRow:headRow+2]))...))
	says(t, l, "没有找到表头", "合肥市汇总表（现行表样）.xlsx", "请在这张表上填写后报送", "问题清单.xlsx")
	silent(t, l, "已标注", "有改动的案例")

	// The same as a preview.
	l = o.one(o.send("hefei", "预审", mail(filled(t, old, c, rows))...))
	says(t, l, "预审结果", "合肥市汇总表（现行表样）.xlsx", "读出的 2 行")
}

// TestSheetOnPaper: a summary that came as a picture, a scan, or a text without a table. The letter says what to send, and the
// form goes along for those who no longer have the file.
func TestSheetOnPaper(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nil)
	c, u := o.house.current(), o.unit("hefei")
	good, _ := spoiled(c, u, 1)
	rest := []sample.File{sample.CaseFile(good[0]), sample.Measures(u.City)}
	var photo bytes.Buffer
	if err := png.Encode(&photo, image.NewGray(image.Rect(0, 0, 60, 40))); err != nil {
		t.Fatal(err)
	}
	tableless := rezipped(t, asWord(t, sheetRows(u.City, good)), func(_ string, b []byte) []byte {
		return regexp.MustCompile(`(?s)<w:tbl>.*</w:tbl>`).ReplaceAll(b, nil)
	})
	mail := func(name string, b []byte) []sample.File {
		return append([]sample.File{{Name: name, Data: b}}, rest...)
	}
	const cure = "请把做这张表时所用的表格文件（Excel 或 WPS 的 .xlsx、.xls、.et）作为附件发来"
	form := func(l *message.Message) {
		t.Helper()
		says(t, l, cure, "合肥市汇总表（现行表样）.xlsx", "找得到原来的表格文件，发来即可", "请在这张表上填写后报送")
		silent(t, l, "与本次征集现行的表样不同")
		if _, b := attached(t, l, "现行表样"); len(b) == 0 {
			t.Error("the form does not go along")
		}
	}
	l := o.one(o.send("hefei", "照片", mail("汇总表.png", photo.Bytes())...))
	says(t, l, "收到的汇总表《汇总表.png》是图片，不能逐格读取", "不必重发")
	form(l)
	l = o.one(o.send("hefei", "没有表格", mail("汇总表.docx", tableless)...))
	says(t, l, "《汇总表.docx》里没有表格，或只有贴进去的图片", cure)
	l = o.one(o.send("hefei", "照片，名称看不出", mail("IMG_0012.png", photo.Bytes())...))
	says(t, l, "如是汇总表的照片，请改为报送可编辑的汇总表")
}

func plainWorkbook(t *testing.T, rows [][]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, row := range rows {
		at, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.SetSheetRow("Sheet1", at, &row); err != nil {
			t.Fatal(err)
		}
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
