package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"baosong/parse/container"
	"baosong/parse/sheet/grid"
	"baosong/parse/sheet/numfmt"
	"baosong/parse/sheet/xmlscan"
)

// odsReader reads the content part of an OpenDocument spreadsheet. The text of a cell is what the program that wrote
// the file showed; ODF keeps it beside the value.
type odsReader struct {
	k           *grid.Builder
	hiddenStyle map[string]bool // styles of tables that are not shown
	style       string          // the automatic style being read
	row         int
	calculates  bool // the program that wrote the file did
}

func readODS(k *grid.Builder, p *container.Package) error {
	const part = "content.xml"
	if !p.Has(part) {
		return fmt.Errorf("%w: no content part", container.ErrDamaged)
	}
	for _, name := range p.Names() {
		if low := strings.ToLower(name); strings.HasPrefix(low, "basic/") || strings.HasPrefix(low, "scripts/") {
			k.Book.Macros = true
		}
	}
	o := &odsReader{k: k, hiddenStyle: map[string]bool{}}
	rc, err := p.Open(part)
	if err != nil {
		return err
	}
	defer rc.Close()
	o.maker(p)
	if err := o.content(xmlscan.New(k.Counted(rc))); err != nil {
		return err
	}
	o.masters(p)
	return nil
}

// readFlatODS reads a spreadsheet in one file: what is content and what are styles elsewhere stands in one document.
func readFlatODS(k *grid.Builder, b []byte) error {
	o := &odsReader{k: k, hiddenStyle: map[string]bool{}}
	return o.content(xmlscan.New(bytes.NewReader(b)))
}

func (o *odsReader) content(x *xmlscan.Scanner) error {
	for {
		switch x.Next() {
		case xmlscan.Start:
			if err := o.element(x); err != nil {
				return err
			}
		case xmlscan.EOF:
			return x.Fault()
		}
	}
}

func (o *odsReader) element(x *xmlscan.Scanner) error {
	switch {
	case x.Is("style"):
		o.style = x.Attr("name")
	case x.Is("table-properties"):
		if x.Attr("display") == "false" {
			o.hiddenStyle[o.style] = true
		}
	case x.Is("generator"):
		o.madeBy(x.Content())
	case x.Is("null-date"):
		o.k.Book.Date1904 = strings.HasPrefix(x.Attr("date-value"), "1904")
	case x.Is("tracked-changes"):
		x.Skip()
	case x.Is("table") && len(o.k.Book.Sheets) < grid.MaxSheets:
		return o.table(x)
	default:
		o.page(x) // in a single file the styles stand before the content
	}
	return nil
}

// table reads one sheet up to its end.
func (o *odsReader) table(x *xmlscan.Scanner) error {
	depth := x.Depth
	o.k.Open(x.Attr("name"), o.hiddenStyle[x.Attr("style-name")])
	o.row = 0
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
		case x.Is("shapes"):
			o.shapes(x)
		case fault != nil || x.Is("forms"):
			x.Skip()
		case x.Is("table-row"):
			fault = o.tableRow(x)
		}
	}
	if errors.Is(fault, grid.ErrCut) {
		fault = nil
	}
	if err := o.k.Close(); fault == nil {
		fault = err
	}
	return fault
}

// odsCell is a cell and how often it stands side by side.
type odsCell struct {
	cell  grid.Cell
	times int
}

func (o *odsReader) tableRow(x *xmlscan.Scanner) error {
	times := repeated(x.Attr("number-rows-repeated"))
	visible := x.Attr("visibility")
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
		if first+n > grid.MaxRow {
			break
		}
		if err := o.k.Start(first+n, hidden); err != nil {
			return err
		}
		for _, c := range cells {
			for range c.times {
				if err := o.k.Add(c.cell); err != nil {
					return err
				}
				c.cell.Col++
			}
		}
	}
	return nil
}

// cells reads the filled cells of a row and notes merged areas.
func (o *odsReader) cells(x *xmlscan.Scanner) (cells []odsCell, err error) {
	depth, col := x.Depth, 1
	if x.Closes {
		return nil, nil
	}
	for x.Depth >= depth {
		k := x.Next()
		if k == xmlscan.EOF {
			break
		}
		if k != xmlscan.Start {
			continue
		}
		if !x.Is("table-cell") && !x.Is("covered-table-cell") {
			x.Skip()
			continue
		}
		covered := x.Is("covered-table-cell")
		times := repeated(x.Attr("number-columns-repeated"))
		o.span(x, col)
		c := o.cell(x, col)
		if (c.Text != "" || c.Kind == grid.KindUnsaved) && !covered && col <= grid.MaxCol {
			cells = append(cells, odsCell{c, min(times, grid.MaxCol+1-col)})
		}
		col = min(col+times, grid.MaxCol+1)
	}
	return cells, nil
}

func repeated(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		return 1
	}
	return min(n, 4*grid.MaxRow)
}

func (o *odsReader) span(x *xmlscan.Scanner, col int) {
	wide, tall := repeated(x.Attr("number-columns-spanned")), repeated(x.Attr("number-rows-spanned"))
	if wide > 1 || tall > 1 {
		row := o.row + 1
		o.k.Merge(grid.Range{Row1: row, Col1: col, Row2: row + tall - 1, Col2: col + wide - 1})
	}
}

func (o *odsReader) cell(x *xmlscan.Scanner, col int) grid.Cell {
	kind, value := x.Attr("value-type"), x.Attr("value")
	date, clock := x.Attr("date-value"), x.Attr("time-value")
	truthful, stored := x.Attr("boolean-value"), x.Attr("string-value")
	_, formula := x.Lookup("formula")
	isError := bytes.Contains(x.Tag, []byte(`calcext:value-type="error"`))
	c := grid.Cell{Col: col, Formula: formula}
	c.Text = odfText(x, func(where, text string) { o.k.Aside(where, grid.Address(col, o.row+1), text) })
	if isError {
		c.Kind = grid.KindError
		return c
	}
	switch kind {
	case "float", "percentage", "currency":
		v, err := strconv.ParseFloat(value, 64)
		if err != nil {
			break
		}
		c.Kind, c.Number, c.Lost = grid.KindNumber, v, grid.LostNumber(v)
		if unshown(c.Text) {
			c.Text = numfmt.General(v)
		}
	case "date":
		return o.moment(c, date, "yyyy/m/d")
	case "time":
		return o.clock(c, clock)
	case "boolean":
		b := grid.BoolCell(col, truthful == "true")
		b.Formula = formula
		return b
	default:
		if c.Text == "" {
			c.Text = stored // some programs write it alone
		}
		if formula && kind == "" && c.Text == "" && !o.calculates { // an empty text that is a result has its type
			c.Kind = grid.KindUnsaved
			break
		}
		text := grid.TextCell(col, c.Text) // errors are texts where no extension says otherwise
		c.Kind, c.Lost = text.Kind, text.Lost
	}
	return c
}

// unshown tells the text of a value that LibreOffice could not show.
func unshown(text string) bool { return text == "#FMT" || strings.Trim(text, "#") == "" }

// moment reads a date. A number too great for one, as a phone's in a column of dates, is lost in the file: only #FMT is left.
func (o *odsReader) moment(c grid.Cell, iso, code string) grid.Cell {
	v, ok := numfmt.ParseISO(iso)
	if !ok {
		if c.Text == "#FMT" {
			c.Kind = grid.KindError
		}
		return c
	}
	if o.k.Book.Date1904 {
		v -= 1462
	}
	c.Kind, c.Number = grid.KindDate, v
	if unshown(c.Text) {
		c.Text, _ = numfmt.Parse(code).Show(v, o.k.Book.Date1904)
	}
	return c
}

// clock reads a duration: PT17H30M00S.
func (o *odsReader) clock(c grid.Cell, s string) grid.Cell {
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
	if c.Text == "#FMT" {
		c.Kind = grid.KindError
		return c
	}
	c.Kind, c.Number = grid.KindDate, (h*3600+m*60+sec)/86400
	if unshown(c.Text) {
		c.Text, _ = numfmt.Parse("h:mm:ss").Show(c.Number, false)
	}
	return c
}
