package notify

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"baosong/ledger"
)

var errStopped = errors.New("stopped by the test")

// TestRunnerCrashMatrix stops at each step of sending once and runs again: one letter under one Message-ID, sent once but
// where the provider had taken it already.
func TestRunnerCrashMatrix(t *testing.T) {
	t.Parallel()
	for step, arrives := range map[string]int{"send.claim": 1, "send.compose": 1, "send.composed": 1, "send.dial": 1, "send.settle": 2} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, "2024-06-18 09:00")
			id, _ := b.submit("hefei", ledger.Receipt, whole())
			crashing := true
			b.Step = func(name string) error {
				if crashing && name == step {
					return fmt.Errorf("%s: %w", name, errStopped)
				}
				return nil
			}
			if _, err := b.RunDue(context.Background()); !errors.Is(err, errStopped) {
				t.Fatalf("crash at %s: %v", step, err)
			}
			crashing = false
			b.set("2024-06-18 09:30")
			b.due()
			b.set("2024-06-18 11:30")
			b.due()
			if l := b.letter(id); l.State != ledger.Sent || len(b.smtp.mails) != arrives {
				t.Errorf("letter is %s, arrived %d times, want %d", l.State, len(b.smtp.mails), arrives)
			}
			ids := map[string]bool{}
			for _, m := range b.smtp.mails {
				h, _, _ := m.parsed(t)
				ids[h.Get("Message-Id")] = true
			}
			if len(ids) != 1 {
				t.Errorf("Message-IDs %v", ids)
			}
			if all, err := b.Ledger.Letters(context.Background(), ""); err != nil || len(all) != 1 {
				t.Errorf("%d letters, %v", len(all), err)
			}
		})
	}
}
