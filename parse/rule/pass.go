package rule

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"baosong/parse/call"
	"baosong/parse/casedoc"
	"baosong/parse/finding"
	"baosong/parse/sheet/grid"
)

// Pass is one submission as read, with everything a rule may look at. Package parse fills it; rules only read it and
// report.
type Pass struct {
	Call    *call.Call
	Unit    *call.Unit // nil: checks against the sender's city are left out
	Today   time.Time
	Partial bool // what is owed and not there is no fault
	Nil     bool // a nil return: nothing is owed

	Files  []*File // in order of arrival; those that no longer stand are left out
	Texts  []Text
	Table  *Table   // the summary sheet that counts; nil if there is none
	Others []*Table // further summary tables with rows, which were not read

	Places   *Places
	Register *Register

	found  []finding.Finding
	heads  map[*grid.Grid]*contacts // of grids that were looked through
	barren map[textID]bool          // long texts without a number of their kind
	clear  bool                     // Secrecy has found nothing
}

// Text is text that came beside the files.
type Text struct{ Where, Text string }

// File is one file of the submission.
type File struct {
	Name     string // last part of the path
	Path     string // as the sender named it, inside archives with the path
	Twin     bool   // another standing file bears the same name: only the path tells them apart
	SHA256   string
	Prior    bool
	Part     call.PartID
	Presumed call.PartID // what the name says of a file that could not be read, or not to its end
	Guessed  bool        // only its extension says so
	Opaque   bool        // an archive or a mail that could not be opened: anything may be in it
	Faults   []finding.Finding
	Same     *File // an earlier file with the same bytes
	CopyOf   *File // the editable file that this is a stamped copy of
	Scan     bool  // pages as pictures, no text
	Picture  bool  // a picture sent as a file
	Blank    bool  // the empty form
	Cut      bool  // only its first part was read: what is not found may stand in the rest
	Header   bool  // a table was recognised in it (for a file without a header: false)
	Book     *grid.Book
	Doc      *casedoc.Document
	Tables   []*Table
	Lines    []Line   // text of a document in order, what stands apart from the body at the end
	Case     *CaseDoc // of a case document
	Title    string
}

// At returns a place in the file.
func (f *File) At() finding.Place {
	at := finding.Place{File: f.Name}
	if f.Twin {
		at.Path = f.Path
	}
	return at
}

// Called is the file's name as people must be told it.
func (f *File) Called() string { return f.At().Called() }

// MaxRows is how many cases of one summary table are read; no city has a hundredth of them.
const MaxRows = 2000

// Table is a summary table as read.
type Table struct {
	File    *File
	Grid    *grid.Grid
	Sheet   string         // name of the worksheet, or of the table in a document
	Header  int            // last row of the header; 0: no header was found
	Columns map[string]int // by column id, grid column from 1
	Extra   []ExtraColumn
	Rows    []*Row
	Samples int
	SeqFrom int  // sample rows took running numbers up to here
	Hidden  bool // the worksheet is hidden
	Cut     bool // rows beyond MaxRows were left out
	Block   int  // index of its block in a document; -1 in a workbook
}

// At returns a place in the table.
func (t *Table) At() finding.Place {
	at := t.File.At()
	at.Sheet = t.Sheet
	return at
}

// ExtraColumn is a column that the call does not know.
type ExtraColumn struct {
	Header string
	Cell   string
	Col    int
}

// Row is one row of the summary sheet.
type Row struct {
	Number int
	Hidden bool
	Cells  map[string]Cell // by column id; every mapped column is there, also when its cell is empty
	Extra  []Cell          // filled cells of unmapped columns
	Case   *File           // its case file
	Twin   *Row            // an earlier row with the same cluster and title
	Match  Match           // its cluster in the register
}

// Cell is one cell of a row.
type Cell struct {
	Text    string // trimmed
	Fault   string // in place of a text: the error value that the office program shows, or NoResult
	Address string // A1; in a merged area its top left
	Lost    bool   // digits are lost
	Year    int    // of a date cell, else 0
}

// NoResult is the fault of a formula whose result the file does not hold, because a program and not a person wrote it.
const NoResult = "="

// Text returns the text of a row's cell, "" when there is no such column.
func (r *Row) Text(column string) string { return r.Cells[column].Text }

// Place returns the place of a row's cell.
func (t *Table) Place(r *Row, column string) finding.Place {
	at := t.At()
	at.Row, at.Column, at.Cell = r.Number, column, r.Cells[column].Address
	return at
}

// CaseDoc is a case document taken apart.
type CaseDoc struct {
	Facts    map[string]string // by column id
	FactAt   bool              // a table of basic facts was found
	Titles   []string          // lines before the facts that may be the case's title
	Body     string            // what counts for the length
	Words    int
	Pictures int
	Headings []string // bare texts of lines that may be headings
	Grams    []uint32 // of the body, see Shingles
}

// Line is one paragraph or table cell of a document.
type Line struct {
	Text  string
	Where string // 第3段, 第2页, 表格
	Facts bool   // within the table of basic facts
	Apart bool   // not of the body: header, footer, comment, deleted or hidden text
	Left  string // of a table cell: the head of its column and its neighbour on the left
	Block int    // index of its block in the document, -1 apart from the body
	Row   int    // index of its row in a table
}

// Title returns the case's title: the fact, else the first line that may be one.
func (d *CaseDoc) Title() string {
	if t := d.Facts["title"]; t != "" {
		return t
	}
	if len(d.Titles) > 0 {
		return d.Titles[0]
	}
	return ""
}

// City returns the sender's city, or "".
func (p *Pass) City() string {
	if p.Unit == nil {
		return ""
	}
	return Squeeze(p.Unit.City)
}

// report adds a finding. A fault of a cell that several rows share by merging is told once, for the first of them.
func (p *Pass) report(f finding.Finding) {
	if f.Column != "" && f.Cell != "" && !strings.HasSuffix(f.Cell, strconv.Itoa(f.Row)) && ofCell(f.Code) &&
		slices.ContainsFunc(p.found, func(x finding.Finding) bool {
			return x.Code == f.Code && x.Called() == f.Called() && x.Sheet == f.Sheet && x.Cell == f.Cell && x.Found == f.Found && x.Wanted == f.Wanted
		}) {
		return
	}
	p.found = append(p.found, f)
}

// ofCell reports whether a code speaks of what stands in one cell.
func ofCell(c finding.Code) bool {
	kind, _, _ := strings.Cut(string(c), ".")
	return kind == "cell" || kind == "city" || kind == "county" || kind == "cluster"
}

// Findings returns what the rules have reported so far.
func (p *Pass) Findings() []finding.Finding { return p.found }

// Cases returns the case files that count: no copies, nothing unreadable.
func (p *Pass) Cases() []*File {
	var out []*File
	for _, f := range p.Files {
		if f.Part == call.PartCase && f.CopyOf == nil && f.Same == nil && !f.Picture {
			out = append(out, f)
		}
	}
	return out
}
