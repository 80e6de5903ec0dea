package sheet

import (
	"encoding/binary"
	"testing"
	"unicode/utf16"

	"baosong/parse/container"
)

// bin makes a record of a binary workbook: its number and its length in seven bits to the byte.
func bin(kind int, parts ...[]byte) []byte {
	body := join(parts...)
	var b []byte
	for _, n := range []int{kind, len(body)} {
		for ; n >= 0x80; n >>= 7 {
			b = append(b, byte(n)|0x80)
		}
		b = append(b, byte(n))
	}
	return append(b, body...)
}

func dwords(n ...int) (b []byte) {
	for _, v := range n {
		b = binary.LittleEndian.AppendUint32(b, uint32(v))
	}
	return b
}

func wideString(s string) []byte {
	u := utf16.Encode([]rune(s))
	b := dwords(len(u))
	for _, c := range u {
		b = binary.LittleEndian.AppendUint16(b, c)
	}
	return b
}

func smallXLSB(t testing.TB, cells ...[]byte) string { return calculatedXLSB(t, nil, cells...) }

// calculatedXLSB has further records in its workbook part.
func calculatedXLSB(t testing.TB, more []byte, cells ...[]byte) string {
	return string(zipped(t, map[string]string{
		contentTypes:                 `<Types/>`,
		"_rels/.rels":                `<Relationships><Relationship Id="rId1" Type="x/officeDocument" Target="xl/workbook.bin"/></Relationships>`,
		"xl/workbook.bin":            string(join(bin(156, dwords(0, 1), wideString("rId1"), wideString("汇总表")), more)),
		"xl/_rels/workbook.bin.rels": `<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="worksheets/sheet1.bin"/></Relationships>`,
		"xl/sharedStrings.bin":       string(bin(19, []byte{0}, wideString("合肥"))),
		"xl/worksheets/sheet1.bin":   string(join(cells...)),
	}))
}

// TestShortCells: cells that stand right of another need not name their column; SheetJS writes nearly all cells so.
func TestShortCells(t *testing.T) {
	t.Parallel()
	row := func(n int) []byte { return bin(0, dwords(n, 0), make([]byte, 9)) }
	b := mustParse(t, smallXLSB(t,
		row(0), bin(7, dwords(1, 0, 0)), bin(16, dwords(0), double(2.5)), bin(12, dwords(0)), bin(18, dwords(0, 0)), bin(15, dwords(0), []byte{1}),
		row(1), bin(17, dwords(0), wideString("首列")), bin(13, dwords(0, 7<<2|2)), bin(2, dwords(6, 0, 8<<2|2)), bin(14, dwords(0), []byte{0x17}),
	), container.XLSB)
	if got, want := flat(b.Sheets[0]), "B1=合肥|C1=2.5|E1=合肥|F1=TRUE A2=首列|B2=7|G2=8|H2=#REF!"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
