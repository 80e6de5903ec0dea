package cage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// Pool keeps readers. Set the fields, then call Do from any number of goroutines; the zero Pool but for Command and Dir
// works. Close it at the end.
type Pool struct {
	Command []string // how to start a reader, the program first
	Dir     string   // folder of all jobs' scratch, absolute; the readers are started in it and see nothing else
	Size    int      // readers at once; 1 if zero
	Limits  Limits
	Log     *slog.Logger // restarts and what the kernel lacks; nil: none

	once   sync.Once
	slots  chan struct{}
	mu     sync.Mutex
	idle   []*child
	all    map[*child]bool
	closed bool
	noNet  bool // a network namespace was refused: not asked for again
}

const (
	jobsPerChild = 500
	watchEvery   = 100 * time.Millisecond
)

func (p *Pool) init() {
	p.once.Do(func() {
		p.slots = make(chan struct{}, max(p.Size, 1))
		p.all = map[*child]bool{}
		if p.Log == nil {
			p.Log = slog.New(slog.DiscardHandler)
		}
	})
}

// Do runs one job in a reader and returns its answer. dir is the job's scratch folder; it must exist below p.Dir, and wiping
// it is left to the caller. The error is a *Died when the reader was lost, the reader's own error when it reported one, or
// the context's, which ends the reader too.
func (p *Pool) Do(ctx context.Context, dir string, request []byte) ([]byte, error) {
	p.init()
	if !filepath.IsAbs(p.Dir) || !filepath.IsAbs(dir) {
		return nil, fmt.Errorf("cage: %s and %s must be absolute", p.Dir, dir)
	}
	if rel, err := filepath.Rel(p.Dir, dir); err != nil || rel == ".." || strings.HasPrefix(rel, "../") {
		return nil, fmt.Errorf("cage: scratch folder %s is not below %s", dir, p.Dir)
	}
	select {
	case p.slots <- struct{}{}:
		defer func() { <-p.slots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	for {
		c, fresh, err := p.take()
		if err != nil {
			return nil, err
		}
		reply, err := p.run(ctx, c, dir, request)
		if died := (*Died)(nil); errors.As(err, &died) && !fresh && !c.began {
			p.drop(c)
			continue // it had died in its sleep; the file is not to blame
		}
		if err != nil && !errors.Is(err, ErrReported) {
			p.drop(c)
			p.Log.Warn("reader lost", "err", err, "jobs", c.jobs)
			return nil, err
		}
		p.put(c)
		return reply, err
	}
}

// ErrReported marks an error that the reader itself has told: the reader is well.
var ErrReported = errors.New("reader")

// run gives the job to the child and watches it until the answer is there.
func (p *Pool) run(ctx context.Context, c *child, dir string, request []byte) ([]byte, error) {
	lim := p.Limits.withDefaults()
	c.begin(lim)
	sent := make(chan error, 1)
	go func() { // started by run, stopped when the request is written or the child is gone
		err := writeFrame(c.in, frameDir, []byte(dir))
		if err == nil {
			err = writeFrame(c.in, frameRequest, request)
		}
		sent <- err
	}()
	clock := time.NewTimer(lim.Time)
	defer clock.Stop()
	watch := time.NewTicker(watchEvery)
	defer watch.Stop()
	for {
		select {
		case f := <-c.frames:
			reply, done, err := c.frame(f)
			if done || err != nil {
				return reply, err
			}
		case <-c.done:
			return c.lastWords(sent)
		case <-clock.C:
			return nil, c.end(WhyTime)
		case <-watch.C:
			if c.overweight(lim) {
				return nil, c.end(WhyMemory)
			}
		case <-ctx.Done():
			c.kill()
			return nil, ctx.Err()
		}
	}
}

// lastWords takes what the child wrote before it ended: perhaps the answer, or the name of the file that ended it.
func (c *child) lastWords(sent <-chan error) ([]byte, error) {
	for f := range c.frames {
		if f.err != nil {
			break
		}
		if reply, done, err := c.frame(f); done || err != nil {
			return reply, err
		}
	}
	<-sent
	return nil, c.died(c.cause())
}

// frame takes in one frame of the child and reports whether it ends the job.
func (c *child) frame(f frame) (reply []byte, done bool, err error) {
	switch {
	case errors.Is(f.err, errTooLong):
		return nil, true, c.end(WhyOutput)
	case f.err != nil: // its output ended, so should the process
		select {
		case <-c.done:
			return nil, true, c.died(c.cause())
		case <-time.After(2 * time.Second):
			return nil, true, c.end(WhyProtocol)
		}
	}
	c.began = true
	switch f.kind {
	case frameReading:
		c.reading = string(f.payload)
		if c.names += len(f.payload) + 5; c.names > 4<<20 {
			return nil, true, c.end(WhyOutput)
		}
		return nil, false, nil
	case frameAnswer:
		return f.payload, true, nil
	case frameError:
		return nil, true, told(f.payload)
	}
	return nil, true, c.end(WhyProtocol)
}

// take returns an idle child or starts one.
func (p *Pool) take() (c *child, fresh bool, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, false, ErrClosed
	}
	for len(p.idle) > 0 {
		c := p.idle[len(p.idle)-1]
		p.idle = p.idle[:len(p.idle)-1]
		if c.fit() {
			return c, false, nil
		}
		c.kill()
		delete(p.all, c)
	}
	c, err = p.start()
	if err != nil {
		return nil, false, fmt.Errorf("start reader: %w", err)
	}
	p.all[c] = true
	return c, true, nil
}

// put keeps a child for the next job unless it is old or has grown.
func (p *Pool) put(c *child) {
	c.jobs++
	p.mu.Lock()
	keep := !p.closed && c.jobs < jobsPerChild && !c.swollen(p.Limits.withDefaults())
	if keep {
		p.idle = append(p.idle, c)
	}
	p.mu.Unlock()
	if !keep {
		p.drop(c)
	}
}

func (p *Pool) drop(c *child) {
	c.kill()
	<-c.done
	p.mu.Lock()
	delete(p.all, c)
	p.mu.Unlock()
}

// Close ends all readers, also those at work, whose jobs return *Died. No reader is left when it returns.
func (p *Pool) Close() error {
	p.init()
	p.mu.Lock()
	p.closed, p.idle = true, nil
	children := make([]*child, 0, len(p.all))
	for c := range p.all {
		children = append(children, c)
	}
	p.mu.Unlock()
	for _, c := range children {
		c.kill()
		<-c.done
	}
	return nil
}

// tail keeps the last bytes written to it.
type tail struct {
	mu sync.Mutex
	b  []byte
}

var _ io.Writer = (*tail)(nil)

func (t *tail) Write(b []byte) (int, error) {
	const most = 8 << 10
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.b) < most { // the first lines of a crash say why, the rest is goroutines
		t.b = append(t.b, b[:min(len(b), most-len(t.b))]...)
	}
	return len(b), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.b)
}
