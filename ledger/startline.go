package ledger

import (
	"context"
	"time"
)

// Names of the start line among the moments.
const (
	momentLine   = "answer-since"
	momentNewest = "answer-since-newest"
)

// Mark is a place in a folder: mails of this UIDVALIDITY up to this UID.
type Mark struct {
	UIDValidity uint32
	UID         uint32
}

// StartLine separates the mail that lay in the mailbox when it was first listed, which is recorded and never answered, from
// what came later.
type StartLine struct {
	Before time.Time       // mail received before is old wherever it turns up; zero: not drawn yet
	Newest time.Time       // when the newest mail that lay there was received; zero: none did
	Old    map[string]Mark // by folder, what lay there when the line was drawn
}

// Drawn reports whether there is a line.
func (l StartLine) Drawn() bool { return !l.Before.IsZero() }

// Older reports whether a mail was received before the line, wherever it turns up now. A line that lies ahead of now was drawn
// under a wrong clock; the newest mail that lay there stands for it.
func (l StartLine) Older(receivedAt, now time.Time) bool {
	before := l.Before
	if before.After(now) {
		before = l.Newest
	}
	return receivedAt.Before(before)
}

// Has reports whether a mail lay there when the line was drawn.
func (l StartLine) Has(loc Location) bool {
	m, ok := l.Old[loc.Folder]
	return ok && m.UIDValidity == loc.UIDValidity && loc.UID <= m.UID
}

// StartLine returns the line as it was drawn.
func (db *DB) StartLine(ctx context.Context) (StartLine, error) {
	l := StartLine{Old: map[string]Mark{}}
	err := db.read(ctx, "read the start line", func(q querier) (err error) {
		if l.Before, _, err = readMoment(ctx, q, "own."+momentLine); err != nil {
			return err
		}
		if l.Newest, _, err = readMoment(ctx, q, "own."+momentNewest); err != nil {
			return err
		}
		type marked struct {
			name string
			Mark
		}
		scan := func(s scanner) (m marked, err error) { return m, s.Scan(&m.name, &m.UIDValidity, &m.UID) }
		folders, err := list(ctx, q, scan, `SELECT name, old_validity, old_uid FROM folder WHERE old_uid > 0`)
		for _, f := range folders {
			l.Old[f.name] = f.Mark
		}
		return err
	})
	return l, err
}

// DrawStartLine draws the line, once: what is drawn stays. The folders must have been seen.
func (db *DB) DrawStartLine(ctx context.Context, l StartLine) error {
	return db.write(ctx, "draw the start line", func(t *tx) error {
		at, _, err := readMoment(ctx, t, "own."+momentLine)
		if err != nil || !at.IsZero() {
			return err
		}
		for name, m := range l.Old {
			res, err := t.ExecContext(ctx, `UPDATE folder SET old_validity = ?, old_uid = ? WHERE name = ?`, m.UIDValidity, m.UID, name)
			if err := changed(res, err); err != nil {
				return err
			}
		}
		if !l.Newest.IsZero() {
			if err := t.setMoment(ctx, "own."+momentNewest, l.Newest, ""); err != nil {
				return err
			}
		}
		return t.setMoment(ctx, "own."+momentLine, l.Before, "")
	})
}
