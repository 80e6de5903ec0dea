package sheet

import (
	"fmt"

	"baosong/parse/container"
)

// readStyles reads the number format of every cell style.
func (o *ooxml) readStyles(part string) error {
	if !o.p.Has(part) {
		return nil
	}
	codes := map[string]string{}
	cache := map[string]*format{}
	inXfs := false
	return o.scan(part, func(x *xmlScanner) error {
		switch {
		case x.is("numFmt") && len(codes) < 10000:
			if id := x.attr("numFmtId"); codes[id] == "" {
				codes[id] = x.attr("formatCode")
			}
		case x.is("cellXfs"):
			inXfs = true
		case x.is("cellStyles"), x.is("dxfs"), x.is("cellStyleXfs"):
			inXfs = false
		case inXfs && x.is("xf") && len(o.styles) < 100_000:
			o.styles = append(o.styles, formatOf(x.attr("numFmtId"), codes, cache))
		}
		return nil
	})
}

// formatOf resolves a format number: the file's own code, else the built-in one.
func formatOf(id string, codes map[string]string, cache map[string]*format) *format {
	if f, ok := cache[id]; ok {
		return f
	}
	code, own := codes[id]
	if n := toInt(id); !own || localDate(n) {
		code = builtinFormat(n)
	}
	f := parseFormat(code)
	cache[id] = f
	return f
}

// readShared reads the shared strings; rich text is joined, readings of characters (phonetic runs) left out.
func (o *ooxml) readShared(part string) error {
	if !o.p.Has(part) {
		return nil
	}
	left := maxKept
	return o.scan(part, func(x *xmlScanner) error {
		if !x.is("si") {
			return nil
		}
		s := richText(x)
		if left -= len(s) + 16; left < 0 {
			return fmt.Errorf("%w: shared strings over %d bytes", container.ErrLimit, maxKept)
		}
		o.shared = append(o.shared, s)
		return nil
	})
}

// richText returns the text of the current element: its t elements joined, but for those inside rPh.
func richText(x *xmlScanner) string {
	if x.closes {
		x.next()
		return ""
	}
	depth := x.depth
	first, rest := "", []byte(nil)
	for {
		switch x.next() {
		case xmlStart:
			switch {
			case x.is("rPh"):
				x.skip()
			case x.is("t"):
				if s := x.content(); first == "" {
					first = s
				} else {
					rest = append(rest, s...)
				}
			}
		case xmlEnd:
			if x.depth < depth {
				return unescapeOOXML(first + string(rest))
			}
		case xmlEOF:
			return unescapeOOXML(first + string(rest))
		}
	}
}

// readForm looks for the version of our own form among the custom properties. Damage there is no fault of the sheets.
func (o *ooxml) readForm() {
	const part = "docProps/custom.xml"
	if !o.p.Has(part) {
		return
	}
	ours := false
	_ = o.scan(part, func(x *xmlScanner) error {
		if x.is("property") {
			ours = x.attr("name") == formProp
		} else if ours && x.is("lpwstr") {
			o.k.book.form = x.content()
		}
		return nil
	})
}
