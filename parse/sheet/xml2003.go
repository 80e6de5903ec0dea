package sheet

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"baosong/parse/charset"
)

// xml2003 reads XML-Spreadsheet 2003 (SpreadsheetML), which many business systems export under the name .xls.
type xml2003 struct {
	k       *keeper
	formats map[string]*format
	style   string
	row     int
	col     int
	above   []Range // merged areas that reach down into the rows to come
}

var xmlEncoding = regexp.MustCompile(`^\s*<\?xml[^>]*encoding=["']([A-Za-z0-9_.:-]+)["']`)

func readXML2003(k *keeper, b []byte) error {
	text := ""
	if m := xmlEncoding.FindSubmatch(b[:min(len(b), 200)]); m != nil && !strings.EqualFold(string(m[1]), "utf-8") {
		text, _ = charset.Decode(b, string(m[1]))
	} else {
		text, _ = charset.Guess(b)
	}
	x := newXML(strings.NewReader(text))
	s := &xml2003{k: k, formats: map[string]*format{}}
	for {
		switch x.next() {
		case xmlStart:
			if err := s.element(x); err != nil {
				return err
			}
		case xmlEOF:
			return x.fault()
		}
	}
}

func (s *xml2003) element(x *xmlScanner) error {
	switch {
	case x.is("Style"):
		s.style = x.attr("ID")
	case x.is("NumberFormat"):
		if len(s.formats) < 10000 {
			s.formats[s.style] = parseFormat(namedFormat(x.attr("Format")))
		}
	case x.is("Date1904"):
		s.k.book.Date1904 = true
	case x.is("Worksheet") && len(s.k.book.Sheets) < maxSheets:
		return s.worksheet(x)
	}
	return nil
}

func (s *xml2003) worksheet(x *xmlScanner) error {
	depth := x.depth
	g := s.k.open(x.attr("Name"), false)
	s.row, s.col, s.above = 0, 0, nil
	var fault error
	for x.depth >= depth {
		k := x.next()
		if k == xmlEOF {
			break
		}
		if k != xmlStart {
			continue
		}
		switch {
		case x.is("Visible"):
			g.Hidden = strings.HasPrefix(x.content(), "SheetHidden") || g.Hidden
		case x.is("Header"), x.is("Footer"):
			where := InHeader
			if x.is("Footer") {
				where = InFooter
			}
			s.k.aside(where, "", printed(x.attr("Data")))
		case fault != nil:
		case x.is("Row"):
			fault = s.startRow(x)
		case x.is("Cell"):
			fault = s.cell(x)
		}
	}
	if errors.Is(fault, errCut) {
		fault = nil
	}
	if err := s.k.close(); fault == nil {
		fault = err
	}
	return fault
}

func (s *xml2003) startRow(x *xmlScanner) error {
	s.row++
	if i := toInt(x.attr("Index")); i > 0 {
		s.row = i
	}
	s.col = 0
	number := s.row
	s.above = slices.DeleteFunc(s.above, func(m Range) bool { return m.Row2 < number })
	s.row += min(toInt(x.attr("Span")), MaxRow)
	return s.k.start(number, truth(x.attr("Hidden")))
}

func (s *xml2003) cell(x *xmlScanner) error {
	s.col++
	if i := toInt(x.attr("Index")); i > 0 {
		s.col = i
	} else {
		s.col = s.free(s.col)
	}
	col := s.col
	wide, tall := toInt(x.attr("MergeAcross")), toInt(x.attr("MergeDown"))
	if row := s.k.row.Number; (wide > 0 || tall > 0) && wide < MaxCol && tall < MaxRow {
		s.k.merge(Range{Row1: row, Col1: col, Row2: row + tall, Col2: col + wide})
		s.col += wide
		if tall > 0 && len(s.above) < 1000 {
			s.above = append(s.above, Range{row, col, row + tall, col + wide})
		}
	}
	f := s.formats[x.attr("StyleID")]
	_, formula := x.lookup("Formula")
	depth := x.depth
	if x.closes {
		return nil
	}
	for x.depth >= depth {
		k := x.next()
		if k == xmlEOF {
			break
		}
		if k != xmlStart {
			continue
		}
		if x.is("Comment") {
			s.k.aside(InComment, Address(col, s.k.row.Number), x.content())
			continue
		}
		if !x.is("Data") { // names
			x.skip()
			continue
		}
		kind := x.attr("Type")
		c := s.make(col, kind, x.content(), f)
		c.Formula = formula
		if err := s.k.add(c); err != nil {
			return err
		}
	}
	return nil
}

// free returns the first column from col on that no area from above covers: a cell without an index stands there.
func (s *xml2003) free(col int) int {
	row := s.k.row.Number
	for again := true; again; {
		again = false
		for _, m := range s.above {
			if m.Row1 < row && m.holds(row, col) {
				col, again = m.Col2+1, true
			}
		}
	}
	return col
}

func (s *xml2003) make(col int, kind, value string, f *format) Cell {
	switch kind {
	case "Number":
		if v, err := strconv.ParseFloat(strings.TrimSpace(value), 64); err == nil {
			return numberCell(col, v, f, s.k.book.Date1904)
		}
	case "DateTime":
		if v, ok := parseISO(value); ok {
			return isoCell(col, v, value, f, s.k.book.Date1904)
		}
	case "Boolean":
		return boolCell(col, truth(strings.TrimSpace(value)))
	case "Error":
		return Cell{Col: col, Text: value, Kind: KindError}
	}
	return textCell(col, f.showText(strings.ReplaceAll(value, "\r\n", "\n")))
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
