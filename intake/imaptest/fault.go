package imaptest

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Fault is what is wrong with a server. The zero Fault is none.
type Fault struct {
	// CutAfter cuts each connection after the server has sent so many bytes.
	CutAfter int64
	// SilentAfter is a command ("LOGIN", "SELECT", "UID FETCH", "IDLE") from which on the server says nothing more.
	SilentAfter string
	// Refuse answers a command with this line, put after the tag: "EXAMINE": "NO Unsafe Login. Please contact ...".
	Refuse map[string]string
	// DropOn is a command on which the server hangs up.
	DropOn string
	// Drip is the pause between two bytes the server sends.
	Drip time.Duration
}

// SetFault breaks the connections made from now on; those there are stay as they are.
func (s *Server) SetFault(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = f
}

// listener hands out faulty connections.
type listener struct {
	net.Listener
	server *Server
}

// Accept accepts and wraps a connection. The TLS handshake runs in the connection's own goroutine, at its first Read.
func (l *listener) Accept() (net.Conn, error) {
	raw, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	s := l.server
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &faulty{Conn: raw, raw: raw, server: s, fault: s.fault}
	if s.o.TLS != nil && s.o.Implicit {
		c.Conn = tls.Server(raw, s.o.TLS)
	}
	s.conns[c] = struct{}{}
	return c, nil
}

// faulty stands between client and server: it answers ID and STARTTLS, which imapserver cannot or would answer out of our
// sight, and puts in the faults.
type faulty struct {
	net.Conn // TLS or not
	raw      net.Conn
	server   *Server
	fault    Fault

	ready   []byte // whole commands for the server
	pending []byte // what came and is no whole command yet
	literal int64  // bytes of a literal to pass on unseen
	midway  bool   // the command goes on after a literal

	mu     sync.Mutex // one answer at a time
	sent   int64
	silent bool
}

var errCut = errors.New("connection cut by the test")

// Read gives the server the client's commands, but for those that are answered here.
func (c *faulty) Read(p []byte) (int, error) {
	for len(c.ready) == 0 {
		buf := make([]byte, 4096)
		n, err := c.Conn.Read(buf)
		if n > 0 {
			c.pending = append(c.pending, buf[:n]...)
			if err := c.sort(); err != nil {
				return 0, err
			}
			continue
		}
		if err != nil {
			return 0, err
		}
	}
	n := copy(p, c.ready)
	c.ready = c.ready[n:]
	return n, nil
}

// sort moves whole lines and literals from pending to ready.
func (c *faulty) sort() error {
	for len(c.pending) > 0 {
		if c.literal > 0 {
			n := min(c.literal, int64(len(c.pending)))
			c.ready, c.pending, c.literal = append(c.ready, c.pending[:n]...), c.pending[n:], c.literal-n
			continue
		}
		end := bytes.IndexByte(c.pending, '\n')
		if end < 0 {
			return nil
		}
		line := c.pending[:end+1]
		c.pending = c.pending[end+1:]
		goesOn := c.midway
		c.literal, c.midway = literalAfter(line)
		if !goesOn {
			pass, err := c.command(line)
			if err != nil {
				return err
			}
			if !pass {
				continue
			}
		}
		c.ready = append(c.ready, line...)
	}
	return nil
}

// command looks at the first line of a command and says whether the server shall see it.
func (c *faulty) command(line []byte) (pass bool, err error) {
	tag, rest, ok := strings.Cut(strings.TrimRight(string(line), "\r\n"), " ")
	if !ok {
		return true, nil // DONE
	}
	name, _, _ := strings.Cut(rest, " ")
	name = strings.ToUpper(name)
	if name == "UID" {
		sub, _, _ := strings.Cut(rest[4:], " ")
		name += " " + strings.ToUpper(sub)
	}
	c.server.record(name, rest)
	if c.fault.DropOn == name {
		c.raw.Close()
		return false, errCut
	}
	if c.fault.SilentAfter == name {
		c.mu.Lock()
		c.silent = true
		c.mu.Unlock()
	}
	if text, ok := c.fault.Refuse[name]; ok {
		return false, c.say("%s %s\r\n", tag, text)
	}
	switch {
	case name == "ID" && !c.server.o.RefuseID:
		return false, c.say("* ID (\"name\" \"imaptest\")\r\n%s OK ID completed\r\n", tag)
	case name == "IDLE" && c.server.o.NoIdle:
		return false, c.say("%s BAD Unknown command\r\n", tag)
	case name == "STARTTLS" && c.server.o.TLS != nil && c.Conn == c.raw:
		if err := c.say("%s OK Begin TLS\r\n", tag); err != nil {
			return false, err
		}
		c.Conn = tls.Server(c.raw, c.server.o.TLS)
		return false, nil
	}
	return true, nil
}

// record keeps a command for Commands.
func (s *Server) record(name, line string) {
	if name == "LOGIN" || name == "AUTHENTICATE" {
		line = name
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = append(s.log, line)
}

func (c *faulty) say(format string, a ...any) error {
	_, err := fmt.Fprintf(c, format, a...)
	return err
}

// Write sends the server's bytes as far as the fault lets it. It never fails: imapserver keeps its lock for ever when an
// answer cannot be written. The server learns from Read that the connection has ended.
func (c *faulty) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.silent && c.write(p) != nil {
		c.raw.Close()
		c.silent = true
	}
	return len(p), nil
}

func (c *faulty) write(p []byte) error {
	if head := p[:min(len(p), 64)]; c.server.o.NoIdle && bytes.Contains(head, []byte("CAPABILITY")) {
		p = bytes.ReplaceAll(p, []byte(" IDLE"), []byte(" XDLE"))
	}
	for done := 0; done < len(p); {
		n := len(p) - done
		if c.fault.CutAfter > 0 {
			n = min(n, int(c.fault.CutAfter-c.sent))
		}
		if c.fault.Drip > 0 {
			n = min(n, 1)
			<-time.After(c.fault.Drip)
		}
		if n <= 0 {
			return errCut
		}
		if _, err := c.Conn.Write(p[done : done+n]); err != nil {
			return err
		}
		done += n
		c.sent += int64(n)
	}
	return nil
}

// Close forgets the connection.
func (c *faulty) Close() error {
	c.server.mu.Lock()
	delete(c.server.conns, c)
	c.server.mu.Unlock()
	return c.Conn.Close()
}

// literalAfter says whether a literal follows the line, and how long it is.
func literalAfter(line []byte) (int64, bool) {
	s := strings.TrimRight(string(line), "\r\n")
	open := strings.LastIndexByte(s, '{')
	if open < 0 || !strings.HasSuffix(s, "}") {
		return 0, false
	}
	n, err := strconv.ParseInt(strings.TrimSuffix(s[open+1:len(s)-1], "+"), 10, 64)
	return n, err == nil && n >= 0
}
