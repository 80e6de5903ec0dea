package sheet

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"baosong/parse/container"
)

const (
	defaultRows  = 100_000
	defaultCells = 2_000_000
	defaultBytes = 256 << 20
	maxSheets    = 500       // sheets of one book that are read
	maxMerges    = 50_000    // merged areas of one sheet that are kept
	maxKept      = 96 << 20  // bytes of text that one book may hold in memory
	maxCellText  = 32767 * 3 // bytes of one cell; Excel allows 32,767 characters
	maxStream    = 128 << 20 // a binary workbook, which must be held in memory as a whole
	maxTextFile  = 48 << 20  // a text file likewise; decoding needs it three times
	packageBytes = 4 << 30   // pictures count here; what is read is counted against Limits.Bytes
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

// Read reads the workbook at path, whose format was told from its content. A file that goes over a limit of rows or
// cells is read up to there and its grid marked Cut. Errors wrap container.ErrEncrypted, ErrDamaged, ErrUnsupported
// or ErrLimit; any other error is one of reading the disk or of ctx.
func Read(ctx context.Context, path string, format container.Format, lim Limits) (book *Book, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open workbook: %w", err)
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("open workbook: %w", err)
	}
	book, err = read(ctx, f, st.Size(), format, lim)
	if err != nil {
		return nil, err
	}
	book.setAside()
	return book, nil
}

// setAside takes out of the book what is ours and nobody's material: a list of problems that came back with the
// workbook, and the hidden sheet of our own form. A workbook that holds nothing else is left as it is.
func (b *Book) setAside() {
	var theirs []*Grid
	for _, g := range b.Sheets {
		if g.IsList() || g.Name == FormSheet {
			continue
		}
		theirs = append(theirs, g)
	}
	if len(theirs) > 0 && len(theirs) < len(b.Sheets) {
		b.form = b.FormVersion()
		b.Sheets = theirs
		b.Texts = slices.DeleteFunc(b.Texts, func(t Text) bool {
			return t.Sheet != "" && !slices.ContainsFunc(theirs, func(g *Grid) bool { return g.Name == t.Sheet })
		})
	}
}

// read is Read on anything that can be read at an offset, with nothing set aside; the fuzz targets enter here.
func read(ctx context.Context, r io.ReaderAt, size int64, format container.Format, lim Limits) (book *Book, err error) {
	defer func() {
		if v := recover(); v != nil {
			book, err = nil, fmt.Errorf("%w: reader gave up: %v", container.ErrDamaged, v)
		}
	}()
	if size == 0 {
		return nil, fmt.Errorf("%w: no bytes", container.ErrDamaged)
	}
	k := newKeeper(ctx, lim.withDefaults())
	switch format {
	case container.XLSX, container.XLSM:
		err = k.zipped(r, size, readXLSX)
	case container.XLSB:
		err = k.zipped(r, size, readXLSB)
	case container.ODS:
		err = k.zipped(r, size, readODS)
	case container.XLS:
		err = readCompoundXLS(k, r, size)
	case container.XLS2:
		err = k.whole(r, size, maxStream, readBIFF)
	case container.CSV, container.Text:
		err = k.whole(r, size, maxTextFile, readCSV)
	case container.XML2003:
		err = k.whole(r, size, maxTextFile, readXML2003)
	case container.Encrypted:
		err = container.ErrEncrypted
	case container.Empty:
		err = container.ErrDamaged
	default:
		err = fmt.Errorf("%w: %q is no workbook", container.ErrUnsupported, format)
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", format, err)
	}
	if len(k.book.Sheets) == 0 {
		return nil, fmt.Errorf("read %s: %w: no sheets", format, container.ErrDamaged)
	}
	k.book.Format = format
	return k.book, nil
}

// zipped opens the zipped parts for one of the readers.
func (k *keeper) zipped(r io.ReaderAt, size int64, read func(*keeper, *container.Package) error) error {
	p, err := container.OpenPackage(r, size, container.PackageLimits{Bytes: packageBytes})
	if err != nil {
		return err
	}
	defer p.Close()
	return read(k, p)
}

// whole takes the file into memory for one of the readers.
func (k *keeper) whole(r io.ReaderAt, size, most int64, read func(*keeper, []byte) error) error {
	if size > most || size > k.bytes {
		return fmt.Errorf("%w: %d bytes", container.ErrLimit, size)
	}
	b, err := io.ReadAll(io.NewSectionReader(r, 0, size))
	if err != nil {
		return err
	}
	return read(k, b)
}

// keeper gathers a book under the limits: what a reader adds beyond them is dropped and the grid marked.
type keeper struct {
	ctx   context.Context
	book  *Book
	lim   Limits
	cells int   // filled cells still allowed
	kept  int   // bytes of text still allowed
	bytes int64 // unpacked bytes still allowed
	grid  *Grid
	row   Row
	ticks int
}

var errCut = errors.New("limit of rows or cells reached")

func newKeeper(ctx context.Context, lim Limits) *keeper {
	return &keeper{ctx: ctx, book: &Book{}, lim: lim, cells: lim.Cells, kept: maxKept, bytes: lim.Bytes}
}

// open starts a new grid.
func (k *keeper) open(name string, hidden bool) *Grid {
	k.grid = &Grid{Name: name, Hidden: hidden}
	k.row = Row{}
	k.book.Sheets = append(k.book.Sheets, k.grid)
	return k.grid
}

// start begins a row; the one before is kept if it holds anything. The error is errCut, or that of ctx.
func (k *keeper) start(number int, hidden bool) error {
	if err := k.finish(); err != nil {
		return err
	}
	k.row.Number, k.row.Hidden = number, hidden
	return nil
}

// finish ends the row in hand.
func (k *keeper) finish() error {
	if k.ticks++; k.ticks%1024 == 0 {
		if err := k.ctx.Err(); err != nil {
			return err
		}
	}
	if len(k.row.Cells) == 0 {
		return nil
	}
	if len(k.grid.Rows) >= k.lim.Rows {
		return k.cut()
	}
	row := Row{Number: k.row.Number, Hidden: k.row.Hidden, Cells: append([]Cell(nil), k.row.Cells...)}
	k.row.Cells = k.row.Cells[:0]
	k.grid.Rows = append(k.grid.Rows, row)
	return nil
}

func (k *keeper) cut() error {
	k.grid.Cut = true
	k.row.Cells = k.row.Cells[:0]
	return errCut
}

// add puts a filled cell into the row in hand. Cells without text, and those outside the grid, are left out.
func (k *keeper) add(c Cell) error {
	if c.Text == "" || c.Col < 1 || c.Col > MaxCol || k.row.Number < 1 || k.row.Number > MaxRow {
		return nil
	}
	if len(c.Text) > maxCellText {
		c.Text = cutText(c.Text, maxCellText)
	}
	if k.cells == 0 || k.kept < len(c.Text) {
		return k.cut()
	}
	k.cells--
	k.kept -= len(c.Text)
	k.row.Cells = append(k.row.Cells, c)
	return nil
}

// close ends the grid: rows and cells in ascending order, one of each, whatever order the file had them in.
func (k *keeper) close() error {
	err := k.finish()
	k.row = Row{Cells: k.row.Cells[:0]}
	if errors.Is(err, errCut) {
		err = nil
	}
	k.grid.order()
	return err
}

// merge keeps a merged area of more than one cell.
func (k *keeper) merge(m Range) {
	if len(k.grid.Merges) < maxMerges && (m.Row1 != m.Row2 || m.Col1 != m.Col2) && m.Row1 >= 1 && m.Col1 >= 1 &&
		m.Row2 <= MaxRow && m.Col2 <= MaxCol && m.Row1 <= m.Row2 && m.Col1 <= m.Col2 {
		k.grid.Merges = append(k.grid.Merges, m)
	}
}

// textCell makes the cell of a text.
func textCell(col int, s string) Cell {
	c := Cell{Col: col, Text: s}
	if s != "" && s[0] == '#' && isError(s) {
		c.Kind = KindError
		return c
	}
	c.Lost = lostText(s)
	return c
}

// isError tells the texts of errors, which CSV and some XML files keep as text.
func isError(s string) bool {
	switch s {
	case "#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A":
		return true
	}
	return false
}

// numberCell makes the cell of a number under its format.
func numberCell(col int, v float64, f *format, date1904 bool) Cell {
	text, date := f.show(v, date1904)
	c := Cell{Col: col, Text: text, Kind: KindNumber, Number: v}
	if date {
		c.Kind = KindDate
	} else {
		c.Lost = lostNumber(v)
	}
	return c
}

func boolCell(col int, v bool) Cell {
	c := Cell{Col: col, Text: "FALSE", Kind: KindBool}
	if v {
		c.Text, c.Number = "TRUE", 1
	}
	return c
}

func cutText(s string, n int) string {
	for n > 0 && s[n]&0xC0 == 0x80 {
		n--
	}
	return s[:n]
}
