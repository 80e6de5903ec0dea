package annotate

import (
	"bytes"
	"fmt"
	"strings"

	"baosong/parse/sheet/grid"
	"baosong/parse/sheet/xmlscan"
)

const (
	commentAuthor = "省级审核"
	commentsType  = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
	vmlType       = "application/vnd.openxmlformats-officedocument.vmlDrawing"
	mainNS        = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
)

// commentMark begins whatever we say in a comment. By it a workbook that comes back marked is known, and what an
// earlier letter said is taken away before the next is written.
const commentMark = "【省级审核】"

// comment hangs the marks' comments on a sheet. Comments that are there stay; a cell that has one gets ours below it.
func (m *marker) comment(index int, s markSheet, marks []Mark) error {
	comments, drawing, err := m.commentParts(s)
	if err != nil {
		return err
	}
	fresh, gone := marks, []Mark(nil)
	if comments == "" {
		err = m.newComments(s, marks)
	} else {
		err = m.put(comments, func(b []byte) (out []byte, err error) {
			out, fresh, gone, err = addComments(b, marks)
			return out, err
		})
	}
	if err != nil {
		return err
	}
	if drawing == "" {
		if len(fresh) == 0 {
			return nil
		}
		return m.newDrawing(index, s, fresh)
	}
	return m.put(drawing, func(b []byte) ([]byte, error) {
		if b, err = dropShapes(b, gone); err != nil {
			return nil, err
		}
		return addShapes(b, fresh)
	})
}

// commentParts finds a sheet's comments and the drawing that holds their boxes; "" when there are none.
func (m *marker) commentParts(s markSheet) (comments, drawing string, err error) {
	rels, err := m.readRels(s.part)
	if err != nil {
		return "", "", err
	}
	sheet, err := m.part(s.part)
	if err != nil {
		return "", "", err
	}
	id := legacyDrawing(sheet) // a sheet may have a second drawing, for the picture in its header
	for _, r := range rels {
		if r.Kind == "comments" && comments == "" {
			comments = r.Target
		}
		if id != "" && r.ID == id {
			drawing = r.Target
		}
	}
	return comments, drawing, nil
}

// earlier returns the cells of a sheet that an earlier letter marked, as marks without a severity.
func (m *marker) earlier(s markSheet) ([]Mark, error) {
	comments, _, err := m.commentParts(s)
	if err != nil || comments == "" {
		return nil, err
	}
	b, err := m.part(comments)
	if err != nil || !bytes.Contains(b, []byte(commentMark)) {
		return nil, err
	}
	e := commentEditor{b: b, marks: map[string]Mark{}, had: map[string]bool{}, own: -1}
	if err := e.walk(); err != nil {
		return nil, err
	}
	var old []Mark
	for _, ref := range e.ours {
		if col, row, ok := grid.ParseAddress(ref); ok {
			old = append(old, Mark{Sheet: s.name, Row: row, Col: col})
		}
	}
	return old, nil
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
	return fmt.Sprintf(`<comment ref="%s" authorId="%d"><text>%s</text></comment>`, grid.Address(k.Col, k.Row), author, commentRun(commentMark+k.Comment))
}

func commentRun(text string) string {
	return `<r><rPr><sz val="10"/><rFont val="宋体"/><charset val="134"/></rPr><t xml:space="preserve">` + escape(text) + `</t></r>`
}

// addComments writes the marks' comments into a part that has some. It returns the marks whose cells had none, and the
// cells whose comment was ours alone and is gone.
func addComments(b []byte, marks []Mark) (out []byte, fresh, gone []Mark, err error) {
	e := commentEditor{b: b, marks: map[string]Mark{}, had: map[string]bool{}, own: -1}
	for _, k := range marks {
		e.marks[grid.Address(k.Col, k.Row)] = k
	}
	if err := e.walk(); err != nil {
		return nil, nil, nil, err
	}
	for _, k := range marks {
		if !e.had[grid.Address(k.Col, k.Row)] {
			fresh = append(fresh, k)
			e.out.insert(e.end.from, prefixed(commentXML(k, e.author()), e.end.prefix))
		}
	}
	out, err = e.out.apply(b)
	return out, fresh, e.gone, err
}

// commentEditor walks a comments part and notes what to change.
type commentEditor struct {
	b       []byte
	marks   map[string]Mark
	out     edits
	had     map[string]bool // marked cells that have a comment and so a box
	ours    []string        // cells that an earlier letter commented
	gone    []Mark
	authors int
	own     int // our place among the authors, -1 when we are not there yet
	end     tag // of the list
}

func (e *commentEditor) author() int {
	if e.own >= 0 {
		return e.own
	}
	return e.authors
}

func (e *commentEditor) walk() error {
	w := tagWalker{b: e.b}
	for {
		t, ok := w.next()
		if !ok {
			break
		}
		switch {
		case t.name == "author" && !t.closing:
			if bytes.HasPrefix(e.b[t.to:], []byte(commentAuthor+"</")) {
				e.own = e.authors
			}
			e.authors++
		case t.name == "authors" && t.closing && e.own < 0:
			e.out.insert(t.from, prefixed("<author>", t.prefix)+commentAuthor+prefixed("</author>", t.prefix))
		case t.name == "comment" && !t.closing && !t.closed:
			e.comment(&w, t)
		case t.name == "commentList" && t.closing:
			e.end = t
		}
	}
	if e.end.raw == nil || e.authors == 0 {
		return fmt.Errorf("%w: comments of an unusual kind", ErrUnsafe)
	}
	return nil
}

// comment handles one comment: ours of an earlier letter goes, ours of this letter comes, theirs stays.
func (e *commentEditor) comment(w *tagWalker, start tag) {
	ref, _, _ := start.attr("ref")
	var texts []tag // opening and closing tags of the texts
	var textEnd, t tag
	for ok := true; ok && !(t.name == "comment" && t.closing); {
		if t, ok = w.next(); !ok {
			return
		}
		switch {
		case t.name == "t" && !t.closed:
			texts = append(texts, t)
		case t.name == "text" && t.closing:
			textEnd = t
		}
	}
	said := ""
	for i := 0; i+1 < len(texts); i += 2 {
		said += xmlscan.Unescape(e.b[texts[i].to:texts[i+1].from])
	}
	k, marked := e.marks[ref]
	e.had[ref] = true
	mark := strings.Index(said, commentMark)
	if mark >= 0 {
		e.ours = append(e.ours, ref)
	}
	switch {
	case mark == 0 && marked:
		e.out.replace(start.from, t.to, []byte(prefixed(commentXML(k, e.author()), start.prefix)))
		return
	case mark == 0:
		col, row, _ := grid.ParseAddress(ref)
		e.gone = append(e.gone, Mark{Row: row, Col: col})
		e.out.replace(start.from, t.to, nil)
		return
	case mark > 0:
		e.cut(texts)
	}
	if marked && textEnd.raw != nil {
		for _, x := range texts {
			if x.depth == 4 { // plain text becomes a run, so that ours can follow
				wrap(&e.out, x)
			}
		}
		e.out.insert(textEnd.from, prefixed(commentRun("\n"+commentMark+k.Comment), textEnd.prefix))
	}
}

// cut takes what we said off the end of a comment, with the line breaks before it.
func (e *commentEditor) cut(texts []tag) {
	ours := false
	for i := len(texts) - len(texts)%2 - 2; i >= 0; i -= 2 {
		from, to := texts[i].to, texts[i+1].from
		text := xmlscan.Unescape(e.b[from:to])
		j := strings.Index(text, commentMark)
		switch {
		case j >= 0:
			text, ours = strings.TrimRight(text[:j], "\n"), true
		case ours: // before ours
			if kept := strings.TrimRight(text, "\n"); kept != text {
				e.out.replace(from, to, []byte(escape(kept)))
			}
			return
		default: // behind ours
			text = ""
		}
		e.out.replace(from, to, []byte(escape(text)))
		if ours && text != "" {
			return
		}
	}
}

// wrap puts a run around a plain text's tag.
func wrap(e *edits, t tag) {
	if t.closing {
		e.insert(t.to, "</"+t.prefix+"r>")
		return
	}
	e.insert(t.from, "<"+t.prefix+"r>")
}
