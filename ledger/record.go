package ledger

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"baosong/ledger/blob"
)

// Outcome is what intake has decided about a received mail.
type Outcome struct {
	Message      int64
	Header       Header
	State        State
	Why, WhyText string
	Call         string
	Unit         string
	Hint         string
	Fate         string
	Removed      bool        // the bytes were removed on purpose (secrecy): no subject is kept either
	Submission   *Submission // nil: none; Record gives it ID, Revision, Receipt and State
	Answer       Answer      // fate and answer of a submission; nil: they are known already
	Letters      []NewLetter // Submission 0 becomes the new submission, Message 0 this message
	Bounced      *BounceOf   // the mail is a bounce of one of our letters
	Note         string      // further words for the event, English, free of content
}

// Answer makes fate and answer of a mail out of its submission as staff's decisions leave it, up to the one of a moment ago: nobody is
// asked to correct what was waived. State is what the revision is by itself. It must only compute.
type Answer func(decided *Submission) (fate string, letters []NewLetter)

// BounceOf says which letter a bounce came back for.
type BounceOf struct {
	Letter     int64
	Recipients []string // addresses not reached; empty: all of the letter's
	Status     string   // 5.1.1
	Text       string
	Weak       bool // tied to the letter by its receipt number only, which anybody may write: never final
}

// Recorded is what Record made of an Outcome.
type Recorded struct {
	Submission *Submission // as written; nil when the outcome had none
	Letters    []int64     // ids in the order of Outcome.Letters; a known key gives the old letter's id, a rejoined mail's answers are left out
	removed    []blob.Ref  // bytes to drop now that no row needs them
}

// Record writes the outcome of judging a received mail: message, submission with all its rows, supersession, letters and
// events, in ONE transaction. ErrConflict means that the message is no longer waiting to be judged: twice is once.
func (db *DB) Record(ctx context.Context, o Outcome) (Recorded, error) {
	var r Recorded
	err := db.write(ctx, fmt.Sprintf("record message %d", o.Message), func(t *tx) error {
		r = Recorded{}
		m, err := one(ctx, t, scanMessage, messageByID, o.Message)
		if err != nil {
			return err
		}
		if m.State != Received {
			return fmt.Errorf("message is %s: %w", m.State, ErrConflict)
		}
		return t.record(ctx, m, o, &r)
	})
	if err == nil && o.Removed {
		err = db.dropSecret(ctx, r.removed) // the rows are safe: a crash here is mended by Sweep
	}
	if err != nil {
		return Recorded{}, err
	}
	return r, nil
}

func (t *tx) record(ctx context.Context, m Message, o Outcome, r *Recorded) error {
	if err := t.answered(ctx, m, &o); err != nil {
		return err
	}
	steps := []struct {
		name string
		run  func() error
	}{
		{"message", func() error { return t.judged(ctx, m, o) }},
		{"submission", func() (err error) {
			if o.Submission == nil {
				return t.replaceJudgements(ctx, m.ID, nil)
			}
			r.Submission, err = t.submit(ctx, m, *o.Submission, o)
			return err
		}},
		{"removal", func() (err error) {
			if o.Removed {
				r.removed, err = t.forgetContent(ctx, m)
			}
			return err
		}},
		{"letters", func() (err error) {
			r.Letters, err = t.queue(ctx, m, o, r.Submission)
			return err
		}},
		{"bounce", func() error {
			if o.Bounced == nil {
				return nil
			}
			return t.bounced(ctx, m, *o.Bounced)
		}},
	}
	for _, s := range steps {
		if err := t.db.reach(s.name); err != nil {
			return err
		}
		if err := s.run(); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return nil
}

// answered lets the outcome's answer be chosen.
func (t *tx) answered(ctx context.Context, m Message, o *Outcome) error {
	if o.Answer == nil || o.Submission == nil {
		return nil
	}
	s := *o.Submission
	s.Call, s.Unit = o.Call, o.Unit
	s.Findings, s.Cases = slices.Clone(s.Findings), slices.Clone(s.Cases) // the caller's stay as they are
	if err := applyDecisions(ctx, t, &s); err != nil {
		return err
	}
	accepted, err := number(ctx, t, `SELECT count(*) FROM acceptance WHERE message = ?`, m.ID)
	if err != nil {
		return err
	}
	s.State = ownState(&s, accepted > 0)
	fate, letters := o.Answer(&s)
	o.Fate, o.Letters = fate, append(slices.Clone(o.Letters), letters...)
	return nil
}

// judged writes the message's own row and event.
func (t *tx) judged(ctx context.Context, m Message, o Outcome) error {
	switch o.State {
	case Filed, Ignored, Held, Failed:
	default:
		return fmt.Errorf("a judged message cannot be %q", o.State)
	}
	subject := clean(o.Header.Subject)
	if o.Removed {
		subject = ""
	}
	_, err := t.ExecContext(ctx, `
		UPDATE message
		SET date = ?, message_id = ?, sender = ?, sender_name = ?, subject = ?,
			call = ?, unit = ?, state = ?, why = ?, why_text = ?, hint = ?, fate = ?, removed = ?, filed_in = 0
		WHERE id = ?`,
		stamp(o.Header.Date), clean(o.Header.MessageID), fold(o.Header.From), clean(o.Header.FromName), subject,
		o.Call, o.Unit, o.State, o.Why, clean(o.WhyText), o.Hint, o.Fate, o.Removed || m.Removed, m.ID)
	if err != nil {
		return err
	}
	why := strings.TrimSpace(o.Why + " " + o.Note)
	if err := t.log(ctx, Event{What: "message." + string(o.State), Why: why, Message: m.ID, Unit: o.Unit}); err != nil {
		return err
	}
	if !o.Removed {
		return nil
	}
	if _, err := t.ExecContext(ctx, `UPDATE message SET removed = 1 WHERE sha256 = ?`, m.SHA256); err != nil { // its copies too
		return err
	}
	return t.log(ctx, Event{What: "bytes.removed", Why: string(m.SHA256), Message: m.ID, Unit: o.Unit})
}

// queue enqueues the outcome's letters.
func (t *tx) queue(ctx context.Context, m Message, o Outcome, s *Submission) ([]int64, error) {
	var ids []int64
	for _, l := range answers(m, o.Letters) {
		if l.Message == 0 {
			l.Message = m.ID
		}
		if l.Submission == 0 && s != nil {
			l.Submission = s.ID
		}
		id, _, err := t.enqueue(ctx, l)
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}
