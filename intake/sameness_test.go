package intake

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"baosong/intake/imaptest"
	"baosong/intake/mailbox"
	"baosong/ledger"
	"baosong/sample"
)

// staff is a second client in the mailbox: people who read, flag and move mail there.
func (b *bench) staff(folder string) *mailbox.Client {
	b.t.Helper()
	c, err := mailbox.Dial(b.t.Context(), b.options())
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { c.Close() })
	if _, err := c.Open(b.t.Context(), folder, false); err != nil {
		b.t.Fatal(err)
	}
	return c
}

// first is the UID of a folder's first mail.
func (b *bench) first(folder string) uint32 {
	b.t.Helper()
	ms, err := b.imap.Messages(folder)
	if err != nil || len(ms) == 0 {
		b.t.Fatalf("%d mails in %s, %v", len(ms), folder, err)
	}
	return ms[0].UID
}

// TestStaffInTheMailbox lets people do to two judged mails what people do: each mail stays one message with one answer, and
// the books balance with what is left in the watched folders.
func TestStaffInTheMailbox(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name string
		do   func(b *bench) error
		left int
	}{
		{"flags it", func(b *bench) error {
			return b.staff(fates.Filed).Keyword(b.t.Context(), b.first(fates.Filed), "$Important")
		}, 2},
		{"moves it to another watched folder", func(b *bench) error {
			_, err := b.staff(fates.Filed).Move(b.t.Context(), b.first(fates.Filed), fates.Held)
			return err
		}, 2},
		{"moves it back to the inbox", func(b *bench) error {
			_, err := b.staff(fates.Filed).Move(b.t.Context(), b.first(fates.Filed), "INBOX")
			return err
		}, 2},
		{"moves it out of sight", func(b *bench) error {
			if err := b.imap.AddMailbox("私人"); err != nil {
				return err
			}
			_, err := b.staff(fates.Filed).Move(b.t.Context(), b.first(fates.Filed), "私人")
			return err
		}, 1},
		{"expunges it", func(b *bench) error { return b.imap.Remove(fates.Filed, b.first(fates.Filed)) }, 1},
		{"recreates the folder", func(b *bench) error { return b.imap.Recreate(fates.Filed) }, 2},
		{"recreates the whole mailbox", func(b *bench) error {
			for _, f := range b.poller.Watched() {
				if err := b.imap.Recreate(f); err != nil {
					return err
				}
			}
			return nil
		}, 2},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.deliver("INBOX", b.mail("hefei", "报送", b.now, b.files("hefei", 1, nil)...))
			b.deliver("INBOX", b.mail("wuhu", "零报告", b.now.Add(time.Minute)))
			b.mustPoll()
			if err := row.do(b); err != nil {
				t.Fatal(err)
			}
			b.mustPoll()
			b.mustPoll()
			ms := b.messages()
			if len(ms) != 2 || len(b.letters()) != 2 {
				t.Errorf("%d messages and %d letters, want 2 and 2", len(ms), len(b.letters()))
			}
			for _, m := range ms {
				if m.State != ledger.Filed {
					t.Errorf("message %+v", m)
				}
			}
			if b.standing("hefei").State != "accepted" || b.standing("wuhu").State != "nil" {
				t.Errorf("hefei %s, wuhu %s", b.standing("hefei").State, b.standing("wuhu").State)
			}
			b.balanced(row.left)
		})
	}
}

// TestRemovedWhileFetching: a mail that is moved or expunged between listing and fetching is no fault of the poll.
func TestRemovedWhileFetching(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.deliver("INBOX", b.mail("hefei", "零报告", b.now))
	b.deliver("INBOX", b.mail("wuhu", "零报告", b.now.Add(time.Minute)))
	done := false
	b.poller.Pipeline.Step = func(step string) error {
		if step != "receive.done" || done {
			return nil
		}
		done = true
		return b.imap.Remove("INBOX", 2)
	}
	b.mustPoll()
	if ms := b.messages(); len(ms) != 1 || len(b.letters()) != 1 {
		t.Errorf("%d messages, %d letters", len(ms), len(b.letters()))
	}
	b.mustPoll()
	b.balanced(1)
}

// TestTwoFoldersHoldTheSameMail: a copy in a second polled folder is recorded and never answered.
func TestTwoFoldersHoldTheSameMail(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	if err := b.imap.AddMailbox("垃圾邮件"); err != nil {
		t.Fatal(err)
	}
	b.poller.Folders = []string{"INBOX", "垃圾邮件"}
	m := b.mail("hefei", "零报告", b.now)
	b.deliver("INBOX", m)
	b.deliver("垃圾邮件", m)
	b.mustPoll()
	b.mustPoll()
	ms := b.messages()
	if len(ms) != 2 || ms[0].State != ledger.Filed || ms[1].Why != "duplicate" || len(b.letters()) != 1 {
		t.Errorf("messages %+v, %d letters", ms, len(b.letters()))
	}
	b.balanced(2)
}

// TestMessageIDIsNoIdentity: two mails with one Message-ID are two mails, and one without any is a mail.
func TestMessageIDIsNoIdentity(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	one, two := b.mail("hefei", "零报告", b.now), b.mail("wuhu", "零报告", b.now.Add(time.Minute))
	one.ID, two.ID = "same", "same"
	raw := string(two.Bytes())
	raw = strings.Replace(raw, "<same@wuhu.example>", "<same@hefei.example>", 1)
	for _, mail := range []string{string(one.Bytes()), raw, without(string(b.mail("bengbu", "零报告", b.now.Add(2*time.Minute)).Bytes()), "Message-ID:")} {
		if _, err := b.imap.Deliver("INBOX", []byte(mail), b.now); err != nil {
			t.Fatal(err)
		}
	}
	b.mustPoll()
	ms := b.messages()
	if len(ms) != 3 || ms[0].MessageID == "" || ms[0].MessageID != ms[1].MessageID || ms[2].MessageID != "" {
		t.Fatalf("messages %+v", ms)
	}
	if len(b.letters()) != 3 {
		t.Errorf("%d letters, want 3", len(b.letters()))
	}
	b.balanced(3)
}

// without leaves a header line out.
func without(raw, field string) string {
	var out []string
	for _, line := range strings.SplitAfter(raw, "\r\n") {
		if !strings.HasPrefix(strings.ToLower(line), strings.ToLower(field)) {
			out = append(out, line)
		}
	}
	return strings.Join(out, "")
}

// TestHostileMailsThroughTheHouse sends what is meant to break a reader; each becomes a message with a fate, its letters are
// well-formed, and the honest mail behind it is answered.
func TestHostileMailsThroughTheHouse(t *testing.T) {
	t.Parallel()
	parts := strings.Repeat("--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\nx\r\n", 5000) + "--b--\r\n"
	nested := strings.Repeat("Content-Type: message/rfc822\r\n\r\n", 2000) + "Subject: inner\r\n\r\nx"
	mails := map[string]string{
		"5,000 parts":          "Subject: parts\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + parts,
		"a header of 1 MB":     "Subject: " + strings.Repeat("x", 1<<20) + "\r\n\r\nbody",
		"100,000 header lines": strings.Repeat("X-A: b\r\n", 100_000) + "\r\nbody",
		"nested 2,000 deep":    nested,
		"line ends in subject": "Subject: =?UTF-8?B?5oql6YCBDQpCY2M6IHhAZXZpbC5leGFtcGxlDQoNCmJvZHk=?=\r\nIn-Reply-To: <a\x00b>\r\nReferences: <x>\x0b\x0c<y>\r\n\r\nbody",
		"no boundary":          "Content-Type: multipart/mixed\r\n\r\nbody",
		"nothing":              "\r\n",
		"zeros":                "\r\n" + strings.Repeat("\x00", 1<<20),
	}
	for name, mail := range mails {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBenchOn(t, imaptest.Options{})
			raw := fmt.Sprintf("From: <%s>\r\nTo: <box@example.org>\r\n%s", b.unit("hefei").Addresses[0], mail)
			if _, err := b.imap.Deliver("INBOX", []byte(raw), b.now); err != nil {
				t.Fatal(err)
			}
			b.deliver("INBOX", sample.Mail{From: b.unit("wuhu").Addresses[0], To: "box@example.org", Subject: "零报告", Date: b.now.Add(time.Minute)})
			b.mustPoll()
			ms := b.messages()
			if len(ms) != 2 || ms[0].State == ledger.Received || ms[0].State == ledger.Failed || ms[1].State != ledger.Filed {
				t.Fatalf("messages %+v", ms)
			}
			for _, l := range b.letters() {
				if strings.ContainsAny(l.Subject+l.InReplyTo+l.References, "\r\n\x00") {
					t.Errorf("letter %+v carries controls", l.NewLetter)
				}
			}
			b.balanced(2)
		})
	}
}
