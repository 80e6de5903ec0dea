package casedoc

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// build is a table being read.
type build struct {
	table   *Table
	row     []TableCell
	rowOpen bool
	cell    *cellBuild
	anchors map[int]anchor // grid column -> cell that vertical merges continue
	taken   map[int]int    // grid column -> first row that a rowspan above no longer covers (HTML, ODF)
	col     int            // next free grid column, from 1
	held    []*cellBuild   // cells of the row whose places are told only at its end
	edges   []edges        // where the format gives positions instead of columns
}

// edges are the left and right edge of the cell at row and cell; cell is -1 for one that continues another.
type edges struct{ row, cell, left, right int }

type anchor struct{ row, cell int }

type cellBuild struct {
	text     strings.Builder
	nested   []*Table
	col      int
	span     int
	rows     int
	cont     bool // continues the cell above
	start    bool // a vertical merge begins here
	joinLeft bool // continues the cell to the left
	left     int  // position of the edges where the format gives them instead of columns
	right    int
	number   string // the number beneath the text, where a page that was a sheet keeps it
}

// shown is the cell's text: of a number that its page shows as 1.38E+10 and keeps beside it, the number.
func (c *cellBuild) shown() string {
	text := c.text.String()
	if c.number == "" || !shortened.MatchString(text) {
		return text
	}
	v, err := strconv.ParseFloat(c.number, 64)
	if err != nil || v != math.Trunc(v) || math.Abs(v) >= 1e15 {
		return text
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

var shortened = regexp.MustCompile(`^\s*[-+]?\d(?:\.\d+)?[Ee]\+\d+\s*$|^\s*#+\s*$`)

// add puts a paragraph or a nested table into the cell. The text of a nested table is written again in the cell around
// it, so it is paid for again: tables within tables do not multiply.
func (c *cellBuild) add(b Block, r *room) {
	text := b.Text
	if b.Table != nil {
		c.nested = append(c.nested, b.Table)
		if text = b.Table.text(); !r.take(len(text)) {
			return
		}
	}
	if text == "" {
		return
	}
	if c.text.Len() > 0 {
		c.text.WriteByte('\n')
	}
	c.text.WriteString(text)
}

func (f *flow) startTable() {
	f.flush()
	if len(f.tables) >= maxTables {
		f.beyond++
		return
	}
	f.tables = append(f.tables, &build{table: &Table{}, anchors: map[int]anchor{}, taken: map[int]int{}})
}

func (f *flow) startRow() {
	if t := f.table(); t != nil && f.beyond == 0 {
		if t.rowOpen {
			f.endRow()
		}
		t.rowOpen, t.col = true, 1
	}
}

// skipCols leaves n grid columns empty before the next cell.
func (f *flow) skipCols(n int) {
	if t := f.table(); t != nil && f.beyond == 0 && n > 0 {
		t.col += min(n, maxSpan)
	}
}

// startCell opens a cell; span, merge and edge may still be set on the result until endCell. It is nil beyond the
// limits.
func (f *flow) startCell() *cellBuild {
	t := f.table()
	if t == nil || f.beyond > 0 {
		return nil
	}
	if t.cell != nil {
		f.endCell()
	}
	if !t.rowOpen {
		f.startRow()
	}
	f.flush()
	t.cell = &cellBuild{span: 1, rows: 1}
	return t.cell
}

func (f *flow) endCell() {
	t := f.table()
	if t == nil || t.cell == nil || f.beyond > 0 {
		return
	}
	f.flush()
	c := t.cell
	t.cell = nil
	from := t.col
	for t.taken[t.col] > len(t.table.Rows) {
		t.col++
	}
	f.room.take(t.col - from) // rows below a wide span pay for the way past it
	c.span = min(max(c.span, 1), maxSpan)
	c.col = t.col
	t.col += c.span
	t.place(c, f.room)
}

// place puts a finished cell into the row, or joins it to the one above.
func (t *build) place(c *cellBuild, r *room) {
	if n := len(t.row); c.joinLeft && n > 0 {
		t.row[n-1].ColSpan += c.span
		return
	}
	key := c.col
	if c.right != 0 {
		key = c.right
	}
	if a, ok := t.anchors[key]; ok && c.cont && a.row < len(t.table.Rows) {
		t.table.Rows[a.row][a.cell].RowSpan++
		t.measure(c, -1)
		return
	}
	if !r.take(blockPrice) {
		return
	}
	if c.start || c.cont {
		t.anchors[key] = anchor{len(t.table.Rows), len(t.row)}
	} else {
		delete(t.anchors, key)
	}
	if c.rows > 1 {
		for i := range min(c.span, maxColumns-c.col) {
			t.taken[c.col+i] = len(t.table.Rows) + min(c.rows, 1<<20)
		}
	}
	t.measure(c, len(t.row))
	t.row = append(t.row, TableCell{Text: c.shown(), Col: c.col, ColSpan: c.span, RowSpan: max(c.rows, 1), Nested: c.nested})
}

func (t *build) measure(c *cellBuild, cell int) {
	if c.right != 0 {
		t.edges = append(t.edges, edges{len(t.table.Rows), cell, c.left, c.right})
	}
}

// grid gives the cells their columns from the edges of all rows.
func (t *build) grid() {
	const tolerance = 25 // twips: rows drawn by hand miss one another by a hair
	var all []int
	for _, e := range t.edges {
		all = append(all, e.left, e.right)
	}
	slices.Sort(all)
	var bounds []int
	for _, x := range all {
		if n := len(bounds); n == 0 || x-bounds[n-1] > tolerance {
			bounds = append(bounds, x)
		}
	}
	column := func(x int) int {
		i, ok := slices.BinarySearch(bounds, x)
		if !ok {
			i--
		}
		return i
	}
	for _, e := range t.edges {
		if e.cell < 0 || e.row >= len(t.table.Rows) || e.cell >= len(t.table.Rows[e.row]) {
			continue
		}
		c := &t.table.Rows[e.row][e.cell]
		c.Col = column(e.left) + 1
		c.ColSpan = max(column(e.right)+1-c.Col, 1)
	}
}

// holdCell closes a cell whose place endRowAs will tell.
func (f *flow) holdCell() {
	if t := f.table(); t != nil && t.cell != nil && f.beyond == 0 {
		f.flush()
		if f.room.take(blockPrice) {
			t.held = append(t.held, t.cell)
		}
		t.cell = nil
	}
}

// endRowAs places the cells held, each after place has set its edges and merges, and closes the row.
func (f *flow) endRowAs(place func(i int, c *cellBuild)) {
	t := f.table()
	if t == nil || f.beyond > 0 {
		return
	}
	f.holdCell()
	if !t.rowOpen {
		f.startRow()
	}
	for i, c := range t.held {
		place(i, c)
		c.col = t.col
		t.col += c.span
		t.place(c, f.room)
	}
	t.held = nil
	f.endRow()
}

func (f *flow) endRow() {
	t := f.table()
	if t == nil || f.beyond > 0 {
		return
	}
	f.endCell()
	if !t.rowOpen {
		return
	}
	t.rowOpen = false
	if f.room.take(blockPrice) {
		t.table.Rows = append(t.table.Rows, t.row)
	}
	t.row = nil
}

// dropRow forgets the row being read: it was deleted.
func (f *flow) dropRow() {
	if t := f.table(); t != nil && f.beyond == 0 {
		f.endCell()
		t.rowOpen, t.row = false, nil
		clear(t.anchors)
	}
}

func (f *flow) endTable() {
	if f.beyond > 0 {
		f.beyond--
		return
	}
	t := f.table()
	if t == nil {
		return
	}
	if len(t.held) > 0 {
		f.endRowAs(func(int, *cellBuild) {})
	}
	if t.rowOpen {
		f.endRow()
	}
	f.flush()
	f.tables = f.tables[:len(f.tables)-1]
	if len(t.table.Rows) == 0 {
		return
	}
	if len(t.edges) > 0 {
		t.grid()
	}
	f.add(Block{Table: t.table, Page: f.page})
}
