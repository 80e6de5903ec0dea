package ooxml

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"baosong/parse/container"
	"baosong/parse/sheet/grid"
)

const workbookXML = `<workbook xmlns:r="x"><sheets><sheet name="甲" r:id="r1"/><sheet name="乙" state="hidden" r:id="r2"/></sheets></workbook>`

const workbookRels = `<Relationships><Relationship Id="r1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/>` +
	`<Relationship Id="r2" Type="http://x/worksheet" Target="/xl/worksheets/sheet2.xml"/>` +
	`<Relationship Id="r3" Type="http://x/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="r4" Type="http://x/styles" Target="styles.xml"/></Relationships>`

const absent = "absent"

// packed makes a package of the usual parts, those named replaced.
func packed(t testing.TB, parts map[string]string) *container.Package {
	t.Helper()
	all := map[string]string{
		"_rels/.rels":                `<Relationships><Relationship Id="a" Type="http://x/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml":            workbookXML,
		"xl/_rels/workbook.xml.rels": workbookRels,
		"xl/sharedStrings.xml":       `<sst><si><t>零</t></si><si><r><t>一</t></r><r><t xml:space="preserve"> 二</t></r><rPh><t>yi</t></rPh></si><si/></sst>`,
		"xl/styles.xml":              `<styleSheet><numFmts><numFmt numFmtId="180" formatCode="0.00"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="180"/><xf numFmtId="14"/></cellXfs></styleSheet>`,
		"xl/worksheets/sheet2.xml":   `<worksheet><sheetData/></worksheet>`,
	}
	for name, part := range parts {
		all[name] = part
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, part := range all {
		if part == absent {
			continue
		}
		f, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(part)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	p, err := container.OpenPackage(bytes.NewReader(b.Bytes()), int64(b.Len()), container.PackageLimits{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

func sheetOf(cells string) map[string]string {
	return map[string]string{"xl/worksheets/sheet1.xml": "<worksheet><sheetData>" + cells + "</sheetData></worksheet>"}
}

// shown writes a grid down as A1=text, with ! for errors, ? for formulas without result, and the numbers of hidden rows.
func shown(g *grid.Grid) string {
	var out []string
	for _, r := range g.Rows {
		for _, c := range r.Cells {
			mark := ""
			switch c.Kind {
			case grid.KindError:
				mark = "!"
			case grid.KindUnsaved:
				mark = "?"
			}
			if r.Hidden {
				mark += "h"
			}
			out = append(out, grid.Address(c.Col, r.Number)+mark+"="+c.Text)
		}
	}
	return strings.Join(out, " ")
}

func TestCells(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, cells, want string }{
		{"shared", `<row r="2"><c r="B2" t="s"><v>0</v></c><c r="C2" t="s"><v>1</v></c><c r="D2" t="s"><v>2</v></c></row>`, "B2=零 C2=一 二"},
		{"shared beyond the list", `<row><c t="s"><v>9</v></c><c t="s"><v>-1</v></c><c t="s"><v>x</v></c><c t="s"><v>0</v></c></row>`, "D1=零"},
		{"without addresses", `<row><c><v>1</v></c><c/><c><v>2</v></c></row><row><c><v>3</v></c></row>`, "A1=1 C1=2 A2=3"},
		{"inline", `<row><c t="inlineStr"><is><r><t>一</t></r><r><t>二</t></r></is></c></row>`, "A1=一二"},
		{"characters that XML forbids", `<row><c t="str"><v>a_x000A_b_x005F_x_xZZZZ_</v></c></row>`, "A1=a\nb_x_xZZZZ_"},
		{"formats", `<row><c s="1"><v>1.5</v></c><c s="2"><v>45000</v></c><c s="99"><v>7</v></c></row>`, "A1=1.50 B1=2023/3/15 C1=7"},
		{"types", `<row><c t="b"><v>1</v></c><c t="e"><v>#REF!</v></c><c t="d"><v>2024-05-01</v></c><c><v>甲</v></c></row>`, "A1=TRUE B1!=#REF! C1=2024/5/1 D1=甲"},
		{"formulas", `<row><c><f>A2</f></c><c><f>A2</f><v>3</v></c><c t="str"><f>A2</f><v></v></c></row>`, "A1?= B1=3"},
		{"hidden rows", `<row r="3" hidden="1"><c><v>1</v></c></row>`, "A3h=1"},
		{"cells out of order", `<row r="2"><c r="C2"><v>3</v></c><c r="A2"><v>1</v></c></row><row r="1"><c r="A1"><v>0</v></c></row>`, "A1=0 A2=1 C2=3"},
		{"an address that is none", `<row><c r="1A"><v>1</v></c><c r="XFE1"><v>1</v></c><c r="B1"><v>2</v></c></row>`, "B1=2"},
		{"other programs' own", `<row><c><v>1</v></c></row><extLst><ext><c r="Z9"><v>9</v></c></ext></extLst>`, "A1=1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			k := grid.NewBuilder(context.Background(), grid.Limits{})
			if err := Read(k, packed(t, sheetOf(c.cells))); err != nil {
				t.Fatal(err)
			}
			if got := shown(k.Book.Sheets[0]); got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
			if len(k.Book.Sheets) != 2 || k.Book.Sheets[0].Name != "甲" || !k.Book.Sheets[1].Hidden {
				t.Errorf("sheets %+v", k.Book.Sheets)
			}
		})
	}
}

func TestPackages(t *testing.T) {
	t.Parallel()
	one := sheetOf(`<row><c><v>1</v></c></row>`)["xl/worksheets/sheet1.xml"]
	for _, c := range []struct {
		name, want string
		parts      map[string]string
		err        error
	}{
		{"no relations of the package", "A1=1", map[string]string{"xl/worksheets/sheet1.xml": one, "_rels/.rels": ""}, nil},
		{"a prefix and Strict names", "A1=1", map[string]string{"xl/worksheets/sheet1.xml": strings.NewReplacer("</", "</x:", "<", "<x:").Replace(one)}, nil},
		{"a sheet that is not there", "", nil, nil},
		{"a sheet cut short", "A1=1", map[string]string{"xl/worksheets/sheet1.xml": `<worksheet><sheetData><row><c><v>1</v></c></row>`}, container.ErrDamaged},
		{"a sheet with entities", "", map[string]string{"xl/worksheets/sheet1.xml": `<!DOCTYPE a [<!ENTITY b "c">]><worksheet/>`}, container.ErrDamaged},
		{"no workbook", "", map[string]string{"xl/workbook.xml": absent}, container.ErrDamaged},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			k := grid.NewBuilder(context.Background(), grid.Limits{})
			if err := Read(k, packed(t, c.parts)); !errors.Is(err, c.err) {
				t.Fatalf("got %v, want %v", err, c.err)
			}
			if c.err == nil && shown(k.Book.Sheets[0]) != c.want {
				t.Errorf("got %q", shown(k.Book.Sheets[0]))
			}
		})
	}
}

func TestJoinPart(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]string{
		{"xl/", "worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"}, {"xl/", "/xl/a.xml", "xl/a.xml"}, {"xl/worksheets/", "../drawings/d.xml", "xl/drawings/d.xml"},
		{"xl/", `worksheets\a.xml`, "xl/worksheets/a.xml"}, {"", "../../a.xml", "a.xml"}, {"xl/", "/../a.xml", "a.xml"},
	} {
		if got := JoinPart(c[0], c[1]); got != c[2] {
			t.Errorf("%s and %s: got %s, want %s", c[0], c[1], got, c[2])
		}
	}
}

// TestSharedOnce: cells that share a text hold it once, and what a book may hold is told as cut. Not parallel, because all
// that the process allocates is counted.
func TestSharedOnce(t *testing.T) {
	cells := strings.Repeat(`<c t="s"><v>0</v></c>`, 100)
	var rows strings.Builder
	for range 400 {
		fmt.Fprintf(&rows, "<row>%s</row>", cells)
	}
	parts := sheetOf(rows.String())
	parts["xl/sharedStrings.xml"] = "<sst><si><t>" + strings.Repeat("甲", 30_000) + "</t></si></sst>"
	p := packed(t, parts)
	k := grid.NewBuilder(context.Background(), grid.Limits{})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	err := Read(k, p)
	runtime.ReadMemStats(&after)
	g := k.Book.Sheets[0]
	if err != nil || !g.Cut || len(g.Rows) != grid.MaxKept/90_000/100 {
		t.Errorf("%v, cut %v, %d rows", err, g.Cut, len(g.Rows))
	}
	if mb := (after.TotalAlloc - before.TotalAlloc) >> 20; mb > 15 {
		t.Errorf("%d MB for a text of 90,000 bytes", mb)
	}
}
