package sheet

import (
	"context"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"baosong/parse/charset"
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
		"numbers kept as text":      {"=\"13812345678\",\"=\"\"0551\"\"\"\n=\"a\"&\"b\",=\"\",=\"他说\"\"好\"\"\"\n", "A1=13812345678|B1=0551 A2==\"a\"&\"b\"|C2=他说\"好\""},
		"no end of line at the end": {"a,b\n1,2", "A1=a|B1=b A2=1|B2=2"},
	} {
		if got := flat(mustParse(t, tc.in, container.CSV).Sheets[0]); got != tc.want {
			t.Errorf("%s: got %q want %q", name, got, tc.want)
		}
	}
}

// TestCSVEncodings: UTF-16 without a mark and with characters whose second byte is zero, and two files of two
// encodings put together.
func TestCSVEncodings(t *testing.T) {
	t.Parallel()
	wide := func(s string) string {
		var b []byte
		for _, u := range utf16.Encode([]rune(s)) {
			b = binary.LittleEndian.AppendUint16(b, u)
		}
		return string(b)
	}
	gbk := func(s string) string { return string(charset.GB18030(s)) }
	const two = "A1=序号|B1=市 A2=1|B2=合肥市 A3=2|B3=芜湖市"
	for name, tc := range map[string]struct{ in, want string }{
		"utf-16 with 一":        {wide("序号\t市\r\n一\t合肥市\r\n二\t芜湖市\r\n"), "A1=序号|B1=市 A2=一|B2=合肥市 A3=二|B3=芜湖市"},
		"gbk, then utf-8":      {gbk("序号,市\n1,合肥市\n") + "2,芜湖市\n", two},
		"utf-8, then gbk":      {"序号,市\n1,合肥市\n" + gbk("2,芜湖市\n"), two},
		"utf-8 with one fault": {"序号,所在市,集群名称,案例方向\n1,合肥市,智能语音,协作共享\n2,芜湖\xe5\xb8\n", "A1=序号|B1=所在市|C1=集群名称|D1=案例方向 A2=1|B2=合肥市|C2=智能语音|D2=协作共享 A3=2|B3=芜湖\uFFFD"},
		"gbk valid as utf-8":   {gbk("单位,状态\n联通,联通\n移动,合肥市\n"), "A1=单位|B1=状态 A2=联通|B2=联通 A3=移动|B3=合肥市"},
	} {
		path := filepath.Join(t.TempDir(), "a.csv")
		if err := os.WriteFile(path, []byte(tc.in), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := flat(mustRead(t, path).Sheets[0]); got != tc.want {
			t.Errorf("%s: got %q want %q", name, got, tc.want)
		}
	}
}

// TestCSVSeparators: a tab behind each value, by which exports keep Excel from taking numbers, is no separator; and the
// line that names the separator may be quoted or in capitals.
func TestCSVSeparators(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"姓名\t,电话\t\n张\t,0551\t\n": "A1=姓名\t|B1=电话\t A2=张\t|B2=0551\t",
		"姓名\t电话\n张\t\n李\t0551\n":  "A1=姓名|B1=电话 A2=张 A3=李|B3=0551",
		"\"sep=;\"\r\n甲,乙;丙\r\n":  "A1=甲,乙|B1=丙",
		"SEP=|\n甲,乙|丙\n":          "A1=甲,乙|B1=丙",
		"sep=\t\n甲,乙\t丙\n":        "A1=甲,乙|B1=丙",
		"sep=,甲\n乙,丙\n":           "A1=sep=|B1=甲 A2=乙|B2=丙",
	} {
		if got := flat(mustParse(t, in, container.CSV).Sheets[0]); got != want {
			t.Errorf("%q: got %q want %q", in, got, want)
		}
	}
}

// TestCSVStrayMarks: of millions of quotation marks that are never closed each is looked at once; the square of them would
// outlast the test run.
func TestCSVStrayMarks(t *testing.T) {
	t.Parallel()
	book := mustParse(t, strings.Repeat("\"a,\n", 2_000_000), container.CSV)
	if n := len(book.Sheets[0].Rows); n == 0 {
		t.Error("nothing was read")
	}
}
