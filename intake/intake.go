// Package intake turns one mail into one recorded outcome and, in the same transaction, queues the answer.
//
// Poller.Run reads the mailbox: it lists each folder's UIDs, fetches what the ledger does not know, one mail at a time,
// and hands the bytes to Pipeline.Receive (bytes, then row). Pipeline.Process reads the mail, asks who sent it, has its
// files judged in the cage and records the outcome in one transaction. Only then is the mail filed on the server.
// Any crash point is repaired by running the same step again: what is received but not judged is found by state, what is
// judged but not filed by fate.
//
// intake never composes or sends a letter and never imports notify: the outbox table is where they meet.
package intake

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"time"

	"baosong/intake/mailbox"
	"baosong/ledger"
	"baosong/ledger/blob"
	"baosong/ledger/token"
	"baosong/parse/call"
)

// Mailbox is the mail server as intake needs it: one open folder at a time. *mailbox.Client is the real one.
type Mailbox interface {
	Open(ctx context.Context, folder string, readOnly bool) (mailbox.Folder, error)
	UIDs(ctx context.Context) ([]mailbox.Entry, error)
	Fetch(ctx context.Context, uid uint32, w io.Writer) (int64, error)
	Header(ctx context.Context, uid uint32) ([]byte, error)
	Create(ctx context.Context, folder string) error
	Move(ctx context.Context, uid uint32, folder string) (mailbox.Moved, error)
	Keyword(ctx context.Context, uid uint32, keyword string, instead ...string) error
	Idle(ctx context.Context, until time.Duration) (bool, error)
	Close() error
}

// Fates holds one name for each fate of a judged mail: the folder it is filed in, or the keyword it is marked with; an empty
// one leaves the mail where it is, or unmarked.
type Fates struct{ Filed, Returned, Held, Ignored, Failed string }

// Of returns the name for a fate as the ledger calls it.
func (f Fates) Of(fate string) string {
	return map[string]string{"filed": f.Filed, "returned": f.Returned, "held": f.Held, "ignored": f.Ignored, "failed": f.Failed}[fate]
}

// Staff are the people behind the mailbox.
type Staff struct {
	Alerts   []string // our own failures
	Security []string // suspected secrecy marks
	Deciders []string // whose one-click decisions count
}

// Pipeline judges mail. All fields are set by cmd before the first call.
type Pipeline struct {
	Ledger *ledger.DB
	Blobs  *blob.Store
	Reader *Reader
	Calls  []*call.Call
	Sender SenderOptions
	Staff  Staff
	Key    token.Key // signs one-click decisions; empty: none are recognised
	// Scratch is an empty folder of our own; each mail gets a subfolder that is wiped afterwards.
	Scratch string
	// AnswerSince is the start line as staff want it: mail received before it is recorded, never answered. Zero: what lay in
	// the mailbox when it was first listed is not answered.
	AnswerSince time.Time
	Now         func() time.Time
	Zone        *time.Location
	Log         *slog.Logger
	// Step, when set, is called with the name of each step before it is taken; an error stops there. Tests use it to crash.
	Step func(name string) error

	tries map[int64]int // of mails that failed by a fault of ours, in this run of the program
}

// ErrStopped is what a test's Step returns to stand for a crash.
var ErrStopped = errors.New("stopped by a test")

func (p *Pipeline) step(name string) error {
	if p.Step == nil {
		return nil
	}
	return p.Step(name)
}
