package ledger

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Located returns the messages that the ledger believes in a folder: by UID, whether their bytes came through.
func (db *DB) Located(ctx context.Context, folder string, uidvalidity uint32) (map[uint32]bool, error) {
	located := map[uint32]bool{}
	err := db.read(ctx, "list located messages", func(q querier) error {
		type known struct {
			uid     uint32
			fetched bool
		}
		scan := func(s scanner) (k known, err error) { return k, s.Scan(&k.uid, &k.fetched) }
		rows, err := list(ctx, q, scan, `
			SELECT uid, sha256 <> ''
			FROM message
			WHERE folder = ? AND gone = 0 AND uidvalidity = ?`, folder, uidvalidity)
		for _, k := range rows {
			located[k.uid] = k.fetched
		}
		return err
	})
	return located, err
}

type place struct {
	id          int64
	uidvalidity uint32
	uid         uint32
}

func placed(ctx context.Context, q querier, where string, args ...any) ([]place, error) {
	scan := func(s scanner) (p place, err error) { return p, s.Scan(&p.id, &p.uidvalidity, &p.uid) }
	return list(ctx, q, scan, `SELECT id, uidvalidity, uid FROM message `+where, args...)
}

// Vanished compares a folder's UIDs, all of them, with what the ledger believes there; messages that are not among them,
// or that lay there under another UIDVALIDITY, become gone. It must come before Receive, which finds moved mails by
// their being gone.
func (db *DB) Vanished(ctx context.Context, folder string, uidvalidity uint32, present []uint32) (n int, err error) {
	there := make(map[uint32]bool, len(present))
	for _, uid := range present {
		there[uid] = true
	}
	err = db.write(ctx, "mark vanished messages", func(t *tx) error {
		n = 0
		rows, err := placed(ctx, t, `WHERE folder = ? AND gone = 0`, folder)
		if err != nil {
			return err
		}
		for _, p := range rows {
			why := "not in its folder any more"
			switch {
			case p.uidvalidity != uidvalidity:
				why = "UIDVALIDITY of its folder changed"
			case there[p.uid]:
				continue
			}
			if err := t.leave(ctx, p.id, why); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n, err
}

// FolderSeen records how many mails a folder holds, for the balance.
func (db *DB) FolderSeen(ctx context.Context, folder string, uidvalidity uint32, exists int) error {
	return db.write(ctx, "record folder", func(t *tx) error {
		_, err := t.ExecContext(ctx, `
			INSERT INTO folder (name, uidvalidity, mails, seen_at)
			VALUES (?, ?, ?, ?)
			ON CONFLICT (name) DO UPDATE SET
				uidvalidity = excluded.uidvalidity,
				mails = excluded.mails,
				seen_at = excluded.seen_at`,
			folder, uidvalidity, exists, stamp(t.now))
		return err
	})
}

// Poll is when the mailbox was last read.
type Poll struct {
	At    time.Time // end of the last poll, however it ended
	Err   string    // why it failed; empty: it did not
	Whole time.Time // end of the last poll that read everything
}

// PollDone records the end of a poll; failure is empty when every folder was read.
func (db *DB) PollDone(ctx context.Context, failure string) error {
	return db.write(ctx, "record poll", func(t *tx) error {
		if failure == "" {
			if err := t.setMoment(ctx, "poll.whole", t.now, ""); err != nil {
				return err
			}
		}
		return t.setMoment(ctx, "poll", t.now, failure)
	})
}

// LastPoll returns what PollDone recorded last; all zero before the first poll.
func (db *DB) LastPoll(ctx context.Context) (Poll, error) {
	var p Poll
	err := db.read(ctx, "read last poll", func(q querier) (err error) {
		if p.At, p.Err, err = readMoment(ctx, q, "poll"); err != nil {
			return err
		}
		p.Whole, _, err = readMoment(ctx, q, "poll.whole")
		return err
	})
	return p, err
}

// Moment returns a named moment that must outlive the process, such as the start line of answering or the last run of a
// schedule; the zero time when it was never set.
func (db *DB) Moment(ctx context.Context, name string) (at time.Time, err error) {
	err = db.read(ctx, "read moment "+name, func(q querier) error {
		at, _, err = readMoment(ctx, q, "own."+name)
		return err
	})
	return at, err
}

// SetMoment sets a named moment.
func (db *DB) SetMoment(ctx context.Context, name string, at time.Time) error {
	return db.write(ctx, "set moment "+name, func(t *tx) error { return t.setMoment(ctx, "own."+name, at, "") })
}

func (t *tx) setMoment(ctx context.Context, name string, at time.Time, note string) error {
	_, err := t.ExecContext(ctx, `
		INSERT INTO moment (name, at, note)
		VALUES (?, ?, ?)
		ON CONFLICT (name) DO UPDATE SET at = excluded.at, note = excluded.note`,
		name, stamp(at), clean(note))
	return err
}

func readMoment(ctx context.Context, q querier, name string) (at time.Time, note string, err error) {
	err = q.QueryRowContext(ctx, `SELECT at, note FROM moment WHERE name = ?`, name).Scan(moment{&at}, &note)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return at, note, err
}

// RedeemToken uses up a one-click decision's token: ErrConflict when it was used before.
func (db *DB) RedeemToken(ctx context.Context, token, who string) error {
	return db.write(ctx, "redeem token", func(t *tx) error { return t.redeem(ctx, token, who, Event{}) })
}

func (t *tx) redeem(ctx context.Context, token, who string, e Event) error {
	res, err := t.ExecContext(ctx, `
		INSERT INTO token (name, used_at, who)
		VALUES (?, ?, ?)
		ON CONFLICT DO NOTHING`, token, stamp(t.now), who)
	if err := changed(res, err); missing(err) {
		return ErrConflict
	} else if err != nil {
		return err
	}
	e.Who, e.What = who, "token.redeemed"
	return t.log(ctx, e)
}
