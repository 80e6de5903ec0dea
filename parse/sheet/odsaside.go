package sheet

import (
	"strings"

	"baosong/parse/container"
)

// masters reads what is printed on every page. Damage there is no fault of the cells.
func (o *odsReader) masters(p *container.Package) {
	const part = "styles.xml"
	if !p.Has(part) {
		return
	}
	rc, err := p.Open(part)
	if err != nil {
		return
	}
	defer rc.Close()
	x := newXML(o.k.counted(rc))
	o.k.grid = nil
	for {
		switch x.next() {
		case xmlStart:
			switch {
			case x.is("header"), x.is("header-left"), x.is("header-first"):
				o.k.aside(InHeader, "", odfParagraphs(x))
			case x.is("footer"), x.is("footer-left"), x.is("footer-first"):
				o.k.aside(InFooter, "", odfParagraphs(x))
			}
		case xmlEOF:
			return
		}
	}
}

// shapes reads what is drawn on a sheet, each shape by itself.
func (o *odsReader) shapes(x *xmlScanner) {
	if x.closes {
		x.next()
		return
	}
	for depth := x.depth; x.depth >= depth; {
		switch x.next() {
		case xmlStart:
			odfAside(x, func(where, text string) { o.k.aside(where, "", text) })
		case xmlEOF:
			return
		}
	}
}

// odfAside tells aside the paragraphs of the current element: a comment, or something drawn.
func odfAside(x *xmlScanner, aside func(where, text string)) {
	where := InDrawing
	if x.is("annotation") {
		where = InComment
	}
	if text := odfParagraphs(x); text != "" {
		aside(where, text)
	}
}

// odfParagraphs returns all paragraphs inside the current element, however deep, joined by line breaks.
func odfParagraphs(x *xmlScanner) string {
	if x.closes {
		x.next()
		return ""
	}
	depth := x.depth
	var b strings.Builder
	for x.depth >= depth {
		k := x.next()
		if k == xmlEOF {
			break
		}
		if k == xmlStart && (x.is("p") || x.is("h")) {
			if b.Len() > 0 {
				b.WriteByte('\n')
			}
			odfParagraph(x, &b)
		}
	}
	return b.String()
}
