package workbook

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"baosong/parse/container"
	"baosong/parse/sheet"
	"baosong/parse/sheet/grid"
	"baosong/sample/libreoffice"
)

func mustRead(t *testing.T, path string) *grid.Book {
	t.Helper()
	format, err := container.SniffFile(path)
	if err != nil {
		t.Fatal(err)
	}
	book, err := sheet.Read(context.Background(), path, format, grid.Limits{})
	if err != nil {
		t.Fatalf("read %s: %v", filepath.Base(path), err)
	}
	return book
}

func sampleTables() []Table {
	return []Table{{
		Name: "各市/情况", Header: []string{"市", "案例数", "备注"}, Widths: []float64{12, 10, 40},
		Rows:  [][]any{{"合肥", 12, "=cmd|' /C calc'!A0"}, {"芜湖", 7, "+86"}, {"滁州", 3.5, "@sum"}, {"亳州", 0, "-1"}},
		Chart: &Chart{Title: "各市案例数", Kind: "bar", Category: 0, Value: 1}, Note: "注：样例数据。",
	}, {
		Name: "方向", Header: []string{"方向", "数量"}, Rows: [][]any{{"协作共享", 2}, {"质量品牌", 5}},
		Chart: &Chart{Title: "方向", Kind: "pie", Category: 0, Value: 1},
	}}
}

func TestWriteTables(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a.xlsx"), filepath.Join(dir, "b.xlsx")
	for _, dst := range []string{a, b} {
		if err := WriteTables(dst, sampleTables()); err != nil {
			t.Fatal(err)
		}
	}
	one, _ := os.ReadFile(a)
	two, _ := os.ReadFile(b)
	if !bytes.Equal(one, two) {
		t.Error("the same tables gave different bytes")
	}
	book := mustRead(t, a)
	if got := book.Sheets[0].Name; got != "各市-情况" {
		t.Errorf("sheet name %q", got)
	}
	for at, want := range map[[2]int]string{{2, 3}: "=cmd|' /C calc'!A0", {3, 3}: "+86", {4, 2}: "3.5", {5, 3}: "-1"} {
		c, ok := book.Sheets[0].At(at[0], at[1])
		if !ok || c.Text != want || c.Formula {
			t.Errorf("%s: got %+v want text %q", grid.Address(at[1], at[0]), c, want)
		}
	}
}

func TestListWorkbook(t *testing.T) {
	t.Parallel()
	dst := filepath.Join(t.TempDir(), "list.xlsx")
	list := []ListRow{{"汇总表.xls", "Sheet1", "H7", "须更正", "数字化", "案例方向不在可选范围内。", "请从七个方向中选择一项。"}}
	if err := WriteList(dst, "合肥市汇总表问题清单", list); err != nil {
		t.Fatal(err)
	}
	g := mustRead(t, dst).Sheets[0]
	if c, _ := g.At(3, 4); g.Name != "问题清单" || c.Text != "H7" {
		t.Errorf("sheet %q, D3 %q", g.Name, c.Text)
	}
}

func sampleForm() FormSpec {
	return FormSpec{Title: "中小企业特色产业集群典型案例汇总表", Version: "2024-typical-cases/1", Rows: 12, Columns: []FormColumn{
		{Header: "序号", Width: 6},
		{Header: "集群名称", Width: 30, List: []string{"天长市智能仪器仪表产业集群", "来安县轨道交通装备产业集群"}, Prompt: "请按认定文件填写。"},
		{Header: "案例方向", Width: 14, List: []string{"协作共享", "质量品牌", "创新提升", "数字化升级", "绿色化转型", "开放合作", "治理服务"}, Prompt: "七选一。"},
		{Header: "联系电话", Width: 16, Text: true},
	}}
}

func TestWriteForm(t *testing.T) {
	t.Parallel()
	dst := filepath.Join(t.TempDir(), "form.xlsx")
	if err := WriteForm(dst, sampleForm(), [][]string{{"1", "天长市智能仪器仪表产业集群", "协作共享", "0550-1234567"}}); err != nil {
		t.Fatal(err)
	}
	if got := sheet.FormVersion(dst); got != "2024-typical-cases/1" {
		t.Errorf("form version %q", got)
	}
	book := mustRead(t, dst)
	if len(book.Sheets) != 1 || book.FormVersion() != "2024-typical-cases/1" {
		t.Errorf("%d sheets, version %q", len(book.Sheets), book.FormVersion())
	}
	g := book.Sheets[0]
	if c, _ := g.At(4, 4); c.Text != "0550-1234567" {
		t.Errorf("pre-filled cell: %+v", c)
	}
	if c, _ := g.At(3, 3); c.Text != "案例方向" {
		t.Errorf("header: %+v", c)
	}
}

// TestFormSavedElsewhere: the version outlives saving in the old format, and filled rows are there.
func TestFormSavedElsewhere(t *testing.T) {
	t.Parallel()
	dst := filepath.Join(t.TempDir(), "form.xlsx")
	if err := WriteForm(dst, sampleForm(), [][]string{{"1", "天长市智能仪器仪表产业集群", "协作共享", "0550-1234567"}}); err != nil {
		t.Fatal(err)
	}
	for _, path := range append(libreoffice.Convert(t, "xls", dst), libreoffice.Convert(t, "ods", dst)...) {
		book := mustRead(t, path)
		if len(book.Sheets) != 1 || book.FormVersion() != "2024-typical-cases/1" {
			t.Errorf("%s: %d sheets, version %q", filepath.Ext(path), len(book.Sheets), book.FormVersion())
		}
		if c, _ := book.Sheets[0].At(4, 4); c.Text != "0550-1234567" {
			t.Errorf("%s: D4 is %+v", filepath.Ext(path), c)
		}
	}
}
