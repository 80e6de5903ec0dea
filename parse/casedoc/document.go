package casedoc

import (
	"time"

	"baosong/parse/container"
)

// Document is a text document as a reader would see it on the page.
type Document struct {
	Format    container.Format
	Blocks    []Block   // body in reading order
	Pictures  []Picture // distinct pictures, those of headers and footers marked
	Headers   []string  // text of headers and footers
	Footers   []string
	TextBoxes []string // text of boxes, also repeated in Blocks where they are anchored
	Comments  []string // reviewers' comments; never part of the body
	Deleted   []string // text of tracked deletions; never part of the body (insertions are)
	Hidden    []string // text formatted as hidden; never part of the body
	Notes     []string // footnotes and endnotes
	Pages     int      // 0 where the format does not say
	ScanOnly  bool     // pictures of pages, no text
	Macros    bool
	Cut       bool // reading stopped at a limit
	Unended   bool // the file stops before its own end mark, as one cut short in sending does; what is there stands
}

// Block is a paragraph or a table; exactly one of Text and Table is set. Empty paragraphs are left out.
type Block struct {
	Text    string // with its automatic number
	Number  string // automatic number that Text begins with, as 一、 or "1. "; Word does not count it as a word
	Heading int    // outline level 1..9 where the format tells, 0 for body text
	Page    int    // from 1 where the format tells (PDF)
	Table   *Table
}

// Table is a table in a document. Rows may differ in length.
type Table struct {
	Rows [][]TableCell
}

// TableCell is one cell with its grid position; a vertically merged cell stands in its first row only.
type TableCell struct {
	Text    string // paragraphs a line each; tables within the cell are part of it
	Col     int    // grid column from 1
	ColSpan int
	RowSpan int
	Nested  []*Table // tables within the cell
}

// Picture is one image in a document. Charts and SmartArt count as pictures.
type Picture struct {
	SHA256 string // of the bytes as stored; of the address for a linked picture
	Format container.Format
	Size   int64 // 0 for a linked picture
	InBody bool  // false: header, footer or background
}

// Formats of pictures that are drawn from figures rather than stored as an image.
const (
	Chart    container.Format = "chart"
	SmartArt container.Format = "smartart"
	Linked   container.Format = "linked" // outside the file
)

// Limits bound what Read takes in. Zero means the default of each.
type Limits struct {
	Characters int           // text of the document (default 4,000,000)
	Bytes      int64         // inflated bytes of all parts (default 256 MiB)
	Pages      int           // pages of a PDF (default 500)
	Time       time.Duration // what a PDF may take of the processor (default 40 s): a tenth of it, and 16/40,000,000 for each character
	Scratch    string        // folder for the compiled PDF engine (21 MB, kept from file to file); empty: it is interpreted

	clock func() time.Duration // in place of the processor's, for tests
}
