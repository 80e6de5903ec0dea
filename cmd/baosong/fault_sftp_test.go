//go:build standby

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestTakeOverBySFTP is the second machine as deploy/ describes it: the ledger goes over SFTP by the real Litestream and
// deploy/litestream.yml, the bytes by rsync over SSH, while serve runs. Both are killed at once, the scripts take over, and each
// mail has had one answer. It wants the programs that bench/standby.sh gets, and fails without them.
func TestTakeOverBySFTP(t *testing.T) {
	s := newSite(t, nil)
	replica, stand := filepath.Join(s.dir, "replica"), filepath.Join(s.dir, "data")
	gate := s.sshd()
	s.deliver("hefei", on("06-17", "16:00"), true)
	first, _ := s.start()
	s.await("the first answer", func() bool { return s.replies("hefei") == 1 })
	stream := s.litestreamTo(gate, replica)
	s.deliver("wuhu", on("06-18", "07:05"), true)
	s.await("the second answer", func() bool { return s.replies("wuhu") == 1 })
	s.await("the replica to catch up", func() bool { return s.replicated(replica) == 2 })
	s.script("sync-blobs.sh", stand, gate.account+"@127.0.0.1:"+replica)
	if err := errors.Join(first.Process.Kill(), stream.Process.Kill()); err != nil {
		t.Fatal(err)
	}
	_, _ = first.Process.Wait()
	_, _ = stream.Process.Wait()
	s.deliver("bengbu", on("06-18", "07:15"), true)
	if err := os.Rename(stand, filepath.Join(s.dir, "lost")); err != nil {
		t.Fatal(err)
	}
	if said := s.script("take-over.sh", replica, stand, "baosong.toml"); !strings.Contains(said, "完好") {
		t.Errorf("take-over says\n%s", said)
	}
	second, log := s.start()
	s.await("the third answer", func() bool { return s.replies("bengbu") == 1 })
	s.await("the filing", func() bool { return s.mails("INBOX") == 0 })
	s.stop(second, log)
	for _, unit := range []string{"hefei", "wuhu", "bengbu"} {
		if n := s.replies(unit); n != 1 {
			t.Errorf("%s got %d answers", unit, n)
		}
	}
	s.whole(3)
}

// replies counts the answers that arrived at a unit: what was sent in the thread of its mail.
func (s *site) replies(unit string) (n int) {
	for _, m := range s.smtp.Received() {
		if m.To[0] == "gxj@"+unit+".example" && bytes.Contains(m.Raw, []byte("\r\nIn-Reply-To: ")) {
			n++
		}
	}
	return n
}

// replicated restores the replica aside and counts the answers that it knows to be sent.
func (s *site) replicated(replica string) (n int) {
	s.t.Helper()
	aside := s.t.TempDir()
	out, err := exec.CommandContext(s.t.Context(), "litestream", "restore", "-o", filepath.Join(aside, "ledger.db"), "file://"+replica+"/ledger").CombinedOutput()
	if err != nil {
		s.t.Logf("not yet: %s", out)
		return 0
	}
	config, err := os.ReadFile(filepath.Join(s.dir, "baosong.toml"))
	if err == nil {
		err = os.WriteFile(filepath.Join(s.dir, "aside.toml"), bytes.Replace(config, []byte(`"data"`), fmt.Appendf(nil, "%q", aside), 1), 0o600)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	var ls []struct{ Kind, State string }
	s.json(&ls, "letters", "--config", "aside.toml")
	for _, l := range ls {
		if l.Kind == "receipt" && l.State == "sent" {
			n++
		}
	}
	return n
}

// gate is an sshd of our own on loopback.
type gate struct {
	port                  int
	account, key, hostKey string // hostKey as ssh-keyscan tells it, without the host
}

// sshd starts one with throwaway keys, and tells ssh and rsync about it by the environment.
func (s *site) sshd() gate {
	s.t.Helper()
	dir := filepath.Join(s.dir, "ssh")
	me, err := user.Current()
	if err != nil {
		s.t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	g := gate{port: ln.Addr().(*net.TCPAddr).Port, account: me.Username, key: filepath.Join(dir, "standby.key")}
	config := fmt.Sprintf("Port %d\nListenAddress 127.0.0.1\nHostKey %[2]s/host\nAuthorizedKeysFile %[2]s/standby.key.pub\nPidFile none\nStrictModes no\nUsePAM no\n"+
		"PasswordAuthentication no\nPermitRootLogin prohibit-password\nSubsystem sftp internal-sftp\n", g.port, dir)
	// Debian's sshd wants this folder; it is made when missing, as its unit does.
	if err := errors.Join(ln.Close(), os.MkdirAll(dir, 0o700), os.MkdirAll("/run/sshd", 0o755), os.WriteFile(filepath.Join(dir, "config"), []byte(config), 0o600)); err != nil {
		s.t.Fatal(err)
	}
	for _, name := range []string{"host", "standby.key"} {
		if out, err := exec.CommandContext(s.t.Context(), "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", filepath.Join(dir, name)).CombinedOutput(); err != nil {
			s.t.Fatalf("ssh-keygen: %v\n%s", err, out)
		}
	}
	public, err := os.ReadFile(filepath.Join(dir, "host.pub"))
	if err != nil {
		s.t.Fatal(err)
	}
	g.hostKey = strings.Join(strings.Fields(string(public))[:2], " ")
	known := fmt.Sprintf("[127.0.0.1]:%d %s\n", g.port, g.hostKey)
	if err := os.WriteFile(filepath.Join(dir, "known"), []byte(known), 0o600); err != nil {
		s.t.Fatal(err)
	}
	s.env = append(s.env, fmt.Sprintf("RSYNC_RSH=ssh -F none -p %d -i %s -o UserKnownHostsFile=%s/known -o BatchMode=yes", g.port, g.key, dir))
	s.background("/usr/sbin/sshd", "-D", "-e", "-f", filepath.Join(dir, "config"))
	s.await("sshd", func() bool {
		c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", g.port))
		if err != nil {
			return false
		}
		defer c.Close()
		hello, err := io.ReadAll(io.LimitReader(c, 4))
		return err == nil && string(hello) == "SSH-"
	})
	return g
}

// litestreamTo replicates by deploy/litestream.yml, in which only the places are changed.
func (s *site) litestreamTo(g gate, replica string) *exec.Cmd {
	s.t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "deploy", "litestream.yml"))
	if err != nil {
		s.t.Fatal(err)
	}
	config := string(text)
	for old, with := range map[string]string{
		"/var/lib/baosong/ledger.db":        filepath.Join(s.dir, "data", "ledger.db"),
		"standby.example.org:22":            fmt.Sprintf("127.0.0.1:%d", g.port),
		"user: baosong":                     "user: " + g.account,
		"/etc/baosong/standby.key":          g.key,
		"ssh-ed25519 AAAA...":               g.hostKey,
		"/var/lib/baosong-replica/ledger\n": replica + "/ledger\n",
	} {
		if !strings.Contains(config, old) {
			s.t.Fatalf("no %q in deploy/litestream.yml", old)
		}
		config = strings.Replace(config, old, with, 1)
	}
	file := filepath.Join(s.dir, "litestream.yml")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		s.t.Fatal(err)
	}
	return s.background("litestream", "replicate", "-config", file)
}

// background starts a program that ends with the test at the latest.
func (s *site) background(name string, args ...string) *exec.Cmd {
	s.t.Helper()
	log, err := os.Create(filepath.Join(s.dir, filepath.Base(name)+".log"))
	if err != nil {
		s.t.Fatal(err)
	}
	cmd := exec.Command(name, args...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		s.t.Fatalf("%v: run bench/standby.sh, which gets what is missing", err)
	}
	s.t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		log.Close()
		if said, err := os.ReadFile(log.Name()); err == nil && s.t.Failed() {
			s.t.Logf("%s said\n%s", name, said)
		}
	})
	return cmd
}
