package main

import (
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// TestReadyWaits: the daemon says READY=1 once it has read the whole mailbox, however long that takes, and until then what it is
// waiting for. No limit of systemd's may end it meanwhile, and no watchdog, for it feeds none.
func TestReadyWaits(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	s.edit(`poll = "1s"`, "poll = \"1s\"\nfolders = [\"INBOX\", \"Material\"]")
	var mu sync.Mutex
	var said []string
	path := filepath.Join(s.dir, "notify")
	l, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	heard := make(chan struct{})
	go func() {
		defer close(heard)
		b := make([]byte, 4096)
		for {
			n, err := l.Read(b)
			if err != nil {
				return
			}
			mu.Lock()
			said = append(said, string(b[:n]))
			mu.Unlock()
		}
	}()
	has := func(what string) bool {
		mu.Lock()
		defer mu.Unlock()
		return strings.Contains(strings.Join(said, "\n"), what)
	}
	s.env = append(s.env, "NOTIFY_SOCKET="+path)
	daemon, log := s.start()
	s.await("word of the missing folder", func() bool { return has("STATUS=邮箱连续 2 次没有读完") })
	if has("READY=1") {
		t.Error("ready without having read the mailbox")
	}
	if err := s.imap.AddMailbox("Material"); err != nil {
		t.Fatal(err)
	}
	s.await("readiness", func() bool { return has("READY=1") && has("STATUS=收信正常") })
	s.stop(daemon, log)
	l.Close()
	<-heard
	if !has("STOPPING=1") {
		t.Errorf("said %q", said)
	}
	for _, one := range said {
		if strings.Contains(one, "\n") {
			t.Errorf("a status of two lines: %q", one)
		}
	}
	unit, err := os.ReadFile(filepath.Join("..", "..", "deploy", "baosong.service"))
	if err != nil {
		t.Fatal(err)
	}
	for pattern, want := range map[string]bool{`(?m)^Type=notify$`: true, `(?m)^TimeoutStartSec=infinity$`: true, `(?m)^(WatchdogSec|TimeoutSec|RuntimeMaxSec)=`: false} {
		if regexp.MustCompile(pattern).Match(unit) != want {
			t.Errorf("deploy/baosong.service: %s matches: %v, want %v", pattern, !want, want)
		}
	}
}
