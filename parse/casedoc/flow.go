package casedoc

import (
	"errors"
	"slices"
	"strings"
	"unicode/utf8"
)

// errCut ends a reader early once the room for text is used up; Read turns it into Document.Cut.
var errCut = errors.New("text limit reached")

const (
	maxTables  = 40 // tables within tables; deeper ones flow into the cell around them
	blockPrice = 8  // characters that each paragraph, cell and row costs beyond its text, so that empty ones are not free
	maxSpan    = 1000
)

// room is the text a document may still take, shared by all its stories.
type room struct {
	left int
	cut  bool
}

func (r *room) take(n int) bool {
	if r.left < n {
		r.cut = true
		return false
	}
	r.left -= n
	return true
}

// flow collects one story (body, header, note, text box) as blocks. Readers call write, endPara and the table calls in
// document order; calls that do not fit (a cell end without a cell) are passed over.
type flow struct {
	room    *room
	blocks  []Block
	para    strings.Builder
	next    Block    // heading, number and page of the paragraph being written
	page    int      // page of what follows, where the format tells
	tables  []*build // open tables, innermost last
	beyond  int      // tables open beyond maxTables
	pending []Block  // text boxes anchored in the paragraph being written
}

// build is a table being read.
type build struct {
	table   *Table
	row     []TableCell
	rowOpen bool
	cell    *cellBuild
	anchors map[int]anchor // grid column -> cell that vertical merges continue
	taken   map[int]int    // grid column -> rows below that a rowspan still covers (HTML, ODF)
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
}

func newFlow(r *room) *flow { return &flow{room: r} }

func (f *flow) write(s string) {
	if s == "" {
		return
	}
	n := utf8.RuneCountInString(s)
	if !f.room.take(n) {
		return
	}
	f.para.WriteString(s)
}

func (f *flow) table() *build {
	if n := len(f.tables); n > 0 {
		return f.tables[n-1]
	}
	return nil
}

// endPara closes the paragraph being written.
func (f *flow) endPara() {
	text := clean(f.para.String())
	f.para.Reset()
	b := f.next
	f.next = Block{}
	b.Page = f.page
	b.Text = text
	if text != "" && b.Number != "" {
		b.Text = b.Number + text
	}
	if b.Text != "" {
		f.add(b)
	}
	pending := f.pending
	f.pending = nil
	for _, p := range pending {
		f.add(p)
	}
}

// add places a block in the innermost open cell, else in the body.
func (f *flow) add(b Block) {
	if t := f.table(); t != nil && t.cell != nil {
		t.cell.add(b)
		return
	}
	if f.room.take(blockPrice) {
		f.blocks = append(f.blocks, b)
	}
}

func (c *cellBuild) add(b Block) {
	text := b.Text
	if b.Table != nil {
		c.nested = append(c.nested, b.Table)
		text = b.Table.text()
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

// flush closes a paragraph that has text; an empty one has not begun.
func (f *flow) flush() {
	if f.para.Len() > 0 || len(f.pending) > 0 {
		f.endPara()
	}
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
	for t.taken[t.col] > 0 {
		t.col++
	}
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
		for i := range c.span {
			t.taken[c.col+i] = min(c.rows, 1<<20)
		}
	}
	t.measure(c, len(t.row))
	t.row = append(t.row, TableCell{Text: c.text.String(), Col: c.col, ColSpan: c.span, RowSpan: max(c.rows, 1), Nested: c.nested})
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
	for c, n := range t.taken {
		if n <= 1 {
			delete(t.taken, c)
		} else {
			t.taken[c] = n - 1
		}
	}
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

// finish closes whatever is still open and returns the blocks.
func (f *flow) finish() []Block {
	f.beyond = 0
	for len(f.tables) > 0 {
		f.endTable()
	}
	f.flush()
	return f.blocks
}
