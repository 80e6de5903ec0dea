package ledger

import (
	"context"
	"fmt"
	"slices"
)

// A mail that is judged after newer ones of its unit (held, and assigned by staff later) was not there when those were
// judged. They are judged again, in order, so that their files join its files.

// whyRejoin is the Why of a message that waits for that.
const whyRejoin = "rejoin"

// rejoining finds the mails that wait to join an older one.
const rejoining = `SELECT 1 FROM message AS w WHERE w.state = 'received' AND w.why = '` + whyRejoin + `'`

// rejoin sets the unit's newer mails back to be judged, up to the first that needs nothing from before it: a nil return, or one
// that is whole and right by itself. A mail that was set back sets none back: those newer than it were set back with it.
func (t *tx) rejoin(ctx context.Context, m Message, s *Submission) error {
	if m.Rejoined {
		return nil
	}
	type revision struct {
		message int64
		alone   bool
	}
	scan := func(s scanner) (r revision, err error) { return r, s.Scan(&r.message, &r.alone) }
	newer, err := list(ctx, t, scan, `
		SELECT s.message, s.nil OR s.owed = '[]'
			AND NOT EXISTS (SELECT 1 FROM file AS f WHERE f.submission = s.id AND f.prior AND f.used)
			AND NOT EXISTS (SELECT 1 FROM finding AS f
				WHERE f.submission = s.id AND f.severity = 'error' AND f.waived = 0 AND f.trial = 0)
		FROM submission AS s
		WHERE `+stillValid+` AND s.message <> ?
		  AND (s.received_at, s.uid, s.message) > (?, ?, ?)
		ORDER BY s.received_at, s.uid, s.message`,
		s.Call, s.Unit, m.ID, stamp(s.ReceivedAt), s.UID, m.ID)
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(newer, func(r revision) bool { return r.alone }); i >= 0 {
		newer = newer[:i]
	}
	for _, r := range newer {
		newer, err := one(ctx, t, scanMessage, messageByID, r.message)
		if err != nil {
			return err
		}
		why := fmt.Sprintf("to join message %d, which is older and was judged later", m.ID)
		if err := t.setBack(ctx, newer, why, fmt.Sprintf("较早的邮件 %d 刚刚登记，将与之合并后重新核对。", m.ID), true); err != nil {
			return err
		}
	}
	return nil
}

// setBack lets a filed mail be judged again, when its bytes are still there; in silence when it has had its answer.
func (t *tx) setBack(ctx context.Context, m Message, why, whyText string, silent bool) error {
	if m.State != Filed || judgeable(m) != nil {
		return nil
	}
	if err := t.setReceived(ctx, m, m.Unit, m.Believed, Self, why); err != nil || !silent {
		return err
	}
	_, err := t.ExecContext(ctx, `UPDATE message SET why = ?, why_text = ? WHERE id = ?`, whyRejoin, whyText, m.ID)
	return err
}

// answers leaves out the letters to the sender of a mail that was set back: it had its answer.
func answers(m Message, letters []NewLetter) []NewLetter {
	if !m.Rejoined {
		return letters
	}
	return slices.DeleteFunc(slices.Clone(letters), func(l NewLetter) bool {
		return l.Kind == Receipt || l.Kind == Correction || l.Kind == Confirmation
	})
}
