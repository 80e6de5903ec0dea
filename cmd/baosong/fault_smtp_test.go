package main

import (
	"fmt"
	"strings"
	"testing"

	"baosong/ledger"
	"baosong/notify/smtptest"
)

// TestSMTPFaults lets the provider misbehave for a while, as providers do: every letter arrives once in the end, and only where
// its own answer was lost does one come again, under the same Message-ID.
func TestSMTPFaults(t *testing.T) {
	t.Parallel()
	busy := smtptest.Reply{Code: 421, Text: "HL:ICC too many connections"}
	for _, row := range []struct {
		name     string
		script   smtptest.Script
		sendings int // to hefei
	}{
		{"421 storm", smtptest.Script{Storm: 4, Reply: busy}, 1},
		{"451 storm", smtptest.Script{Storm: 5}, 1},
		{"greylisting", smtptest.Script{Greylist: true}, 1},
		{"dropped in DATA", smtptest.Script{DropInData: 3}, 1},
		{"answer lost", smtptest.Script{DropAfterDot: 1}, 2},
		{"550 for the other city", smtptest.Script{Recipients: map[string]smtptest.Reply{"gxj@wuhu.example": {Code: 550, Text: "no such user"}}}, 1},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, nil)
			s.deliver("hefei", on("06-17", "16:00"), true)
			s.deliver("wuhu", on("06-17", "16:01"), true)
			s.smtp.Script(row.script)
			for _, clock := range []string{"01:00", "01:05", "01:30", "02:40", "06:50", "07:00"} {
				s.round("06-18", clock)
			}
			sendings, letters := s.arrived("gxj@hefei.example")
			if sendings != row.sendings || letters != 1 {
				t.Errorf("hefei: %d sendings of %d letters, want %d of 1", sendings, letters, row.sendings)
			}
			_, wuhu := s.arrived("gxj@wuhu.example")
			refused := len(row.script.Recipients) > 0
			if refused != (wuhu == 0) {
				t.Errorf("wuhu got %d letters", wuhu)
			}
			var st statusReport
			s.json(&st, "status")
			if st.Outbox.Due != 0 || refused != (st.Outbox.Dead == 1) {
				t.Errorf("outbox %+v", st.Outbox)
			}
			if refused && !strings.Contains(s.must("digest"), "gxj@wuhu.example") {
				t.Error("the digest does not say that wuhu was not reached")
			}
		})
	}
}

// TestBounceReachesTheDigest: a bounce of our letter is tied to it, answered to nobody, and the city stands under 未通知到 until
// something is heard from it.
func TestBounceReachesTheDigest(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	s.deliver("hefei", on("06-17", "16:00"), true)
	s.round("06-18", "07:00")
	sent := s.smtp.Received()
	if len(sent) != 1 {
		t.Fatalf("%d letters", len(sent))
	}
	bounce := fmt.Sprintf("Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example\r\nTo: box@example.org\r\nSubject: Undelivered Mail Returned to Sender\r\n"+
		"Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"+
		"--b\r\nContent-Type: text/plain\r\n\r\nnot delivered\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"+
		"Final-Recipient: rfc822; gxj@hefei.example\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 no such user\r\n\r\n"+
		"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: %s\r\n\r\n--b--\r\n", messageID(sent[0].Raw))
	s.put([]byte(bounce), on("06-18", "07:05"))
	s.round("06-18", "07:10")
	ms := s.messages()
	if len(ms) != 2 || ms[1].State != "ignored" || ms[1].Why == "" {
		t.Errorf("messages %+v, want the bounce ignored", ms)
	}
	said := s.must("digest")
	for _, want := range []string{"未通知到", "gxj@hefei.example", "5.1.1"} {
		if !strings.Contains(said, want) {
			t.Errorf("the digest lacks %q\n%s", want, said)
		}
	}
	all, err := s.ledger().Letters(t.Context(), ledger.Sent)
	if err != nil || len(all) == 0 || !strings.Contains(all[0].Bounced, "5.1.1") {
		t.Errorf("letters %+v, %v", all, err)
	}
	if n := len(s.smtp.Received()); n != 1 {
		t.Errorf("%d letters after the bounce, want still 1", n)
	}
}
