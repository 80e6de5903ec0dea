package notify

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"baosong/ledger"
	"baosong/notify/letter"
)

// Preview words a letter of that name (letter.Names) for looking at, and queues nothing: with made-up facts, or with how
// the unit stands when one is named. A letter that the unit could not get as it stands is a *ledger.Refusal.
func (r *Runner) Preview(ctx context.Context, callID, name, unit string) (letter.Composed, error) {
	if !slices.Contains(letter.Names(), name) {
		return letter.Composed{}, fmt.Errorf("no letter is called %q", name)
	}
	if name == "digest" {
		return r.Digest(ctx, callID)
	}
	f := letter.SampleFacts(name, r.now())
	f.Call, f.Office = r.Call(callID), office(r.Options)
	if unit == "" || f.Unit == nil {
		return letter.Compose(f)
	}
	s, err := r.Ledger.Standing(ctx, callID, unit)
	if err != nil {
		return letter.Composed{}, err
	}
	l := &ledger.Letter{NewLetter: ledger.NewLetter{Kind: f.Kind, Topic: f.Topic, Call: callID, Unit: unit}}
	if s != nil {
		l.Message = s.Message
		m, err := r.Ledger.Message(ctx, s.Message)
		if err != nil {
			return letter.Composed{}, err
		}
		l.Subject = m.Subject
		if name == "receipt" || name == "correction" || name == letter.TopicNil {
			l.Submission = s.ID
		}
	} else if f.Kind != ledger.Reminder && name != letter.TopicNoAttachment && name != letter.TopicDecision && name != letter.TopicQuery {
		return letter.Composed{}, &ledger.Refusal{Kind: ledger.ErrConflict, What: "the unit has sent nothing", Text: "该单位还没有报送材料，没有这种信可看。",
			Hint: "去掉 --unit，可以看一封示例。"}
	}
	said := f.Said
	if f, err = r.facts(ctx, l); errors.Is(err, errNeedless) {
		return letter.Composed{}, &ledger.Refusal{Kind: ledger.ErrConflict, What: "nothing is owed", Text: "该单位已报齐，不会再催。"}
	}
	if err != nil {
		return letter.Composed{}, err
	}
	f.Said = said
	return letter.Compose(f)
}
