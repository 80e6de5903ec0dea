// Package cage reads hostile bytes in a child process that can do little harm and may die.
//
// The daemon keeps a Pool of children, each the same binary started with a hidden command. Pool.Do hands a job to one
// of them and waits for its answer; the child, which has called Confine and then Serve, says before each file which one
// it is going to read. When a file kills its reader, or the reader runs out of memory, time or output, Do returns a
// *Died that names the file, the child is replaced, and nothing else is lost. A child serves many jobs one after
// another, so that the cage costs a mail little.
//
// What holds a child: resource limits of the kernel (setrlimit, also for memory), Landlock (only the pool's folder is to be
// seen), seccomp (no sockets, no programs, no other processes), a network namespace of its own where allowed, an empty
// environment, and the parent's own watch over clock, memory and output. Each is used where the kernel has it; Confine
// and Probe say what it lacks. A child ends with its parent: it is killed with it, and it ends when its input ends.
//
// The package knows nothing of what is read. It must never be asked to run bytes from outside as a program.
package cage

import (
	"errors"
	"fmt"
	"time"
)

// Limits bound one job. Zero values take the defaults.
type Limits struct {
	Memory int64         // bytes that the reader may take beyond what an idle one has; 512 MiB
	Time   time.Duration // of the clock; and of the processor, counted in the child alone; 60 s
	Output int64         // bytes of the answer; 64 MiB
}

func (l Limits) withDefaults() Limits {
	if l.Memory <= 0 {
		l.Memory = 512 << 20
	}
	if l.Time <= 0 {
		l.Time = time.Minute
	}
	if l.Output <= 0 {
		l.Output = 64 << 20
	}
	return l
}

// Died says that a job ended with its reader. It is a fault of the file that was being read, as far as one can know.
type Died struct {
	Reading string // the file named last, "" when none had been named
	Why     string // memory, time, output, crashed, killed, protocol
	Detail  string // last lines that the child wrote on its way out; for the log
}

// Error names the file and the reason.
func (d *Died) Error() string {
	if d.Reading == "" {
		return "reader died: " + d.Why
	}
	return fmt.Sprintf("reader died of %s while reading %q", d.Why, d.Reading)
}

// Reasons of Died.
const (
	WhyMemory   = "memory"
	WhyTime     = "time"
	WhyOutput   = "output"
	WhyCrashed  = "crashed"  // a panic, a stack overflow, or a signal of its own making
	WhyKilled   = "killed"   // by somebody else
	WhyProtocol = "protocol" // it said something that no reader of ours says
)

// ErrClosed is returned by Do after Close.
var ErrClosed = errors.New("reader pool is closed")
