package mailbox

import (
	"context"
	"fmt"
	"time"

	"github.com/emersion/go-imap/v2"
)

// Idle waits until the open folder changes or the time is over, whichever is first. It is a hint only: IDLE dies silently
// behind NAT, so the caller polls all the same. ErrNoIdle when the server has none. Not more than 25 minutes are waited,
// since servers end longer ones.
func (c *Client) Idle(ctx context.Context, until time.Duration) (bool, error) {
	if !c.caps.Has(imap.CapIdle) {
		return false, &Error{Op: "idle", Err: ErrNoIdle}
	}
	until = min(until, 25*time.Minute)
	changed := false
	err := c.do(ctx, "idle", until+3*c.o.Timeout, func(*timer) error {
		idle, err := c.imap.Idle()
		if err != nil {
			if !c.Lost() {
				return fmt.Errorf("%w: %w", ErrNoIdle, err)
			}
			return err
		}
		c.wire.end() // from here on silence is no fault
		wait := time.NewTimer(until)
		defer wait.Stop()
		select {
		case <-c.news:
			changed = true
		case <-wait.C:
		case <-c.imap.Closed():
		case <-ctx.Done():
		}
		c.wire.begin(c.o.Timeout)
		closeErr := idle.Close()
		if err := idle.Wait(); err != nil {
			return err
		}
		return closeErr
	})
	return changed, err
}
