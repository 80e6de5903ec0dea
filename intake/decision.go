package intake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"baosong/intake/sender"
	"baosong/ledger"
	"baosong/ledger/token"
)

// Topics of the letters that answer a one-click decision.
const (
	topicDone    = "done"
	topicRefused = "refused"
)

// refusalsPerDay is how many answers of refused decisions one address gets a day; the digest tells of all.
const refusalsPerDay = 5

// click is a mail that carries a one-click decision of the digest and comes from a member of staff whom we believe.
type click struct {
	decision token.Decision
	fault    *ledger.Refusal // the token itself is no good
	what     string          // the decision in words
	undo     []string        // commands that take it back or look at it
	answers  int             // refusals that its sender was told of today
}

// recognise looks for a one-click decision in the subject: nowhere else, since an answer to the digest quotes all of its
// tokens. Only believed staff decide; from anybody else such a mail is held, and nobody is answered.
func (p *Pipeline) recognise(ctx context.Context, m *mail, raw func() (io.ReadCloser, error)) error {
	signed := token.Find(m.read.Subject)
	if signed == "" || len(p.Key) == 0 || m.row.Believed && m.row.Unit != "" {
		return nil
	}
	class, listed := sender.Staff(ctx, m.read, raw, p.senderOptions(ctx, nil), p.Staff.Deciders)
	switch {
	case listed && class.Kind != sender.Person:
		return nil // an answering machine
	case !listed:
		m.suspect = "主题中带有日报的一键处理标记，但发件人不是工作人员，没有执行"
		return nil
	case !class.Believed:
		m.class, m.suspect = class, "日报的一键处理没有执行，因为不能确认是工作人员本人发出的："+class.WhyText
		return nil
	}
	m.class = class
	d, err := p.Key.Open(signed, m.row.ReceivedAt)
	m.click = &click{decision: d}
	switch {
	case errors.Is(err, token.ErrExpired):
		m.click.fault = &ledger.Refusal{Kind: ledger.ErrConflict, What: "expired token",
			Text: "链接已过有效期（" + d.Expires.In(p.Zone).Format("1月2日 15:04") + "）。"}
	case err != nil:
		m.click.fault = &ledger.Refusal{Kind: ledger.ErrConflict, What: "forged token", Text: "链接中的签名不对，不是本系统发出的，或在途中被改动过。"}
	}
	if m.click.fault == nil || errors.Is(err, token.ErrExpired) {
		return p.describe(ctx, m)
	}
	m.click.what = "日报中的一键处理"
	return nil
}

// describe puts the decision into words.
func (p *Pipeline) describe(ctx context.Context, m *mail) error {
	c, d := m.click, m.click.decision
	if d.Verb == token.Send || d.Verb == token.Drop {
		c.undo = []string{"baosong letters --state held"}
		if c.what = fmt.Sprintf("放行去信 %d 封", len(d.IDs)); d.Verb == token.Drop {
			c.what = fmt.Sprintf("不再发出去信 %d 封", len(d.IDs))
		}
		return nil
	}
	id := d.IDs[0]
	row, err := p.Ledger.Message(ctx, id)
	if err != nil && !errors.Is(err, ledger.ErrNotFound) {
		return fmt.Errorf("reading the message decided on: %w", err)
	}
	mail := fmt.Sprintf("第 %d 封来信", id)
	if row.From != "" {
		mail += "（自 " + row.From + "）"
	}
	unit := d.Unit
	if u, ok := m.call.Unit(d.Unit); ok {
		unit = u.Name
	}
	c.undo = []string{fmt.Sprintf("baosong show --message %d", id)}
	switch d.Verb {
	case token.Assign:
		c.what = mail + "归到" + unit
	case token.Remember:
		c.what = mail + "归到" + unit + "，此后同一地址的来信也归到该单位"
	case token.Release:
		c.what = mail + "予以放行"
	case token.Ignore:
		c.what = mail + "不作处理"
		c.undo = append(c.undo, fmt.Sprintf("baosong assign %d 单位代码", id))
	case token.Replay:
		c.what = mail + "重新核对"
	}
	return nil
}

// clicked is the outcome of a decision mail, now that it is known whether it was carried out.
func (p *Pipeline) clicked(m *mail) func(ledger.Clicked) ledger.Outcome {
	return func(done ledger.Clicked) ledger.Outcome {
		o := p.outcome(m)
		if done.Refused != nil {
			o.State, o.Fate, o.Why = ledger.Ignored, "ignored", "decision-refused"
			o.WhyText = "一键处理没有执行（" + m.click.what + "）：" + done.Refused.Text
			if m.answer && m.click.answers < refusalsPerDay {
				o.Letters = append(o.Letters, p.echo(m, topicRefused, "没有办理："+m.click.what+"。\n原因："+done.Refused.Text+
					"\n如仍需处理，请用最新一期日报中的链接，或在服务器上使用下面的命令。"))
			}
			return o
		}
		o.Why, o.WhyText = "decision", "一键处理："+m.click.what
		o.Note = fmt.Sprintf("by %s", m.class.Address)
		text := "已办理：" + m.click.what + "。"
		if n := len(m.click.decision.IDs); done.Done < n {
			text += fmt.Sprintf("\n其中 %d 封此前已另作处理，本次办理 %d 封。", n-done.Done, done.Done)
		}
		text += "\n办理人 " + m.class.Address + "，" + p.Now().In(p.Zone).Format("1月2日 15:04") + "。已记入台账。" + follows(m.click.decision.Verb)
		if m.answer {
			o.Letters = append(o.Letters, p.echo(m, topicDone, text))
		}
		return o
	}
}

// follows says what happens next.
func follows(v token.Verb) string {
	switch v {
	case token.Assign, token.Remember, token.Release:
		return "系统随即核对该信，并把结果回复给来信单位。"
	case token.Replay:
		return "系统随即重新核对该信；再次失败时会另行告警。"
	case token.Ignore:
		return "该信不登记，也不回复。"
	case token.Send:
		return "这些信随即发出。"
	}
	return ""
}

// echo answers the member of staff in the thread of the decision mail.
func (p *Pipeline) echo(m *mail, topic, text string) ledger.NewLetter {
	facts, err := json.Marshal(struct {
		Text     string   `json:"text"`
		Commands []string `json:"commands"`
	}{text, m.click.undo})
	if err != nil {
		panic("intake: internal error: strings do not encode: " + err.Error())
	}
	return ledger.NewLetter{Key: fmt.Sprintf("answer:%d", m.row.ID), Kind: ledger.Confirmation, Topic: topic, Call: m.call.ID,
		To: []string{m.class.Address}, Message: m.row.ID, InReplyTo: m.read.MessageID, References: strings.Join(m.read.References, " "),
		Facts: string(facts), State: ledger.Due}
}

// record writes the outcome; a decision is carried out in the same transaction.
func (p *Pipeline) record(ctx context.Context, m *mail, o ledger.Outcome) (ledger.Recorded, error) {
	if m.click == nil || m.click.fault != nil || o.State == ledger.Failed || o.Removed {
		return p.Ledger.Record(ctx, o)
	}
	r, done, err := p.Ledger.RecordClick(ctx, ledger.Click{Message: m.row.ID, Decision: m.click.decision, Who: m.class.Address}, p.clicked(m))
	if err != nil {
		return r, err
	}
	if done.Refused != nil {
		p.Log.Warn("one-click decision refused", "message", m.row.ID, "who", m.class.Address, "why", done.Refused.What)
		return r, nil
	}
	p.Log.Info("one-click decision carried out", "message", m.row.ID, "who", m.class.Address, "verb", m.click.decision.Verb, "ids", m.click.decision.IDs)
	m.then = m.click.decision.IDs
	if v := m.click.decision.Verb; v == token.Send || v == token.Drop {
		m.then = nil
	}
	return r, nil
}

// judgeDecided judges the mails that a decision has sent back to be judged. After a crash the next poll does it.
func (p *Pipeline) judgeDecided(ctx context.Context, ids []int64) error {
	for _, id := range ids {
		row, err := p.Ledger.Message(ctx, id)
		if err != nil {
			return fmt.Errorf("reading a message decided on: %w", err)
		}
		if row.State != ledger.Received {
			continue
		}
		if err := p.Process(ctx, row); err != nil {
			return err
		}
	}
	return nil
}

// decideClick is decide for a decision mail; with a good token the transaction will word the outcome anew.
func (p *Pipeline) decideClick(ctx context.Context, m *mail) (o ledger.Outcome, err error) {
	if m.click.answers, err = p.Ledger.AnsweredToday(ctx, m.class.Address, topicRefused); err != nil {
		return o, fmt.Errorf("counting answers: %w", err)
	}
	return p.clicked(m)(ledger.Clicked{Done: len(m.click.decision.IDs), Refused: m.click.fault}), nil
}
