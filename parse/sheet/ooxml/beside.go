package ooxml

import (
	"strings"

	"baosong/parse/sheet/biff"
	"baosong/parse/sheet/grid"
	"baosong/parse/sheet/xmlscan"
)

// beside reads the comments and drawings that belong to a sheet's part. Damage there is no fault of the cells.
func (o *reader) beside(part string) {
	rels, err := o.relations(part)
	if err != nil {
		return
	}
	for _, r := range rels {
		switch {
		case !o.p.Has(r.Target):
		case r.Kind == "drawing":
			o.drawing(r.Target)
		case r.Kind == "comments" && strings.HasSuffix(strings.ToLower(r.Target), ".bin"):
			o.binaryComments(r.Target)
		case r.Kind == "comments", r.Kind == "threadedComment":
			o.comments(r.Target)
		}
	}
}

// drawing reads the text boxes and shapes of a drawing, and the charts and diagrams that it shows.
func (o *reader) drawing(part string) {
	o.paragraphs(part)
	rels, err := o.relations(part)
	if err != nil {
		return
	}
	for _, r := range rels {
		if (r.Kind == "chart" || r.Kind == "chartEx" || r.Kind == "diagramData") && o.p.Has(r.Target) {
			o.paragraphs(r.Target)
		}
	}
}

// paragraphs keeps the texts of a DrawingML part: each body of text is one, its paragraphs are lines.
func (o *reader) paragraphs(part string) {
	var b strings.Builder
	flush := func() {
		o.k.Aside(grid.InDrawing, "", b.String())
		b.Reset()
	}
	_ = o.scan(part, func(x *xmlscan.Scanner) error {
		switch {
		case x.Is("txBody"), x.Is("rich"), x.Is("pt"):
			flush()
		case x.Is("p"):
			b.WriteByte('\n')
		case x.Is("br"):
			b.WriteByte('\n')
		case x.Is("t") && b.Len() < grid.MaxCellText:
			b.WriteString(x.Content())
		}
		return nil
	})
	flush()
}

func (o *reader) comments(part string) {
	_ = o.scan(part, func(x *xmlscan.Scanner) error {
		switch {
		case x.Is("comment"): // a note: rich text
			cell := x.Attr("ref")
			o.k.Aside(grid.InComment, cell, richText(x))
		case x.Is("threadedComment"): // one of a conversation: plain text
			cell := x.Attr("ref")
			o.k.Aside(grid.InComment, cell, x.Content())
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
func (o *reader) binaryPage(d []byte) {
	place := 2
	for i := range 6 {
		var s string
		s, place = wideText(d, place)
		o.k.Aside([]string{grid.InHeader, grid.InFooter}[i%2], "", grid.Printed(s))
	}
}

func (o *reader) binaryComments(part string) {
	cell := ""
	_ = o.records(part, func(kind int, d []byte) error {
		switch kind {
		case brtComment:
			cell = grid.Address(int(biff.U32(d, 12))+1, int(biff.U32(d, 4))+1)
		case brtCommentText:
			s, _ := wideText(d, 1)
			o.k.Aside(grid.InComment, cell, s)
		}
		return nil
	})
}

// pageText tells the elements of OOXML and XML-Spreadsheet that hold a page's header or footer.
func pageText(name []byte) (where string, ok bool) {
	switch string(name) {
	case "oddHeader", "evenHeader", "firstHeader":
		return grid.InHeader, true
	case "oddFooter", "evenFooter", "firstFooter":
		return grid.InFooter, true
	}
	return "", false
}
