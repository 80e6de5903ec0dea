// Package imaptest is an IMAP server in memory, for tests and for the demo, with faults that can be switched on.
//
// In order: Start, AddMailbox, Deliver, let the client work, Messages; SetFault breaks the connections made from then on;
// Recreate gives a folder a new UIDVALIDITY. Close ends it.
//
// It stands on go-imap's imapserver but not on its imapmemserver, which writes headers anew (and gives an empty body where
// it cannot read them), forgets changes made just before IDLE, lets EXAMINE change mails, and locks up over two moves in
// opposite directions. Here a mail comes out byte for byte as it was put in. SEARCH and ENVELOPE are refused: nothing of
// ours may rely on them. It must never be used with real mail: nothing is stored.
package imaptest

import (
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
)

// Options of a server; the zero value is a plain server on a free loopback port.
type Options struct {
	Username string      // "box@example.org" when empty
	Password string      // "secret" when empty
	TLS      *tls.Config // nil: no TLS
	Implicit bool        // TLS from the first byte; otherwise STARTTLS
	NoMove   bool        // does not have MOVE
	NoPlus   bool        // does not have UIDPLUS
	NoIdle   bool        // does not have IDLE
	RefuseID bool        // answers ID with BAD
}

// Server is a running server.
type Server struct {
	Addr     string // host:port
	Host     string
	Port     int
	Username string
	Password string

	o     Options
	ln    net.Listener
	imap  *imapserver.Server
	store *store

	mu    sync.Mutex
	fault Fault
	log   []string
	conns map[*faulty]struct{}
}

// Start starts a server on a free port of 127.0.0.1, with an empty INBOX.
func Start(o Options) (*Server, error) {
	if o.Username == "" {
		o.Username = "box@example.org"
	}
	if o.Password == "" {
		o.Password = "secret"
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("start imap test server: %w", err)
	}
	addr := ln.Addr().(*net.TCPAddr)
	s := &Server{
		Addr: addr.String(), Host: addr.IP.String(), Port: addr.Port,
		Username: o.Username, Password: o.Password,
		o: o, ln: ln, store: newStore(),
		conns: map[*faulty]struct{}{},
	}
	s.imap = imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return s.newSession(), nil, nil
		},
		Caps:         o.caps(),
		InsecureAuth: true,
		Logger:       log.New(io.Discard, "", 0),
	})
	if err := s.AddMailbox("INBOX"); err != nil {
		ln.Close()
		return nil, err
	}
	// Started by Start, stopped by Close.
	go func() { _ = s.imap.Serve(&listener{Listener: ln, server: s}) }()
	return s, nil
}

func (o Options) caps() imap.CapSet {
	caps := imap.CapSet{imap.CapIMAP4rev1: {}}
	if !o.NoMove {
		caps[imap.CapMove] = struct{}{}
	}
	if !o.NoPlus {
		caps[imap.CapUIDPlus] = struct{}{}
	}
	return caps
}

// Close ends the server and all its connections.
func (s *Server) Close() error {
	s.Disconnect()
	s.ln.Close() // Serve may not have taken it over yet
	_ = s.imap.Close()
	return nil
}

// Disconnect cuts all connections there are; new ones are accepted.
func (s *Server) Disconnect() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		c.raw.Close()
	}
}

// AddMailbox makes a folder.
func (s *Server) AddMailbox(name string) error {
	if err := s.store.create(name); err != nil {
		return fmt.Errorf("add mailbox %s: %w", name, err)
	}
	return nil
}

// Recreate makes a folder anew: it has another UIDVALIDITY, and its mails come back with new UIDs, in the same order.
func (s *Server) Recreate(name string) error {
	mails, err := s.Messages(name)
	if err != nil {
		return err
	}
	if err := s.store.remove(name); err != nil {
		return fmt.Errorf("recreate mailbox %s: %w", name, err)
	}
	if err := s.AddMailbox(name); err != nil {
		return err
	}
	for _, m := range mails {
		if _, err := s.Deliver(name, m.Raw, m.ReceivedAt); err != nil {
			return err
		}
	}
	return nil
}

// Deliver puts a mail into a folder as if it had been received at the given time, and tells its UID.
func (s *Server) Deliver(folder string, raw []byte, receivedAt time.Time) (uint32, error) {
	d, err := s.store.deliver(folder, raw, receivedAt, nil)
	if err != nil {
		return 0, fmt.Errorf("deliver to %s: %w", folder, err)
	}
	return uint32(d.UID), nil
}

// Commands gives the commands received so far without their tags; the arguments of LOGIN and AUTHENTICATE are left out.
func (s *Server) Commands() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.log...)
}
