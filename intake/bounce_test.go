package intake

import (
	"fmt"
	"testing"
	"time"

	"baosong/ledger"
)

// TestForgedBounceSilencesNobody: a bounce that names a receipt number alone leaves the city on the list of those who are reminded.
func TestForgedBounceSilencesNobody(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name  string
		says  func(receipt string, l ledger.Letter) string
		final bool
	}{
		{"the receipt number", func(receipt string, _ ledger.Letter) string { return "登记号 " + receipt }, false},
		{"the letter", func(_ string, l ledger.Letter) string { return "Message-ID: " + l.MessageID }, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.deliver("INBOX", b.mail("hefei", "报送", b.now, b.files("hefei", 1, nil)...))
			b.mustPoll()
			l, err := b.db.Claim(t.Context(), b.now, nil)
			if err != nil || l == nil {
				t.Fatalf("no answer to send: %v", err)
			}
			if _, err := b.db.Settle(t.Context(), l.ID, ledger.Delivered()); err != nil {
				t.Fatal(err)
			}
			address := l.To[0]
			raw := fmt.Sprintf("Return-Path: <>\r\nFrom: MAILER-DAEMON@other.example\r\nTo: box@example.org\r\nSubject: Undelivered Mail Returned to Sender\r\n"+
				"Content-Type: text/plain; charset=utf-8\r\n\r\n<%s>: 550 5.1.1 no such user, the message could not be delivered\r\n\r\n%s\r\n", address, row.says(b.standing("hefei").Receipt, *l))
			b.now = b.now.Add(time.Hour)
			if _, err := b.imap.Deliver("INBOX", []byte(raw), b.now); err != nil {
				t.Fatal(err)
			}
			b.mustPoll()
			dead, err := b.db.DeadAddresses(t.Context())
			if err != nil || len(dead) != 1 || dead[0].Address != address || dead[0].Final != row.final {
				t.Errorf("dead = %+v, %v, want final %v", dead, err, row.final)
			}
		})
	}
}
