// Package smtptest is an SMTP server in memory, for tests and for the demo, that refuses by script.
//
// In order: Start with Options, send to it, look at Received; Script replaces the refusals while it runs; Close ends it.
// OnMail sees every accepted mail before the sender gets the answer, so that the demo can deliver it onward. It must never
// be reachable from another machine: it listens on loopback only and takes mail for anybody.
package smtptest

import (
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"slices"
	"strings"
	"sync"

	"github.com/emersion/go-smtp"
)

// Mail is one accepted mail.
type Mail struct {
	From string
	To   []string
	Raw  []byte
}

// Reply is a refusal.
type Reply struct {
	Code     int
	Enhanced [3]int
	Text     string // sent as it is, also when it is GBK
}

// Script says what goes wrong. The zero Script is a server that takes everything.
type Script struct {
	// Storm refuses that many MAIL commands with Reply (451 when zero), then takes mail again; -1: all.
	Storm int
	Reply Reply
	// Recipients are refused for good or for now, by address in lower case.
	Recipients map[string]Reply
	// Greylist refuses each pair of sender and recipient once with 450.
	Greylist bool
	// Content refuses mail whose bytes contain the key.
	Content map[string]Reply
	// DropInData hangs up in the middle of the letter, that many times; -1: always.
	DropInData int
	// DropAfterDot takes the mail and hangs up without answering, that many times; -1: always.
	DropAfterDot int
	// SilentAt is a stage ("connect", "mail", "rcpt", "data") at which the server says nothing until it is closed.
	SilentAt string
	// RefuseAuth answers AUTH with 535.
	RefuseAuth bool
}

// Options of a server.
type Options struct {
	Username  string      // "": no AUTH is offered
	Password  string      //
	LoginOnly bool        // offers AUTH LOGIN, not PLAIN
	TLS       *tls.Config // nil: no TLS
	Implicit  bool        // TLS from the first byte; otherwise STARTTLS
	UTF8      bool        // offers SMTPUTF8
	Script    Script
	OnMail    func(Mail) // called for each accepted mail, one at a time
}

// Server is a running server.
type Server struct {
	Addr string
	Host string
	Port int

	o    Options
	ln   net.Listener
	smtp *smtp.Server
	done chan struct{}
	stop sync.Once

	mu       sync.Mutex
	script   Script
	received []Mail
	attempts int
	seen     map[string]bool // greylisted pairs
	utf8     int
	onMail   sync.Mutex
}

// Start starts a server on a free port of 127.0.0.1.
func Start(o Options) (*Server, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("start smtp test server: %w", err)
	}
	addr := ln.Addr().(*net.TCPAddr)
	s := &Server{Addr: addr.String(), Host: addr.IP.String(), Port: addr.Port, o: o, script: o.Script, ln: ln,
		done: make(chan struct{}), seen: map[string]bool{}}
	s.smtp = smtp.NewServer(smtp.BackendFunc(s.session))
	s.smtp.Domain = "smarthost.example.org"
	s.smtp.TLSConfig = o.TLS
	s.smtp.AllowInsecureAuth = true
	s.smtp.EnableSMTPUTF8 = o.UTF8
	s.smtp.ErrorLog = log.New(io.Discard, "", 0)
	if o.TLS != nil && o.Implicit {
		ln = tls.NewListener(ln, o.TLS)
	}
	// Started by Start, stopped by Close.
	go func() { _ = s.smtp.Serve(&listener{Listener: ln, server: s}) }()
	return s, nil
}

// Close ends the server and all its connections.
func (s *Server) Close() error {
	s.stop.Do(func() { close(s.done) })
	s.ln.Close() // Serve may not have taken it over yet
	_ = s.smtp.Close()
	return nil
}

// Script replaces the refusals.
func (s *Server) Script(script Script) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script = script
}

// Received gives the mails taken so far, oldest first. A mail taken without an answer (DropAfterDot) is among them.
func (s *Server) Received() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.received)
}

// Attempts counts the MAIL commands so far, refused ones too.
func (s *Server) Attempts() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.attempts
}

// UTF8Asked counts the MAIL commands that asked for SMTPUTF8.
func (s *Server) UTF8Asked() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.utf8
}

// take keeps a mail and tells OnMail.
func (s *Server) take(m Mail) {
	s.mu.Lock()
	s.received = append(s.received, m)
	s.mu.Unlock()
	if s.o.OnMail != nil {
		s.onMail.Lock()
		defer s.onMail.Unlock()
		s.o.OnMail(m)
	}
}

// spend uses one of n; a negative n is never used up.
func spend(n *int) bool {
	if *n > 0 {
		*n--
		return true
	}
	return *n < 0
}

func (r Reply) err() error {
	e := &smtp.SMTPError{Code: r.Code, EnhancedCode: smtp.EnhancedCode(r.Enhanced), Message: r.Text}
	if e.EnhancedCode == (smtp.EnhancedCode{}) {
		e.EnhancedCode = smtp.NoEnhancedCode
	}
	return e
}

// refuseMail is the script's answer to MAIL.
func (s *Server) refuseMail(utf8 bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.attempts++
	if utf8 {
		s.utf8++
	}
	if !spend(&s.script.Storm) {
		return nil
	}
	r := s.script.Reply
	if r.Code == 0 {
		r = Reply{Code: 451, Enhanced: [3]int{4, 7, 1}, Text: "try again later"}
	}
	return r.err()
}

// refuseRecipient is the script's answer to RCPT.
func (s *Server) refuseRecipient(from, to string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r, ok := s.script.Recipients[strings.ToLower(to)]; ok {
		return r.err()
	}
	pair := from + " " + to
	if s.script.Greylist && !s.seen[pair] {
		s.seen[pair] = true
		return Reply{Code: 450, Enhanced: [3]int{4, 2, 0}, Text: "greylisted, try again later"}.err()
	}
	return nil
}

// refuseContent is the script's answer to the whole letter, and whether to hang up instead of answering.
func (s *Server) refuseContent(raw []byte) (err error, drop bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for part, r := range s.script.Content {
		if strings.Contains(string(raw), part) {
			return r.err(), false
		}
	}
	return nil, spend(&s.script.DropAfterDot)
}

func (s *Server) dropInData() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return spend(&s.script.DropInData)
}

// silence blocks until the server is closed when the script wants silence at the stage.
func (s *Server) silence(stage string) {
	s.mu.Lock()
	silent := s.script.SilentAt == stage
	s.mu.Unlock()
	if silent {
		<-s.done
	}
}
