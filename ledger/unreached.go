package ledger

import (
	"context"
	"fmt"
	"strings"
)

// DeadAddress is an address that our last letter to it did not reach, with nothing heard from it since.
type DeadAddress struct {
	Address string
	Unit    string
	Why     string
	Letter  int64
	Final   bool // refused or bounced for good; false: the retries were used up, and a later letter may well arrive
}

// DeadAddresses returns the addresses that our last letters did not reach. The Final ones are to be left alone until
// something is heard from them or staff release a letter to them.
func (db *DB) DeadAddresses(ctx context.Context) (ds []DeadAddress, err error) {
	err = db.read(ctx, "list dead addresses", func(q querier) error {
		ds, err = deadAddresses(ctx, q)
		return err
	})
	return ds, err
}

// deadAddresses looks at the last letter that each address was sent or refused. A delay notice (4.x.x) is no death, nor is
// a letter that staff gave up before it was tried. A bounce is nothing heard from its address, even if it comes from there.
func deadAddresses(ctx context.Context, q querier) ([]DeadAddress, error) {
	scan := func(s scanner) (d DeadAddress, err error) {
		return d, s.Scan(&d.Address, &d.Unit, &d.Why, &d.Letter, &d.Final)
	}
	return list(ctx, q, scan, `
		SELECT r.address, l.unit, CASE WHEN r.bounced <> '' THEN r.bounced ELSE l.last_error END, l.id,
			l.final OR r.bounced <> ''
				AND EXISTS (SELECT 1 FROM event AS e WHERE e.letter = l.id AND e.what IN ('bounce.received', 'recipient.refused'))
		FROM (
			SELECT letter, seq FROM recipient WHERE bounced <> '' AND bounced NOT LIKE '4.%'
			UNION
			SELECT d.letter, d.seq
			FROM letter
			JOIN recipient AS d ON d.letter = letter.id
			WHERE letter.state = 'dead' AND letter.attempts > 0
		) AS u
		JOIN recipient AS r ON r.letter = u.letter AND r.seq = u.seq
		JOIN letter AS l ON l.id = u.letter
		WHERE NOT EXISTS (
			SELECT 1
			FROM recipient AS r2
			JOIN letter AS l2 ON l2.id = r2.letter
			WHERE r2.address = r.address AND l2.id > l.id AND l2.state IN ('sent', 'dead') AND l2.attempts > 0)
		  AND NOT EXISTS (
			SELECT 1
			FROM message AS m
			WHERE m.sender = r.address AND m.received_at > l.created_at
			  AND NOT EXISTS (SELECT 1 FROM event AS e WHERE e.message = m.id AND e.what LIKE 'bounce.%'))
		ORDER BY l.unit, r.address`)
}

// Unreached records that a letter did not reach some of its addresses: the smarthost refused them (or all, when none are
// named), or a bounce came. said begins with the status where there is one: "5.1.1 no such user".
func (db *DB) Unreached(ctx context.Context, letter int64, addresses []string, said string) error {
	return db.write(ctx, fmt.Sprintf("record who letter %d did not reach", letter), func(t *tx) error {
		return t.unreached(ctx, letter, addresses, said, Event{What: "recipient.refused"})
	})
}

// bounced records that a letter came back. A weak bounce is set down for staff, but takes nothing back that is proved.
func (t *tx) bounced(ctx context.Context, m Message, b BounceOf) error {
	said := strings.TrimSpace(b.Status + " " + b.Text)
	if !b.Weak {
		return t.unreached(ctx, b.Letter, b.Recipients, said, Event{What: "bounce.received", Message: m.ID})
	}
	e := Event{What: "bounce.unproved", Message: m.ID}
	l, err := one(ctx, t, scanLetter, letterByID, b.Letter)
	if err != nil {
		return err
	}
	if l.Bounced != "" {
		e.Why, e.Letter, e.Unit = said, l.ID, l.Unit
		return t.log(ctx, e)
	}
	return t.unreached(ctx, b.Letter, b.Recipients, said+"（只凭登记号对应，未经证实）", e)
}

// unreached marks recipients; e says what happened.
func (t *tx) unreached(ctx context.Context, letter int64, addresses []string, said string, e Event) error {
	l, err := one(ctx, t, scanLetter, letterByID, letter)
	if err != nil {
		return err
	}
	if said = strings.TrimSpace(clean(said)); said == "" {
		said = "bounced"
	}
	if _, err := t.ExecContext(ctx, `UPDATE letter SET bounced = ? WHERE id = ?`, said, letter); err != nil {
		return err
	}
	folded := make([]string, 0, len(addresses))
	for _, a := range addresses {
		folded = append(folded, fold(a))
	}
	_, err = t.ExecContext(ctx, `
		UPDATE recipient
		SET bounced = ?1
		WHERE letter = ?2 AND (?3 = '[]' OR address IN (SELECT value FROM json_each(?3)))`,
		said, letter, encode(folded))
	if err != nil {
		return err
	}
	e.Why, e.Letter, e.Unit = said, letter, l.Unit
	return t.log(ctx, e)
}
