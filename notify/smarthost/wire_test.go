package smarthost_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"baosong/notify/smarthost"
	"baosong/notify/smtptest"
	"baosong/sample/certificate"
)

func TestTLS(t *testing.T) {
	t.Parallel()
	good, goodCA, err := certificate.Loopback(time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	expired, expiredCA, err := certificate.Loopback(time.Now().Add(-time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	for _, way := range []string{"implicit", "starttls"} {
		for _, row := range []struct {
			name string
			o    smtptest.Options
			ca   []byte
			want string
		}{
			{"good", smtptest.Options{TLS: good}, goodCA, ""},
			{"expired", smtptest.Options{TLS: expired}, expiredCA, "expired"},
			{"unknown root", smtptest.Options{TLS: good}, expiredCA, "unknown authority"},
			{"no certificate in ca_file", smtptest.Options{TLS: good}, []byte("x"), "no certificate"},
		} {
			t.Run(way+"/"+row.name, func(t *testing.T) {
				t.Parallel()
				row.o.Implicit = way == "implicit"
				row.o.Username, row.o.Password = box, "授权码"
				s := start(t, row.o)
				c := client(s, quick)
				c.TLS, c.CAFile, c.Username, c.Password = way, filepath.Join(t.TempDir(), "ca.pem"), box, "授权码"
				if err := os.WriteFile(c.CAFile, row.ca, 0o600); err != nil {
					t.Fatal(err)
				}
				err := c.Send(t.Context(), box, []string{"a@city.example"}, []byte(letter))
				if row.want == "" {
					if err != nil || len(s.Received()) != 1 {
						t.Errorf("%v, %d received", err, len(s.Received()))
					}
					return
				}
				if r := refused(t, err); r.Stage != "tls" || !r.Auth || r.Permanent || !strings.Contains(err.Error(), row.want) {
					t.Errorf("%+v", r)
				}
			})
		}
	}
}

func TestStartTLSMissing(t *testing.T) {
	t.Parallel()
	s := start(t, smtptest.Options{Username: box, Password: "x"})
	c := client(s, quick)
	c.TLS, c.Username, c.Password = "starttls", box, "x"
	if r := refused(t, c.Check(t.Context())); r.Stage != "tls" || !r.Auth || !strings.Contains(r.Error(), "STARTTLS") {
		t.Errorf("%+v", r)
	}
	c.Host = "smtp.example.org"
	c.TLS = "none"
	if r := refused(t, c.Check(t.Context())); !r.Auth || !strings.Contains(r.Error(), "in the clear") {
		t.Errorf("%+v", r)
	}
}

// script is a server that answers each line with the next reply, whatever the line says; "" is silence.
func script(t *testing.T, replies ...string) *smarthost.Client {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				r := bufio.NewReader(conn)
				for _, reply := range replies {
					if _, err := io.WriteString(conn, reply); err != nil {
						return
					}
					if _, err := r.ReadString('\n'); err != nil {
						return
					}
				}
				io.Copy(io.Discard, r)
			}()
		}
	}()
	addr := ln.Addr().(*net.TCPAddr)
	return &smarthost.Client{Options: smarthost.Options{Host: "127.0.0.1", Port: addr.Port, TLS: "none", Timeout: quick, From: box}}
}

func TestOddServers(t *testing.T) {
	t.Parallel()
	const greeting, ehlo = "220 x\r\n", "250-x\r\n250 8BITMIME\r\n"
	for _, row := range []struct {
		name    string
		replies []string
		stage   string
		code    int
		perm    bool
	}{
		{"greets with 554", []string{"554 no\r\n"}, "greeting", 554, false},
		{"greets with 421", []string{"421 busy\r\n"}, "greeting", 421, false},
		{"another protocol", []string{"HTTP/1.1 400 Bad Request\r\n"}, "greeting", 0, false},
		{"greets without end", []string{"220-" + strings.Repeat("x", 3<<20) + "\r\n"}, "greeting", 0, false},
		{"many greeting lines", []string{strings.Repeat("220-x\r\n", 1<<19)}, "greeting", 0, false},
		{"only HELO", []string{greeting, "502 no\r\n", "250 x\r\n", "550 no\r\n"}, "mail", 550, true},
		{"550 on two lines", []string{greeting, ehlo, "250 ok\r\n", "550-5.1.1 no\r\n550 5.1.1 such user\r\n"}, "rcpt", 550, true},
		{"code without text", []string{greeting, ehlo, "250 ok\r\n", "550\r\n"}, "rcpt", 550, true},
		{"DATA refused", []string{greeting, ehlo, "250 ok\r\n", "250 ok\r\n", "452 4.3.1 full\r\n"}, "data", 452, false},
		{"no code at all", []string{greeting, ehlo, "what\r\n"}, "mail", 0, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			r := refused(t, script(t, row.replies...).Send(t.Context(), box, []string{"a@city.example"}, []byte(letter)))
			if r.Stage != row.stage || r.Code != row.code || r.Permanent != row.perm || r.Maybe {
				t.Errorf("%+v", r)
			}
		})
	}
}

// TestLostInTheMiddleIsNoMaybe: a long letter lost on the way cannot have been delivered.
func TestLostInTheMiddleIsNoMaybe(t *testing.T) {
	t.Parallel()
	s := start(t, smtptest.Options{Script: smtptest.Script{DropInData: -1}})
	long := append([]byte(letter), bytes.Repeat([]byte(strings.Repeat("x", 70)+"\r\n"), 500_000)...)
	r := refused(t, client(s, quick).Send(t.Context(), box, []string{"a@city.example"}, long))
	if r.Maybe || r.Permanent || r.Stage != "body" {
		t.Errorf("%+v", r)
	}
}

// TestDrip: a server that sends a byte now and then does not hold the outbox for ever.
func TestDrip(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	go func() {
		conn, err := ln.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		tick := time.NewTicker(short / 10)
		defer tick.Stop()
		for range tick.C {
			if _, err := io.WriteString(conn, "2"); err != nil {
				return
			}
		}
	}()
	c := &smarthost.Client{Options: smarthost.Options{Host: "127.0.0.1", Port: ln.Addr().(*net.TCPAddr).Port, TLS: "none", Timeout: short}}
	if r := refused(t, c.Check(t.Context())); r.Code != 0 {
		t.Errorf("%+v", r)
	}
}

func TestCancelledBefore(t *testing.T) {
	t.Parallel()
	s := start(t, smtptest.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := client(s, quick).Send(ctx, box, []string{"a@city.example"}, []byte(letter)); !errors.Is(err, context.Canceled) || s.Attempts() != 0 {
		t.Errorf("error %v", err)
	}
}
