package intake

import (
	"strings"
	"testing"

	"baosong/ledger"
)

// TestTooLargeKeepsItsHeader: of a mail that is not fetched the ledger knows unit and subject; a subject with a secrecy mark
// it does not, and nobody but the people concerned hears of that mail.
func TestTooLargeKeepsItsHeader(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.poller.Pipeline.Staff.Security = []string{"security@example.org"}
	for uid, subject := range []string{"汇总表和案例", "机密★10年 案例"} {
		header := "From: <gxj@hefei.example>\r\nTo: <box@example.org>\r\nSubject: " + subject + "\r\nMessage-ID: <x@hefei.example>\r\n\r\n"
		a := ledger.NewMessage{Location: ledger.Location{Folder: "INBOX", UIDValidity: 1, UID: uint32(100 + uid)}, Size: 300 << 20, ReceivedAt: b.now}
		if err := b.poller.Pipeline.TooLarge(t.Context(), a, strings.NewReader(header), 200<<20); err != nil {
			t.Fatal(err)
		}
	}
	ms, letters := b.messages(), b.letters()
	if len(ms) != 2 || len(letters) != 2 {
		t.Fatalf("%d messages, %d letters", len(ms), len(letters))
	}
	if m := ms[0]; m.Subject != "汇总表和案例" || m.Unit != "hefei" || m.State != ledger.Failed {
		t.Errorf("message %+v", m)
	}
	if m := ms[1]; m.Subject != "" || m.Unit != "hefei" || !strings.Contains(m.WhyText, "保密") {
		t.Errorf("marked message %+v", m)
	}
	for _, l := range letters {
		if l.Kind == ledger.Alert && (l.To[0] != "security@example.org" || strings.Contains(l.Facts, "★")) {
			t.Errorf("alert %+v", l)
		}
	}
}
