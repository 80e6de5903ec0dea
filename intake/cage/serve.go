package cage

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"sync"
)

const (
	maxRequest = 64 << 20
	maxReading = 1 << 10 // of one file's name
)

// Serve is the child's loop: it reads jobs from in, calls handle for each, and writes its answer to out. It returns nil
// when in ends, which is how the parent, dead or alive, ends a child; a job under way is then given up through its
// context, and the caller should exit at once. A panic of handle ends the process, as it should: the state of a reader that
// panicked cannot be trusted. Temporary files go to the job's folder.
func Serve(ctx context.Context, in io.Reader, out io.Writer, handle func(ctx context.Context, dir string, request []byte, reading func(string)) ([]byte, error)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	if out == io.Writer(os.Stdout) {
		os.Stdout = os.Stderr // a reader that prints must not break into the conversation
	}
	jobs := make(chan job)
	go receive(ctx, cancel, in, jobs)
	var mu sync.Mutex
	send := func(kind byte, payload []byte) error {
		mu.Lock()
		defer mu.Unlock()
		return writeFrame(out, kind, payload)
	}
	reading := func(name string) { _ = send(frameReading, []byte(name[:min(len(name), maxReading)])) }
	for {
		select {
		case <-ctx.Done():
			if err := context.Cause(ctx); !errors.Is(err, io.EOF) {
				return fmt.Errorf("read job: %w", err)
			}
			return nil
		case j := <-jobs:
			os.Setenv("TMPDIR", j.dir)
			kind := byte(frameAnswer)
			reply, err := handle(ctx, j.dir, j.request, reading)
			if err != nil {
				kind, reply = frameError, tell(err)
			}
			if ctx.Err() != nil {
				continue // nobody waits for it
			}
			if err := send(kind, reply); err != nil {
				return fmt.Errorf("write answer: %w", err)
			}
			debug.FreeOSMemory() // the next job starts from an idle reader's size, which the parent watches
		}
	}
}

type job struct {
	dir     string
	request []byte
}

// receive reads frames and hands over jobs. It is started by Serve and stopped by the end of in, of which it tells through
// cancel; it goes on reading while a job is at work, so that the end is noticed at once.
func receive(ctx context.Context, cancel context.CancelCauseFunc, in io.Reader, jobs chan<- job) {
	r := bufio.NewReader(in)
	var next job
	for {
		kind, payload, err := readFrame(r, maxRequest)
		switch {
		case err != nil:
			cancel(err)
			return
		case kind == frameDir:
			next.dir = string(payload)
		case kind == frameRequest:
			next.request = payload
			select {
			case jobs <- next:
			case <-ctx.Done():
				return
			}
		}
	}
}
