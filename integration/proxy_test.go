//go:build integration

package integration

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"testing"
)

// Weather is what a line between two machines does at the moment.
type weather int32

const (
	fair    weather = iota
	cutting         // each connection is cut after some bytes
	silent          // connections are taken and nothing passes
	gone            // connections are ended at once
	busy            // SMTP only: "421 too many connections"
)

// line is a TCP line to a server that can be given bad weather. It listens on a loopback port of its own.
type line struct {
	port   int
	now    atomic.Int32
	faults atomic.Int64 // connections that met bad weather
	ln     net.Listener
	to     string

	mu    sync.Mutex
	open  map[net.Conn]struct{}
	dice  *rand.Rand
	ended bool
}

func newLine(t *testing.T, port int, seed uint64) *line {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &line{port: ln.Addr().(*net.TCPAddr).Port, ln: ln, to: fmt.Sprintf("127.0.0.1:%d", port), open: map[net.Conn]struct{}{}, dice: rand.New(rand.NewPCG(seed, 7))}
	t.Cleanup(l.end)
	go func() { // started here, stopped by end
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			if l.keep(c) {
				go l.serve(c)
			}
		}
	}()
	return l
}

func (l *line) keep(c net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended {
		c.Close()
		return false
	}
	l.open[c] = struct{}{}
	return true
}

func (l *line) drop(c net.Conn) {
	l.mu.Lock()
	delete(l.open, c)
	l.mu.Unlock()
	c.Close()
}

func (l *line) end() {
	l.ln.Close()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended = true
	for c := range l.open {
		c.Close()
	}
}

// turn changes the weather; bad weather also hits the connections there are.
func (l *line) turn(w weather) {
	l.now.Store(int32(w))
	if w != cutting && w != gone {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for c := range l.open {
		l.faults.Add(1)
		c.Close()
	}
}

func (l *line) roll(n int64) int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.dice.Int64N(n)
}

func (l *line) serve(c net.Conn) {
	defer l.drop(c)
	most := int64(1) << 60
	switch weather(l.now.Load()) {
	case gone:
		l.faults.Add(1)
		return
	case silent:
		l.faults.Add(1)
		io.Copy(io.Discard, c)
		return
	case busy:
		l.faults.Add(1)
		fmt.Fprint(c, "421 4.7.0 mx.example.org Error: too many connections\r\n")
		return
	case cutting:
		l.faults.Add(1)
		most = 1 + l.roll(60_000)
	}
	s, err := net.Dial("tcp", l.to)
	if err != nil || !l.keep(s) {
		return
	}
	defer l.drop(s)
	done := make(chan struct{}, 2)
	go func() { io.Copy(s, c); done <- struct{}{} }()
	go func() { io.CopyN(c, s, most); done <- struct{}{} }()
	<-done
}
