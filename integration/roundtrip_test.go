//go:build integration

package integration

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"baosong/intake/mailbox"
	"baosong/intake/message"
	"baosong/sample"
)

const workday = "2024-06-18T10:00:00+08:00"

// TestRoundTrip sends cities' mail through Postfix into Dovecot, has it read by serve --once, and fetches the answers
// from the cities' own mailboxes over IMAP.
func TestRoundTrip(t *testing.T) {
	s := startServers(t, everyone()...)
	h := setUp(t, s, buildBinary(t))

	t.Run("a whole submission gets a receipt", func(t *testing.T) {
		s.send(t, h.address("hefei"), box, "合肥市典型案例报送", "请查收。", h.material("hefei", 2, nil)...)
		h.once(workday)
		if u := h.unit("hefei"); u.State != "accepted" || u.CasesAccepted != 2 {
			t.Fatalf("hefei stands at %+v, want accepted with 2 cases", u)
		}
		m := fetchAnswer(t, s, h.address("hefei"))
		if !strings.Contains(m.Subject, "回执") || !strings.Contains(m.Subject, h.unit("hefei").Receipt) {
			t.Errorf("subject %q names no receipt", m.Subject)
		}
	})
	t.Run("a faulty one gets its own workbook back, then a receipt", func(t *testing.T) {
		files := h.material("bengbu", 2, func(cs []sample.Case) { cs[1].Direction = "数字化转型" })
		s.send(t, h.address("bengbu"), box, "蚌埠市典型案例", "请查收。", files...)
		h.once(workday)
		if u := h.unit("bengbu"); u.State != "correct" || u.ErrorsOpen == 0 {
			t.Fatalf("bengbu stands at %+v, want correct", u)
		}
		m := fetchAnswer(t, s, h.address("bengbu"))
		if !strings.Contains(m.Text, "数字化转型") {
			t.Errorf("the correction request does not name what was found:\n%s", m.Text)
		}
		openInLibreOffice(t, m, "问题清单")
		mended := h.material("bengbu", 2, nil)
		s.send(t, h.address("bengbu"), box, "补正", "已更正。", mended[0])
		h.once(workday)
		if u := h.unit("bengbu"); u.State != "accepted" || u.CasesAccepted != 2 {
			t.Fatalf("bengbu stands at %+v after mending, want accepted with 2 cases", u)
		}
	})
	t.Run("a stranger is held and nobody is written to", func(t *testing.T) {
		s.send(t, "someone@elsewhere.example", box, "芜湖市材料", "请查收。", h.material("wuhu", 1, nil)...)
		h.once(workday)
		if st := h.status(); st.Held != 1 {
			t.Fatalf("held %d, want 1", st.Held)
		}
		if got := s.inbox(t, "someone@elsewhere.example", ""); len(got) != 0 {
			t.Errorf("the stranger got %d letters", len(got))
		}
		var held []messageLine
		h.json(&held, "held")
		h.must("assign", itoa(held[0].ID), "wuhu", "--remember")
		h.once(workday)
		if u := h.unit("wuhu"); u.State != "accepted" {
			t.Errorf("wuhu stands at %+v after assigning, want accepted", u)
		}
	})
	t.Run("the books balance and everything proves whole", func(t *testing.T) {
		st := h.status()
		if st.Mailbox.Server != st.Mailbox.Ledger || st.Mailbox.Server != 4 {
			t.Errorf("mailbox %+v, want 4 and 4", st.Mailbox)
		}
		if st.Outbox.Due != 0 || st.Outbox.Dead != 0 {
			t.Errorf("outbox %+v", st.Outbox)
			for _, l := range h.letters() {
				if l.State != "sent" {
					t.Errorf("letter %+v", l)
				}
			}
		}
		h.must("verify")
		backup := filepath.Join(t.TempDir(), "backup.tar")
		h.must("backup", backup)
		h.must("verify", backup)
	})
	t.Run("the same mailbox under a new UIDVALIDITY is answered to nobody", func(t *testing.T) {
		before := len(h.letters())
		s.dovecotDown()
		for _, f := range []string{"", ".&XfJlNg-", ".&X4WIZWtj-"} {
			os.Remove(filepath.Join(s.mail, box, "Maildir", f, "dovecot-uidlist"))
		}
		indexes, _ := filepath.Glob(filepath.Join(s.mail, box, "Maildir", "dovecot*"))
		for _, f := range indexes {
			os.Remove(f)
		}
		s.dovecotUp(t)
		h.once(workday)
		if after := len(h.letters()); after != before {
			t.Errorf("%d letters, %d before", after, before)
		}
		if st := h.status(); st.Mailbox.Server != st.Mailbox.Ledger {
			t.Errorf("mailbox %+v after the change", st.Mailbox)
		}
	})
}

// TestDoctor proves the set-up against the real servers, a probe mail included.
func TestDoctor(t *testing.T) {
	s := startServers(t, everyone()...)
	h := setUp(t, s, buildBinary(t))
	if out := h.must("doctor"); !strings.Contains(out, "试验邮件") {
		t.Errorf("doctor did not probe:\n%s", out)
	}
	write(t, filepath.Join(h.dir, "secret"), "wrong\n", 0o600)
	if code, out, _ := h.run("doctor"); code != 3 || !strings.Contains(out, "授权码") {
		t.Errorf("doctor with a wrong password: exit %d\n%s", code, out)
	}
	if code, _, err := h.run("serve", "--once"); code != 1 || !strings.Contains(err, "邮箱") {
		t.Errorf("serve --once with a wrong password: exit %d\n%s", code, err)
	}
}

// TestMutt reads a mail that mutt has built.
func TestMutt(t *testing.T) {
	s := startServers(t, everyone()...)
	h := setUp(t, s, buildBinary(t))
	files := h.material("hefei", 1, nil)
	args := []string{"-F", "/dev/null", "-e", "set smtp_url=smtp://127.0.0.1:" + itoa(int64(s.smtp)), "-e", "set from=gxj@hefei.example", "-e", "set use_from=yes",
		"-e", "set ssl_starttls=no", "-e", "set ssl_force_tls=no", "-e", "set copy=no", "-e", "set charset=utf-8", "-e", "set send_charset=gb2312:utf-8", "-s", "合肥市典型案例", "-a"}
	args = append(append(args, files...), "--", box)
	cmd := exec.Command("mutt", args...)
	cmd.Stdin = strings.NewReader("请查收。\n")
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "HOME="+t.TempDir())
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("mutt: %v\n%s", err, out)
	}
	await(t, "mutt's mail", func() bool { return len(s.inbox(t, box, "")) == 1 })
	h.once(workday)
	if u := h.unit("hefei"); u.State != "accepted" {
		t.Errorf("hefei stands at %+v, want accepted", u)
	}
}

// fetchAnswer reads the newest mail of a city's own mailbox over IMAP, as the city's program would.
func fetchAnswer(t *testing.T, s *servers, account string) *message.Message {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	await(t, "an answer to "+account, func() bool { return len(s.inbox(t, account, "")) > 0 })
	c, err := mailbox.Dial(ctx, mailbox.Options{Host: "127.0.0.1", Port: s.imap, TLS: "none", Username: account, Password: password})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Open(ctx, "INBOX", true); err != nil {
		t.Fatal(err)
	}
	entries, err := c.UIDs(ctx)
	if err != nil || len(entries) == 0 {
		t.Fatalf("listing %s: %d mails, %v", account, len(entries), err)
	}
	var raw bytes.Buffer
	if _, err := c.Fetch(ctx, entries[len(entries)-1].UID, &raw); err != nil {
		t.Fatal(err)
	}
	m, err := message.Read(&raw, t.TempDir(), message.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// openInLibreOffice converts the attached workbook to PDF with LibreOffice and looks for a word on its pages.
func openInLibreOffice(t *testing.T, m *message.Message, word string) {
	t.Helper()
	for _, a := range m.Attachments {
		if !strings.HasSuffix(a.Name, ".xlsx") {
			continue
		}
		dir := t.TempDir()
		book := filepath.Join(dir, "book.xlsx")
		b, err := os.ReadFile(a.Path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(book, b, 0o644); err != nil {
			t.Fatal(err)
		}
		run(t, "soffice", "-env:UserInstallation=file://"+dir+"/profile", "--headless", "--convert-to", "pdf", "--outdir", dir, book)
		if text := run(t, "pdftotext", filepath.Join(dir, "book.pdf"), "-"); !strings.Contains(text, word) {
			t.Errorf("LibreOffice shows no %q in %s:\n%.500s", word, a.Name, text)
		}
		return
	}
	t.Error("no workbook is attached")
}
