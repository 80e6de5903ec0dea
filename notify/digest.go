package notify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"baosong/ledger"
	"baosong/notify/letter"
	"baosong/notify/schedule"
	"baosong/parse/call"
)

// eventDays is how far back the digest's workbook tells what was decided.
const eventDays = 14

// Digest composes today's digest without queuing it: for looking at it on demand.
func (r *Runner) Digest(ctx context.Context, callID string) (letter.Composed, error) {
	f, err := r.facts(ctx, &ledger.Letter{NewLetter: ledger.NewLetter{Kind: ledger.Digest, Topic: "daily", Call: callID}})
	if err != nil {
		return letter.Composed{}, err
	}
	return letter.Compose(f)
}

// digest loads how a call stands.
func (r *Runner) digest(ctx context.Context, c *call.Call, now time.Time) (*letter.Digest, error) {
	d := &letter.Digest{DaysLeft: r.Calendar.WorkingBetween(now, c.Deadline)}
	for _, year := range []int{now.Year(), c.Deadline.In(now.Location()).Year()} {
		if !r.Calendar.Known(year) && !slices.Contains(d.Unknown, year) {
			d.Unknown = append(d.Unknown, year)
		}
	}
	for _, part := range []func(context.Context, *call.Call, time.Time, *letter.Digest) error{
		r.digestUnits, r.digestBalance, r.digestMessages, r.digestLetters, r.digestCases, r.digestEvents,
	} {
		if err := part(ctx, c, now, d); err != nil {
			return nil, err
		}
	}
	return d, nil
}

func (r *Runner) digestUnits(ctx context.Context, c *call.Call, now time.Time, d *letter.Digest) error {
	province, err := r.Ledger.Province(ctx, CallFacts(c, now))
	if err != nil {
		return err
	}
	for _, u := range province {
		line := letter.UnitLine{UnitStanding: u, Name: u.Unit, Tile: [2]int{-1, -1}}
		if unit, ok := c.Unit(u.Unit); ok {
			line.Name, line.City, line.Tile = unit.Name, unit.City, unit.Tile
			if unit.County != "" {
				line.City = unit.County
			}
		}
		d.Units = append(d.Units, line)
		if u.Submission == 0 {
			continue
		}
		s, err := r.Ledger.Submission(ctx, u.Submission)
		if err != nil {
			return err
		}
		if u.State == ledger.StateCorrect {
			d.Corrections = append(d.Corrections, letter.OpenCorrection{
				Unit: line.Name, Receipt: u.Receipt, Errors: u.ErrorsOpen, Days: r.Calendar.WorkingBetween(u.ReceivedAt, now),
			})
		}
		for _, x := range s.Findings {
			d.Findings = append(d.Findings, letter.FindingLine{Unit: line.Name, Receipt: u.Receipt, Finding: x})
		}
	}
	d.Trend = trend(d.Units, now)
	return nil
}

// trend counts the units that had sent something by the end of each day on which one did, the last ten such days.
func trend(units []letter.UnitLine, now time.Time) []letter.Count {
	var first []time.Time
	for _, u := range units {
		if !u.FirstReceived.IsZero() {
			first = append(first, u.FirstReceived.In(now.Location()))
		}
	}
	slices.SortFunc(first, time.Time.Compare)
	var out []letter.Count
	for i, t := range first {
		name := t.Format("1月2日")
		if n := len(out); n == 0 || out[n-1].Name != name {
			out = append(out, letter.Count{Name: name})
		}
		out[len(out)-1].N = i + 1
	}
	return out[max(0, len(out)-10):]
}

func (r *Runner) digestBalance(ctx context.Context, _ *call.Call, _ time.Time, d *letter.Digest) error {
	b, err := r.Ledger.Balance(ctx, r.Folders...)
	if err != nil {
		return err
	}
	poll, err := r.Ledger.LastPoll(ctx)
	if err != nil {
		return err
	}
	d.Balance = letter.Balance{
		Server: b.Server, Ledger: b.Ledger, Filed: b.Filed, Ignored: b.Ignored, Held: b.Held, Failed: b.Failed, Received: b.Received,
		Due: b.LettersDue, Sent: b.LettersSent, Dead: b.LettersDead, LettersHeld: b.LettersHeld, LastPoll: poll.Whole, LastPollError: poll.Err,
	}
	return nil
}

// digestMessages tells what came since the last digest, and which mails wait for staff.
func (r *Runner) digestMessages(ctx context.Context, c *call.Call, now time.Time, d *letter.Digest) error {
	var err error
	if d.Since, err = r.lastDigest(ctx, c, now); err != nil {
		return err
	}
	all, err := r.Ledger.Messages(ctx, "")
	if err != nil {
		return err
	}
	submissions, err := r.Ledger.Submissions(ctx, c.ID, "")
	if err != nil {
		return err
	}
	byMessage := map[int64]ledger.Submission{}
	for _, s := range submissions {
		byMessage[s.Message] = s
	}
	for _, m := range all {
		switch m.State {
		case ledger.Held:
			d.Decisions = append(d.Decisions, r.heldDecision(m, c, d.Units, now))
		case ledger.Failed:
			d.Decisions = append(d.Decisions, r.failedDecision(m, now))
		}
		if m.Why == "decision-refused" && m.State == ledger.Ignored && m.ReceivedAt.After(d.Since) {
			d.Refused = append(d.Refused, fmt.Sprintf("%s 于 %s：%s", m.From, m.ReceivedAt.In(now.Location()).Format("1月2日 15:04"), m.WhyText))
		}
		if m.ReceivedAt.After(d.Since) && !m.ReceivedAt.After(now) && m.Why != "duplicate" && !r.fromBox(m) && (m.Call == "" || m.Call == c.ID) {
			d.Arrived = append(d.Arrived, arrival(m, byMessage[m.ID], c))
		}
	}
	return nil
}

// lastDigest is when the last one was sent; a day and more ago when none ever was.
func (r *Runner) lastDigest(ctx context.Context, c *call.Call, now time.Time) (time.Time, error) {
	back := r.Calendar.AddWorking(now, -1)
	for t := r.Calendar.Day(now); !t.Before(back); t = t.AddDate(0, 0, -1) {
		l, err := r.Ledger.LetterByKey(ctx, schedule.DigestKey(c.ID, t))
		if errors.Is(err, ledger.ErrNotFound) {
			continue
		}
		if err != nil {
			return time.Time{}, err
		}
		if !l.SentAt.IsZero() {
			return l.SentAt, nil
		}
	}
	return back, nil
}

func (r *Runner) digestLetters(ctx context.Context, c *call.Call, now time.Time, d *letter.Digest) error {
	dead, err := r.Ledger.DeadAddresses(ctx)
	if err != nil {
		return err
	}
	told := map[int64]bool{}
	for _, x := range dead {
		name := x.Unit
		if u, ok := c.Unit(x.Unit); ok {
			name = u.Name
		}
		if !told[x.Letter] {
			decision, err := r.deadDecision(ctx, x, name, now)
			if err != nil {
				return err
			}
			d.Decisions = append(d.Decisions, decision)
		}
		told[x.Letter] = true
		d.Unreached = append(d.Unreached, letter.Unreached{Unit: name, Address: x.Address, Why: x.Why})
	}
	for _, u := range c.ActiveUnits() {
		if len(u.Mailboxes()) == 0 {
			d.Unreached = append(d.Unreached, letter.Unreached{Unit: u.Name, Address: "（名册中没有完整的邮箱地址）", Why: "无法催报，请在 units.csv 中补充"})
		}
	}
	return r.heldLetters(ctx, d, now)
}

func (r *Runner) digestCases(ctx context.Context, c *call.Call, _ time.Time, d *letter.Digest) (err error) {
	if d.Cases, err = r.Ledger.Cases(ctx, c.ID); err != nil {
		return err
	}
	other := letter.Count{Name: "其他", N: len(d.Cases)}
	for _, direction := range c.Directions {
		n := letter.Count{Name: direction}
		for _, x := range d.Cases {
			if x.Direction == direction {
				n.N++
			}
		}
		d.Directions = append(d.Directions, n)
		other.N -= n.N
	}
	if other.N > 0 { // accepted by staff as they are
		d.Directions = append(d.Directions, other)
	}
	return nil
}

// fromBox tells mail that the mailbox has sent to itself and that is nobody's concern: doctor's probe, copies of letters.
func (r *Runner) fromBox(m ledger.Message) bool {
	return m.State == ledger.Ignored && m.Why != "decision-refused" && strings.EqualFold(m.From, office(r.Options).Address)
}

func (r *Runner) digestEvents(ctx context.Context, c *call.Call, now time.Time, d *letter.Digest) error {
	events, err := r.Ledger.Events(ctx, ledger.EventFilter{What: "decision.", Since: now.AddDate(0, 0, -eventDays)})
	if err != nil {
		return err
	}
	for _, e := range events {
		d.Events = append(d.Events, InWords(e, c))
	}
	return nil
}
