package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"baosong/notify/smtptest"
	"baosong/sample"
)

// TestTwoBaosongsStopAfterOneLetter puts two baosongs on one another's rosters. A person behind one of them writes to the
// other; its answer arrives at a machine, and there it ends.
func TestTwoBaosongsStopAfterOneLetter(t *testing.T) {
	t.Parallel()
	var a, b *site
	at := on("06-18", "07:00")
	a = newSite(t, func(m smtptest.Mail) { pass(t, b, m, at) })
	b = newSite(t, func(m smtptest.Mail) { pass(t, a, m, at) })
	a.renamed("box-a@a.example")
	b.renamed("box-b@b.example")
	a.rostered("gxj@hefei.example", "box-b@b.example")
	b.rostered("gxj@hefei.example", "box-a@a.example")
	m := sample.Mail{From: "box-b@b.example", To: "box-a@a.example", Subject: "零报告", Text: "零报告", Date: on("06-17", "16:00")}
	a.put(m.Bytes(), m.Date)
	for i := range 6 {
		clock := fmt.Sprintf("07:%02d", 10+5*i)
		a.round("06-18", clock)
		b.round("06-18", clock)
	}
	fromA, _ := a.arrived("box-b@b.example")
	fromB, _ := b.arrived("box-a@a.example")
	if fromA != 1 || fromB != 0 {
		t.Errorf("a wrote %d letters and b %d, want 1 and 0", fromA, fromB)
	}
	if ms := b.messages(); len(ms) != 1 || ms[0].State != "ignored" {
		t.Errorf("b has %+v, want the letter ignored", ms)
	}
}

// pass delivers a letter of one site into the other's mailbox when it is addressed to it.
func pass(t *testing.T, to *site, m smtptest.Mail, at time.Time) {
	for _, address := range m.To {
		if strings.HasPrefix(address, "box-") {
			if _, err := to.imap.Deliver("INBOX", m.Raw, at); err != nil {
				t.Error(err)
			}
		}
	}
}

// renamed gives the site's mailbox an address of its own.
func (s *site) renamed(address string) {
	s.t.Helper()
	s.edit("from = \"省中小企业局 <box@example.org>\"", fmt.Sprintf("from = \"省中小企业局 <%s>\"", address))
}

// TestAutoresponderGetsOne: a city's autoresponder answers each of our letters. One that says what it is gets one letter; one
// that hides it is stopped by the ceiling of answers to mail without files, and none of it changes what stands.
func TestAutoresponderGetsOne(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name    string
		subject string
		headers []string
		most    int
	}{
		{"marked by RFC 3834", "Re: 回执", []string{"Auto-Submitted: auto-replied"}, 1},
		{"marked by its subject", "自动回复：您的邮件已收到", nil, 1},
		{"marked by precedence", "外出", []string{"Precedence: bulk"}, 1},
		{"unmarked", "您的邮件我已收到，会尽快处理", nil, 3},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			var s *site
			n := 0
			s = newSite(t, func(m smtptest.Mail) {
				if m.To[0] != "gxj@hefei.example" {
					return
				}
				n++
				back := sample.Mail{From: "gxj@hefei.example", To: "box@example.org", Subject: row.subject, Text: "您好，来信已收到。", ID: fmt.Sprintf("auto-%d", n),
					InReplyTo: messageID(m.Raw), Headers: row.headers, Date: on("06-18", "07:00").Add(time.Duration(n) * time.Minute)}
				if _, err := s.imap.Deliver("INBOX", back.Bytes(), back.Date); err != nil {
					t.Error(err)
				}
			})
			s.deliver("hefei", on("06-17", "16:00"), true)
			for i := range 8 {
				s.round("06-18", fmt.Sprintf("07:%02d", 10+5*i))
			}
			if got, letters := s.arrived("gxj@hefei.example"); got != letters || got < 1 || got > row.most {
				t.Errorf("%d sendings of %d letters, want at most %d", got, letters, row.most)
			}
			var st statusReport
			s.json(&st, "status", "--unit", "hefei")
			if st.Units[0].State != "accepted" {
				t.Errorf("hefei stands at %+v", st.Units[0])
			}
		})
	}
}

// TestFirstStartOnAnOldMailbox: what lay there before the first run is recorded and answered to nobody, what comes later is
// answered; the rehearsal says beforehand how many letters would go.
func TestFirstStartOnAnOldMailbox(t *testing.T) {
	t.Parallel()
	for _, since := range []string{"", "2024-06-01T00:00:00+08:00"} {
		t.Run("answer_since="+since, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, nil)
			s.edit(`answer_since = "2024-06-01T00:00:00+08:00"`, fmt.Sprintf("answer_since = %q", since))
			s.deliver("hefei", on("05-20", "10:00"), true)
			s.deliver("wuhu", on("06-10", "10:00"), true)
			s.deliver("bengbu", on("06-11", "10:00"), false)
			want := 0
			if since != "" {
				want = 2
			}
			at := on("06-15", "10:00").Format(time.RFC3339) // a Saturday: no digest, no reminders
			said := s.must("serve", "--once", "--dry-run", "--at", at)
			if !strings.Contains(said, fmt.Sprintf("将发出 %d 封信", want)) || !strings.Contains(said, "将新登记 3 封来信") {
				t.Errorf("the rehearsal says\n%s", said)
			}
			if n := s.mails("INBOX"); n != 3 || len(s.smtp.Received()) != 0 {
				t.Errorf("the rehearsal has left %d mails and sent %d letters", n, len(s.smtp.Received()))
			}
			s.must("serve", "--once", "--at", at)
			if n := len(s.smtp.Received()); n != want {
				t.Errorf("%d letters after the first run, want %d", n, want)
			}
			s.deliver("huainan", on("06-15", "11:00"), true)
			s.must("serve", "--once", "--at", on("06-15", "11:30").Format(time.RFC3339))
			if n := len(s.smtp.Received()); n != want+1 {
				t.Errorf("%d letters after a new mail, want %d", n, want+1)
			}
			s.whole(4)
		})
	}
}

// TestOldMailMovedIn: the first run finds the mailbox empty and draws the line. Mail that is moved in later and was received before
// it is recorded and answered to nobody.
func TestOldMailMovedIn(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	s.edit(`answer_since = "2024-06-01T00:00:00+08:00"`, `answer_since = ""`)
	s.round("06-12", "10:00")
	s.deliver("hefei", on("06-11", "10:00"), true)
	s.deliver("wuhu", on("06-12", "09:55"), true) // new: the server's clock is behind
	s.deliver("huainan", on("06-12", "10:05"), true)
	s.round("06-12", "10:30")
	for unit, want := range map[string]int{"hefei": 0, "wuhu": 1, "huainan": 1} {
		if n := s.answered("gxj@" + unit + ".example"); n != want {
			t.Errorf("%s got %d answers, want %d", unit, n, want)
		}
	}
	s.whole(3)
}

// TestFirstStartUnderAWrongClock: no clock decides what is old. However wrong it goes at the first start, what lay in the mailbox
// then is answered to nobody, what comes later is answered, and the planning of letters begins when the clock is right again.
func TestFirstStartUnderAWrongClock(t *testing.T) {
	t.Parallel()
	for wrong, movedIn := range map[string]int{
		"2038-01-19T03:14:07Z":      0,
		"2024-06-05T00:00:00+08:00": 0, // between the old mails
		"1971-01-01T00:00:00Z":      1, // only what lay here is known to be old
	} {
		t.Run(wrong[:10], func(t *testing.T) {
			t.Parallel()
			s := newSite(t, nil)
			s.edit(`answer_since = "2024-06-01T00:00:00+08:00"`, `answer_since = ""`)
			s.deliver("hefei", on("05-20", "10:00"), true)
			s.deliver("wuhu", on("06-10", "10:00"), true)
			s.must("serve", "--once", "--at", wrong)
			s.deliver("huainan", on("06-15", "10:00"), true)
			s.deliver("bengbu", on("05-21", "10:00"), true) // moved in from elsewhere: older than what lay here
			s.round("06-15", "10:30")
			for unit, want := range map[string]int{"hefei": 0, "wuhu": 0, "bengbu": movedIn, "huainan": 1} {
				if n := s.answered("gxj@" + unit + ".example"); n != want {
					t.Errorf("%s got %d answers, want %d", unit, n, want)
				}
			}
			s.whole(4)
			h := s.house(func() time.Time { return on("06-18", "10:00") })
			if since := h.planner.Since; since.After(on("06-15", "00:00")) {
				t.Errorf("what came due before %v is passed over", since)
			}
		})
	}
}

// answered counts the answers that an address got, reminders aside.
func (s *site) answered(address string) int {
	s.t.Helper()
	var ls []struct{ To, Kind string }
	s.json(&ls, "letters")
	n := 0
	for _, l := range ls {
		if l.To == address && l.Kind != "reminder" {
			n++
		}
	}
	return n
}
