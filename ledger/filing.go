package ledger

import "context"

// Relocate writes that a message lies at loc and has reached its fate folder: after our own MOVE.
func (db *DB) Relocate(ctx context.Context, id int64, loc Location) error {
	return db.write(ctx, "relocate message", func(t *tx) error {
		m, err := one(ctx, t, scanMessage, messageByID, id)
		if err != nil {
			return err
		}
		if m.Location != loc || m.Gone {
			if err := t.vacate(ctx, loc); err != nil {
				return err
			}
			if err := t.place(ctx, id, loc); err != nil {
				return err
			}
		}
		return t.markFiled(ctx, id)
	})
}

// FiledHere writes that a message needs no moving: it lies in its fate folder, or none is configured.
func (db *DB) FiledHere(ctx context.Context, id int64) error {
	return db.write(ctx, "mark message filed", func(t *tx) error { return t.markFiled(ctx, id) })
}

// MovedAway writes that a message was moved to its fate folder and the server did not say where it lies there: it is
// gone until Receive meets its bytes again.
func (db *DB) MovedAway(ctx context.Context, id int64) error {
	return db.write(ctx, "mark message moved", func(t *tx) error {
		if err := t.leave(ctx, id, "moved to its fate folder, place not told"); err != nil {
			return err
		}
		return t.markFiled(ctx, id)
	})
}

func (t *tx) markFiled(ctx context.Context, id int64) error {
	res, err := t.ExecContext(ctx, `UPDATE message SET filed_in = 1 WHERE id = ?`, id)
	return changed(res, err)
}
