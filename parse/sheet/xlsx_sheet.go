package sheet

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"
)

// sheet reads one worksheet into the book. Sheets without cells (charts, dialogs, macros) become empty grids, so that
// a sheet's place in the book stays the file's own.
func (o *ooxml) sheet(ref *sheetRef) error {
	o.k.open(ref.name, ref.hidden)
	if !o.p.Has(ref.part) {
		return nil
	}
	defer o.beside(ref.part)
	if ref.kind != "worksheet" {
		return nil
	}
	s := sheetReader{o: o, k: o.k}
	err := o.scan(ref.part, s.element)
	if errors.Is(err, errCut) {
		err = nil
	}
	if closeErr := o.k.close(); err == nil {
		err = closeErr
	}
	return err
}

// sheetReader walks a worksheet part. Addresses may be missing: then rows and cells follow one another.
type sheetReader struct {
	o   *ooxml
	k   *keeper
	row int
	col int
}

func (s *sheetReader) element(x *xmlScanner) error {
	switch {
	case x.is("row"):
		s.row++
		if r := toInt(x.attr("r")); r > 0 {
			s.row = r
		}
		s.col = 0
		return s.k.start(s.row, truth(x.attr("hidden")))
	case x.is("c"):
		return s.cell(x)
	case x.is("mergeCell"):
		if m, ok := parseRange(x.attr("ref")); ok {
			s.k.merge(m)
		}
	default:
		if where, ok := pageText(x.name); ok {
			s.k.aside(where, "", printed(x.content()))
		}
	}
	return nil
}

func (s *sheetReader) cell(x *xmlScanner) error {
	s.col++
	if ref := x.attr("r"); ref != "" {
		col, row, ok := parseAddress(ref)
		if !ok {
			x.skip()
			return nil
		}
		s.col = col
		if row != s.row && row > 0 {
			s.row = row
			if err := s.k.start(row, s.k.row.Hidden); err != nil {
				return err
			}
		}
	}
	if x.closes { // a style and nothing else
		return nil
	}
	kind, style := x.attr("t"), toInt(x.attr("s"))
	value, formula := s.value(x)
	c := s.o.make(s.col, kind, style, value)
	c.Formula = formula
	return s.k.add(c)
}

// value reads what stands inside a cell: v or is; f tells a formula.
func (s *sheetReader) value(x *xmlScanner) (value string, formula bool) {
	depth := x.depth
	for {
		switch x.next() {
		case xmlStart:
			switch {
			case x.is("v"):
				value = x.content()
			case x.is("is"):
				value = richText(x)
			case x.is("f"):
				formula = true
				x.skip()
			}
		case xmlEnd:
			if x.depth < depth {
				return value, formula
			}
		case xmlEOF:
			return value, formula
		}
	}
}

// make turns a stored value into a cell, by its type and its style's format.
func (o *ooxml) make(col int, kind string, style int, value string) Cell {
	if value == "" {
		return Cell{}
	}
	var f *format
	if style >= 0 && style < len(o.styles) {
		f = o.styles[style]
	}
	switch kind {
	case "s":
		if i, err := strconv.Atoi(strings.TrimSpace(value)); err == nil && i >= 0 && i < len(o.shared) {
			return textCell(col, f.showText(o.shared[i]))
		}
		return Cell{}
	case "str":
		return textCell(col, f.showText(unescapeOOXML(value)))
	case "inlineStr":
		return textCell(col, f.showText(value))
	case "b":
		return boolCell(col, truth(strings.TrimSpace(value)))
	case "e":
		return Cell{Col: col, Text: value, Kind: KindError}
	case "d":
		if v, ok := parseISO(value); ok {
			return isoCell(col, v, value, f, o.k.book.Date1904)
		}
		return textCell(col, value)
	}
	v, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	if err != nil {
		return textCell(col, value)
	}
	return numberCell(col, v, f, o.k.book.Date1904)
}

// isoCell shows a date that is written out in the file; without a date format it gets the usual one.
func isoCell(col int, v float64, value string, f *format, date1904 bool) Cell {
	if !f.isDate() {
		code := "yyyy/m/d"
		if v < 1 {
			code = "h:mm:ss"
		} else if strings.Contains(value, "T") && !strings.Contains(value, "T00:00:00") {
			code = "yyyy/m/d h:mm"
		}
		f = parseFormat(code)
	}
	if date1904 {
		v -= 1462
	}
	return numberCell(col, v, f, date1904)
}

func truth(s string) bool { return s == "1" || s == "true" || s == "on" || s == "TRUE" }

// toInt reads a small whole number; anything else is 0.
func toInt(s string) int {
	if len(s) > 9 {
		return 0
	}
	n, _ := strconv.Atoi(s)
	return n
}

// unescapeOOXML resolves _xHHHH_, by which OOXML writes characters that XML forbids. _x005F_ guards a literal one.
func unescapeOOXML(s string) string {
	i := strings.Index(s, "_x")
	if i < 0 {
		return s
	}
	var b strings.Builder
	for i >= 0 {
		b.WriteString(s[:i])
		s = s[i:]
		if len(s) >= 7 && s[6] == '_' {
			if n, err := strconv.ParseUint(s[2:6], 16, 16); err == nil && utf8.ValidRune(rune(n)) {
				if n != '\r' {
					b.WriteRune(rune(n))
				}
				s = s[7:]
				i = strings.Index(s, "_x")
				continue
			}
		}
		b.WriteString("_x")
		s = s[2:]
		i = strings.Index(s, "_x")
	}
	b.WriteString(s)
	return b.String()
}
