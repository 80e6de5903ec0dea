package smarthost_test

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"baosong/notify/smarthost"
)

// sink starts Postfix's smtp-sink, which shares no code with our server for tests, and gives a client of it.
func sink(t *testing.T, args ...string) *smarthost.Client {
	t.Helper()
	binary, err := exec.LookPath("smtp-sink")
	if err != nil {
		if binary, err = exec.LookPath("/usr/sbin/smtp-sink"); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatal("smtp-sink is not installed, and CI=true")
			}
			t.Skip("NOT TESTED AGAINST POSTFIX'S SINK: smtp-sink is not installed (apt-get install postfix)")
		}
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := ln.Addr().(*net.TCPAddr)
	ln.Close()
	if os.Geteuid() == 0 {
		args = append(args, "-u", "nobody")
	}
	cmd := exec.Command(binary, append(args, addr.String(), "10")...)
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	for deadline := time.Now().Add(quick); ; <-ticker.C {
		if conn, err := net.Dial("tcp", addr.String()); err == nil {
			conn.Close()
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("smtp-sink does not answer: %s", out.String())
		}
	}
	return &smarthost.Client{Options: smarthost.Options{Host: "127.0.0.1", Port: addr.Port, TLS: "none", Timeout: quick, From: box}}
}

func TestSink(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		args  []string
		stage string // "": the letter passes
		code  int
		perm  bool
		maybe bool
	}{
		{nil, "", 0, false, false},
		{[]string{"-8", "-E", "-N"}, "", 0, false, false},
		{[]string{"-e"}, "", 0, false, false},
		{[]string{"-f", "CONNECT"}, "greeting", 500, false, false},
		{[]string{"-f", "MAIL", "-B", "550 5.7.1 no"}, "mail", 550, true, false},
		{[]string{"-f", "RCPT", "-B", "550 5.1.1 no such user"}, "rcpt", 550, true, false},
		{[]string{"-f", "DATA", "-B", "554 5.7.1 spam"}, "data", 554, true, false},
		{[]string{"-f", ".", "-B", "554 5.7.1 spam"}, "verdict", 554, true, false},
		{[]string{"-r", "MAIL"}, "mail", 450, false, false},
		{[]string{"-r", "RCPT"}, "rcpt", 450, false, false},
		{[]string{"-r", "."}, "verdict", 450, false, false},
		{[]string{"-q", "MAIL"}, "mail", 0, false, false},
		{[]string{"-q", "RCPT"}, "rcpt", 0, false, false},
		{[]string{"-q", "DATA"}, "data", 0, false, false},
		{[]string{"-q", "."}, "verdict", 0, false, true},
		{[]string{"-f", "QUIT"}, "", 0, false, false},
		{[]string{"-q", "QUIT"}, "", 0, false, false},
	} {
		t.Run(strings.Join(row.args, " "), func(t *testing.T) {
			t.Parallel()
			err := sink(t, row.args...).Send(t.Context(), box, []string{"a@city.example"}, []byte(letter))
			if row.stage == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			r := refused(t, err)
			if got, want := fmt.Sprint(r.Stage, r.Code, r.Permanent, r.Maybe), fmt.Sprint(row.stage, row.code, row.perm, row.maybe); got != want {
				t.Errorf("got %s, want %s: %v", got, want, r)
			}
		})
	}
}

// TestSinkKeepsBytes looks at what the sink wrote down.
func TestSinkKeepsBytes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() == 0 { // the sink runs as nobody, and only root may enter the folder above
		if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	c := sink(t, "-d", filepath.Join(dir, "mail."))
	if err := c.Send(t.Context(), box, []string{"a@city.example"}, []byte(letter)); err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "mail.*"))
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(data), strings.ReplaceAll(letter, "\r\n", "\n")) {
			return
		}
	}
	t.Errorf("the letter is in none of %q", files)
}
