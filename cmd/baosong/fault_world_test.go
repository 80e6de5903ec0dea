package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"baosong/intake/imaptest"
	"baosong/notify/smtptest"
	"baosong/parse/call"
	"baosong/sample"
)

// secretWord is the mailbox's password in the fault tests: it must turn up nowhere but in its file.
const secretWord = "sesame-open-7531"

// site is a baosong with its servers, for tests that break things: a folder with configuration and data directory, and
// the binary, which is this test binary under the name baosong.
type site struct {
	t    *testing.T
	dir  string
	imap *imaptest.Server
	smtp *smtptest.Server
	env  []string
}

func newSite(t *testing.T, onMail func(smtptest.Mail)) *site {
	t.Helper()
	s := &site{t: t, dir: t.TempDir()}
	var err error
	if s.imap, err = imaptest.Start(imaptest.Options{Username: "box@example.org", Password: secretWord}); err != nil {
		t.Fatal(err)
	}
	if s.smtp, err = smtptest.Start(smtptest.Options{OnMail: onMail}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.smtp.Close(); s.imap.Close() })
	if err := errors.Join(
		call.Write(filepath.Join(s.dir, "calls", shippedCall), call.Default()),
		os.WriteFile(filepath.Join(s.dir, "baosong.toml"), []byte(configText("data", s.imap.Port, s.smtp.Port)), 0o600),
		os.WriteFile(filepath.Join(s.dir, "imap.password"), []byte(secretWord+"\n"), 0o600)); err != nil {
		t.Fatal(err)
	}
	return s
}

// edit changes the configuration.
func (s *site) edit(old, with string) {
	s.t.Helper()
	file := filepath.Join(s.dir, "baosong.toml")
	text, err := os.ReadFile(file)
	if err != nil {
		s.t.Fatal(err)
	}
	changed := strings.Replace(string(text), old, with, 1)
	if changed == string(text) && old != with {
		s.t.Fatalf("no %q in the configuration", old)
	}
	if err := os.WriteFile(file, []byte(changed), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// rostered puts another address in the place of one on the roster.
func (s *site) rostered(old, with string) {
	s.t.Helper()
	file := filepath.Join(s.dir, "calls", shippedCall, "units.csv")
	text, err := os.ReadFile(file)
	if err != nil {
		s.t.Fatal(err)
	}
	changed := strings.Replace(string(text), old, with, 1)
	if changed == string(text) {
		s.t.Fatalf("no %s on the roster", old)
	}
	if err := os.WriteFile(file, []byte(changed), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) command(args ...string) *exec.Cmd {
	cmd := exec.CommandContext(s.t.Context(), "baosong", args...)
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), s.env...)
	return cmd
}

// run runs a command and returns its exit status and what it said, stdout first.
func (s *site) run(args ...string) (int, string) {
	s.t.Helper()
	cmd := s.command(args...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	var ended *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &ended) {
		s.t.Fatalf("baosong %v: %v", args, err)
	}
	return cmd.ProcessState.ExitCode(), out.String()
}

func (s *site) must(args ...string) string {
	s.t.Helper()
	code, out := s.run(args...)
	if code != 0 {
		s.t.Fatalf("baosong %v: exit %d\n%s", args, code, out)
	}
	return out
}

// round runs serve --once as of a moment of the call's stretch of days.
func (s *site) round(monthDay, clock string) {
	s.t.Helper()
	s.must("serve", "--once", "--at", on(monthDay, clock).Format(time.RFC3339))
}

// deliver puts a mail of a unit into the mailbox: its whole material, or a nil return when files is false.
func (s *site) deliver(unit string, at time.Time, files bool) []byte {
	s.t.Helper()
	u, ok := call.Default().Unit(unit)
	if !ok {
		s.t.Fatalf("no unit %q", unit)
	}
	m := sample.Mail{From: u.Addresses[0], FromName: u.Name, To: "box@example.org", Subject: "零报告", Text: "本市无报送内容，零报告。", Date: at}
	if files {
		fs, err := material(unit, "")
		if err != nil {
			s.t.Fatal(err)
		}
		m.Subject, m.Text, m.Attachments = u.City+"典型案例报送", "请查收。", fs
	}
	raw := m.Bytes()
	s.put(raw, at)
	return raw
}

func (s *site) put(raw []byte, at time.Time) {
	s.t.Helper()
	if _, err := s.imap.Deliver("INBOX", raw, at); err != nil {
		s.t.Fatal(err)
	}
}

// arrived counts the letters that reached an address, and how many different ones they were.
func (s *site) arrived(address string) (sendings, letters int) {
	ids := map[string]bool{}
	for _, m := range s.smtp.Received() {
		for _, to := range m.To {
			if strings.EqualFold(to, address) {
				sendings++
				ids[messageID(m.Raw)] = true
			}
		}
	}
	return sendings, len(ids)
}

func messageID(raw []byte) string {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return ""
	}
	return m.Header.Get("Message-Id")
}

type siteMessage struct {
	ID    int64  `json:"id"`
	State string `json:"state"`
	Why   string `json:"why"`
}

func (s *site) messages() []siteMessage {
	s.t.Helper()
	var ms []siteMessage
	s.json(&ms, "messages")
	return ms
}

func (s *site) json(into any, args ...string) {
	s.t.Helper()
	cmd := s.command(append(args, "--json")...)
	out, err := cmd.Output()
	if err == nil {
		err = json.Unmarshal(out, into)
	}
	if err != nil {
		s.t.Fatalf("baosong %v: %v\n%s", args, err, out)
	}
}

// whole asks that the ledger proves whole and that the mailbox's books balance with n mails.
func (s *site) whole(n int) {
	s.t.Helper()
	s.must("verify")
	var st statusReport
	s.json(&st, "status")
	if st.Mailbox.Server != n || st.Mailbox.Ledger != n {
		s.t.Errorf("mailbox %+v, want %d and %d", st.Mailbox, n, n)
	}
}

// house opens the site in this process, as of a moment that the caller may move.
func (s *site) house(clock func() time.Time) *house {
	s.t.Helper()
	cfg, calls, err := loadConfig(filepath.Join(s.dir, "baosong.toml"))
	if err != nil {
		s.t.Fatal(err)
	}
	h, err := assemble(s.t.Context(), cfg, calls, cfg.DataDir, clock, slog.New(slog.NewTextHandler(s.t.Output(), nil)))
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { h.close() })
	return h
}

// await asks again until the condition holds or the test runs out of patience.
func (s *site) await(what string, holds func() bool) {
	s.t.Helper()
	patience := time.NewTimer(90 * time.Second)
	defer patience.Stop()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-patience.C:
			s.t.Fatalf("waiting for %s: gave up", what)
		case <-tick.C:
		}
	}
}
