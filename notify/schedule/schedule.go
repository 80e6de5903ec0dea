// Package schedule says which letters are due that nobody asked for: reminders, the digest, and alerts of the calendar.
//
// Due is pure: the moment, the calendar and the facts come in, and the same arguments give the same items. It may be
// asked as often as one likes: each item carries a key that is unique per call, unit and step, and the outbox takes a
// key once. ParseCron reads the hours that the operator has set; this package alone imports the cron parser.
//
// The rules of the ladder:
//   - A step lies n working days before or after the unit's own deadline (an extension moves the whole ladder), at the
//     reminders' hour. A deadline on a day off counts as the working day before it.
//   - Letters go on working days only, from the reminders' hour on. After downtime only the newest missed step goes.
//   - Nobody is reminded who owes nothing, whose mail or whose last letter from us is newer than the step, or whom staff
//     have asked to leave in peace until later; nor whose mail we have and could not process.
//   - Nobody is reminded before the mailbox has been read as a whole after the step, and staff are not told how things stand at
//     the deadline before it has been read after that: the mail may lie there unread.
//   - A reminder that waited is asked about again when it goes (Still).
//
// It must never read a clock, a file or the ledger.
package schedule

import (
	"fmt"
	"slices"
	"time"

	"baosong/ledger"
	"baosong/ledger/calendar"
)

// Reason says why an item is due.
type Reason string

// The reasons of reminders, of the digest and of alerts.
const (
	BeforeDeadline  Reason = "before-deadline"  // a step before the unit's deadline
	DeadlineDay     Reason = "deadline-day"     // the day itself
	Overdue         Reason = "overdue"          // a step after it
	Daily           Reason = "daily"            // the digest
	DeadlinePassed  Reason = "deadline-passed"  // staff hear once how the call stands at its deadline
	CalendarUnknown Reason = "calendar-unknown" // a year without a holiday table is counted by weekday
)

// Item is one letter that is due.
type Item struct {
	Kind   ledger.Kind
	Reason Reason
	Topic  string // the reason as a letter's topic
	Unit   string // id; empty for staff
	Step   int    // working days before (positive) or after (negative) the deadline
	Key    string // unique per call, unit and step
	DueAt  time.Time
}

// Unit is a reporting unit as the ladder sees it.
type Unit struct {
	ledger.UnitStanding
	Told   time.Time // when we last wrote to it; zero if never
	Failed bool      // a mail of its could not be processed, through a fault of ours, and waits for staff
}

// Facts is what Due decides from.
type Facts struct {
	Call      string
	Opened    time.Time // nothing is due before
	Deadline  time.Time // the call's own, for staff
	Since     time.Time // nothing that came due before is caught up: the ledger's first day; zero: no bound
	Read      time.Time // up to when all mail has been read and judged; zero: never, and no reminder is due
	Before    []int     // working days before the deadline
	After     []int     // working days after it
	Reminders Cron
	Digest    Cron
	Units     []Unit
}

// Due returns what is due at now, in a fixed order: alerts, the digest, then reminders in the order of the units.
func Due(now time.Time, cal *calendar.Calendar, f Facts) []Item {
	now = now.In(cal.Location())
	if now.Before(f.Opened) {
		return nil
	}
	items := alerts(now, cal, f)
	if it, ok := digest(now, cal, f); ok {
		items = append(items, it)
	}
	hour, ok := f.Reminders.on(cal.Day(now))
	if !ok || !cal.Working(now) || now.Before(hour) {
		return items
	}
	for _, u := range f.Units {
		if it, ok := reminder(now, cal, f, u); ok && !f.Read.Before(it.DueAt) {
			items = append(items, it)
		}
	}
	return items
}

// Still asks again about a unit's reminder that was due once and is about to go, perhaps days later: whether it is the newest
// step of the ladder even now, and nothing has come to speak against it. u.Told leaves the reminder itself out.
func Still(now time.Time, cal *calendar.Calendar, f Facts, u Unit, key string) bool {
	it, ok := reminder(now.In(cal.Location()), cal, f, u)
	return ok && it.Key == key
}

// DigestKey is the key of a call's digest of a day.
func DigestKey(call string, t time.Time) string { return fmt.Sprintf("digest:%s:%s", call, day(t)) }

// digest is due on working days from its hour on; yesterday's is never sent late, for it would show today's figures.
func digest(now time.Time, cal *calendar.Calendar, f Facts) (Item, bool) {
	at, ok := f.Digest.on(cal.Day(now))
	if !ok || !cal.Working(now) || now.Before(at) || at.Before(f.Since) {
		return Item{}, false
	}
	return Item{
		Kind:   ledger.Digest,
		Reason: Daily,
		Topic:  string(Daily),
		Key:    DigestKey(f.Call, now),
		DueAt:  at,
	}, true
}

func alerts(now time.Time, cal *calendar.Calendar, f Facts) []Item {
	var items []Item
	alert := func(r Reason, key string, at time.Time) {
		items = append(items, Item{Kind: ledger.Alert, Reason: r, Topic: string(r), Key: key, DueAt: at})
	}
	for _, t := range []time.Time{now, f.Deadline.In(cal.Location())} {
		key := fmt.Sprintf("calendar:%d", t.Year())
		if !cal.Known(t.Year()) && !slices.ContainsFunc(items, func(it Item) bool { return it.Key == key }) {
			alert(CalendarUnknown, key, cal.Day(now))
		}
	}
	if now.After(f.Deadline) && !f.Deadline.Before(f.Since) && !f.Read.Before(f.Deadline) { // what came in time is counted
		alert(DeadlinePassed, fmt.Sprintf("deadline:%s:%s", f.Call, day(f.Deadline.In(cal.Location()))), f.Deadline)
	}
	return items
}

// reminder returns the newest step of the unit's ladder that has come due, unless something speaks against it.
func reminder(now time.Time, cal *calendar.Calendar, f Facts, u Unit) (Item, bool) {
	if !owes(u.State) || u.Failed || now.Before(u.PostponedUntil) {
		return Item{}, false
	}
	deadline := u.Deadline
	if deadline.IsZero() {
		deadline = f.Deadline
	}
	deadline = deadline.In(cal.Location())
	n, at, ok := newestStep(now, cal, f, deadline)
	switch {
	case !ok, at.Before(f.Since), at.Before(f.Opened), at.Before(u.PostponedUntil):
		return Item{}, false
	case !u.ReceivedAt.Before(at), !u.Told.Before(at): // answered or written to since
		return Item{}, false
	}
	reason := BeforeDeadline
	switch {
	case n == 0:
		reason = DeadlineDay
	case n < 0:
		reason = Overdue
	}
	return Item{
		Kind:   ledger.Reminder,
		Reason: reason,
		Topic:  string(reason),
		Unit:   u.Unit,
		Step:   n,
		Key:    fmt.Sprintf("reminder:%s:%s:%s:%s", f.Call, u.Unit, day(deadline), stepName(n)),
		DueAt:  at,
	}, true
}

// owes tells whether a unit in this state has anything to send: parts owed, or open corrections.
func owes(state string) bool {
	return state == "none" || state == "partial" || state == "correct"
}

// newestStep returns the latest step of the ladder at or before now; of two on one day the nearer to the deadline.
func newestStep(now time.Time, cal *calendar.Calendar, f Facts, deadline time.Time) (step int, at time.Time, ok bool) {
	last := cal.Day(deadline)
	if !cal.Working(last) {
		last = cal.AddWorking(last, -1)
	}
	consider := func(n int, date time.Time) {
		t, found := moment(cal, f.Reminders, date)
		if !found || t.After(now) || t.Before(at) || (t.Equal(at) && ok && n > step) {
			return
		}
		step, at, ok = n, t, true
	}
	for _, n := range f.Before {
		if n == 0 {
			consider(0, last)
		} else {
			consider(n, cal.AddWorking(last, -n))
		}
	}
	for _, n := range f.After {
		consider(-n, cal.AddWorking(deadline, n))
	}
	return step, at, ok
}

// moment returns when a step of that day goes: at the reminders' hour, or at the next one that falls on a working day.
func moment(cal *calendar.Calendar, c Cron, date time.Time) (time.Time, bool) {
	t := date.Add(-time.Nanosecond)
	for range 366 {
		if t = c.Next(t); t.IsZero() {
			return time.Time{}, false
		}
		if cal.Working(t) {
			return t, true
		}
	}
	return time.Time{}, false
}

func day(t time.Time) string { return t.Format(time.DateOnly) }

func stepName(n int) string {
	if n < 0 {
		return fmt.Sprintf("T+%d", -n)
	}
	return fmt.Sprintf("T-%d", n)
}
