// Package finding is the vocabulary of verdicts: what is wrong, where, and how to mend it.
//
// A rule or a reader makes a Finding with New, fills in what was found and wanted, and hands it up; nothing below
// this package decides what a finding means for a submission. The catalogue (catalogue.go) lists every code with its
// severity and its Chinese explanation; codes are stable, because staff and other programs rely on them.
//
// A Finding is a sender's mistake. It must never carry an operator's mistake or a fault of ours: those are errors.
package finding

import (
	"cmp"
	"strings"
)

// Severity says what a finding asks of the sender.
type Severity string

const (
	Error   Severity = "error"   // must be corrected
	Warning Severity = "warning" // please look; the submission stands
	Note    Severity = "note"    // said for the record
)

// Code names a kind of finding, for example "cell.required".
type Code string

// Place says where in a submission something was found. Empty fields do not apply.
type Place struct {
	File   string `json:"file"`           // last part of the file's path, also inside archives
	Path   string `json:"path,omitempty"` // the whole path, when another file of the submission bears the same last part
	Sheet  string `json:"sheet"`          // name of the worksheet or of the table
	Cell   string `json:"cell"`           // A1 style; in a merged area its top-left cell
	Row    int    `json:"row"`            // the sheet's own row number from 1 (CSV: record; Word: table row)
	Column string `json:"column"`         // id of the call's column
	Where  string `json:"where"`          // anything else in Chinese: 第2页, 页眉, 第3段, 正文, 主题
}

// In reports whether the place lies in the file with this path.
func (p Place) In(path string) bool {
	if p.Path != "" {
		return p.Path == path
	}
	return p.File != "" && p.File == path[strings.LastIndexAny(path, `/\`)+1:]
}

// Called is the file's name as people must be told it: with its folder when another file bears the same.
func (p Place) Called() string { return cmp.Or(p.Path, p.File) }

// Finding is one fault or remark, at one place, with its cure. Its JSON shape is part of the command line's contract.
type Finding struct {
	Code     Code     `json:"code"`
	Severity Severity `json:"severity"`
	Place
	Found   string `json:"found"`   // what stands there; already masked where it is personal
	Wanted  string `json:"wanted"`  // what should stand there
	Message string `json:"message"` // one plain Chinese sentence: what is the matter
	Hint    string `json:"hint"`    // one plain Chinese sentence: how to mend it
}

// New returns a finding of this code at this place with the catalogue's severity, message and hint.
// An unknown code is a fault of ours and panics.
func New(code Code, at Place) Finding {
	e, ok := Lookup(code)
	if !ok {
		panic("finding: internal error: code " + string(code) + " is not in the catalogue")
	}
	return Finding{Code: code, Severity: e.Severity, Place: at, Message: e.Message, Hint: e.Cure}
}

// Saying returns the finding with its own message instead of the catalogue's.
func (f Finding) Saying(message string) Finding { f.Message = message; return f }

// Cured returns the finding with its own hint instead of the catalogue's.
func (f Finding) Cured(hint string) Finding { f.Hint = hint; return f }

// Got returns the finding with what was found and what was wanted.
func (f Finding) Got(found, wanted string) Finding { f.Found, f.Wanted = found, wanted; return f }

// Worst returns the gravest severity among the findings, or "" when there are none.
func Worst(fs []Finding) Severity {
	worst := Severity("")
	for _, f := range fs {
		switch {
		case f.Severity == Error:
			return Error
		case f.Severity == Warning, worst == "":
			worst = f.Severity
		}
	}
	return worst
}
