package sheet

import (
	"strings"

	"baosong/parse/container"
	"baosong/parse/sheet/grid"
	"baosong/parse/sheet/xmlscan"
)

// beside goes through the elements of a part that holds no cells. Damage there is no fault of the cells.
func (o *odsReader) beside(p *container.Package, part string, element func(*xmlscan.Scanner)) {
	if !p.Has(part) {
		return
	}
	rc, err := p.Open(part)
	if err != nil {
		return
	}
	defer rc.Close()
	x := xmlscan.New(o.k.Counted(rc))
	for {
		switch x.Next() {
		case xmlscan.Start:
			element(x)
		case xmlscan.EOF:
			return
		}
	}
}

// masters reads what is printed on every page.
func (o *odsReader) masters(p *container.Package) {
	o.k.Leave()
	o.beside(p, "styles.xml", o.page)
}

// page reads an element that is printed on every page.
func (o *odsReader) page(x *xmlscan.Scanner) {
	switch {
	case x.Is("header"), x.Is("header-left"), x.Is("header-first"):
		o.k.Aside(grid.InHeader, "", odfParagraphs(x))
	case x.Is("footer"), x.Is("footer-left"), x.Is("footer-first"):
		o.k.Aside(grid.InFooter, "", odfParagraphs(x))
	}
}

// shapes reads what is drawn on a sheet, each shape by itself.
func (o *odsReader) shapes(x *xmlscan.Scanner) {
	if x.Closes {
		x.Next()
		return
	}
	for depth := x.Depth; x.Depth >= depth; {
		switch x.Next() {
		case xmlscan.Start:
			odfAside(x, func(where, text string) { o.k.Aside(where, "", text) })
		case xmlscan.EOF:
			return
		}
	}
}

// odfAside tells aside the paragraphs of the current element: a comment, or something drawn.
func odfAside(x *xmlscan.Scanner, aside func(where, text string)) {
	where := grid.InDrawing
	if x.Is("annotation") {
		where = grid.InComment
	}
	if text := odfParagraphs(x); text != "" {
		aside(where, text)
	}
}

// odfParagraphs returns all paragraphs inside the current element, however deep, joined by line breaks.
func odfParagraphs(x *xmlscan.Scanner) string {
	if x.Closes {
		x.Next()
		return ""
	}
	depth := x.Depth
	var b strings.Builder
	for x.Depth >= depth {
		k := x.Next()
		if k == xmlscan.EOF {
			break
		}
		if k == xmlscan.Start && (x.Is("p") || x.Is("h")) {
			if b.Len() > 0 {
				b.WriteByte('\n')
			}
			odfParagraph(x, &b)
		}
	}
	return b.String()
}
