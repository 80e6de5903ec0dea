package annotate

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"baosong/parse/sheet/workbook"
	"baosong/parse/sheet/xmlscan"
	"baosong/sample/libreoffice"
)

// TestMarkAgain: the city mends the workbook that we marked and sends it back. The list is not there twice, and cells
// that are right by now lose colour and comment; what the city itself commented stays.
func TestMarkAgain(t *testing.T) {
	t.Parallel()
	marks, list := richMarks()
	once, err := annotated(richWorkbook(t), marks, list)
	if err != nil {
		t.Fatal(err)
	}
	t.Run("as sent", func(t *testing.T) {
		t.Parallel()
		checkAgain(t, once)
	})
	t.Run("saved by LibreOffice", func(t *testing.T) {
		t.Parallel()
		src := filepath.Join(t.TempDir(), "once.xlsx")
		if err := os.WriteFile(src, once, 0o600); err != nil {
			t.Fatal(err)
		}
		saved, err := os.ReadFile(libreoffice.Convert(t, "xlsx", src)[0])
		if err != nil {
			t.Fatal(err)
		}
		checkAgain(t, saved)
	})
}

func checkAgain(t *testing.T, once []byte) {
	const s = "汇总 表's"
	twice, err := annotated(once, []Mark{{s, 2, 4, "error", "仍不在可选范围内。"}, {s, 3, 3, "warning", "集群名称略有出入。"}},
		[]workbook.ListRow{line("汇总表.xlsx", s, "D2", "须更正", "数字化", "仍不在可选范围内。", "请从七个方向中选择一项。")})
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(twice))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got := strings.Join(f.GetSheetList(), "|"); got != "问题清单|说明|汇总 表's|隐藏" {
		t.Errorf("sheets %s", got)
	}
	for cell, want := range map[string]string{"D2": workbook.ColorError[2:], "C3": workbook.ColorWarning[2:], "E2": "", "G3": "", "B9": "", "F2": "E2EFDA"} {
		id, err := f.GetCellStyle(s, cell)
		if err != nil {
			t.Fatal(err)
		}
		if got := fillOf(t, twice, id); got != want {
			t.Errorf("%s: fill %q, want %q", cell, got, want)
		}
	}
	comments, err := f.GetComments(s)
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]string{}
	for _, c := range comments {
		text := c.Text
		for _, p := range c.Paragraph {
			text += p.Text
		}
		said[c.Cell] = text
	}
	want := map[string]string{"D2": "待核实\n【省级审核】仍不在可选范围内。", "B3": "另一条批注", "C3": "【省级审核】集群名称略有出入。"}
	for cell, text := range want {
		if strings.TrimPrefix(said[cell], "经办人:\n") != text {
			t.Errorf("%s says %q, want %q", cell, said[cell], text)
		}
	}
	if len(said) != len(want) {
		t.Errorf("comments %q", said)
	}
	if v, _ := f.GetCellValue("问题清单", "G3"); v != "仍不在可选范围内。" {
		t.Errorf("list says %q", v)
	}
}

// fillOf returns the colour that a cell style fills with. It looks into the part itself: excelize does not tell the
// colours of files with a palette of their own.
func fillOf(t *testing.T, raw []byte, style int) string {
	t.Helper()
	var fills, xfs []string
	w := tagWalker{b: []byte(parts(t, raw)["xl/styles.xml"])}
	group := ""
	for {
		x, ok := w.next()
		if !ok {
			break
		}
		switch {
		case x.depth == 1:
			group = x.name
		case x.name == "fill" && group == "fills" && !x.closing:
			fills = append(fills, "")
		case x.name == "fgColor" && group == "fills" && !x.closing:
			rgb, _, _ := x.attr("rgb")
			fills[len(fills)-1] = strings.TrimPrefix(rgb, "FF")
		case x.name == "xf" && group == "cellXfs" && !x.closing:
			id, _, _ := x.attr("fillId")
			xfs = append(xfs, id)
		}
	}
	return fills[xmlscan.Int(xfs[style])]
}
