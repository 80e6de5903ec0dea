package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"baosong/config"
	"baosong/intake"
	"baosong/intake/cage"
	"baosong/intake/message"
	"baosong/intake/unpack"
)

// readerName is the hidden command that the pool of caged readers runs.
const readerName = "_reader"

func readerCommand() command {
	return command{
		name: readerName, hidden: true,
		short: "reads files in the cage",
		long:  "Internal: opens hostile files for the daemon. Not for people.",
		run: func(ctx context.Context, t *terminal, fs *flag.FlagSet, args []string) error {
			dir := fs.String("dir", "", "scratch folder")
			memory := fs.Int64("memory", 0, "bytes")
			if _, err := parseArgs(fs, args, 0, 0); err != nil {
				return err
			}
			// What the kernel lacks is said by doctor; a reader without a cage still has its limits.
			if _, err := cage.Confine(*dir, cage.Limits{Memory: *memory}); err != nil {
				return fmt.Errorf("confining the reader: %w", err)
			}
			return cage.Serve(ctx, t.in, t.out, read)
		},
	}
}

func unpackLimits(l config.Limits) unpack.Limits {
	return unpack.Limits{Depth: l.Depth, Files: l.Files, Bytes: l.Unpacked, Message: message.Limits{}}
}

// defaultLimits are those of commands that read no configuration.
func defaultLimits() config.Limits {
	return config.Limits{Unpacked: 1 << 30, Files: 2000, Depth: 3, ReaderMemory: 512 << 20, ReaderTime: time.Minute}
}

// readerPool is the pool of caged readers below a scratch folder.
func readerPool(scratch string, l config.Limits, log *slog.Logger) (*cage.Pool, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("finding our own binary: %w", err)
	}
	if err := os.MkdirAll(scratch, 0o700); err != nil {
		return nil, fmt.Errorf("making scratch: %w", err)
	}
	if scratch, err = filepath.Abs(scratch); err != nil {
		return nil, fmt.Errorf("making scratch: %w", err)
	}
	return &cage.Pool{Command: []string{self, readerName, "--dir", scratch, "--memory", fmt.Sprint(l.ReaderMemory)},
		Dir: scratch, Size: 2, Limits: cage.Limits{Memory: l.ReaderMemory, Time: l.ReaderTime}, Log: log}, nil
}

// openReader opens a caged reader on a temporary folder, for commands that need no data directory.
func openReader(l config.Limits) (reader *intake.Reader, scratch string, done func(), err error) {
	base, err := os.MkdirTemp("", "baosong-")
	if err != nil {
		return nil, "", nil, err
	}
	pool, err := readerPool(base, l, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		os.RemoveAll(base)
		return nil, "", nil, err
	}
	scratch = filepath.Join(pool.Dir, "job")
	if err := os.MkdirAll(scratch, 0o700); err != nil {
		os.RemoveAll(base)
		return nil, "", nil, err
	}
	return &intake.Reader{Pool: pool, Limits: unpackLimits(l)}, scratch, func() { pool.Close(); os.RemoveAll(base) }, nil
}
