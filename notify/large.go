package notify

import (
	"context"

	"baosong/ledger"
)

// tooLarge lets a letter that the provider found too large go once more, at once, without the sender's workbook. When that saves
// little, it is the end of the letter.
func (r *Runner) tooLarge(ctx context.Context, l *ledger.Letter, cause Refusal) error {
	former, err := r.bytes(ctx, l)
	if err != nil {
		return r.cannotCompose(ctx, l, err)
	}
	subject, raw, err := r.compose(ctx, l, true)
	if err != nil {
		return r.cannotCompose(ctx, l, err)
	}
	if len(raw) > len(former)/10*9 { // so that it ends, however often it is refused
		return r.finish(ctx, l, ledger.DeadNow(cause.Error()), cause)
	}
	if err := r.keep(ctx, l, subject, raw); err != nil {
		return err
	}
	r.log().Warn("letter too large, sending a smaller one", "letter", l.ID, "bytes", len(former), "now", len(raw), "error", cause)
	return r.Ledger.Defer(ctx, l.ID, r.now())
}
