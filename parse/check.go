package parse

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"baosong/parse/call"
	"baosong/parse/finding"
	"baosong/parse/rule"
)

// Check judges a submission against a call. reading, when not nil, is told each file's path before it is opened, so that
// whoever watches knows which file a reader died on. An error means that the judging itself failed: ctx ended, the
// unit is not in the roster, a file could not be read from this machine's disk.
func Check(ctx context.Context, s Submission, c *call.Call, reading func(path string)) (*Report, error) {
	p := &rule.Pass{Call: c, Today: s.Today, Partial: s.Partial}
	if s.Unit != "" {
		u, ok := c.Unit(s.Unit)
		if !ok {
			return nil, fmt.Errorf("check submission: unit %q is not in the roster", s.Unit)
		}
		p.Unit = u
	}
	p.Places = rule.NewPlaces(c)
	p.Register = rule.NewRegister(c, p.Places)
	for _, t := range s.Texts {
		p.Texts = append(p.Texts, rule.Text(t))
	}
	m := &composition{pass: p}
	for _, in := range s.Files {
		f, err := open(ctx, in, s.Scratch, reading)
		if err != nil {
			return nil, err
		}
		f.classify(c)
		m.files = append(m.files, f)
	}
	p.Files = m.standing()
	if marks := p.Secrecy(); len(marks) > 0 {
		return m.hold(s, marks), nil
	}
	if p.Nil = m.nilReturn(s); p.Nil { // what was sent before counts no more, and its faults are nobody's any more
		for _, f := range m.files {
			f.used = f.used && !f.Prior
		}
	}
	m.compose()
	for _, r := range rule.All() {
		if r.Run != nil {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			r.Run(p)
		}
	}
	return m.report(s), nil
}

// nilReturn reports whether the mail declares a nil return and nothing of a case came with it.
func (m *composition) nilReturn(s Submission) bool {
	for _, f := range m.files {
		if !f.Prior && ((f.Part == call.PartCase && !f.Blank) || (len(f.Tables) > 0 && len(f.Tables[0].Rows) > 0)) {
			return false
		}
	}
	var subject, body string
	for _, t := range s.Texts {
		switch t.Where {
		case "主题":
			subject = t.Text
		case "正文":
			body = t.Text
		}
	}
	return NilReturn(subject, body)
}

// hold is the report on a submission that bears a secrecy mark: where, and nothing of what.
func (m *composition) hold(s Submission, marks []finding.Finding) *Report {
	r := &Report{Call: m.pass.Call.ID, Unit: s.Unit, Verdict: Hold, Rows: []Row{}, Cases: []Case{}, Owed: []call.PartID{}}
	hidden := map[string]bool{}
	for _, f := range m.files {
		fr := f.report()
		fr.Title = ""
		if rule.NameMarked(f.Path) {
			hidden[f.Name] = true
			fr.Name, fr.Path = "（文件名已隐去）", "（文件名已隐去）"
		}
		r.Files = append(r.Files, fr)
	}
	if r.Files == nil {
		r.Files = []FileReport{}
	}
	for _, x := range marks {
		if hidden[x.File] {
			x.File = ""
		}
		if rule.SecrecyMark(x.Sheet) {
			x.Sheet = ""
		}
		r.Findings = append(r.Findings, x)
	}
	return r
}

func (f *opened) report() FileReport {
	return FileReport{Name: f.Name, Path: f.Path, Part: f.Part, Format: string(f.shown()), SHA256: f.SHA256, Size: f.in.Size,
		Prior: f.Prior, Title: f.Title, Copy: f.CopyOf != nil || f.Same != nil, Used: f.used}
}

func (m *composition) report(s Submission) *Report {
	p := m.pass
	r := &Report{Call: p.Call.ID, Unit: s.Unit, Verdict: Accept, Files: []FileReport{}, Rows: []Row{}, Cases: []Case{}, Owed: m.owed(), Nil: p.Nil}
	r.Findings = m.settle(p.Findings())
	for _, x := range r.Findings {
		if x.Severity == finding.Error && !p.Call.OnProbation(x.Code) {
			r.Verdict = Correct
		}
	}
	for _, f := range m.files {
		r.Files = append(r.Files, f.report())
	}
	r.Rows = append(r.Rows, m.rows()...)
	r.Cases = append(r.Cases, m.cases(r.Findings)...)
	return r
}

// settle gives findings the call's severities, hides numbers in what they quote, and puts them in order: by file as
// they came, then by row and column, what concerns no file last.
func (m *composition) settle(found []finding.Finding) []finding.Finding {
	out := []finding.Finding{}
	order := map[string]int{}
	for i, f := range m.files {
		for _, name := range []string{f.Name, f.Path} {
			if _, ok := order[name]; !ok {
				order[name] = i
			}
		}
	}
	column := map[string]int{}
	for i, c := range m.pass.Call.Columns {
		column[c.ID] = i
	}
	for _, x := range found {
		dflt := x.Severity
		if dflt == finding.Error && x.Code == "case.too-long" && m.pass.Call.Severity(x.Code, "") == finding.Warning {
			dflt = finding.Error // a warning for the code leaves its graver form as it is
		} else {
			x.Severity = m.pass.Call.Severity(x.Code, dflt)
		}
		if x.Severity == call.Off {
			continue
		}
		x.Found, x.Wanted, x.Message = rule.MaskQuoted(x.Found), rule.MaskQuoted(x.Wanted), rule.MaskQuoted(x.Message)
		out = append(out, x)
	}
	place := func(x finding.Finding) int {
		if i, ok := order[x.Called()]; ok {
			return i
		}
		return len(m.files)
	}
	slices.SortStableFunc(out, func(a, b finding.Finding) int {
		return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(a.Sheet, b.Sheet), cmp.Compare(a.Row, b.Row), cmp.Compare(column[a.Column], column[b.Column]))
	})
	return out
}
