package casedoc

import (
	"context"
	"errors"
	"strings"

	"baosong/parse/container"
)

// odt reads OpenDocument text in a package.
func (rd *reader) odt(ctx context.Context, doc *Document, src source) error {
	pkg, err := container.OpenPackage(src.r, src.size, container.PackageLimits{Bytes: rd.lim.Bytes})
	if err != nil {
		return err
	}
	defer pkg.Close()
	for _, n := range pkg.Names() {
		if strings.HasPrefix(n, "Basic/") || strings.HasPrefix(n, "Scripts/") {
			doc.Macros = true
		}
	}
	w := &wordPackage{rd: rd, doc: doc, parts: pkg, pictures: newPictures(doc)}
	s := newODFStory(w)
	if pkg.Has("styles.xml") { // list styles with names; the part's headers are read after the body
		err := w.each(ctx, "styles.xml", func(_ *tokens, e element) error { s.looks.read(s, e); return nil })
		if err != nil && !errors.Is(err, container.ErrDamaged) && !errors.Is(err, errCut) {
			return err
		}
		s.looks.spans, s.looks.open, s.looks.hidden = nil, nil, 0
	}
	if err := w.each(ctx, "content.xml", s.element); err != nil && !errors.Is(err, errCut) {
		return err
	}
	doc.Blocks = s.flow.finish()
	if !pkg.Has("styles.xml") {
		return nil
	}
	err = w.each(ctx, "styles.xml", newODFStory(w).element)
	if errors.Is(err, container.ErrDamaged) {
		return nil // headers are less than a lost document
	}
	return err
}

// flatODT reads OpenDocument text in one XML file.
func (rd *reader) flatODT(ctx context.Context, doc *Document, src source) error {
	s := newODFStory(&wordPackage{rd: rd, doc: doc, parts: flatParts{}, pictures: newPictures(doc)})
	err := eachElement(ctx, rd.tokens(src.stream()), s.element)
	if err == nil || errors.Is(err, errCut) {
		doc.Blocks = s.flow.finish()
	}
	return err
}

// odfStory reads the body, headers and footers of OpenDocument text.
type odfStory struct {
	w       *wordPackage
	flow    *flow
	outer   []odfFrame
	heading int
	paras   int
	gap     bool
	binary  *base64Text
	looks   odfLooks
}

type odfFrame struct {
	flow    *flow
	kind    string
	heading int
	paras   int
}

func newODFStory(w *wordPackage) *odfStory {
	return &odfStory{w: w, flow: newFlow(w.rd.room), looks: newODFLooks()}
}

func (s *odfStory) element(t *tokens, e element) error {
	if s.w.rd.room.cut {
		return errCut
	}
	if e.text == nil && !e.end {
		s.looks.read(s, e)
	}
	switch {
	case e.text != nil:
		s.chars(string(e.text))
	case e.end:
		s.end(e.name)
		s.looks.read(s, e)
	default:
		s.start(t, e)
	}
	return nil
}

// chars writes text with white space collapsed, as ODF wants it.
func (s *odfStory) chars(text string) {
	if s.binary != nil {
		s.binary.write([]byte(text))
		return
	}
	if s.paras == 0 {
		return
	}
	var b strings.Builder
	for _, r := range text {
		if r == ' ' || r == '\n' || r == '\t' || r == '\r' {
			s.gap = s.gap || s.flow.para.Len()+b.Len() > 0
			continue
		}
		if s.gap {
			b.WriteByte(' ')
			s.gap = false
		}
		b.WriteRune(r)
	}
	s.write(b.String())
}

// write writes visible text, or sets hidden text aside.
func (s *odfStory) write(text string) {
	if s.looks.hidden > 0 {
		if s.w.rd.room.take(len(text)) {
			s.looks.side.WriteString(text)
		}
		return
	}
	s.flow.write(text)
}

func (s *odfStory) start(t *tokens, e element) {
	switch e.name {
	case "text:p", "text:h":
		s.paras++
		s.gap = false
		s.heading = 0
		if e.name == "text:h" {
			s.heading = level(atoi(e.attr("outline-level"), 1) - 1)
		}
	case "text:s":
		s.space()
		s.write(strings.Repeat(" ", min(max(atoi(e.attr("c"), 1), 1), 200)))
	case "text:tab":
		s.space()
		s.write("\t")
	case "text:line-break":
		s.gap = false
		s.flow.write("\n")
	case "table:table":
		s.flow.startTable()
	case "table:table-row":
		s.flow.startRow()
	case "table:table-cell":
		if c := s.flow.startCell(); c != nil {
			c.span = atoi(e.attr("number-columns-spanned"), 1)
			c.rows = min(max(atoi(e.attr("number-rows-spanned"), 1), 1), 65534)
		}
	case "draw:image", "draw:object", "draw:object-ole":
		s.picture(e)
	case "office:binary-data":
		s.binary = &base64Text{max: maxWhole}
	case "draw:text-box", "draw:custom-shape", "draw:rect", "draw:ellipse", "draw:circle", "draw:polygon", "draw:path", "draw:caption", "text:note", "office:annotation", "style:header", "style:footer", "style:header-left", "style:footer-left",
		"style:header-first", "style:footer-first", "text:deletion":
		s.push(t, e.name)
	case "text:note-citation", "creator", "text:ruby-text", "office:forms", "office:change-info", "svg-compatible:title", "svg-compatible:desc",
		"text:sequence-decls", "office:scripts", "office:settings", "office:meta":
		t.pass()
	default:
		if strings.HasSuffix(e.name, "dc/elements/1.1/:creator") || strings.HasSuffix(e.name, "dc/elements/1.1/:date") {
			t.pass()
		}
	}
}

func (s *odfStory) space() {
	if s.gap {
		s.gap = false
		s.write(" ")
	}
}

func (s *odfStory) push(t *tokens, kind string) {
	if len(s.outer) >= maxFrames {
		t.pass()
		return
	}
	s.outer = append(s.outer, odfFrame{s.flow, kind, s.heading, s.paras})
	s.flow, s.heading, s.paras, s.gap = newFlow(s.w.rd.room), 0, 0, false
}

func (s *odfStory) end(name string) {
	switch name {
	case "text:p", "text:h":
		s.paras = max(s.paras-1, 0)
		s.flow.next.Heading = s.heading
		s.flow.next.Number = s.looks.number(s.flow.para.Len() > 0)
		s.flow.endPara()
	case "table:table":
		s.flow.endTable()
	case "table:table-row":
		s.flow.endRow()
	case "table:table-cell":
		s.flow.endCell()
	case "office:binary-data":
		s.endBinary()
	default:
		if n := len(s.outer); n > 0 && s.outer[n-1].kind == name {
			s.pop()
		}
	}
}

func (s *odfStory) pop() {
	n := len(s.outer) - 1
	f := s.outer[n]
	blocks := s.flow.finish()
	s.outer = s.outer[:n]
	s.flow, s.heading, s.paras = f.flow, f.heading, f.paras
	text := lines(blocks)
	if text == "" {
		return
	}
	d := s.w.doc
	switch {
	case f.kind == "text:note":
		d.Notes = append(d.Notes, text)
	case f.kind == "office:annotation":
		d.Comments = append(d.Comments, text)
	case f.kind == "text:deletion":
		d.Deleted = append(d.Deleted, text)
	case strings.HasPrefix(f.kind, "style:header"):
		d.Headers = appendText(d.Headers, blocks)
	case strings.HasPrefix(f.kind, "style:footer"):
		d.Footers = appendText(d.Footers, blocks)
	default:
		d.TextBoxes = append(d.TextBoxes, text)
		s.flow.pending = append(s.flow.pending, blocks...)
	}
}

func (s *odfStory) inBody() bool {
	for _, f := range s.outer {
		if strings.HasPrefix(f.kind, "style:") {
			return false
		}
	}
	return true
}

// picture counts an image or a chart. The replacement image of a chart is not a second one.
func (s *odfStory) picture(e element) {
	href := strings.TrimPrefix(e.attr("href"), "./")
	for _, f := range s.outer {
		if f.kind == "text:deletion" {
			return
		}
	}
	switch {
	case href == "" || strings.HasPrefix(href, "ObjectReplacements/"):
	case e.name == "draw:object":
		s.w.part(relation{target: href + "/content.xml"}, Chart, s.inBody())
	case e.name == "draw:object-ole":
	default:
		s.w.part(relation{target: href, external: !s.w.parts.Has(href)}, "", s.inBody())
	}
}

func (s *odfStory) endBinary() {
	b := s.binary
	s.binary = nil
	if b != nil {
		s.w.pictures.bytes(b.decode(), "", s.inBody())
	}
}
