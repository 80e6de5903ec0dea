package mailbox_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"baosong/intake/imaptest"
	"baosong/intake/mailbox"
	"baosong/sample/certificate"
)

// short are the deadlines of the tests that must run into one.
const short = 150 * time.Millisecond

// session reads the first mail of INBOX.
func session(ctx context.Context, o mailbox.Options) (string, error) {
	c, err := mailbox.Dial(ctx, o)
	if err != nil {
		return "", err
	}
	defer c.Close()
	if _, err := c.Open(ctx, "INBOX", false); err != nil {
		return "", err
	}
	list, err := c.UIDs(ctx)
	if err != nil {
		return "", err
	}
	if len(list) != 1 {
		return "", fmt.Errorf("listed %+v", list)
	}
	var b bytes.Buffer
	_, err = c.Fetch(ctx, list[0].UID, &b)
	return b.String(), err
}

// TestCutAfterEveryByte cuts the connection after every 3rd byte of a session. The session must fail or be right, and
// must always end.
func TestCutAfterEveryByte(t *testing.T) {
	t.Parallel()
	s := start(t, imaptest.Options{})
	want := mail("1", strings.Repeat("line\r\n", 40))
	deliver(t, s, "INBOX", want, received)
	failures := 0
	for cut := int64(1); ; cut += 3 {
		s.SetFault(imaptest.Fault{CutAfter: cut})
		got, err := session(t.Context(), options(s))
		if err == nil {
			if got != want {
				t.Fatalf("cut after %d bytes: no error, %d bytes of %d", cut, len(got), len(want))
			}
			break
		}
		failures++
		var fault *mailbox.Error
		if !errors.As(err, &fault) {
			t.Fatalf("cut after %d bytes: %T %v", cut, err, err)
		}
		if !fault.Temporary && !errors.Is(err, mailbox.ErrMalformed) {
			t.Errorf("cut after %d bytes is held for lasting: %v", cut, err)
		}
	}
	t.Logf("%d cuts, each failed or was right", failures)
	if failures < 300 {
		t.Errorf("only %d cuts", failures)
	}
}

func TestSilence(t *testing.T) {
	t.Parallel()
	for _, stage := range []string{"LOGIN", "ID", "SELECT", "FETCH", "UID FETCH", "UID MOVE", "IDLE", "LOGOUT"} {
		t.Run(stage, func(t *testing.T) {
			t.Parallel()
			s := start(t, imaptest.Options{})
			uid := deliver(t, s, "INBOX", mail("1", "a"), received)
			s.SetFault(imaptest.Fault{SilentAfter: stage})
			o := options(s)
			o.Timeout = short
			err := func() error {
				c, err := mailbox.Dial(t.Context(), o)
				if err != nil {
					return err
				}
				defer c.Close()
				if _, err := c.Open(t.Context(), "INBOX", false); err != nil {
					return err
				}
				if _, err := c.UIDs(t.Context()); err != nil {
					return err
				}
				if _, err := c.Fetch(t.Context(), uid, io.Discard); err != nil {
					return err
				}
				if _, err := c.Idle(t.Context(), time.Millisecond); err != nil {
					return err
				}
				_, err = c.Move(t.Context(), uid, "已收")
				var fault *mailbox.Error
				if errors.As(err, &fault) && stage == "LOGOUT" {
					return nil
				}
				return err
			}()
			var fault *mailbox.Error
			if stage != "LOGOUT" && (!errors.As(err, &fault) || !fault.Silent() || !fault.Temporary) {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestNoGreeting(t *testing.T) {
	t.Parallel()
	for _, tls := range []string{"none", "starttls", "implicit"} {
		f := serve(t, "", 0, plain)
		o := f.options()
		o.Timeout, o.TLS = short, tls
		_, err := mailbox.Dial(t.Context(), o)
		var fault *mailbox.Error
		if !errors.As(err, &fault) || !fault.Temporary {
			t.Errorf("%s: %v", tls, err)
		}
	}
}

func TestSlowDrip(t *testing.T) {
	t.Parallel()
	s := start(t, imaptest.Options{})
	deliver(t, s, "INBOX", mail("1", "a"), received)
	s.SetFault(imaptest.Fault{Drip: short / 10})
	o := options(s)
	o.Timeout, o.PollLimit = short, short
	_, err := session(t.Context(), o)
	var fault *mailbox.Error
	if !errors.As(err, &fault) || !fault.Silent() {
		t.Errorf("error %v", err)
	}
}

// TestSlowButSteady: what keeps coming is waited for, also beyond the timeout.
func TestSlowButSteady(t *testing.T) {
	t.Parallel()
	s := start(t, imaptest.Options{})
	want := mail("1", strings.Repeat("x", 100))
	deliver(t, s, "INBOX", want, received)
	s.SetFault(imaptest.Fault{Drip: short / 250})
	o := options(s)
	o.Timeout = 10 * short // wide enough for a busy machine, and shorter than the session as a whole
	if got, err := session(t.Context(), o); err != nil || got != want {
		t.Errorf("%q, %v", got, err)
	}
}

// TestLargeMailIsStreamed: 48 MB pass without being held in memory.
func TestLargeMailIsStreamed(t *testing.T) {
	s := start(t, imaptest.Options{})
	raw := mail("1", strings.Repeat("0123456789abcdef\r\n", 48<<20/18))
	uid := deliver(t, s, "INBOX", raw, received)
	c := dial(t, options(s))
	open(t, c, "INBOX")
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	n, err := c.Fetch(t.Context(), uid, io.Discard)
	runtime.ReadMemStats(&after)
	if err != nil || n != int64(len(raw)) {
		t.Fatalf("Fetch = %d, %v", n, err)
	}
	if grown := (after.TotalAlloc - before.TotalAlloc) >> 20; grown > 8 {
		t.Errorf("allocated %d MB", grown)
	}
}

func TestCancelledWhileWaiting(t *testing.T) {
	t.Parallel()
	s := start(t, imaptest.Options{})
	deliver(t, s, "INBOX", mail("1", "a"), received)
	s.SetFault(imaptest.Fault{SilentAfter: "UID FETCH"})
	ctx, cancel := context.WithTimeout(t.Context(), 3*short)
	defer cancel()
	if _, err := session(ctx, options(s)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	const unsafe = "NO SELECT Unsafe Login. Please contact kefu@188.com for help"
	for _, row := range []struct {
		name     string
		greeting string
		script   answer
		is       error
		text     string
		passing  bool
	}{
		{"wrong password", hello, on("LOGIN", "TAG NO [AUTHENTICATIONFAILED] no\r\n"), mailbox.ErrAuth, "no", false},
		{"login in GBK", hello, on("LOGIN", "TAG NO \xb5\xc7\xc2\xbc\xca\xa7\xb0\xdc\r\n"), mailbox.ErrAuth, "\xb5\xc7\xc2\xbc\xca\xa7\xb0\xdc", false},
		{"login not now", hello, on("LOGIN", "TAG NO [UNAVAILABLE] later\r\n"), nil, "later", true},
		{"unsafe login", hello, on("SELECT", "TAG "+unsafe+"\r\n"), mailbox.ErrUnsafeLogin, strings.TrimPrefix(unsafe, "NO "), false},
		{"no such folder", hello, on("SELECT", "TAG NO [NONEXISTENT] unknown\r\n"), mailbox.ErrNoFolder, "unknown", false},
		{"no UIDVALIDITY", hello, on("SELECT", "* 1 EXISTS\r\nTAG OK done\r\n"), mailbox.ErrMalformed, "", false},
		{"BYE as greeting", "* BYE too many connections\r\n", plain, nil, "too many connections", true},
		{"BYE later", hello, func(tag, command string, w io.Writer) (bool, bool) {
			bye := strings.HasPrefix(command, "SELECT")
			if bye {
				io.WriteString(w, "* BYE going down\r\n")
			}
			return bye, bye
		}, io.EOF, "going down", true},
		{"greeting of another protocol", "HTTP/1.1 400 Bad Request\r\n\r\n", plain, mailbox.ErrMalformed, "", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			f := serve(t, row.greeting, 1, row.script)
			_, err := session(t.Context(), f.options())
			var fault *mailbox.Error
			if !errors.As(err, &fault) || row.is != nil && !errors.Is(err, row.is) || fault.Text != row.text || fault.Temporary != row.passing {
				t.Errorf("%#v", fault)
			}
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("password in %v", err)
			}
		})
	}
}

// TestIDEndsConnection: RFC 2971 allows NIL values, over which go-imap falls; some servers hang up over ID itself.
func TestIDEndsConnection(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]answer{
		"nil value": on("ID", "* ID (\"name\" NIL)\r\nTAG OK done\r\n"),
		"hangs up": func(_, command string, _ io.Writer) (bool, bool) {
			id := strings.HasPrefix(command, "ID")
			return id, id
		},
	} {
		f := serve(t, hello, 0, script)
		c, err := mailbox.Dial(t.Context(), f.options())
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if _, err := c.Open(t.Context(), "INBOX", false); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		c.Close()
	}
}

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
			o    imaptest.Options
			ca   []byte
			want string
		}{
			{"good", imaptest.Options{TLS: good}, goodCA, ""},
			{"expired", imaptest.Options{TLS: expired}, expiredCA, "expired"},
			{"unknown root", imaptest.Options{TLS: good}, expiredCA, "unknown authority"},
			{"no certificate in ca_file", imaptest.Options{TLS: good}, []byte("x"), "no certificate"},
		} {
			t.Run(way+"/"+row.name, func(t *testing.T) {
				t.Parallel()
				row.o.Implicit = way == "implicit"
				s := start(t, row.o)
				deliver(t, s, "INBOX", mail("1", "a"), received)
				o := options(s)
				o.TLS, o.CAFile = way, filepath.Join(t.TempDir(), "ca.pem")
				if err := os.WriteFile(o.CAFile, row.ca, 0o600); err != nil {
					t.Fatal(err)
				}
				got, err := session(t.Context(), o)
				if row.want == "" {
					if err != nil || got != mail("1", "a") {
						t.Errorf("%q, %v", got, err)
					}
					if !slices.ContainsFunc(s.Commands(), func(c string) bool { return strings.HasPrefix(c, "ID (") }) {
						t.Error("no ID over TLS")
					}
					return
				}
				var fault *mailbox.Error
				if !errors.As(err, &fault) || fault.Op != "tls" || fault.Temporary || !strings.Contains(err.Error(), row.want) {
					t.Errorf("error %v", err)
				}
			})
		}
	}
}

func TestStartTLSIsNotSkipped(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]answer{
		"refused": on("STARTTLS", "TAG NO not here\r\n"),
		// What somebody between sends before TLS must not be taken for the server's word.
		"injected": on("STARTTLS", "TAG OK go\r\n* OK injected\r\nT1 OK injected\r\n"),
	} {
		f := serve(t, hello, 0, func(tag, command string, w io.Writer) (bool, bool) {
			if strings.HasPrefix(command, "LOGIN") {
				t.Errorf("%s: password sent in the clear", name)
			}
			return script(tag, command, w)
		})
		o := f.options()
		o.TLS = "starttls"
		o.Timeout = short
		if c, err := mailbox.Dial(t.Context(), o); err == nil {
			c.Close()
			t.Errorf("%s: connected", name)
		}
	}
	o := serve(t, hello, 0, plain).options()
	o.Host = "imap.example.org"
	if _, err := mailbox.Dial(t.Context(), o); err == nil || !strings.Contains(err.Error(), "in the clear") {
		t.Errorf("no TLS to another host: %v", err)
	}
}

// TestMemoryAndStack: what a hostile server sends must neither fill the memory nor overflow the stack.
func TestMemoryAndStack(t *testing.T) {
	for _, row := range []struct {
		name string
		send func(w io.Writer)
	}{
		{"three million parentheses", func(w io.Writer) {
			io.WriteString(w, "* 1 FETCH (UID 1 BODYSTRUCTURE "+strings.Repeat("(", 3_000_000)+"\r\n")
		}},
		{"nesting by message/rfc822", func(w io.Writer) {
			io.WriteString(w, "* 1 FETCH (UID 1 BODYSTRUCTURE ")
			for range 100_000 {
				io.WriteString(w, "(\"message\" \"rfc822\" NIL NIL \"x\n\" \"7bit\" 1 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) ")
			}
		}},
		{"great literal in ENVELOPE", func(w io.Writer) {
			io.WriteString(w, "* 1 FETCH (UID 1 ENVELOPE (NIL {300000000}\r\n")
			block := bytes.Repeat([]byte("a"), 1<<20)
			for range 300 {
				if _, err := w.Write(block); err != nil {
					return
				}
			}
		}},
		{"endless line", func(w io.Writer) {
			block := bytes.Repeat([]byte("a"), 1<<20)
			io.WriteString(w, "* OK ")
			for range 64 {
				if _, err := w.Write(block); err != nil {
					return
				}
			}
		}},
		{"endless answers", func(w io.Writer) {
			line := bytes.Repeat([]byte("* 1 FETCH (UID 1 FLAGS (\\Seen))\r\n"), 1000)
			for range 1000 {
				if _, err := w.Write(line); err != nil {
					return
				}
			}
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := serve(t, hello, 1, func(tag, command string, w io.Writer) (bool, bool) {
				fetch := strings.HasPrefix(command, "FETCH")
				if fetch {
					row.send(w)
				}
				return fetch, fetch
			})
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := session(t.Context(), f.options())
			runtime.ReadMemStats(&after)
			if !errors.Is(err, mailbox.ErrMalformed) {
				t.Errorf("error %v", err)
			}
			// Up to two dozen connections are tried, to find the mail that does it.
			if grown := (after.TotalAlloc - before.TotalAlloc) >> 20; grown > 400 {
				t.Errorf("allocated %d MB", grown)
			}
		})
	}
}

type fullDisk struct{ room int }

var errFull = errors.New("no space left on device")

func (d *fullDisk) Write(p []byte) (int, error) {
	n := min(len(p), d.room)
	d.room -= n
	if n < len(p) {
		return n, errFull
	}
	return n, nil
}

func TestWriterFails(t *testing.T) {
	t.Parallel()
	s := start(t, imaptest.Options{})
	uid := deliver(t, s, "INBOX", mail("1", strings.Repeat("x", 5<<20)), received)
	c := dial(t, options(s))
	open(t, c, "INBOX")
	n, err := c.Fetch(t.Context(), uid, &fullDisk{room: 100_000})
	if !errors.Is(err, errFull) || n != 100_000 {
		t.Errorf("Fetch = %d, %v", n, err)
	}
	var fault *mailbox.Error
	if errors.As(err, &fault) {
		t.Errorf("the disk's error is dressed as the server's: %v", err)
	}
	if !c.Lost() {
		t.Error("connection kept")
	}
}

// TestNoGoroutineLeft: whatever ends a connection, the library's goroutines end with it.
func TestNoGoroutineLeft(t *testing.T) {
	before := runtime.NumGoroutine()
	s, err := imaptest.Start(imaptest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	deliver(t, s, "INBOX", mail("1", strings.Repeat("x", 1<<20)), received)
	for _, f := range []imaptest.Fault{{}, {CutAfter: 900}, {CutAfter: 100_000}, {SilentAfter: "UID FETCH"}, {SilentAfter: "LOGIN"}, {DropOn: "SELECT"}} {
		s.SetFault(f)
		o := options(s)
		o.Timeout = short
		session(t.Context(), o)
	}
	s.Close()
	deadline := time.Now().Add(quick)
	for runtime.NumGoroutine() > before && time.Now().Before(deadline) {
		runtime.Gosched()
	}
	if n := runtime.NumGoroutine(); n > before {
		var stacks bytes.Buffer
		buf := make([]byte, 1<<20)
		stacks.Write(buf[:runtime.Stack(buf, true)])
		t.Errorf("%d goroutines, before %d\n%s", n, before, stacks.String())
	}
}
