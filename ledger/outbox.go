package ledger

import (
	"context"
	"time"

	"baosong/ledger/calendar"
)

const letterColumns = `l.id, l.key, l.kind, l.call, l.unit, COALESCE(l.message, 0), COALESCE(l.submission, 0),
	l.in_reply_to, l.refs, l.subject, l.topic, l.facts, l.due, l.state, l.message_id, l.subject_line, l.attempts,
	l.next_attempt, l.last_error, l.blob, l.created_at, l.sent_at, l.bounced`

// ready are the letters that may go when their time comes.
const ready = `l.state IN ('due', 'composed') AND NOT (l.unit <> '' AND EXISTS (` + rejoining + ` AND w.unit = l.unit))`

// kindList is a list of kinds as json_each reads it.
func kindList(ks []Kind) string { return encode(append([]Kind{}, ks...)) }

const letterByID = `SELECT ` + letterColumns + ` FROM letter AS l WHERE l.id = ?`

func scanLetter(row scanner) (Letter, error) {
	var l Letter
	err := row.Scan(&l.ID, &l.Key, &l.Kind, &l.Call, &l.Unit, &l.Message, &l.Submission,
		&l.InReplyTo, &l.References, &l.Subject, &l.Topic, &l.Facts, moment{&l.Due}, &l.State, &l.MessageID, &l.SubjectLine, &l.Attempts,
		moment{&l.NextAttempt}, &l.LastError, &l.Blob, moment{&l.CreatedAt}, moment{&l.SentAt}, &l.Bounced)
	l.NewLetter.State = l.State
	return l, err
}

func loadRecipients(ctx context.Context, q querier, l *Letter) error {
	type recipient struct {
		address string
		cc      bool
	}
	scan := func(s scanner) (r recipient, err error) { return r, s.Scan(&r.address, &r.cc) }
	rs, err := list(ctx, q, scan, `SELECT shown, cc FROM recipient WHERE letter = ? ORDER BY seq`, l.ID)
	for _, r := range rs {
		if r.cc {
			l.CC = append(l.CC, r.address)
		} else {
			l.To = append(l.To, r.address)
		}
	}
	return err
}

// letters reads whole letters.
func (db *DB) letters(ctx context.Context, rest string, args ...any) ([]Letter, error) {
	var ls []Letter
	err := db.read(ctx, "list letters", func(q querier) (err error) {
		if ls, err = list(ctx, q, scanLetter, `SELECT `+letterColumns+` FROM letter AS l `+rest, args...); err != nil {
			return err
		}
		for i := range ls {
			if err := loadRecipients(ctx, q, &ls[i]); err != nil {
				return err
			}
		}
		return nil
	})
	return ls, err
}

func (db *DB) letter(ctx context.Context, rest string, args ...any) (Letter, error) {
	ls, err := db.letters(ctx, rest, args...)
	if err == nil && len(ls) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Letter{}, err
	}
	return ls[0], nil
}

// Letters returns the letters in a state, or all when it is empty, in the order they were queued.
func (db *DB) Letters(ctx context.Context, state LetterState) ([]Letter, error) {
	return db.letters(ctx, `WHERE ?1 = '' OR l.state = ?1 ORDER BY l.id`, state)
}

// Letter returns one letter.
func (db *DB) Letter(ctx context.Context, id int64) (Letter, error) {
	return db.letter(ctx, `WHERE l.id = ?`, id)
}

// LetterByKey returns the letter with this key.
func (db *DB) LetterByKey(ctx context.Context, key string) (Letter, error) {
	return db.letter(ctx, `WHERE l.key = ?`, key)
}

// LetterByMessageID returns the letter that carries this Message-ID, given with <>.
func (db *DB) LetterByMessageID(ctx context.Context, messageID string) (Letter, error) {
	return db.letter(ctx, `WHERE l.message_id = ?`, messageID)
}

// LetterByReceipt returns the newest letter about the submission with this receipt number.
func (db *DB) LetterByReceipt(ctx context.Context, receipt string) (Letter, error) {
	return db.letter(ctx, `
		JOIN submission AS s ON s.id = l.submission
		WHERE s.receipt = ?
		ORDER BY l.id DESC
		LIMIT 1`, receipt)
}

// AnsweredToday counts the letters of a kind or topic (any, when what is empty) that were queued for an address since
// midnight in Shanghai.
func (db *DB) AnsweredToday(ctx context.Context, address, what string) (int, error) {
	midnight := calendar.Default(nil).Day(db.now())
	return db.count(ctx, `
		SELECT count(DISTINCT l.id)
		FROM recipient AS r
		JOIN letter AS l ON l.id = r.letter
		WHERE r.address = ?1 AND l.created_at >= ?2 AND (?3 = '' OR l.kind = ?3 OR l.topic = ?3)`,
		fold(address), stamp(midnight), what)
}

// SentTo counts the letters sent to an address since a time.
func (db *DB) SentTo(ctx context.Context, address string, since time.Time) (int, error) {
	return db.count(ctx, `
		SELECT count(DISTINCT l.id)
		FROM recipient AS r
		JOIN letter AS l ON l.id = r.letter
		WHERE r.address = ? AND l.sent_at >= ?`, fold(address), stamp(since))
}

// SentSince counts the letters sent since a time.
func (db *DB) SentSince(ctx context.Context, since time.Time) (int, error) {
	return db.count(ctx, `SELECT count(*) FROM letter WHERE sent_at <> '' AND sent_at >= ?`, stamp(since))
}

func (db *DB) count(ctx context.Context, query string, args ...any) (n int, err error) {
	err = db.read(ctx, "count letters", func(q querier) error {
		n, err = number(ctx, q, query, args...)
		return err
	})
	return n, err
}

// NextDue returns when the next letter is due, or the zero time when none waits; those of the kinds except are left out.
func (db *DB) NextDue(ctx context.Context, except ...Kind) (at time.Time, err error) {
	err = db.read(ctx, "read next due letter", func(q querier) error {
		return q.QueryRowContext(ctx, `
			SELECT COALESCE(min(l.next_attempt), '') FROM letter AS l WHERE `+ready+`
				AND l.kind NOT IN (SELECT value FROM json_each(?))`, kindList(except)).Scan(moment{&at})
	})
	return at, err
}
