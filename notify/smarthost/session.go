package smarthost

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// session is one authenticated connection.
type session struct {
	smtp    *smtp.Client
	wire    *wire
	timeout time.Duration
	stop    func() bool
	timer   *time.Timer
}

// open connects, secures and authenticates. The whole session may take 10 timeouts, and extra for the letter: a server
// that drips its answers must not hold the outbox.
func (c *Client) open(ctx context.Context, extra time.Duration) (*session, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	timeout := c.Timeout
	if timeout <= 0 {
		timeout = defaultTimeout
	}
	if c.TLS == "none" && !c.Insecure && !loopback(c.Host) {
		return nil, &Refused{Stage: "connect", Auth: true, Err: errors.New("refusing to send in the clear to " + c.Host)}
	}
	d := net.Dialer{Timeout: timeout}
	raw, err := d.DialContext(ctx, "tcp", net.JoinHostPort(c.Host, strconv.Itoa(c.Port)))
	if err != nil {
		return nil, &Refused{Stage: "connect", Err: err}
	}
	w := &wire{Conn: raw, timeout: timeout}
	s := &session{wire: w, timeout: timeout}
	s.stop = context.AfterFunc(ctx, func() { w.abort(context.Cause(ctx)) })
	s.timer = time.AfterFunc(10*timeout+extra, func() { w.abort(errTooLong) })
	if err := s.secure(c.Options); err != nil {
		s.close()
		return nil, err
	}
	password := c.Password
	if c.Secret != nil {
		var err error
		if password, err = c.Secret(); err != nil {
			return nil, &Refused{Stage: "auth", Auth: true, Err: err}
		}
	}
	if err := s.auth(c.Username, password); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// close ends the connection at once.
func (s *session) close() {
	s.stop()
	s.timer.Stop()
	s.wire.Conn.Close()
}

// quit takes leave; what the server says to it does not matter.
func (s *session) quit() {
	s.wire.patience(min(s.timeout, 2*time.Second))
	_ = s.smtp.Quit()
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// secure lays TLS over the connection and says EHLO.
func (s *session) secure(o Options) error {
	config, err := o.tlsConfig()
	if err != nil {
		return &Refused{Stage: "tls", Auth: true, Err: err}
	}
	switch o.TLS {
	case "none":
		s.smtp = smtp.NewClient(s.wire)
	case "implicit":
		secured := tls.Client(s.wire, config)
		s.wire.limit()
		if err := secured.Handshake(); err != nil {
			return s.tlsFault(err)
		}
		s.smtp = smtp.NewClient(secured)
	case "starttls":
		client, err := smtp.NewClientStartTLS(s.wire, config)
		if err != nil {
			var reply *smtp.SMTPError
			if errors.As(err, &reply) {
				return s.refused("greeting", err)
			}
			return s.tlsFault(err)
		}
		s.smtp = client
	default:
		return &Refused{Stage: "tls", Auth: true, Err: fmt.Errorf("tls is %q, not implicit, starttls or none", o.TLS)}
	}
	name := o.LocalName
	if name == "" {
		name = "localhost"
	}
	if err := s.smtp.Hello(name); err != nil {
		if r := s.tlsFault(err); r.Auth { // with STARTTLS the handshake comes only now
			return r
		}
		return s.refused("greeting", err)
	}
	return nil
}

// tlsFault tells a certificate that will not do, which nobody but the operator can mend, from a lost connection.
func (s *session) tlsFault(err error) *Refused {
	r := s.refused("tls", err)
	var certificate *tls.CertificateVerificationError
	if errors.As(err, &certificate) || strings.Contains(err.Error(), "doesn't support STARTTLS") {
		r.Auth, r.Err = true, err
	}
	return r
}

func (o Options) tlsConfig() (*tls.Config, error) {
	config := &tls.Config{ServerName: o.Host, MinVersion: tls.VersionTLS12}
	if o.CAFile == "" {
		return config, nil
	}
	pem, err := os.ReadFile(o.CAFile)
	if err != nil {
		return nil, fmt.Errorf("read ca_file: %w", err)
	}
	if config.RootCAs, err = x509.SystemCertPool(); err != nil {
		config.RootCAs = x509.NewCertPool()
	}
	if !config.RootCAs.AppendCertsFromPEM(pem) {
		return nil, errors.New("no certificate in ca_file " + o.CAFile)
	}
	return config, nil
}

// auth authenticates with PLAIN, or LOGIN where the server has only that or does not take PLAIN.
func (s *session) auth(username, password string) error {
	if username == "" {
		return nil
	}
	_, offered := s.smtp.Extension("AUTH")
	mechanisms := strings.Fields(strings.ToUpper(offered))
	if len(mechanisms) == 0 {
		// An old form that some servers still announce instead: "AUTH=LOGIN PLAIN".
		if ok, _ := s.smtp.Extension("AUTH=LOGIN"); ok {
			mechanisms = []string{sasl.Login}
		}
		if ok, _ := s.smtp.Extension("AUTH=PLAIN"); ok {
			mechanisms = []string{sasl.Plain}
		}
	}
	var refused *Refused
	for _, m := range []string{sasl.Plain, sasl.Login} {
		if !contains(mechanisms, m) {
			continue
		}
		var client sasl.Client = sasl.NewPlainClient("", username, password)
		if m == sasl.Login {
			client = &loginClient{username: username, password: password}
		}
		err := s.smtp.Auth(client)
		if err == nil {
			return nil
		}
		refused = s.refused("auth", err)
		if refused.Code != 504 {
			return refused
		}
	}
	if refused != nil {
		return refused
	}
	return &Refused{Stage: "auth", Auth: true, Err: fmt.Errorf("server offers no AUTH PLAIN or LOGIN, only %q", offered)}
}

func contains(list []string, s string) bool {
	for _, l := range list {
		if l == s {
			return true
		}
	}
	return false
}

// loginClient is AUTH LOGIN as servers really speak it: no initial response, and whatever words they ask with, the name
// is wanted first and the password second.
type loginClient struct {
	username, password string
	asked              int
}

// Start sends no name yet: older servers do not understand it.
func (a *loginClient) Start() (string, []byte, error) { return sasl.Login, nil, nil }

// Next gives the name, then the password.
func (a *loginClient) Next([]byte) ([]byte, error) {
	a.asked++
	switch a.asked {
	case 1:
		return []byte(a.username), nil
	case 2:
		return []byte(a.password), nil
	}
	return nil, sasl.ErrUnexpectedServerChallenge
}
