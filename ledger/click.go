package ledger

import (
	"context"
	"errors"
	"fmt"

	"baosong/ledger/token"
)

// byClick is why of events that a one-click decision has made.
const byClick = "one-click"

// Click is a one-click decision as it came: proven, and sent by somebody who may decide.
type Click struct {
	Message  int64 // the mail that brought it
	Decision token.Decision
	Who      string // address of the member of staff
}

// Clicked is what became of a Click: so many things were done, or none for a reason.
type Clicked struct {
	Done    int
	Refused *Refusal // nil: carried out
}

// RecordClick carries out a one-click decision and records the mail that brought it, in ONE transaction: the token is
// used up, the verb is done with who and why, and outcome words what becomes of the mail and who hears of it. A decision
// that was made before, or that cannot be made any more, changes nothing but the mail's own row. ErrConflict means, as
// with Record, that the mail is no longer waiting to be judged.
func (db *DB) RecordClick(ctx context.Context, c Click, outcome func(Clicked) Outcome) (r Recorded, done Clicked, err error) {
	err = db.write(ctx, fmt.Sprintf("carry out the decision of message %d", c.Message), func(t *tx) error {
		r, done = Recorded{}, Clicked{}
		m, err := one(ctx, t, scanMessage, messageByID, c.Message)
		if err != nil {
			return err
		}
		if m.State != Received {
			return fmt.Errorf("message is %s: %w", m.State, ErrConflict)
		}
		if done, err = t.click(ctx, c); err != nil {
			return err
		}
		return t.record(ctx, m, outcome(done), &r)
	})
	if err != nil {
		return Recorded{}, Clicked{}, err
	}
	return r, done, nil
}

// click uses the token up and does the verb; what a refused verb has written is taken back.
func (t *tx) click(ctx context.Context, c Click) (Clicked, error) {
	if _, err := t.ExecContext(ctx, `SAVEPOINT click`); err != nil {
		return Clicked{}, err
	}
	n, err := t.redeemAndDo(ctx, c)
	var refused *Refusal
	if errors.As(err, &refused) {
		if _, err := t.ExecContext(ctx, `ROLLBACK TO click`); err != nil {
			return Clicked{}, err
		}
		n, err = 0, nil
	}
	if err != nil {
		return Clicked{}, err
	}
	if _, err := t.ExecContext(ctx, `RELEASE click`); err != nil {
		return Clicked{}, err
	}
	return Clicked{Done: n, Refused: refused}, nil
}

func (t *tx) redeemAndDo(ctx context.Context, c Click) (int, error) {
	err := t.redeem(ctx, c.Decision.Name, c.Who, Event{Message: c.Message})
	if errors.Is(err, ErrConflict) {
		return 0, &Refusal{Kind: ErrConflict, What: "the token was used before", Text: "此链接此前已经用过。"}
	}
	if err != nil {
		return 0, err
	}
	d := c.Decision
	if d.Verb == token.Send || d.Verb == token.Drop {
		return t.clickLetters(ctx, d, c.Who)
	}
	if len(d.IDs) != 1 {
		return 0, &Refusal{Kind: ErrConflict, What: "the decision names no single message", Text: "链接无效。"}
	}
	return 1, t.clickMail(ctx, d, d.IDs[0], c.Who)
}

func (t *tx) clickMail(ctx context.Context, d token.Decision, msg int64, who string) error {
	switch d.Verb {
	case token.Assign, token.Remember:
		if _, err := t.mailIn(ctx, msg, Held, Failed); err != nil { // the digest offers it for no others
			return err
		}
		return t.assign(ctx, msg, d.Unit, d.Verb == token.Remember, who, byClick)
	case token.Release:
		return t.releaseMessage(ctx, msg, who, byClick)
	case token.Ignore:
		return t.ignore(ctx, msg, who, byClick)
	case token.Replay:
		if _, err := t.mailIn(ctx, msg, Failed); err != nil {
			return err
		}
		return t.reopen(ctx, msg, who, byClick)
	}
	return &Refusal{Kind: ErrConflict, What: "unknown verb", Text: "链接无效。"}
}

// clickLetters decides about those of the letters that still wait; it is refused when none does.
func (t *tx) clickLetters(ctx context.Context, d token.Decision, who string) (done int, err error) {
	to, from := Due, []LetterState{HeldLetter, Dead}
	if d.Verb == token.Drop {
		to, from = Dead, []LetterState{HeldLetter}
	}
	var last error
	for _, id := range d.IDs {
		err := t.decideLetter(ctx, id, to, who, byClick, from...)
		var refused *Refusal
		switch {
		case errors.As(err, &refused):
			last = err
		case err != nil:
			return 0, err
		default:
			done++
		}
	}
	if done == 0 {
		return 0, last
	}
	return done, nil
}
