package ledger

import (
	"context"
	"slices"
	"time"

	"baosong/parse/finding"
)

// Facts are what Province must be told, for the ledger knows no call.
type Facts struct {
	Call     string
	Deadline time.Time // of the call; extensions are the ledger's
	Units    []string  // ids of the units that report, in the order wanted
	Parts    []string  // ids of the required parts
	Now      time.Time
}

// States of a unit within a call.
const (
	StateNone     = "none"
	StatePartial  = "partial"
	StateCorrect  = "correct"
	StateAccepted = "accepted"
	StateNil      = "nil"
)

// UnitStanding is what a unit's state in a call is, computed from what stands.
type UnitStanding struct {
	Unit           string
	State          string
	Late           bool // what stands came after the deadline, or the deadline passed and it is not complete
	Rows           int
	CasesAccepted  int
	ErrorsOpen     int
	WarningsOpen   int
	Owed           []string // part ids
	ReceivedAt     time.Time
	FirstReceived  time.Time
	Receipt        string
	Deadline       time.Time // after extension
	Submission     int64     // 0: none
	PostponedUntil time.Time // reminders rest until then
	Dead           []string  // addresses that our last letter did not reach
}

// Province computes the standing of each unit, in the order of Facts.Units.
func (db *DB) Province(ctx context.Context, f Facts) ([]UnitStanding, error) {
	if f.Now.IsZero() {
		f.Now = db.now()
	}
	var all []UnitStanding
	err := db.read(ctx, "compute standing", func(q querier) error {
		dead, err := deadAddresses(ctx, q)
		if err != nil {
			return err
		}
		for _, unit := range f.Units {
			u, err := unitStanding(ctx, q, f, unit)
			if err != nil {
				return err
			}
			for _, d := range dead {
				if d.Unit == unit {
					u.Dead = append(u.Dead, d.Address)
				}
			}
			all = append(all, u)
		}
		return nil
	})
	return all, err
}

func unitStanding(ctx context.Context, q querier, f Facts, unit string) (UnitStanding, error) {
	u := UnitStanding{Unit: unit, State: StateNone, Owed: slices.Clone(f.Parts)}
	var err error
	if u.Deadline, err = deadline(ctx, q, f, unit); err != nil {
		return u, err
	}
	if u.PostponedUntil, err = latest(ctx, q, "postponement", f.Call, unit); err != nil {
		return u, err
	}
	id, err := standingID(ctx, q, f.Call, unit)
	if err != nil {
		return u, err
	}
	if id != 0 {
		if err := u.fill(ctx, q, f.Call, id); err != nil {
			return u, err
		}
	}
	complete := u.State == StateAccepted || u.State == StateNil
	if !u.Deadline.IsZero() {
		u.Late = u.ReceivedAt.After(u.Deadline) || !complete && f.Now.After(u.Deadline)
	}
	return u, nil
}

// fill takes in the submission that stands.
func (u *UnitStanding) fill(ctx context.Context, q querier, callID string, id int64) error {
	s, err := one(ctx, q, scanSubmission, submissionByID, id)
	if err != nil {
		return err
	}
	if u.Rows, err = number(ctx, q, `SELECT count(*) FROM summary_row WHERE submission = ?`, id); err != nil {
		return err
	}
	open := func(severity finding.Severity) (int, error) {
		return number(ctx, q, `
			SELECT count(*) FROM finding WHERE submission = ? AND severity = ? AND waived = 0 AND trial = 0`, id, severity)
	}
	if u.ErrorsOpen, err = open(finding.Error); err != nil {
		return err
	}
	if u.WarningsOpen, err = open(finding.Warning); err != nil {
		return err
	}
	cs, err := standingCases(ctx, q, callID, u.Unit)
	if err != nil {
		return err
	}
	err = q.QueryRowContext(ctx, `SELECT min(s.received_at) FROM submission AS s WHERE `+stillValid, callID, u.Unit).Scan(moment{&u.FirstReceived})
	u.CasesAccepted = len(cs)
	u.Submission, u.Receipt, u.ReceivedAt, u.Owed = s.ID, s.Receipt, s.ReceivedAt, s.Owed
	if u.State = unitState(s); s.State == Accepted {
		u.ErrorsOpen = 0 // staff may have accepted it as it is
	}
	return err
}

// unitState turns the state of the revision that stands into the unit's.
func unitState(s Submission) string {
	switch {
	case s.State == Returned:
		return StateCorrect
	case s.Nil:
		return StateNil
	case s.State == Accepted:
		return StateAccepted
	}
	return StatePartial
}

// deadline is the call's, or the later of the unit's own and the general extension given last.
func deadline(ctx context.Context, q querier, f Facts, unit string) (time.Time, error) {
	until, err := latest(ctx, q, "extension", f.Call, unit)
	if err != nil || until.Before(f.Deadline) {
		return f.Deadline, err
	}
	return until, nil
}

// latest returns the later of a unit's own term and the general one, each as decided last.
func latest(ctx context.Context, q querier, table, callID, unit string) (time.Time, error) {
	var until time.Time
	for _, u := range []string{unit, EveryUnit} {
		var t time.Time
		err := q.QueryRowContext(ctx, `
			SELECT COALESCE((SELECT until FROM `+table+` WHERE call = ? AND unit = ? ORDER BY id DESC LIMIT 1), '')`,
			callID, u).Scan(moment{&t})
		if err != nil {
			return until, err
		}
		if t.After(until) {
			until = t
		}
	}
	return until, nil
}
