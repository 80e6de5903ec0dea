package ledger

import (
	"context"
	"database/sql"
	"errors"
)

// newestFirst orders a unit's revisions by what counts as newest. It reads along the index submission_order.
const newestFirst = `ORDER BY s.received_at DESC, s.uid DESC, s.id DESC`

// stillValid leaves out what staff withdrew and what a later judgement of the same mail replaced.
const stillValid = `s.call = ? AND s.unit = ? AND s.state <> 'withdrawn' AND s.judged_again = 0`

// Standing returns the unit's newest standing revision with files, rows, cases and findings, or nil when it has none.
func (db *DB) Standing(ctx context.Context, callID, unit string) (s *Submission, err error) {
	err = db.read(ctx, "read standing submission", func(q querier) error {
		s, err = standing(ctx, q, callID, unit)
		return err
	})
	return s, err
}

func standing(ctx context.Context, q querier, callID, unit string) (*Submission, error) {
	id, err := standingID(ctx, q, callID, unit)
	if err != nil || id == 0 {
		return nil, err
	}
	return loadSubmission(ctx, q, id)
}

func standingID(ctx context.Context, q querier, callID, unit string) (int64, error) {
	return maybeID(q.QueryRowContext(ctx, `
		SELECT s.id
		FROM submission AS s
		WHERE `+stillValid+` AND s.state <> 'superseded'
		`+newestFirst+` LIMIT 1`, callID, unit))
}

// maybeID reads an id, 0 when there is no row.
func maybeID(row *sql.Row) (id int64, err error) {
	if err = row.Scan(&id); errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return id, err
}

// Before returns the unit's revision that stood before the mail m, by the order of receipt: what m's files join. It differs
// from Standing when m is judged after a newer mail (held and assigned later, judged again). Nil when there is none.
func (db *DB) Before(ctx context.Context, callID, unit string, m Message) (s *Submission, err error) {
	err = db.read(ctx, "read earlier submission", func(q querier) error {
		s, err = before(ctx, q, callID, unit, m)
		return err
	})
	return s, err
}

func before(ctx context.Context, q querier, callID, unit string, m Message) (*Submission, error) {
	id, err := maybeID(q.QueryRowContext(ctx, `
		SELECT s.id
		FROM submission AS s
		WHERE `+stillValid+` AND s.message <> ?
		  AND (s.received_at, s.uid, s.message) < (?, ?, ?)
		`+newestFirst+` LIMIT 1`,
		callID, unit, m.ID, stamp(m.ReceivedAt), m.FirstUID, m.ID))
	if err != nil || id == 0 {
		return nil, err
	}
	return loadSubmission(ctx, q, id)
}

// Cases returns the cases of a call that stand, by unit and then in the order of their rows.
func (db *DB) Cases(ctx context.Context, callID string) (cs []Case, err error) {
	err = db.read(ctx, "list standing cases", func(q querier) error {
		cs, err = standingOfCall(ctx, q, callID, "")
		return err
	})
	return cs, err
}

// Sketches returns the standing cases of all units but one, for finding the same case elsewhere.
func (db *DB) Sketches(ctx context.Context, callID, exceptUnit string) (cs []Case, err error) {
	err = db.read(ctx, "list sketches", func(q querier) error {
		cs, err = standingOfCall(ctx, q, callID, exceptUnit)
		return err
	})
	return cs, err
}

func standingOfCall(ctx context.Context, q querier, callID, except string) ([]Case, error) {
	scan := func(s scanner) (unit string, err error) { return unit, s.Scan(&unit) }
	units, err := list(ctx, q, scan, `SELECT DISTINCT unit FROM submission WHERE call = ? AND unit <> ? ORDER BY unit`, callID, except)
	if err != nil {
		return nil, err
	}
	var all []Case
	for _, unit := range units {
		cs, err := standingCases(ctx, q, callID, unit)
		if err != nil {
			return nil, err
		}
		all = append(all, cs...)
	}
	return all, nil
}

// revision is what the walk over a unit's revisions needs to know of one.
type revision struct {
	id     int64
	isNil  bool
	faulty bool // open errors, and not accepted by staff
}

// standingCases walks a unit's revisions, oldest to newest: one without open errors replaces the whole set by its cases,
// one with open errors adds or replaces its right cases only, a nil return empties the set. So only the revisions since
// the last one that replaces or empties need be read.
func standingCases(ctx context.Context, q querier, callID, unit string) ([]Case, error) {
	revisions, err := sinceBase(ctx, q, callID, unit)
	if err != nil {
		return nil, err
	}
	var order []string
	set := map[string]Case{}
	for i := len(revisions) - 1; i >= 0; i-- {
		r := revisions[i]
		if r.isNil || !r.faulty {
			order, set = nil, map[string]Case{}
		}
		if r.isNil {
			continue
		}
		cs, err := list(ctx, q, scanCase, `
			SELECT `+caseColumns+`
			FROM case_entry AS c
			WHERE c.submission = ? AND c.ok
			ORDER BY c.row, c.id`, r.id)
		if err != nil {
			return nil, err
		}
		for _, c := range cs {
			if _, known := set[c.Key]; !known {
				order = append(order, c.Key)
			}
			set[c.Key] = c
		}
	}
	var stand []Case
	for _, key := range order {
		if c := set[key]; !c.Withdrawn {
			stand = append(stand, c)
		}
	}
	return stand, nil
}

// sinceBase returns the unit's revisions, newest first, down to the newest one that decides the whole set.
func sinceBase(ctx context.Context, q querier, callID, unit string) ([]revision, error) {
	rows, err := q.QueryContext(ctx, `
		SELECT s.id, s.nil,
			NOT EXISTS (SELECT 1 FROM acceptance AS a WHERE a.message = s.message)
			AND EXISTS (SELECT 1 FROM finding AS f
				WHERE f.submission = s.id AND f.severity = 'error' AND f.waived = 0 AND f.trial = 0)
		FROM submission AS s
		WHERE `+stillValid+`
		`+newestFirst, callID, unit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var revisions []revision
	for rows.Next() {
		var r revision
		if err := rows.Scan(&r.id, &r.isNil, &r.faulty); err != nil {
			return nil, err
		}
		revisions = append(revisions, r)
		if r.isNil || !r.faulty {
			break
		}
	}
	return revisions, rows.Err()
}

// restand gives a unit's submissions the states that follow from their order: the newest valid one stands, the others are
// superseded. It is called when staff took one out of the row.
func (t *tx) restand(ctx context.Context, callID, unit string, e Event) error {
	ids, err := t.ids(ctx, `SELECT s.id FROM submission AS s WHERE `+stillValid+` `+newestFirst, callID, unit)
	if err != nil {
		return err
	}
	for i, id := range ids {
		s, err := loadSubmission(ctx, t, id)
		if err != nil {
			return err
		}
		want := Superseded
		if i == 0 {
			accepted, err := number(ctx, t, `SELECT count(*) FROM acceptance WHERE message = ?`, s.Message)
			if err != nil {
				return err
			}
			want = ownState(s, accepted > 0)
		}
		if s.State == want {
			if i > 0 {
				return nil // all older ones are superseded already
			}
			continue
		}
		if err := t.setSubmissionState(ctx, id, want, e); err != nil {
			return err
		}
	}
	return nil
}
