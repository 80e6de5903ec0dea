package letter

import (
	"encoding/json"
	"fmt"
	"time"

	"baosong/ledger"
	"baosong/parse/call"
	"baosong/parse/finding"
)

// TopicNoAttachment is the topic of the correction request that answers a mail without any usable file.
const TopicNoAttachment = "no-attachment"

// Topics of confirmations.
const (
	TopicNil      = "nil"      // a nil return was registered
	TopicPreview  = "preview"  // 预审: the verdict, nothing changed
	TopicQuery    = "query"    // 查询: how the unit stands
	TopicDecision = "decision" // staff have decided something about the unit
	TopicDone     = "done"     // to staff: a one-click decision was carried out
	TopicRefused  = "refused"  // to staff: it was not
)

// Facts is everything one letter is made from. Which fields are wanted depends on Kind and Topic.
type Facts struct {
	Kind   ledger.Kind
	Topic  string
	Call   *call.Call
	Unit   *call.Unit // nil: the letter goes to staff
	Office Office
	Now    time.Time // the letter's date, in the office's location

	Subject    string    // of the mail answered
	ReceivedAt time.Time // of the mail answered
	Submission *ledger.Submission
	Previous   *ledger.Submission // the revision before, for what changed
	Standing   *ledger.UnitStanding
	Stands     []ledger.Case                              // the unit's cases that stand
	Withdrawn  []ledger.Case                              // cases of the standing revision that staff took out
	Open       []ledger.Finding                           // what is still open in the standing revision, for reminders and queries
	DaysLeft   int                                        // working days to the unit's deadline; 0: today; negative: days past it
	Said       Said                                       // what the letter's queuer had to say
	Digest     *Digest                                    // for a digest
	File       func(ledger.File) (path string, err error) // where a file's bytes are; nil: none can be had
	Mark       Marker                                     // nil: the workbook is opened in this process
	Light      bool                                       // the provider found the letter too large: without the workbooks that can be spared
}

// Office is who signs.
type Office struct {
	Name    string // 省中小企业局
	Address string // the mailbox
	Contact string // for questions, one line; may be empty
}

// Said is the JSON of ledger.NewLetter.Facts: what the ledger does not otherwise keep.
// A bare parse.Report is understood as well.
type Said struct {
	Text     string   `json:"text,omitempty"`     // paragraphs, one a line
	Commands []string `json:"commands,omitempty"` // what staff may type
	AsIs     bool     `json:"as_is,omitempty"`    // the decision accepts what stands as it is
	Report   *Report  `json:"report,omitempty"`   // a verdict that became no submission: 预审, mail without files
}

// Report is what a letter needs of a parse.Report; the JSON names are those of the command line's contract.
type Report struct {
	Verdict  string            `json:"verdict"`
	Files    []ReportFile      `json:"files"`
	Rows     []ReportRow       `json:"rows"`
	Cases    []ReportCase      `json:"cases"`
	Findings []finding.Finding `json:"findings"`
	Owed     []string          `json:"owed"`
	Nil      bool              `json:"nil"`
}

// ReportFile is one file of a Report.
type ReportFile struct {
	Name   string `json:"name"`
	Path   string `json:"path"`
	Part   string `json:"part"`
	Format string `json:"format"`
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size"`
	Prior  bool   `json:"prior"`
	Copy   bool   `json:"copy"`
	Used   bool   `json:"used"`
}

// ReportRow is one row of a Report's summary sheet.
type ReportRow struct {
	File   string            `json:"file"`
	Sheet  string            `json:"sheet"`
	Row    int               `json:"row"`
	Values map[string]string `json:"values"`
	Cells  map[string]string `json:"cells"`
}

// ReportCase is one case of a Report.
type ReportCase struct {
	Key       string `json:"key"`
	Title     string `json:"title"`
	Cluster   string `json:"cluster"`
	Direction string `json:"direction"`
	OK        bool   `json:"ok"`
}

// ParseSaid reads the JSON of a queued letter's facts; empty is nothing said.
func ParseSaid(facts string) (Said, error) {
	var s Said
	if facts == "" {
		return s, nil
	}
	if err := json.Unmarshal([]byte(facts), &s); err != nil {
		return Said{}, fmt.Errorf("read the letter's facts: %w", err)
	}
	if s.Report == nil {
		var r Report
		if err := json.Unmarshal([]byte(facts), &r); err == nil && r.Verdict != "" {
			s.Report = &r
		}
	}
	return s, nil
}

// submission gives the report the shape of a revision, so that one page words both.
func (r *Report) submission() *ledger.Submission {
	s := &ledger.Submission{State: ledger.Checked, Owed: r.Owed, Nil: r.Nil}
	for _, f := range r.Files {
		s.Files = append(s.Files, ledger.File{
			Name: f.Name, Path: f.Path, Part: f.Part, Format: f.Format, Size: f.Size, Prior: f.Prior, Copy: f.Copy, Used: f.Used,
		})
		setRef(&s.Files[len(s.Files)-1], f.SHA256)
	}
	for _, x := range r.Rows {
		s.Rows = append(s.Rows, ledger.Row{File: x.File, Sheet: x.Sheet, Row: x.Row, Values: x.Values, Cells: x.Cells})
	}
	for _, c := range r.Cases {
		s.Cases = append(s.Cases, ledger.Case{Key: c.Key, Title: c.Title, Cluster: c.Cluster, Direction: c.Direction, OK: c.OK})
	}
	for _, f := range r.Findings {
		s.Findings = append(s.Findings, ledger.Finding{Finding: f})
		if f.Severity == finding.Error {
			s.State = ledger.Returned
		}
	}
	return s
}

// setRef fills in a content address without importing its package.
func setRef(f *ledger.File, hex string) { setString(&f.SHA256, hex) }

func setString[S ~string](to *S, s string) { *to = S(s) }

// Digest is how the call stands, for staff.
type Digest struct {
	Decisions   []Decision
	Balance     Balance
	Units       []UnitLine
	DaysLeft    int   // working days to the call's deadline; negative: past it
	Unknown     []int // years counted by weekday only, for want of a holiday table
	Since       time.Time
	Refused     []string // one-click decisions that were not carried out, and why
	Arrived     []Arrival
	Corrections []OpenCorrection
	Directions  []Count
	Trend       []Count // days, with the units that had sent something by then
	Unreached   []Unreached
	Cases       []ledger.Case
	Findings    []FindingLine
	Events      []EventLine
}

// Decision is one thing that waits for staff.
type Decision struct {
	What     string // 待核实来信, 疑似密级标志, 处理失败, 信函未送达, 信函待放行
	Grave    bool   // goes first and red
	Detail   string
	Warning  string // what to bear in mind before deciding
	Since    time.Time
	Commands []string
	Links    []Link // one-click answers
}

// Link is a one-click answer to a decision: a mail that is written by a click, or by hand with the token as its subject.
type Link struct{ Label, URL, Token string }

// Balance is the mailbox against the ledger, and the outbox.
type Balance struct {
	Server, Ledger               int
	Filed, Ignored, Held, Failed int
	Received                     int // not judged yet
	Due, Sent, Dead, LettersHeld int
	LastPoll                     time.Time
	LastPollError                string
}

// Even tells whether the books agree.
func (b Balance) Even() bool { return b.Server == b.Ledger }

// UnitLine is one unit's standing with what the picture needs.
type UnitLine struct {
	ledger.UnitStanding
	Name string
	City string
	Tile [2]int
}

// Arrival is one mail that came since the last digest.
type Arrival struct {
	No       int64
	At       time.Time
	Unit     string // name
	Subject  string
	State    string // what became of it, in Chinese
	Receipt  string
	Question bool // it brought nothing, and may be a question that a person must answer
}

// OpenCorrection is one unit's open correction request.
type OpenCorrection struct {
	Unit    string // name
	Receipt string
	Errors  int
	Days    int // working days open
}

// Count is a named number.
type Count struct {
	Name string
	N    int
}

// Unreached is an address that our letters did not reach.
type Unreached struct {
	Unit    string // name
	Address string
	Why     string
	At      time.Time
}

// FindingLine is one open finding with its unit, for the workbook.
type FindingLine struct {
	Unit    string
	Receipt string
	ledger.Finding
}

// EventLine is one event, for the workbook.
type EventLine struct {
	At        time.Time
	Who, What string
	Why       string
}
