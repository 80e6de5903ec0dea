package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"baosong/ledger"
	"baosong/ledger/calendar"
	"baosong/notify/letter"
	"baosong/notify/schedule"
	"baosong/parse/call"
)

// Planner queues what nobody asked for: reminders, the digest, alerts. Set the fields, then call Run, or Plan whenever one
// likes: what is queued already is not queued again.
type Planner struct {
	Ledger    *ledger.DB
	Calls     []*call.Call
	Calendar  *calendar.Calendar
	Reminders schedule.Cron
	Digest    schedule.Cron
	DigestTo  []string
	AlertTo   []string
	Hold      bool      // reminders wait until staff have looked at them and released them
	Since     time.Time // steps of the ladder that came due before are not caught up: the ledger's first day; zero: no bound
	Now       func() time.Time
	Log       *slog.Logger
	Wake      func() // called when something was queued

	passed map[string]bool // keys of steps that were overtaken, so that they are not looked into again

	read atomic.Pointer[time.Time] // when the last poll that read everything began
}

// Run plans every minute until ctx ends; it returns nil then.
func (p *Planner) Run(ctx context.Context) error {
	for {
		now := time.Now()
		if p.Now != nil {
			now = p.Now()
		}
		if _, err := p.Plan(ctx, now); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
		if sleep(ctx, time.Minute, nil) != nil {
			return nil
		}
	}
}

// Plan queues what is due at now and returns how many letters are new.
func (p *Planner) Plan(ctx context.Context, now time.Time) (fresh int, err error) {
	for _, c := range p.Calls {
		n, err := p.plan(ctx, c, now)
		fresh += n
		if err != nil {
			return fresh, fmt.Errorf("plan letters of %s: %w", c.ID, err)
		}
	}
	if fresh > 0 && p.Wake != nil {
		p.Wake()
	}
	return fresh, nil
}

func (p *Planner) plan(ctx context.Context, c *call.Call, now time.Time) (fresh int, err error) {
	f := p.facts(c)
	province, err := p.Ledger.Province(ctx, CallFacts(c, now))
	if err != nil {
		return 0, err
	}
	for _, u := range province {
		f.Units = append(f.Units, schedule.Unit{UnitStanding: u})
	}
	items, err := p.unknown(ctx, schedule.Due(now, p.Calendar, f))
	if err != nil || len(items) == 0 {
		return 0, err
	}
	if err := p.told(ctx, c, now, f.Units); err != nil {
		return 0, err
	}
	due := map[string]bool{}
	for _, it := range schedule.Due(now, p.Calendar, f) {
		due[it.Key] = true
	}
	for _, it := range items {
		if !due[it.Key] { // overtaken by a letter since, or until staff have seen to a mail that failed
			if !slices.ContainsFunc(f.Units, func(u schedule.Unit) bool { return u.Unit == it.Unit && u.Failed }) {
				p.pass(it.Key)
			}
			continue
		}
		ok, err := p.enqueue(ctx, c, it, province, now)
		if err != nil {
			return fresh, err
		}
		if ok {
			fresh++
		}
	}
	return fresh, nil
}

// unknown leaves out what is queued already, which is nearly always everything.
func (p *Planner) unknown(ctx context.Context, items []schedule.Item) ([]schedule.Item, error) {
	var out []schedule.Item
	for _, it := range items {
		if p.passed[it.Key] {
			continue
		}
		_, err := p.Ledger.LetterByKey(ctx, it.Key)
		if errors.Is(err, ledger.ErrNotFound) {
			out = append(out, it)
		} else if err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (p *Planner) pass(key string) {
	if p.passed == nil {
		p.passed = map[string]bool{}
	}
	p.passed[key] = true
}

func (p *Planner) enqueue(ctx context.Context, c *call.Call, it schedule.Item, province []ledger.UnitStanding, now time.Time) (bool, error) {
	switch it.Kind {
	case ledger.Digest:
		return p.queue(ctx, ledger.NewLetter{Key: it.Key, Kind: it.Kind, Call: c.ID, Topic: it.Topic, To: p.DigestTo})
	case ledger.Alert:
		text, commands := p.words(c, it, province, now)
		facts, err := json.Marshal(letter.Said{Text: text, Commands: commands})
		if err != nil {
			return false, err
		}
		return p.queue(ctx, ledger.NewLetter{Key: it.Key, Kind: it.Kind, Call: c.ID, Topic: it.Topic, To: p.AlertTo, Facts: string(facts)})
	}
	u, ok := c.Unit(it.Unit)
	if !ok {
		return false, nil
	}
	n := ledger.NewLetter{Key: it.Key, Kind: it.Kind, Call: c.ID, Unit: it.Unit, Topic: it.Topic, To: u.Mailboxes(), CC: u.CC}
	if len(n.To) == 0 {
		p.pass(it.Key) // the digest names it under 未通知到
		return false, nil
	}
	if p.Hold {
		n.State = ledger.HeldLetter
		if err := p.overtake(ctx, n); err != nil {
			return false, err
		}
	}
	return p.queue(ctx, n)
}

// overtake gives up a unit's older reminders that nobody has released: of several only the newest is of use.
func (p *Planner) overtake(ctx context.Context, n ledger.NewLetter) error {
	held, err := p.Ledger.Letters(ctx, ledger.HeldLetter)
	if err != nil {
		return err
	}
	for _, l := range held {
		if l.Kind != ledger.Reminder || l.Call != n.Call || l.Unit != n.Unit || l.Key == n.Key {
			continue
		}
		err := p.Ledger.CancelLetter(ctx, l.ID, ledger.Self, "overtaken by a newer reminder")
		if err != nil && !errors.Is(err, ledger.ErrConflict) {
			return err
		}
	}
	return nil
}

func (p *Planner) queue(ctx context.Context, n ledger.NewLetter) (bool, error) {
	if len(n.To) == 0 {
		p.pass(n.Key)
		p.log().Warn("nobody is configured to receive this letter", "kind", n.Kind, "topic", n.Topic)
		return false, nil
	}
	_, fresh, err := p.Ledger.Enqueue(ctx, n)
	if fresh {
		p.log().Info("letter queued", "kind", n.Kind, "topic", n.Topic, "unit", n.Unit, "key", n.Key)
	}
	return fresh, err
}

// words says what an alert of the calendar says.
func (p *Planner) words(c *call.Call, it schedule.Item, province []ledger.UnitStanding, now time.Time) (string, []string) {
	if it.Reason == schedule.CalendarUnknown {
		year := strings.TrimPrefix(it.Key, "calendar:")
		return "节假日表中没有 " + year + " 年的放假安排。\n补充之前，工作日按周一至周五推算，催报日期可能不准。请按国务院办公厅的通知写成文件，填在配置的 [schedule] holidays 中，写法见 baosong config describe。", nil
	}
	names := map[string][]string{}
	for _, s := range province {
		name := s.Unit
		if u, ok := c.Unit(s.Unit); ok {
			name = strings.TrimSuffix(shortName(u), "市")
		}
		names[s.State] = append(names[s.State], name)
	}
	lines := []string{
		fmt.Sprintf("%d 个单位中已有 %d 个报齐。", len(province), len(names[ledger.StateAccepted])+len(names[ledger.StateNil])), // the subject
		fmt.Sprintf("《%s》已于 %s 截止，各单位的情况如下。", c.Title, c.Deadline.In(p.Calendar.Location()).Format("1月2日 15:04")),
	}
	for _, s := range []struct{ state, word string }{
		{ledger.StateNone, "未报"}, {ledger.StatePartial, "未报齐"}, {ledger.StateCorrect, "待补正"}, {ledger.StateNil, "零报告"}, {ledger.StateAccepted, "已报齐"},
	} {
		if n := len(names[s.state]); n > 0 {
			lines = append(lines, fmt.Sprintf("%s %d 个：%s。", s.word, n, strings.Join(names[s.state], "、")))
		}
	}
	if len(names[ledger.StateNone])+len(names[ledger.StatePartial])+len(names[ledger.StateCorrect]) > 0 {
		lines = append(lines, "未报齐的单位仍会按设定的日期催报。此后收到的材料照常登记，并注明逾期。")
	}
	return strings.Join(lines, "\n"), []string{"baosong status", "baosong export --out 目录"}
}

// Alert queues an alert to staff, once per key.
func (p *Planner) Alert(ctx context.Context, key, text string, commands ...string) error {
	return p.tell(ctx, "alert", key, text, commands...)
}

// AllClear tells staff that what an alert was about is over, once per key.
func (p *Planner) AllClear(ctx context.Context, key, text string) error {
	return p.tell(ctx, topicRecovered, key, text)
}

func (p *Planner) tell(ctx context.Context, topic, key, text string, commands ...string) error {
	if err := queueAlert(ctx, p.Ledger, p.AlertTo, topic, key, text, commands...); err != nil {
		return err
	}
	if p.Wake != nil {
		p.Wake()
	}
	return nil
}

func (p *Planner) log() *slog.Logger {
	if p.Log != nil {
		return p.Log
	}
	return slog.Default()
}

// queueAlert queues an alert; without anybody to send it to, the log must do.
func queueAlert(ctx context.Context, db *ledger.DB, to []string, topic, key, text string, commands ...string) error {
	if len(to) == 0 {
		slog.Error("alert that nobody is configured to receive", "key", key, "text", text)
		return nil
	}
	facts, err := json.Marshal(letter.Said{Text: text, Commands: commands})
	if err != nil {
		return err
	}
	_, _, err = db.Enqueue(ctx, ledger.NewLetter{Key: "alert:" + key, Kind: ledger.Alert, Topic: topic, To: to, Facts: string(facts)})
	return err
}
