package sheet

import (
	"context"
	"testing"

	"baosong/parse/container"
	"baosong/parse/sheet/grid"
)

// biff8 is a workbook stream of version 8 with one sheet of the given records.
func biff8(records ...[]byte) string {
	head := join(rec(recBOF, words(0x600, 5, 0, 0)...), rec(recXF, words(0, 0, 0, 0)...))
	bound := func(at int) []byte { return rec(recBound, join(words(at, 0, 0), []byte{1, 0, 'a'})...) }
	return string(join(head, bound(len(head)+len(bound(0))+4), rec(recEOF), rec(recBOF, words(0x600, 0x10, 0, 0)...), join(records...), rec(recEOF)))
}

// formula is a formula's record: its result, its options, and the field that each program fills in its own way.
func formula(row, col int, result []byte, options, field int) []byte {
	return rec(0x06, join(words(row, col, 0), result, words(options), dwords(field), words(0))...)
}

func kinds(g *grid.Grid) string {
	s := ""
	for _, r := range g.Rows {
		for _, c := range r.Cells {
			if c.Kind == grid.KindUnsaved {
				s += grid.Address(c.Col, r.Number) + "=? "
			} else {
				s += grid.Address(c.Col, r.Number) + "=" + c.Text + " "
			}
		}
	}
	return s
}

// TestUnsavedXLS: by what Apache POI, Spreadsheet::WriteExcel and Java Excel API put in place of a formula's result, and what
// Excel and LibreOffice save as one.
func TestUnsavedXLS(t *testing.T) {
	t.Parallel()
	empty, text := []byte{3, 0, 0, 0, 0, 0, 0xFF, 0xFF}, []byte{0, 0, 0, 0, 0, 0, 0xFF, 0xFF}
	named := func(s string) []byte { return rec(recString, join(words(len(s)), []byte{0}, []byte(s))...) }
	for name, tc := range map[string]struct{ in, want string }{
		"POI":                          {biff8(formula(0, 0, double(0), 2, 0)), "A1=? "},
		"POI with its evaluator":       {biff8(formula(0, 0, double(3), 2, 0), formula(0, 1, text, 2, 0), named("x")), "A1=3 B1=x "},
		"WriteExcel":                   {biff8(formula(0, 0, double(0), 3, 0)), "A1=? "},
		"Java Excel API":               {biff8(formula(0, 0, double(4), 2, 0xFCE00000)), "A1=? "},
		"four is a result":             {biff8(formula(0, 0, double(4), 2, 0)), "A1=4 "},
		"Excel: nought, empty text":    {biff8(formula(0, 0, double(0), 0, 0xFE000001), formula(0, 1, empty, 0, 0xFE000002)), "A1=0 "},
		"a text that does not come":    {biff8(formula(0, 0, text, 0, 0), formula(0, 1, double(1), 0, 0), formula(1, 0, text, 0, 0)), "A1=? B1=1 A2=? "},
		"a text after a shared record": {biff8(formula(0, 0, text, 8, 0), rec(0x4BC, make([]byte, 10)...), named("x"), formula(0, 1, double(1), 0, 0)), "A1=x B1=1 "},
	} {
		if got := kinds(mustParse(t, tc.in, container.XLS2).Sheets[0]); got != tc.want {
			t.Errorf("%s: got %q want %q", name, got, tc.want)
		}
	}
}

// TestUnsavedElsewhere: OpenDocument, XML 2003 and binary workbooks.
func TestUnsavedElsewhere(t *testing.T) {
	t.Parallel()
	ods := string(smallODS(t, `<table:table-row><table:table-cell table:formula="of:=[.B1]"/><table:table-cell table:formula="of:=1+1" table:number-columns-repeated="2"><text:p/></table:table-cell>`+
		`<table:table-cell table:formula="of:=&quot;&quot;" office:value-type="string" office:string-value=""/><table:table-cell table:formula="of:=1" office:value-type="float" office:value="0"><text:p>0</text:p></table:table-cell>`+
		`<table:table-cell table:formula="of:=&quot;x&quot;"><text:p>x</text:p></table:table-cell></table:table-row>`))
	xml := `<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook><Worksheet ss:Name="甲"><Table><Row><Cell ss:Formula="=R1C2"/><Cell ss:Formula="=1+1"><Data ss:Type="Number"></Data></Cell>` +
		`<Cell ss:Formula="=1"><Data ss:Type="Number">0</Data></Cell><Cell ss:Formula="=&quot;&quot;"><Data ss:Type="String"></Data></Cell><Cell ss:Formula="=1"><Comment><ss:Data>批注</ss:Data></Comment></Cell></Row></Table></Worksheet></Workbook>`
	row := bin(0, dwords(0, 0), make([]byte, 9))
	results := [][]byte{row, bin(9, dwords(0, 0), double(0), words(0)), bin(9, dwords(1, 0), double(2), words(0)), bin(5, dwords(2, 0), double(0))}
	onLoad := bin(157, dwords(0, 1, 100, 0, 0, 0), words(1))
	for _, tc := range []struct {
		in     string
		format container.Format
		want   string
	}{
		{ods, container.ODS, "A1=? B1=? C1=? E1=0 F1=x "},
		{xml, container.XML2003, "A1=? B1=? C1=0 E1=? "},
		{smallXLSB(t, results...), container.XLSB, "A1=0 B1=2 C1=0 "},
		{calculatedXLSB(t, onLoad, results...), container.XLSB, "A1=? B1=2 C1=0 "},
	} {
		if got := kinds(mustParse(t, tc.in, tc.format).Sheets[0]); got != tc.want {
			t.Errorf("%s: got %q want %q", tc.format, got, tc.want)
		}
	}
}

// TestEmptyResultODS: LibreOffice and its kin save a formula's empty text like a formula that was never calculated; they
// calculate all there is.
func TestEmptyResultODS(t *testing.T) {
	t.Parallel()
	const table = `<table:table-row><table:table-cell table:formula="of:=IF(1=1;&quot;&quot;;&quot;x&quot;)"/><table:table-cell table:formula="of:=1+1" office:value-type="float" office:value="2"><text:p>2</text:p></table:table-cell></table:table-row>`
	for maker, want := range map[string]string{
		"LibreOffice/7.4.7.2$Linux_X86_64 LibreOffice_project/40$Build-2":  "B1=2 ",
		"OpenOffice/4.1.15$Win32 OpenOffice.org_project/4115m2$Build-9813": "B1=2 ",
		"ODFPY/1.4.1": "A1=? B1=2 ",
		"":            "A1=? B1=2 ",
	} {
		meta := `<office:meta><meta:generator>` + maker + `</meta:generator></office:meta>`
		body := `<office:body><office:spreadsheet><table:table table:name="甲">` + table + `</table:table></office:spreadsheet></office:body>`
		packed := string(zipped(t, map[string]string{"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "meta.xml": `<office:document-meta>` + meta + `</office:document-meta>`,
			"content.xml": `<office:document-content>` + body + `</office:document-content>`}))
		if got := kinds(mustParse(t, packed, container.ODS).Sheets[0]); got != want {
			t.Errorf("%s: got %q want %q", maker, got, want)
		}
		b := grid.NewBuilder(context.Background(), grid.Limits{})
		if err := readFlatODS(b, []byte(`<office:document>`+meta+body+`</office:document>`)); err != nil {
			t.Fatal(err)
		}
		if got := kinds(b.Book.Sheets[0]); got != want {
			t.Errorf("%s in one file: got %q want %q", maker, got, want)
		}
	}
}
