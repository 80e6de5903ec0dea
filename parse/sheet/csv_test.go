package sheet

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"baosong/parse/container"
	"baosong/parse/sheet/grid"
)

func mustParse(t *testing.T, b string, format container.Format) *grid.Book {
	t.Helper()
	book, err := ReadAt(context.Background(), strings.NewReader(b), int64(len(b)), format, grid.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return book
}

func mustRead(t *testing.T, path string) *grid.Book {
	t.Helper()
	format, err := container.SniffFile(path)
	if err != nil {
		t.Fatal(err)
	}
	book, err := Read(context.Background(), path, format, grid.Limits{})
	if err != nil {
		t.Fatalf("read %s: %v", filepath.Base(path), err)
	}
	return book
}

// flat writes a grid as row:cell|cell, for short tests.
func flat(g *grid.Grid) string {
	var rows []string
	for _, r := range g.Rows {
		var s []string
		for _, c := range r.Cells {
			s = append(s, grid.Address(c.Col, r.Number)+"="+c.Text)
		}
		rows = append(rows, strings.Join(s, "|"))
	}
	return strings.Join(rows, " ")
}

func TestCSV(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ in, want string }{
		"plain":                     {"序号,市\n1,合肥\n", "A1=序号|B1=市 A2=1|B2=合肥"},
		"bom":                       {"\xEF\xBB\xBF序号,市", "A1=序号|B1=市"},
		"gb18030":                   {"\xd0\xf2\xba\xc5,\xca\xd0\r\n", "A1=序号|B1=市"},
		"utf-16 without a mark":     {"a\x00,\x00b\x00\n\x00", "A1=a|B1=b"},
		"utf-16 big-endian":         {"\xFE\xFF\x00a\x00\t\x00b", "A1=a|B1=b"},
		"tabs":                      {"a\tb,c\n1\t2\n", "A1=a|B1=b,c A2=1|B2=2"},
		"semicolons":                {"a;b,c\n1;2\n", "A1=a|B1=b,c A2=1|B2=2"},
		"full-width commas":         {"序号，市\n1，合肥\n", "A1=序号|B1=市 A2=1|B2=合肥"},
		"sep line":                  {"sep=|\na|b\n", "A1=a|B1=b"},
		"blank lines count":         {"a,b\n\n\n1,2\n", "A1=a|B1=b A4=1|B4=2"},
		"quoted break and mark":     {"a,\"x\ny \"\"z\"\"\",b\n", "A1=a|B1=x\ny \"z\"|C1=b"},
		"stray mark":                {"a,\"b c,d\n1,2,3\n", "A1=a|B1=\"b c|C1=d A2=1|B2=2|C2=3"},
		"mark inside":               {"a,5\" 管,b\n", "A1=a|B1=5\" 管|C1=b"},
		"mark inside a quoted one":  {"\"他说\"好\"了\",b\n", "A1=他说\"好\"了|B1=b"},
		"old Mac line ends":         {"a,b\r1,2\r", "A1=a|B1=b A2=1|B2=2"},
		"no end of line at the end": {"a,b\n1,2", "A1=a|B1=b A2=1|B2=2"},
	} {
		if got := flat(mustParse(t, tc.in, container.CSV).Sheets[0]); got != tc.want {
			t.Errorf("%s: got %q want %q", name, got, tc.want)
		}
	}
}

// TestCSVStrayMarks: millions of quotation marks that are never closed once took half a minute.
func TestCSVStrayMarks(t *testing.T) {
	t.Parallel()
	start := time.Now()
	book := mustParse(t, strings.Repeat("\"a,\n", 2_000_000), container.CSV)
	if took := time.Since(start); took > 8*time.Second {
		t.Errorf("took %v for %d rows", took, len(book.Sheets[0].Rows))
	}
}
