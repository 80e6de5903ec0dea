package notify

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"time"

	"baosong/ledger"
)

// longest is how long Run sleeps at most before it looks at the outbox again: staff queue letters from other processes.
const longest = time.Minute

// Run sends what is due until ctx ends; it returns nil then. A ledger that cannot be read or written is an error.
func (r *Runner) Run(ctx context.Context) error {
	for {
		if _, err := r.RunDue(ctx); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
		wait := longest
		if next, err := r.Ledger.NextDue(ctx, r.waiting()...); err == nil && !next.IsZero() {
			wait = min(wait, max(next.Sub(r.now()), time.Millisecond))
		}
		if now := r.now(); r.breaker.open(now) {
			wait = r.breaker.until.Sub(now)
		}
		if sleep(ctx, wait, r.Wake) != nil {
			return nil
		}
	}
}

// RunDue sends all that is due now and returns how many letters were sent. Letters that must wait are no error.
func (r *Runner) RunDue(ctx context.Context) (sent int, err error) {
	for !r.breaker.open(r.now()) {
		if err := ctx.Err(); err != nil {
			return sent, err
		}
		if err := r.step("send.claim"); err != nil {
			return sent, err
		}
		l, err := r.Ledger.Claim(ctx, r.now(), r.Retry, r.waiting()...)
		if err != nil || l == nil {
			return sent, err
		}
		inHand, done := finishing(ctx)
		ok, err := r.deliver(inHand, ctx, l)
		done()
		if err != nil {
			return sent, fmt.Errorf("letter %d: %w", l.ID, err)
		}
		if ok {
			sent++
		}
	}
	return sent, nil
}

// deliver brings one claimed letter to its end for now. ctx outlives until, which ends when the daemon stops.
func (r *Runner) deliver(ctx, until context.Context, l *ledger.Letter) (sent bool, err error) {
	if stop, err := r.reconsider(ctx, l); stop || err != nil {
		return false, err
	}
	if stop, err := r.refrain(ctx, l); stop || err != nil {
		return false, err
	}
	if err := r.step("send.compose"); err != nil {
		return false, err
	}
	raw, err := r.bytes(ctx, l)
	if err != nil {
		return false, r.cannotCompose(ctx, l, err)
	}
	if err := r.step("send.composed"); err != nil {
		return false, err
	}
	if pause := r.Pace - r.now().Sub(r.lastSent); !r.lastSent.IsZero() && pause > 0 && pause <= r.Pace {
		if err := sleep(until, pause, nil); err != nil {
			return false, r.Ledger.Defer(ctx, l.ID, r.now()) // the daemon stops: nothing was dialled
		}
	}
	from, to, err := envelope(r.From, l)
	if err != nil {
		return false, r.finish(ctx, l, ledger.DeadNow(err.Error()), err)
	}
	if err := r.step("send.dial"); err != nil {
		return false, err
	}
	err = r.Transport.Send(ctx, from, to, raw)
	r.lastSent = r.now()
	if err := r.step("send.settle"); err != nil {
		return false, err
	}
	return r.settle(ctx, l, to, err)
}

// settle records what became of an attempt.
func (r *Runner) settle(ctx context.Context, l *ledger.Letter, to []string, err error) (sent bool, _ error) {
	var refusal Refusal
	switch {
	case err == nil:
		r.log().Info("letter sent", "letter", l.ID, "kind", l.Kind, "unit", l.Unit, "attempt", l.Attempts)
		if err := r.allClear(ctx, l); err != nil {
			return false, err
		}
		return true, r.finish(ctx, l, ledger.Delivered(), nil)
	case !errors.As(err, &refusal):
		r.breaker.miss(r.now())
		return false, r.finish(ctx, l, ledger.Again(err.Error()), err)
	case len(refusal.Reached()) > 0:
		return true, r.partly(ctx, l, to, refusal)
	case refusal.Ours():
		return false, r.refused(ctx, l, refusal)
	case refusal.Slow():
		return false, r.slowed(ctx, l, refusal)
	case refusal.TooLarge():
		return false, r.tooLarge(ctx, l, refusal)
	case refusal.Final():
		return false, r.finish(ctx, l, ledger.DeadNow(err.Error()), err)
	}
	r.breaker.miss(r.now())
	return false, r.finish(ctx, l, ledger.Again(err.Error()), err)
}

// finish settles a letter and tells staff when that was its end.
func (r *Runner) finish(ctx context.Context, l *ledger.Letter, result ledger.SendResult, cause error) error {
	state, err := r.Ledger.Settle(ctx, l.ID, result)
	if errors.Is(err, ledger.ErrConflict) { // staff decided about it meanwhile
		r.log().Warn("letter was decided meanwhile", "letter", l.ID)
		return nil
	}
	if err != nil {
		return err
	}
	if cause != nil {
		r.log().Warn("letter not sent", "letter", l.ID, "kind", l.Kind, "state", state, "attempt", l.Attempts, "error", cause)
	}
	if state != ledger.Dead {
		return nil
	}
	return r.alert(ctx, l, fmt.Sprintf("dead:%d", l.ID),
		fmt.Sprintf("第 %d 号去信没有送达，已停止重发。\n收件人：%s\n主题：%s\n原因：%s\n请用电话通知对方，并核对名册中的地址。", l.ID, strings.Join(l.To, "、"), subjectOf(l), cause),
		fmt.Sprintf("baosong letters show %d", l.ID))
}

// restPrefix begins the key of a letter to those whom an earlier one, whose number follows, has not reached.
const restPrefix = "rest:"

// partly settles a letter that only some of its recipients got: for the others it is queued anew when that can help.
func (r *Runner) partly(ctx context.Context, l *ledger.Letter, to []string, refusal Refusal) error {
	var rest []string
	for _, a := range to {
		if !slices.ContainsFunc(refusal.Reached(), func(b string) bool { return strings.EqualFold(a, b) }) {
			rest = append(rest, a)
		}
	}
	if !refusal.Final() && !strings.HasPrefix(l.Key, restPrefix) {
		again := l.NewLetter
		again.Key, again.To, again.CC, again.State = restPrefix+strconv.FormatInt(l.ID, 10), rest, nil, ledger.Due
		again.Due = l.NextAttempt
		if _, _, err := r.Ledger.Enqueue(ctx, again); err != nil {
			return err
		}
	} else if err := r.Ledger.Unreached(ctx, l.ID, rest, refusal.Error()); err != nil {
		return err
	} else if err := r.alert(ctx, l, fmt.Sprintf("partly:%d", l.ID),
		fmt.Sprintf("第 %d 号去信只送达了一部分收件人。\n没有送达：%s\n原因：%s\n请核对名册中的地址。", l.ID, strings.Join(rest, "、"), refusal.Error()),
		fmt.Sprintf("baosong letters show %d", l.ID)); err != nil {
		return err
	}
	return r.finish(ctx, l, ledger.Delivered(), nil)
}

// cannotCompose waits and tells staff once: a template may be broken, a disk full. A letter that has become needless ends.
func (r *Runner) cannotCompose(ctx context.Context, l *ledger.Letter, cause error) error {
	if errors.Is(cause, errNeedless) {
		r.log().Info("letter is not needed any more", "letter", l.ID, "unit", l.Unit)
		return r.Ledger.CancelLetter(ctx, l.ID, ledger.Self, "nothing is owed any more")
	}
	if err := r.alert(ctx, l, fmt.Sprintf("compose:%d", l.ID),
		fmt.Sprintf("第 %d 号去信（%s）无法生成，稍后再试。\n原因：%s", l.ID, l.Kind, cause),
		"baosong doctor"); err != nil {
		return err
	}
	return r.finish(ctx, l, ledger.Again("compose: "+cause.Error()), cause)
}

// envelope returns the bare addresses that SMTP wants.
func envelope(sender string, l *ledger.Letter) (from string, to []string, err error) {
	list := append([]string{sender}, append(slices.Clone(l.To), l.CC...)...)
	for _, s := range list {
		a, err := mail.ParseAddress(s)
		if err != nil {
			return "", nil, fmt.Errorf("address %q: %w", s, err)
		}
		if from == "" {
			from = a.Address
		} else if !slices.Contains(to, a.Address) {
			to = append(to, a.Address)
		}
	}
	return from, to, nil
}

func subjectOf(l *ledger.Letter) string {
	if l.SubjectLine != "" {
		return l.SubjectLine
	}
	return l.Subject
}
