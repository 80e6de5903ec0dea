package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"baosong/ledger"
	"baosong/ledger/token"
	"baosong/parse/call"
	"baosong/parse/finding"
	"baosong/sample"
)

// revised is a site whose hefei has sent material with one fault.
func revised(t *testing.T) (s *site, h *house, now *time.Time) {
	t.Helper()
	s = newSite(t, nil)
	moment := on("06-17", "16:10")
	h = s.house(func() time.Time { return moment })
	s.faulty("hefei", on("06-17", "16:00"))
	if err := h.once(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s, h, &moment
}

// faulty delivers a unit's material in which one cell of the summary sheet is wrong.
func (s *site) faulty(unit string, at time.Time) {
	s.t.Helper()
	files, err := material(unit, "direction")
	if err != nil {
		s.t.Fatal(err)
	}
	u, _ := call.Default().Unit(unit)
	m := sample.Mail{From: u.Addresses[0], FromName: u.Name, To: "box@example.org", Subject: "报送", Text: "请查收。", Date: at, Attachments: files}
	s.put(m.Bytes(), at)
}

// waiveAll waives what is wrong with what stands of a unit.
func waiveAll(ctx context.Context, h *house, unit string) error {
	s, err := h.db.Standing(ctx, shippedCall, unit)
	if err != nil {
		return err
	}
	for _, f := range s.Findings {
		if f.Open() && f.Severity == finding.Error {
			if _, err := h.db.Waive(ctx, f.ID, "zhang", "口径已说明"); err != nil && !errors.Is(err, ledger.ErrConflict) {
				return err
			}
		}
	}
	return nil
}

// TestWaivedWhileJudged: a city sends the same files again. Whether staff have waived what is wrong in them the day before, in the
// moment before the new mail is recorded, or after it: it stands as accepted, and is never asked to correct what was waived.
func TestWaivedWhileJudged(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		step string // at which staff decide
		kind ledger.Kind
	}{
		"before it came":            {"", ledger.Receipt},
		"before it is read":         {"process.read", ledger.Receipt},
		"before it is recorded":     {"process.record", ledger.Receipt},
		"as soon as it is recorded": {"process.done", ledger.Correction}, // as it was queued, not as it is sent
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, h, now := revised(t)
			if row.step == "" {
				if err := waiveAll(t.Context(), h, "hefei"); err != nil {
					t.Fatal(err)
				}
			}
			s.faulty("hefei", on("06-17", "17:00"))
			*now = on("06-17", "17:10")
			h.pipeline.Step = func(step string) error {
				if step != row.step {
					return nil
				}
				return waiveAll(t.Context(), h, "hefei")
			}
			if err := h.once(t.Context()); err != nil {
				t.Fatal(err)
			}
			answer, err := h.db.LetterByKey(t.Context(), "answer:2")
			if err != nil || answer.Kind != row.kind || !strings.HasPrefix(answer.SubjectLine, "回执") {
				t.Errorf("the answer is a %s, %q, want a %s sent as a receipt; %v", answer.Kind, answer.SubjectLine, row.kind, err)
			}
			m, err := h.db.Message(t.Context(), 2)
			if want := map[bool]string{true: "filed", false: "returned"}[row.kind == ledger.Receipt]; err != nil || m.Fate != want {
				t.Errorf("the mail's fate is %s, want %s; %v", m.Fate, want, err)
			}
			var st statusReport
			s.json(&st, "status", "--unit", "hefei")
			if u := st.Units[0]; u.State != "accepted" {
				t.Errorf("hefei stands at %+v", u)
			}
			s.whole(2)
		})
	}
}

// TestDecidedWhileJudged: staff withdraw, accept or extend at the very moment at which a new revision is recorded, just before it or just
// after it. What can be decided at both moments ends the same; what cannot be decided any more is refused, and the new revision stands.
func TestDecidedWhileJudged(t *testing.T) {
	t.Parallel()
	decisions := map[string]func(ctx context.Context, h *house, s *ledger.Submission) error{
		"withdraw": func(ctx context.Context, h *house, s *ledger.Submission) error {
			_, err := h.db.Withdraw(ctx, s.Cases[0].ID, "zhang", "来函撤回")
			return err
		},
		"accept": func(ctx context.Context, h *house, s *ledger.Submission) error {
			_, err := h.db.Accept(ctx, s.ID, "zhang", "领导同意")
			return err
		},
		"extend": func(ctx context.Context, h *house, s *ledger.Submission) error {
			return h.db.Extend(ctx, shippedCall, "hefei", on("06-28", "17:00"), "zhang", "来函申请")
		},
	}
	for name, decide := range decisions {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var ends []string
			for _, at := range []string{"process.read", "process.record", "process.done"} {
				s, h, now := revised(t)
				first, err := h.db.Standing(t.Context(), shippedCall, "hefei")
				if err != nil {
					t.Fatal(err)
				}
				s.faulty("hefei", on("06-17", "17:00"))
				*now = on("06-17", "17:10")
				var said error
				h.pipeline.Step = func(step string) error {
					if step == at {
						said = decide(t.Context(), h, first)
					}
					return nil
				}
				if err := h.once(t.Context()); err != nil {
					t.Fatal(err)
				}
				late := name == "accept" && at == "process.done"
				if late != errors.Is(said, ledger.ErrConflict) || !late && said != nil {
					t.Errorf("%s at %s: %v", name, at, said)
				}
				var st statusReport
				s.json(&st, "status", "--unit", "hefei")
				u := st.Units[0]
				if !late {
					ends = append(ends, fmt.Sprintf("%s, receipt %s, due %v, late %v, %d open", u.State, u.Receipt, u.Deadline, u.Late, u.ErrorsOpen))
				}
				s.whole(2)
			}
			for _, e := range ends {
				if e != ends[0] {
					t.Errorf("the ends differ: %q", ends)
				}
			}
			t.Log(ends[0])
		})
	}
}

// TestTwoDecideAtOnce: the same held mail is decided on by a link of the digest and at the command line. Whoever comes second is told,
// and one decision takes effect.
func TestTwoDecideAtOnce(t *testing.T) {
	t.Parallel()
	for _, clickFirst := range []bool{true, false} {
		t.Run(fmt.Sprintf("click first: %v", clickFirst), func(t *testing.T) {
			t.Parallel()
			s := newSite(t, nil)
			now := on("06-18", "07:00")
			h := s.house(func() time.Time { return now })
			stranger := sample.Mail{From: "someone@elsewhere.example", To: "box@example.org", Subject: "零报告", Text: "零报告", Date: on("06-18", "06:50")}
			s.put(stranger.Bytes(), stranger.Date)
			if err := h.once(t.Context()); err != nil {
				t.Fatal(err)
			}
			link := h.pipeline.Key.Sign(token.Decision{Verb: token.Assign, IDs: []int64{1}, Unit: "hefei", Expires: on("06-25", "07:00")})
			mail := sample.Mail{From: "staff@example.org", To: "box@example.org", Subject: "归到合肥 " + link, Text: "归到合肥", Date: on("06-18", "07:10")}
			s.put(mail.Bytes(), mail.Date)
			now = on("06-18", "07:20")
			at := map[bool]string{true: "process.done", false: "process.record"}[clickFirst]
			var said error
			once := false
			h.pipeline.Step = func(step string) error {
				if step == at && !once {
					once = true
					said = h.db.Ignore(t.Context(), 1, "zhang", "重复")
				}
				return nil
			}
			if err := h.once(t.Context()); err != nil {
				t.Fatal(err)
			}
			first, err := h.db.Message(t.Context(), 1)
			if err != nil {
				t.Fatal(err)
			}
			echo, err := h.db.LetterByKey(t.Context(), "answer:2")
			if err != nil {
				t.Fatal(err)
			}
			want := map[bool]string{true: "filed done", false: "ignored refused"}[clickFirst]
			if got := fmt.Sprint(first.State, " ", echo.Topic); got != want || clickFirst != errors.Is(said, ledger.ErrConflict) {
				t.Errorf("%s, want %s; at the command line: %v", got, want, said)
			}
			es, err := h.db.Events(t.Context(), ledger.EventFilter{Message: 1, What: "decision."})
			if err != nil || len(es) != 1 {
				t.Errorf("%d decisions, %v", len(es), err)
			}
			s.whole(2)
		})
	}
}
