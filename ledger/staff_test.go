package ledger

import (
	"errors"
	"strings"
	"testing"
)

// hold receives a mail and holds it.
func (b *bench) hold(text, unit, hint string) Message {
	b.t.Helper()
	m := b.mail(text)
	_, err := b.Record(b.ctx(), Outcome{
		Message: m.ID, State: Held, Why: "stranger", Unit: unit, Hint: hint, Fate: "held",
		Header: Header{From: "Someone@Example.org"},
	})
	b.must(err)
	return m
}

func refused(t *testing.T, err, kind error) {
	t.Helper()
	var r *Refusal
	if !errors.As(err, &r) || !errors.Is(err, kind) || r.Text == "" {
		t.Errorf("err = %v, want a refusal of kind %v with Chinese words", err, kind)
	}
}

func TestAssign(t *testing.T) {
	t.Parallel()
	b := mustOpen(t)
	m := b.hold("held", "", "")
	refused(t, b.Assign(b.ctx(), 99, "hefei", false, "staff"), ErrNotFound)
	refused(t, b.Assign(b.ctx(), m.ID, " ", false, "staff"), ErrConflict)
	b.must(b.Assign(b.ctx(), m.ID, "hefei", true, "staff"))
	got, err := b.Message(b.ctx(), m.ID)
	b.must(err)
	if got.State != Received || !got.Believed || got.Unit != "hefei" || got.Fate != "" {
		t.Errorf("message = %+v", got)
	}
	if as, err := b.Assignments(b.ctx()); err != nil || as["someone@example.org"] != "hefei" {
		t.Errorf("assignments = %v, %v", as, err)
	}
	refused(t, b.Assign(b.ctx(), m.ID, "hefei", false, "staff"), ErrConflict) // being judged
	es, err := b.Events(b.ctx(), EventFilter{What: "decision.", Message: m.ID})
	b.must(err)
	if len(es) != 1 || es[0].Who != "staff" || !strings.Contains(es[0].Why, "remembering") {
		t.Errorf("events = %+v", es)
	}
}

// A mail that counted for one unit and is then given to another: the first unit's earlier revision stands again.
func TestAssignToAnotherUnit(t *testing.T) {
	t.Parallel()
	b := mustOpen(t)
	first := b.sends("hefei", sub{cases: "a"})
	wrong := b.sends("hefei", sub{cases: "x"})
	b.must(b.Reopen(b.ctx(), wrong.Submission.Message, "staff", "wrong unit"))
	m, err := b.Message(b.ctx(), wrong.Submission.Message)
	b.must(err)
	_, err = b.Record(b.ctx(), outcome(m, "wuhu", sub{cases: "x"}.submission()))
	b.must(err)
	if u := b.standing("hefei"); u.Submission != first.Submission.ID || u.State != StateAccepted {
		t.Errorf("hefei = %+v", u)
	}
	if got := b.titles("hefei") + "|" + b.titles("wuhu"); got != "a|x" {
		t.Errorf("cases = %q", got)
	}
	if ls, err := b.Letters(b.ctx(), ""); err != nil || len(ls) != 2 {
		t.Errorf("judging again sent a second answer: %d letters, %v", len(ls), err)
	}
}

// A mail that counted and, judged again, counts for nothing: what stood before it stands again.
func TestJudgedAgainCountsForNothing(t *testing.T) {
	t.Parallel()
	b := mustOpen(t)
	first := b.sends("hefei", sub{cases: "a"})
	second := b.sends("hefei", sub{cases: "x"})
	b.must(b.Reopen(b.ctx(), second.Submission.Message, "staff", "replay"))
	_, err := b.Record(b.ctx(), Outcome{Message: second.Submission.Message, State: Ignored, Why: "auto-reply"})
	b.must(err)
	if u := b.standing("hefei"); u.Submission != first.Submission.ID || b.titles("hefei") != "a" {
		t.Errorf("hefei = %+v", u)
	}
	if m, err := b.Message(b.ctx(), second.Submission.Message); err != nil || m.Submission != 0 {
		t.Errorf("message = %+v, %v", m, err)
	}
	b.sends("hefei", sub{cases: "b c!"})
	if got := b.titles("hefei"); got != "a b" {
		t.Errorf("cases = %q", got)
	}
}

func TestReleaseAndIgnore(t *testing.T) {
	t.Parallel()
	b := mustOpen(t)
	unknown, named, hinted := b.hold("a", "", ""), b.hold("b", "hefei", ""), b.hold("c", "", "wuhu")
	refused(t, b.ReleaseMessage(b.ctx(), unknown.ID, "staff", ""), ErrConflict)
	b.must(b.ReleaseMessage(b.ctx(), named.ID, "staff", ""))
	b.must(b.ReleaseMessage(b.ctx(), hinted.ID, "staff", ""))
	if m, err := b.Message(b.ctx(), hinted.ID); err != nil || m.Unit != "wuhu" || !m.Believed {
		t.Errorf("released = %+v, %v", m, err)
	}
	b.must(b.Ignore(b.ctx(), unknown.ID, "staff", "广告"))
	refused(t, b.Ignore(b.ctx(), unknown.ID, "staff", ""), ErrConflict)
	b.must(b.Assign(b.ctx(), unknown.ID, "hefei", false, "staff")) // thought better of it
	refused(t, b.Ignore(b.ctx(), 99, "staff", ""), ErrNotFound)
}

func TestRemovedBytesCannotBeJudged(t *testing.T) {
	t.Parallel()
	b := mustOpen(t)
	m := b.mail("marked")
	_, err := b.Record(b.ctx(), Outcome{Message: m.ID, State: Held, Why: "secrecy", Removed: true, Unit: "hefei"})
	b.must(err)
	refused(t, b.Assign(b.ctx(), m.ID, "hefei", false, "staff"), ErrConflict)
	refused(t, b.ReleaseMessage(b.ctx(), m.ID, "staff", ""), ErrConflict)
	refused(t, b.Reopen(b.ctx(), m.ID, "staff", ""), ErrConflict)
	b.must(b.Ignore(b.ctx(), m.ID, "staff", "已按保密规定处理"))
	if got, err := b.Message(b.ctx(), m.ID); err != nil || got.Fate != "" {
		t.Errorf("a copy on the server would be moved: %+v, %v", got, err)
	}
}

func TestWaive(t *testing.T) {
	t.Parallel()
	b := mustOpen(t)
	r := b.sends("hefei", sub{cases: "a b! c!"})
	findings := r.Submission.Findings
	refused(t, wrap(b.Waive(b.ctx(), 99, "staff", "")), ErrNotFound)
	s, err := b.Waive(b.ctx(), findings[0].ID, "staff", "已电话核实")
	b.must(err)
	if s.State != Returned || b.titles("hefei") != "a b" {
		t.Errorf("after one of two: %s, cases %q", s.State, b.titles("hefei"))
	}
	refused(t, wrap(b.Waive(b.ctx(), findings[0].ID, "staff", "")), ErrConflict)
	s, err = b.Waive(b.ctx(), findings[1].ID, "staff", "同上", func(s *Submission) []NewLetter {
		return []NewLetter{{Key: "waived", Kind: Receipt, Unit: s.Unit, To: []string{"hefei@example.org"}, Submission: s.ID}}
	})
	b.must(err)
	if s.State != Accepted || b.titles("hefei") != "a b c" || b.standing("hefei").State != StateAccepted {
		t.Errorf("after both: %s, cases %q", s.State, b.titles("hefei"))
	}
	if l, err := b.LetterByKey(b.ctx(), "waived"); err != nil || l.Submission != s.ID {
		t.Errorf("letter that follows = %+v, %v", l, err)
	}
	// The same files again: the waivers hold. A changed file: they do not.
	if again := b.sends("hefei", sub{cases: "a b! c!"}); again.Submission.State != Accepted || again.Submission.Findings[0].Why != "已电话核实" {
		t.Errorf("same files again: %+v", again.Submission)
	}
	changed := sub{cases: "a b! c!"}.submission()
	for i := range changed.Files {
		changed.Files[i].SHA256 = ref("changed " + changed.Files[i].Name)
	}
	again, err := b.Record(b.ctx(), outcome(b.mail("changed"), "hefei", changed))
	b.must(err)
	if again.Submission.State != Returned {
		t.Errorf("changed files: %s", again.Submission.State)
	}
	// Nor for another unit.
	if other := b.sends("wuhu", sub{cases: "a b! c!"}); other.Submission.State != Returned {
		t.Errorf("another unit: %s", other.Submission.State)
	}
}

func wrap(_ *Submission, err error) error { return err }

// A finding that stays in the revisions that join the file is waived in all of them.
func TestWaiveReachesLaterRevisions(t *testing.T) {
	t.Parallel()
	b := mustOpen(t)
	old := b.sends("hefei", sub{cases: "b!"})
	b.sends("hefei", sub{cases: "b! c"})
	s, err := b.Waive(b.ctx(), old.Submission.Findings[0].ID, "staff", "可以")
	b.must(err)
	if s.State != Accepted || s.Revision != 2 || b.titles("hefei") != "b c" {
		t.Errorf("%+v, cases %q", s, b.titles("hefei"))
	}
}

func TestAccept(t *testing.T) {
	t.Parallel()
	b := mustOpen(t)
	superseded := b.sends("hefei", sub{cases: "z!"})
	r := b.sends("hefei", sub{cases: "a b!", owed: "measures"})
	refused(t, wrap(b.Accept(b.ctx(), superseded.Submission.ID, "staff", "")), ErrConflict)
	refused(t, wrap(b.Accept(b.ctx(), 99, "staff", "")), ErrNotFound)
	s, err := b.Accept(b.ctx(), r.Submission.ID, "staff", "省级同意")
	b.must(err)
	if u := b.standing("hefei"); s.State != Accepted || u.State != StateAccepted || u.ErrorsOpen != 0 || u.CasesAccepted != 2 {
		t.Errorf("standing = %+v", u)
	}
	refused(t, wrap(b.Accept(b.ctx(), r.Submission.ID, "staff", "")), ErrConflict)
	// The same mail judged again stays accepted.
	b.must(b.Reopen(b.ctx(), r.Submission.Message, "staff", "replay"))
	m, err := b.Message(b.ctx(), r.Submission.Message)
	b.must(err)
	again, err := b.Record(b.ctx(), outcome(m, "hefei", sub{cases: "a b!", owed: "measures"}.submission()))
	b.must(err)
	if again.Submission.State != Accepted || b.standing("hefei").CasesAccepted != 2 {
		t.Errorf("judged again: %+v", again.Submission)
	}
	// A newer faulty mail is a new matter.
	b.sends("hefei", sub{cases: "d!"})
	if u := b.standing("hefei"); u.State != StateCorrect || b.titles("hefei") != "a b" {
		t.Errorf("after a newer faulty mail: %+v, cases %q", u, b.titles("hefei"))
	}
}

func TestWithdraw(t *testing.T) {
	t.Parallel()
	b := mustOpen(t)
	r := b.sends("hefei", sub{cases: "a b"})
	s, err := b.Withdraw(b.ctx(), r.Submission.Cases[0].ID, "staff", "企业要求")
	b.must(err)
	if s.State != Accepted || b.titles("hefei") != "b" || b.standing("hefei").CasesAccepted != 1 {
		t.Errorf("cases = %q", b.titles("hefei"))
	}
	refused(t, wrap(b.Withdraw(b.ctx(), r.Submission.Cases[0].ID, "staff", "")), ErrConflict)
	refused(t, wrap(b.Withdraw(b.ctx(), 99, "staff", "")), ErrNotFound)
	b.sends("hefei", sub{cases: "a b c"}) // the same file of a once more
	if got := b.titles("hefei"); got != "b c" {
		t.Errorf("after the same file came again: %q", got)
	}
}

func TestLetterDecisions(t *testing.T) {
	t.Parallel()
	b := mustOpen(t)
	id, _, err := b.Enqueue(b.ctx(), NewLetter{Key: "k", Kind: Reminder, To: []string{"a@example.org"}, State: HeldLetter})
	b.must(err)
	if l, err := b.Claim(b.ctx(), b.now, nil); l != nil || err != nil {
		t.Fatalf("a held letter was claimed: %v, %v", l, err)
	}
	b.must(b.SetComposed(b.ctx(), id, ref("letter"), "催报"))
	b.must(b.ReleaseLetter(b.ctx(), id, "staff", ""))
	refused(t, b.ReleaseLetter(b.ctx(), id, "staff", ""), ErrConflict)
	l, err := b.Claim(b.ctx(), b.now, nil)
	b.must(err)
	if l == nil || l.Blob != ref("letter") || l.SubjectLine != "催报" {
		t.Errorf("claimed = %+v", l)
	}
	b.must(b.CancelLetter(b.ctx(), id, "staff", "不发了"))
	refused(t, b.ReleaseLetter(b.ctx(), 99, "staff", ""), ErrNotFound)
}
