package mailbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync/atomic"

	"github.com/emersion/go-imap/v2"
)

var (
	// ErrAuth says that the server refused name or password (or the 授权码 is void).
	ErrAuth = errors.New("login refused")
	// ErrUnsafeLogin is the refusal of 163, 126 and their kin to open a folder: IMAP is not switched on, or ID not liked.
	ErrUnsafeLogin = errors.New("server calls the login unsafe")
	// ErrGone says that the mail is no longer in the folder.
	ErrGone = errors.New("mail is no longer there")
	// ErrNoFolder says that the folder cannot be opened because it does not exist.
	ErrNoFolder = errors.New("no such folder")
	// ErrNoIdle says that the server has no IDLE.
	ErrNoIdle = errors.New("server has no IDLE")
	// ErrNoMove says that the server cannot take a single mail out of a folder.
	ErrNoMove = errors.New("server has neither MOVE nor UIDPLUS")
	// ErrKeyword says that the keyword cannot be sent, or the folder does not keep keywords.
	ErrKeyword = errors.New("keyword not possible")
	// ErrMalformed says that the server's answer could not be understood.
	ErrMalformed = errors.New("answer of the server not understood")
	// ErrTruncated says that less of the mail came than was announced.
	ErrTruncated = errors.New("mail came incomplete")

	errClosed  = errors.New("connection closed")
	errTooLong = errors.New("server takes too long")
)

// Error is any failure of the mailbox.
type Error struct {
	Op        string // greeting, tls, login, id, open, list, fetch, move …
	Text      string // the server's own words as they came, perhaps GB18030; "" when it said nothing
	Temporary bool   // trying again later may help without anybody's doing
	Err       error
}

// Error is for logs; Text may be in any charset and is quoted.
func (e *Error) Error() string {
	if e.Text != "" {
		return fmt.Sprintf("imap %s: %v: server says %q", e.Op, e.Err, e.Text)
	}
	return fmt.Sprintf("imap %s: %v", e.Op, e.Err)
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Silent says that the server did not answer in time.
func (e *Error) Silent() bool {
	return errors.Is(e.Err, os.ErrDeadlineExceeded) || errors.Is(e.Err, errTooLong)
}

// fault makes an *Error of what a command returned: a refusal in the server's words, or what ended the connection.
func (c *Client) fault(op string, err error) error {
	var own *Error
	if errors.As(err, &own) {
		return err
	}
	for _, plain := range []error{ErrGone, ErrTruncated, ErrKeyword, ErrNoIdle, ErrNoMove, ErrMalformed} {
		if errors.Is(err, plain) {
			return &Error{Op: op, Temporary: plain == ErrTruncated, Err: err}
		}
	}
	var refusal *imap.Error
	if errors.As(err, &refusal) {
		return refused(op, refusal)
	}
	return c.wire.fault(op, err)
}

// refused translates the server's NO, BAD or BYE.
func refused(op string, r *imap.Error) *Error {
	e := &Error{Op: op, Text: r.Text, Err: fmt.Errorf("server refuses (%s)", strings.TrimSpace(string(r.Type)+" "+string(r.Code)))}
	switch r.Code {
	case imap.ResponseCodeUnavailable, imap.ResponseCodeInUse, imap.ResponseCodeLimit, imap.ResponseCodeServerBug:
		e.Temporary = true
	}
	switch {
	case strings.Contains(strings.ToLower(r.Text), "unsafe login"):
		e.Err = ErrUnsafeLogin
	case r.Type == imap.StatusResponseTypeBye:
		e.Temporary = true
	case op == "login" && !e.Temporary:
		e.Err = ErrAuth
	case op == "open" && !e.Temporary && (r.Code == imap.ResponseCodeNonExistent || r.Code == imap.ResponseCodeTryCreate):
		e.Err = ErrNoFolder
	}
	return e
}

// fault tells from the wire why the connection ended; err is what the library made of it.
func (w *wire) fault(op string, err error) *Error {
	w.mu.Lock()
	cause, bye := w.cause, w.guard.bye
	w.mu.Unlock()
	e := &Error{Op: op, Text: bye, Temporary: true}
	var network net.Error
	switch {
	case cause == nil && bye != "":
		// The library hung up at the server's BYE before the end of the stream was seen.
		e.Err = fmt.Errorf("server closed the connection: %w", io.EOF)
	case cause == nil:
		// The library closed the connection although reading went well: it did not understand.
		e.Err = fmt.Errorf("%w: %v", ErrMalformed, err)
		e.Temporary = false
	case errors.Is(cause, errExcess):
		e.Err, e.Temporary = fmt.Errorf("%w: %w", ErrMalformed, cause), false
	case errors.Is(cause, io.EOF):
		e.Err = fmt.Errorf("server closed the connection: %w", cause)
	case errors.Is(cause, os.ErrDeadlineExceeded):
		e.Err = fmt.Errorf("server is silent: %w", cause)
	case errors.Is(cause, context.Canceled), errors.Is(cause, context.DeadlineExceeded), errors.As(cause, &network):
		e.Err = cause
	default:
		e.Err = cause
	}
	return e
}

// truncated tells how much of a mail came before the connection ended, and what ended it.
func (w *wire) truncated(n, size int64) *Error {
	w.mu.Lock()
	defer w.mu.Unlock()
	err := fmt.Errorf("%w: %d bytes of %d", ErrTruncated, n, size)
	if w.cause != nil && w.cause != ErrTruncated {
		err = fmt.Errorf("%w: %w", err, w.cause)
	}
	return &Error{Op: "fetch", Text: w.guard.bye, Temporary: true, Err: err}
}

// counter counts from the library's reading goroutine and is read from the caller's.
type counter struct{ n atomic.Int64 }

func (c *counter) add()       { c.n.Add(1) }
func (c *counter) get() int64 { return c.n.Load() }
