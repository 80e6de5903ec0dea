package smarthost

import (
	"errors"
	"fmt"
	"net"
	"sync"
	"time"
)

// replyLimit bounds what a server may say in one session: the client keeps replies in memory.
const replyLimit = 1 << 20

var (
	errTooLong = errors.New("server takes too long")
	errExcess  = errors.New("server says more than it should")
)

// wire is the TCP connection: every Read and Write has the deadline, whatever the library asks for, and the first thing
// that ended the connection is remembered.
type wire struct {
	net.Conn

	mu      sync.Mutex
	timeout time.Duration
	read    int64
	cause   error
}

// patience sets how long the next answers may take.
func (w *wire) patience(d time.Duration) {
	w.mu.Lock()
	w.timeout = d
	w.mu.Unlock()
	w.limit()
}

// limit starts the time for whatever comes next.
func (w *wire) limit() {
	w.mu.Lock()
	defer w.mu.Unlock()
	// An error means a closed connection, which Read will say.
	_ = w.Conn.SetDeadline(time.Now().Add(w.timeout))
}

// SetDeadline is the library's wish at the beginning (a time) and the end (zero) of each command. The time is ours.
func (w *wire) SetDeadline(time.Time) error { w.limit(); return nil }

// Read reads within the deadline set when the command began.
func (w *wire) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.read += int64(n); w.read > replyLimit && err == nil {
		n, err = 0, fmt.Errorf("%w: over %d bytes", errExcess, replyLimit)
	}
	w.note(err)
	return n, err
}

// Write moves the deadline: a long letter may take long as long as it moves.
func (w *wire) Write(p []byte) (int, error) {
	w.limit()
	n, err := w.Conn.Write(p)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.note(err)
	return n, err
}

// note remembers the first error; w.mu is held.
func (w *wire) note(err error) {
	if err != nil && w.cause == nil {
		w.cause = err
	}
}

// abort ends the connection and remembers why.
func (w *wire) abort(cause error) {
	w.mu.Lock()
	w.note(cause)
	w.mu.Unlock()
	w.Conn.Close()
}

// why tells what ended the connection; nil when nothing did.
func (w *wire) why() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.cause
}
