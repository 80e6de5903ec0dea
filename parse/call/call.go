// Package call is what a call for submissions (征集通知) asks, as data that staff can edit.
//
// Load reads a call's folder: call.toml, units.csv, clusters.csv and, when present, divisions.csv and letters/.
// Default returns the call that ships with baosong; Write lays it out as a folder for `baosong init`.
// Everything here is plain exported data, so that a Call travels to the caged reader as JSON.
//
// A wrong folder is an operator's error: *Error with file, line and cure, never a finding.
package call

import (
	"time"

	"baosong/parse/finding"
)

// Call is one call for submissions.
type Call struct {
	ID       string
	Title    string
	Number   string // document number, may be empty
	Opened   time.Time
	Deadline time.Time // the last moment that is still in time

	Parts      []Part
	Columns    []Column
	Directions []string
	Levels     []string
	Case       CaseForm
	Measures   MeasuresForm

	Rules       map[finding.Code]finding.Severity // overrides of the catalogue
	Probation   []finding.Code                    // rules on trial: staff see their findings, cities do not
	Remind      []int                             // working days before the deadline
	RemindAfter []int                             // working days after it

	Units     []Unit
	Clusters  []Cluster
	Divisions []Division

	Folder     string // where it was loaded from; empty for the built-in one
	LettersDir string // own letter templates, empty if there are none
}

// PartID names one thing owed.
type PartID string

const (
	PartSummary  PartID = "summary"
	PartCase     PartID = "case"
	PartMeasures PartID = "measures"
	PartLetter   PartID = "letter"  // a covering letter, wanted by nobody
	PartUnknown  PartID = "unknown" // belongs to no part
)

// Part is one thing that each unit owes.
type Part struct {
	ID       PartID
	Name     string // 汇总表
	Required bool
}

// Column is one column of the summary sheet.
type Column struct {
	ID       string
	Header   string
	Synonyms []string
	Required bool // the column must be there and its cells filled
	MaxWords int  // length limit as Word counts; 0: none
}

// CaseForm is what a case file must look like.
type CaseForm struct {
	Facts     []Fact    // the table of basic facts
	Sections  []Section // in order
	MinWords  int       // below: case.too-short
	MaxWords  int       // above: case.too-long as a warning
	HardWords int       // from here: case.too-long as an error
	Pictures  int       // fewer: case.pictures
}

// Fact is one labelled cell of the basic facts table; ID is the summary column it must agree with.
type Fact struct {
	ID       string
	Label    string
	Synonyms []string
}

// Section is a heading that must be there, with the variants that count.
type Section struct {
	Heading  string
	Synonyms []string
}

// MeasuresForm is what the measures document must look like.
type MeasuresForm struct {
	Title    string // 中小企业特色产业集群培育举措
	Sections []Section
}

// Unit is one reporting unit (报送单位) of the roster.
type Unit struct {
	ID        string
	Name      string
	City      string   // full name, 合肥市
	Addresses []string // exact addresses, or @domain; lower case
	CC        []string
	Active    bool
	Tile      [2]int // row, column on the province's picture; -1,-1 when not given
	County    string // for a county-level unit on its own (广德市); its mail counts for City while not Active
}

// Cluster is one recognised cluster of the register.
type Cluster struct {
	Name      string
	Level     string // 国家级 | 省级
	Year      int
	City      string
	County    string
	ValidFrom time.Time // zero: not limited
	ValidTo   time.Time
	Review    string // "", 通过, 未通过, 撤销
}

// Division is one county-level unit of a city.
type Division struct{ City, County string }
