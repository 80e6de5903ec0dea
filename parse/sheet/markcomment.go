package sheet

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

const (
	commentAuthor = "省级审核"
	commentsType  = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
	vmlType       = "application/vnd.openxmlformats-officedocument.vmlDrawing"
	mainNS        = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
)

// comment hangs the marks' comments on a sheet. Comments that are there stay; a cell that has one gets ours below it.
func (m *marker) comment(index int, s markSheet, marks []Mark) error {
	rels, err := m.readRels(s.part)
	if err != nil {
		return err
	}
	comments, drawing := relOfType(rels, "comments", ""), relOfType(rels, "vmlDrawing", "")
	sheet, err := m.part(s.part)
	if err != nil {
		return err
	}
	if id := legacyDrawing(sheet); id != "" { // a sheet may have a second one for its header's picture
		for _, r := range rels {
			if r.id == id {
				drawing = r.target
			}
		}
	} else {
		drawing = ""
	}
	fresh := marks
	if comments == "" {
		if err := m.newComments(s, marks); err != nil {
			return err
		}
	} else {
		err := m.put(comments, func(b []byte) (out []byte, err error) {
			out, fresh, err = addComments(b, marks)
			return out, err
		})
		if err != nil {
			return err
		}
	}
	if drawing == "" {
		return m.newDrawing(index, s, fresh)
	}
	return m.put(drawing, func(b []byte) ([]byte, error) { return addShapes(b, fresh) })
}

func legacyDrawing(b []byte) string {
	w := tagWalker{b: b}
	for {
		t, ok := w.next()
		if !ok {
			return ""
		}
		if t.name == "legacyDrawing" && !t.closing {
			return relID(&t)
		}
	}
}

func (m *marker) newComments(s markSheet, marks []Mark) error {
	var b strings.Builder
	b.WriteString(xmlHead + `<comments xmlns="` + mainNS + `"><authors><author>` + commentAuthor + `</author></authors><commentList>`)
	for _, k := range marks {
		b.WriteString(commentXML(k, 0))
	}
	b.WriteString(`</commentList></comments>`)
	name := m.create("xl/comments%d.xml", []byte(b.String()))
	if err := m.declare(name, commentsType); err != nil {
		return err
	}
	_, err := m.relate(s.part, "comments", name)
	return err
}

func commentXML(k Mark, author int) string {
	return fmt.Sprintf(`<comment ref="%s" authorId="%d"><text>%s</text></comment>`, Address(k.Col, k.Row), author, commentRun(k.Comment))
}

func commentRun(text string) string {
	return `<r><rPr><sz val="10"/><rFont val="宋体"/><charset val="134"/></rPr><t xml:space="preserve">` + escape(text) + `</t></r>`
}

// addComments writes the marks' comments into a part that has some, and returns the marks whose cells had none.
func addComments(b []byte, marks []Mark) (out []byte, fresh []Mark, err error) {
	byRef := map[string]Mark{}
	for _, k := range marks {
		byRef[Address(k.Col, k.Row)] = k
	}
	var e edits
	had := map[string]bool{}
	w := tagWalker{b: b}
	authors, ref, listEnd, prefix := 0, "", -1, ""
	for {
		t, ok := w.next()
		if !ok {
			break
		}
		switch {
		case t.name == "author" && !t.closing:
			authors++
		case t.name == "authors" && t.closing:
			e.insert(t.from, prefixed("<author>", t.prefix)+commentAuthor+prefixed("</author>", t.prefix))
		case t.name == "comment" && !t.closing:
			ref, _, _ = t.attr("ref")
		case t.name == "t" && t.depth == 4 && !t.closed: // plain text: it becomes a run, so that ours can follow
			if _, ours := byRef[ref]; ours {
				wrap(&e, t)
			}
		case t.name == "text" && t.closing:
			if k, ok := byRef[ref]; ok && !had[ref] {
				had[ref] = true
				e.insert(t.from, prefixed(commentRun("\n"+k.Comment), t.prefix))
			}
		case t.name == "commentList" && t.closing:
			listEnd, prefix = t.from, t.prefix
		}
	}
	if listEnd < 0 || authors == 0 {
		return nil, nil, fmt.Errorf("%w: comments of an unusual kind", ErrUnsafe)
	}
	for _, k := range marks {
		if !had[Address(k.Col, k.Row)] {
			fresh = append(fresh, k)
			e.insert(listEnd, prefixed(commentXML(k, authors), prefix))
		}
	}
	out, err = e.apply(b)
	return out, fresh, err
}

// wrap puts a run around a plain text's tag.
func wrap(e *edits, t tag) {
	if t.closing {
		e.insert(t.to, "</"+t.prefix+"r>")
		return
	}
	e.insert(t.from, "<"+t.prefix+"r>")
}

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
