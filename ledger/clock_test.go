package ledger

import (
	"testing"
	"time"
)

// A letter that is to go at once goes at once, also when the clock was set back since it was queued; one that is planned for later
// waits, and so does one that was tried.
func TestClaimUnderAClockSetBack(t *testing.T) {
	t.Parallel()
	b := mustOpen(t)
	b.queue("at once", Receipt, b.now)
	b.queue("later", Reminder, b.now.Add(time.Hour))
	back := b.now.Add(-48 * time.Hour)
	if l, err := b.Claim(b.ctx(), back, []time.Duration{time.Minute}); err != nil || l == nil || l.Key != "at once" {
		t.Fatalf("claimed %+v, %v", l, err)
	}
	for _, now := range []time.Time{back, back.Add(time.Second)} {
		if l, err := b.Claim(b.ctx(), now, []time.Duration{time.Minute}); err != nil || l != nil {
			t.Errorf("claimed %+v, %v", l, err)
		}
	}
	if l, err := b.Claim(b.ctx(), back.Add(time.Hour), []time.Duration{time.Minute}); err != nil || l == nil || l.Attempts != 2 {
		t.Errorf("the second attempt: %+v, %v", l, err)
	}
}

// A letter that was tried or put off under a clock far ahead does not wait for that day; one planned for a late day does.
func TestClaimAfterAClockFarAhead(t *testing.T) {
	t.Parallel()
	b := mustOpen(t)
	right := b.now
	b.queue("planned", Reminder, right.Add(400*24*time.Hour))
	b.now = right.AddDate(14, 0, 0)
	b.queue("tried", Receipt, b.now)
	b.queue("put off", Receipt, b.now)
	retry := []time.Duration{time.Minute, 24 * time.Hour}
	for _, key := range []string{"tried", "put off"} {
		l, err := b.Claim(b.ctx(), b.now, retry)
		if err != nil || l == nil || l.Key != key {
			t.Fatalf("claimed %+v, %v", l, err)
		}
		if key == "put off" {
			b.must(b.Defer(b.ctx(), l.ID, b.now.Add(time.Hour)))
		}
	}
	b.now = right
	for _, key := range []string{"tried", "put off"} {
		if l, err := b.Claim(b.ctx(), b.now, retry); err != nil || l == nil || l.Key != key {
			t.Fatalf("claimed %+v, %v, want %s", l, err, key)
		}
	}
	if l, err := b.Claim(b.ctx(), b.now, retry); err != nil || l != nil {
		t.Errorf("claimed %+v, %v", l, err)
	}
}
