package sheet

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"baosong/parse/charset"
	"baosong/parse/sheet/grid"
	"baosong/parse/sheet/numfmt"
	"baosong/parse/sheet/xmlscan"
)

// xml2003 reads XML-Spreadsheet 2003 (SpreadsheetML), which many business systems export under the name .xls.
type xml2003 struct {
	k       *grid.Builder
	formats map[string]*numfmt.Format
	style   string
	row     int
	number  int // of the row in hand
	col     int
	above   []grid.Range // merged areas that reach down into the rows to come
}

func readXML2003(k *grid.Builder, b []byte) error {
	text, declared := "", xmlscan.Declared(b)
	if declared != "" && !utf8.Valid(b) {
		text, _ = charset.Decode(b, declared)
	} else {
		text, _ = charset.Guess(b)
	}
	x := xmlscan.FromText(text)
	s := &xml2003{k: k, formats: map[string]*numfmt.Format{}}
	for {
		switch x.Next() {
		case xmlscan.Start:
			if err := s.element(x); err != nil {
				return err
			}
		case xmlscan.EOF:
			return x.Fault()
		}
	}
}

func (s *xml2003) element(x *xmlscan.Scanner) error {
	switch {
	case x.Is("Style"):
		s.style = x.Attr("ID")
		if f := s.formats[x.Attr("Parent")]; f != nil && len(s.formats) < 10000 {
			s.formats[s.style] = f // until it names its own
		}
	case x.Is("NumberFormat"):
		if len(s.formats) < 10000 {
			s.formats[s.style] = numfmt.Parse(namedFormat(x.Attr("Format")))
		}
	case x.Is("Date1904"):
		s.k.Book.Date1904 = true
	case x.Is("Worksheet") && len(s.k.Book.Sheets) < grid.MaxSheets:
		return s.worksheet(x)
	}
	return nil
}

func (s *xml2003) worksheet(x *xmlscan.Scanner) error {
	depth := x.Depth
	g := s.k.Open(x.Attr("Name"), false)
	s.row, s.col, s.above = 0, 0, nil
	var fault error
	for x.Depth >= depth {
		k := x.Next()
		if k == xmlscan.EOF {
			break
		}
		if k != xmlscan.Start {
			continue
		}
		switch {
		case x.Is("Visible"):
			g.Hidden = strings.HasPrefix(x.Content(), "SheetHidden") || g.Hidden
		case x.Is("Header"), x.Is("Footer"):
			where := grid.InHeader
			if x.Is("Footer") {
				where = grid.InFooter
			}
			s.k.Aside(where, "", grid.Printed(x.Attr("Data")))
		case fault != nil:
		case x.Is("Row"):
			fault = s.startRow(x)
		case x.Is("Cell"):
			fault = s.cell(x)
		}
	}
	if errors.Is(fault, grid.ErrCut) {
		fault = nil
	}
	if err := s.k.Close(); fault == nil {
		fault = err
	}
	return fault
}

func (s *xml2003) startRow(x *xmlscan.Scanner) error {
	s.row++
	if i := xmlscan.Int(x.Attr("Index")); i > 0 {
		s.row = i
	}
	s.col = 0
	number := s.row
	s.number = number
	s.above = slices.DeleteFunc(s.above, func(m grid.Range) bool { return m.Row2 < number })
	s.row += min(xmlscan.Int(x.Attr("Span")), grid.MaxRow)
	return s.k.Start(number, xmlscan.Truth(x.Attr("Hidden")))
}

func (s *xml2003) cell(x *xmlscan.Scanner) error {
	s.col++
	if i := xmlscan.Int(x.Attr("Index")); i > 0 {
		s.col = i
	} else {
		s.col = s.free(s.col)
	}
	col := s.col
	wide, tall := xmlscan.Int(x.Attr("MergeAcross")), xmlscan.Int(x.Attr("MergeDown"))
	if row := s.number; (wide > 0 || tall > 0) && wide < grid.MaxCol && tall < grid.MaxRow {
		s.k.Merge(grid.Range{Row1: row, Col1: col, Row2: row + tall, Col2: col + wide})
		s.col += wide
		if tall > 0 && len(s.above) < 1000 {
			s.above = append(s.above, grid.Range{Row1: row, Col1: col, Row2: row + tall, Col2: col + wide})
		}
	}
	f := s.formats[x.Attr("StyleID")]
	_, formula := x.Lookup("Formula")
	depth := x.Depth
	if x.Closes {
		return s.unsaved(col, formula)
	}
	written := false
	for x.Depth >= depth {
		k := x.Next()
		if k == xmlscan.EOF {
			break
		}
		if k != xmlscan.Start {
			continue
		}
		if x.Is("Comment") {
			s.k.Aside(grid.InComment, grid.Address(col, s.number), x.Content())
			continue
		}
		if !x.Is("Data") { // names
			x.Skip()
			continue
		}
		kind := x.Attr("Type")
		value := x.Content()
		if formula && value == "" && kind != "String" {
			continue
		}
		written = true
		c := s.make(col, kind, value, f)
		c.Formula = formula
		if err := s.k.Add(c); err != nil {
			return err
		}
	}
	return s.unsaved(col, formula && !written)
}

// unsaved adds a formula whose result the file does not hold.
func (s *xml2003) unsaved(col int, formula bool) error {
	if !formula {
		return nil
	}
	return s.k.Add(grid.Cell{Col: col, Kind: grid.KindUnsaved, Formula: true})
}

// free returns the first column from col on that no area from above covers: a cell without an index stands there.
func (s *xml2003) free(col int) int {
	row := s.number
	for again := true; again; {
		again = false
		for _, m := range s.above {
			if m.Row1 < row && m.Holds(row, col) {
				col, again = m.Col2+1, true
			}
		}
	}
	return col
}

func (s *xml2003) make(col int, kind, value string, f *numfmt.Format) grid.Cell {
	switch kind {
	case "Number":
		if v, err := strconv.ParseFloat(strings.TrimSpace(value), 64); err == nil {
			return grid.NumberCell(col, v, f, s.k.Book.Date1904)
		}
	case "DateTime":
		if v, ok := numfmt.ParseISO(value); ok {
			return grid.ISOCell(col, v, value, f, s.k.Book.Date1904)
		}
	case "Boolean":
		return grid.BoolCell(col, xmlscan.Truth(strings.TrimSpace(value)))
	case "Error":
		return grid.Cell{Col: col, Text: value, Kind: grid.KindError}
	}
	return grid.TextCell(col, f.ShowText(strings.ReplaceAll(value, "\r\n", "\n")))
}

// namedFormat gives the code of the formats that SpreadsheetML calls by name.
func namedFormat(name string) string {
	code, ok := map[string]string{"General Number": "General", "General Date": "yyyy/m/d h:mm", "Long Date": `yyyy"年"m"月"d"日"`,
		"Medium Date": "d-mmm-yy", "Short Date": "yyyy/m/d", "Long Time": "h:mm:ss", "Medium Time": "h:mm AM/PM", "Short Time": "h:mm",
		"Currency": `"¥"#,##0.00`, "Euro Currency": `"€"#,##0.00`, "Fixed": "0.00", "Standard": "#,##0.00", "Percent": "0.00%",
		"Scientific": "0.00E+00", "Yes/No": `"Yes";"Yes";"No"`, "True/False": `"True";"True";"False"`, "On/Off": `"On";"On";"Off"`}[name]
	if ok {
		return code
	}
	return name
}
