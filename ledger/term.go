package ledger

import (
	"context"
	"fmt"
	"time"
)

// EveryUnit stands for all units in extensions and postponements.
const EveryUnit = "*"

// Extend moves the deadline of one unit, or of EveryUnit. The latest decision counts; it never shortens the call's own
// deadline. The letters follow in the same transaction, but for those to units for which a later deadline stands.
func (db *DB) Extend(ctx context.Context, callID, unit string, until time.Time, who, why string, letters ...NewLetter) error {
	return db.term(ctx, "extension", "decision.extend", callID, unit, until, who, why, letters)
}

// Postpone lets the reminders of one unit, or of EveryUnit, rest until a time. The latest decision counts; a time that has
// passed ends the rest.
func (db *DB) Postpone(ctx context.Context, callID, unit string, until time.Time, who, why string) error {
	return db.term(ctx, "postponement", "decision.postpone", callID, unit, until, who, why, nil)
}

func (db *DB) term(ctx context.Context, table, what, callID, unit string, until time.Time, who, why string, letters []NewLetter) error {
	return db.write(ctx, what, func(t *tx) error {
		if callID == "" || unit == "" || until.IsZero() {
			return &Refusal{Kind: ErrConflict, What: "call, unit and time are needed", Text: "须写明征集、单位和时间。"}
		}
		_, err := t.ExecContext(ctx, `
			INSERT INTO `+table+` (call, unit, until, at, who, why)
			VALUES (?, ?, ?, ?, ?, ?)`,
			callID, unit, stamp(until), stamp(t.now), who, clean(why))
		if err != nil {
			return err
		}
		for _, l := range letters {
			if stands, err := latest(ctx, t, table, callID, l.Unit); err != nil {
				return err
			} else if stands.After(until) {
				continue
			}
			if err := t.overtake(ctx, l); err != nil {
				return err
			}
			if _, _, err := t.enqueue(ctx, l); err != nil {
				return err
			}
		}
		return t.log(ctx, Event{Who: who, What: what, Why: fmt.Sprintf("until %s: %s", stamp(until), why), Unit: unit})
	})
}

// overtake gives up the call's letters that a new one makes wrong and that have not gone yet: two of them may arrive in the wrong order.
func (t *tx) overtake(ctx context.Context, n NewLetter) error {
	if n.Overtakes == "" {
		return nil
	}
	ids, err := t.ids(ctx, `
		SELECT id FROM letter
		WHERE call = ?2 AND substr(key, 1, length(?1)) = ?1 AND state IN ('due', 'composed', 'held')
		ORDER BY id`, n.Overtakes, n.Call)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := t.decideLetter(ctx, id, Dead, Self, "overtaken by a newer decision", Due, Composed, HeldLetter); err != nil {
			return err
		}
	}
	return nil
}
