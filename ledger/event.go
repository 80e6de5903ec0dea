package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
)

// Self is who of events that no person decided.
const Self = "baosong"

// Event is one link of the chain.
type Event struct {
	ID         int64
	At         time.Time
	Who        string // OS user of a staff decision, or Self
	What       string // "message.held", "letter.sent", "finding.waived"
	Why        string
	Message    int64
	Submission int64
	Letter     int64
	Unit       string
	Prev, Hash string
}

// EventFilter chooses events; zero fields choose nothing away.
type EventFilter struct {
	Message, Submission, Letter int64
	Unit                        string
	What                        string // exact, or a prefix ending with a full stop: "decision."
	Since                       time.Time
	Limit                       int // newest so many; 0: all
}

// digest returns the hash over the event's canonical line: a JSON array of its fields and the hash before it.
func (e *Event) digest() string {
	line := encode([]any{e.ID, stamp(e.At), e.Who, e.What, e.Why, e.Message, e.Submission, e.Letter, e.Unit, e.Prev})
	sum := sha256.Sum256([]byte(line))
	return hex.EncodeToString(sum[:])
}

// log appends an event to the chain.
func (t *tx) log(ctx context.Context, e Event) error {
	last, err := lastEvent(ctx, t)
	if err != nil {
		return fmt.Errorf("read event chain: %w", err)
	}
	e.ID, e.At, e.Prev = last.ID+1, t.now.Truncate(time.Millisecond), last.Hash
	if e.Who == "" {
		e.Who = Self
	}
	e.Why = clean(e.Why)
	e.Hash = e.digest()
	_, err = t.ExecContext(ctx, `
		INSERT INTO event (id, at, who, what, why, message, submission, letter, unit, prev, hash)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		e.ID, stamp(e.At), e.Who, e.What, e.Why, e.Message, e.Submission, e.Letter, e.Unit, e.Prev, e.Hash)
	if err != nil {
		return fmt.Errorf("append event: %w", err)
	}
	return nil
}

const eventColumns = `id, at, who, what, why, message, submission, letter, unit, prev, hash`

func lastEvent(ctx context.Context, q querier) (Event, error) {
	es, err := list(ctx, q, scanEvent, `SELECT `+eventColumns+` FROM event ORDER BY id DESC LIMIT 1`)
	if err != nil || len(es) == 0 {
		return Event{}, err
	}
	return es[0], nil
}

func scanEvent(row scanner) (Event, error) {
	var e Event
	err := row.Scan(&e.ID, moment{&e.At}, &e.Who, &e.What, &e.Why, &e.Message, &e.Submission, &e.Letter, &e.Unit, &e.Prev, &e.Hash)
	return e, err
}

// Events returns the chosen events, oldest first.
func (db *DB) Events(ctx context.Context, f EventFilter) ([]Event, error) {
	limit := f.Limit
	if limit <= 0 {
		limit = -1
	}
	exact, prefix := f.What, ""
	if strings.HasSuffix(f.What, ".") {
		exact, prefix = "", f.What
	}
	var es []Event
	err := db.read(ctx, "read events", func(q querier) (err error) {
		es, err = list(ctx, q, scanEvent, `
			SELECT `+eventColumns+` FROM (
				SELECT `+eventColumns+`
				FROM event
				WHERE (?1 = 0 OR message = ?1)
				  AND (?2 = 0 OR submission = ?2)
				  AND (?3 = 0 OR letter = ?3)
				  AND (?4 = '' OR unit = ?4)
				  AND (?5 = '' OR what = ?5)
				  AND (?6 = '' OR substr(what, 1, length(?6)) = ?6)
				  AND at >= ?7
				ORDER BY id DESC
				LIMIT ?8)
			ORDER BY id`,
			f.Message, f.Submission, f.Letter, f.Unit, exact, prefix, stamp(f.Since), limit)
		return err
	})
	return es, err
}
