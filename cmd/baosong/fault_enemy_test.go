package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"baosong/intake/imaptest"
	"baosong/ledger"
	"baosong/sample"
)

// forgedBounce is what anybody can send who knows an address of a city and guesses a receipt number.
func forgedBounce(address, receipt, id string) []byte {
	return fmt.Appendf(nil, "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example\r\nTo: box@example.org\r\nSubject: Undelivered: %[2]s\r\n"+
		"MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"+
		"--b\r\nContent-Type: text/plain\r\n\r\nnot delivered: %[2]s\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"+
		"Final-Recipient: rfc822; %[1]s\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"+
		"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: %[3]s\r\n\r\n--b--\r\n", address, receipt, id)
}

// onlySheet is a mail of a unit that still owes everything but the sheet.
func onlySheet(t *testing.T, unit string) []byte {
	t.Helper()
	files, err := material(unit, "")
	if err != nil {
		t.Fatal(err)
	}
	m := sample.Mail{From: "gxj@" + unit + ".example", To: "box@example.org", Subject: "汇总表", Text: "请查收。", Date: on("06-12", "16:00"), Attachments: files[:1]}
	return m.Bytes()
}

// TestForgedBounceSilencesNobody: bounces that know no letter of ours, for each unit, as a standing attack. Staff see them; the
// reminders go all the same.
func TestForgedBounceSilencesNobody(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	s.put(onlySheet(t, "hefei"), on("06-12", "16:00"))
	s.round("06-13", "07:00")
	if n := s.answered("gxj@hefei.example"); n != 1 {
		t.Fatalf("%d answers", n)
	}
	for i, id := range []string{"<0123456789abcdef0123456789abcdef@example.org>", "<1@elsewhere.example>"} {
		for _, unit := range []string{"hefei", "wuhu"} {
			s.put(forgedBounce("gxj@"+unit+".example", "BS-2024-0001", id), on("06-13", fmt.Sprintf("08:0%d", i)))
		}
	}
	s.round("06-13", "08:10")
	if said := s.must("digest"); !strings.Contains(said, "未经证实") {
		t.Errorf("the digest does not speak of the bounce\n%s", said)
	}
	s.round("06-14", "09:01")
	for _, unit := range []string{"hefei", "wuhu"} {
		if n := s.reminded("gxj@" + unit + ".example"); n != 1 {
			t.Errorf("%s got %d reminders, want 1", unit, n)
		}
	}
}

// TestProvenBounceEndsReminders is the other side: who knows the letter is believed, and the address is left alone.
func TestProvenBounceEndsReminders(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	s.put(onlySheet(t, "hefei"), on("06-12", "16:00"))
	s.round("06-13", "07:00")
	sent := s.smtp.Received()
	s.put(forgedBounce("gxj@hefei.example", "", messageID(sent[0].Raw)), on("06-13", "08:00"))
	s.round("06-13", "08:10")
	s.round("06-14", "09:01")
	if n := s.reminded("gxj@hefei.example"); n != 0 {
		t.Errorf("%d reminders to a dead address", n)
	}
}

// reminded counts the reminders that reached an address.
func (s *site) reminded(address string) (n int) {
	s.t.Helper()
	ls, err := s.ledger().Letters(s.t.Context(), ledger.Sent)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, l := range ls {
		if l.Kind == ledger.Reminder && strings.Contains(strings.Join(l.To, " "), address) {
			n++
		}
	}
	return n
}

// TestNobodyRemindedUnread: a reminder is due, but the mailbox has not been read since. A city's mail may lie there, as
// hefei's does: nobody is reminded until all mail has been read, and hefei not then.
func TestNobodyRemindedUnread(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	s.round("06-18", "08:00")
	s.deliver("hefei", on("06-18", "08:30"), true)
	s.imap.SetFault(imaptest.Fault{Refuse: map[string]string{"LOGIN": "NO [AUTHENTICATIONFAILED] authentication failed"}})
	if code, out := s.run("serve", "--once", "--at", on("06-18", "09:30").Format(time.RFC3339)); code == 0 {
		t.Fatalf("the mailbox could not be read, and serve says nothing\n%s", out)
	}
	for _, address := range []string{"gxj@hefei.example", "gxj@wuhu.example"} {
		if n := s.reminded(address); n != 0 {
			t.Errorf("%s was reminded %d times while the mailbox could not be read", address, n)
		}
	}
	s.imap.SetFault(imaptest.Fault{})
	s.round("06-18", "09:40")
	if hefei, wuhu := s.reminded("gxj@hefei.example"), s.reminded("gxj@wuhu.example"); hefei != 0 || wuhu != 1 {
		t.Errorf("hefei was reminded %d times and wuhu %d, want 0 and 1", hefei, wuhu)
	}
}

// TestDataReplacedUnderServe: somebody restores a backup in the place of a data directory in use, or moves it away first. The daemon
// stops and says why; started again it works on what it finds, and no mail is answered twice.
func TestDataReplacedUnderServe(t *testing.T) {
	t.Parallel()
	for name, atOnce := range map[string]bool{"replaced": true, "moved away": false} {
		t.Run(name, func(t *testing.T) { t.Parallel(); dataReplaced(t, atOnce) })
	}
}

func dataReplaced(t *testing.T, atOnce bool) {
	s := newSite(t, nil)
	s.deliver("hefei", on("06-18", "07:00"), true)
	first, log := s.start()
	s.await("the answer", func() bool { n, _ := s.arrived("gxj@hefei.example"); return n == 1 })
	s.await("the filing", func() bool { return s.mails("INBOX") == 0 })
	data := filepath.Join(s.dir, "data")
	s.must("backup", filepath.Join(s.dir, "b.tar"))
	if err := os.Rename(data, data+".old"); err != nil {
		t.Fatal(err)
	}
	if atOnce {
		s.must("restore", filepath.Join(s.dir, "b.tar"), data)
	}
	s.deliver("wuhu", on("06-18", "07:05"), true)
	ended := make(chan error, 1)
	go func() { ended <- first.Wait() }()
	select {
	case err := <-ended:
		if err == nil || !bytes.Contains(log.Bytes(), []byte("replaced while it was open")) || !bytes.Contains(log.Bytes(), []byte("先停止服务")) {
			t.Errorf("the daemon ended with %v\n%s", err, log)
		}
	case <-time.After(90 * time.Second):
		_ = first.Process.Kill()
		t.Fatalf("the daemon goes on\n%s", log)
	}
	if !atOnce {
		s.must("restore", filepath.Join(s.dir, "b.tar"), data)
	}
	s.round("06-18", "07:10")
	for _, unit := range []string{"hefei", "wuhu"} {
		if _, letters := s.arrived("gxj@" + unit + ".example"); letters != 1 {
			t.Errorf("%s got %d letters", unit, letters)
		}
	}
	s.whole(2)
}
