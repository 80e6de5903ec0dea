package casedoc

import (
	"sync"
	"time"
)

const (
	pdfPatience   = 10        // into which part of Limits.Time a PDF may work that shows no text: 4 s
	pdfPerLetter  = 2_500_000 // into which part of it each character counts: 16 µs, three times what it costs
	pdfSlowness   = 5         // how much slower an interpreted engine is
	pdfTick       = 100 * time.Millisecond
	pdfCharacters = 1_500_000 // of one document; 500 pages as dense as a page can be set have 1,200,000
)

// meter measures work.
type meter struct {
	clock func() time.Duration // processor time of the reading thread
	tick  time.Duration        // between two looks at it
}

// work is what one PDF may cost the processor: a few seconds, and more with each character it has shown, so that a long
// text is read to its end and a file that only keeps the engine busy is not. pdfium tells nothing of what a page will cost
// before it has paid for it: an endless run of operators cannot be told from a rich drawing but by its time.
type work struct {
	meter
	end     func() // called once when the work is too much
	perRune time.Duration

	mu      sync.Mutex
	allowed time.Duration // by the clock
	over    bool
	closed  bool
	timer   *time.Timer
}

// newWork begins to watch, with each text that is shown and each tick between. close must be called.
func newWork(m meter, most time.Duration, end func()) *work {
	w := &work{meter: m, end: end, perRune: most / pdfPerLetter, allowed: m.clock() + most/pdfPatience}
	w.mu.Lock() // the first look may come before its timer is noted
	defer w.mu.Unlock()
	w.timer = time.AfterFunc(m.tick, w.look) // stopped by close, or once the work is over
	return w
}

// look ends the work when it is too much.
func (w *work) look() {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.closed || w.over:
	case w.clock() > w.allowed:
		w.over = true
		w.end()
	default:
		w.timer.Reset(w.tick)
	}
}

// shown adds what n characters of text may cost, and reports whether the work may go on.
func (w *work) shown(n int) bool {
	w.mu.Lock()
	w.allowed += time.Duration(n) * w.perRune
	w.mu.Unlock()
	w.look()
	return !w.isOver()
}

func (w *work) isOver() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.over
}

func (w *work) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
	w.timer.Stop()
}

// meter is how the work of the calling goroutine is measured until done; a test's clock is looked at only when text is
// shown.
func (l Limits) meter() (m meter, done func()) {
	if l.clock != nil {
		return meter{l.clock, time.Hour}, func() {}
	}
	clock, done := threadClock()
	return meter{clock, pdfTick}, done
}
