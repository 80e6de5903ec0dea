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

	Files    []FileLine
	Prior    []string // names of files sent earlier that still count
	Errors   Findings
	Warnings Findings
	Notes    Findings
	Passed   []CaseLine // cases of this revision without fault
	Parts    []string   // names of the other parts accepted
	Owed     []string   // names of the parts that are not there at all
	Waived   int        // findings that staff have waived
	Changes  *Changes
	Stands   Stands
	Workbook Workbook
	Form     FormLine

	Text     []string // paragraphs of an alert or a decision
	Commands []string
	Digest   *DigestPage

	sections int  // numbered so far
	single   bool // there is only one
}

// FileLine is one file and its verdict.
type FileLine struct {
	No         int
	Name, Part string
	Verdict    string
	Tone       string // ok, fix, look, note
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
	Owed      []string
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
	p.setFindings(s.Findings, f.Call)
	p.setFiles(s, f.Call)
	for _, c := range s.Cases {
		if c.OK && !c.Withdrawn {
			p.Passed = append(p.Passed, caseLine(len(p.Passed)+1, c))
		}
	}
	for _, id := range s.Owed {
		p.Owed = append(p.Owed, partName(id, f.Call))
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

// setFiles lists what the mail brought, each with its verdict, and names what still counts from before.
func (p *Page) setFiles(s *ledger.Submission, c *call.Call) {
	useful := false
	for _, file := range s.Files {
		if file.Prior {
			if file.Used {
				p.Prior = append(p.Prior, said(file.Name, 80))
			}
			continue
		}
		line := FileLine{No: len(p.Files) + 1, Name: said(shown(file), 100), Part: partName(file.Part, c)}
		line.Verdict, line.Tone = verdict(file, s.Findings)
		p.Files = append(p.Files, line)
		if line.Tone != "fix" && file.Part != string(call.PartCase) && file.Part != string(call.PartUnknown) && !file.Copy &&
			!slices.Contains(p.Parts, line.Part) && file.Part != "" {
			p.Parts = append(p.Parts, line.Part)
		}
		useful = useful || file.Part != "" && file.Part != string(call.PartUnknown) && file.Part != string(call.PartLetter)
	}
	p.Useless = len(p.Files) > 0 && !useful
}

// verdict words what became of one file.
func verdict(file ledger.File, fs []ledger.Finding) (text, tone string) {
	var errors, warnings int
	for _, f := range told(fs) {
		if f.File != baseName(file.Name) {
			continue
		}
		switch f.Severity {
		case finding.Error:
			errors++
		case finding.Warning:
			warnings++
		}
	}
	switch {
	case errors > 0:
		return fmt.Sprintf("%d 处须更正", errors), "fix"
	case file.Copy:
		return "副本，以可编辑文件为准", "note"
	case file.Part == string(call.PartUnknown) || file.Part == "":
		return "未采用", "note"
	case warnings > 0:
		return fmt.Sprintf("可用，留意 %d 处", warnings), "look"
	case file.Part == string(call.PartLetter):
		return "已收存", "note"
	default:
		return "无误", "ok"
	}
}

// shown is the file's name with the archive it came in.
func shown(file ledger.File) string {
	if file.Path != "" {
		return file.Path
	}
	return file.Name
}

// baseName is the last part of a path with / or \.
func baseName(name string) string { return name[strings.LastIndexAny(name, `/\`)+1:] }

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
	p.Stands.Above = len(p.Passed) > 0 && s.Receipt == p.Receipt && len(p.Passed) == len(p.Stands.Cases)
	for _, id := range s.Owed {
		p.Stands.Owed = append(p.Stands.Owed, partName(id, f.Call))
	}
}
