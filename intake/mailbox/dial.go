package mailbox

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-sasl"
)

// dial opens the connection and secures it as the options say.
func dial(ctx context.Context, o Options) (*wire, error) {
	if o.TLS == "none" && !o.Insecure && !loopback(o.Host) {
		return nil, &Error{Op: "connect", Err: errors.New("refusing to send a password in the clear to " + o.Host)}
	}
	ctx, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	var d net.Dialer
	raw, err := d.DialContext(ctx, "tcp", net.JoinHostPort(o.Host, strconv.Itoa(o.Port)))
	if err != nil {
		return nil, &Error{Op: "connect", Temporary: true, Err: err}
	}
	w := &wire{Conn: raw, raw: raw}
	if o.TLS == "none" {
		return w, nil
	}
	// The handshake below follows ctx by itself; the plain lines before STARTTLS need the deadline.
	deadline, _ := ctx.Deadline()
	if err = raw.SetDeadline(deadline); err == nil {
		err = w.secure(ctx, o)
	}
	if err != nil {
		raw.Close()
		return nil, err
	}
	_ = raw.SetDeadline(time.Time{})
	return w, nil
}

// loopback says whether host cannot be anywhere but on this machine.
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// secure lays TLS over the connection.
func (w *wire) secure(ctx context.Context, o Options) error {
	config := &tls.Config{ServerName: o.Host, MinVersion: tls.VersionTLS12}
	if o.CAFile != "" {
		pem, err := os.ReadFile(o.CAFile)
		if err != nil {
			return &Error{Op: "tls", Err: fmt.Errorf("read ca_file: %w", err)}
		}
		if config.RootCAs, err = x509.SystemCertPool(); err != nil {
			config.RootCAs = x509.NewCertPool()
		}
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return &Error{Op: "tls", Err: errors.New("no certificate in ca_file " + o.CAFile)}
		}
	}
	switch o.TLS {
	case "implicit":
	case "starttls":
		// go-imap's own STARTTLS has no deadline and puts TLS above our wire; the few lines are spoken here instead.
		stop := context.AfterFunc(ctx, func() { w.raw.Close() })
		err := startTLS(w.raw)
		stop()
		if err != nil {
			return err
		}
		w.head = []byte("* OK secured\r\n")
	default:
		return &Error{Op: "tls", Err: fmt.Errorf("tls is %q, not implicit, starttls or none", o.TLS)}
	}
	secured := tls.Client(w.raw, config)
	if err := secured.HandshakeContext(ctx); err != nil {
		var certificate *tls.CertificateVerificationError
		return &Error{Op: "tls", Temporary: !errors.As(err, &certificate), Err: err}
	}
	w.Conn = secured
	return nil
}

// startTLS speaks the greeting and STARTTLS. It reads byte by byte, so that nothing the server (or somebody between)
// sends before TLS is taken for part of it.
func startTLS(conn net.Conn) error {
	greeting, err := readLine(conn)
	if err != nil {
		return &Error{Op: "greeting", Temporary: true, Err: err}
	}
	if !bytes.HasPrefix(bytes.ToUpper(greeting), []byte("* OK")) {
		return &Error{Op: "greeting", Text: string(greeting), Temporary: true, Err: errors.New("server does not greet")}
	}
	if _, err := conn.Write([]byte("S STARTTLS\r\n")); err != nil {
		return &Error{Op: "starttls", Temporary: true, Err: err}
	}
	for {
		line, err := readLine(conn)
		if err != nil {
			return &Error{Op: "starttls", Temporary: true, Err: err}
		}
		switch upper := bytes.ToUpper(line); {
		case bytes.HasPrefix(upper, []byte("S OK")):
			return nil
		case bytes.HasPrefix(upper, []byte("S ")):
			return &Error{Op: "starttls", Text: string(line[2:]), Err: errors.New("server refuses STARTTLS")}
		}
	}
}

// readLine reads one short line, byte by byte.
func readLine(conn net.Conn) ([]byte, error) {
	var line []byte
	var b [1]byte
	for len(line) < 8192 {
		if _, err := conn.Read(b[:]); err != nil {
			return nil, err
		}
		if b[0] == '\n' {
			return bytes.TrimSuffix(line, []byte("\r")), nil
		}
		line = append(line, b[0])
	}
	return nil, fmt.Errorf("%w: a line without end", errExcess)
}

func (c *Client) greeting(ctx context.Context) error {
	return c.do(ctx, "greeting", c.o.PollLimit, func(*timer) error { return c.imap.WaitGreeting() })
}

// login uses LOGIN, or AUTHENTICATE PLAIN where the server has switched LOGIN off.
func (c *Client) login(ctx context.Context) error {
	return c.do(ctx, "login", c.o.PollLimit, func(*timer) error {
		caps := c.imap.Caps()
		if caps.Has(imap.CapLoginDisabled) && caps.Has(imap.AuthCap("PLAIN")) {
			return c.imap.Authenticate(sasl.NewPlainClient("", c.o.Username, c.o.Password))
		}
		return c.imap.Login(c.o.Username, c.o.Password).Wait()
	})
}

// identify sends ID, without which 163, 126 and their kin refuse every folder. A refusal does not matter.
func (c *Client) identify(ctx context.Context) error {
	if c.withoutID {
		return nil
	}
	version := c.o.Version
	if version == "" {
		version = "1"
	}
	err := c.do(ctx, "id", c.o.PollLimit, func(*timer) error {
		_, err := c.imap.ID(&imap.IDData{Name: "baosong", Version: version, Vendor: "baosong"}).Wait()
		return err
	})
	if err != nil && !c.Lost() {
		c.o.Log.Debug("imap server does not like ID", "err", err)
		return nil
	}
	return err
}

func (c *Client) capabilities(ctx context.Context) error {
	return c.do(ctx, "capability", c.o.PollLimit, func(*timer) error {
		if c.caps = c.imap.Caps(); c.caps == nil {
			return errClosed
		}
		return nil
	})
}
