package casedoc

import (
	"errors"
	"strings"
	"unicode/utf8"
)

// errCut ends a reader early once the room for text is used up; Read turns it into Document.Cut.
var errCut = errors.New("text limit reached")

const (
	maxTables  = 40 // tables within tables; deeper ones flow into the cell around them
	blockPrice = 8  // characters that each paragraph, cell and row costs beyond its text, so that empty ones are not free
	maxSpan    = 1000
	maxColumns = 16384 // columns in which cells of rows above are remembered
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

func newFlow(r *room) *flow { return &flow{room: r} }

func (f *flow) write(s string) {
	if s == "" {
		return
	}
	n := utf8.RuneCountInString(s)
	if left := f.room.left; n > left { // what still fits stands
		f.room.cut = true
		s, n = string([]rune(s)[:left]), left
	}
	f.room.take(n)
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
		t.cell.add(b, f.room)
		return
	}
	if f.room.take(blockPrice) {
		f.blocks = append(f.blocks, b)
	}
}

// flush closes a paragraph that has text; an empty one has not begun.
func (f *flow) flush() {
	if f.para.Len() > 0 || len(f.pending) > 0 {
		f.endPara()
	}
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
