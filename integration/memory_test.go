//go:build integration

package integration

import (
	"bufio"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestLargeMailInLittleMemory lets a daemon read a mail of nearly 200 MB. Its largest resident size may grow by 128 MB over what it
// was while idle; the caged reader, which has limits of its own, is another process.
func TestLargeMailInLittleMemory(t *testing.T) {
	s := startServers(t, everyone()...)
	h := setUp(t, s, buildBinary(t))
	s.send(t, h.address("wuhu"), box, "零报告", "零报告。")
	daemon := h.start()
	await(t, "the first answer", func() bool { return len(s.inbox(t, h.address("wuhu"), "")) == 1 })
	idle := residentPeak(daemon.Process.Pid)
	size := s.dropLarge(t, h.address("hefei"), 195<<20)
	await(t, "the large mail to be judged", func() bool { return h.status().Mailbox.Ledger == 2 })
	await(t, "its answer", func() bool { return len(s.inbox(t, h.address("hefei"), "")) == 1 })
	peak := residentPeak(daemon.Process.Pid)
	t.Logf("a mail of %d MB: idle %d MB, peak %d MB, %d MB more", size>>20, idle>>10, peak>>10, (peak-idle)>>10)
	if idle == 0 || peak-idle > 128<<10 {
		t.Errorf("the daemon grew from %d kB to %d kB", idle, peak)
	}
	if err := kill(t, daemon, syscall.SIGTERM); err != nil {
		t.Errorf("ending on SIGTERM: %v", err)
	}
	h.must("verify")
}

// dropLarge puts a mail with one attachment of random bytes into the mailbox's maildir, as an LDA would.
func (s *servers) dropLarge(t *testing.T, from string, size int64) int64 {
	t.Helper()
	tmp := filepath.Join(s.mail, box, "Maildir", "tmp", "large")
	f, err := os.OpenFile(tmp, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	fmt.Fprintf(w, "From: <%s>\r\nTo: <%s>\r\nSubject: big\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"+
		"--b\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=video.mp4\r\nContent-Transfer-Encoding: base64\r\n\r\n", from, box)
	line, written := make([]byte, 57), int64(0)
	for written < size {
		rand.Read(line)
		n, err := w.WriteString(base64.StdEncoding.EncodeToString(line) + "\r\n")
		if err != nil {
			t.Fatal(err)
		}
		written += int64(n)
	}
	fmt.Fprint(w, "--b--\r\n")
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(tmp, 8, 8); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(tmp, filepath.Join(s.mail, box, "Maildir", "new", "1700000000.M1P1.mx")); err != nil {
		t.Fatal(err)
	}
	return written
}
