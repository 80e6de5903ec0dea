package notify

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"baosong/ledger"
	"baosong/notify/schedule"
	"baosong/parse/call"
)

// MailboxRead says that all mail that had come by then was read and judged. Before the first, and after MailboxUnread, nobody
// is reminded: the mail may lie there unread. Both may be called from another goroutine.
func (p *Planner) MailboxRead(at time.Time) { p.read.Store(&at) }

// MailboxUnread says that the mailbox could not be read as a whole: what the last reading has shown is no longer so.
func (p *Planner) MailboxUnread() { p.read.Store(nil) }

// Still says whether a reminder that has waited in the outbox may go even now: the step it was queued for is the newest, and
// nothing has come from the unit and nothing gone to it since. c is the letter's call. It may be called from another goroutine.
func (p *Planner) Still(ctx context.Context, c *call.Call, l *ledger.Letter, now time.Time) (bool, error) {
	key, own := l.Key, []int64{l.ID}
	if first, ok := strings.CutPrefix(l.Key, restPrefix); ok { // the others have got theirs
		id, err := strconv.ParseInt(first, 10, 64)
		if err != nil {
			return false, fmt.Errorf("key %q: %w", l.Key, err)
		}
		whole, err := p.Ledger.Letter(ctx, id)
		if err != nil {
			return false, err
		}
		key, own = whole.Key, append(own, id)
	}
	if l.CreatedAt.After(now) { // the clock was set back
		now = l.CreatedAt
	}
	province, err := p.Ledger.Province(ctx, CallFacts(c, now))
	if err != nil {
		return false, err
	}
	units := make([]schedule.Unit, 0, len(province))
	for _, u := range province {
		units = append(units, schedule.Unit{UnitStanding: u})
	}
	if err := p.told(ctx, c, now, units, own...); err != nil {
		return false, err
	}
	for _, u := range units {
		if u.Unit == l.Unit {
			return schedule.Still(now, p.Calendar, p.facts(c), u, key), nil
		}
	}
	return false, nil // not asked any more
}

// facts are those of a call, its units aside.
func (p *Planner) facts(c *call.Call) schedule.Facts {
	f := schedule.Facts{
		Call: c.ID, Opened: c.Opened, Deadline: c.Deadline, Since: p.Since,
		Before: c.Remind, After: c.RemindAfter, Reminders: p.Reminders, Digest: p.Digest,
	}
	if read := p.read.Load(); read != nil {
		f.Read = *read
	}
	return f
}

// told fills in when each unit was last written to about what it owes, letters of those ids aside, and whether we failed a mail of
// its. A letter that was queued after now had its time from a clock that was ahead, and is no reason to fall silent until then.
func (p *Planner) told(ctx context.Context, c *call.Call, now time.Time, units []schedule.Unit, except ...int64) error {
	all, err := p.Ledger.Letters(ctx, "")
	if err != nil {
		return err
	}
	apart := map[int64]bool{}
	for _, id := range except {
		apart[id] = true
	}
	last := map[string]time.Time{}
	for _, l := range all {
		if l.Call != c.ID || l.Unit == "" || l.Kind == ledger.Alert || l.State == ledger.Dead || apart[l.ID] || l.CreatedAt.After(now) {
			continue
		}
		if l.CreatedAt.After(last[l.Unit]) {
			last[l.Unit] = l.CreatedAt
		}
	}
	failed, err := p.Ledger.Messages(ctx, ledger.Failed)
	if err != nil {
		return err
	}
	waits := map[string]bool{}
	for _, m := range failed {
		waits[m.Unit] = waits[m.Unit] || m.Unit != "" && m.Call == c.ID
	}
	for i := range units {
		units[i].Told, units[i].Failed = last[units[i].Unit], waits[units[i].Unit]
	}
	return nil
}

// waiting are the kinds of letters that cannot go now: reminders, as long as the mailbox is unread.
func (r *Runner) waiting() []ledger.Kind {
	if r.Planner == nil || r.Planner.read.Load() != nil {
		return nil
	}
	return []ledger.Kind{ledger.Reminder}
}

// reconsider gives up a reminder that has become pointless while it waited for a provider, a ceiling or staff. One that staff
// let go after it was given up, goes.
func (r *Runner) reconsider(ctx context.Context, l *ledger.Letter) (stop bool, err error) {
	if l.Kind != ledger.Reminder || r.Planner == nil {
		return false, nil
	}
	c := r.Call(l.Call)
	if c == nil {
		return false, nil // that it cannot be worded is the composer's to say
	}
	ok, err := r.Planner.Still(ctx, c, l, r.now())
	if err != nil || ok {
		return false, err
	}
	decided, err := r.Ledger.Events(ctx, ledger.EventFilter{Letter: l.ID, What: "decision.letter"})
	if err != nil {
		return false, err
	}
	for _, e := range decided {
		if e.Who == ledger.Self {
			return false, nil
		}
	}
	r.log().Info("reminder is overtaken", "letter", l.ID, "unit", l.Unit)
	err = r.Ledger.CancelLetter(ctx, l.ID, ledger.Self, "overtaken by what has come or was decided since")
	if errors.Is(err, ledger.ErrConflict) { // staff decided about it meanwhile
		err = nil
	}
	return true, err
}
