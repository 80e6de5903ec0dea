package ooxml

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	"baosong/parse/sheet/grid"
	"baosong/parse/sheet/numfmt"
	"baosong/parse/sheet/xmlscan"
)

// sheet reads one worksheet into the book. Sheets without cells (charts, dialogs, macros) become empty grids, so that
// a sheet's place in the book stays the file's own.
func (o *reader) sheet(ref *sheetRef) error {
	o.k.Open(ref.name, ref.hidden)
	if !o.p.Has(ref.part) {
		return nil
	}
	defer o.beside(ref.part)
	if ref.kind != "worksheet" {
		return nil
	}
	s := sheetReader{o: o, k: o.k}
	err := o.scan(ref.part, s.element)
	if errors.Is(err, grid.ErrCut) {
		err = nil
	}
	if closeErr := o.k.Close(); err == nil {
		err = closeErr
	}
	return err
}

// sheetReader walks a worksheet part. Addresses may be missing: then rows and cells follow one another.
type sheetReader struct {
	o      *reader
	k      *grid.Builder
	row    int
	col    int
	hidden bool // the row in hand
}

func (s *sheetReader) element(x *xmlscan.Scanner) error {
	switch {
	case x.Is("row"):
		s.row++
		if r := xmlscan.Int(x.Attr("r")); r > 0 {
			s.row = r
		}
		s.col = 0
		s.hidden = xmlscan.Truth(x.Attr("hidden"))
		return s.k.Start(s.row, s.hidden)
	case x.Is("c"):
		return s.cell(x)
	case x.Is("extLst"): // other programs' own; nothing in it is a cell of this sheet
		x.Skip()
	case x.Is("mergeCell"):
		if m, ok := grid.ParseRange(x.Attr("ref")); ok {
			s.k.Merge(m)
		}
	default:
		if where, ok := pageText(x.Name); ok {
			s.k.Aside(where, "", grid.Printed(x.Content()))
		}
	}
	return nil
}

func (s *sheetReader) cell(x *xmlscan.Scanner) error {
	s.col++
	if ref := x.Attr("r"); ref != "" {
		col, row, ok := grid.ParseAddress(ref)
		if !ok {
			x.Skip()
			return nil
		}
		s.col = col
		if row != s.row && row > 0 {
			s.row = row
			if err := s.k.Start(row, s.hidden); err != nil {
				return err
			}
		}
	}
	if x.Closes { // a style and nothing else
		return nil
	}
	kind, style := x.Attr("t"), xmlscan.Int(x.Attr("s"))
	value, formula := s.value(x)
	// The empty text that a formula may result in has the type str. XlsxWriter gives every formula the result 0.
	if formula && (value == "" && kind != "str" || s.o.onLoad && value == "0" && (kind == "" || kind == "n")) {
		return s.k.Add(grid.Cell{Col: s.col, Kind: grid.KindUnsaved, Formula: true})
	}
	c := s.o.make(s.col, kind, style, value)
	c.Formula = formula
	return s.k.Add(c)
}

// value reads what stands inside a cell: v or is; f tells a formula.
func (s *sheetReader) value(x *xmlscan.Scanner) (value string, formula bool) {
	depth := x.Depth
	for {
		switch x.Next() {
		case xmlscan.Start:
			switch {
			case x.Is("v"):
				value = x.Content()
			case x.Is("is"):
				value = richText(x)
			case x.Is("f"):
				formula = true
				x.Skip()
			}
		case xmlscan.End:
			if x.Depth < depth {
				return value, formula
			}
		case xmlscan.EOF:
			return value, formula
		}
	}
}

// make turns a stored value into a cell, by its type and its style's format.
func (o *reader) make(col int, kind string, style int, value string) grid.Cell {
	if value == "" {
		return grid.Cell{}
	}
	var f *numfmt.Format
	if style >= 0 && style < len(o.styles) {
		f = o.styles[style]
	}
	switch kind {
	case "s":
		if i, err := strconv.Atoi(strings.TrimSpace(value)); err == nil && i >= 0 && i < len(o.shared) {
			return grid.TextCell(col, f.ShowText(o.shared[i]))
		}
		return grid.Cell{}
	case "str":
		return grid.TextCell(col, f.ShowText(unescapeOOXML(value)))
	case "inlineStr":
		return grid.TextCell(col, f.ShowText(value))
	case "b":
		return grid.BoolCell(col, xmlscan.Truth(strings.TrimSpace(value)))
	case "e":
		return grid.Cell{Col: col, Text: value, Kind: grid.KindError}
	case "d":
		if v, ok := numfmt.ParseISO(value); ok {
			return grid.ISOCell(col, v, value, f, o.k.Book.Date1904)
		}
		return grid.TextCell(col, value)
	}
	v, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	if err != nil {
		return grid.TextCell(col, value)
	}
	return grid.NumberCell(col, v, f, o.k.Book.Date1904)
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
