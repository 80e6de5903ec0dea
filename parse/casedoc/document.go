package casedoc

import "baosong/parse/container"

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
	Notes     []string // footnotes and endnotes
	Pages     int      // 0 where the format does not say
	ScanOnly  bool     // pictures of pages, no text
	Macros    bool
	Cut       bool // reading stopped at a limit
}

// Block is a paragraph or a table; exactly one of Text and Table is set (an empty paragraph has neither).
type Block struct {
	Text    string
	Heading int // outline level 1..9 where the format tells, 0 for body text
	Page    int // from 1 where the format tells (PDF)
	Table   *Table
}

// Table is a table in a document. Rows may differ in length.
type Table struct {
	Rows [][]TableCell
}

// TableCell is one cell with its grid position; a vertically merged cell stands in its first row only.
type TableCell struct {
	Text    string
	Col     int // grid column from 1
	ColSpan int
	RowSpan int
}

// Picture is one image in a document.
type Picture struct {
	SHA256 string
	Format container.Format
	Size   int64
	InBody bool // false: header, footer or background
}

// Limits bound what Read takes in. Zero means the default of each.
type Limits struct {
	Characters int    // text of the document (default 4,000,000)
	Bytes      int64  // inflated bytes of all parts (default 256 MiB)
	Pages      int    // pages of a PDF (default 500)
	Scratch    string // folder for caches and spills; empty: none
}
