package sheet

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"baosong/parse/container"
	"baosong/parse/sheet/grid"
)

// TestMillionBlankRows: whole sheets formatted down to their last row, as "select all, borders" leaves them in each format.
// What is filled keeps its address, and the rest costs neither room nor patience.
func TestMillionBlankRows(t *testing.T) {
	t.Parallel()
	var rows strings.Builder
	for r := 1; r <= grid.MaxRow; r++ {
		fmt.Fprintf(&rows, `<row r="%d" spans="1:3" s="1" customFormat="1">`, r)
		switch r {
		case 2:
			rows.WriteString(`<c r="A2" s="1" t="inlineStr"><is><t>序号</t></is></c>`)
		case grid.MaxRow:
			rows.WriteString(`<c r="C1048576"><v>7</v></c>`)
		default:
			fmt.Fprintf(&rows, `<c r="A%d" s="1"/><c r="B%d" s="1"/>`, r, r)
		}
		rows.WriteString(`</row>`)
	}
	blank := join(rec(0x201, words(9, 0, 0)...), rec(0xBE, words(9, 1, 0, 0, 0, 3)...)) // BLANK, MULBLANK
	var xls [][]byte
	for r := range 65536 {
		b := bytes.Clone(blank)
		b[4], b[5], b[14], b[15] = byte(r), byte(r>>8), byte(r), byte(r>>8)
		xls = append(xls, b)
	}
	xls = append(xls, rec(recNumber, join(words(65535, 2, 0), double(7))...), rec(recNumber, join(words(1, 0, 0), double(1))...))
	styled := `<table:table-cell table:style-name="ce1" table:number-columns-repeated="16384"/>`
	ods := `<table:table-row><table:table-cell table:style-name="ce1" table:number-columns-repeated="1024"/></table:table-row><table:table-row><table:table-cell><text:p>序号</text:p></table:table-cell>` + styled + `</table:table-row>` +
		`<table:table-row table:number-rows-repeated="1048573">` + styled + `</table:table-row><table:table-row><table:table-cell table:number-columns-repeated="2"/><table:table-cell office:value-type="float" office:value="7"><text:p>7</text:p></table:table-cell></table:table-row>`
	for _, tc := range []struct {
		name   string
		in     string
		format container.Format
		want   string
	}{
		{"xlsx", smallXLSX(t, rows.String(), nil), container.XLSX, "A2=序号 C1048576=7"},
		{"xls", biff8(xls...), container.XLS2, "A2=1 C65536=7"},
		{"ods", string(smallODS(t, ods)), container.ODS, "A2=序号 C1048576=7"},
		{"csv", "\r\n序号,,\r\n" + strings.Repeat(",,\r\n", 300_000) + ",,7\r\n", container.CSV, "A2=序号 C300003=7"},
	} {
		b, err := ReadAt(context.Background(), strings.NewReader(tc.in), int64(len(tc.in)), tc.format, grid.Limits{})
		if err != nil {
			t.Errorf("%s: %v", tc.name, err)
			continue
		}
		if got := flat(b.Sheets[0]); got != tc.want || b.Sheets[0].Cut {
			t.Errorf("%s: got %q want %q, cut %v", tc.name, got, tc.want, b.Sheets[0].Cut)
		}
	}
}
