// Package sender tells who wrote a mail, for which unit, and whether we may believe and answer it.
//
// Classify looks at a mail that intake/message has read and gives a Class: a person, or a bounce, an auto-reply, a list
// or ourselves, which are never answered (RFC 3834, RFC 3464). A person's address becomes a unit by the call's roster,
// then by what staff have assigned before; Believed says whether the mail may change that unit's standing. A subject
// is judged by how it begins, never by a word within it, because people write about automatic replies too.
//
// It decides nothing else: it sends nothing, records nothing, and asks DNS only through the function it is given.
package sender

import (
	"context"
	"io"
	"regexp"
	"strings"

	"baosong/intake/message"
	"baosong/parse/call"
	"baosong/parse/charset"
)

// Kind is what sort of writer a mail has.
type Kind string

const (
	Person    Kind = "person"
	Bounce    Kind = "bounce"     // a mail system says that a letter did not arrive, or not yet
	AutoReply Kind = "auto-reply" // a machine answered, reported or announced
	List      Kind = "list"       // sent to many
	Ourselves Kind = "ourselves"  // one of our own letters came back
)

// Class is the judgement on one mail's sender.
type Class struct {
	Kind     Kind
	Address  string // the sender's address, lower case; "" when there is none
	Name     string
	Unit     string // id of the unit, "" for a stranger
	Believed bool   // the mail may change the unit's standing; false for a stranger
	Why      string // machine word: which rule decided
	WhyText  string // the same in Chinese, for staff
	Bounced  *Returned
}

// Returned is what a bounce says of the letter that it returns. Any field may be empty.
type Returned struct {
	MessageID  string // of the letter that bounced, with angle brackets
	Recipients []string
	Status     string // enhanced status code, 5.1.1; 4.x.x means that the system goes on trying
	Diagnostic string
}

// Options say whom to believe. The zero value believes the roster.
type Options struct {
	AuthservID   []string             // servers of ours whose topmost Authentication-Results counts
	Require      bool                 // without such a header, or a DKIM signature that we verified, nobody is believed
	Own          []string             // our own addresses
	OwnMessageID func(id string) bool // whether a Message-ID (with brackets) is one of our letters; may be nil
	Assigned     map[string]string    // lower-case address to unit id, as staff have assigned
	LookupTXT    LookupTXT            // DNS for DKIM; nil: signatures are not checked
}

// LookupTXT asks for the TXT records of a name.
type LookupTXT func(ctx context.Context, name string) ([]string, error)

// Classify judges the sender of m. raw opens the mail's own bytes for DKIM; it may be nil. It never fails: what cannot
// be found out counts against believing.
func Classify(ctx context.Context, m *message.Message, raw func() (io.ReadCloser, error), c *call.Call, o Options) Class {
	class := Class{Kind: Person}
	if len(m.From) > 0 {
		class.Address, class.Name = strings.ToLower(m.From[0].Address), m.From[0].Name
	}
	unit := unitOf(class.Address, c, o)
	if kind, why := automatic(m, class.Address, unit != "", o); kind != Person {
		class.Kind, class.Why, class.WhyText = kind, why.word, why.text
		if kind == Bounce {
			class.Bounced = returned(m, o)
		}
		return class
	}
	class.Unit = unit
	if unit == "" && noReply(class.Address) {
		class.Kind, class.Why, class.WhyText = AutoReply, whyNoReply().word, whyNoReply().text
		return class
	}
	why := doubt(ctx, m, raw, c, o, class)
	class.Believed = why == reason{}
	class.Why, class.WhyText = why.word, why.text
	return class
}

// unitOf returns the unit of an address: by roster, then as staff have assigned it.
func unitOf(address string, c *call.Call, o Options) string {
	if address == "" {
		return ""
	}
	if c != nil {
		if u, ok := c.UnitByAddress(address); ok {
			return u.ID
		}
	}
	return o.Assigned[address]
}

// Auto says in one word of the command line's contract whether a machine wrote the mail: none, reply, generated, bounce
// or list.
func Auto(c Class) string {
	switch {
	case c.Kind == Bounce:
		return "bounce"
	case c.Kind == List:
		return "list"
	case c.Kind == Ourselves, c.Kind == AutoReply && c.Why != whySubject().word && c.Why != whyAutoMark().word && c.Why != whyReplied().word:
		return "generated"
	case c.Kind == AutoReply:
		return "reply"
	}
	return "none"
}

// receiptNumber is our visible number of a receipt, as people and phones retype it.
var receiptNumber = regexp.MustCompile(`(?i)\bBS\s?[-‐‑‒–—―−_]\s?(\d{4})\s?[-‐‑‒–—―−_]\s?(\d{4,9})\b`)

// ReceiptNumber finds one of our receipt numbers (BS-2024-0007) in a subject or body, or "".
func ReceiptNumber(s string) string {
	if m := receiptNumber.FindStringSubmatch(charset.Fold(s)); m != nil {
		return "BS-" + m[1] + "-" + m[2]
	}
	return ""
}

func own(address string, o Options) bool {
	for _, a := range o.Own {
		if address != "" && strings.EqualFold(strings.TrimSpace(a), address) {
			return true
		}
	}
	return false
}
