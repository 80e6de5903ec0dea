package main

import (
	"context"
	"flag"
	"fmt"

	"baosong/intake/cage"
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
