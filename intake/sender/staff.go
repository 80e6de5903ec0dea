package sender

import (
	"context"
	"io"
	"slices"
	"strings"

	"baosong/intake/message"
)

// Staff judges a mail that may come from one of our own staff, whatever the roster says of the address. Listed says that
// its From names one of the addresses of staff; Class.Believed that it is proven as a unit's sender must be. An office
// whose staff write from the mailbox itself is understood: only our own letters are then ourselves.
func Staff(ctx context.Context, m *message.Message, raw func() (io.ReadCloser, error), o Options, staff []string) (class Class, listed bool) {
	class = Class{Kind: Person}
	if len(m.From) > 0 {
		class.Address, class.Name = strings.ToLower(m.From[0].Address), m.From[0].Name
	}
	mine := func(address string) bool {
		return slices.ContainsFunc(staff, func(s string) bool { return strings.EqualFold(strings.TrimSpace(s), address) })
	}
	if class.Address == "" || !mine(class.Address) {
		return class, false
	}
	o.Own = slices.DeleteFunc(slices.Clone(o.Own), mine)
	if kind, why := automatic(m, class.Address, true, o); kind != Person {
		class.Kind, class.Why, class.WhyText = kind, why.word, why.text
		return class, true
	}
	why := staffDoubt(ctx, m, raw, o, class, mine)
	class.Believed = why == reason{}
	class.Why, class.WhyText = why.word, why.text
	return class, true
}

// staffDoubt asks of staff what doubt asks of a unit's sender.
func staffDoubt(ctx context.Context, m *message.Message, raw func() (io.ReadCloser, error), o Options, class Class, mine func(string) bool) reason {
	switch {
	case m.FromHeaders > 1 || len(m.From) != 1:
		return whySeveral()
	case m.FromMended:
		return whyMended()
	}
	for _, shown := range anyAddress.FindAllString(m.From[0].Name, 5) {
		if shown = strings.ToLower(shown); shown != class.Address && !mine(shown) {
			return whyName()
		}
	}
	for _, a := range m.ReplyTo {
		if !mine(a.Address) {
			return whyStaffReplyTo()
		}
	}
	if m.Header.Get("Reply-To") != "" && len(m.ReplyTo) == 0 {
		return whyStaffReplyTo()
	}
	for _, a := range m.Sender {
		if !mine(a.Address) && !aligned(domainOf(a.Address), domainOf(class.Address)) {
			return whySender()
		}
	}
	return unproven(ctx, m, raw, o, domainOf(class.Address))
}
