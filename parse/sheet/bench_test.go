package sheet

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"baosong/parse/container"
	"baosong/parse/sheet/grid"
)

const benchRows = 50_000

// bigXLSX is a sheet of 50,000 rows and 12 columns, as a city's whole register would be.
func bigXLSX(b testing.TB) []byte {
	var s strings.Builder
	s.WriteString(`<worksheet><sheetData>`)
	for r := 1; r <= benchRows; r++ {
		fmt.Fprintf(&s, `<row r="%d" spans="1:12">`, r)
		for c := 1; c <= 12; c++ {
			if c%3 == 0 {
				fmt.Fprintf(&s, `<c r="%s" s="1"><v>%d</v></c>`, grid.Address(c, r), 40000+r%5000)
			} else {
				fmt.Fprintf(&s, `<c r="%s" t="inlineStr"><is><t>第%d行第%d列的文字内容</t></is></c>`, grid.Address(c, r), r, c)
			}
		}
		s.WriteString(`</row>`)
	}
	s.WriteString(`</sheetData></worksheet>`)
	return zipped(b, map[string]string{
		contentTypes:               `<Types/>`,
		"xl/workbook.xml":          `<workbook><sheets><sheet name="A" sheetId="1" id="r1"/></sheets></workbook>`,
		"xl/styles.xml":            `<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>`,
		"xl/worksheets/sheet1.xml": s.String(),
	})
}

func benchRead(b *testing.B, raw []byte, format container.Format, rows int) {
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		book, err := ReadAt(context.Background(), bytes.NewReader(raw), int64(len(raw)), format, grid.Limits{})
		if err != nil || len(book.Sheets[0].Rows) != rows {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkXLSX(b *testing.B) { benchRead(b, bigXLSX(b), container.XLSX, benchRows) }

func BenchmarkCSV(b *testing.B) {
	line := "1,滁州市,天长市,天长市智能仪器仪表产业集群,国家级,2022,案例名称,协作共享,某公司,张三,0550-1234567,\n"
	benchRead(b, []byte(strings.Repeat(line, benchRows)), container.CSV, benchRows)
}

func BenchmarkXLS(b *testing.B) {
	var s bytes.Buffer
	s.Write(join(rec(recBOF, words(0x500, 5, 0, 0)...), rec(recCodePage, words(936)...), rec(recXF, words(0, 0, 0, 0)...)))
	bound := rec(recBound, join(words(s.Len()+4+11+4, 0, 0), []byte{4}, []byte("book"))...)
	s.Write(join(bound, rec(recEOF), rec(recBOF, words(0x500, 0x10, 0, 0)...)))
	for r := range benchRows {
		for c := range 12 {
			s.Write(rec(recLabel, join(words(r, c, 0, 16), []byte("\xba\xcf\xb7\xca\xba\xcf\xb7\xca\xba\xcf\xb7\xca\xba\xcf\xb7\xca"))...))
		}
	}
	s.Write(rec(recEOF))
	benchRead(b, s.Bytes(), container.XLS2, benchRows)
}

// TestPeakMemory holds the readers of big files to bounds of time and memory that leave room to spare in the cage.
func TestPeakMemory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "big.xlsx")
	if err := os.WriteFile(path, bigXLSX(t), 0o600); err != nil {
		t.Fatal(err)
	}
	took, peak, book, err := measured(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d rows x 12 cells: %v, %d MB at the peak", len(book.Sheets[0].Rows), took, peak>>20)
	if peak > 300<<20 {
		t.Errorf("peak %d MB", peak>>20)
	}
}

// TestLimits: what is over a limit is cut or refused, and said.
func TestLimits(t *testing.T) {
	t.Parallel()
	raw := []byte(strings.Repeat("甲,乙,丙\n", 1000))
	for _, tc := range []struct {
		lim  grid.Limits
		rows int
	}{{grid.Limits{Rows: 10}, 10}, {grid.Limits{Cells: 30}, 10}, {grid.Limits{}, 1000}} {
		book, err := ReadAt(context.Background(), bytes.NewReader(raw), int64(len(raw)), container.CSV, tc.lim)
		if err != nil {
			t.Fatal(err)
		}
		if g := book.Sheets[0]; len(g.Rows) != tc.rows || g.Cut != (tc.rows < 1000) {
			t.Errorf("%+v: %d rows, cut %v", tc.lim, len(g.Rows), g.Cut)
		}
	}
	if _, err := ReadAt(context.Background(), bytes.NewReader(raw), int64(len(raw)), container.CSV, grid.Limits{Bytes: 100}); err == nil {
		t.Error("more bytes than allowed were read")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	big := bigXLSX(t)
	if _, err := ReadAt(ctx, bytes.NewReader(big), int64(len(big)), container.XLSX, grid.Limits{}); err == nil {
		t.Error("reading went on after it was called off")
	}
}
