package schedule

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"baosong/ledger"
	"baosong/ledger/calendar"
)

func when(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04:05", s, calendar.Shanghai())
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func mustCron(t *testing.T, spec string) Cron {
	t.Helper()
	c, err := ParseCron(spec, calendar.Shanghai())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func facts(t *testing.T, units ...Unit) Facts {
	return Facts{
		Call: "c", Opened: when(t, "2024-06-11 00:00:00"), Read: when(t, "2030-01-01 00:00:00"), Deadline: when(t, "2024-06-21 23:59:59"),
		Before: []int{5, 3, 1, 0}, After: []int{1, 3}, Reminders: mustCron(t, "0 9 * * *"), Digest: mustCron(t, "30 8 * * *"), Units: units,
	}
}

func unit(id, state string) Unit {
	return Unit{UnitStanding: ledger.UnitStanding{Unit: id, State: state}}
}

// TestDueReminder has a row for each rule of the ladder. The deadline is Friday 2024-06-21; 06-10 was a day off.
func TestDueReminder(t *testing.T) {
	t.Parallel()
	rows := []struct {
		name, now string
		change    func(t *testing.T, f *Facts)
		want      string // step and reason, empty: none
	}{
		{"before the first step", "2024-06-13 12:00:00", nil, ""},
		{"five days before", "2024-06-14 09:00:00", nil, "T-5 before-deadline"},
		{"not before the hour", "2024-06-14 08:59:59", nil, ""},
		{"missed steps become the newest", "2024-06-19 15:00:00", nil, "T-3 before-deadline"},
		{"never on a day off", "2024-06-15 10:00:00", nil, ""},
		{"one day before", "2024-06-20 09:00:00", nil, "T-1 before-deadline"},
		{"a missed step waits for the hour of the next day", "2024-06-19 08:00:00", nil, ""},
		{"the day itself", "2024-06-21 09:00:00", nil, "T-0 deadline-day"},
		{"the weekend after", "2024-06-22 12:00:00", nil, ""},
		{"one day after", "2024-06-24 09:00:00", nil, "T+1 overdue"},
		{"three days after", "2024-06-26 09:00:00", nil, "T+3 overdue"},
		{"long after, after downtime", "2024-07-05 09:00:00", nil, "T+3 overdue"},
		{"before the call was opened", "2024-06-10 09:00:00", nil, ""},
		{"accepted", "2024-06-21 09:00:00", state("accepted"), ""},
		{"nil return", "2024-06-21 09:00:00", state("nil"), ""},
		{"partial", "2024-06-21 09:00:00", state("partial"), "T-0 deadline-day"},
		{"open corrections", "2024-06-21 09:00:00", state("correct"), "T-0 deadline-day"},
		{"mail newer than the step", "2024-06-18 14:00:00", received("2024-06-18 10:00:00"), ""},
		{"mail older than the step", "2024-06-18 14:00:00", received("2024-06-18 08:00:00"), "T-3 before-deadline"},
		{"written to since the step", "2024-06-19 09:30:00", told("2024-06-18 09:00:05"), ""},
		{"written to before the step", "2024-06-20 09:30:00", told("2024-06-18 09:00:05"), "T-1 before-deadline"},
		{"postponed", "2024-06-18 09:00:00", postponed("2024-06-20 00:00:00"), ""},
		{"postponed steps are not caught up", "2024-06-20 08:59:00", postponed("2024-06-20 00:00:00"), ""},
		{"the ladder goes on after the postponement", "2024-06-20 09:00:00", postponed("2024-06-20 00:00:00"), "T-1 before-deadline"},
		{"an extension moves the ladder", "2024-06-21 09:00:00", extended("2024-06-28 17:00:00"), "T-5 before-deadline"},
		{"the old deadline's steps are gone", "2024-06-24 09:00:00", told("2024-06-21 09:00:05", extended("2024-06-28 17:00:00")), ""},
		{"a deadline on a day off counts as the working day before", "2024-06-28 09:00:00", extended("2024-06-30 23:59:59"), "T-0 deadline-day"},
		{"steps before the ledger's first day", "2024-06-19 12:00:00", since("2024-06-19 00:00:00"), ""},
		{"the mailbox was last read before the step", "2024-06-18 14:00:00", read("2024-06-18 08:59:00"), ""},
		{"the mailbox was read after the step", "2024-06-18 14:00:00", read("2024-06-18 09:01:00"), "T-3 before-deadline"},
		{"the mailbox was never read", "2024-06-18 14:00:00", func(t *testing.T, f *Facts) { f.Read = time.Time{} }, ""},
		{"no ladder", "2024-06-21 09:00:00", func(t *testing.T, f *Facts) { f.Before, f.After = nil, nil }, ""},
		{"an hour that comes on Mondays only", "2024-06-24 09:00:00", func(t *testing.T, f *Facts) { f.Reminders = mustCron(t, "0 9 * * 1") }, "T+1 overdue"},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			f := facts(t, unit("hefei", "none"))
			if r.change != nil {
				r.change(t, &f)
			}
			var got []string
			for _, it := range Due(when(t, r.now), calendar.Default(nil), f) {
				if it.Kind == ledger.Reminder {
					got = append(got, it.Key[strings.LastIndexByte(it.Key, ':')+1:]+" "+string(it.Reason))
				}
			}
			if g := strings.Join(got, "; "); g != r.want {
				t.Errorf("got %q, want %q", g, r.want)
			}
		})
	}
}

func state(s string) func(*testing.T, *Facts) {
	return func(t *testing.T, f *Facts) { f.Units[0].State = s }
}

func read(at string) func(*testing.T, *Facts) {
	return func(t *testing.T, f *Facts) { f.Read = when(t, at) }
}

func received(at string) func(*testing.T, *Facts) {
	return func(t *testing.T, f *Facts) { f.Units[0].State, f.Units[0].ReceivedAt = "correct", when(t, at) }
}

func told(at string, more ...func(*testing.T, *Facts)) func(*testing.T, *Facts) {
	return func(t *testing.T, f *Facts) {
		f.Units[0].Told = when(t, at)
		for _, m := range more {
			m(t, f)
		}
	}
}

func postponed(until string) func(*testing.T, *Facts) {
	return func(t *testing.T, f *Facts) { f.Units[0].PostponedUntil = when(t, until) }
}

func extended(until string) func(*testing.T, *Facts) {
	return func(t *testing.T, f *Facts) { f.Units[0].Deadline = when(t, until) }
}

func since(at string) func(*testing.T, *Facts) {
	return func(t *testing.T, f *Facts) { f.Since = when(t, at) }
}

func TestDueDigestAndAlerts(t *testing.T) {
	t.Parallel()
	rows := []struct{ now, want string }{
		{"2024-06-18 08:29:59", ""},
		{"2024-06-18 08:30:00", "digest:c:2024-06-18"},
		{"2024-06-18 23:00:00", "digest:c:2024-06-18"},
		{"2024-06-15 09:00:00", ""}, // Saturday
		{"2024-06-21 23:59:59", "digest:c:2024-06-21"},
		{"2024-06-22 00:00:00", "deadline:c:2024-06-21"},
		{"2024-09-14 09:00:00", "deadline:c:2024-06-21 digest:c:2024-09-14"}, // a Saturday that is worked
		{"2024-09-16 09:00:00", "deadline:c:2024-06-21"},                     // a Monday off
		{"2035-01-03 08:00:00", "calendar:2035 deadline:c:2024-06-21"},
	}
	for _, r := range rows {
		var got []string
		for _, it := range Due(when(t, r.now), calendar.Default(nil), facts(t)) {
			got = append(got, it.Key)
		}
		if g := strings.Join(got, " "); g != r.want {
			t.Errorf("at %s: got %q, want %q", r.now, g, r.want)
		}
	}
}

// province is a simulated stretch of days: five units, a clock, and a daemon that is down for a while.
type province struct {
	seen map[string]bool
	told map[string]time.Time
	log  []string
}

// TestMonthOverNewYear runs the ladder every half hour from 2024-12-23 to 2025-02-10. 2025-01-01 is off, 01-26 and 02-08
// are worked weekends, 01-28 to 02-04 is the Spring Festival. The daemon is down from 12-28 to 12-31 10:05.
func TestMonthOverNewYear(t *testing.T) {
	t.Parallel()
	p := province{seen: map[string]bool{}, told: map[string]time.Time{}}
	at := func(s string) time.Time { return when(t, s+":00") }
	for now := at("2024-12-23 00:00"); now.Before(at("2025-02-10 00:00")); now = now.Add(30 * time.Minute) {
		if now.After(at("2024-12-28 00:00")) && now.Before(at("2024-12-31 10:05")) {
			continue
		}
		p.step(t, now, simulatedUnits(at, now))
	}
	want := []string{
		// first step of all but the extended one (told of its extension on 12-24)
		"12-26 09:00 wuhu T-5", "12-26 09:00 bengbu T-5", "12-26 09:00 huainan T-5", "12-26 09:00 tongling T-5",
		// T-3 was due on 12-30, in the downtime: caught up at once, one letter
		"12-31 10:30 wuhu T-3", "12-31 10:30 bengbu T-3", "12-31 10:30 huainan T-3", "12-31 10:30 tongling T-3",
		// 01-01 is off; bengbu has asked for peace until 01-06
		"01-02 09:00 wuhu T-1", "01-02 09:00 huainan T-1", "01-02 09:00 tongling T-1",
		// huainan is accepted on 01-02, tongling's faulty mail of 01-02 has its own letter, and is reminded again
		"01-03 09:00 wuhu T-0", "01-03 09:00 tongling T-0",
		"01-06 09:00 wuhu T+1", "01-06 09:00 bengbu T+1", "01-06 09:00 tongling T+1",
		"01-08 09:00 wuhu T+3", "01-08 09:00 bengbu T+3", "01-08 09:00 tongling T+3",
		// hefei was extended to 01-24: its ladder runs over the worked Sunday into the days after the festival
		"01-17 09:00 hefei T-5", "01-21 09:00 hefei T-3", "01-23 09:00 hefei T-1", "01-24 09:00 hefei T-0",
		"01-26 09:00 hefei T+1", "02-05 09:00 hefei T+3",
	}
	var reminders []string
	digests := 0
	for _, l := range p.log {
		if strings.Contains(l, "digest") {
			digests++
		} else if !strings.Contains(l, "deadline") {
			reminders = append(reminders, l)
		}
	}
	if !slices.Equal(reminders, want) {
		t.Errorf("reminders differ\n got %s\nwant %s", strings.Join(reminders, "\n     "), strings.Join(want, "\n     "))
	}
	// 12-23..27 (5), 12-31, 01-02..03 (2), 01-06..10, 13..17, 20..24 (15), 26, 27, 02-05..07 (3), 02-08
	if digests != 5+1+2+15+2+3+1 {
		t.Errorf("got %d digests\n%s", digests, strings.Join(p.log, "\n"))
	}
	if n := len(p.log) - len(reminders) - digests; n != 1 {
		t.Errorf("got %d alerts of the deadline, want 1", n)
	}
}

// simulatedUnits is how the units stand at a moment.
func simulatedUnits(at func(string) time.Time, now time.Time) []Unit {
	us := []Unit{unit("hefei", "none"), unit("wuhu", "none"), unit("bengbu", "partial"), unit("huainan", "none"), unit("tongling", "none")}
	for i := range us {
		us[i].Deadline = at("2025-01-03 23:59")
	}
	if !now.Before(at("2024-12-24 10:00")) {
		us[0].Deadline, us[0].Told = at("2025-01-24 23:59"), at("2024-12-24 10:00")
	}
	if !now.Before(at("2024-12-31 15:00")) {
		us[2].PostponedUntil = at("2025-01-06 00:00")
	}
	if !now.Before(at("2025-01-02 10:00")) {
		us[3].State, us[3].ReceivedAt = "accepted", at("2025-01-02 10:00")
	}
	if !now.Before(at("2025-01-02 15:00")) {
		us[4].State, us[4].ReceivedAt = "correct", at("2025-01-02 15:00")
	}
	return us
}

// step asks what is due and sends what has not been sent, as the outbox would.
func (p *province) step(t *testing.T, now time.Time, us []Unit) {
	for i := range us {
		if at := p.told[us[i].Unit]; at.After(us[i].Told) {
			us[i].Told = at
		}
	}
	f := facts(t, us...)
	f.Opened, f.Deadline = when(t, "2024-12-20 00:00:00"), when(t, "2025-01-03 23:59:59")
	for _, it := range Due(now, calendar.Default(nil), f) {
		if p.seen[it.Key] {
			continue
		}
		p.seen[it.Key] = true
		p.told[it.Unit] = now
		what := string(it.Kind)
		if it.Kind == ledger.Reminder {
			what = it.Unit + " " + stepName(it.Step)
		} else if it.Kind == ledger.Alert {
			what = string(it.Reason)
		}
		p.log = append(p.log, fmt.Sprintf("%s %s", now.Format("01-02 15:04"), what))
	}
}

func TestParseCron(t *testing.T) {
	t.Parallel()
	for _, spec := range []string{"", "TZ=0", "TZ=UTC 0 9 * * *", "0 9 * *", "60 9 * * *", "0 9 * * 7", "0 0 31 2 *", "@every 1h", "@reboot", "每天九点"} {
		if _, err := ParseCron(spec, time.UTC); !errors.Is(err, ErrCron) {
			t.Errorf("%q: got error %v, want ErrCron", spec, err)
		}
	}
	c := mustCron(t, " 30 8 * * * ")
	if got, want := c.Next(when(t, "2024-06-18 08:30:00")), when(t, "2024-06-19 08:30:00"); !got.Equal(want) {
		t.Errorf("got %s, want %s", got, want)
	}
	if !(Cron{}).Next(time.Now()).IsZero() {
		t.Error("the zero value comes")
	}
}

func FuzzParseCron(f *testing.F) {
	for _, s := range []string{"0 9 * * *", "TZ=0", "@daily", "*/0 * * * *", "1-0 * * * *"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, spec string) {
		if c, err := ParseCron(spec, time.UTC); err == nil && c.Next(time.Unix(0, 0)).IsZero() {
			t.Errorf("%q never comes", spec)
		}
	})
}
