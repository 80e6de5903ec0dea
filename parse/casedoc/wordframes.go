package casedoc

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"strings"

	"baosong/parse/container"
)

// frameStart handles what stands apart from the text around it: text boxes, notes, comments, headers of Word 2003.
func (s *wordStory) frameStart(e element, t *tokens) bool {
	switch e.name {
	case "w:footnote", "w:endnote":
		switch e.attr("type") {
		case "separator", "continuationSeparator", "continuationNotice", "continuation-separator", "continuation-notice":
			t.pass()
			return true
		}
	case "w:hdr", "w:ftr":
		if t.depth == 1 {
			return true // the part itself
		}
	case "w:txbxContent", "a:txBody", "w:comment":
	default:
		return false
	}
	if !s.pushFrame(e.name) {
		t.pass()
	}
	return true
}

func (s *wordStory) pushFrame(kind string) bool {
	if len(s.outer) >= maxFrames {
		return false
	}
	s.outer = append(s.outer, frame{s.flow, s.para, kind, s.fields, s.rows})
	s.flow, s.para, s.fields, s.rows = newFlow(s.w.rd.room), paraProps{numLevel: -1}, nil, nil
	s.text, s.inPara, s.inRun, s.inMark, s.hidden = nil, false, false, false, false
	return true
}

func (s *wordStory) popFrame(kind string) {
	if n := len(s.outer); n > 0 && s.outer[n-1].kind == kind {
		s.endFrame()
	}
}

func (s *wordStory) endFrame() {
	n := len(s.outer) - 1
	f := s.outer[n]
	blocks := s.flow.finish()
	s.outer = s.outer[:n]
	s.flow, s.para, s.fields, s.rows = f.flow, f.para, f.fields, f.rows
	text := lines(blocks)
	if text == "" {
		return
	}
	doc := s.w.doc
	switch f.kind {
	case "w:footnote", "w:endnote":
		doc.Notes = append(doc.Notes, text)
	case "w:comment":
		doc.Comments = append(doc.Comments, text)
	case "w:hdr":
		doc.Headers = append(doc.Headers, text)
	case "w:ftr":
		doc.Footers = append(doc.Footers, text)
	default:
		doc.TextBoxes = append(doc.TextBoxes, text)
		s.flow.pending = append(s.flow.pending, blocks...)
	}
}

// drawing handles pictures and what counts as one.
func (s *wordStory) drawing(e element, t *tokens) bool {
	switch e.name {
	case "a:blip":
		if r, ok := s.rels[e.relAttr("embed")]; ok {
			s.picture(r, "")
		} else {
			s.picture(s.rels[e.relAttr("link")], "")
		}
	case "v:imagedata":
		s.imagedata(e)
	case "c:chart", "cx:chart":
		s.picture(s.rels[e.relAttr("id")], Chart)
	case "dgm:relIds":
		s.picture(s.rels[e.relAttr("dm")], SmartArt)
	case "v:textpath":
		s.wordArt(e.attr("string"))
	case "w:object":
		s.object = &oleObject{}
	case "o:OLEObject":
		if s.object != nil {
			s.object.program = e.attr("ProgID")
		}
	case "w:binData":
		s.binary = &base64Text{max: maxWhole}
	case "w:docOleData", "w:docSuppData":
		t.pass()
	default:
		return false
	}
	return true
}

func (s *wordStory) picture(r relation, kind container.Format) {
	if s.removed == 0 {
		s.w.part(r, kind, s.inBody && !s.inHeader())
	}
}

// inHeader tells whether a header of Word 2003 XML is being read.
func (s *wordStory) inHeader() bool {
	for _, f := range s.outer {
		if f.kind == "w:hdr" || f.kind == "w:ftr" {
			return true
		}
	}
	return false
}

func (s *wordStory) imagedata(e element) {
	r, ok := s.rels[e.relAttr("id")]
	if !ok {
		r, ok = s.rels[e.attr("relid")]
	}
	if !ok {
		r = s.rels[e.relAttr("href")]
	}
	if s.object != nil {
		s.object.preview = r
		return
	}
	s.picture(r, "")
}

// wordArt takes the text of a VML text path: titles drawn as WordArt, and watermarks.
func (s *wordStory) wordArt(text string) {
	if text = clean(text); text == "" || !s.w.rd.room.take(len([]rune(text))) {
		return
	}
	s.w.doc.TextBoxes = append(s.w.doc.TextBoxes, text)
	s.flow.pending = append(s.flow.pending, Block{Text: text})
}

// oleObject is an embedded object; its preview is a picture only when the object draws one.
type oleObject struct {
	program string
	preview relation
}

func (s *wordStory) endObject() {
	o := s.object
	s.object = nil
	if o != nil && drawn(o.program) {
		s.picture(o.preview, "")
	}
}

// drawn tells programs that make pictures from those whose preview is a formula, a table or a file's icon.
func drawn(program string) bool {
	p := strings.ToLower(program)
	for _, name := range []string{"chart", "visio", "paint", "pbrush", "powerpoint", "photo", "msgraph", "drawing", "autocad"} {
		if strings.Contains(p, name) {
			return true
		}
	}
	return false
}

// base64Text gathers the base64 of w:binData.
type base64Text struct {
	buf []byte
	max int
}

func (b *base64Text) write(p []byte) {
	for _, c := range p {
		if c > ' ' && len(b.buf) < b.max {
			b.buf = append(b.buf, c)
		}
	}
}

func (b *base64Text) decode() []byte {
	n, _ := base64.StdEncoding.Decode(b.buf, b.buf)
	return b.buf[:n]
}

func (s *wordStory) endBinary() {
	b := s.binary
	s.binary = nil
	if b == nil || s.removed > 0 {
		return
	}
	s.w.pictures.bytes(b.decode(), "", s.inBody && !s.inHeader())
}

// bytes uses a picture held in memory.
func (p *pictures) bytes(b []byte, kind container.Format, inBody bool) {
	if len(b) == 0 {
		return
	}
	key := digest(b)
	p.use(key, inBody, func() (Picture, bool) {
		if kind == "" {
			kind = pictureFormat(b)
		}
		return Picture{SHA256: key, Format: kind, Size: int64(len(b))}, true
	})
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func pictureFormat(head []byte) container.Format {
	if len(head) > 4096 {
		head = head[:4096]
	}
	if len(head) >= 4 && bytes.Equal(head[:4], []byte{0xD7, 0xCD, 0xC6, 0x9A}) {
		return container.WMF
	}
	return container.Sniff(bytes.NewReader(head), int64(len(head)))
}

// chunk reads a document imported whole (w:altChunk), as converters from HTML leave it.
func (s *wordStory) chunk(ctx context.Context, r relation) error {
	rd := s.w.rd
	if r.target == "" || r.external || rd.depth >= maxChunkDepth || !s.w.parts.Has(r.target) {
		return nil
	}
	f, err := s.w.parts.Open(r.target)
	if err != nil {
		return nil
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxWhole))
	if err != nil {
		return err
	}
	src := bytesSource(b)
	rd.depth++
	defer func() { rd.depth-- }()
	sub, err := rd.read(ctx, src, container.Sniff(src.r, src.size))
	if errors.Is(err, container.ErrLimit) || ctx.Err() != nil {
		return err
	}
	if err == nil {
		s.adopt(sub)
	}
	return nil
}

// adopt takes over what a document within this one holds.
func (s *wordStory) adopt(sub *Document) {
	for _, b := range sub.Blocks {
		s.flow.add(b)
	}
	d := s.w.doc
	d.Headers = append(d.Headers, sub.Headers...)
	d.Footers = append(d.Footers, sub.Footers...)
	d.TextBoxes = append(d.TextBoxes, sub.TextBoxes...)
	d.Comments = append(d.Comments, sub.Comments...)
	d.Deleted = append(d.Deleted, sub.Deleted...)
	d.Hidden = append(d.Hidden, sub.Hidden...)
	d.Notes = append(d.Notes, sub.Notes...)
	for _, p := range sub.Pictures {
		s.w.pictures.use(p.SHA256, p.InBody && s.inBody, func() (Picture, bool) { return p, true })
	}
}
