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
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type job struct {
		dir     string
		request []byte
	}
	jobs, ended := make(chan job), make(chan error, 1)
	go func() { // started by Serve, stopped by the end of in, which ends the process too
		r := bufio.NewReader(in)
		var next job
		for {
			kind, payload, err := readFrame(r, maxRequest)
			switch {
			case err != nil:
				ended <- err
				cancel()
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
	}()
	var mu sync.Mutex
	send := func(kind byte, payload []byte) error {
		mu.Lock()
		defer mu.Unlock()
		return writeFrame(out, kind, payload)
	}
	for {
		select {
		case <-ctx.Done():
			select {
			case err := <-ended:
				if !errors.Is(err, io.EOF) {
					return fmt.Errorf("read job: %w", err)
				}
				return nil
			default:
				return ctx.Err()
			}
		case j := <-jobs:
			os.Setenv("TMPDIR", j.dir)
			reading := func(name string) { _ = send(frameReading, []byte(name[:min(len(name), maxReading)])) }
			reply, err := handle(ctx, j.dir, j.request, reading)
			if ctx.Err() != nil {
				continue
			}
			kind := byte(frameAnswer)
			if err != nil {
				kind, reply = frameError, []byte(err.Error())
			}
			if err := send(kind, reply); err != nil {
				return fmt.Errorf("write answer: %w", err)
			}
			debug.FreeOSMemory() // the next job starts from an idle reader's size, which the parent watches
		}
	}
}
