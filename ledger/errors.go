package ledger

import "errors"

// What the ledger refuses. Refusals of staff decisions wrap one of the first two in a *Refusal.
var (
	ErrNotFound    = errors.New("not found")
	ErrConflict    = errors.New("conflict")
	ErrLocked      = errors.New("data directory is in use by another process")
	ErrIncomplete  = errors.New("backup is incomplete")
	ErrReplaced    = errors.New("the ledger was moved away or replaced while it was open")
	ErrNewerSchema = errors.New("ledger was written by a newer version of baosong")
)

// Refusal says why a decision cannot be carried out, and what can be done instead. It wraps ErrNotFound or ErrConflict.
type Refusal struct {
	Kind error  // ErrNotFound or ErrConflict
	What string // English, for the log
	Text string // Chinese, for staff
	Hint string // Chinese, may be empty
}

func (r *Refusal) Error() string { return r.What + ": " + r.Kind.Error() }

// Unwrap returns the kind.
func (r *Refusal) Unwrap() error { return r.Kind }
