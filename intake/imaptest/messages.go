package imaptest

import (
	"context"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// Message is a mail as it lies in a folder.
type Message struct {
	UID        uint32
	Raw        []byte
	ReceivedAt time.Time
	Flags      []string
}

// Messages gives the mails of a folder by UID, ascending. It asks the server itself over a connection of its own, past
// TLS and faults.
func (s *Server) Messages(folder string) ([]Message, error) {
	near, far := net.Pipe()
	inner := &single{conn: far, done: make(chan struct{})}
	// Started here, stopped when near is closed below.
	go func() { _ = s.imap.Serve(inner) }()
	c := imapclient.New(near, nil)
	defer inner.Close()
	defer c.Close()
	if err := c.Login(s.Username, s.Password).Wait(); err != nil {
		return nil, fmt.Errorf("look into %s: %w", folder, err)
	}
	d, err := c.Select(folder, &imap.SelectOptions{ReadOnly: true}).Wait()
	if err != nil {
		return nil, fmt.Errorf("look into %s: %w", folder, err)
	}
	if d.NumMessages == 0 {
		return nil, nil
	}
	var all imap.SeqSet
	all.AddRange(1, d.NumMessages)
	found, err := c.Fetch(all, &imap.FetchOptions{UID: true, InternalDate: true, Flags: true,
		BodySection: []*imap.FetchItemBodySection{{Peek: true}}}).Collect()
	if err != nil {
		return nil, fmt.Errorf("look into %s: %w", folder, err)
	}
	out := make([]Message, 0, len(found))
	for _, f := range found {
		m := Message{UID: uint32(f.UID), ReceivedAt: f.InternalDate, Raw: f.FindBodySection(&imap.FetchItemBodySection{})}
		for _, flag := range f.Flags {
			m.Flags = append(m.Flags, string(flag))
		}
		out = append(out, m)
	}
	return out, nil
}

// UIDValidity tells the folder's UIDVALIDITY.
func (s *Server) UIDValidity(folder string) (uint32, error) {
	d, err := s.user.Status(folder, &imap.StatusOptions{UIDValidity: true})
	if err != nil {
		return 0, fmt.Errorf("look at %s: %w", folder, err)
	}
	return d.UIDValidity, nil
}

// WaitFor waits until the folder holds n mails or more, for the demo and for tests that must not guess times.
func (s *Server) WaitFor(ctx context.Context, folder string, n int) error {
	changed, leave := s.changes.join()
	defer leave()
	for {
		d, err := s.user.Status(folder, &imap.StatusOptions{NumMessages: true})
		if err != nil {
			return fmt.Errorf("wait for %s: %w", folder, err)
		}
		if int(*d.NumMessages) >= n {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// single is a listener that gives one connection.
type single struct {
	conn net.Conn
	once sync.Once
	done chan struct{}
}

// Accept gives the connection, then waits for Close.
func (l *single) Accept() (net.Conn, error) {
	if l.conn != nil {
		c := l.conn
		l.conn = nil
		return c, nil
	}
	<-l.done
	return nil, net.ErrClosed
}

// Close ends Accept; a second Close does nothing.
func (l *single) Close() error {
	l.once.Do(func() { close(l.done) })
	return nil
}

// Addr is nobody's.
func (l *single) Addr() net.Addr { return &net.TCPAddr{} }
