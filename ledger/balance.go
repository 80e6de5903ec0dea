package ledger

import (
	"context"
	"database/sql"
	"time"
)

// Balance sets the mailbox beside the ledger, and the outbox beside itself.
type Balance struct {
	Server, Ledger int // mails in the folders that were seen; mails recorded there and not gone
	Folders        []FolderBalance

	Received, Filed, Ignored, Held, Failed int // messages by state, gone ones included

	LettersDue     int // due now, or waiting for another try
	LettersPlanned int // for later
	LettersSent    int
	LettersDead    int
	LettersHeld    int
}

// FolderBalance is the balance of one folder.
type FolderBalance struct {
	Name           string
	Server, Ledger int
	SeenAt         time.Time
}

// Balance counts. With folders given, only these are looked at: folders that are no longer configured count for nothing.
func (db *DB) Balance(ctx context.Context, folders ...string) (Balance, error) {
	var b Balance
	err := db.read(ctx, "compute balance", func(q querier) error {
		for _, part := range []func(context.Context, querier) error{
			func(ctx context.Context, q querier) error { return b.mailbox(ctx, q, folders) },
			b.messages,
			func(ctx context.Context, q querier) error { return b.outbox(ctx, q, db.now()) },
		} {
			if err := part(ctx, q); err != nil {
				return err
			}
		}
		return nil
	})
	return b, err
}

func (b *Balance) mailbox(ctx context.Context, q querier, folders []string) (err error) {
	scan := func(s scanner) (f FolderBalance, err error) {
		return f, s.Scan(&f.Name, &f.Server, moment{&f.SeenAt}, &f.Ledger)
	}
	b.Folders, err = list(ctx, q, scan, `
		SELECT f.name, f.mails, f.seen_at,
			(SELECT count(*) FROM message AS m WHERE m.folder = f.name AND m.gone = 0)
		FROM folder AS f
		WHERE ?1 = '[]' OR f.name IN (SELECT value FROM json_each(?1))
		ORDER BY f.name`, encode(nonNil(folders)))
	for _, f := range b.Folders {
		b.Server += f.Server
		b.Ledger += f.Ledger
	}
	return err
}

func (b *Balance) messages(ctx context.Context, q querier) error {
	into := map[State]*int{Received: &b.Received, Filed: &b.Filed, Ignored: &b.Ignored, Held: &b.Held, Failed: &b.Failed}
	rows, err := q.QueryContext(ctx, `SELECT state, count(*) FROM message GROUP BY state`)
	if err != nil {
		return err
	}
	return tally(rows, func(state string, n int) {
		if p := into[State(state)]; p != nil {
			*p += n
		}
	})
}

func (b *Balance) outbox(ctx context.Context, q querier, now time.Time) error {
	into := map[string]*int{
		"waiting": &b.LettersDue, "planned": &b.LettersPlanned,
		string(Sent): &b.LettersSent, string(Dead): &b.LettersDead, string(HeldLetter): &b.LettersHeld,
	}
	rows, err := q.QueryContext(ctx, `
		SELECT CASE
				WHEN state NOT IN ('due', 'composed') THEN state
				WHEN due <= ? OR attempts > 0 OR due <= created_at THEN 'waiting'
				ELSE 'planned'
			END AS fate,
			count(*)
		FROM letter
		GROUP BY fate`, stamp(now))
	if err != nil {
		return err
	}
	return tally(rows, func(fate string, n int) {
		if p := into[fate]; p != nil {
			*p += n
		}
	})
}

func tally(rows *sql.Rows, add func(name string, n int)) error {
	defer rows.Close()
	for rows.Next() {
		var name string
		var n int
		if err := rows.Scan(&name, &n); err != nil {
			return err
		}
		add(name, n)
	}
	return rows.Err()
}
