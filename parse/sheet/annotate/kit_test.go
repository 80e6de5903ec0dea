package annotate

import (
	"archive/zip"
	"bytes"
	"context"
	"path/filepath"
	"testing"

	"baosong/parse/container"
	"baosong/parse/sheet"
	"baosong/parse/sheet/grid"
	"baosong/parse/sheet/workbook"
)

// readSniffed reads a file by what its content says it is, as package parse does.
func readSniffed(path string) (*grid.Book, container.Format, error) {
	format, err := container.SniffFile(path)
	if err != nil {
		return nil, format, err
	}
	book, err := sheet.Read(context.Background(), path, format, grid.Limits{})
	return book, format, err
}

func mustRead(t *testing.T, path string) *grid.Book {
	t.Helper()
	book, _, err := readSniffed(path)
	if err != nil {
		t.Fatalf("read %s: %v", filepath.Base(path), err)
	}
	return book
}

func line(file, sheet, cell, severity, found, message, hint string) workbook.ListRow {
	return workbook.ListRow{File: file, Sheet: sheet, Cell: cell, Severity: severity, Found: found, Message: message, Hint: hint}
}

// shown lists what the sheets of a book show, cell by cell.
func shown(b *grid.Book) (cells []string) {
	for _, g := range b.Sheets {
		for _, r := range g.Rows {
			for _, c := range r.Cells {
				cells = append(cells, g.Name+"!"+grid.Address(c.Col, r.Number)+"="+c.Text)
			}
		}
	}
	return cells
}

func zipped(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	for name, data := range parts {
		p, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err != nil {
			t.Fatal(err)
		}
		_, _ = p.Write([]byte(data))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}
