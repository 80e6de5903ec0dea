package mailbox

import (
	"net"
	"sync"
	"time"
)

// wire is the connection under the library. It replaces the library's deadlines (thirty seconds, five minutes for a whole
// literal, none while waiting) by one: the server may not be silent longer than the timeout while an answer is due. It
// watches what comes in (guard) and remembers what ended the connection, which the library's errors do not tell.
type wire struct {
	net.Conn          // TLS or not
	raw      net.Conn // the TCP connection: closing it never waits
	head     []byte   // read before the connection: the greeting, when STARTTLS has used it up

	mu      sync.Mutex
	timeout time.Duration // 0: no answer is due
	cause   error         // what ended the connection, the first thing
	guard   guard
}

// The library's deadlines are not wanted.

// SetDeadline does nothing.
func (w *wire) SetDeadline(time.Time) error { return nil }

// SetReadDeadline does nothing.
func (w *wire) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline does nothing.
func (w *wire) SetWriteDeadline(time.Time) error { return nil }

// begin says that an answer is due from now on; the Read that is always pending gets its deadline too.
func (w *wire) begin(timeout time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.timeout = timeout
	w.guard.begin()
	w.arm()
}

// end says that no answer is due: the server may be silent as long as it likes.
func (w *wire) end() { w.begin(0) }

// arm sets the read deadline; w.mu is held.
func (w *wire) arm() {
	var t time.Time
	if w.timeout > 0 {
		t = time.Now().Add(w.timeout)
	}
	// An error means a closed connection, which Read will say.
	_ = w.Conn.SetReadDeadline(t)
}

// Read reads with a rolling deadline and lets the guard look at what came.
func (w *wire) Read(p []byte) (int, error) {
	if len(w.head) > 0 {
		n := copy(p, w.head)
		w.head = w.head[n:]
		return n, nil
	}
	w.mu.Lock()
	if cause := w.cause; cause != nil {
		// The library tries a few times more after an error; each would wait anew.
		w.mu.Unlock()
		return 0, cause
	}
	if w.timeout > 0 {
		w.arm()
	}
	w.mu.Unlock()
	n, err := w.Conn.Read(p)
	w.mu.Lock()
	defer w.mu.Unlock()
	if n > 0 {
		if excess := w.guard.scan(p[:n]); excess != nil && err == nil {
			n, err = 0, excess
			w.raw.Close()
		}
	}
	if err != nil && w.cause == nil {
		w.cause = err
	}
	return n, err
}

// Write writes with its own deadline.
func (w *wire) Write(p []byte) (int, error) {
	w.mu.Lock()
	if w.timeout > 0 {
		_ = w.Conn.SetWriteDeadline(time.Now().Add(w.timeout))
	}
	w.mu.Unlock()
	n, err := w.Conn.Write(p)
	if err != nil {
		w.mu.Lock()
		if w.cause == nil {
			w.cause = err
		}
		w.mu.Unlock()
	}
	return n, err
}

// Close is called by the library when it has had enough.
func (w *wire) Close() error {
	w.mu.Lock()
	w.guard.closed = true
	w.mu.Unlock()
	return w.raw.Close()
}

// abort ends the connection at once and remembers why.
func (w *wire) abort(cause error) {
	w.mu.Lock()
	if w.cause == nil && !w.guard.closed {
		w.cause = cause
	}
	w.mu.Unlock()
	w.Close()
}

// dead says whether the connection has ended.
func (w *wire) dead() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.cause != nil || w.guard.closed
}
