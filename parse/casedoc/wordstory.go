package casedoc

import (
	"context"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// wordStory reads one story of WordprocessingML (2006 or Word 2003) element by element.
type wordStory struct {
	w      *wordPackage
	rels   map[string]relation
	inBody bool
	flow   *flow
	outer  []frame // stories around the text box or note being read

	para    paraProps
	inPara  bool // within w:pPr
	inRun   bool // within w:rPr of a run
	inMark  bool // within w:rPr of a paragraph mark
	inRow   bool // within w:trPr
	text    *strings.Builder
	keep    bool // xml:space="preserve"
	removed int  // depth of tracked deletions
	hidden  bool
	del     strings.Builder
	hid     strings.Builder
	fields  openFields
	rows    []bool // open rows; true when tracked as deleted
	choices []bool // open mc:AlternateContent; true once one branch was taken
	marks   []string
	form    formField
	object  *oleObject
	binary  *base64Text
}

// frame is what a text box or note interrupts.
type frame struct {
	flow   *flow
	para   paraProps
	kind   string
	fields openFields
	rows   []bool
}

// paraProps is what w:pPr says.
type paraProps struct {
	style    string
	outline  int // 1..9, 0 unset, -1 body
	numID    string
	numLevel int // -1 unset
	number   string
	joined   bool // the paragraph mark was deleted: the next paragraph goes on here
}

// maxFrames bounds text boxes within text boxes.
const maxFrames = 16

func newWordStory(w *wordPackage, rels map[string]relation, inBody bool) *wordStory {
	return &wordStory{w: w, rels: rels, inBody: inBody, flow: newFlow(w.rd.room), para: paraProps{numLevel: -1}}
}

func (s *wordStory) finish() []Block {
	for len(s.outer) > 0 {
		s.endFrame()
	}
	s.settle()
	return s.flow.finish()
}

func (s *wordStory) element(ctx context.Context, t *tokens, e element) error {
	if s.w.rd.room.cut {
		return errCut
	}
	switch {
	case e.text != nil:
		s.chars(e.text)
	case e.end:
		s.end(e.name)
	case s.prop(e, t), s.inline(e, t), s.frameStart(e, t), s.drawing(e, t):
	case e.name == "w:altChunk":
		return s.chunk(ctx, s.rels[e.relAttr("id")])
	}
	return nil
}

func (s *wordStory) chars(b []byte) {
	switch {
	case s.binary != nil:
		s.binary.write(b)
	case s.text != nil && s.text.Len() < s.w.rd.lim.Characters*4:
		s.text.Write(b)
	}
}

// put writes visible text, or sets it aside when it is deleted, hidden or a field's instruction.
func (s *wordStory) put(text string) {
	room := s.w.rd.room
	switch {
	case s.removed > 0:
		if room.take(utf8.RuneCountInString(text)) {
			s.del.WriteString(text)
		}
	case len(s.fields) > 0 && s.fields.takes(utf16.Encode([]rune(text))...):
	case s.hidden:
		if room.take(utf8.RuneCountInString(text)) {
			s.hid.WriteString(text)
		}
	default:
		s.flow.write(text)
	}
}

// inline handles what stands within a paragraph, and paragraphs, tables and tracked changes themselves.
func (s *wordStory) inline(e element, t *tokens) bool {
	switch e.name {
	case "w:t", "w:delText", "m:t", "a:t", "w:instrText":
		s.text, s.keep = &strings.Builder{}, e.attr("space") == "preserve" || e.name == "a:t"
	case "w:tab", "w:ptab":
		s.put("\t")
	case "w:br", "w:cr", "a:br":
		s.put("\n")
	case "w:noBreakHyphen":
		s.put("-")
	case "w:sym":
		s.put(symbol(e.attr("font"), e.attr("char")))
	case "w:r":
		s.hidden = s.w.styles.hides(s.para.style)
	case "w:p", "a:p":
		s.para = paraProps{numLevel: -1}
	case "w:tbl":
		s.flow.startTable()
	case "w:tr":
		s.flow.startRow()
		s.rows = append(s.rows, false)
	case "w:tc":
		s.flow.startCell()
	case "w:del", "w:moveFrom":
		s.removed++
	case "w:fldChar":
		s.field(e)
	case "w:ddList", "w:checkBox", "w:ffData", "w:listEntry", "w:result", "w:default", "w:checked":
		s.form.read(e)
	case "w:sdtPr", "w:sdtEndPr", "w:rt", "w:customXmlPr", "w:smartTagPr", "w:background", "w:docPr":
		t.pass()
	case "mc:AlternateContent":
		s.choices = append(s.choices, false)
	case "mc:Choice", "mc:Fallback":
		s.choice(e, t)
	case "aml:annotation":
		s.annotation(e, t)
	default:
		return false
	}
	return true
}

func (s *wordStory) end(name string) {
	switch name {
	case "w:t", "w:delText", "m:t", "a:t":
		s.endText()
	case "w:instrText":
		s.endInstruction()
	case "w:p", "a:p":
		s.endPara()
	case "w:tc":
		s.flow.endCell()
	case "w:tr":
		s.endRow()
	case "w:tbl":
		s.flow.endTable()
	case "w:del", "w:moveFrom":
		s.removed = max(s.removed-1, 0)
	case "w:pPr":
		s.inPara = false
	case "w:trPr":
		s.inRow = false
	case "w:rPr":
		s.inRun, s.inMark = false, false
	case "w:r":
		s.hidden = false
	case "w:ffData":
		s.flow.write(s.form.shown())
		s.form = formField{}
	case "mc:AlternateContent":
		s.choices = s.choices[:max(len(s.choices)-1, 0)]
	case "aml:annotation":
		s.endAnnotation()
	case "w:object":
		s.endObject()
	case "w:binData":
		s.endBinary()
	case "w:txbxContent", "a:txBody", "w:footnote", "w:endnote", "w:comment", "w:hdr", "w:ftr":
		s.popFrame(name)
	}
}

func (s *wordStory) endText() {
	if s.text == nil {
		return
	}
	text := s.text.String()
	if strings.ContainsAny(text, "\n\r\t") { // white space of the XML, not of the text
		text = strings.NewReplacer("\n", " ", "\r", "", "\t", " ").Replace(text)
	}
	if !s.keep {
		text = strings.Trim(text, " ")
	}
	s.text = nil
	s.put(text)
}

// endInstruction keeps a part of a field's instruction; outside a field it is nothing.
func (s *wordStory) endInstruction() {
	if s.text != nil && s.removed == 0 {
		s.fields.takes(utf16.Encode([]rune(s.text.String()))...)
	}
	s.text = nil
}

func (s *wordStory) endRow() {
	n := len(s.rows)
	if n == 0 {
		s.flow.endRow()
		return
	}
	gone := s.rows[n-1]
	s.rows = s.rows[:n-1]
	if gone {
		s.removed = max(s.removed-1, 0)
		s.flow.dropRow()
		s.settle()
		return
	}
	s.flow.endRow()
}

func (s *wordStory) endPara() {
	s.fields.instructionsEnd()
	p := s.para
	if s.removed > 0 {
		s.settle()
		return
	}
	if p.joined {
		return
	}
	s.settle()
	s.flow.next.Heading = s.heading(p)
	s.flow.next.Number = s.number(p)
	s.flow.endPara()
}

// settle files deleted and hidden text of the paragraph.
func (s *wordStory) settle() {
	if text := clean(s.del.String()); text != "" {
		s.w.doc.Deleted = append(s.w.doc.Deleted, text)
	}
	if text := clean(s.hid.String()); text != "" {
		s.w.doc.Hidden = append(s.w.doc.Hidden, text)
	}
	s.del.Reset()
	s.hid.Reset()
}
