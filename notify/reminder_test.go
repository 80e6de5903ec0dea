package notify

import (
	"context"
	"errors"
	"strings"
	"testing"

	"baosong/ledger"
	"baosong/notify/schedule"
)

// remindedBench has a reminder to hefei in its outbox that the provider would not take at 9:00 of the third day before the deadline.
func remindedBench(t *testing.T, then ...func(*bench, *Planner)) (*bench, *Planner, int64) {
	t.Helper()
	b := newBench(t, "2024-06-18 08:00")
	p := newPlanner(t, b)
	p.DigestTo, p.AlertTo = nil, nil
	b.Planner = p
	b.smtp.fail = func(int, []string) error { return errors.New("421 try later") }
	for _, f := range then {
		f(b, p)
	}
	plan(t, p, b, "2024-06-18 09:00")
	b.due()
	l, err := b.Ledger.LetterByKey(context.Background(), "reminder:"+b.call.ID+":hefei:2024-06-21:T-3")
	if err != nil {
		t.Fatal(err)
	}
	b.smtp.fail, b.breaker = nil, breaker{}
	return b, p, l.ID
}

// reached counts the letters of a kind that an address got.
func (b *bench) reached(address string, kind ledger.Kind) (n int) {
	b.t.Helper()
	ls, err := b.Ledger.Letters(context.Background(), ledger.Sent)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, l := range ls {
		if l.Kind == kind && strings.Contains(strings.Join(append(l.To, l.CC...), " "), address) {
			n++
		}
	}
	return n
}

// TestReminderThatWaited: a reminder was worded and could not be sent. When the provider takes letters again, it goes to those
// only whom a planner would remind at that hour.
func TestReminderThatWaited(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		meanwhile func(*bench, *Planner)
		at        string
		want      int
	}{
		"nothing has happened":        {nil, "2024-06-18 10:00", 1},
		"it sent everything":          {func(b *bench, _ *Planner) { b.submit("hefei", ledger.Receipt, whole()) }, "2024-06-18 10:00", 0},
		"it sent, with faults":        {func(b *bench, _ *Planner) { b.submit("hefei", ledger.Correction, faulty()) }, "2024-06-18 10:00", 0},
		"another unit sent":           {func(b *bench, _ *Planner) { b.submit("wuhu", ledger.Receipt, whole()) }, "2024-06-18 10:00", 1},
		"its deadline was moved":      {func(b *bench, _ *Planner) { b.extend("hefei", "2024-06-28 17:00") }, "2024-06-18 10:00", 0},
		"it is to be left in peace":   {postponed, "2024-06-18 10:00", 0},
		"the next step is due":        {func(b *bench, p *Planner) { plan(b.t, p, b, "2024-06-20 09:30") }, "2024-06-20 09:31", 1},
		"it is not on the roster":     {func(b *bench, _ *Planner) { b.call.Units[0].Active = false }, "2024-06-18 10:00", 0},
		"the mailbox cannot be read":  {func(_ *bench, p *Planner) { p.MailboxUnread() }, "2024-06-18 10:00", 0},
		"the daemon was just started": {func(b *bench, _ *Planner) { b.Planner = newPlanner(b.t, b) }, "2024-06-18 10:00", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, p, _ := remindedBench(t)
			b.set("2024-06-18 09:40")
			if row.meanwhile != nil {
				row.meanwhile(b, p)
			}
			b.set(row.at)
			b.due()
			if n := b.reached("gxj@hefei.example", ledger.Reminder); n != row.want {
				t.Errorf("%d reminders reached it, want %d", n, row.want)
			}
		})
	}
}

func postponed(b *bench, _ *Planner) {
	if err := b.Ledger.Postpone(context.Background(), b.call.ID, "hefei", when(b.t, "2024-06-19 12:00"), "zhang", "来电说明"); err != nil {
		b.t.Fatal(err)
	}
}

// TestReminderUnderAClockSetBack: a clock that goes back before the step takes no reminder away.
func TestReminderUnderAClockSetBack(t *testing.T) {
	t.Parallel()
	b, p, id := remindedBench(t)
	l := b.letter(id)
	if ok, err := p.Still(context.Background(), b.call, &l, when(t, "2024-06-17 10:00")); !ok || err != nil {
		t.Errorf("still: %v, %v", ok, err)
	}
}

// TestReminderAfterAClockAhead: a letter that was queued while the clock stood years ahead silences no reminder until then.
func TestReminderAfterAClockAhead(t *testing.T) {
	t.Parallel()
	b := newBench(t, "2030-01-01 09:00")
	p := newPlanner(t, b)
	p.DigestTo, p.AlertTo = nil, nil
	b.queue("hefei", "from the future")
	plan(t, p, b, "2024-06-18 09:00")
	if _, err := b.Ledger.LetterByKey(context.Background(), "reminder:"+b.call.ID+":hefei:2024-06-21:T-3"); err != nil {
		t.Error(err)
	}
}

// TestReminderOfYesterday: one that goes a day late says how many days are left then.
func TestReminderOfYesterday(t *testing.T) {
	t.Parallel()
	b, p, id := remindedBench(t)
	b.set("2024-06-19 09:10")
	p.MailboxRead(b.clock())
	b.due()
	if l := b.letter(id); l.State != ledger.Sent || !strings.Contains(l.SubjectLine, "2 个工作日") {
		t.Errorf("%s, subject %q, want two working days", l.State, l.SubjectLine)
	}
}

// TestReminderToTheRest: one of two recipients was refused for the moment; the other's letter is no reason to give his up.
func TestReminderToTheRest(t *testing.T) {
	t.Parallel()
	b := newBench(t, "2024-06-18 09:00")
	b.call.Units[0].CC = []string{"office@hefei.example"}
	p := newPlanner(t, b)
	p.DigestTo, p.AlertTo, b.Planner = nil, nil, p
	b.smtp.fail = func(_ int, to []string) error {
		if len(to) == 2 {
			return &refusal{reached: []string{"gxj@hefei.example"}}
		}
		return nil
	}
	plan(t, p, b, "2024-06-18 09:00")
	b.due()
	b.set("2024-06-18 09:03")
	b.due()
	if n := b.reached("office@hefei.example", ledger.Reminder); n != 2 { // the whole letter, and the rest
		t.Errorf("%d letters, want 2", n)
	}
}

// TestHeldReminder: staff release reminders that were held for days. Who has sent meanwhile is spared; when staff insist, it goes,
// and says what is owed then.
func TestHeldReminder(t *testing.T) {
	t.Parallel()
	b, p, id := remindedBench(t, func(_ *bench, p *Planner) { p.Hold = true })
	wuhu, err := b.Ledger.LetterByKey(context.Background(), "reminder:"+b.call.ID+":wuhu:2024-06-21:T-3")
	if err != nil {
		t.Fatal(err)
	}
	b.set("2024-06-19 10:00")
	b.submit("hefei", ledger.Correction, faulty())
	release := func(id int64) {
		t.Helper()
		if err := b.Ledger.ReleaseLetter(context.Background(), id, "zhang", ""); err != nil {
			t.Fatal(err)
		}
		b.due()
	}
	b.set("2024-06-19 16:00")
	p.MailboxRead(b.clock())
	release(id)
	release(wuhu.ID)
	if l, w := b.letter(id), b.letter(wuhu.ID); l.State != ledger.Dead || w.State != ledger.Sent {
		t.Errorf("hefei's is %s and wuhu's %s, want dead and sent", l.State, w.State)
	}
	release(id)
	if l := b.letter(id); l.State != ledger.Sent {
		t.Errorf("after staff insisted: %s", l.State)
	}
}

// TestDeadlineWaitsForTheMail: at the deadline's second staff are not yet told who has sent nothing; mail of the last minute may
// lie unread.
func TestDeadlineWaitsForTheMail(t *testing.T) {
	t.Parallel()
	b := newBench(t, "2024-06-21 20:00")
	p := newPlanner(t, b)
	p.DigestTo = nil
	p.Reminders = schedule.Cron{}
	p.MailboxRead(b.call.Deadline)
	p.MailboxRead(b.call.Deadline.Add(-1))
	late := b.call.Deadline.Add(60e9)
	if n, err := p.Plan(context.Background(), late); n != 0 || err != nil {
		t.Errorf("%d letters before the mailbox was read, %v", n, err)
	}
	p.MailboxRead(late)
	if n, err := p.Plan(context.Background(), late); n != 1 || err != nil {
		t.Errorf("%d letters, want the alert; %v", n, err)
	}
}

// TestFailedMailIsNoArrear: a unit whose mail we have and could not process is told nothing of the kind that nothing has come, until staff
// have seen to the mail.
func TestFailedMailIsNoArrear(t *testing.T) {
	t.Parallel()
	b := newBench(t, "2024-06-12 10:00")
	p := newPlanner(t, b)
	p.DigestTo, p.AlertTo, b.Planner = nil, nil, p
	b.trouble(ledger.Outcome{State: ledger.Failed, Why: "error", Unit: "hefei", Header: ledger.Header{From: "gxj@hefei.example"}})
	if n := plan(t, p, b, "2024-06-14 09:00"); n != 15 {
		t.Errorf("%d reminders, want 15", n)
	}
	if err := b.Ledger.Ignore(context.Background(), 1, "zhang", "重复"); err != nil {
		t.Fatal(err)
	}
	if n := plan(t, p, b, "2024-06-14 09:10"); n != 1 {
		t.Errorf("%d reminders after staff have seen to it, want 1", n)
	}
	b.trouble(ledger.Outcome{State: ledger.Failed, Why: "error", Unit: "wuhu", Header: ledger.Header{From: "gxj@wuhu.example"}})
	if n := b.due(); n != 15 || b.reached("gxj@wuhu.example", ledger.Reminder) != 0 {
		t.Errorf("%d sent, want 15, and none to wuhu", n)
	}
}
