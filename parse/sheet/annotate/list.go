package annotate

import (
	"bytes"
	"context"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"baosong/parse/container"
	"baosong/parse/sheet"
	"baosong/parse/sheet/grid"
	"baosong/parse/sheet/workbook"
	"baosong/parse/sheet/xmlscan"
)

const sheetType = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"

// addList puts the list of problems first. Everything in the workbook part that counts sheets by their place moves on
// by one: the sheet that was open stays open, names that belong to a sheet keep it.
func (m *marker) addList(before *grid.Book, marks []Mark, list []workbook.ListRow) error {
	used := map[string]bool{}
	marked := map[string]bool{}
	for _, s := range m.sheets {
		used[strings.ToLower(s.name)] = true
	}
	for _, k := range marks {
		marked[k.Sheet+"\x00"+grid.Address(k.Col, k.Row)] = true
	}
	for i, s := range m.sheets { // the list of an earlier letter gives way
		if i < len(before.Sheets) && before.Sheets[i].IsList() && s.part != "" {
			m.changed[partName(s.part)] = m.listSheet(list, marked)
			return nil
		}
	}
	name := workbook.SheetName(grid.ListSheet, grid.ListSheet, used)
	part := m.create("xl/worksheets/sheet%d.xml", m.listSheet(list, marked))
	if err := m.declare(part, sheetType); err != nil {
		return err
	}
	id, err := m.relate(m.main, "worksheet", part)
	if err != nil {
		return err
	}
	return m.put(m.main, func(b []byte) ([]byte, error) { return insertSheet(b, name, id) })
}

// insertSheet lists the new sheet first.
func insertSheet(b []byte, name, id string) ([]byte, error) {
	var e edits
	w := tagWalker{b: b}
	highest, at, prefix, rel, view := 0, tag{}, "", "", false
	for {
		t, ok := w.next()
		if !ok {
			break
		}
		if t.closing {
			continue
		}
		switch t.name {
		case "workbook":
			rel = relNamespace(&t)
		case "sheets":
			at, prefix = t, t.prefix
		case "sheet":
			n, _, _ := t.attr("sheetId")
			highest = max(highest, xmlscan.Int(n))
		case "workbookView":
			view = true
			active, _, _ := t.attr("activeTab")
			raw := t.with("activeTab", strconv.Itoa(xmlscan.Int(active)+1))
			again := retag(raw)
			e.replace(t.from, t.to, again.without("firstSheet"))
		case "definedName":
			if n, from, _ := t.attr("localSheetId"); from >= 0 {
				e.replace(t.from, t.to, t.with("localSheetId", strconv.Itoa(xmlscan.Int(n)+1)))
			}
		}
	}
	if at.raw == nil || at.closed {
		return nil, fmt.Errorf("%w: workbook without sheets", ErrUnsafe)
	}
	attr := rel + `:id="` + id + `"`
	if rel == "" {
		attr = `xmlns:r="` + strings.TrimSuffix(relType, "/") + `" r:id="` + id + `"`
	}
	if !view { // without a view the first sheet would be open together with the one that was
		e.insert(at.from, prefixed(`<bookViews><workbookView activeTab="1"/></bookViews>`, prefix))
	}
	e.insert(at.to, fmt.Sprintf(`<%ssheet name="%s" sheetId="%d" %s/>`, prefix, escape(name), highest+1, attr))
	return e.apply(b)
}

// listSheet is the worksheet part of the list.
func (m *marker) listSheet(list []workbook.ListRow, marked map[string]bool) []byte {
	s := m.styles.list
	var b strings.Builder
	b.WriteString(xmlHead + `<worksheet xmlns="` + mainNS + `"><sheetPr><tabColor rgb="FFFF0000"/><pageSetUpPr fitToPage="1"/></sheetPr>`)
	b.WriteString(`<sheetViews><sheetView workbookViewId="0"><pane ySplit="2" topLeftCell="A3" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>`)
	b.WriteString(`<sheetFormatPr defaultRowHeight="15"/><cols>`)
	for j, width := range workbook.ListWidths() {
		fmt.Fprintf(&b, `<col min="%d" max="%d" width="%g" customWidth="1"/>`, j+1, j+1, width)
	}
	b.WriteString(`</cols><sheetData>`)
	fmt.Fprintf(&b, `<row r="1" ht="36" customHeight="1">%s</row><row r="2" ht="30" customHeight="1">`,
		inline(1, 1, s.title, fmt.Sprintf("问题清单：共 %d 处，点“单元格”一列可跳到该处", len(list))))
	header := grid.ListHeader()
	for j, h := range header {
		b.WriteString(inline(2, j+1, s.head, h))
	}
	b.WriteString(`</row>`)
	var links strings.Builder
	for i, r := range list {
		m.listRow(&b, &links, i, r, marked[r.Sheet+"\x00"+r.Cell])
	}
	b.WriteString(`</sheetData>`)
	if len(list) > 0 {
		fmt.Fprintf(&b, `<autoFilter ref="A2:%s"/>`, grid.Address(len(header), len(list)+2))
	}
	fmt.Fprintf(&b, `<mergeCells count="1"><mergeCell ref="A1:%s"/></mergeCells>`, grid.Address(len(header), 1))
	if links.Len() > 0 {
		b.WriteString(`<hyperlinks>` + links.String() + `</hyperlinks>`)
	}
	b.WriteString(`<pageMargins left="0.5" right="0.5" top="0.6" bottom="0.6" header="0.3" footer="0.3"/><pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>`)
	return []byte(b.String())
}

func (m *marker) listRow(b, links *strings.Builder, i int, r workbook.ListRow, link bool) {
	s, row := m.styles.list, i+3
	height := ""
	if h := workbook.RowHeight(r.Values(), workbook.ListWidths()[1:]); h > 0 {
		height = fmt.Sprintf(` ht="%g" customHeight="1"`, h)
	}
	fmt.Fprintf(b, `<row r="%d"%s><c r="A%d" s="%d"><v>%d</v></c>`, row, height, row, s.center, i+1)
	for j, v := range r.Values() {
		style := s.body
		switch header := grid.ListHeader()[j+1]; {
		case header == "级别":
			style = map[string]int{"error": s.mistake, "warning": s.warning, "": s.center}[workbook.Gravity(v)]
		case header == "单元格" && link:
			style = s.link
			place := "'" + strings.ReplaceAll(r.Sheet, "'", "''") + "'!" + r.Cell
			fmt.Fprintf(links, `<hyperlink ref="%s" location="%s" display="%s"/>`, grid.Address(j+2, row), escape(place), escape(r.Cell))
		case header == "单元格":
			style = s.center
		}
		b.WriteString(inline(row, j+2, style, v))
	}
	b.WriteString(`</row>`)
}

// inline is a text cell that does not need the shared strings.
func inline(row, col, style int, text string) string {
	if text == "" {
		return fmt.Sprintf(`<c r="%s" s="%d"/>`, grid.Address(col, row), style)
	}
	return fmt.Sprintf(`<c r="%s" s="%d" t="inlineStr"><is><t xml:space="preserve">%s</t></is></c>`, grid.Address(col, row), style, escape(text))
}

func readMarked(raw []byte) (*grid.Book, error) {
	b, err := sheet.ReadAt(context.Background(), bytes.NewReader(raw), int64(len(raw)), container.XLSX, grid.Limits{})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnsafe, err)
	}
	return b, nil
}

// sameValues reads the marked workbook and proves that every sheet but the list says what it said before.
func sameValues(before *grid.Book, after []byte) error {
	b, err := readMarked(after)
	if err != nil {
		return fmt.Errorf("marked workbook cannot be read back: %w", err)
	}
	old, marked := withoutLists(before), withoutLists(b)
	if len(old) != len(marked) {
		return fmt.Errorf("%w: sheets were lost", ErrUnsafe)
	}
	for i, g := range old {
		h := marked[i]
		if g.Name != h.Name || g.Hidden != h.Hidden || !reflect.DeepEqual(g.Merges, h.Merges) || !reflect.DeepEqual(g.Rows, h.Rows) {
			return fmt.Errorf("%w: sheet %q would change", ErrUnsafe, g.Name)
		}
	}
	return nil
}

func withoutLists(b *grid.Book) (out []*grid.Grid) {
	for _, g := range b.Sheets {
		if !g.IsList() {
			out = append(out, g)
		}
	}
	return out
}
