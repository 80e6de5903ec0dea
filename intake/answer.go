package intake

import (
	"context"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"baosong/ledger"
	"baosong/ledger/blob"
	"baosong/parse"
	"baosong/parse/finding"
)

// Ceilings of answers that cost nothing to ask for, per address and Shanghai day.
const (
	emptyPerDay   = 2  // mail without any usable file
	previewPerDay = 10 // 预审
	queryPerDay   = 5  // 查询
)

// letter is an answer to the mail in its own thread.
func (p *Pipeline) letter(m *mail, kind ledger.Kind, topic string) ledger.NewLetter {
	to := m.answerTo()
	return ledger.NewLetter{Key: m.once("answer"), Kind: kind, Topic: topic, Call: m.call.ID, Unit: m.unit.ID,
		To: []string{to}, CC: m.informed(to), Message: m.row.ID, InReplyTo: m.read.MessageID, References: strings.Join(m.read.References, " "),
		Subject: m.read.Subject, Due: earlier(m.call.Opened, p.Now()), State: ledger.Due}
}

// answerTo is where the answer goes: the sender, or the Reply-To where it is the unit's own. Any other Reply-To has the mail
// held; when staff let it through all the same, they have vouched for the material, not for a stranger's address.
func (m *mail) answerTo() string {
	if len(m.read.ReplyTo) == 1 {
		address := m.read.ReplyTo[0].Address
		if u, ok := m.call.UnitByAddress(address); ok && u.ID == m.unit.ID {
			return address
		}
	}
	return m.class.Address
}

// informed are the unit's own addresses when the mail came from another one that staff have vouched for: nothing is
// registered in a unit's name without its knowledge.
func (m *mail) informed(to string) []string {
	if u, ok := m.call.UnitByAddress(to); ok && u.ID == m.unit.ID {
		return nil
	}
	return m.unit.Mailboxes()
}

// earlier is the first of two moments. An answer is due at once: from the call's opening on, so that a rehearsal as of any
// moment within the call sends it too.
func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// answer chooses between the receipt, the correction request and the confirmation of a nil return.
func (p *Pipeline) answer(m *mail, s *ledger.Submission) ledger.NewLetter {
	switch {
	case m.faulty(s):
		return p.letter(m, ledger.Correction, "")
	case s.Nil:
		return p.letter(m, ledger.Confirmation, "nil")
	}
	return p.letter(m, ledger.Receipt, "")
}

// faulty reports whether anything that this very mail brought must be corrected. An error that stood before and is not
// touched by it makes no correction request of a right part; nor does one that staff have waived or accepted.
func (m *mail) faulty(s *ledger.Submission) bool {
	if s.State == ledger.Accepted {
		return false
	}
	return slices.ContainsFunc(counting(s.Findings), func(f finding.Finding) bool {
		return f.Severity == finding.Error && (f.File == "" || slices.ContainsFunc(s.Files, func(x ledger.File) bool { return !x.Prior && f.In(x.Path) }))
	})
}

// nothing answers a person's mail that brings no usable file, no link and no nil return: the standing stays as it is.
func (p *Pipeline) nothing(ctx context.Context, m *mail, o *ledger.Outcome) error {
	o.Fate, o.Why, o.WhyText = "returned", "no-attachment", "邮件没有附件"
	files := slices.DeleteFunc(slices.Clone(m.reading.Report.Files), func(f parse.FileReport) bool { return f.Prior })
	if len(files) > 0 {
		o.WhyText = "邮件没有可用的附件"
	}
	fs := append(MailFindings(m.read, m.call), override(m.call, finding.New("mail.no-attachment", finding.Place{Where: "附件"})))
	for _, f := range m.reading.Report.Findings {
		if f.Code == "file.unrecognised" {
			fs = append(fs, f)
		}
	}
	return p.limited(ctx, m, o, p.letter(m, ledger.Correction, "no-attachment"), emptyPerDay, "", &parse.Report{Verdict: parse.Correct, Files: files, Findings: fs})
}

// preview gives the verdict that the mail would get, and changes nothing.
func (p *Pipeline) preview(ctx context.Context, m *mail, o *ledger.Outcome) error {
	o.Why, o.WhyText = "preview", "预审"
	r := *m.reading.Report
	r.Findings = nil
	for _, f := range append(MailFindings(m.read, m.call), m.reading.Report.Findings...) {
		if !slices.Contains(m.call.Probation, f.Code) {
			r.Findings = append(r.Findings, f)
		}
	}
	r.Cases = slices.Clone(r.Cases)
	for i := range r.Cases {
		r.Cases[i].Sketch = nil // no use in a letter
	}
	return p.limited(ctx, m, o, p.letter(m, ledger.Confirmation, "preview"), previewPerDay, "今天的预审次数已用完，明天可再预审；正式报送不限次数。", &r)
}

// query answers with the unit's standing, and changes nothing.
func (p *Pipeline) query(ctx context.Context, m *mail, o *ledger.Outcome) error {
	o.Why, o.WhyText = "query", "查询"
	return p.limited(ctx, m, o, p.letter(m, ledger.Confirmation, "query"), queryPerDay, "今天的查询次数已用完，明天可再查询。", nil)
}

// limited queues the letter unless the address has had its share today; the last one of the day says so. The report travels
// with it as JSON.
func (p *Pipeline) limited(ctx context.Context, m *mail, o *ledger.Outcome, l ledger.NewLetter, perDay int, last string, r *parse.Report) error {
	n, err := p.Ledger.AnsweredToday(ctx, l.To[0], l.Topic)
	if err != nil {
		return fmt.Errorf("counting answers: %w", err)
	}
	if n >= perDay || !m.answer {
		return nil
	}
	if n < perDay-1 {
		last = ""
	}
	if r != nil || last != "" {
		b, err := json.Marshal(struct {
			Text   string        `json:"text,omitempty"`
			Report *parse.Report `json:"report,omitempty"`
		}{last, r})
		if err != nil {
			return fmt.Errorf("encoding a letter's facts: %w", err)
		}
		l.Facts = string(b)
	}
	o.Letters = append(o.Letters, l)
	return nil
}

// fill copies the report into the ledger's words.
func fill(s *ledger.Submission, r *parse.Report, found []finding.Finding, probation []finding.Code) {
	for _, f := range r.Files {
		if !f.Prior && !slices.Contains(s.Brought, string(f.Part)) {
			s.Brought = append(s.Brought, string(f.Part))
		}
		s.Files = append(s.Files, ledger.File{Name: f.Name, Path: f.Path, Part: string(f.Part), Format: f.Format, SHA256: blob.Ref(f.SHA256),
			Size: f.Size, Title: f.Title, Prior: f.Prior, Copy: f.Copy, Used: f.Used})
	}
	for _, row := range r.Rows {
		s.Rows = append(s.Rows, ledger.Row{File: row.File, Sheet: row.Sheet, Row: row.Row, CaseFile: row.CaseFile, Values: row.Values, Cells: row.Cells})
	}
	for _, c := range r.Cases {
		s.Cases = append(s.Cases, ledger.Case{Unit: s.Unit, Key: c.Key, Title: c.Title, Cluster: c.Cluster, Level: c.Level, Direction: c.Direction,
			City: c.City, County: c.County, Year: c.Year, Body: c.Body, Contact: c.Contact, Phone: c.Phone, Note: c.Note, Row: c.Row,
			File: c.File, SHA256: blob.Ref(c.SHA256), OK: c.OK, Sketch: c.Sketch})
	}
	for _, f := range found {
		s.Findings = append(s.Findings, ledger.Finding{Finding: f, Trial: slices.Contains(probation, f.Code)})
	}
}

// counting are the findings that count for a city: neither waived nor on trial.
func counting(fs []ledger.Finding) []finding.Finding {
	var out []finding.Finding
	for _, f := range fs {
		if !f.Waived && !f.Trial {
			out = append(out, f.Finding)
		}
	}
	return out
}

// duplicates notes cases that another unit has sent before, and files that came before byte for byte.
func (p *Pipeline) duplicates(ctx context.Context, m *mail) ([]finding.Finding, error) {
	others, err := p.Ledger.Sketches(ctx, m.call.ID, m.unit.ID)
	if err != nil {
		return nil, fmt.Errorf("reading other units' cases: %w", err)
	}
	var fs []finding.Finding
	for _, c := range m.reading.Report.Cases {
		for _, other := range others {
			if len(c.Sketch) == 0 || parse.SimilarSketch(c.Sketch, other.Sketch) < 0.8 {
				continue
			}
			f := finding.New("case.duplicate", finding.Place{File: path.Base(c.File)}).
				Saying(fmt.Sprintf("案例《%s》与其他市报送的案例内容基本相同。", c.Title)).
				Cured("请核对是否误用了其他单位的材料；如确系两市共同案例，请在备注中说明。")
			fs = append(fs, override(m.call, f))
			break
		}
	}
	return fs, nil
}
