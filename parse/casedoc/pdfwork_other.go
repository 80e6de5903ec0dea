//go:build !linux

package casedoc

import "time"

// threadClock returns the clock on the wall, where the processor time of a thread cannot be told.
func threadClock() (clock func() time.Duration, done func()) {
	began := time.Now()
	return func() time.Duration { return time.Since(began) }, func() {}
}
