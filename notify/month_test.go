package notify

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"baosong/ledger"
	"baosong/parse/call"
)

// TestMonthOverTheNewYear runs planner, runner and ledger every half hour of the day from 2025-01-22 to 02-20 around a deadline on
// Friday 02-07, 17:00. 01-28 to 02-04 are days off, 01-26 (a Sunday) and 02-08 (a Saturday) are worked. The daemon is down
// from the evening of 01-26 to noon of 02-05. Every letter that goes is in the table, once.
func TestMonthOverTheNewYear(t *testing.T) {
	t.Parallel()
	b := newBench(t, "2025-01-22 07:00")
	b.call = newYearCall(t)
	p := newPlanner(t, b)
	things := map[string]func(){
		"2025-01-23 10:00": func() { b.postpone("bengbu", "2025-02-07 00:00") },
		"2025-01-24 15:00": func() { b.extend("wuhu", "2025-02-14 17:00") },
		"2025-01-26 17:00": func() { b.submit("huainan", ledger.Correction, faulty()) },
		"2025-02-06 10:00": func() { b.submit("huainan", ledger.Receipt, whole()) },
	}
	down, up, end := when(t, "2025-01-26 18:00"), when(t, "2025-02-05 12:00"), when(t, "2025-02-20 00:00")
	for now := b.start; now.Before(end); now = now.Add(30 * time.Minute) {
		if now.Hour() < 8 || now.Hour() > 17 {
			continue // nothing is due at night
		}
		b.start = now
		if do := things[now.Format("2006-01-02 15:04")]; do != nil {
			do()
		}
		if now.Before(down) || !now.Before(up) {
			p.MailboxRead(now)
			if _, err := p.Plan(context.Background(), now); err != nil {
				t.Fatal(err)
			}
			b.due()
		}
	}
	want := `hefei     01-24 09:00 T-5, 02-05 12:00 T-3, 02-06 09:00 T-1, 02-07 09:00 T-0, 02-08 09:00 T+1, 02-11 09:00 T+3
wuhu      01-24 09:00 T-5, 01-24 15:00 confirmation, 02-08 09:00 T-5, 02-11 09:00 T-3, 02-13 09:00 T-1, 02-14 09:00 T-0, 02-17 09:00 T+1, 02-19 09:00 T+3
bengbu    02-07 09:00 T-0, 02-08 09:00 T+1, 02-11 09:00 T+3
huainan   01-24 09:00 T-5, 01-26 17:00 correction, 02-05 12:00 T-3, 02-06 09:00 T-1, 02-06 10:00 receipt
digest    01-22 08:30, 01-23 08:30, 01-24 08:30, 01-26 08:30, 02-05 12:00, 02-06 08:30, 02-07 08:30, 02-08 08:30, 02-10 08:30, 02-11 08:30, 02-12 08:30, 02-13 08:30, 02-14 08:30, 02-17 08:30, 02-18 08:30, 02-19 08:30
alert     02-07 17:30 deadline-passed
`
	if got := b.sentTable(); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if n := b.due(); n != 0 {
		t.Errorf("%d more letters go", n)
	}
}

// newYearCall is the shipped call with four cities and a deadline behind the spring festival.
func newYearCall(t *testing.T) *call.Call {
	c := call.Default()
	c.Opened, c.Deadline = when(t, "2025-01-20 00:00"), when(t, "2025-02-07 17:00")
	c.Remind, c.RemindAfter = []int{5, 3, 1, 0}, []int{1, 3}
	c.Units = slices.DeleteFunc(c.Units, func(u call.Unit) bool {
		return !slices.Contains([]string{"hefei", "wuhu", "bengbu", "huainan"}, u.ID)
	})
	return c
}

func (b *bench) postpone(unit, until string) {
	b.t.Helper()
	if err := b.Ledger.Postpone(context.Background(), b.call.ID, unit, when(b.t, until), "zhang", "已电话确认"); err != nil {
		b.t.Fatal(err)
	}
}

// sentTable tells what went when: a line for each city, one for the digest, one for alerts.
func (b *bench) sentTable() string {
	b.t.Helper()
	all, err := b.Ledger.Letters(context.Background(), "")
	if err != nil {
		b.t.Fatal(err)
	}
	slices.SortStableFunc(all, func(x, y ledger.Letter) int { return x.SentAt.Compare(y.SentAt) })
	lines := map[string][]string{}
	for _, l := range all {
		if l.State != ledger.Sent {
			b.t.Errorf("letter %s is %s", l.Key, l.State)
			continue
		}
		at := l.SentAt.In(b.Calendar.Location()).Format("01-02 15:04")
		switch l.Kind {
		case ledger.Digest:
			lines["digest"] = append(lines["digest"], at)
		case ledger.Alert:
			lines["alert"] = append(lines["alert"], at+" "+l.Topic)
		case ledger.Reminder:
			lines[l.Unit] = append(lines[l.Unit], at+" "+l.Key[strings.LastIndexByte(l.Key, ':')+1:])
		default:
			lines[l.Unit] = append(lines[l.Unit], at+" "+string(l.Kind))
		}
	}
	var out strings.Builder
	for _, name := range []string{"hefei", "wuhu", "bengbu", "huainan", "digest", "alert"} {
		fmt.Fprintf(&out, "%-10s%s\n", name, strings.Join(lines[name], ", "))
	}
	return out.String()
}
