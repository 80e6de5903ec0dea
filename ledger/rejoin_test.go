package ledger

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// join is what intake makes of a mail: its own files and those of the revision before it.
func (b *bench) join(m Message, unit string, own sub) Outcome {
	b.t.Helper()
	before, err := b.Before(b.ctx(), theCall, unit, m)
	b.must(err)
	s := own.submission()
	if before != nil && !before.Nil && !s.Nil {
		for _, c := range before.Cases {
			c.ID, c.Submission = 0, 0
			s.Cases = append(s.Cases, c)
		}
		for _, f := range before.Files {
			f.Prior = true
			s.Files = append(s.Files, f)
		}
		s.Owed = nil
	}
	return outcome(m, unit, s)
}

// judgeAll judges what is received in the order of arrival, as the poller does, and returns how many mails that were.
func (b *bench) judgeAll(unit string, own map[int64]sub) int {
	b.t.Helper()
	n := 0
	for range 10 {
		todo, err := b.Unfinished(b.ctx())
		b.must(err)
		if len(todo) == 0 {
			return n
		}
		for _, m := range todo {
			o := b.join(m, unit, own[m.ID])
			if m.Submission != 0 {
				o.Letters[0].Key += fmt.Sprintf(":again:%d", m.Submission)
			}
			_, err := b.Record(b.ctx(), o)
			b.must(err)
			n++
		}
	}
	b.t.Fatal("mails set each other back without end")
	return n
}

// An older mail that staff give to a unit after newer ones were judged joins them: they are judged again with its files, in
// silence, and once.
func TestOlderMailAssignedLater(t *testing.T) {
	t.Parallel()
	b := mustOpen(t)
	sheet := b.hold("sheet and cases", "", "")
	b.now = b.now.Add(time.Hour)
	measures := b.sends("hefei", sub{owed: "summary"})
	more := b.sends("hefei", sub{owed: "summary"})
	if u := b.standing("hefei"); u.State != StatePartial {
		t.Fatalf("standing = %+v", u)
	}
	b.must(b.Assign(b.ctx(), sheet.ID, "hefei", false, "staff"))
	own := map[int64]sub{sheet.ID: {cases: "a b", owed: "measures"}}
	if n := b.judgeAll("hefei", own); n != 3 {
		t.Errorf("%d mails were judged, want the assigned one and the two after it", n)
	}
	if u := b.standing("hefei"); u.State != StateAccepted || b.titles("hefei") != "a b" {
		t.Errorf("standing = %+v, cases %q", u, b.titles("hefei"))
	}
	ls, err := b.Letters(b.ctx(), "")
	b.must(err)
	var keys []string
	for _, l := range ls {
		keys = append(keys, l.Key)
	}
	if want := fmt.Sprintf("answer:%d answer:%d answer:%d", measures.Submission.Message, more.Submission.Message, sheet.ID); strings.Join(keys, " ") != want {
		t.Errorf("letters %q, want one for each mail: %s", keys, want)
	}
	es, err := b.Events(b.ctx(), EventFilter{Message: more.Submission.Message, What: "message.received"})
	b.must(err)
	if len(es) != 2 || es[1].Who != Self || !strings.Contains(es[1].Why, fmt.Sprint("message ", sheet.ID)) {
		t.Errorf("events = %+v", es)
	}
	damage, err := b.Verify(b.ctx())
	b.must(err)
	for _, d := range damage {
		if d.Kind != DamagedBlob { // these tests keep no bytes
			t.Errorf("%+v", d)
		}
	}
}

// What does not depend on the older mail is left alone.
func TestOlderMailSetsBackOnlyWhatJoinsIt(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		newer []sub
		want  string // messages set back
	}{
		{"nothing", nil, ""},
		{"partial", []sub{{cases: "a", owed: "measures"}}, "2"},
		{"faulty", []sub{{cases: "a b!"}, {cases: "a!"}}, "2 3"},
		{"whole", []sub{{cases: "a"}, {cases: "b", owed: "measures"}}, ""},
		{"partial, then whole by itself", []sub{{owed: "summary"}, {cases: "b"}, {owed: "summary"}}, "2"},
		{"partial, then nil", []sub{{owed: "summary"}, {isNil: true}, {owed: "summary"}}, "2"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := mustOpen(t)
			older := b.hold("older", "", "")
			b.now = b.now.Add(time.Hour)
			for _, s := range tt.newer {
				b.sends("hefei", s)
			}
			b.sends("wuhu", sub{owed: "summary"})
			b.must(b.Assign(b.ctx(), older.ID, "hefei", false, "staff"))
			m, err := b.Message(b.ctx(), older.ID)
			b.must(err)
			_, err = b.Record(b.ctx(), b.join(m, "hefei", sub{cases: "c"}))
			b.must(err)
			todo, err := b.Unfinished(b.ctx())
			b.must(err)
			var got []string
			for _, m := range todo {
				got = append(got, fmt.Sprint(m.ID))
				if !m.Rejoined || m.Why != "rejoin" || m.WhyText == "" {
					t.Errorf("%+v", m)
				}
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("set back %q, want %q", got, tt.want)
			}
		})
	}
}

// Letters to the unit wait until the newer mails have been judged again: they say how the unit stands.
func TestLettersWaitForRejoinedMail(t *testing.T) {
	t.Parallel()
	b := mustOpen(t)
	older := b.hold("older", "", "")
	b.now = b.now.Add(time.Hour)
	b.sends("hefei", sub{owed: "summary"})
	claim := func() string {
		l, err := b.Claim(b.ctx(), b.now, []time.Duration{time.Hour})
		b.must(err)
		if l == nil {
			return ""
		}
		return l.Key
	}
	if got := claim(); got != "answer:2" {
		t.Fatalf("claimed %q", got)
	}
	b.must(b.Assign(b.ctx(), older.ID, "hefei", false, "staff"))
	m, err := b.Message(b.ctx(), older.ID)
	b.must(err)
	_, err = b.Record(b.ctx(), b.join(m, "hefei", sub{cases: "a", owed: "measures"}))
	b.must(err)
	if got := claim(); got != "" {
		t.Errorf("claimed %q before the newer mail was judged again", got)
	}
	if at, err := b.NextDue(b.ctx()); err != nil || at.Before(b.now) && !at.IsZero() {
		t.Errorf("next due at %v, %v: the runner would spin", at, err)
	}
	b.judgeAll("hefei", nil)
	if got := claim(); got != "answer:1" {
		t.Errorf("claimed %q", got)
	}
}

// Staff's own wish to judge a mail again is answered as ever.
func TestReplayIsNoRejoining(t *testing.T) {
	t.Parallel()
	b := mustOpen(t)
	first := b.sends("hefei", sub{cases: "a"})
	b.must(b.Reopen(b.ctx(), first.Submission.Message, "staff", "replay"))
	b.judgeAll("hefei", map[int64]sub{first.Submission.Message: {cases: "a b!"}})
	ls, err := b.Letters(b.ctx(), "")
	b.must(err)
	if len(ls) != 2 || !strings.HasSuffix(ls[1].Key, ":again:1") {
		t.Errorf("letters = %+v", ls)
	}
}
