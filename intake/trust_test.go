package intake

import (
	"strings"
	"testing"

	"baosong/ledger"
)

// TestDisbelievedIsHeldInSilence sends what only looks like hefei's: the mail is held, nobody but staff hears of it, nothing of it
// is echoed, and what stands for hefei stays.
func TestDisbelievedIsHeldInSilence(t *testing.T) {
	t.Parallel()
	const from = "From: =?UTF-8?B?5ZCI6IKl?= <gxj@hefei.example>\r\n"
	for _, row := range []struct {
		name    string
		header  string
		options SenderOptions
		held    bool
	}{
		{"plain, as a control", from, SenderOptions{}, false},
		{"two From headers", from + "From: <other@elsewhere.example>\r\n", SenderOptions{}, true},
		{"two addresses in From", "From: <gxj@hefei.example>, <other@elsewhere.example>\r\n", SenderOptions{}, true},
		{"the unit's address as display name", "From: \"gxj@hefei.example\" <other@elsewhere.example>\r\n", SenderOptions{}, true},
		{"the unit's name as display name", "From: 合肥市经济和信息化局 <other@elsewhere.example>\r\n", SenderOptions{}, true},
		{"the unit's address in a comment", "From: other@elsewhere.example (gxj@hefei.example)\r\n", SenderOptions{}, true},
		{"a look-alike domain", "From: <gxj@hefei.example.elsewhere.example>\r\n", SenderOptions{}, true},
		{"Reply-To elsewhere", from + "Reply-To: <other@elsewhere.example>\r\n", SenderOptions{}, true},
		{"only Sender is the unit's", "From: <other@elsewhere.example>\r\nSender: <gxj@hefei.example>\r\n", SenderOptions{}, true},
		{"DMARC fails", "Authentication-Results: mx.example.org; dmarc=fail header.from=hefei.example\r\n" + from, SenderOptions{AuthservID: []string{"mx.example.org"}}, true},
		{"DMARC fails, says another server", "Authentication-Results: mx.elsewhere.example; dmarc=fail header.from=hefei.example\r\n" + from, SenderOptions{AuthservID: []string{"mx.example.org"}}, false},
		{"a forged pass below the true fail", "Authentication-Results: mx.example.org; dmarc=fail header.from=hefei.example\r\nAuthentication-Results: mx.example.org; dmarc=pass header.from=hefei.example\r\n" + from,
			SenderOptions{AuthservID: []string{"mx.example.org"}}, true},
		{"a pass by another server where one is required", "Authentication-Results: mx.elsewhere.example; dmarc=pass header.from=hefei.example\r\n" + from,
			SenderOptions{AuthservID: []string{"mx.example.org"}, Require: true}, true},
		{"a pass by our server where one is required", "Authentication-Results: mx.example.org; spf=pass smtp.mailfrom=hefei.example; dkim=pass header.d=hefei.example; dmarc=pass header.from=hefei.example\r\n" + from,
			SenderOptions{AuthservID: []string{"mx.example.org"}, Require: true}, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			row.options.Own = b.poller.Pipeline.Sender.Own
			b.poller.Pipeline.Sender = row.options
			raw := row.header + "To: <box@example.org>\r\nSubject: =?UTF-8?B?6Zu25oql5ZGK?=\r\nMessage-ID: <x@hefei.example>\r\n\r\nnil return\r\n"
			if _, err := b.imap.Deliver("INBOX", []byte(raw), b.now); err != nil {
				t.Fatal(err)
			}
			b.mustPoll()
			ms := b.messages()
			if len(ms) != 1 {
				t.Fatalf("%d messages", len(ms))
			}
			if !row.held {
				if ms[0].State != ledger.Filed || len(b.letters()) != 1 || b.standing("hefei").State != "nil" {
					t.Errorf("message %+v, %d letters, hefei %s", ms[0], len(b.letters()), b.standing("hefei").State)
				}
				return
			}
			if ms[0].State != ledger.Held || ms[0].WhyText == "" {
				t.Errorf("message %+v, want held with a reason for staff", ms[0])
			}
			for _, l := range b.letters() {
				for _, to := range append(l.To, l.CC...) {
					if !strings.HasSuffix(to, "@example.org") {
						t.Errorf("letter to %s: %+v", to, l.NewLetter)
					}
				}
			}
			if got := b.standing("hefei").State; got != "none" {
				t.Errorf("hefei stands at %s", got)
			}
		})
	}
}
