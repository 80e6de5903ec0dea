package ooxml

import (
	"fmt"

	"baosong/parse/container"
	"baosong/parse/sheet/grid"
	"baosong/parse/sheet/numfmt"
	"baosong/parse/sheet/xmlscan"
)

// readStyles reads the number format of every cell style.
func (o *reader) readStyles(part string) error {
	if !o.p.Has(part) {
		return nil
	}
	codes := map[string]string{}
	cache := map[string]*numfmt.Format{}
	inXfs := false
	return o.scan(part, func(x *xmlscan.Scanner) error {
		switch {
		case x.Is("numFmt") && len(codes) < 10000:
			if id := x.Attr("numFmtId"); codes[id] == "" {
				codes[id] = x.Attr("formatCode")
			}
		case x.Is("cellXfs"):
			inXfs = true
		case x.Is("cellStyles"), x.Is("dxfs"), x.Is("cellStyleXfs"):
			inXfs = false
		case inXfs && x.Is("xf") && len(o.styles) < 100_000:
			o.styles = append(o.styles, formatOf(x.Attr("numFmtId"), codes, cache))
		}
		return nil
	})
}

// formatOf resolves a format number: the file's own code, else the built-in one.
func formatOf(id string, codes map[string]string, cache map[string]*numfmt.Format) *numfmt.Format {
	if f, ok := cache[id]; ok {
		return f
	}
	code, own := codes[id]
	if n := xmlscan.Int(id); !own || numfmt.Regional(n, code) {
		code = numfmt.Builtin(n)
	}
	f := numfmt.Parse(code)
	cache[id] = f
	return f
}

// readShared reads the shared strings; rich text is joined, readings of characters (phonetic runs) left out.
func (o *reader) readShared(part string) error {
	if !o.p.Has(part) {
		return nil
	}
	left := grid.MaxKept
	return o.scan(part, func(x *xmlscan.Scanner) error {
		if !x.Is("si") {
			return nil
		}
		s := richText(x)
		if left -= len(s) + 16; left < 0 {
			return fmt.Errorf("%w: shared strings over %d bytes", container.ErrLimit, grid.MaxKept)
		}
		o.shared = append(o.shared, s)
		return nil
	})
}

// richText returns the text of the current element: its t elements joined, but for those inside rPh.
func richText(x *xmlscan.Scanner) string {
	if x.Closes {
		x.Next()
		return ""
	}
	depth := x.Depth
	first, rest := "", []byte(nil)
	for {
		switch x.Next() {
		case xmlscan.Start:
			switch {
			case x.Is("rPh"):
				x.Skip()
			case x.Is("t"):
				if s := x.Content(); first == "" {
					first = s
				} else {
					rest = append(rest, s...)
				}
			}
		case xmlscan.End:
			if x.Depth < depth {
				return unescapeOOXML(first + string(rest))
			}
		case xmlscan.EOF:
			return unescapeOOXML(first + string(rest))
		}
	}
}

// readForm looks for the version of our own form among the custom properties. Damage there is no fault of the sheets.
func (o *reader) readForm() {
	const part = "docProps/custom.xml"
	if !o.p.Has(part) {
		return
	}
	ours := false
	_ = o.scan(part, func(x *xmlscan.Scanner) error {
		if x.Is("property") {
			ours = x.Attr("name") == grid.FormProperty
		} else if ours && x.Is("lpwstr") {
			o.k.Book.FormProperty = x.Content()
		}
		return nil
	})
}
