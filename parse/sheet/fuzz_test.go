package sheet

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"baosong/parse/container"
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
	lim := Limits{Rows: 500, Cells: 5000, Bytes: 4 << 20}
	start := time.Now()
	book, err := read(context.Background(), bytes.NewReader(b), int64(len(b)), format, lim)
	if took := time.Since(start); took > 10*time.Second {
		t.Fatalf("took %v", took)
	}
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
			if r.Number <= last || r.Number > MaxRow || len(r.Cells) == 0 {
				t.Fatalf("row %d after %d with %d cells", r.Number, last, len(r.Cells))
			}
			last = r.Number
			for i, c := range r.Cells {
				if c.Col < 1 || c.Col > MaxCol || c.Text == "" || i > 0 && r.Cells[i-1].Col >= c.Col {
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

// FuzzFormat: a number format never makes trouble, whatever it says.
func FuzzFormat(f *testing.F) {
	for _, code := range []string{`yyyy/m/d;@`, `[DBNum1][$-804]General`, `# ??/??`, `##0.0E+0`, `[>=100]0.0,,;[Red]"x"\-0`, `[h]:mm:ss.000`} {
		f.Add(code, 45464.75)
	}
	f.Fuzz(func(t *testing.T, code string, v float64) {
		p := parseFormat(code)
		if s, _ := p.show(v, false); s == "" || len(s) > 50000 {
			t.Fatalf("%q shows %v in %d bytes", code, v, len(s))
		}
		p.showText("文字")
	})
}

// FuzzMark: marking never panics, and what it makes can be read.
func FuzzMark(f *testing.F) {
	raw, err := os.ReadFile("testdata/kinds.xlsx")
	if err != nil {
		f.Fatal(err)
	}
	for _, part := range []string{"xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/workbook.xml"} {
		f.Add(part, []byte(parts(f, raw)[part]))
	}
	f.Fuzz(func(t *testing.T, part string, b []byte) {
		all := parts(t, raw)
		all[part] = string(b)
		marks := []Mark{{"汇总表", 3, 4, "error", "请更正"}, {"汇总表", 50, 2, "warning", "请核对"}}
		if _, err := markBytes(zipped(t, all), marks, nil); err != nil && (!errors.Is(err, ErrUnsafe) || strings.Contains(err.Error(), "gave up")) {
			t.Fatalf("error of no kind: %v", err)
		}
	})
}
