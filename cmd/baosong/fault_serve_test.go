package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"baosong/intake/imaptest"
	"baosong/intake/mailbox"
	"baosong/ledger"
)

// TestMailboxDown lets polls fail: staff hear once that the mailbox is down and once that it is back.
func TestMailboxDown(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name  string
		err   error
		after int // failed polls until staff are told
		says  string
	}{
		{"wrong password", fmt.Errorf("login: %w", mailbox.ErrAuth), 1, "授权码"},
		{"unsafe login", fmt.Errorf("select: %w", mailbox.ErrUnsafeLogin), 1, "授权码"},
		{"no route", errors.New("connection refused"), alertAfter, "连续多次"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, nil)
			now := on("06-18", "10:00")
			h := s.house(func() time.Time { return now })
			watch := &health{house: h, wake: make(chan struct{}, 1)}
			alerts := func() (out []ledger.Letter) {
				all, err := h.db.Letters(t.Context(), "")
				if err != nil {
					t.Fatal(err)
				}
				return all
			}
			for i := range 50 {
				if n := len(alerts()); i < row.after && n != 0 || i >= row.after && n != 1 {
					t.Fatalf("%d alerts after %d failed polls", n, i)
				}
				watch.polled(t.Context(), h.now(), row.err)
				now = now.Add(time.Minute)
			}
			for range 3 {
				watch.polled(t.Context(), h.now(), nil)
			}
			all := alerts()
			if len(all) != 2 || !strings.Contains(all[0].Facts, row.says) || !strings.Contains(all[1].Facts, "恢复") || all[1].To[0] != "staff@example.org" {
				t.Errorf("%d alerts: %+v", len(all), all)
			}
		})
	}
}

// TestWrongPasswordMended runs the daemon with a password that the server refuses until it is mended.
func TestWrongPasswordMended(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	s.imap.SetFault(imaptest.Fault{Refuse: map[string]string{"LOGIN": "NO [AUTHENTICATIONFAILED] authentication failed"}})
	daemon, log := s.start()
	s.await("the alert", func() bool { return s.keyed("mailbox-down") == 1 })
	s.imap.SetFault(imaptest.Fault{})
	s.await("the all-clear", func() bool { return s.keyed("mailbox-up") == 1 })
	s.stop(daemon, log)
	if down, up := s.keyed("mailbox-down"), s.keyed("mailbox-up"); down != 1 || up != 1 {
		t.Errorf("%d alerts and %d all-clears, want one of each", down, up)
	}
}

// keyed counts the letters whose key holds a word.
func (s *site) keyed(word string) int {
	s.t.Helper()
	db, err := ledger.Open(s.t.Context(), filepath.Join(s.dir, "data"), ledger.Options{ReadOnly: true})
	if err != nil {
		return 0 // the daemon is only just making it
	}
	defer db.Close()
	all, err := db.Letters(s.t.Context(), "")
	if err != nil {
		s.t.Fatal(err)
	}
	n := 0
	for _, l := range all {
		if strings.Contains(l.Key, word) {
			n++
		}
	}
	return n
}

// start starts the daemon; what it logs can be read once it has ended.
// Its clock is the system's: without a ladder no reminder depends on the hour at which the tests run.
func (s *site) start() (*exec.Cmd, *bytes.Buffer) {
	s.t.Helper()
	file := filepath.Join(s.dir, "calls", shippedCall, "call.toml")
	text, err := os.ReadFile(file)
	if err != nil {
		s.t.Fatal(err)
	}
	ladder := regexp.MustCompile(`(?m)^(remind|remind_after) = \[.*\]`)
	if err := os.WriteFile(file, ladder.ReplaceAll(text, []byte("$1 = []")), 0o600); err != nil {
		s.t.Fatal(err)
	}
	var log bytes.Buffer
	cmd := s.command("serve")
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	return cmd, &log
}

// stop ends the daemon as systemd does; it must end by itself and without an error.
func (s *site) stop(cmd *exec.Cmd, log *bytes.Buffer) {
	s.t.Helper()
	if err := errors.Join(cmd.Process.Signal(syscall.SIGTERM), cmd.Wait()); err != nil {
		s.t.Errorf("ending on SIGTERM: %v\n%s", err, log)
	}
}

// TestSecretsAndModes looks for the password in all that a running daemon writes and shows, and at the modes of all files, with
// a umask that takes nothing away.
func TestSecretsAndModes(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	s.deliver("hefei", on("06-18", "07:00"), true)
	s.imap.SetFault(imaptest.Fault{DropOn: "UID FETCH"}) // faults are logged, and logs are where secrets get out
	var log bytes.Buffer
	daemon := s.command()
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Fatal(err)
	}
	daemon.Path, daemon.Args = sh, []string{"sh", "-c", "umask 000; exec baosong serve"}
	daemon.Stdout, daemon.Stderr = &log, &log
	if err := daemon.Start(); err != nil {
		t.Fatal(err)
	}
	s.await("a failed poll", func() bool { return len(s.imap.Commands()) > 8 })
	s.imap.SetFault(imaptest.Fault{})
	s.await("the answer", func() bool { n, _ := s.arrived("gxj@hefei.example"); return n == 1 })
	s.noSecretInProcesses()
	s.stop(daemon, &log)
	s.run("doctor", "--no-probe")
	for what, text := range map[string]string{"log": log.String(), "config describe": s.must("config", "describe"), "config test": s.must("config", "test"),
		"status": s.must("status"), "doctor": s.must("doctor", "--no-probe")} {
		if strings.Contains(text, secretWord) {
			t.Errorf("%s tells the password", what)
		}
	}
	n := 0
	err = filepath.WalkDir(filepath.Join(s.dir, "data"), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		n++
		st, err := d.Info()
		if err != nil {
			return err
		}
		want := fs.FileMode(0o600)
		if d.IsDir() {
			want = 0o700
		}
		if st.Mode().Perm() != want {
			t.Errorf("%s has mode %v", path, st.Mode())
		}
		if d.IsDir() {
			return nil
		}
		b, err := os.ReadFile(path)
		if bytes.Contains(b, []byte(secretWord)) {
			t.Errorf("%s holds the password", path)
		}
		return err
	})
	if err != nil || n < 10 {
		t.Errorf("looked at %d files, %v", n, err)
	}
}

// noSecretInProcesses looks at the command lines and the environments of all processes.
func (s *site) noSecretInProcesses() {
	s.t.Helper()
	seen := 0
	for _, name := range []string{"cmdline", "environ"} {
		files, err := filepath.Glob("/proc/[0-9]*/" + name)
		if err != nil {
			s.t.Fatal(err)
		}
		for _, f := range files {
			b, err := os.ReadFile(f)
			if err != nil {
				continue // it has ended, or is somebody else's
			}
			seen++
			if bytes.Contains(b, []byte(secretWord)) {
				s.t.Errorf("%s tells the password: %q", f, b)
			}
		}
	}
	if seen == 0 {
		s.t.Log("this system shows no processes")
	}
}

// TestTwoDaemons: the second one on a data directory ends with 11 and touches nothing.
func TestTwoDaemons(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	first, log := s.start()
	s.await("the first daemon", func() bool { return strings.Contains(strings.Join(s.imap.Commands(), "\n"), "SELECT") })
	for _, args := range [][]string{{"serve"}, {"serve", "--once"}} {
		if code, out := s.run(args...); code != exitConflict || !strings.Contains(out, "另一个 baosong serve") {
			t.Errorf("%v beside the first: exit %d\n%s", args, code, out)
		}
	}
	s.must("status") // the other commands may be used meanwhile
	s.stop(first, log)
	s.must("serve", "--once")
}

// TestBooksThatDiffer: a difference between server and ledger is logged after the poll, and balanced books say nothing.
func TestBooksThatDiffer(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	s.deliver("hefei", on("06-17", "16:00"), true)
	h := s.house(func() time.Time { return on("06-18", "07:00") })
	var log bytes.Buffer
	h.log = slog.New(slog.NewTextHandler(&log, nil))
	if err := h.poller.Once(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.balance(t.Context())
	if log.Len() > 0 {
		t.Errorf("balanced books: %s", &log)
	}
	if err := h.db.FolderSeen(t.Context(), "INBOX", 1, 5); err != nil {
		t.Fatal(err)
	}
	h.balance(t.Context())
	if !strings.Contains(log.String(), "do not balance") || !strings.Contains(log.String(), "server=6 ledger=1") {
		t.Errorf("books that differ: %s", &log)
	}
}
