package notify

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"baosong/ledger"
)

// TestCorrectionThatWaited: staff waive what is wrong, or accept the submission as it is, while its correction request waits for the
// provider, worded or not. The city is told that all is received, and asked for nothing.
func TestCorrectionThatWaited(t *testing.T) {
	t.Parallel()
	for name, decide := range map[string]func(b *bench, s *ledger.Submission) error{
		"waived": func(b *bench, s *ledger.Submission) error {
			_, err := b.Ledger.Waive(context.Background(), s.Findings[0].ID, "zhang", "x")
			return err
		},
		"accepted": func(b *bench, s *ledger.Submission) error {
			_, err := b.Ledger.Accept(context.Background(), s.ID, "zhang", "x")
			return err
		},
		"nothing": func(*bench, *ledger.Submission) error { return nil },
	} {
		for _, worded := range []bool{true, false} {
			b := newBench(t, "2024-06-18 09:00")
			id, _ := b.submit("hefei", ledger.Correction, faulty())
			if worded {
				b.smtp.fail = func(int, []string) error { return errors.New("421 try later") }
				b.due()
				b.smtp.fail, b.breaker = nil, breaker{}
			}
			s, err := b.Ledger.Standing(context.Background(), b.call.ID, "hefei")
			if err != nil {
				t.Fatal(err)
			}
			if err := decide(b, s); err != nil {
				t.Fatal(err)
			}
			b.set("2024-06-18 09:05")
			b.due()
			want := map[bool]string{true: "补正通知", false: "回执"}[name == "nothing"]
			if l := b.letter(id); l.State != ledger.Sent || !strings.HasPrefix(l.SubjectLine, want) {
				t.Errorf("%s, worded before: %v: %s, %q, want a %s", name, worded, l.State, l.SubjectLine, want)
			}
		}
	}
}

// TestSentAgainOfToday: a reminder of yesterday and a correction request that was settled are worded anew once, and not again with
// each further try: what is sent again is the same word for word.
func TestSentAgainOfToday(t *testing.T) {
	t.Parallel()
	b, p, reminder := remindedBench(t)
	b.set("2024-06-18 10:00")
	correction, _ := b.submit("wuhu", ledger.Correction, faulty())
	b.smtp.fail = func(_ int, to []string) error {
		if to[0] == "gxj@hefei.example" || to[0] == "gxj@wuhu.example" {
			return errors.New("421 try later")
		}
		return nil
	}
	try := func(at string) {
		t.Helper()
		b.breaker = breaker{}
		b.set(at)
		p.MailboxRead(b.clock())
		b.due()
	}
	try("2024-06-18 10:01")
	s, err := b.Ledger.Standing(context.Background(), b.call.ID, "wuhu")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Ledger.Accept(context.Background(), s.ID, "zhang", "x"); err != nil {
		t.Fatal(err)
	}
	old := map[int64]ledger.Letter{reminder: b.letter(reminder), correction: b.letter(correction)}
	try("2024-06-19 10:00")
	anew := map[int64]ledger.Letter{reminder: b.letter(reminder), correction: b.letter(correction)}
	try("2024-06-19 16:00")
	for id, l := range anew {
		again := b.letter(id)
		if l.Blob == old[id].Blob || l.Attempts == old[id].Attempts {
			t.Errorf("%s: not worded anew: %+v", l.Kind, l)
		}
		if again.Blob != l.Blob || again.Attempts == l.Attempts {
			t.Errorf("%s: worded anew each time, or not tried: %+v", l.Kind, again)
		}
	}
}

// TestShownAsItWent: a letter that has gone is shown as it went, whatever day it is and whatever staff have decided since; to look
// at one that waits changes nothing.
func TestShownAsItWent(t *testing.T) {
	t.Parallel()
	b, p, reminder := remindedBench(t)
	b.set("2024-06-18 10:00")
	correction, _ := b.submit("wuhu", ledger.Correction, faulty())
	p.MailboxRead(b.clock())
	waiting := b.letter(reminder)
	shown := func(at string, id int64) string {
		t.Helper()
		b.set(at)
		raw, err := b.Compose(context.Background(), id)
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	shown("2024-06-19 10:00", reminder)
	if l := b.letter(reminder); l.Blob != waiting.Blob || l.State != waiting.State {
		t.Errorf("looking at a letter has changed it: %+v", l)
	}
	b.set("2024-06-18 10:00")
	b.due()
	s, err := b.Ledger.Standing(context.Background(), b.call.ID, "wuhu")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Ledger.Accept(context.Background(), s.ID, "zhang", "x"); err != nil {
		t.Fatal(err)
	}
	for _, id := range []int64{reminder, correction} {
		l := b.letter(id)
		if l.State != ledger.Sent {
			t.Fatalf("%+v", l)
		}
		if raw := shown("2024-06-19 10:00", id); !slices.ContainsFunc(b.smtp.mails, func(m sent) bool { return string(m.raw) == raw }) {
			t.Errorf("%s: shown otherwise than it went", l.Kind)
		}
	}
}
