package sheet

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"baosong/parse/container"
	"baosong/parse/sheet/grid"
)

// fuzzRead holds a reader to what every input may ask of it: no panic that read does not catch, an error of a known
// kind, a grid in order, within limits.
func fuzzRead(f *testing.F, format container.Format, seeds ...string) {
	for _, pattern := range seeds {
		files, _ := filepath.Glob(filepath.Join("testdata", pattern))
		for _, path := range files {
			b, err := os.ReadFile(path)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(b)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		checkRead(t, b, format)
	})
}

func checkRead(t *testing.T, b []byte, format container.Format) {
	t.Helper()
	lim := grid.Limits{Rows: 500, Cells: 5000, Bytes: 4 << 20}
	book, err := ReadAt(context.Background(), bytes.NewReader(b), int64(len(b)), format, lim)
	if err != nil {
		if strings.Contains(err.Error(), "gave up") {
			t.Fatalf("panic inside: %v", err)
		}
		for _, kind := range []error{container.ErrDamaged, container.ErrEncrypted, container.ErrLimit, container.ErrUnsupported} {
			if errors.Is(err, kind) {
				return
			}
		}
		t.Fatalf("error of no kind: %v", err)
	}
	cells := 0
	for _, g := range book.Sheets {
		last := 0
		for _, r := range g.Rows {
			if r.Number <= last || r.Number > grid.MaxRow || len(r.Cells) == 0 {
				t.Fatalf("row %d after %d with %d cells", r.Number, last, len(r.Cells))
			}
			last = r.Number
			for i, c := range r.Cells {
				if c.Col < 1 || c.Col > grid.MaxCol || c.Text == "" && c.Kind != grid.KindUnsaved || i > 0 && r.Cells[i-1].Col >= c.Col {
					t.Fatalf("row %d: cell %+v out of order", r.Number, c)
				}
			}
			cells += len(r.Cells)
			g.At(r.Number, r.Cells[0].Col)
		}
		if len(g.Rows) > lim.Rows {
			t.Fatalf("%d rows", len(g.Rows))
		}
	}
	if cells > lim.Cells {
		t.Fatalf("%d cells", cells)
	}
}

// FuzzXLS feeds workbook streams, which is what the compound file holds: its container is fuzzed elsewhere.
func FuzzXLS(f *testing.F) {
	for _, name := range []string{"kinds.xls"} {
		b, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		c, err := container.OpenCompound(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			f.Fatal(err)
		}
		for _, stream := range []string{"Workbook", "Book"} {
			if s, err := c.Read(stream, 1<<20); err == nil {
				f.Add(s)
			}
		}
	}
	for _, s := range oldStreams() {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, b []byte) { checkRead(t, b, container.XLS2) })
}

func FuzzCSV(f *testing.F)     { fuzzRead(f, container.CSV, "*.csv", "*.tsv") }
func FuzzXML2003(f *testing.F) { fuzzRead(f, container.XML2003, "*-2003.xml") }

// FuzzXLSX feeds the worksheet part, and FuzzODS the content part, inside a package: a zip rarely survives a mutation.
func FuzzXLSX(f *testing.F) {
	fuzzPart(f, container.XLSX, "testdata/kinds.xlsx", "xl/worksheets/sheet1.xml")
}
func FuzzODS(f *testing.F) { fuzzPart(f, container.ODS, "testdata/kinds.ods", "content.xml") }

func fuzzPart(f *testing.F, format container.Format, path, part string) {
	raw, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	all := parts(f, raw)
	f.Add([]byte(all[part]))
	f.Add([]byte(`<worksheet><sheetData><row r="3"><c r="XFD1048576" t="d"><v>2024-06-21T17:00</v></c></row></sheetData></worksheet>`))
	f.Fuzz(func(t *testing.T, b []byte) {
		all := parts(t, raw)
		all[part] = string(b)
		checkRead(t, zipped(t, all), format)
	})
}

func parts(t testing.TB, b []byte) map[string]string {
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
