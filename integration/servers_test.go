//go:build integration

package integration

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// servers are a Dovecot and a Postfix of our own on loopback ports, sharing one set of maildirs. Postfix delivers each
// address into its maildir; Dovecot serves each maildir to a user of that address with the password "secret".
type servers struct {
	dir          string
	imap, imaps  int
	smtp         int
	mail         string // maildirs
	cert         string
	dovecotConf  string
	postfixDir   string
	accounts     []string
	dovecotAlive bool
}

const password = "secret 授权码"

func startServers(t *testing.T, accounts ...string) *servers {
	t.Helper()
	for _, program := range []string{"dovecot", "postfix", "swaks"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Fatalf("%s is not installed: run .ci/run, which installs it", program)
		}
	}
	if os.Geteuid() != 0 {
		t.Fatal("dovecot and postfix need root to start")
	}
	// The mail servers drop privileges, so their folder must be reachable by others.
	dir, err := os.MkdirTemp("/var/tmp", "baosong-it-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	s := &servers{dir: dir, imap: freePort(t), imaps: freePort(t), smtp: freePort(t), mail: filepath.Join(dir, "mail"), accounts: accounts}
	s.makeCertificate(t)
	s.makeAccounts(t)
	s.startDovecot(t)
	s.startPostfix(t)
	return s
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func write(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

func (s *servers) makeCertificate(t *testing.T) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, IsCA: true,
		BasicConstraintsValid: true, DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	s.cert = filepath.Join(s.dir, "cert.pem")
	write(t, s.cert, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})), 0o644)
	write(t, filepath.Join(s.dir, "key.pem"), string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: keyDER})), 0o644)
}

// makeAccounts makes a maildir and a line in the password file for each address, owned by the user "mail" (8).
func (s *servers) makeAccounts(t *testing.T) {
	t.Helper()
	var users, boxes strings.Builder
	for _, a := range s.accounts {
		fmt.Fprintf(&users, "%s:{PLAIN}%s:8:8::%s/%s::\n", a, password, s.mail, a)
		fmt.Fprintf(&boxes, "%s %s/Maildir/\n", a, a)
		if err := os.MkdirAll(filepath.Join(s.mail, a), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	write(t, filepath.Join(s.dir, "users"), users.String(), 0o644)
	write(t, filepath.Join(s.dir, "boxes"), boxes.String(), 0o644)
	run(t, "chown", "-R", "8:8", s.mail)
}

func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// launch runs a command that leaves a daemon behind. Its output goes to a file: the daemon inherits it, and waiting for
// the end of a pipe would be waiting for the daemon. Postfix gives up when its master takes more than a few seconds, as it
// may on a busy machine, so it is told again.
func (s *servers) launch(t *testing.T, name string, args ...string) {
	t.Helper()
	for tries := 3; ; tries-- {
		said, err := s.tryLaunch(t, name, args...)
		if err == nil {
			return
		}
		if tries == 1 {
			t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, said)
		}
		t.Logf("%s: %v, once more\n%s", name, err, said)
		if name == "postfix" {
			exec.Command(name, "-c", s.postfixDir, "stop").Run()
		}
	}
}

func (s *servers) tryLaunch(t *testing.T, name string, args ...string) (said []byte, err error) {
	t.Helper()
	out, err := os.CreateTemp(s.dir, name+"-")
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	cmd := exec.Command(name, args...)
	cmd.Stdout, cmd.Stderr = out, out
	if err = cmd.Run(); err != nil {
		said, _ = os.ReadFile(out.Name())
		logged, _ := os.ReadFile(filepath.Join(s.dir, name+".log"))
		said = append(said, logged...)
	}
	return said, err
}

func (s *servers) startDovecot(t *testing.T) {
	t.Helper()
	s.dovecotConf = filepath.Join(s.dir, "dovecot.conf")
	write(t, s.dovecotConf, fmt.Sprintf(`
base_dir = %[1]s/dovecot-run
state_dir = %[1]s/dovecot-state
log_path = %[1]s/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <%[1]s/cert.pem
ssl_key = <%[1]s/key.pem
disable_plaintext_auth = no
mail_location = maildir:~/Maildir
first_valid_uid = 8
mail_max_userip_connections = 100
default_vsz_limit = 1G
default_internal_user = dovecot
default_login_user = dovenull
passdb {
  driver = passwd-file
  args = username_format=%%u %[1]s/users
}
userdb {
  driver = passwd-file
  args = username_format=%%u %[1]s/users
}
namespace inbox {
  inbox = yes
}
service imap-login {
  inet_listener imap {
    port = %[2]d
  }
  inet_listener imaps {
    port = %[3]d
    ssl = yes
  }
}
service anvil {
  client_limit = 1000
}
`, s.dir, s.imap, s.imaps), 0o644)
	s.dovecotUp(t)
	t.Cleanup(func() { s.dovecotDown() })
}

func (s *servers) dovecotUp(t *testing.T) {
	t.Helper()
	s.launch(t, "dovecot", "-c", s.dovecotConf)
	s.dovecotAlive = true
	waitForPort(t, s.imap)
}

func (s *servers) dovecotDown() {
	if !s.dovecotAlive {
		return
	}
	s.dovecotAlive = false
	exec.Command("doveadm", "-c", s.dovecotConf, "stop").Run()
}

func (s *servers) startPostfix(t *testing.T) {
	t.Helper()
	s.postfixDir = filepath.Join(s.dir, "postfix")
	queue, data := filepath.Join(s.dir, "queue"), filepath.Join(s.dir, "postfix-data")
	for _, d := range []string{queue, data} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	run(t, "chown", "postfix", data)
	domains := map[string]bool{}
	for _, a := range s.accounts {
		domains[a[strings.IndexByte(a, '@')+1:]] = true
	}
	var list []string
	for d := range domains {
		list = append(list, d)
	}
	write(t, filepath.Join(s.postfixDir, "main.cf"), fmt.Sprintf(`
compatibility_level = 3.6
queue_directory = %s
data_directory = %s
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.example.org
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
maillog_file = %s/postfix.log
maillog_file_prefixes = /var, %s
virtual_mailbox_domains = %s
virtual_mailbox_base = %s
virtual_mailbox_maps = texthash:%s/boxes
virtual_uid_maps = static:8
virtual_gid_maps = static:8
virtual_minimum_uid = 8
default_transport = error:no outside here
alias_maps =
alias_database =
message_size_limit = 262144000
virtual_mailbox_limit = 0
smtputf8_enable = no
`, queue, data, s.dir, s.dir, strings.Join(list, ", "), s.mail, s.dir), 0o644)
	write(t, filepath.Join(s.postfixDir, "master.cf"), fmt.Sprintf(`
127.0.0.1:%d inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
retry unix - - n - - error
proxymap unix - - n - - proxymap
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`, s.smtp), 0o644)
	s.launch(t, "postfix", "-c", s.postfixDir, "start")
	t.Cleanup(func() { exec.Command("postfix", "-c", s.postfixDir, "stop").Run() })
	waitForPort(t, s.smtp)
}

func waitForPort(t *testing.T, port int) {
	t.Helper()
	await(t, fmt.Sprintf("port %d", port), func() bool {
		c, err := net.DialTimeout("tcp", fmt.Sprintf("127.0.0.1:%d", port), time.Second)
		if err == nil {
			c.Close()
		}
		return err == nil
	})
}

// await asks again until the condition holds, for a minute and a half at most: the machine may be busy.
func await(t *testing.T, what string, holds func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-ctx.Done():
			t.Fatalf("waiting for %s: gave up", what)
		case <-tick.C:
		}
	}
}

// inbox returns the raw mails in a folder of an account, in the order of delivery; folder "" is the inbox.
func (s *servers) inbox(t *testing.T, account, folder string) [][]byte {
	t.Helper()
	var mails [][]byte
	for _, sub := range []string{"new", "cur"} {
		dir := filepath.Join(s.mail, account, "Maildir", folder, sub)
		entries, err := os.ReadDir(dir)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			b, err := os.ReadFile(filepath.Join(dir, e.Name()))
			if err != nil {
				t.Fatal(err)
			}
			mails = append(mails, b)
		}
	}
	return mails
}

// send submits a mail through Postfix with swaks, as a city's own program would, and waits until it lies in the mailbox.
func (s *servers) send(t *testing.T, from, to, subject, body string, attachments ...string) {
	t.Helper()
	before := len(s.inbox(t, to, ""))
	args := []string{"--server", "127.0.0.1", "--port", fmt.Sprint(s.smtp), "--from", from, "--to", to, "--h-From", from,
		"--header", "Subject: " + subject, "--body", body, "--silent", "2"}
	for _, a := range attachments {
		args = append(args, "--attach-type", "application/octet-stream", "--attach-name", filepath.Base(a), "--attach", "@"+a)
	}
	run(t, "swaks", args...)
	await(t, "delivery to "+to, func() bool { return len(s.inbox(t, to, "")) > before })
}

// kill sends a signal to a process and waits for its end.
func kill(t *testing.T, cmd *exec.Cmd, sig syscall.Signal) error {
	t.Helper()
	if err := cmd.Process.Signal(sig); err != nil {
		t.Fatal(err)
	}
	return cmd.Wait()
}
