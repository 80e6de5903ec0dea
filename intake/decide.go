package intake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"baosong/intake/message"
	"baosong/intake/sender"
	"baosong/ledger"
	"baosong/parse"
	"baosong/parse/call"
	"baosong/parse/finding"
)

// decide turns a read mail into its outcome. The order is the order of trust: what is no person, whom we do not
// believe, what only asks, what declares that there is nothing, what brings nothing, what brings files.
func (p *Pipeline) decide(ctx context.Context, m *mail) (ledger.Outcome, error) {
	o := p.outcome(m)
	switch {
	case m.class.Kind == sender.Bounce:
		o.State, o.Fate, o.Why, o.WhyText = ledger.Ignored, "ignored", m.class.Why, m.class.WhyText
		err := p.bounced(ctx, m, &o)
		return o, err
	case m.click != nil:
		return p.decideClick(ctx, m)
	case m.class.Kind != sender.Person:
		o.State, o.Fate, o.Why, o.WhyText = ledger.Ignored, "ignored", m.class.Why, m.class.WhyText
		return o, nil
	case m.suspect != "":
		o.State, o.Fate, o.Why, o.WhyText = ledger.Held, "held", "decision-refused", m.suspect
		return o, nil
	case !m.class.Believed || m.unit == nil:
		o.State, o.Fate, o.Why, o.WhyText = ledger.Held, "held", m.class.Why, m.class.WhyText
		if o.Why == "" {
			o.Why, o.WhyText = "no-unit", "该单位不在这次征集的名册中"
		}
		o.Hint = parse.UnitHint(m.texts(), m.reading.Report, m.call)
		return o, nil
	}
	switch subject := m.read.Subject; {
	case asksPreview(subject) && (m.brings() || m.reading.Report.Nil):
		return o, p.preview(ctx, m, &o)
	case strings.Contains(subject, "查询") && len(m.reading.Leaves) == 0:
		return o, p.query(ctx, m, &o)
	}
	if !m.reading.Report.Nil && !m.brings() {
		return o, p.nothing(ctx, m, &o)
	}
	return o, p.submission(ctx, m, &o)
}

// passed are the words by which a subject says that a preview lies behind, not ahead.
var passed = regexp.MustCompile(`预审(后|通过|合格|完成|意见|修改)|[经已]\S{0,6}预审`)

// asksPreview reports whether a subject asks for the verdict without any consequence.
func asksPreview(subject string) bool {
	return strings.Contains(subject, "预审") && !passed.MatchString(subject)
}

// outcome is what every fate has in common.
func (p *Pipeline) outcome(m *mail) ledger.Outcome {
	o := ledger.Outcome{Message: m.row.ID, State: ledger.Filed, Fate: "filed", Call: m.call.ID, Unit: m.class.Unit}
	o.Header = ledger.Header{MessageID: m.read.MessageID, From: m.class.Address, FromName: m.class.Name,
		Subject: m.read.Subject, Date: m.read.Date}
	return o
}

func (m *mail) texts() []parse.Text {
	return []parse.Text{{Where: "主题", Text: m.read.Subject}, {Where: "正文", Text: m.read.Text}}
}

// brings reports whether the mail holds anything that was meant as a submission: a file that belongs to a part of the call,
// one that would have and cannot be read, a link in place of a file. A picture or a covering letter alone is none.
func (m *mail) brings() bool {
	if len(m.read.Links) > 0 || finding.Worst(m.read.Findings) == finding.Error {
		return true
	}
	files := m.reading.Report.Files
	for _, f := range files {
		if !f.Prior && (f.Part == call.PartSummary || f.Part == call.PartCase || f.Part == call.PartMeasures) {
			return true
		}
	}
	return slices.ContainsFunc(m.reading.Report.Findings, func(f finding.Finding) bool {
		return f.Severity == finding.Error && slices.ContainsFunc(files, func(x parse.FileReport) bool { return !x.Prior && f.In(x.Path) })
	})
}

// bounced ties a bounce to the letter it returns, by our Message-ID or, where a server replaced it, by the receipt number; the
// latter is weak, for anybody can write it.
func (p *Pipeline) bounced(ctx context.Context, m *mail, o *ledger.Outcome) error {
	b := m.class.Bounced
	if b == nil {
		return nil
	}
	weak := false
	l, err := p.Ledger.LetterByMessageID(ctx, b.MessageID)
	if number := sender.ReceiptNumber(m.read.Subject + "\n" + m.read.Text); errors.Is(err, ledger.ErrNotFound) && number != "" {
		weak = true
		l, err = p.Ledger.LetterByReceipt(ctx, number)
	}
	switch {
	case errors.Is(err, ledger.ErrNotFound):
		return nil
	case err != nil:
		return fmt.Errorf("finding the bounced letter: %w", err)
	}
	o.Bounced = &ledger.BounceOf{Letter: l.ID, Recipients: b.Recipients, Status: b.Status, Text: b.Diagnostic, Weak: weak}
	o.Unit, o.Call = l.Unit, l.Call
	return nil
}

// secret is the outcome of a mail with a suspected secrecy mark: sender, time and UID stay, the content goes.
func (p *Pipeline) secret(m *mail) ledger.Outcome {
	o := ledger.Outcome{Message: m.row.ID, State: ledger.Held, Why: "secrecy", Removed: true, // no fate: the server's copy is left where it is, to a person
		WhyText: "疑似带有国家秘密标志，系统未保留内容，请按保密规定到邮件服务器上处理原邮件。", Call: m.call.ID, Unit: m.class.Unit}
	o.Header = ledger.Header{From: m.class.Address}
	text := fmt.Sprintf("一封来信疑似带有国家秘密标志，系统已停止处理，没有保留内容，也没有回复。\n发件人 %s，收件时间 %s；在邮件服务器的文件夹 %s 中，UID 为 %d（UIDVALIDITY %d）。\n请保密管理人员到邮件服务器上按规定处理原邮件，处理完毕后用下面的命令销去此项。",
		m.class.Address, m.row.ReceivedAt.In(p.Zone).Format("2006年1月2日 15:04"), m.row.Folder, m.row.UID, m.row.UIDValidity)
	o.Letters = append(o.Letters, p.alert("secrecy", m.once("secrecy"), p.Staff.Security, text, fmt.Sprintf("baosong ignore %d", m.row.ID)))
	return o
}

// failed is the outcome of a mail that we could not judge, through a fault of ours.
func (p *Pipeline) failed(m *mail) ledger.Outcome {
	o := ledger.Outcome{Message: m.row.ID, State: ledger.Failed, Fate: "failed", Why: "error",
		WhyText: "系统处理这封邮件时出错，原邮件已完整保存，待技术人员处理后可重新处理（baosong replay）。"}
	if m.call != nil {
		o.Call = m.call.ID
	}
	if m.read != nil {
		o.Header.From = m.class.Address
	}
	if m.class.Believed {
		o.Unit = m.class.Unit // which is not reminded while its mail waits for us
	}
	text := fmt.Sprintf("系统处理编号为 %d 的来信时出错，原邮件已完整保存。请技术人员查看日志；排除原因后可重新处理。", m.row.ID)
	o.Letters = append(o.Letters, p.alert("failed", m.once("failed"), p.Staff.Alerts, text, fmt.Sprintf("baosong replay %d --apply", m.row.ID)))
	return o
}

// alert is a letter to people of the house; its facts are the shape that the composer reads: text, and what to type.
func (p *Pipeline) alert(topic, key string, to []string, text string, commands ...string) ledger.NewLetter {
	facts, err := json.Marshal(struct {
		Text     string   `json:"text"`
		Commands []string `json:"commands"`
	}{text, commands})
	if err != nil {
		panic("intake: internal error: strings do not encode: " + err.Error())
	}
	return ledger.NewLetter{Key: key, Kind: ledger.Alert, Topic: topic, To: to, Facts: string(facts), Due: p.Now(), State: ledger.Due}
}

// submission records what the mail brings as the unit's newest revision and answers it.
func (p *Pipeline) submission(ctx context.Context, m *mail, o *ledger.Outcome) error {
	r := m.reading.Report
	s := &ledger.Submission{Message: m.row.ID, Call: m.call.ID, Unit: m.unit.ID, Nil: r.Nil, ReceivedAt: m.row.ReceivedAt, UID: m.row.UID}
	for _, part := range r.Owed {
		s.Owed = append(s.Owed, string(part))
	}
	found := append(MailFindings(m.read, m.call), r.Findings...)
	standing, err := p.Ledger.Province(ctx, ledger.Facts{Call: m.call.ID, Deadline: m.call.Deadline, Units: []string{m.unit.ID}, Now: p.Now()})
	if err != nil {
		return fmt.Errorf("reading the deadline: %w", err)
	}
	deadline := standing[0].Deadline
	if m.row.ReceivedAt.After(deadline) {
		s.Late = true
		found = append(found, override(m.call, finding.New("mail.late", finding.Place{Where: "收件时间"}).
			Got(m.row.ReceivedAt.In(p.Zone).Format("2006-01-02 15:04"), deadline.In(p.Zone).Format("2006-01-02 15:04")+" 前")))
	}
	elsewhere, err := p.duplicates(ctx, m)
	if err != nil {
		return err
	}
	found = append(found, elsewhere...)
	fill(s, r, found, m.call.Probation)
	o.Submission = s
	o.Answer = func(decided *ledger.Submission) (fate string, letters []ledger.NewLetter) {
		if fate = "filed"; m.faulty(decided) {
			fate = "returned"
		}
		if m.answer {
			letters = append(letters, p.answer(m, decided))
		}
		return fate, letters
	}
	return nil
}

// MailFindings are the findings about the mail itself: what was mended in it, and links in place of files.
func MailFindings(m *message.Message, c *call.Call) []finding.Finding {
	var fs []finding.Finding
	for _, f := range m.Findings {
		fs = append(fs, override(c, f))
	}
	for _, l := range m.Links {
		found := l.Name
		if l.Size != "" {
			found += "（" + l.Size + "）"
		}
		if l.Expires != "" {
			found += "，" + l.Expires
			if unicode.IsDigit(rune(l.Expires[0])) { // a date or a number of days, not 永久有效
				found += " 到期"
			}
		}
		fs = append(fs, override(c, finding.New("mail.large-attachment-link", finding.Place{Where: "正文"}).Got(found, "普通附件")))
	}
	return fs
}

// override gives a finding of ours the severity that the call wants.
func override(c *call.Call, f finding.Finding) finding.Finding {
	f.Severity = c.Severity(f.Code, f.Severity)
	return f
}
