// Package mailbox is the IMAP client of baosong: it reads a mailbox that other people use too, on servers that keep the
// standard in their own way.
//
// In order: Dial connects, negotiates TLS, logs in and sends ID; Open selects a folder; UIDs lists it; Fetch streams one
// mail at a time; Move or Keyword files it; Idle waits for a hint that something changed; Close ends it. A Client is used
// by one goroutine at a time. After an error for which Lost says true the Client is finished: Close it and Dial again.
//
// The package never asks for ENVELOPE or BODYSTRUCTURE and never sends SEARCH: servers answer them wrongly, and one
// wrong answer ends the connection. It never sends a plain EXPUNGE, which would remove what staff marked deleted. It
// never passes over a UID whose answer did not come, and never takes a truncated mail for a whole one. Texts of the
// server are handed on as the bytes that came (they may be GB18030); the caller decodes them.
//
// Standards: RFC 3501 (IMAP4rev1), RFC 2971 (ID), RFC 2177 (IDLE), RFC 4315 (UIDPLUS), RFC 6851 (MOVE).
package mailbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

const (
	defaultTimeout   = 30 * time.Second
	defaultPollLimit = 120 * time.Second
	// farewell is how long Close waits for the server to answer LOGOUT.
	farewell = 2 * time.Second
)

// Options say where the mailbox is and how long its server may be silent.
type Options struct {
	Host     string
	Port     int
	TLS      string // "implicit", "starttls" or "none"
	Insecure bool   // allows TLS "none" to a host that is not loopback
	CAFile   string // a further trusted root, PEM
	Username string
	Password string // password or 授权码
	// Timeout is the longest silence of the server while an answer is due; 30 s when zero.
	Timeout time.Duration
	// PollLimit is the longest a single command may take, however the server drips its answer; 120 s when zero. A
	// mail's body gets, on top of that, the time its size needs at 8 KiB/s.
	PollLimit time.Duration
	Version   string       // told to the server with ID
	Log       *slog.Logger // nil: silent
}

// Client is one connection to the mailbox.
type Client struct {
	o    Options
	imap *imapclient.Client
	wire *wire
	caps imap.CapSet

	folder   Folder
	readOnly bool
	flags    []imap.Flag // PERMANENTFLAGS of the open folder
	made     map[string]bool

	// withoutID is set when the server's answer to ID ended the connection: the next one does without.
	withoutID bool
	// bySequence is set when the server's answers to UID FETCH of a body get lost: bodies are asked for by sequence number.
	bySequence bool
	// redials counts the connections lost to malformed answers within one call of UIDs.
	redials int
	// floor is the level of the listing below which nothing is asked any more, because too many answers were no good.
	floor int

	news     chan struct{} // something changed in the open folder
	expunges counter       // EXPUNGE answers seen
}

// Folder is a selected folder.
type Folder struct {
	Name        string
	UIDValidity uint32
	UIDNext     uint32
	Exists      uint32
}

// Dial connects, negotiates TLS, logs in and sends ID. Errors are *Error; ErrAuth when the server refuses name or
// password.
func Dial(ctx context.Context, o Options) (*Client, error) {
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	if o.PollLimit <= 0 {
		o.PollLimit = defaultPollLimit
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	c := &Client{o: o, news: make(chan struct{}, 1)}
	if err := c.connect(ctx); err != nil {
		return nil, err
	}
	return c, nil
}

// connect makes c a fresh, logged-in connection. When the server ends the connection over ID, it is tried once more
// without.
func (c *Client) connect(ctx context.Context) error {
	err := c.connectOnce(ctx)
	var fault *Error
	if errors.As(err, &fault) && fault.Op == "id" && !fault.Silent() && ctx.Err() == nil {
		c.o.Log.Warn("imap server ends the connection over ID, trying without", "err", err)
		c.withoutID = true
		err = c.connectOnce(ctx)
	}
	return err
}

func (c *Client) connectOnce(ctx context.Context) error {
	w, err := dial(ctx, c.o)
	if err != nil {
		return err
	}
	c.wire = w
	c.folder, c.made = Folder{}, map[string]bool{}
	c.imap = imapclient.New(w, &imapclient.Options{UnilateralDataHandler: &imapclient.UnilateralDataHandler{
		Mailbox: func(d *imapclient.UnilateralDataMailbox) {
			if d.NumMessages != nil {
				c.notice()
			}
		},
		Expunge: func(uint32) { c.expunges.add(); c.notice() },
	}})
	for _, step := range []func(context.Context) error{c.greeting, c.login, c.identify, c.capabilities} {
		if err := step(ctx); err != nil {
			w.abort(err)
			c.imap.Close()
			return err
		}
	}
	return nil
}

// notice records that the open folder changed; several changes are one.
func (c *Client) notice() {
	select {
	case c.news <- struct{}{}:
	default:
	}
}

// Lost says whether the connection has ended; nothing but Close works then.
func (c *Client) Lost() bool { return c.wire.dead() }

// Close logs out, waiting a little for the server's answer, and closes the connection.
func (c *Client) Close() error {
	if !c.Lost() {
		limit := min(farewell, c.o.Timeout)
		// The answer does not matter: the connection is closed anyway.
		_ = c.do(context.Background(), "logout", limit, func(*timer) error { return c.imap.Logout().Wait() })
	}
	c.wire.abort(errClosed)
	c.imap.Close()
	return nil
}

// timer is the limit of the command in hand; longer moves it.
type timer struct {
	t *time.Timer
}

func (t *timer) longer(d time.Duration) { t.t.Reset(d) }

// do runs one command under the three ends there are: the context, the silence of the server (in wire), and the limit of
// the command as a whole. It turns a panic of the library into an error and tells what ended the connection.
func (c *Client) do(ctx context.Context, op string, limit time.Duration, f func(*timer) error) (err error) {
	if cause := context.Cause(ctx); cause != nil {
		return &Error{Op: op, Temporary: true, Err: cause}
	}
	if c.Lost() {
		return c.fault(op, errClosed)
	}
	w := c.wire
	defer context.AfterFunc(ctx, func() { w.abort(context.Cause(ctx)) })()
	t := &timer{time.AfterFunc(limit, func() { w.abort(errTooLong) })}
	defer t.t.Stop()
	w.begin(c.o.Timeout)
	defer w.end()
	defer func() {
		if v := recover(); v != nil {
			w.abort(fmt.Errorf("imap library failed: %v", v))
			err = c.fault(op, errClosed)
		}
	}()
	if err := f(t); err != nil {
		return c.fault(op, err)
	}
	return nil
}
