package sheet

import (
	"bytes"
	"context"
	"testing"

	"baosong/parse/container"
	"baosong/parse/sheet/grid"
)

func smallODS(t testing.TB, table string) []byte {
	return zipped(t, map[string]string{"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": `<office:document-content><office:body><office:spreadsheet>` +
		`<table:table table:name="甲">` + table + `</table:table></office:spreadsheet></office:body></office:document-content>`})
}

func TestODSCells(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ in, want string }{
		"repeated columns":        {`<table:table-row><table:table-cell table:number-columns-repeated="2"><text:p>a</text:p></table:table-cell><table:table-cell table:number-columns-repeated="3"/><table:table-cell><text:p>b</text:p></table:table-cell></table:table-row>`, "A1=a|B1=a|F1=b"},
		"repeated rows":           {`<table:table-row table:number-rows-repeated="2"><table:table-cell><text:p>a</text:p></table:table-cell></table:table-row><table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row><table:table-row><table:table-cell><text:p>z</text:p></table:table-cell></table:table-row>`, "A1=a A2=a A1048003=z"},
		"header rows in groups":   {`<table:table-header-rows><table:table-row><table:table-cell><text:p>头</text:p></table:table-cell></table:table-row></table:table-header-rows><table:table-row-group><table:table-row><table:table-cell><text:p>体</text:p></table:table-cell></table:table-row></table:table-row-group>`, "A1=头 A2=体"},
		"paragraphs and blanks":   {`<table:table-row><table:table-cell><text:p>甲<text:s text:c="2"/>乙<text:span>丙</text:span></text:p><text:p>丁<text:line-break/>戊</text:p></table:table-cell></table:table-row>`, "A1=甲  乙丙\n丁\n戊"},
		"comments are no text":    {`<table:table-row><table:table-cell><office:annotation><text:p>批注</text:p></office:annotation><text:p>甲</text:p></table:table-cell></table:table-row>`, "A1=甲"},
		"values without text":     {`<table:table-row><table:table-cell office:value-type="float" office:value="12.5"/><table:table-cell office:value-type="date" office:date-value="2024-06-21"/><table:table-cell office:value-type="time" office:time-value="PT17H30M00S"/></table:table-row>`, "A1=12.5|B1=2024/6/21|C1=17:30:00"},
		"numbers not shown":       {`<table:table-row><table:table-cell office:value-type="float" office:value="13855512345"><text:p>#FMT</text:p></table:table-cell><table:table-cell office:value-type="float" office:value="2.5"><text:p>###</text:p></table:table-cell></table:table-row>`, "A1=13855512345|B1=2.5"},
		"text without paragraphs": {`<table:table-row><table:table-cell office:value-type="string" office:string-value="甲"/><table:table-cell office:value-type="string" office:string-value="乙"><text:p>丙</text:p></table:table-cell></table:table-row>`, "A1=甲|B1=丙"},
		"dates not shown":         {`<table:table-row><table:table-cell office:value-type="date" office:date-value="2024-06-21"><text:p>###</text:p></table:table-cell><table:table-cell office:value-type="time" office:time-value="PT17H30M00S"><text:p/></table:table-cell></table:table-row>`, "A1=2024/6/21|B1=17:30:00"},
		"kinds with their texts": {`<table:table-row><table:table-cell office:value-type="percentage" office:value="0.125"><text:p>12.5%</text:p></table:table-cell><table:table-cell office:value-type="currency" office:currency="CNY" office:value="1234.5"><text:p>¥1,234.50</text:p></table:table-cell>` +
			`<table:table-cell office:value-type="boolean" office:boolean-value="true"><text:p>真</text:p></table:table-cell><table:table-cell office:value-type="date" office:date-value="2024-06-21T17:30:00"><text:p>2024年6月21日</text:p></table:table-cell></table:table-row>`, "A1=12.5%|B1=¥1,234.50|C1=TRUE|D1=2024年6月21日"},
		"covered cells": {`<table:table-row><table:table-cell table:number-columns-spanned="2"><text:p>甲</text:p></table:table-cell><table:covered-table-cell><text:p>藏</text:p></table:covered-table-cell><table:table-cell><text:p>乙</text:p></table:table-cell></table:table-row>`, "A1=甲|C1=乙"},
	} {
		if got := flat(mustParse(t, string(smallODS(t, tc.in)), container.ODS).Sheets[0]); got != tc.want {
			t.Errorf("%s: got %q want %q", name, got, tc.want)
		}
	}
}

// TestODSNumberAsDate: LibreOffice saves a phone number in a column of dates as a date before all time; nothing is left of it.
func TestODSNumberAsDate(t *testing.T) {
	t.Parallel()
	g := mustParse(t, string(smallODS(t, `<table:table-row><table:table-cell office:value-type="date" office:date-value="-000-32768-01-01T00:00:00" calcext:value-type="date"><text:p>#FMT</text:p></table:table-cell>`+
		`<table:table-cell office:value-type="time" office:time-value="PT-2147483648H00M00S"><text:p>#FMT</text:p></table:table-cell></table:table-row>`)), container.ODS).Sheets[0]
	for col := 1; col <= 2; col++ {
		if c, ok := g.At(1, col); !ok || c.Kind != grid.KindError || c.Text != "#FMT" {
			t.Errorf("column %d: %+v", col, c)
		}
	}
}

// TestODSRepeatedBomb: a few bytes claim a million rows of sixteen thousand filled cells.
func TestODSRepeatedBomb(t *testing.T) {
	t.Parallel()
	raw := smallODS(t, `<table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="16384"><text:p>x</text:p></table:table-cell></table:table-row>`)
	book, err := ReadAt(context.Background(), bytes.NewReader(raw), int64(len(raw)), container.ODS, grid.Limits{Cells: 100_000})
	if err != nil {
		t.Fatal(err)
	}
	if g := book.Sheets[0]; !g.Cut || len(g.Rows) != 6 {
		t.Errorf("cut %v, %d rows", g.Cut, len(g.Rows))
	}
}

// TestFlatODS: the same in one file, headers included.
func TestFlatODS(t *testing.T) {
	t.Parallel()
	b := mustRead(t, "testdata/kinds.fods")
	want := mustRead(t, "testdata/kinds.ods")
	if len(b.Sheets) != len(want.Sheets) || b.Format != container.FODS {
		t.Fatalf("%s with %d sheets", b.Format, len(b.Sheets))
	}
	for i, g := range b.Sheets {
		if w := want.Sheets[i]; g.Name != w.Name || g.Hidden != w.Hidden || len(g.Merges) != len(w.Merges) {
			t.Errorf("sheet %q hidden %v, %d merges; want %q %v %d", g.Name, g.Hidden, len(g.Merges), w.Name, w.Hidden, len(w.Merges))
		}
	}
	page := mustParse(t, `<office:document office:mimetype="application/vnd.oasis.opendocument.spreadsheet"><office:master-styles><style:master-page><style:header><text:p>首</text:p></style:header></style:master-page></office:master-styles>`+
		`<office:body><office:spreadsheet><table:table table:name="甲"><table:table-row><table:table-cell><text:p>乙</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet></office:body></office:document>`, container.FODS)
	if got := texts(page); got != "//页眉=首" || flat(page.Sheets[0]) != "A1=乙" {
		t.Errorf("texts %q, cells %q", got, flat(page.Sheets[0]))
	}
}
