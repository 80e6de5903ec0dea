package smtptest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

var errHungUp = errors.New("hung up by the test")

// listener can be silent from the start.
type listener struct {
	net.Listener
	server *Server
}

// Accept accepts; when the script wants silence at "connect" the connection is held and never served.
func (l *listener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		l.server.mu.Lock()
		silent := l.server.script.SilentAt == "connect"
		l.server.mu.Unlock()
		if !silent {
			return conn, nil
		}
		// Ends when the server is closed.
		go func() {
			<-l.server.done
			conn.Close()
		}()
	}
}

// session is one client's session.
type session struct {
	server *Server
	conn   *smtp.Conn
	mail   Mail
	authed bool
}

var _ smtp.AuthSession = (*session)(nil)

func (s *Server) session(c *smtp.Conn) (smtp.Session, error) {
	return &session{server: s, conn: c, authed: s.o.Username == ""}, nil
}

// AuthMechanisms names what is offered.
func (x *session) AuthMechanisms() []string {
	switch {
	case x.server.o.Username == "":
		return nil
	case x.server.o.LoginOnly:
		return []string{sasl.Login}
	}
	return []string{sasl.Plain, sasl.Login}
}

// Auth checks name and password.
func (x *session) Auth(mechanism string) (sasl.Server, error) {
	x.server.mu.Lock()
	refuse := x.server.script.RefuseAuth
	x.server.mu.Unlock()
	check := func(username, password string) error {
		if refuse || username != x.server.o.Username || password != x.server.o.Password {
			return smtp.ErrAuthFailed
		}
		x.authed = true
		return nil
	}
	switch mechanism {
	case sasl.Plain:
		return sasl.NewPlainServer(func(_, username, password string) error { return check(username, password) }), nil
	case sasl.Login:
		return &loginServer{check: check}, nil
	}
	return nil, smtp.ErrAuthUnknownMechanism
}

// loginServer asks for the name and the password.
type loginServer struct {
	check    func(username, password string) error
	asked    int
	username string
}

// Next goes one step on.
func (l *loginServer) Next(response []byte) ([]byte, bool, error) {
	l.asked++
	switch l.asked {
	case 1:
		return []byte("Username:"), false, nil
	case 2:
		l.username = string(response)
		return []byte("Password:"), false, nil
	}
	return nil, true, l.check(l.username, string(response))
}

// Reset forgets the mail in hand.
func (x *session) Reset() { x.mail = Mail{} }

// Logout has nothing to free.
func (x *session) Logout() error { return nil }

// Mail begins a mail.
func (x *session) Mail(from string, o *smtp.MailOptions) error {
	if !x.authed {
		return Reply{Code: 530, Enhanced: [3]int{5, 7, 0}, Text: "Authentication required"}.err()
	}
	x.server.silence("mail")
	if err := x.server.refuseMail(o != nil && o.UTF8); err != nil {
		return err
	}
	x.mail = Mail{From: from}
	return nil
}

// Rcpt adds a recipient.
func (x *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	x.server.silence("rcpt")
	if err := x.server.refuseRecipient(x.mail.From, to); err != nil {
		return err
	}
	x.mail.To = append(x.mail.To, to)
	return nil
}

// Data takes the letter.
func (x *session) Data(r io.Reader) error {
	if x.server.dropInData() {
		_, _ = io.CopyN(io.Discard, r, 10)
		x.conn.Conn().Close()
		return errHungUp
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		return fmt.Errorf("read letter: %w", err)
	}
	x.server.silence("data")
	err, drop := x.server.refuseContent(raw)
	if err != nil {
		return err
	}
	m := x.mail
	m.Raw = bytes.Clone(raw)
	x.server.take(m)
	if drop {
		x.conn.Conn().Close()
		return errHungUp
	}
	return nil
}
