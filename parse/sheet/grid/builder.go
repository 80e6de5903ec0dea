package grid

import (
	"context"
	"errors"
	"fmt"
	"io"

	"baosong/parse/container"
)

// Bounds of a book beside the Limits that a caller sets.
const (
	defaultRows  = 100_000
	defaultCells = 2_000_000
	defaultBytes = 256 << 20
	MaxSheets    = 500       // sheets of one book that are read
	maxMerges    = 50_000    // merged areas of one sheet that are kept
	MaxKept      = 96 << 20  // bytes of text that one book may hold in memory
	MaxCellText  = 32767 * 3 // bytes of one cell; Excel allows 32,767 characters
)

func (l Limits) withDefaults() Limits {
	if l.Rows == 0 {
		l.Rows = defaultRows
	}
	if l.Cells == 0 {
		l.Cells = defaultCells
	}
	if l.Bytes == 0 {
		l.Bytes = defaultBytes
	}
	return l
}

// Builder gathers a book under the limits: what a reader adds beyond them is dropped and the grid marked.
type Builder struct {
	ctx   context.Context
	Book  *Book
	lim   Limits
	cells int   // filled cells still allowed
	kept  int   // bytes of text still allowed
	bytes int64 // unpacked bytes still allowed
	grid  *Grid
	row   Row
	ticks int
}

// ErrCut says that a limit was reached: what was read stands, nothing more is taken.
var ErrCut = errors.New("limit of rows or cells reached")

// NewBuilder begins a book; zero limits mean the defaults.
func NewBuilder(ctx context.Context, lim Limits) *Builder {
	lim = lim.withDefaults()
	return &Builder{ctx: ctx, Book: &Book{}, lim: lim, cells: lim.Cells, kept: MaxKept, bytes: lim.Bytes}
}

// Open starts a new grid.
func (b *Builder) Open(name string, hidden bool) *Grid {
	b.grid = &Grid{Name: name, Hidden: hidden}
	b.row = Row{}
	b.Book.Sheets = append(b.Book.Sheets, b.grid)
	return b.grid
}

// Start begins a row; the one before is kept if it holds anything. The error is ErrCut, or that of ctx.
func (b *Builder) Start(number int, hidden bool) error {
	if err := b.finish(); err != nil {
		return err
	}
	b.row.Number, b.row.Hidden = number, hidden
	return nil
}

// finish ends the row in hand.
func (b *Builder) finish() error {
	if b.ticks++; b.ticks%1024 == 0 {
		if err := b.ctx.Err(); err != nil {
			return err
		}
	}
	if len(b.row.Cells) == 0 {
		return nil
	}
	if len(b.grid.Rows) >= b.lim.Rows {
		return b.Cut()
	}
	row := Row{Number: b.row.Number, Hidden: b.row.Hidden, Cells: append([]Cell(nil), b.row.Cells...)}
	b.row.Cells = b.row.Cells[:0]
	b.grid.Rows = append(b.grid.Rows, row)
	return nil
}

// Cut marks the grid as cut and returns ErrCut.
func (b *Builder) Cut() error {
	b.grid.Cut = true
	b.row.Cells = b.row.Cells[:0]
	return ErrCut
}

// Add puts a filled cell into the row in hand. Cells without text, and those outside the grid, are left out; a formula without
// a result stays, so that nobody calls it empty.
func (b *Builder) Add(c Cell) error {
	if c.Text == "" && c.Kind != KindUnsaved || c.Col < 1 || c.Col > MaxCol || b.row.Number < 1 || b.row.Number > MaxRow {
		return nil
	}
	if len(c.Text) > MaxCellText {
		c.Text = cutText(c.Text, MaxCellText)
	}
	if b.cells == 0 || b.kept < len(c.Text) {
		return b.Cut()
	}
	b.cells--
	b.kept -= len(c.Text)
	b.row.Cells = append(b.row.Cells, c)
	return nil
}

// Close ends the grid: rows and cells in ascending order, one of each, whatever order the file had them in.
func (b *Builder) Close() error {
	err := b.finish()
	b.row = Row{Cells: b.row.Cells[:0]}
	if errors.Is(err, ErrCut) {
		err = nil
	}
	b.grid.order()
	return err
}

// Merge keeps a merged area of more than one cell.
func (b *Builder) Merge(m Range) {
	if len(b.grid.Merges) < maxMerges && (m.Row1 != m.Row2 || m.Col1 != m.Col2) && m.Row1 >= 1 && m.Col1 >= 1 &&
		m.Row2 <= MaxRow && m.Col2 <= MaxCol && m.Row1 <= m.Row2 && m.Col1 <= m.Col2 {
		b.grid.Merges = append(b.grid.Merges, m)
	}
}

// Counted bounds the unpacked bytes of the whole book.
func (b *Builder) Counted(r io.Reader) io.Reader { return &countedReader{r, b} }

type countedReader struct {
	r io.Reader
	k *Builder
}

func (c *countedReader) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	if c.k.bytes -= int64(n); c.k.bytes < 0 {
		return 0, fmt.Errorf("%w: more than %d bytes unpacked", container.ErrLimit, c.k.lim.Bytes)
	}
	if ctxErr := c.k.ctx.Err(); ctxErr != nil {
		return 0, ctxErr
	}
	return n, err
}

// Left is how many unpacked bytes are still allowed.
func (b *Builder) Left() int64 { return b.bytes }

// Leave says that what comes belongs to no sheet.
func (b *Builder) Leave() { b.grid = nil }
