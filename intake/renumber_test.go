package intake

import (
	"errors"
	"testing"
	"time"

	"baosong/ledger"
)

// TestRenumberedInsideAPoll: the server numbers the folder anew while a poll is at work, and where a known mail lay there lies
// one that nobody has read. It must not be taken for the other: each mail is recorded and answered once.
func TestRenumberedInsideAPoll(t *testing.T) {
	t.Parallel()
	for _, step := range []string{"receive.done", "process.done"} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			x, y := b.mail("hefei", "零报告", b.now), b.mail("wuhu", "零报告", b.now.Add(time.Minute))
			b.deliver("INBOX", x)
			done := false
			b.poller.Pipeline.Step = func(name string) error {
				if name != step || done {
					return nil
				}
				done = true
				err := errors.Join(b.imap.Remove("INBOX", 1), b.imap.Recreate("INBOX"))
				b.deliver("INBOX", y)
				b.deliver("INBOX", x)
				return err
			}
			for range 3 {
				if err := b.poll(); err != nil {
					t.Log(err)
				}
			}
			byUnit := map[string]int{}
			for _, m := range b.messages() {
				if m.State == ledger.Filed {
					byUnit[m.Unit]++
				}
			}
			if byUnit["hefei"] != 1 || byUnit["wuhu"] != 1 || len(b.letters()) != 2 {
				t.Errorf("filed %v, %d letters, want one of each", byUnit, len(b.letters()))
			}
			b.balanced(2)
		})
	}
}
