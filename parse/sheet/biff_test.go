package sheet

import (
	"bytes"
	"context"
	"encoding/binary"
	"math"
	"testing"

	"baosong/parse/container"
	"baosong/parse/sheet/grid"
)

// The numbers of the records, spelt out once more: a test does not borrow them from what it tests.
const (
	recEOF          = 0x0A
	recHeader       = 0x14
	recFooter       = 0x15
	recNote         = 0x1C
	recContinue     = 0x3C
	recCodePage     = 0x42
	recObj          = 0x5D
	recBound        = 0x85
	recRString      = 0xD6
	recXF           = 0xE0
	recTXO          = 0x1B6
	recNumber       = 0x203
	recLabel        = 0x204
	recString       = 0x207
	recRow          = 0x208
	recRK           = 0x27E
	recFormat       = 0x41E
	recBOF          = 0x809
	recHeaderFooter = 0x89C
)

// rec makes one record.
func rec(kind int, data ...byte) []byte {
	b := binary.LittleEndian.AppendUint16(nil, uint16(kind))
	b = binary.LittleEndian.AppendUint16(b, uint16(len(data)))
	return append(b, data...)
}

func words(n ...int) (b []byte) {
	for _, v := range n {
		b = binary.LittleEndian.AppendUint16(b, uint16(v))
	}
	return b
}

func double(v float64) []byte { return binary.LittleEndian.AppendUint64(nil, math.Float64bits(v)) }

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// oldStreams are bare streams of the versions 2, 3 and 4, which no program here writes any more; the shapes are those
// of the OpenOffice.org documentation of the format.
func oldStreams() [][]byte {
	name := []byte{0xBA, 0xCF, 0xB7, 0xCA} // 合肥 in GBK
	v2 := join(rec(0x09, words(2, 0x10)...), rec(recCodePage, words(936)...),
		rec(0x1E, append([]byte{7}, "General"...)...), rec(0x1E, append([]byte{8}, "yyyy/m/d"...)...),
		rec(0x02, join(words(0, 0), []byte{0, 0, 0}, words(7))...),
		rec(0x03, join(words(1, 0), []byte{0, 1, 0}, double(45464))...),
		rec(0x04, join(words(1, 1), []byte{0, 0, 0, 4}, name)...),
		rec(0x05, join(words(2, 0), []byte{0, 0, 0, 1, 0})...), rec(recEOF))
	head := func(bof int) []byte {
		return join(rec(bof, words(0, 0x10, 0)...), rec(recCodePage, words(936)...))
	}
	v3 := join(head(0x209), rec(0x1E, append([]byte{7}, "General"...)...), rec(0x1E, append([]byte{8}, "yyyy/m/d"...)...),
		rec(0x243, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), rec(0x243, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
		rec(recNumber, join(words(1, 0, 1), double(45464))...), rec(recLabel, join(words(1, 1, 0, 4), name)...),
		rec(recRK, join(words(0, 0, 0), words(7<<2|2, 0))...), rec(0x206, join(words(3, 0, 0), []byte{0, 0, 0, 0, 0, 0, 0xFF, 0xFF}, words(0))...),
		rec(recString, join(words(4), name)...), rec(recEOF))
	v4 := join(head(0x409), rec(recFormat, join(words(0), []byte{7}, []byte("General"))...), rec(recFormat, join(words(0), []byte{8}, []byte("yyyy/m/d"))...),
		rec(0x443, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), rec(0x443, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
		rec(recNumber, join(words(1, 0, 1), double(45464))...), rec(recLabel, join(words(1, 1, 0, 4), name)...),
		rec(recRK, join(words(0, 0, 0), words(7<<2|2, 0))...), rec(recEOF))
	return [][]byte{v2, v3, v4, v5(name)}
}

// v5 is a workbook stream of Excel 95: text in the book's code page, a sheet with a name and a place of its own.
func v5(name []byte) []byte {
	head := join(rec(recBOF, words(0x500, 5, 0, 0)...), rec(recCodePage, words(936)...),
		rec(recFormat, join(words(164), []byte{10}, []byte("yyyy/mm/dd"))...), rec(recXF, words(0, 0, 0, 0)...), rec(recXF, words(0, 164, 0, 0)...))
	bound := func(at int) []byte { return rec(recBound, join(words(at, 0, 0), []byte{4}, name)...) }
	at := len(head) + len(bound(0)) + 4
	return join(head, bound(at), rec(recEOF), rec(recBOF, words(0x500, 0x10, 0, 0)...),
		rec(recRow, words(1, 0, 2, 0, 0, 0, 0x20, 0)...), rec(recRK, join(words(0, 0, 0), words(7<<2|2, 0))...),
		rec(recNumber, join(words(1, 0, 1), double(45464))...), rec(recRString, join(words(1, 1, 0, 4), name, []byte{1, 0, 0})...), rec(recEOF))
}

// TestFormulaOfVersion4: version 4 has a record of its own for formulas, and one program writes it in version 8.
func TestFormulaOfVersion4(t *testing.T) {
	t.Parallel()
	formula := rec(0x406, join(words(0, 0, 0), double(7), words(0, 0))...)
	v4 := join(rec(0x409, words(0, 0x10, 0)...), rec(0x443, make([]byte, 12)...), formula, rec(recEOF))
	head := join(rec(recBOF, words(0x600, 5, 0, 0)...), rec(recXF, words(0, 0, 0, 0)...))
	bound := func(at int) []byte { return rec(recBound, join(words(at, 0, 0), []byte{1, 0, 'a'})...) }
	v8 := join(head, bound(len(head)+len(bound(0))+4), rec(recEOF), rec(recBOF, words(0x600, 0x10, 0, 0)...), formula, rec(recEOF))
	for i, s := range [][]byte{v4, v8} {
		g := mustParse(t, string(s), container.XLS2).Sheets[0]
		if c, _ := g.At(1, 1); c.Text != "7" || !c.Formula {
			t.Errorf("%d: %+v", i, c)
		}
	}
}

// TestCellsOfVersion2: cells of the oldest layout, which SheetJS writes in streams of versions 3 and 4 too.
func TestCellsOfVersion2(t *testing.T) {
	t.Parallel()
	for _, bof := range []int{0x209, 0x409} {
		s := join(rec(bof, words(0, 0x10, 0)...), rec(recCodePage, words(936)...),
			rec(0x02, join(words(0, 0), []byte{0, 0, 0}, words(7))...), rec(0x03, join(words(0, 1), []byte{0, 0, 0}, double(2.5))...),
			rec(0x04, join(words(1, 0), []byte{0, 0, 0, 4, 0xBA, 0xCF, 0xB7, 0xCA})...), rec(0x05, join(words(1, 1), []byte{0, 0, 0, 1, 0})...), rec(recEOF))
		if got := flat(mustParse(t, string(s), container.XLS2).Sheets[0]); got != "A1=7|B1=2.5 A2=合肥|B2=TRUE" {
			t.Errorf("%#x: %s", bof, got)
		}
	}
}

func TestOldVersions(t *testing.T) {
	t.Parallel()
	for i, s := range oldStreams() {
		book, err := ReadAt(context.Background(), bytes.NewReader(s), int64(len(s)), container.XLS2, grid.Limits{})
		if err != nil {
			t.Errorf("version %d: %v", i+2, err)
			continue
		}
		date := "2024/6/21"
		if i == 3 {
			date = "2024/06/21"
			if g := book.Sheets[0]; g.Name != "合肥" || !g.Rows[1].Hidden {
				t.Errorf("version 5: sheet %q, second row %+v", g.Name, g.Rows[1])
			}
		}
		for at, want := range map[[2]int]string{{1, 1}: "7", {2, 1}: date, {2, 2}: "合肥"} {
			if c, _ := book.Sheets[0].At(at[0], at[1]); c.Text != want {
				t.Errorf("version %d: %s is %q, want %q", i+2, grid.Address(at[1], at[0]), c.Text, want)
			}
		}
	}
}
