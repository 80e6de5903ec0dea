package letter

import (
	"fmt"
	"slices"
	"strings"

	"baosong/ledger"
	"baosong/parse/call"
	"baosong/parse/finding"
)

// Page is what a template sees: words and figures ready to be set, nothing to decide. All of it is masked.
type Page struct {
	Kind, Topic string
	Office      Office
	Call        string // title of the call
	To          string // who is addressed
	Date        string // 2024年6月18日
	Original    string // subject of the mail answered
	Received    string // when the mail answered was received
	Deadline    string // the unit's
	DaysLeft    string // 距截止还有 3 个工作日
	Past        bool   // the deadline has passed
	Receipt     string
	Revision    int
	Late        bool
	Superseded  bool // a newer mail of the unit has come since
	Accepted    bool // everything is there and right
	Nil         bool // a nil return
	Useless     bool // the mail brought files, and none of them is of the call
	Pictured    bool // a picture is among the files: its words are not read, whatever they are

	Files       []FileLine
	FilesLeft   int      // files that found no room
	Prior       []string // names of files sent earlier that still count
	Errors      Findings
	Warnings    Findings
	Notes       Findings
	Passed      []CaseLine // cases of this revision without fault
	Parts       []string   // names of the other parts accepted
	PassedFiles []string   // case files without fault whose case has one elsewhere
	AsIs        *AsIs      // what staff have accepted as it is
	Owed        []string   // names of the parts that are not there at all
	Waived      int        // findings that staff have waived
	Changes     *Changes
	Stands      Stands
	Workbook    Workbook
	Form        FormLine

	Text     []string // paragraphs of an alert or a decision
	Commands []string
	Digest   *DigestPage

	sections int  // numbered so far
	single   bool // there is only one
}

// CaseLine is one case.
type CaseLine struct {
	No                        int
	Title, Cluster, Direction string
}

// Stands is how the unit stands in the call, apart from any one mail.
type Stands struct {
	Known     bool
	State     string // machine word
	Word      string // 待补正
	Receipt   string
	Received  string
	Cases     []CaseLine
	Withdrawn []string // cases that staff took out
	Above     bool     // the cases are those that the letter has listed already
	Complete  bool     // accepted or a nil return: nothing is left to do
	Owed      []string
	Lacks     []string // Owed, and how many case files are asked for
	Errors    int
	Late      bool
}

// Workbook is the sheet that goes with a letter.
type Workbook struct {
	Name   string
	Marked bool   // the sender's own, marked; else a plain list
	Why    string // why it is a plain list, when the sender sent a workbook
}

// Section numbers a heading: 一、二、三; a letter's only one has no number.
func (p *Page) Section(title string) string {
	p.sections++
	if p.single {
		return title
	}
	return numeral(p.sections) + "、" + title
}

// page words the facts.
func page(f Facts) *Page {
	p := &Page{
		Kind: string(f.Kind), Topic: f.Topic, Office: f.Office, Date: date(f.Now),
		Original: said(original(f.Subject), 60), Commands: f.Said.Commands,
	}
	if p.Original == "" {
		p.Original = "（无主题）"
	}
	if !f.ReceivedAt.IsZero() {
		p.Received = moment(f.ReceivedAt, f.Now)
	}
	for _, line := range strings.Split(f.Said.Text, "\n") {
		if line = said(line, 500); line != "" {
			p.Text = append(p.Text, line)
		}
	}
	if f.Unit != nil {
		p.To = f.Unit.Name
	}
	p.setCall(f)
	if sub := submission(f); sub != nil {
		p.setSubmission(sub, f)
	} else if len(f.Open) > 0 {
		p.setFindings(f.Open, f.Call)
	}
	p.setStanding(f)
	if f.Digest != nil {
		p.Digest = digestPage(f)
	}
	return p
}

func (p *Page) setCall(f Facts) {
	if f.Call == nil {
		return
	}
	p.Call = f.Call.Title
	due := f.Call.Deadline
	if f.Standing != nil && !f.Standing.Deadline.IsZero() {
		due = f.Standing.Deadline
	}
	p.Deadline, p.DaysLeft, p.Past = deadline(due, f.Now), daysLeft(f.DaysLeft), f.Now.After(due)
	switch {
	case p.Past && f.DaysLeft >= 0:
		p.DaysLeft = "已过截止时间"
	case !p.Past && f.DaysLeft == 0 && f.Now.YearDay() != due.In(f.Now.Location()).YearDay():
		p.DaysLeft = "截止前已没有工作日" // on a day off before a deadline on a day off
	}
}

func (p *Page) setSubmission(s *ledger.Submission, f Facts) {
	p.Receipt, p.Revision, p.Late = s.Receipt, s.Revision, s.Late
	p.Superseded = s.State == ledger.Superseded
	p.Accepted, p.Nil = s.State == ledger.Accepted, s.Nil
	fs := asked(f, s)
	p.setFindings(fs, f.Call)
	p.setFiles(s, fs, f.Call)
	p.PassedFiles = passedFiles(s, fs)
	p.AsIs = asIs(f, s)
	for _, c := range s.Cases {
		if c.OK && !c.Withdrawn {
			p.Passed = append(p.Passed, caseLine(len(p.Passed)+1, c))
		}
	}
	for _, id := range s.Owed {
		sent := p.Superseded && f.Standing != nil && !slices.Contains(f.Standing.Owed, id) // with a mail that has come since
		if !p.Accepted && !sent {                                                          // staff may have accepted it without
			p.Owed = append(p.Owed, partName(id, f.Call))
		}
	}
	p.Changes = changes(f.Previous, s)
}

func (p *Page) setFindings(fs []ledger.Finding, c *call.Call) {
	ours := told(fs)
	p.Errors = group(ours, finding.Error, c)
	p.Warnings = group(ours, finding.Warning, c)
	p.Notes = group(ours, finding.Note, c)
	for _, f := range fs {
		if f.Waived && !f.Trial {
			p.Waived++
		}
	}
}

func caseLine(n int, c ledger.Case) CaseLine {
	return CaseLine{No: n, Title: said(c.Title, 80), Cluster: said(c.Cluster, 60), Direction: said(c.Direction, 20)}
}

func (p *Page) setStanding(f Facts) {
	if f.Standing == nil {
		return
	}
	s := f.Standing
	p.Stands = Stands{Known: true, State: s.State, Word: stateWord(s.State), Receipt: s.Receipt, Errors: s.ErrorsOpen, Late: s.Late}
	if !s.ReceivedAt.IsZero() {
		p.Stands.Received = moment(s.ReceivedAt, f.Now)
	}
	for _, c := range f.Stands {
		p.Stands.Cases = append(p.Stands.Cases, caseLine(len(p.Stands.Cases)+1, c))
	}
	for _, c := range f.Withdrawn {
		p.Stands.Withdrawn = append(p.Stands.Withdrawn, said(c.Title, 80))
	}
	p.Stands.Complete = s.State == ledger.StateAccepted || s.State == ledger.StateNil
	p.Stands.Above = (f.Kind == ledger.Receipt || f.Kind == ledger.Correction) && len(p.Passed) > 0 && s.Receipt == p.Receipt && len(p.Passed) == len(p.Stands.Cases)
	for _, id := range s.Owed {
		p.Stands.Owed = append(p.Stands.Owed, partName(id, f.Call))
	}
	p.Stands.Lacks = slices.Clone(p.Stands.Owed)
	if n := missingFiles(f); n > 0 && !slices.Contains(s.Owed, string(call.PartCase)) {
		p.Stands.Lacks = append(p.Stands.Lacks, fmt.Sprintf("案例文件 %d 个", n))
	}
}
