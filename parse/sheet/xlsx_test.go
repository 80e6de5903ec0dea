package sheet

import (
	"context"
	"errors"
	"strings"
	"testing"

	"baosong/parse/charset"
	"baosong/parse/container"
	"baosong/parse/sheet/grid"
)

const contentTypes = "[Content_Types].xml"

// smallXLSX is a package with the given worksheet; further parts may be added or replaced.
func smallXLSX(t testing.TB, worksheet string, more map[string]string) string {
	all := map[string]string{
		contentTypes:                 `<Types/>`,
		"xl/workbook.xml":            `<workbook><workbookPr/><sheets><sheet name="汇总表" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/styles.xml":              `<styleSheet><numFmts><numFmt numFmtId="176" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="176"/><xf numFmtId="14"/></cellXfs></styleSheet>`,
		"xl/sharedStrings.xml":       `<sst><si><t>合肥</t></si><si><r><t>天长市</t></r><r><t xml:space="preserve"> 集群</t></r><rPh sb="0" eb="1"><t>ガ</t></rPh></si></sst>`,
		"xl/worksheets/sheet1.xml":   `<worksheet><sheetData>` + worksheet + `</sheetData></worksheet>`,
	}
	for name, data := range more {
		all[name] = data
	}
	return string(zipped(t, all))
}

func TestXLSXCells(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ in, want string }{
		"shared and rich, readings left out": {`<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>`, "A1=合肥|B1=天长市 集群"},
		"no addresses":                       {`<row><c t="s"><v>0</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>`, "A1=合肥|B1=2 A2=3"},
		"inline, cdata, entities":            {`<row r="1"><c r="A1" t="inlineStr"><is><t>A&amp;B &#x4E59;</t></is></c><c r="B1" t="str"><v><![CDATA[<丙>]]></v></c></row>`, "A1=A&B 乙|B1=<丙>"},
		"carriage returns":                   {`<row r="1"><c r="A1" t="inlineStr"><is><t>甲_x000D_` + "\n" + `乙_x005F_x000D_</t></is></c></row>`, "A1=甲\n乙_x000D_"},
		"dates":                              {`<row r="1"><c r="A1" s="1"><v>45464</v></c><c r="B1" s="2"><v>45464</v></c><c r="C1" t="d"><v>2024-06-21</v></c></row>`, "A1=2024年6月|B1=2024/6/21|C1=2024/6/21"},
		"prefixes":                           {`<x:row r="1"><x:c r="A1"><x:v>1</x:v></x:c></x:row>`, "A1=1"},
		"rows twice and out of order":        {`<row r="3"><c r="A3"><v>3</v></c></row><row r="1"><c r="B1"><v>2</v></c><c r="A1"><v>1</v></c></row><row r="3"><c r="A3"><v>4</v></c></row>`, "A1=1|B1=2 A3=4"},
		"a shared string that is not there":  {`<row r="1"><c r="A1" t="s"><v>99</v></c><c r="B1"><v>1</v></c></row>`, "B1=1"},
		"beyond the grid":                    {`<row r="1"><c r="XFE1"><v>1</v></c><c r="A1048577"><v>1</v></c></row><row r="1048577"><c><v>1</v></c></row><row r="2"><c r="A2"><v>5</v></c></row>`, "A2=5"},
		"styles without values":              {`<row r="1"><c r="A1" s="1"/><c r="B1" s="1"></c></row>`, ""},
		"errors and booleans":                {`<row r="1"><c r="A1" t="e"><v>#REF!</v></c><c r="B1" t="b"><v>1</v></c></row>`, "A1=#REF!|B1=TRUE"},
		"cells of other programs":            {`<row r="1"><c r="A1"><v>1</v></c></row></sheetData><extLst><ext><x:c r="A9"><x:v>8</x:v></x:c></ext></extLst><sheetData>`, "A1=1"},
		"formula with its result":            {`<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1"><f>1+1</f></c></row>`, "A1=2|B1="},
		"formula with an empty result":       {`<row r="1"><c r="A1" t="str"><f>IF(B1="","",1)</f><v></v></c><c r="B1" t="str"><f>""</f><v/></c><c r="D1"><f>1+1</f><v></v></c></row>`, "D1="},
	} {
		if got := flat(mustParse(t, smallXLSX(t, tc.in, nil), container.XLSX).Sheets[0]); got != tc.want {
			t.Errorf("%s: got %q want %q", name, got, tc.want)
		}
	}
}

func TestXLSXBook(t *testing.T) {
	t.Parallel()
	b := mustParse(t, smallXLSX(t, `<row r="2" hidden="1"><c r="A2" s="2"><v>44002</v></c></row>`, map[string]string{
		"xl/workbook.xml":     `<workbook xmlns="http://purl.oclc.org/ooxml/spreadsheetml/main"><workbookPr date1904="1"/><sheets><sheet name="甲" state="veryHidden" r:id="rId1"/><sheet name="图" r:id="rId9"/></sheets></workbook>`,
		"xl/vbaProject.bin":   "x",
		"docProps/custom.xml": `<Properties><property name="baosong-form"><vt:lpwstr>v7</vt:lpwstr></property></Properties>`,
	}), container.XLSX)
	if !b.Macros || !b.Date1904 || len(b.Sheets) != 2 || !b.Sheets[0].Hidden || b.FormVersion() != "v7" {
		t.Errorf("book %+v, version %q", b, b.FormVersion())
	}
	if r := b.Sheets[0].Rows[0]; !r.Hidden || r.Cells[0].Text != "2024/6/21" || r.Cells[0].Kind != grid.KindDate {
		t.Errorf("row %+v", r)
	}
}

// TestPartsInGBK: a part that declares another encoding is decoded by it, unless its bytes are UTF-8 all the same.
func TestPartsInGBK(t *testing.T) {
	t.Parallel()
	const head = `<?xml version="1.0" encoding="GB2312"?>`
	const shared = head + `<sst><si><t>合肥</t></si></sst>`
	for name, part := range map[string]string{"in GBK": string(charset.GB18030(shared)), "in UTF-8": shared} {
		b := mustParse(t, smallXLSX(t, `<row r="1"><c r="A1" t="s"><v>0</v></c></row>`, map[string]string{"xl/sharedStrings.xml": part}), container.XLSX)
		if got := flat(b.Sheets[0]); got != "A1=合肥" {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestXLSXRefused(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]string{
		"entities":  `<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet/>`,
		"truncated": `<worksheet><sheetData><row r="1"><c r="A1"><v>1</v>`,
		"deep":      strings.Repeat("<a>", 20000),
	} {
		raw := smallXLSX(t, "", map[string]string{"xl/worksheets/sheet1.xml": in})
		_, err := ReadAt(context.Background(), strings.NewReader(raw), int64(len(raw)), container.XLSX, grid.Limits{})
		if !errors.Is(err, container.ErrDamaged) && !errors.Is(err, container.ErrLimit) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
