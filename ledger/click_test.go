package ledger

import (
	"errors"
	"testing"

	"baosong/ledger/token"
)

// clicks brings a mail that carries a decision and records what becomes of it.
func (b *bench) clicks(text string, d token.Decision) Clicked {
	b.t.Helper()
	m := b.mail(text)
	_, done, err := b.RecordClick(b.ctx(), Click{Message: m.ID, Decision: d, Who: "staff@example.org"}, func(c Clicked) Outcome {
		o := Outcome{Message: m.ID, State: Filed, Why: "decision", Fate: "filed"}
		if c.Refused != nil {
			o.State, o.Why, o.Fate = Ignored, "decision-refused", "ignored"
		}
		return o
	})
	b.must(err)
	got, err := b.Message(b.ctx(), m.ID)
	b.must(err)
	if (got.State == Ignored) != (done.Refused != nil) || (done.Done == 0) != (done.Refused != nil) {
		b.t.Errorf("%s: %s, %+v", text, got.State, done)
	}
	return done
}

func TestClickAssigns(t *testing.T) {
	t.Parallel()
	b := mustOpen(t)
	m := b.hold("held", "", "")
	d := token.Decision{Verb: token.Remember, IDs: []int64{m.ID}, Unit: "hefei", Name: "n1"}
	if c := b.clicks("first", d); c.Done != 1 {
		t.Fatalf("%+v", c)
	}
	got, err := b.Message(b.ctx(), m.ID)
	b.must(err)
	if got.State != Received || !got.Believed || got.Unit != "hefei" {
		t.Errorf("message = %+v", got)
	}
	es, err := b.Events(b.ctx(), EventFilter{What: "decision.assign"})
	b.must(err)
	if len(es) != 1 || es[0].Who != "staff@example.org" || es[0].Why != "hefei, remembering someone@example.org, one-click" {
		t.Errorf("events = %+v", es)
	}
	if c := b.clicks("again", d); c.Refused == nil || c.Refused.Text != "此链接此前已经用过。" {
		t.Errorf("a token was used twice: %+v", c)
	}
	if c := b.clicks("the other answer", token.Decision{Verb: token.Ignore, IDs: []int64{m.ID}, Name: "n2"}); c.Refused == nil {
		t.Errorf("decided twice: %+v", c)
	}
	if c := b.clicks("no such mail", token.Decision{Verb: token.Ignore, IDs: []int64{999}, Name: "n3"}); c.Refused == nil || !errors.Is(c.Refused, ErrNotFound) {
		t.Errorf("%+v", c)
	}
}

// A crash anywhere in the transaction leaves nothing done and the token unused: the next run does it.
func TestClickIsWholeOrNothing(t *testing.T) {
	t.Parallel()
	b := mustOpen(t)
	held, mail := b.hold("held", "", ""), b.mail("click")
	c := Click{Message: mail.ID, Decision: token.Decision{Verb: token.Ignore, IDs: []int64{held.ID}, Name: "n"}, Who: "staff@example.org"}
	outcome := func(Clicked) Outcome { return Outcome{Message: mail.ID, State: Filed, Why: "decision"} }
	b.fail = func(step string) error {
		if step == "letters" {
			return errors.New("crash")
		}
		return nil
	}
	if _, _, err := b.RecordClick(b.ctx(), c, outcome); err == nil {
		t.Fatal("no crash")
	}
	b.fail = nil
	if m, err := b.Message(b.ctx(), held.ID); err != nil || m.State != Held {
		t.Fatalf("half done: %s %v", m.State, err)
	}
	if _, done, err := b.RecordClick(b.ctx(), c, outcome); err != nil || done.Done != 1 {
		t.Errorf("%+v %v", done, err)
	}
	if _, _, err := b.RecordClick(b.ctx(), c, outcome); !errors.Is(err, ErrConflict) {
		t.Errorf("recorded twice: %v", err)
	}
}

func TestClickOnLetters(t *testing.T) {
	t.Parallel()
	b := mustOpen(t)
	var ids []int64
	for _, key := range []string{"a", "b", "c"} {
		id, _, err := b.Enqueue(b.ctx(), NewLetter{Key: key, Kind: Reminder, To: []string{"x@example.org"}, State: HeldLetter})
		b.must(err)
		ids = append(ids, id)
	}
	b.must(b.ReleaseLetter(b.ctx(), ids[0], "zhang", ""))
	if c := b.clicks("send", token.Decision{Verb: token.Send, IDs: ids, Name: "n1"}); c.Done != 2 {
		t.Errorf("%+v", c)
	}
	if due, err := b.Letters(b.ctx(), Due); err != nil || len(due) != 3 {
		t.Errorf("%d due, %v", len(due), err)
	}
	if c := b.clicks("drop", token.Decision{Verb: token.Drop, IDs: ids, Name: "n2"}); c.Refused == nil {
		t.Errorf("given up what was released: %+v", c)
	}
}
