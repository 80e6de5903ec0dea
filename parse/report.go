// Package parse judges what a unit has sent: bytes in, findings out.
//
// Check classifies each file by content, reads it, and runs the rules of the call. It knows no mail, no clock, no
// database and no network: the time, the unit and the files that already stand come in as arguments. A file that
// cannot be read becomes a finding; an error means that the judging itself failed.
package parse

import (
	"time"

	"baosong/parse/call"
	"baosong/parse/finding"
)

// File is one leaf file to judge: what unpacking left on disk.
type File struct {
	Name   string // as the sender named it; inside archives with the path, "材料.zip/案例1.docx"
	Path   string // where its bytes are
	Size   int64
	SHA256 string
	Format string           // as unpacking told it from the content; it stands where the file is not opened again
	Prior  bool             // came with an earlier mail and still stands; it may fill gaps, and is faulted only where new files depend on it
	Spare  bool             // Prior, of a case that the summary listed no more: it stands again only for a row that names it and lacks a file
	Fault  *finding.Finding // what unpacking found: the file itself is not opened again
}

// Text is text that came beside the files: the mail's subject, its body. It is searched for marks and numbers.
type Text struct {
	Where string // 主题, 正文
	Text  string
}

// Submission is what is judged together.
type Submission struct {
	Unit    string // id of the unit; empty: checks against the sender's city are left out
	Texts   []Text
	Files   []File
	Partial bool      // what is owed and not among the files is no fault
	Today   time.Time // for dates that must not lie in the future
	Scratch string    // folder for the readers' caches (the compiled PDF engine); empty: none, and each PDF costs seconds
}

// Verdict is the outcome in one word.
type Verdict string

const (
	Accept  Verdict = "accept"
	Correct Verdict = "correct" // at least one finding of severity error
	Hold    Verdict = "hold"    // a secrecy mark is suspected
)

// Report is the verdict on a submission. Its JSON is part of the command line's contract.
type Report struct {
	Call     string            `json:"call"`
	Unit     string            `json:"unit"`
	Verdict  Verdict           `json:"verdict"`
	Files    []FileReport      `json:"files"`
	Rows     []Row             `json:"rows"`
	Cases    []Case            `json:"cases"`
	Findings []finding.Finding `json:"findings"`
	Owed     []call.PartID     `json:"owed"` // required parts that are not there at all
	Nil      bool              `json:"nil"`  // the texts declare a nil return and nothing usable came
}

// FileReport is what became of one file.
type FileReport struct {
	Name   string      `json:"name"` // last part of the path
	Path   string      `json:"path"` // as given in File.Name
	Part   call.PartID `json:"part"`
	Format string      `json:"format"`
	SHA256 string      `json:"sha256"`
	Size   int64       `json:"size"`
	Prior  bool        `json:"prior"`
	Title  string      `json:"title"` // of a case or measures document
	Copy   bool        `json:"copy"`  // a stamped copy of another file, which counts in its stead
	Used   bool        `json:"used"`  // stands in this submission (a prior file that was replaced is not)
}

// Row is one row of the summary sheet.
type Row struct {
	File     string            `json:"file"`
	Sheet    string            `json:"sheet"`
	Row      int               `json:"row"`
	Values   map[string]string `json:"values"` // by column id, as written
	CaseFile string            `json:"case_file"`
	Cells    map[string]string `json:"cells"` // by column id, A1 addresses
}

// Case is one case: a row, its file, and what they agree on.
type Case struct {
	Key       string   `json:"key"` // normalised cluster + title: the case's identity within call and unit
	Title     string   `json:"title"`
	Cluster   string   `json:"cluster"` // as in the register where it was found there
	Level     string   `json:"level"`
	Direction string   `json:"direction"`
	City      string   `json:"city"`
	County    string   `json:"county"`
	Year      string   `json:"year"`
	Body      string   `json:"body"`
	Contact   string   `json:"contact"`
	Phone     string   `json:"phone"`
	Note      string   `json:"note"`
	Row       int      `json:"row"`
	File      string   `json:"file"` // path of the case file, empty if missing
	SHA256    string   `json:"sha256"`
	OK        bool     `json:"ok"`               // no error on its row or its file
	Sketch    []uint32 `json:"sketch,omitempty"` // bottom-k sketch of its text's 5-grams, for finding the same case elsewhere
}
