package ledger

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"baosong/ledger/blob"
)

// Enqueue queues a letter. With a key that is already there, nothing is queued: fresh is false and id is the old letter's.
func (db *DB) Enqueue(ctx context.Context, n NewLetter) (id int64, fresh bool, err error) {
	err = db.write(ctx, "enqueue letter", func(t *tx) error {
		id, fresh, err = t.enqueue(ctx, n)
		return err
	})
	return id, fresh, err
}

func (t *tx) enqueue(ctx context.Context, n NewLetter) (int64, bool, error) {
	if n.Key == "" || len(n.To) == 0 {
		return 0, false, fmt.Errorf("letter needs a key and an address: key %q to %q", n.Key, n.To)
	}
	var old int64
	err := t.QueryRowContext(ctx, `SELECT id FROM letter WHERE key = ?`, n.Key).Scan(&old)
	if err == nil || !errors.Is(err, sql.ErrNoRows) {
		return old, false, err
	}
	if n.State == "" {
		n.State = Due
	}
	if n.Due.IsZero() {
		n.Due = t.now
	}
	res, err := t.ExecContext(ctx, `
		INSERT INTO letter (key, kind, rank, call, unit, message, submission, in_reply_to, refs, subject, topic, facts,
			due, state, message_id, next_attempt, created_at)
		VALUES (?, ?, ?, ?, ?, NULLIF(?, 0), NULLIF(?, 0), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		n.Key, n.Kind, rank(n.Kind), n.Call, n.Unit, n.Message, n.Submission,
		clean(n.InReplyTo), clean(n.References), clean(n.Subject), n.Topic, n.Facts,
		stamp(n.Due), n.State, t.db.messageID(), stamp(n.Due), stamp(t.now))
	if err != nil {
		return 0, false, err
	}
	id, err := res.LastInsertId()
	if err != nil {
		return 0, false, err
	}
	if err := t.addRecipients(ctx, id, n); err != nil {
		return 0, false, err
	}
	return id, true, t.log(ctx, Event{
		What: "letter." + string(n.State), Why: string(n.Kind) + " " + n.Topic,
		Message: n.Message, Submission: n.Submission, Letter: id, Unit: n.Unit,
	})
}

func (t *tx) addRecipients(ctx context.Context, letter int64, n NewLetter) error {
	for i, address := range append(n.To[:len(n.To):len(n.To)], n.CC...) {
		_, err := t.ExecContext(ctx, `
			INSERT INTO recipient (letter, seq, address, shown, cc)
			VALUES (?, ?, ?, ?, ?)`,
			letter, i, fold(address), clean(address), i >= len(n.To))
		if err != nil {
			return err
		}
	}
	return nil
}

// rank orders what is due at the same time: alerts first, so that no letter in trouble keeps staff from hearing of it, then
// answers, mass mail last.
func rank(k Kind) int {
	switch k {
	case Alert:
		return -1
	case Reminder:
		return 1
	case Digest:
		return 2
	}
	return 0
}

// messageID makes the Message-ID that a letter keeps for all its sendings.
func (db *DB) messageID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	return "<" + hex.EncodeToString(b[:]) + "@" + db.domain + ">"
}

// atOnce holds for a letter that was due when it was queued and was not tried yet: it does not wait for a clock that was set back,
// nor for the moment of a rehearsal.
const atOnce = `l.attempts = 0 AND l.due <= l.created_at AND l.next_attempt <= l.created_at`

// Claim takes the next letter that is due, or nil when there is none. The attempt and the time of the next one are
// written before anybody dials, so that a crash in the middle costs a wait and never a storm. retry is the wait after the
// first, second, ... attempt; the attempt after the last wait is the last one. Letters to a unit whose mails are being
// joined wait, since they say how it stands; so do letters of the kinds except.
func (db *DB) Claim(ctx context.Context, now time.Time, retry []time.Duration, except ...Kind) (*Letter, error) {
	var claimed *Letter
	err := db.write(ctx, "claim letter", func(t *tx) error {
		claimed = nil
		l, err := one(ctx, t, scanLetter, `
			SELECT `+letterColumns+`
			FROM letter AS l
			WHERE `+ready+` AND (l.next_attempt <= ?1 OR `+atOnce+` OR l.next_attempt > l.due AND l.next_attempt > ?2)
				AND l.kind NOT IN (SELECT value FROM json_each(?3))
			ORDER BY l.rank, l.next_attempt, l.id
			LIMIT 1`, stamp(now), stamp(now.Add(longest(retry)+time.Minute)), kindList(except))
		if missing(err) {
			return nil
		}
		if err != nil {
			return err
		}
		wait, last := wait(retry, l.Attempts)
		l.Attempts++
		l.NextAttempt = now.Add(wait).UTC()
		_, err = t.ExecContext(ctx, `
			UPDATE letter
			SET attempts = ?, next_attempt = ?, last_try = ?
			WHERE id = ?`,
			l.Attempts, stamp(l.NextAttempt), last, l.ID)
		if err != nil {
			return err
		}
		claimed = &l
		return loadRecipients(ctx, t, claimed)
	})
	if err != nil {
		return nil, err
	}
	return claimed, nil
}

// longest is the longest that a letter is made to wait. One that has longer to go got its time from a clock that was far ahead.
func longest(retry []time.Duration) time.Duration {
	return slices.Max(append([]time.Duration{time.Hour}, retry...))
}

// wait returns how long to wait after an attempt when there were attempts before it, and whether it is the last one. A
// last attempt that a crash cuts short is made again after the longest wait.
func wait(retry []time.Duration, attempts int) (time.Duration, bool) {
	switch {
	case attempts < len(retry):
		return retry[attempts], false
	case len(retry) > 0:
		return retry[len(retry)-1], true
	}
	return time.Hour, true
}

// SetComposed records a letter's composed bytes, which must already be in the blob store, and its subject line. A letter may
// be composed anew, smaller, until it has been sent: its former bytes are removed.
func (db *DB) SetComposed(ctx context.Context, id int64, ref blob.Ref, subject string) error {
	var former blob.Ref
	err := db.write(ctx, "record composed letter", func(t *tx) error {
		l, err := one(ctx, t, scanLetter, letterByID, id)
		if err != nil {
			return err
		}
		state := Composed
		switch l.State {
		case Due, Composed:
		case HeldLetter: // staff look at it before it goes
			state = HeldLetter
		default:
			return fmt.Errorf("letter %d is %s: %w", id, l.State, ErrConflict)
		}
		former = l.Blob
		_, err = t.ExecContext(ctx, `UPDATE letter SET blob = ?, subject_line = ?, state = ? WHERE id = ?`,
			ref, clean(subject), state, id)
		if err != nil || state == HeldLetter {
			return err
		}
		return t.log(ctx, Event{What: "letter." + string(state), Why: string(ref), Letter: id, Unit: l.Unit})
	})
	if err != nil || former == "" {
		return err
	}
	return db.dropUnnamed(ctx, []blob.Ref{former})
}

// SendResult is what became of an attempt; make one with Delivered, Again, DeadNow or Hold.
type SendResult struct {
	state LetterState
	err   string
}

// Delivered says that the smarthost took the letter.
func Delivered() SendResult { return SendResult{state: Sent} }

// Again says that trying again can help. It is the end of the letter when the retries are used up.
func Again(err string) SendResult { return SendResult{state: Due, err: err} }

// DeadNow says that trying again cannot help.
func DeadNow(err string) SendResult { return SendResult{state: Dead, err: err} }

// Hold says that staff must decide whether the letter goes.
func Hold(why string) SendResult { return SendResult{state: HeldLetter, err: why} }

// Settle records what became of a claimed letter and returns its state: ErrConflict when it is not in flight.
func (db *DB) Settle(ctx context.Context, id int64, r SendResult) (LetterState, error) {
	state := r.state
	err := db.write(ctx, "settle letter", func(t *tx) error {
		l, err := one(ctx, t, scanLetter, letterByID, id)
		if err != nil {
			return err
		}
		if l.State != Due && l.State != Composed || state == "" {
			return fmt.Errorf("letter %d is %s: %w", id, l.State, ErrConflict)
		}
		last, err := number(ctx, t, `SELECT last_try FROM letter WHERE id = ?`, id)
		if err != nil {
			return err
		}
		if state == Due && last == 1 {
			state = Dead
		}
		sent := ""
		if state == Sent {
			sent = stamp(t.now)
		}
		_, err = t.ExecContext(ctx, `UPDATE letter SET state = ?, last_error = ?, sent_at = ?, final = ? WHERE id = ?`,
			state, clean(r.err), sent, r.state == Dead, id)
		if err != nil {
			return err
		}
		return t.log(ctx, Event{What: "letter." + string(state), Why: r.err, Letter: id, Unit: l.Unit})
	})
	return state, err
}

// Defer puts a claimed letter off until a time and takes its attempt back: nothing was wrong with the letter itself, as
// when the smarthost refuses our password or a ceiling is reached.
func (db *DB) Defer(ctx context.Context, id int64, until time.Time) error {
	return db.write(ctx, "defer letter", func(t *tx) error {
		res, err := t.ExecContext(ctx, `
			UPDATE letter
			SET attempts = max(attempts - 1, 0), last_try = 0, next_attempt = ?
			WHERE id = ? AND state IN ('due', 'composed')`, stamp(until), id)
		return changed(res, err)
	})
}
