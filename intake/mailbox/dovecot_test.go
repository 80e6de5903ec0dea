package mailbox_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"baosong/intake/mailbox"
	"baosong/sample/certificate"
)

// dovecot gives a real server: the one named by BAOSONG_TEST_DOVECOT (host:port,user,password, without TLS), else one
// started here on loopback. Without either the test is skipped, and fails where CI=true.
func dovecot(t *testing.T) (plain mailbox.Options, tlsPort int, caFile string) {
	t.Helper()
	if named := os.Getenv("BAOSONG_TEST_DOVECOT"); named != "" {
		parts := strings.Split(named, ",")
		host, port, err := net.SplitHostPort(parts[0])
		n, numErr := strconv.Atoi(port)
		if err != nil || numErr != nil || len(parts) != 3 {
			t.Fatalf("BAOSONG_TEST_DOVECOT=%q is not host:port,user,password", named)
		}
		return mailbox.Options{Host: host, Port: n, TLS: "none", Insecure: true, Username: parts[1], Password: parts[2], Timeout: quick}, 0, ""
	}
	binary := lookFor("dovecot", "/usr/sbin/dovecot")
	if binary == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("dovecot is not installed, and CI=true")
		}
		t.Skip("NOT TESTED AGAINST A REAL SERVER: dovecot is not installed (apt-get install dovecot-imapd)")
	}
	return startDovecot(t, binary)
}

func lookFor(names ...string) string {
	for _, n := range names {
		if path, err := exec.LookPath(n); err == nil {
			return path
		}
	}
	return ""
}

func startDovecot(t *testing.T, binary string) (mailbox.Options, int, string) {
	t.Helper()
	// Not t.TempDir, whose parent only its owner may enter; Dovecot's processes have other owners.
	dir, err := os.MkdirTemp("", "dovecot")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	port, tlsPort := freePort(t), freePort(t)
	const password = "秘密口令"
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	group, err := user.LookupGroupId(me.Gid)
	if err != nil {
		t.Fatal(err)
	}
	uid, gid, internal, internalGroup, login := me.Uid, me.Gid, me.Username, group.Name, me.Username
	if os.Geteuid() == 0 {
		uid, gid, internal, internalGroup, login = "65534", "65534", "dovecot", "dovecot", "dovenull"
	}
	caFile := writeCertificate(t, dir)
	conf, err := os.ReadFile("testdata/dovecot.conf")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer("@DIR@", dir, "@PORT@", fmt.Sprint(port), "@TLSPORT@", fmt.Sprint(tlsPort), "@PASSWORD@", password,
		"@UID@", uid, "@GID@", gid, "@INTERNAL@", internal, "@INTERNALGROUP@", internalGroup, "@LOGIN@", login).Replace(string(conf))
	home := filepath.Join(dir, "home")
	if err := errors.Join(os.WriteFile(filepath.Join(dir, "dovecot.conf"), []byte(text), 0o644), os.Mkdir(home, 0o777),
		os.Chmod(dir, 0o755), os.Chmod(home, 0o777)); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	cmd := exec.Command(binary, "-F", "-c", filepath.Join(dir, "dovecot.conf"))
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { cmd.Wait(); close(ended) }()
	t.Cleanup(func() { cmd.Process.Signal(os.Interrupt); <-ended })
	o := mailbox.Options{Host: "127.0.0.1", Port: port, TLS: "none", Username: "box@example.org", Password: password, Timeout: quick}
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for deadline := time.After(quick); ; {
		if c, err := mailbox.Dial(t.Context(), o); err == nil {
			c.Close()
			return o, tlsPort, caFile
		}
		select {
		case <-ticker.C:
		case <-ended:
			t.Fatalf("dovecot ended: %s", out.String())
		case <-deadline:
			log, _ := os.ReadFile(filepath.Join(dir, "dovecot.log"))
			t.Fatalf("dovecot does not answer: %s%s", out.String(), log)
		}
	}
}

func freePort(t *testing.T) int {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().(*net.TCPAddr).Port
}

func writeCertificate(t *testing.T, dir string) string {
	t.Helper()
	config, ca, err := certificate.Loopback(time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(config.Certificates[0].PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	key := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	caFile := filepath.Join(dir, "cert.pem")
	if err := errors.Join(os.WriteFile(caFile, ca, 0o644), os.WriteFile(filepath.Join(dir, "key.pem"), key, 0o600)); err != nil {
		t.Fatal(err)
	}
	return caFile
}

// TestDovecot goes through everything once against a real server.
func TestDovecot(t *testing.T) {
	plain, tlsPort, caFile := dovecot(t)
	folder := fmt.Sprintf("报送 %d", time.Now().UnixNano())
	filed := folder + "/已收"

	t.Run("tls", func(t *testing.T) {
		if tlsPort == 0 {
			if os.Getenv("CI") == "true" {
				t.Fatal("TLS needs a server started here, and CI must not go without")
			}
			t.Skip("TLS NOT TESTED AGAINST A REAL SERVER: only with a server started here, without BAOSONG_TEST_DOVECOT")
		}
		for way, port := range map[string]int{"implicit": tlsPort, "starttls": plain.Port} {
			o := plain
			o.TLS, o.Port, o.CAFile = way, port, caFile
			dial(t, o)
			o.CAFile = ""
			var fault *mailbox.Error
			if _, err := mailbox.Dial(t.Context(), o); !errors.As(err, &fault) || fault.Op != "tls" {
				t.Errorf("%s with an unknown root: %v", way, err)
			}
		}
	})
	t.Run("wrong password", func(t *testing.T) {
		o := plain
		o.Password = "不对"
		if _, err := mailbox.Dial(t.Context(), o); !errors.Is(err, mailbox.ErrAuth) {
			t.Errorf("error %v", err)
		}
	})

	c := dial(t, plain)
	if _, err := c.Open(t.Context(), folder, false); !errors.Is(err, mailbox.ErrNoFolder) {
		t.Errorf("missing folder: %v", err)
	}
	for range 2 {
		if err := c.Create(t.Context(), folder); err != nil {
			t.Fatal(err)
		}
	}
	if names, err := c.List(t.Context()); err != nil || !slices.Contains(names, folder) {
		t.Fatalf("List = %q, %v", names, err)
	}
	big := mail("大", strings.Repeat("0123456789abcdef\r\n", 1<<20))
	for _, raw := range []string{mail("1", "一"), mail("2", "二"), big} {
		if err := c.Append(t.Context(), folder, []byte(raw)); err != nil {
			t.Fatal(err)
		}
	}
	f := open(t, c, folder)
	list, err := c.UIDs(t.Context())
	if err != nil || len(list) != 3 || f.Exists != 3 {
		t.Fatalf("UIDs = %+v, %v", list, err)
	}
	if since := time.Since(list[0].ReceivedAt); since < -time.Minute || since > time.Hour || list[0].Seen || list[2].Size != int64(len(big)) {
		t.Errorf("entries %+v", list)
	}
	if got := fetch(t, c, list[0].UID); got != mail("1", "一") {
		t.Errorf("body %q", got)
	}
	if got := fetch(t, c, list[2].UID); got != big {
		t.Errorf("big body differs, %d bytes", len(got))
	}
	if head, err := c.Header(t.Context(), list[2].UID); err != nil || string(head) != big[:strings.Index(big, "\r\n\r\n")+4] {
		t.Errorf("header %q, %v", head, err)
	}
	dovecotFile(t, c, list, filed)
	dovecotIdle(t, c, plain, folder)
	dovecotCut(t, plain, filed)
}

// dovecotFile marks the second mail and moves the first.
func dovecotFile(t *testing.T, c *mailbox.Client, list []mailbox.Entry, filed string) {
	t.Helper()
	if err := c.Keyword(t.Context(), list[1].UID, "$BaosongFiled"); err != nil {
		t.Error(err)
	}
	moved, err := c.Move(t.Context(), list[0].UID, filed)
	if err != nil || !moved.Known {
		t.Fatalf("Move = %+v, %v", moved, err)
	}
	if _, err := c.Move(t.Context(), list[0].UID, filed); !errors.Is(err, mailbox.ErrGone) {
		t.Errorf("Move of what was moved: %v", err)
	}
	if _, err := c.Fetch(t.Context(), list[0].UID, io.Discard); !errors.Is(err, mailbox.ErrGone) {
		t.Errorf("Fetch of what was moved: %v", err)
	}
	left, err := c.UIDs(t.Context())
	if err != nil || len(left) != 2 || !slices.Contains(left[0].Flags, "$BaosongFiled") || left[0].Seen {
		t.Errorf("after Move: %+v, %v", left, err)
	}
	if g := open(t, c, filed); g.UIDValidity != moved.UIDValidity || fetch(t, c, moved.UID) != mail("1", "一") {
		t.Errorf("moved to %+v", g)
	}
}

func dovecotIdle(t *testing.T, c *mailbox.Client, o mailbox.Options, folder string) {
	t.Helper()
	before := open(t, c, folder)
	if changed, err := c.Idle(t.Context(), 10*time.Millisecond); changed || err != nil {
		t.Errorf("quiet Idle = %v, %v", changed, err)
	}
	other := dial(t, o)
	done := make(chan error, 1)
	go func() { done <- other.Append(t.Context(), folder, []byte(mail("3", "三"))) }()
	if changed, err := c.Idle(t.Context(), quick); !changed || err != nil {
		t.Errorf("Idle = %v, %v", changed, err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	if after := open(t, c, folder); after.Exists != before.Exists+1 || after.UIDValidity != before.UIDValidity {
		t.Errorf("before %+v, after %+v", before, after)
	}
}

// dovecotCut cuts the connection to the real server after every 41st byte it sends.
func dovecotCut(t *testing.T, o mailbox.Options, folder string) {
	t.Helper()
	failures := 0
	for cut := int64(1); ; cut += 41 {
		p := cutter(t, net.JoinHostPort(o.Host, strconv.Itoa(o.Port)), cut)
		through := o
		through.Host, through.Port, through.Insecure = "127.0.0.1", p, true
		got, err := readOnly(t.Context(), through, folder)
		if err == nil {
			if got != mail("1", "一") {
				t.Errorf("cut after %d bytes: no error, but %q", cut, got)
			}
			break
		}
		var fault *mailbox.Error
		if !errors.As(err, &fault) {
			t.Errorf("cut after %d bytes: %T %v", cut, err, err)
		}
		failures++
	}
	t.Logf("%d cut sessions", failures)
}

// readOnly reads the one mail of a folder.
func readOnly(ctx context.Context, o mailbox.Options, folder string) (string, error) {
	c, err := mailbox.Dial(ctx, o)
	if err != nil {
		return "", err
	}
	defer c.Close()
	if _, err := c.Open(ctx, folder, true); err != nil {
		return "", err
	}
	list, err := c.UIDs(ctx)
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	for _, e := range list {
		if _, err := c.Fetch(ctx, e.UID, &b); err != nil {
			return "", err
		}
	}
	return b.String(), nil
}

// cutter passes connections on to a server and cuts each after so many bytes from the server.
func cutter(t *testing.T, server string, after int64) int {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	go func() {
		for {
			near, err := ln.Accept()
			if err != nil {
				return
			}
			go func() {
				defer near.Close()
				far, err := net.Dial("tcp", server)
				if err != nil {
					return
				}
				defer far.Close()
				go io.Copy(far, near)
				io.CopyN(near, far, after)
			}()
		}
	}()
	return ln.Addr().(*net.TCPAddr).Port
}
