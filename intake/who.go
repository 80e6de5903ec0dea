package intake

import (
	"context"
	"fmt"
	"io"
	"strings"

	"baosong/intake/message"
	"baosong/intake/sender"
	"baosong/parse/call"
)

// SenderOptions say whom to believe; see sender.Options for the meaning of each.
type SenderOptions struct {
	AuthservID []string
	Require    bool
	Own        []string
	LookupTXT  func(ctx context.Context, name string) ([]string, error)
}

// classify asks the header who sent the mail, unless staff have said so.
func (p *Pipeline) classify(ctx context.Context, m *mail, raw func() (io.ReadCloser, error)) (sender.Class, error) {
	assigned, err := p.Ledger.Assignments(ctx)
	if err != nil {
		return sender.Class{}, fmt.Errorf("reading assignments: %w", err)
	}
	o := p.senderOptions(ctx, assigned)
	class := sender.Classify(ctx, m.read, raw, m.call, o)
	if m.row.Believed && m.row.Unit != "" {
		class.Kind, class.Unit, class.Believed, class.Why, class.WhyText = sender.Person, m.row.Unit, true, "", ""
	}
	return class, nil
}

func (p *Pipeline) senderOptions(ctx context.Context, assigned map[string]string) sender.Options {
	return sender.Options{AuthservID: p.Sender.AuthservID, Require: p.Sender.Require, Own: p.Sender.Own, Assigned: assigned,
		LookupTXT:    p.Sender.LookupTXT,
		OwnMessageID: func(id string) bool { _, err := p.Ledger.LetterByMessageID(ctx, id); return err == nil }}
}

// callFor picks the call that a mail belongs to: the one it names by number, title or id, else the last one configured.
func (p *Pipeline) callFor(m *message.Message) *call.Call {
	text := m.Subject + "\n" + m.Text
	for _, a := range m.Attachments {
		text += "\n" + a.Name
	}
	for _, c := range p.Calls {
		for _, name := range []string{c.Number, c.Title, c.ID} {
			if name != "" && strings.Contains(text, name) {
				return c
			}
		}
	}
	return p.Calls[len(p.Calls)-1]
}
