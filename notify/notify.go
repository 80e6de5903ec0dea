// Package notify words and delivers what the ledger has queued, and queues what is due by the calendar.
//
// Runner empties the outbox: claim a letter (the attempt and the next one are written before anybody dials), compose it
// once and keep its bytes, send, settle. A crash at any point costs a wait, never a second letter under another Message-ID.
// Planner looks at the calendar and queues reminders, the digest and alerts; each has a key, so twice is once. Both offer
// a blocking Run; RunDue and Plan do once what is due and return.
//
// What is due is decided in schedule, what a letter says in letter; both are pure. It must never judge a submission, and
// never write to anybody whom the outbox does not name.
package notify

import (
	"context"
	"log/slog"
	"time"

	"baosong/ledger"
	"baosong/ledger/blob"
	"baosong/ledger/calendar"
	"baosong/ledger/token"
	"baosong/notify/letter"
	"baosong/parse/call"
)

// Transport hands a finished letter to the mail provider. An error that is no Refusal is taken to pass by itself.
type Transport interface {
	Send(ctx context.Context, from string, to []string, raw []byte) error
}

// Refusal is what the runner wants to know of a Transport's error.
type Refusal interface {
	error
	Final() bool       // trying this letter again cannot help
	Ours() bool        // our account or set-up is at fault: no letter will pass until somebody mends it
	Slow() bool        // the provider's ceiling on our sending is reached
	TooLarge() bool    // a smaller letter may pass
	Reached() []string // who got the letter all the same
}

// Options say how letters go out.
type Options struct {
	From             string // "省中小企业局 <box@example.org>"
	Contact          string // for questions, printed in the letters; may be empty
	Pace             time.Duration
	PerAddressPerDay int             // ceiling of letters to one address and day; 0: none
	PerHour          int             // ceiling of letters in an hour; 0: none
	Retry            []time.Duration // waits between the attempts of one letter
	AlertTo          []string        // staff who hear of faults
	Folders          []string        // the polled and fate folders, for the digest's balance
}

// Runner empties the outbox. Set the fields, then call Run or RunDue, from one goroutine at a time.
type Runner struct {
	Ledger    *ledger.DB
	Blobs     *blob.Store
	Transport Transport
	Mark      letter.Marker              // nil: workbooks are marked in this process
	Call      func(id string) *call.Call // nil for a call that is not configured any more
	Calendar  *calendar.Calendar
	Key       token.Key // signs the digest's one-click answers; empty: it has none
	Options
	Now  func() time.Time // nil: time.Now
	Log  *slog.Logger     // nil: slog.Default
	Wake <-chan struct{}  // a letter was queued; nil: Run looks by itself
	// Planner, when set, is asked about each reminder again before it goes.
	Planner *Planner
	// Step, when set, is called with the name of each step before it is taken; an error stops there. Tests use it to crash.
	Step func(name string) error

	breaker  breaker
	accused  int64 // letter that was last refused as if our account were at fault
	alone    bool  // other letters have passed since
	lastSent time.Time
}

func (r *Runner) now() time.Time {
	now := time.Now
	if r.Now != nil {
		now = r.Now
	}
	return now().In(r.Calendar.Location())
}

func (r *Runner) step(name string) error {
	if r.Step == nil {
		return nil
	}
	return r.Step(name)
}

func (r *Runner) log() *slog.Logger {
	if r.Log != nil {
		return r.Log
	}
	return slog.Default()
}
