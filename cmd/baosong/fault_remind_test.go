package main

import (
	"strings"
	"testing"
	"time"

	"baosong/intake/imaptest"
	"baosong/ledger"
	"baosong/notify/smtptest"
)

// TestWaitingRemindersAfterAnOutage: the line is down from nine o'clock on. Reminders wait in the outbox, hefei's mail in the
// mailbox. When letters go again and the mailbox cannot yet be read, nobody is reminded; when it can, hefei is spared.
func TestWaitingRemindersAfterAnOutage(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	s.round("06-18", "08:40")
	s.smtp.Script(smtptest.Script{Storm: -1})
	s.round("06-18", "09:10")
	s.deliver("hefei", on("06-18", "09:30"), true)
	s.deliver("wuhu", on("06-18", "09:31"), false)
	s.smtp.Script(smtptest.Script{})
	s.imap.SetFault(imaptest.Fault{Refuse: map[string]string{"LOGIN": "NO [UNAVAILABLE] try later"}})
	if code, out := s.run("serve", "--once", "--at", on("06-18", "10:00").Format(time.RFC3339)); code == 0 {
		t.Fatalf("the mailbox could not be read, and serve says nothing\n%s", out)
	}
	for _, unit := range []string{"hefei", "bengbu"} {
		if n := s.reminded("gxj@" + unit + ".example"); n != 0 {
			t.Errorf("%s was reminded %d times while the mailbox could not be read", unit, n)
		}
	}
	s.imap.SetFault(imaptest.Fault{})
	s.round("06-18", "10:30")
	for unit, want := range map[string]int{"hefei": 0, "wuhu": 0, "bengbu": 1} {
		if n := s.reminded("gxj@" + unit + ".example"); n != want {
			t.Errorf("%s was reminded %d times, want %d", unit, n, want)
		}
	}
	s.whole(2)
}

// TestExtendedTwice: staff extend, and correct themselves before the first letter has gone. The city hears of the deadline that holds,
// and of no other.
func TestExtendedTwice(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	for _, day := range []string{"2024-06-25", "2024-06-28"} {
		s.must("extend", "hefei", "--until", day, "--why", "来函申请")
		s.must("extend", "wuhu", "--until", "2024-06-26", "--why", "来函申请")
	}
	s.must("extend", "all", "--until", "2024-06-30", "--why", "省厅通知")
	s.must("extend", "hefei", "--until", "2024-07-01", "--why", "再次申请")
	s.round("06-18", "07:00")
	for unit, day := range map[string]string{"hefei": "2024年7月1日", "wuhu": "2024年6月30日", "bengbu": "2024年6月30日"} {
		ls, err := s.ledger().Letters(t.Context(), ledger.Sent)
		if err != nil {
			t.Fatal(err)
		}
		var facts []string
		for _, l := range ls {
			if l.Unit == unit {
				facts = append(facts, l.Facts)
			}
		}
		if len(facts) != 1 || !strings.Contains(facts[0], day) {
			t.Errorf("%s was told %q, want %s alone", unit, facts, day)
		}
	}
}
