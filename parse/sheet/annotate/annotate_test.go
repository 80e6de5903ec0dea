package annotate

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"baosong/parse/container"
	"baosong/parse/sheet/grid"
	"baosong/parse/sheet/workbook"
	"baosong/sample/corpus"
)

// marksFor marks three places of each sheet: the first filled cell, one beside it, one far below.
func marksFor(b *grid.Book) (marks []Mark, list []workbook.ListRow) {
	for _, g := range b.Sheets {
		row, col := 1, 1
		if len(g.Rows) > 0 {
			row, col = g.Rows[0].Number, g.Rows[0].Cells[0].Col
		}
		for i, at := range [][2]int{{row, col}, {row, col + 3}, {row + 40, col + 1}} {
			sev, say := "error", "须更正"
			if i == 1 {
				sev, say = "warning", "请核对"
			}
			marks = append(marks, Mark{g.Name, at[0], at[1], sev, "案例方向不在可选范围内。\n请从七个方向中选择一项。"})
			list = append(list, line("汇总表.xlsx", g.Name, grid.Address(at[1], at[0]), say, "=1+1", "案例方向不在可选范围内。", "请从七个方向中选择一项。"))
		}
	}
	return marks, list
}

// TestCorpusMark marks every xlsx of the corpus: it is refused as unsafe, or opens again with all parts but the marked
// ones byte for byte the same.
func TestCorpusMark(t *testing.T) {
	t.Parallel()
	dir := corpus.Dir(t)
	var marked, refused int
	err := filepath.WalkDir(filepath.Join(dir, "sheets"), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		book, format, err := readSniffed(path)
		if err != nil || !Takes(format) {
			return nil
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		marks, list := marksFor(book)
		out, err := annotated(raw, marks, list)
		name := strings.TrimPrefix(path, dir)
		if errors.Is(err, ErrUnsafe) {
			refused++
			t.Logf("refused: %s: %v", name, err)
			return nil
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			return nil
		}
		marked++
		for _, fault := range compareParts(raw, out) {
			t.Errorf("%s: %s", name, fault)
		}
		if dst := os.Getenv("BAOSONG_MARKED"); dst != "" {
			_ = os.WriteFile(filepath.Join(dst, strings.ReplaceAll(strings.TrimPrefix(name, "/"), "/", "_")), out, 0o600)
		}
		f, err := excelize.OpenReader(bytes.NewReader(out))
		if err != nil {
			t.Errorf("%s: excelize: %v", name, err)
			return nil
		}
		f.Close()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("marked %d, refused %d", marked, refused)
}

func parts(t interface{ Fatal(...any) }, b []byte) map[string]string {
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range z.File {
		rc, err := f.Open()
		if err != nil {
			continue
		}
		data, _ := io.ReadAll(rc)
		rc.Close()
		out[f.Name] = string(data)
	}
	return out
}

type fatal struct{}

func (fatal) Fatal(a ...any) { panic(a) }

// compareParts tells what changed that must not: all but workbook, styles, content types, relationships, the sheets
// and their comments stays byte for byte.
func compareParts(before, after []byte) (faults []string) {
	a, b := parts(fatal{}, before), parts(fatal{}, after)
	for name, data := range a {
		got, ok := b[name]
		low := strings.ToLower(name)
		mayChange := name == contentTypes || strings.HasSuffix(low, ".rels") || strings.Contains(low, "workbook") || strings.Contains(low, "styles") ||
			strings.Contains(low, "sheet") || strings.Contains(low, "comments") || strings.HasSuffix(low, ".vml")
		switch {
		case !ok:
			faults = append(faults, "lost "+name)
		case got != data && !mayChange:
			faults = append(faults, "changed "+name)
		case len(got) < len(data)-100:
			faults = append(faults, "shrunk "+name)
		}
	}
	return faults
}

func TestCanMark(t *testing.T) {
	t.Parallel()
	for format, want := range map[container.Format]bool{container.XLSX: true, container.XLSM: false, container.XLS: false, container.ODS: false, container.CSV: false} {
		if Takes(format) != want {
			t.Errorf("CanMark(%s) = %v", format, !want)
		}
	}
}
