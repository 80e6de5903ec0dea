package ledger

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestRecord(t *testing.T) {
	t.Parallel()
	b := mustOpen(t)
	m := b.mail("first")
	r, err := b.Record(b.ctx(), outcome(m, "hefei", sub{cases: "a b", owed: "measures"}.submission()))
	b.must(err)
	if s := r.Submission; s.Revision != 1 || s.State != Checked || s.Receipt != "BS-2024-0001" || s.ID == 0 {
		t.Errorf("submission = %+v", s)
	}
	if len(r.Letters) != 1 {
		t.Fatalf("letters = %v", r.Letters)
	}
	l, err := b.Letter(b.ctx(), r.Letters[0])
	b.must(err)
	if l.Message != m.ID || l.Submission != r.Submission.ID || l.State != Due || l.MessageID == "" {
		t.Errorf("letter = %+v", l)
	}
	got, err := b.Message(b.ctx(), m.ID)
	b.must(err)
	if got.State != Filed || got.Unit != "hefei" || got.Submission != r.Submission.ID || got.From != "hefei@example.org" {
		t.Errorf("message = %+v", got)
	}
	s, err := b.Submission(b.ctx(), r.Submission.ID)
	b.must(err)
	if len(s.Files) != 3 || len(s.Rows) != 2 || len(s.Cases) != 2 || s.Cases[0].Sketch[1] != 1<<31 || s.Rows[0].Values["title"] != "a" {
		t.Errorf("submission as read = %+v", s)
	}
	if _, err := b.Record(b.ctx(), outcome(m, "hefei", nil)); !errors.Is(err, ErrConflict) {
		t.Errorf("recorded twice: %v", err)
	}
}

func TestRecordSupersedes(t *testing.T) {
	t.Parallel()
	b := mustOpen(t)
	first := b.sends("hefei", sub{cases: "a"})
	second := b.sends("hefei", sub{cases: "a b"})
	other := b.sends("huangshan", sub{cases: "c"})
	for id, want := range map[int64]SubmissionState{
		first.Submission.ID: Superseded, second.Submission.ID: Accepted, other.Submission.ID: Accepted,
	} {
		s, err := b.Submission(b.ctx(), id)
		b.must(err)
		if s.State != want {
			t.Errorf("submission %d is %s, want %s", id, s.State, want)
		}
	}
	if second.Submission.Revision != 2 || other.Submission.Revision != 1 || other.Submission.Receipt != "BS-2024-0003" {
		t.Errorf("numbers: %+v %+v", second.Submission, other.Submission)
	}
}

// A mail that is judged after a newer one is superseded from the start, and is still answered.
func TestRecordJudgedLate(t *testing.T) {
	t.Parallel()
	b := mustOpen(t)
	old := b.mail("held for a while")
	b.now = b.now.Add(time.Hour)
	newer := b.sends("hefei", sub{cases: "b"})
	r, err := b.Record(b.ctx(), outcome(old, "hefei", sub{cases: "a"}.submission()))
	b.must(err)
	if r.Submission.State != Superseded || len(r.Letters) != 1 {
		t.Errorf("older mail: %s with %d letters", r.Submission.State, len(r.Letters))
	}
	s, err := b.Standing(b.ctx(), theCall, "hefei")
	b.must(err)
	if s.ID != newer.Submission.ID {
		t.Errorf("standing = %d, want %d", s.ID, newer.Submission.ID)
	}
	newest, err := b.Message(b.ctx(), newer.Submission.Message)
	b.must(err)
	before, err := b.Before(b.ctx(), theCall, "hefei", newest)
	b.must(err)
	if before == nil || before.ID != r.Submission.ID {
		t.Errorf("before the newer mail stood %+v", before)
	}
	if before, err := b.Before(b.ctx(), theCall, "hefei", old); err != nil || before != nil {
		t.Errorf("before the older mail stood %+v, %v", before, err)
	}
}

// Two mails of one second: the higher UID is the newer one, whichever is judged first.
func TestRecordTieByUID(t *testing.T) {
	t.Parallel()
	b := mustOpen(t)
	low, high := b.mail("low"), b.mail("high")
	rHigh, err := b.Record(b.ctx(), outcome(high, "hefei", sub{cases: "b"}.submission()))
	b.must(err)
	rLow, err := b.Record(b.ctx(), outcome(low, "hefei", sub{cases: "a"}.submission()))
	b.must(err)
	if rHigh.Submission.State != Accepted || rLow.Submission.State != Superseded {
		t.Errorf("high is %s, low is %s", rHigh.Submission.State, rLow.Submission.State)
	}
}

// A transaction that fails at any step leaves nothing behind, and the same step run again does everything once.
func TestRecordCrashes(t *testing.T) {
	t.Parallel()
	for _, step := range []string{"message", "submission", "supersede", "removal", "letters", "bounce", "commit"} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			b := mustOpen(t)
			before := b.sends("hefei", sub{cases: "a"})
			m := b.mail("crash")
			events, err := b.Events(b.ctx(), EventFilter{})
			b.must(err)
			o := outcome(m, "hefei", sub{cases: "a b"}.submission())
			o.Bounced = &BounceOf{Letter: before.Letters[0], Status: "5.1.1"}
			crash := errors.New("power cut")
			b.fail = func(at string) error {
				if at == step {
					return crash
				}
				return nil
			}
			if _, err := b.Record(b.ctx(), o); !errors.Is(err, crash) {
				t.Fatalf("err = %v, want the crash", err)
			}
			b.fail = nil
			after, err := b.Events(b.ctx(), EventFilter{})
			b.must(err)
			if len(after) != len(events) {
				t.Errorf("%d events were left behind", len(after)-len(events))
			}
			if un, err := b.Unfinished(b.ctx()); err != nil || len(un) != 1 {
				t.Errorf("unfinished = %v, %v", un, err)
			}
			r, err := b.Record(b.ctx(), o)
			b.must(err)
			if r.Submission.Revision != 2 || r.Submission.Receipt != "BS-2024-0002" {
				t.Errorf("after the crash: %+v", r.Submission)
			}
			ls, err := b.Letters(b.ctx(), Due)
			b.must(err)
			if len(ls) != 2 {
				t.Errorf("%d letters, want 2", len(ls))
			}
		})
	}
}

// A suspected secrecy mark: nothing of the content stays.
func TestRecordRemoved(t *testing.T) {
	t.Parallel()
	b := mustOpen(t)
	m := b.mail("marked")
	o := outcome(m, "hefei", nil)
	o.State, o.Why, o.Removed, o.Fate = Held, "secrecy", true, ""
	_, err := b.Record(b.ctx(), o)
	b.must(err)
	got, err := b.Message(b.ctx(), m.ID)
	b.must(err)
	if !got.Removed || got.Subject != "" || got.From != "hefei@example.org" || got.UID != m.UID || got.SHA256 != m.SHA256 {
		t.Errorf("message = %+v", got)
	}
}

func TestBounceIsTiedToItsLetter(t *testing.T) {
	t.Parallel()
	b := mustOpen(t)
	r := b.sends("hefei", sub{cases: "a"})
	l, err := b.Claim(b.ctx(), b.now, nil)
	b.must(err)
	if _, err := b.Settle(b.ctx(), l.ID, Delivered()); err != nil {
		t.Fatal(err)
	}
	bounce := b.mail("bounce")
	_, err = b.Record(b.ctx(), Outcome{
		Message: bounce.ID, State: Ignored, Why: "bounce", Header: Header{From: "mailer-daemon@example.org"},
		Bounced: &BounceOf{Letter: r.Letters[0], Recipients: []string{"HEFEI@example.org"}, Status: "5.1.1", Text: "no such user"},
	})
	b.must(err)
	if u := b.standing("hefei"); len(u.Dead) != 1 || u.Dead[0] != "hefei@example.org" {
		t.Errorf("dead = %v", u.Dead)
	}
	b.now = b.now.Add(time.Hour)
	b.sends("hefei", sub{cases: "a b"}) // heard from again
	if u := b.standing("hefei"); len(u.Dead) != 0 {
		t.Errorf("dead after a mail came from there: %v", u.Dead)
	}
}

// The same secret bytes once more, as a copy, moved, or kept before: nothing of them stays.
func TestSecretBytesLeaveEverywhere(t *testing.T) {
	t.Parallel()
	b := mustOpen(t)
	spool := func() {
		_, _, err := b.blobs().Spool(b.ctx(), strings.NewReader("secret"))
		b.must(err)
	}
	spool()
	m := b.mail("secret")
	spool()
	b.arrive(Location{"Junk", 1, 1}, "secret", Copy) // before the first is judged: its bytes are still needed
	if !b.blobs().Has(ref("secret")) {
		t.Fatal("bytes were dropped before they were judged")
	}
	b.must(b.blobs().Keep(ref("secret"))) // as after an earlier judgement
	_, err := b.Record(b.ctx(), Outcome{Message: m.ID, State: Held, Why: "secrecy", Removed: true})
	b.must(err)
	if b.blobs().Has(ref("secret")) {
		t.Error("bytes are left after recording")
	}
	spool()
	b.vanish("INBOX", 1, 1)
	b.arrive(Location{"INBOX", 1, 77}, "secret", Moved)
	spool()
	if c := b.arrive(Location{"INBOX", 1, 78}, "secret", Copy); !c.Removed || c.Fate != "" {
		t.Errorf("copy = %+v", c)
	}
	if b.blobs().Has(ref("secret")) {
		t.Error("bytes are left after they came again")
	}
	spool() // a crash before they could be dropped
	b.must(b.Sweep(b.ctx()))
	if b.blobs().Has(ref("secret")) {
		t.Error("bytes are left after sweeping")
	}
	if got := kinds(b); got != "" {
		t.Errorf("verify: %s", got)
	}
}
