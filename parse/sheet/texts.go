package sheet

import (
	"regexp"
	"strings"
)

// Text is text of a workbook that stands in no cell: a reader of the sheet, or of its print, sees it all the same.
type Text struct {
	Sheet string // "" where the format does not say which sheet it belongs to
	Cell  string // A1, of a comment; else ""
	Where string // one of the words below
	Text  string
}

// Where a Text stands, in the words that people read.
const (
	InHeader  = "页眉"
	InFooter  = "页脚"
	InDrawing = "文本框或图形"
	InComment = "批注"
)

const maxTexts = 10_000 // texts beside the cells of one book that are kept

// aside keeps a text that stands in no cell of the sheet in hand. What goes over the limits is dropped.
func (k *keeper) aside(where, cell, text string) {
	text = strings.TrimSpace(text)
	if text == "" || len(k.book.Texts) >= maxTexts {
		return
	}
	if len(text) > maxCellText {
		text = cutText(text, maxCellText)
	}
	if k.kept < len(text) {
		return
	}
	k.kept -= len(text)
	t := Text{Cell: cell, Where: where, Text: text}
	if k.grid != nil {
		t.Sheet = k.grid.Name
	}
	k.book.Texts = append(k.book.Texts, t)
}

var printCode = regexp.MustCompile(`&(?:"[^"]*"|K(?:[0-9A-Fa-f]{6}|\d\d[+-]\d{3})|\d{1,3}|[A-Za-z&])`)

// printed returns what a page's header or footer prints: its codes are taken out, its three parts are lines.
func printed(s string) string {
	return printCode.ReplaceAllStringFunc(s, func(code string) string {
		switch code[1:] {
		case "L", "C", "R", "l", "c", "r":
			return "\n"
		case "&":
			return "&"
		}
		return ""
	})
}

// pageText tells the elements of OOXML and XML-Spreadsheet that hold a page's header or footer.
func pageText(name []byte) (where string, ok bool) {
	switch string(name) {
	case "oddHeader", "evenHeader", "firstHeader":
		return InHeader, true
	case "oddFooter", "evenFooter", "firstFooter":
		return InFooter, true
	}
	return "", false
}

// beside reads the comments and drawings that belong to a sheet's part. Damage there is no fault of the cells.
func (o *ooxml) beside(part string) {
	rels, err := o.relations(part)
	if err != nil {
		return
	}
	for _, r := range rels {
		switch {
		case !o.p.Has(r.target):
		case r.kind == "drawing":
			o.drawing(r.target)
		case r.kind == "comments" && strings.HasSuffix(strings.ToLower(r.target), ".bin"):
			o.binaryComments(r.target)
		case r.kind == "comments", r.kind == "threadedComment":
			o.comments(r.target)
		}
	}
}

// drawing reads the text boxes and shapes of a drawing, and the charts and diagrams that it shows.
func (o *ooxml) drawing(part string) {
	o.paragraphs(part)
	rels, err := o.relations(part)
	if err != nil {
		return
	}
	for _, r := range rels {
		if (r.kind == "chart" || r.kind == "chartEx" || r.kind == "diagramData") && o.p.Has(r.target) {
			o.paragraphs(r.target)
		}
	}
}

// paragraphs keeps the texts of a DrawingML part: each body of text is one, its paragraphs are lines.
func (o *ooxml) paragraphs(part string) {
	var b strings.Builder
	flush := func() {
		o.k.aside(InDrawing, "", b.String())
		b.Reset()
	}
	_ = o.scan(part, func(x *xmlScanner) error {
		switch {
		case x.is("txBody"), x.is("rich"), x.is("pt"):
			flush()
		case x.is("p"):
			b.WriteByte('\n')
		case x.is("br"):
			b.WriteByte('\n')
		case x.is("t") && b.Len() < maxCellText:
			b.WriteString(x.content())
		}
		return nil
	})
	flush()
}

func (o *ooxml) comments(part string) {
	_ = o.scan(part, func(x *xmlScanner) error {
		switch {
		case x.is("comment"): // a note: rich text
			cell := x.attr("ref")
			o.k.aside(InComment, cell, richText(x))
		case x.is("threadedComment"): // one of a conversation: plain text
			cell := x.attr("ref")
			o.k.aside(InComment, cell, x.content())
		}
		return nil
	})
}

// Records of the binary workbook that hold such texts ([MS-XLSB] 2.4).
const (
	brtHeaderFooter = 479
	brtComment      = 635
	brtCommentText  = 637
)

// binaryPage reads the headers and footers of a sheet of a binary workbook: six texts, any of them absent.
func (o *ooxml) binaryPage(d []byte) {
	place := 2
	for i := range 6 {
		var s string
		s, place = wideText(d, place)
		o.k.aside([]string{InHeader, InFooter}[i%2], "", printed(s))
	}
}

func (o *ooxml) binaryComments(part string) {
	cell := ""
	_ = o.records(part, func(kind int, d []byte) error {
		switch kind {
		case brtComment:
			cell = Address(int(le32(d, 12))+1, int(le32(d, 4))+1)
		case brtCommentText:
			s, _ := wideText(d, 1)
			o.k.aside(InComment, cell, s)
		}
		return nil
	})
}
