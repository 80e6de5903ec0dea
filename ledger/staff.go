package ledger

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// Decisions on mails and letters. Each is one transaction with one decision event that names who and why, and may be made
// beside the running daemon. A decision that cannot be carried out is a *Refusal.

// Assign gives a held, failed or ignored mail to a unit and lets it be judged again, believing its sender. With remember,
// further mail from its address counts for the unit too.
func (db *DB) Assign(ctx context.Context, msg int64, unit string, remember bool, who string) error {
	return db.write(ctx, fmt.Sprintf("assign message %d", msg), func(t *tx) error {
		return t.assign(ctx, msg, unit, remember, who, "")
	})
}

func (t *tx) assign(ctx context.Context, msg int64, unit string, remember bool, who, how string) error {
	m, err := t.mailIn(ctx, msg, Held, Failed, Ignored)
	if err != nil {
		return err
	}
	if err := t.rejudge(ctx, m, unit, who, "assigned to "+unit); err != nil {
		return err
	}
	why := unit
	if remember && m.From != "" {
		_, err := t.ExecContext(ctx, `
			INSERT INTO assignment (address, unit, at, who)
			VALUES (?, ?, ?, ?)
			ON CONFLICT (address) DO UPDATE SET unit = excluded.unit, at = excluded.at, who = excluded.who`,
			m.From, unit, stamp(t.now), who)
		if err != nil {
			return err
		}
		why += ", remembering " + m.From
	}
	if how != "" {
		why += ", " + how
	}
	return t.log(ctx, Event{Who: who, What: "decision.assign", Why: why, Message: msg, Unit: unit})
}

// ReleaseMessage lets a held mail be judged, believing its sender, for the unit it names or its content points to.
func (db *DB) ReleaseMessage(ctx context.Context, msg int64, who, why string) error {
	return db.write(ctx, fmt.Sprintf("release message %d", msg), func(t *tx) error {
		return t.releaseMessage(ctx, msg, who, why)
	})
}

func (t *tx) releaseMessage(ctx context.Context, msg int64, who, why string) error {
	m, err := t.mailIn(ctx, msg, Held)
	if err != nil {
		return err
	}
	unit := m.Unit
	if unit == "" {
		unit = m.Hint
	}
	if unit == "" {
		return &Refusal{
			Kind: ErrConflict, What: "no unit is known for the message", Text: "看不出此邮件属于哪个单位。",
			Hint: fmt.Sprintf("请用 baosong assign %d 单位 指定。", msg),
		}
	}
	if err := t.rejudge(ctx, m, unit, who, "released for "+unit); err != nil {
		return err
	}
	return t.log(ctx, Event{Who: who, What: "decision.release", Why: why, Message: msg, Unit: unit})
}

// Ignore closes a held or failed mail: it counts for nothing and is not answered.
func (db *DB) Ignore(ctx context.Context, msg int64, who, why string) error {
	return db.write(ctx, fmt.Sprintf("ignore message %d", msg), func(t *tx) error {
		return t.ignore(ctx, msg, who, why)
	})
}

func (t *tx) ignore(ctx context.Context, msg int64, who, why string) error {
	m, err := t.mailIn(ctx, msg, Held, Failed)
	if err != nil {
		return err
	}
	fate := string(Ignored)
	if m.Removed {
		fate = "" // the copy on the server is left to a person
	}
	_, err = t.ExecContext(ctx, `
		UPDATE message SET state = 'ignored', why = 'staff', why_text = ?, fate = ?, filed_in = 0 WHERE id = ?`,
		ignoredBecause(why), fate, msg)
	if err != nil {
		return err
	}
	if err := t.log(ctx, Event{Who: who, What: "message.ignored", Message: msg, Unit: m.Unit}); err != nil {
		return err
	}
	return t.log(ctx, Event{Who: who, What: "decision.ignore", Why: why, Message: msg, Unit: m.Unit})
}

// ignoredBecause is what stands beside a mail that staff have ignored.
func ignoredBecause(why string) string {
	switch why = clean(why); why {
	case "":
		return "由工作人员忽略"
	case byClick:
		return "由工作人员在日报中点选忽略"
	}
	return "由工作人员忽略：" + why
}

// Reopen lets a judged mail be judged again with today's code and call (replay); what staff decided about it stays. One
// that was never fetched is forgotten at its place, so that the next poll fetches it.
func (db *DB) Reopen(ctx context.Context, msg int64, who, why string) error {
	return db.write(ctx, fmt.Sprintf("reopen message %d", msg), func(t *tx) error {
		return t.reopen(ctx, msg, who, why)
	})
}

func (t *tx) reopen(ctx context.Context, msg int64, who, why string) error {
	m, err := one(ctx, t, scanMessage, messageByID, msg)
	if err != nil {
		return notFound("message", "邮件", msg, err)
	}
	switch {
	case m.State == Received:
		return nil
	case m.SHA256 == "" && !m.Gone:
		err = t.forget(ctx, m, who)
	default:
		if err = judgeable(m); err == nil {
			err = t.setReceived(ctx, m, m.Unit, m.Believed, who, "judged again")
		}
	}
	if err != nil {
		return err
	}
	return t.log(ctx, Event{Who: who, What: "decision.replay", Why: why, Message: msg, Unit: m.Unit})
}

// forget frees the place of a mail that was never fetched.
func (t *tx) forget(ctx context.Context, m Message, who string) error {
	if err := t.endFetch(ctx, m.Location); err != nil {
		return err
	}
	_, err := t.ExecContext(ctx, `
		UPDATE message SET state = 'ignored', why = 'refetch', why_text = '将重新收取。', fate = '' WHERE id = ?`, m.ID)
	if err != nil {
		return err
	}
	if err := t.log(ctx, Event{Who: who, What: "message.ignored", Why: "to be fetched again", Message: m.ID}); err != nil {
		return err
	}
	return t.leave(ctx, m.ID, "to be fetched again")
}

// mailIn reads a message that must be in one of the states.
func (t *tx) mailIn(ctx context.Context, msg int64, states ...State) (Message, error) {
	m, err := one(ctx, t, scanMessage, messageByID, msg)
	if err != nil {
		return m, notFound("message", "邮件", msg, err)
	}
	if slices.Contains(states, m.State) {
		return m, nil
	}
	return m, &Refusal{
		Kind: ErrConflict, What: "message is " + string(m.State),
		Text: fmt.Sprintf("邮件 %d 目前的状态是“%s”，不能这样处理。", msg, m.State.Chinese()),
		Hint: "可用 baosong messages 查看状态。",
	}
}

// judgeable refuses a message that has no bytes of its own to be judged.
func judgeable(m Message) error {
	switch {
	case m.Removed:
		return bytesRemoved()
	case m.SHA256 == "":
		return unfetched(m.ID)
	case m.Why == "duplicate":
		return &Refusal{Kind: ErrConflict, What: "message is a copy", Text: "此邮件是另一封邮件的副本。", Hint: "请对原邮件操作：" + m.WhyText}
	}
	return nil
}

// rejudge sends a message back to be judged for a unit, believed.
func (t *tx) rejudge(ctx context.Context, m Message, unit, who, why string) error {
	if err := judgeable(m); err != nil {
		return err
	}
	if strings.TrimSpace(unit) == "" {
		return &Refusal{Kind: ErrConflict, What: "no unit given", Text: "没有指定单位。"}
	}
	return t.setReceived(ctx, m, unit, true, who, why)
}

func (t *tx) setReceived(ctx context.Context, m Message, unit string, believed bool, who, why string) error {
	_, err := t.ExecContext(ctx, `
		UPDATE message
		SET state = 'received', unit = ?, believed = ?, why = '', why_text = '', fate = '', filed_in = 0
		WHERE id = ?`, unit, believed, m.ID)
	if err != nil {
		return err
	}
	return t.log(ctx, Event{Who: who, What: "message.received", Why: why, Message: m.ID, Unit: unit})
}

// ReleaseLetter lets a held or dead letter go at once.
func (db *DB) ReleaseLetter(ctx context.Context, id int64, who, why string) error {
	return db.decideLetter(ctx, id, Due, who, why, HeldLetter, Dead)
}

// CancelLetter gives a letter up: it is dead without having been sent.
func (db *DB) CancelLetter(ctx context.Context, id int64, who, why string) error {
	return db.decideLetter(ctx, id, Dead, who, why, Due, Composed, HeldLetter)
}

func (db *DB) decideLetter(ctx context.Context, id int64, to LetterState, who, why string, from ...LetterState) error {
	return db.write(ctx, fmt.Sprintf("decide letter %d", id), func(t *tx) error {
		return t.decideLetter(ctx, id, to, who, why, from...)
	})
}

func (t *tx) decideLetter(ctx context.Context, id int64, to LetterState, who, why string, from ...LetterState) error {
	l, err := one(ctx, t, scanLetter, letterByID, id)
	if err != nil {
		return notFound("letter", "信件", id, err)
	}
	ok := false
	for _, s := range from {
		ok = ok || l.State == s
	}
	if !ok {
		return &Refusal{
			Kind: ErrConflict, What: "letter is " + string(l.State),
			Text: fmt.Sprintf("信件 %d 目前的状态是“%s”，不能这样处理。", id, l.State.Chinese()),
			Hint: "可用 baosong letters 查看状态。",
		}
	}
	_, err = t.ExecContext(ctx, `
		UPDATE letter
		SET state = ?, last_error = CASE WHEN ? = 'due' THEN '' ELSE ? END,
			attempts = 0, last_try = 0, final = 0, next_attempt = max(due, ?)
		WHERE id = ?`, to, to, clean(why), stamp(t.now), id)
	if err != nil {
		return err
	}
	if err := t.log(ctx, Event{Who: who, What: "letter." + string(to), Why: why, Letter: id, Unit: l.Unit}); err != nil {
		return err
	}
	return t.log(ctx, Event{Who: who, What: "decision.letter", Why: why, Letter: id, Unit: l.Unit})
}
