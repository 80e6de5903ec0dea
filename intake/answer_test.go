package intake

import (
	"testing"

	"baosong/intake/message"
	"baosong/ledger"
	"baosong/parse/call"
)

// TestWaivedLink: a link in place of a file asks for nothing once staff have waived it, or as long as its rule is on trial.
func TestWaivedLink(t *testing.T) {
	t.Parallel()
	m := &mail{call: call.Default(), read: &message.Message{Links: []message.Link{{Name: "案例.zip"}}}}
	link := MailFindings(m.read, m.call)[0]
	for name, row := range map[string]struct {
		found ledger.Finding
		want  bool
	}{
		"open":     {ledger.Finding{Finding: link}, true},
		"waived":   {ledger.Finding{Finding: link, Waived: true}, false},
		"on trial": {ledger.Finding{Finding: link, Trial: true}, false},
	} {
		s := &ledger.Submission{State: ledger.Checked, Findings: []ledger.Finding{row.found}}
		if got := m.faulty(s); got != row.want {
			t.Errorf("%s: faulty %v", name, got)
		}
	}
}
