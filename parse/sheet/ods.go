package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"baosong/parse/container"
)

// odsReader reads the content part of an OpenDocument spreadsheet. The text of a cell is what the program that wrote
// the file showed; ODF keeps it beside the value.
type odsReader struct {
	k           *keeper
	hiddenStyle map[string]bool // styles of tables that are not shown
	style       string          // the automatic style being read
	row         int
}

func readODS(k *keeper, p *container.Package) error {
	const part = "content.xml"
	if !p.Has(part) {
		return fmt.Errorf("%w: no content part", container.ErrDamaged)
	}
	for _, name := range p.Names() {
		if low := strings.ToLower(name); strings.HasPrefix(low, "basic/") || strings.HasPrefix(low, "scripts/") {
			k.book.Macros = true
		}
	}
	o := &odsReader{k: k, hiddenStyle: map[string]bool{}}
	rc, err := p.Open(part)
	if err != nil {
		return err
	}
	defer rc.Close()
	x := newXML(k.counted(rc))
	for {
		switch x.next() {
		case xmlStart:
			if err := o.element(x); err != nil {
				return err
			}
		case xmlEOF:
			o.masters(p)
			return x.fault()
		}
	}
}

func (o *odsReader) element(x *xmlScanner) error {
	switch {
	case x.is("style"):
		o.style = x.attr("name")
	case x.is("table-properties"):
		if x.attr("display") == "false" {
			o.hiddenStyle[o.style] = true
		}
	case x.is("null-date"):
		o.k.book.Date1904 = strings.HasPrefix(x.attr("date-value"), "1904")
	case x.is("tracked-changes"):
		x.skip()
	case x.is("table") && len(o.k.book.Sheets) < maxSheets:
		return o.table(x)
	}
	return nil
}

// table reads one sheet up to its end.
func (o *odsReader) table(x *xmlScanner) error {
	depth := x.depth
	o.k.open(x.attr("name"), o.hiddenStyle[x.attr("style-name")])
	o.row = 0
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
		case x.is("shapes"):
			o.shapes(x)
		case fault != nil || x.is("forms"):
			x.skip()
		case x.is("table-row"):
			fault = o.tableRow(x)
		}
	}
	if errors.Is(fault, errCut) {
		fault = nil
	}
	if err := o.k.close(); fault == nil {
		fault = err
	}
	return fault
}

// odsCell is a cell and how often it stands side by side.
type odsCell struct {
	cell  Cell
	times int
}

func (o *odsReader) tableRow(x *xmlScanner) error {
	times := repeated(x.attr("number-rows-repeated"))
	visible := x.attr("visibility")
	hidden := visible == "collapse" || visible == "filter"
	cells, err := o.cells(x)
	if err != nil {
		return err
	}
	first := o.row + 1
	o.row += times
	if len(cells) == 0 {
		return nil
	}
	for n := range times {
		if first+n > MaxRow {
			break
		}
		if err := o.k.start(first+n, hidden); err != nil {
			return err
		}
		for _, c := range cells {
			for range c.times {
				if err := o.k.add(c.cell); err != nil {
					return err
				}
				c.cell.Col++
			}
		}
	}
	return nil
}

// cells reads the filled cells of a row and notes merged areas.
func (o *odsReader) cells(x *xmlScanner) (cells []odsCell, err error) {
	depth, col := x.depth, 1
	if x.closes {
		return nil, nil
	}
	for x.depth >= depth {
		k := x.next()
		if k == xmlEOF {
			break
		}
		if k != xmlStart {
			continue
		}
		if !x.is("table-cell") && !x.is("covered-table-cell") {
			x.skip()
			continue
		}
		covered := x.is("covered-table-cell")
		times := repeated(x.attr("number-columns-repeated"))
		o.span(x, col)
		c := o.cell(x, col)
		if c.Text != "" && !covered && col <= MaxCol {
			cells = append(cells, odsCell{c, min(times, MaxCol+1-col)})
		}
		col = min(col+times, MaxCol+1)
	}
	return cells, nil
}

func repeated(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		return 1
	}
	return min(n, 4*MaxRow)
}

func (o *odsReader) span(x *xmlScanner, col int) {
	wide, tall := repeated(x.attr("number-columns-spanned")), repeated(x.attr("number-rows-spanned"))
	if wide > 1 || tall > 1 {
		row := o.row + 1
		o.k.merge(Range{Row1: row, Col1: col, Row2: row + tall - 1, Col2: col + wide - 1})
	}
}

func (o *odsReader) cell(x *xmlScanner, col int) Cell {
	kind, value := x.attr("value-type"), x.attr("value")
	date, clock := x.attr("date-value"), x.attr("time-value")
	truthful := x.attr("boolean-value")
	_, formula := x.lookup("formula")
	isError := bytes.Contains(x.tag, []byte(`calcext:value-type="error"`))
	c := Cell{Col: col, Formula: formula}
	c.Text = odfText(x, func(where, text string) { o.k.aside(where, Address(col, o.row+1), text) })
	if isError {
		c.Kind = KindError
		return c
	}
	switch kind {
	case "float", "percentage", "currency":
		v, err := strconv.ParseFloat(value, 64)
		if err != nil {
			break
		}
		c.Kind, c.Number, c.Lost = KindNumber, v, lostNumber(v)
		if c.Text == "" {
			c.Text = General(v)
		}
	case "date":
		return o.moment(c, date, "yyyy/m/d")
	case "time":
		return o.clock(c, clock)
	case "boolean":
		b := boolCell(col, truthful == "true")
		b.Formula = formula
		return b
	default:
		c.Lost = lostText(c.Text)
	}
	return c
}

func (o *odsReader) moment(c Cell, iso, code string) Cell {
	v, ok := parseISO(iso)
	if !ok {
		return c
	}
	if o.k.book.Date1904 {
		v -= 1462
	}
	c.Kind, c.Number = KindDate, v
	if c.Text == "" {
		c.Text, _ = parseFormat(code).show(v, o.k.book.Date1904)
	}
	return c
}

// clock reads a duration: PT17H30M00S.
func (o *odsReader) clock(c Cell, s string) Cell {
	var h, m, sec float64
	rest, ok := strings.CutPrefix(s, "PT")
	for ok && rest != "" {
		i := strings.IndexAny(rest, "HMS")
		if i < 0 {
			break
		}
		v, err := strconv.ParseFloat(rest[:i], 64)
		if err != nil {
			break
		}
		*map[byte]*float64{'H': &h, 'M': &m, 'S': &sec}[rest[i]] = v
		rest = rest[i+1:]
	}
	c.Kind, c.Number = KindDate, (h*3600+m*60+sec)/86400
	if c.Text == "" {
		c.Text, _ = parseFormat("h:mm:ss").show(c.Number, false)
	}
	return c
}
