package notify

import (
	"context"
	"fmt"
	"net/mail"
	"strings"
	"time"

	"baosong/ledger"
	"baosong/notify/letter"
)

// Moments that must outlive the process.
const (
	momentRefused  = "smtp.refused" // since when the provider refuses our account; zero: it does not
	topicFault     = "fault"        // alerts about sending itself: no ceiling stops them
	topicSecrecy   = "secrecy"      // alerts of a suspected secrecy mark: neither
	topicRecovered = "recovered"    // a fault is over: neither
)

// refrain holds a letter back that a ceiling or a dead address speaks against, unless staff have let it go.
func (r *Runner) refrain(ctx context.Context, l *ledger.Letter) (stop bool, err error) {
	if l.Kind == ledger.Alert && (l.Topic == topicFault || l.Topic == topicSecrecy || l.Topic == topicRecovered) {
		return false, nil
	}
	if l.Kind == ledger.Confirmation && l.Topic == letter.TopicDone {
		return false, nil // each answers a link that worked once
	}
	decided, err := r.Ledger.Events(ctx, ledger.EventFilter{Letter: l.ID, What: "decision.letter", Limit: 1})
	if err != nil || len(decided) > 0 {
		return false, err
	}
	for _, check := range []func(context.Context, *ledger.Letter) (why, key, text string, err error){r.overHour, r.overDay, r.deadEnd} {
		why, key, text, err := check(ctx, l)
		if err != nil {
			return false, err
		}
		if why == "" {
			continue
		}
		if text != "" {
			if err := r.alert(ctx, l, key, text, "baosong letters --state held"); err != nil {
				return false, err
			}
		}
		r.log().Warn("letter held", "letter", l.ID, "kind", l.Kind, "unit", l.Unit, "why", why)
		return true, r.finish(ctx, l, ledger.Hold(why), nil)
	}
	return false, nil
}

// overHour is the global ceiling.
func (r *Runner) overHour(ctx context.Context, _ *ledger.Letter) (why, key, text string, err error) {
	if r.PerHour <= 0 {
		return "", "", "", nil
	}
	now := r.now()
	n, err := r.Ledger.SentSince(ctx, now.Add(-time.Hour))
	if err != nil || n < r.PerHour {
		return "", "", "", err
	}
	return "一小时内的去信已达上限", "ceiling:hour:" + now.Format("2006010215"),
		fmt.Sprintf("一小时内已发出 %d 封信，达到上限，其余的信暂缓发出。\n请先看一看暂缓的信，确认无误后放行。", n), nil
}

// overDay is the ceiling of one address.
func (r *Runner) overDay(ctx context.Context, l *ledger.Letter) (why, key, text string, err error) {
	if r.PerAddressPerDay <= 0 {
		return "", "", "", nil
	}
	now := r.now()
	for _, a := range append(l.To[:len(l.To):len(l.To)], l.CC...) {
		n, err := r.Ledger.SentTo(ctx, bare(a), r.Calendar.Day(now))
		if err != nil {
			return "", "", "", err
		}
		if n >= r.PerAddressPerDay {
			return "当天发往同一地址的信已达上限", fmt.Sprintf("ceiling:%s:%s", now.Format(time.DateOnly), bare(a)),
				fmt.Sprintf("今天发往 %s 的信已有 %d 封，达到上限，其余的信暂缓发出。\n如果不是对方反复来信，请检查是否与对方的自动回复互相应答。", bare(a), n), nil
		}
	}
	return "", "", "", nil
}

// deadEnd keeps letters that nobody asked for from an address that our last letter did not reach.
func (r *Runner) deadEnd(ctx context.Context, l *ledger.Letter) (why, key, text string, err error) {
	if l.Kind != ledger.Reminder {
		return "", "", "", nil
	}
	dead, err := r.Ledger.DeadAddresses(ctx)
	if err != nil {
		return "", "", "", err
	}
	gone := map[string]bool{}
	for _, d := range dead {
		if d.Final { // a provider's outage of days is no reason to fall silent
			gone[strings.ToLower(d.Address)] = true
		}
	}
	for _, a := range l.To {
		if !gone[strings.ToLower(bare(a))] {
			return "", "", "", nil
		}
	}
	return "此前的信没有送达该地址", "", "", nil // the digest names it under 未通知到
}

// refused lets everything wait when the provider does not take our account: one alert, however long it lasts. When others
// have passed since the same letter was refused, it is the letter's own fault, and it has its retries like any other.
func (r *Runner) refused(ctx context.Context, l *ledger.Letter, cause Refusal) error {
	now := r.now()
	if r.accused == l.ID && r.alone {
		return r.finish(ctx, l, ledger.Again(cause.Error()), cause)
	}
	r.accused, r.alone = l.ID, false
	r.breaker.trip(now)
	r.log().Error("smarthost refuses our account, all letters wait", "letter", l.ID, "until", r.breaker.until, "error", cause)
	since, err := r.Ledger.Moment(ctx, momentRefused)
	if err != nil {
		return err
	}
	if since.IsZero() {
		if err := r.Ledger.SetMoment(ctx, momentRefused, now); err != nil {
			return err
		}
		if err := r.fault(ctx, fmt.Sprintf("refused:%d", now.Unix()),
			"发信服务器不接受我们的账号，所有去信都在等待。\n原因："+cause.Error()+"\n请核对账号和授权码：改过邮箱密码后，原授权码即失效，须重新生成。恢复后会自动补发。"); err != nil {
			return err
		}
	}
	return r.Ledger.Defer(ctx, l.ID, r.breaker.until) // behind those that have not been tried
}

// slowed lets everything wait when the provider's own ceiling is reached, and tells staff once a day.
func (r *Runner) slowed(ctx context.Context, l *ledger.Letter, cause Refusal) error {
	now := r.now()
	r.breaker.trip(now)
	if err := r.fault(ctx, "slow:"+now.Format(time.DateOnly),
		"发信服务器限制了发信频率，去信正在放慢发出。\n原因："+cause.Error()+"\n如经常出现，请把发信间隔（pace）调大，或降低每小时上限。"); err != nil {
		return err
	}
	return r.finish(ctx, l, ledger.Again(cause.Error()), cause)
}

// allClear follows a letter that passed: the breaker closes, and staff hear that the fault is over.
func (r *Runner) allClear(ctx context.Context, l *ledger.Letter) error {
	r.breaker.close()
	if r.alone = l.ID != r.accused; !r.alone {
		r.accused = 0
	}
	since, err := r.Ledger.Moment(ctx, momentRefused)
	if err != nil || since.IsZero() {
		return err
	}
	if err := r.Ledger.SetMoment(ctx, momentRefused, time.Time{}); err != nil {
		return err
	}
	return queueAlert(ctx, r.Ledger, r.AlertTo, topicRecovered, fmt.Sprintf("accepted:%d", since.Unix()),
		"发信已恢复。\n自 "+since.In(r.Calendar.Location()).Format("1月2日 15:04")+" 起等待的信正在补发，不需要再做什么。")
}

// alert tells staff about a letter; an alert about an alert would never end, so that is only logged.
func (r *Runner) alert(ctx context.Context, l *ledger.Letter, key, text string, commands ...string) error {
	if l.Kind == ledger.Alert {
		r.log().Error("alert to staff in trouble", "letter", l.ID, "key", key)
		return nil
	}
	return r.fault(ctx, key, text, commands...)
}

func (r *Runner) fault(ctx context.Context, key, text string, commands ...string) error {
	return queueAlert(ctx, r.Ledger, r.AlertTo, topicFault, key, text, commands...)
}

// bare is the address alone.
func bare(s string) string {
	if a, err := mail.ParseAddress(s); err == nil {
		return a.Address
	}
	return s
}
