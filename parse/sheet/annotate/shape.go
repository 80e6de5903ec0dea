package annotate

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// newDrawing adds the drawing that holds the comments' boxes.
func (m *marker) newDrawing(index int, s markSheet, marks []Mark) error {
	var b strings.Builder
	b.WriteString(`<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:x="urn:schemas-microsoft-com:office:excel">`)
	fmt.Fprintf(&b, `<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="%d"/></o:shapelayout>`, index+1)
	b.WriteString(shapeType)
	for i, k := range marks {
		b.WriteString(shape(k, (index+1)*1024+1+i))
	}
	b.WriteString(`</xml>`)
	name := m.create("xl/drawings/vmlDrawing%d.vml", []byte(b.String()))
	if err := m.declare(name, vmlType); err != nil {
		return err
	}
	id, err := m.relate(s.part, "vmlDrawing", name)
	if err != nil {
		return err
	}
	return m.put(s.part, func(b []byte) ([]byte, error) { return hangDrawing(b, id) })
}

const shapeType = `<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">` +
	`<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>`

// shape is the box of one comment, beside its cell and as high as its text needs.
func shape(k Mark, id int) string {
	lines := 1
	for _, line := range strings.Split(k.Comment, "\n") {
		lines += 1 + len([]rune(line))/14
	}
	return fmt.Sprintf(`<v:shape id="_x0000_s%d" type="#_x0000_t202" style="position:absolute;margin-left:60pt;margin-top:1.5pt;width:180pt;height:%dpt;z-index:%d;visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto">`+
		`<v:fill color2="#ffffe1"/><v:shadow color="black" obscured="t"/><v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>`+
		`<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>%d, 15, %d, 2, %d, 60, %d, 4</x:Anchor><x:AutoFill>False</x:AutoFill><x:Row>%d</x:Row><x:Column>%d</x:Column></x:ClientData></v:shape>`,
		id, lines*14, id, k.Col, max(0, k.Row-2), k.Col+2, max(0, k.Row-2)+max(4, lines), k.Row-1, k.Col-1)
}

var shapeID = regexp.MustCompile(`_x0000_s(\d+)`)

// addShapes writes boxes into a drawing that has some.
func addShapes(b []byte, marks []Mark) ([]byte, error) {
	if len(marks) == 0 {
		return b, nil
	}
	id := 1024
	for _, m := range shapeID.FindAllSubmatch(b, -1) {
		n, _ := strconv.Atoi(string(m[1]))
		id = max(id, min(n, 1<<30))
	}
	top, err := root(b)
	if err != nil || top.name != "xml" || top.closed {
		return nil, fmt.Errorf("%w: drawing of an unusual kind", ErrUnsafe)
	}
	for _, need := range []string{"xmlns:v=", "xmlns:o=", "xmlns:x="} {
		if !strings.Contains(string(top.raw), need) {
			return nil, fmt.Errorf("%w: drawing of an unusual kind", ErrUnsafe)
		}
	}
	var text strings.Builder
	if !strings.Contains(string(b), `id="_x0000_t202"`) {
		text.WriteString(shapeType)
	}
	for i, k := range marks {
		text.WriteString(shape(k, id+1+i))
	}
	end := strings.LastIndex(string(b), "</xml")
	if end < 0 {
		return nil, fmt.Errorf("%w: drawing does not end", ErrUnsafe)
	}
	return splice(b, end, end, text.String()), nil
}

// dropShapes takes the boxes of cells out of a drawing.
func dropShapes(b []byte, cells []Mark) ([]byte, error) {
	if len(cells) == 0 {
		return b, nil
	}
	gone := map[[2]int]bool{}
	for _, k := range cells {
		gone[[2]int{k.Row - 1, k.Col - 1}] = true
	}
	var out edits
	w := tagWalker{b: b}
	from, row, col := -1, -1, -1
	for {
		t, ok := w.next()
		if !ok {
			return out.apply(b)
		}
		number := func() int {
			end := bytes.IndexByte(b[t.to:], '<')
			n, err := strconv.Atoi(strings.TrimSpace(string(b[t.to : t.to+max(end, 0)])))
			if err != nil {
				return -1
			}
			return n
		}
		switch {
		case t.name == "shape" && !t.closing:
			from, row, col = t.from, -1, -1
		case t.name == "Row" && !t.closing:
			row = number()
		case t.name == "Column" && !t.closing:
			col = number()
		case t.name == "shape" && from >= 0:
			if gone[[2]int{row, col}] {
				out.replace(from, t.to, nil)
			}
			from = -1
		}
	}
}

// hangDrawing names the comments' drawing in the worksheet, at the place that the schema gives it.
func hangDrawing(b []byte, id string) ([]byte, error) {
	w := tagWalker{b: b}
	data, prefix, relPrefix := false, "", ""
	for {
		t, ok := w.next()
		if !ok {
			return nil, fmt.Errorf("%w: worksheet does not end", ErrUnsafe)
		}
		if t.name == "worksheet" && !t.closing {
			prefix, relPrefix = t.prefix, relNamespace(&t)
		}
		if t.name == "sheetData" {
			data = true
		}
		last := t.name == "worksheet" && t.closing
		if !last && (t.depth != 1 || t.closing || !data || !afterDrawing(b, t)) {
			continue
		}
		attr := relPrefix + `:id="` + id + `"`
		if relPrefix == "" {
			attr = `xmlns:r="` + strings.TrimSuffix(relType, "/") + `" r:id="` + id + `"`
		}
		return splice(b, t.from, t.from, "<"+prefix+"legacyDrawing "+attr+"/>"), nil
	}
}

// afterDrawing tells the elements that stand behind legacyDrawing. A choice for other programs (AlternateContent) holds
// controls or objects when no drawing follows it.
func afterDrawing(b []byte, t tag) bool {
	switch t.name {
	case "legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst":
		return true
	case "AlternateContent":
		rest := tagWalker{b: b, pos: t.to, depth: t.depth + 1}
		for {
			n, ok := rest.next()
			if !ok {
				return true
			}
			if n.depth == 1 && !n.closing && (n.name == "drawing" || n.name == "pageSetup" || n.name == "pageMargins") {
				return false
			}
		}
	}
	return false
}
