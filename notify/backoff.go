package notify

import (
	"context"
	"time"
)

// graceful is how long a letter in hand may still take after the daemon was told to stop.
const graceful = 20 * time.Second

// breaker stops all sending for a while when the provider refuses us, not a letter. Its waits grow from a minute to an
// hour; one letter that passes closes it.
type breaker struct {
	until    time.Time
	failures int
	misses   int // letters in a row that did not pass for the moment
}

// trip opens the breaker for 1, 2, 4 ... 60 minutes.
func (b *breaker) trip(now time.Time) {
	wait := time.Minute << min(b.failures, 6)
	b.failures++
	b.until = now.Add(min(wait, time.Hour))
}

// miss counts a letter that did not pass for the moment; three in a row are the provider's fault, not the letters'.
func (b *breaker) miss(now time.Time) {
	if b.misses++; b.misses >= 3 {
		b.misses = 0
		b.trip(now)
	}
}

// open tells whether nothing may be sent now.
func (b *breaker) open(now time.Time) bool { return now.Before(b.until) }

// close lets letters pass again.
func (b *breaker) close() { *b = breaker{} }

// sleep waits, unless ctx ends or wake comes first.
func sleep(ctx context.Context, d time.Duration, wake <-chan struct{}) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-wake:
	case <-t.C:
	}
	return nil
}

// finishing returns a context that outlives ctx by at most the grace, for the letter in hand.
func finishing(ctx context.Context) (context.Context, context.CancelFunc) {
	out, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		late := time.AfterFunc(graceful, cancel)
		context.AfterFunc(out, func() { late.Stop() })
	})
	return out, func() { stop(); cancel() }
}
