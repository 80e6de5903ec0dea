// Package grid holds what a workbook says once it is read: a Book of Grids with the file's own addresses. Each cell
// carries the text that the office program shows, and the stored number beneath it; merged areas, hidden rows and
// sheets, errors and lost digits are told. A Builder gathers a Book under limits; the readers of all formats fill one.
package grid

import (
	"sync"

	"baosong/parse/container"
)

// Book is a workbook as read: its sheets in the file's order, hidden ones included. Sheets that baosong itself put in
// (a list of problems, the hidden sheet of a form) are set aside.
type Book struct {
	Format   container.Format
	Sheets   []*Grid
	Texts    []Text // headers, footers, text boxes, comments
	Macros   bool   // carries a VBA project or Excel 4 macro sheet; never run
	Date1904 bool

	FormProperty string // version of our own form, from the workbook's properties
}

// Grid is one table with the file's own addresses. Only cells that hold something are kept.
type Grid struct {
	Name   string
	Hidden bool
	Rows   []Row   // ascending by Number; rows without any filled cell are left out
	Merges []Range // merged areas; the value stands in the top-left cell
	Cut    bool    // reading stopped at a limit; what was read stands

	once  sync.Once
	byRow map[int][]int // index of Merges, made on first use
	tall  []int
}

// Row is one row that holds something.
type Row struct {
	Number int // from 1, as the program that made the file shows it
	Hidden bool
	Cells  []Cell // ascending by Col
}

// Kind says what a cell holds beneath its shown text.
type Kind uint8

const (
	KindText Kind = iota
	KindNumber
	KindDate // a number with a date format
	KindBool
	KindError   // #REF! and its kin
	KindUnsaved // a formula whose result the file does not hold; the cell has no text
)

// Cell is one filled cell, or a formula whose result the file does not hold.
type Cell struct {
	Col     int    // from 1
	Text    string // as the office program shows it (zh-CN formats); trailing blanks kept
	Kind    Kind
	Number  float64 // the stored number for KindNumber and KindDate
	Formula bool    // the value is a formula's cached result
	Lost    bool    // digits are lost or shown as 1.1E+17: more than 15 significant digits stored as a number
}

// Range is a rectangle of cells, both ends included, counted from 1.
type Range struct{ Row1, Col1, Row2, Col2 int }

// Limits bound what Read takes in. Zero means the default of each.
type Limits struct {
	Rows  int   // filled rows of one sheet (default 100,000)
	Cells int   // filled cells of one book (default 2,000,000)
	Bytes int64 // inflated bytes of all parts (default 256 MiB)
}
