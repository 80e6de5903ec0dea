package notify

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"time"

	"baosong/ledger"
	"baosong/notify/letter"
	"baosong/parse/call"
)

// errNeedless: by the time a reminder was to be worded, nothing was owed any more.
var errNeedless = errors.New("the letter is not needed any more")

// facts loads from the ledger all that a letter is worded from.
func (r *Runner) facts(ctx context.Context, l *ledger.Letter) (letter.Facts, error) {
	f := letter.Facts{
		Kind: l.Kind, Topic: l.Topic, Subject: l.Subject, Office: office(r.Options), Now: r.now(), Call: r.Call(l.Call), File: r.file, Mark: r.Mark,
	}
	var err error
	if f.Said, err = letter.ParseSaid(l.Facts); err != nil {
		return f, err
	}
	switch {
	case l.Kind == ledger.Alert:
		return f, nil
	case l.Kind == ledger.Confirmation && (l.Topic == letter.TopicDone || l.Topic == letter.TopicRefused):
		return f, nil // to one of the staff
	case f.Call == nil:
		return f, fmt.Errorf("call %q is not configured", l.Call)
	case l.Kind == ledger.Digest:
		f.Digest, err = r.digest(ctx, f.Call, f.Now)
		if err == nil {
			f.DaysLeft = f.Digest.DaysLeft
		}
		return f, err
	}
	if f.Unit, _ = f.Call.Unit(l.Unit); f.Unit == nil {
		f.Unit = &call.Unit{ID: l.Unit, Name: "来信单位"}
	}
	if l.Message != 0 {
		m, err := r.Ledger.Message(ctx, l.Message)
		if err != nil {
			return f, err
		}
		f.ReceivedAt = m.ReceivedAt
	}
	if err := r.submission(ctx, l, &f); err != nil {
		return f, err
	}
	if err := r.standing(ctx, l, &f); err != nil {
		return f, err
	}
	if l.Kind == ledger.Reminder && (f.Standing.State == ledger.StateAccepted || f.Standing.State == ledger.StateNil) {
		return f, errNeedless
	}
	return f, nil
}

// submission adds the revision that the letter is about. A preview has none, whatever stands.
func (r *Runner) submission(ctx context.Context, l *ledger.Letter, f *letter.Facts) error {
	if l.Submission == 0 || f.Said.Report != nil {
		return nil
	}
	v, err := r.Ledger.SubmissionView(ctx, l.Submission)
	if err != nil {
		return err
	}
	f.Submission, f.Previous = v.Submission, v.Previous
	if corrects(l) && settled(v.Submission) {
		f.Kind = ledger.Receipt
	}
	if f.ReceivedAt.IsZero() {
		f.ReceivedAt = v.Submission.ReceivedAt
	}
	return nil
}

// standing adds how the unit stands now.
func (r *Runner) standing(ctx context.Context, l *ledger.Letter, f *letter.Facts) error {
	province, err := r.Ledger.Province(ctx, CallFacts(f.Call, f.Now, l.Unit))
	if err != nil {
		return err
	}
	u := province[0]
	f.DaysLeft = r.Calendar.WorkingBetween(f.Now, u.Deadline)
	if l.Kind == ledger.Confirmation && l.Topic == letter.TopicPreview {
		return nil // a preview speaks of nothing but the files it came with
	}
	f.Standing = &u
	if u.Submission == 0 {
		return nil
	}
	v, err := r.Ledger.SubmissionView(ctx, u.Submission)
	if err != nil {
		return err
	}
	f.Stands = v.Cases
	for _, c := range v.Submission.Cases {
		if c.Withdrawn {
			f.Withdrawn = append(f.Withdrawn, c)
		}
	}
	if u.State == ledger.StateCorrect {
		f.Open = v.Submission.Findings
	}
	return nil
}

// file finds the bytes of a sender's file.
func (r *Runner) file(x ledger.File) (string, error) {
	if !r.Blobs.Has(x.SHA256) {
		return "", fmt.Errorf("the bytes of %q are not kept", x.Name)
	}
	return r.Blobs.Path(x.SHA256), nil
}

// CallFacts is what the ledger must be told of a call; without units, all that are asked.
func CallFacts(c *call.Call, now time.Time, units ...string) ledger.Facts {
	f := ledger.Facts{Call: c.ID, Deadline: c.Deadline, Units: units, Now: now}
	if len(units) == 0 {
		for _, u := range c.ActiveUnits() {
			f.Units = append(f.Units, u.ID)
		}
	}
	for _, p := range c.Parts {
		if p.Required {
			f.Parts = append(f.Parts, string(p.ID))
		}
	}
	return f
}

// office is who signs: the display name of our own address.
func office(o Options) letter.Office {
	out := letter.Office{Name: "省级主管部门", Contact: o.Contact}
	if a, err := mail.ParseAddress(o.From); err == nil {
		out.Address = a.Address
		if a.Name != "" {
			out.Name = a.Name
		}
	}
	return out
}
