package cage

import (
	"bufio"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// child is one reader. Its fields below pid are used only by the job that has taken it.
type child struct {
	in      *os.File
	frames  chan frame
	done    chan struct{} // closed when the process has ended
	exit    error         // how, after done
	stderr  *tail
	pid     int
	process *os.Process

	jobs    int
	began   bool   // the current job has been heard of
	reading string // the file named last
	names   int    // bytes of names in the current job
	idleRSS int64  // resident size before the first job
	why     string // our own reason for killing it
}

type frame struct {
	kind    byte
	payload []byte
	err     error
}

// start runs a reader in p.Dir with an empty environment. One operating system thread stays with it until it ends,
// because the kernel ties the order to kill a child with its parent to the thread that started it.
func (p *Pool) start() (*child, error) {
	out, childOut, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	childIn, in, err := os.Pipe()
	if err != nil {
		out.Close()
		childOut.Close()
		return nil, err
	}
	c := &child{in: in, frames: make(chan frame), done: make(chan struct{}), stderr: &tail{}}
	started := make(chan error)
	go func() { // started by start, stopped by the end of the child
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		cmd, err := p.command(childIn, childOut, c.stderr)
		childIn.Close()
		childOut.Close()
		if err != nil {
			started <- err
			return
		}
		c.process, c.pid = cmd.Process, cmd.Process.Pid
		started <- nil
		c.exit = cmd.Wait()
		in.Close()
		close(c.done)
	}()
	if err := <-started; err != nil {
		in.Close()
		out.Close()
		return nil, err
	}
	go c.listen(out, p.Limits.withDefaults().Output)
	c.idleRSS = rss(c.pid)
	return c, nil
}

// command starts the process, without a network of its own where the kernel or its policy refuses one.
func (p *Pool) command(in, out *os.File, stderr *tail) (*exec.Cmd, error) {
	for {
		cmd := exec.Command(p.Command[0], p.Command[1:]...)
		cmd.Dir, cmd.Env = p.Dir, []string{"TMPDIR=" + p.Dir}
		if tz, ok := os.LookupEnv("TZ"); ok {
			cmd.Env = append(cmd.Env, "TZ="+tz)
		}
		if dir, ok := os.LookupEnv("GOCOVERDIR"); ok { // only set by go test -cover
			cmd.Env = append(cmd.Env, "GOCOVERDIR="+dir)
		}
		cmd.Stdin, cmd.Stdout, cmd.Stderr = in, out, stderr
		cmd.WaitDelay = time.Second
		cmd.SysProcAttr = isolated(!p.noNet)
		err := cmd.Start()
		if err == nil {
			return cmd, nil
		}
		if p.noNet || os.IsNotExist(err) {
			return nil, err
		}
		p.noNet = true
		p.Log.Info("no network namespace for readers; seccomp and Landlock deny them the network", "err", err)
	}
}

// listen hands the child's frames to the job under way. It is started by start and stopped by the end of the child's
// output; what comes between jobs waits and is then a breach of protocol.
func (c *child) listen(out *os.File, most int64) {
	defer close(c.frames)
	defer out.Close()
	r := bufio.NewReaderSize(out, 64<<10)
	for {
		kind, payload, err := readFrame(r, most)
		c.frames <- frame{kind, payload, err}
		if err != nil {
			return
		}
	}
}

func (c *child) begin(lim Limits) {
	c.began, c.reading, c.names, c.why = false, "", 0, ""
	allowCPU(c.pid, lim.Time)
}

// fit reports whether an idle child can take a job: it lives, and has said nothing unasked.
func (c *child) fit() bool {
	select {
	case <-c.done:
		return false
	case <-c.frames:
		return false
	default:
		return true
	}
}

// kill ends the process without waiting for it. Frames nobody waits for are thrown away.
func (c *child) kill() {
	_ = c.process.Kill()
	go func() { // started by kill, stopped by the end of the child's output
		for range c.frames {
		}
	}()
}

// end kills the child for a reason of ours.
func (c *child) end(why string) error {
	c.kill()
	return c.died(why)
}

func (c *child) died(why string) error {
	return &Died{Reading: c.reading, Why: why, Detail: strings.TrimSpace(c.stderr.String())}
}

// cause reads from the exit and the last lines of a child that ended of itself why it did.
func (c *child) cause() string {
	text := c.stderr.String()
	switch {
	case strings.Contains(text, "out of memory"), strings.Contains(text, "cannot allocate memory"), strings.Contains(text, "errno=12"),
		strings.Contains(text, "pthread_create failed"), strings.Contains(text, "failed to create new OS thread"), // no room for its stack
		strings.Contains(text, "failed to allocate"): // the race detector's
		return WhyMemory
	case strings.Contains(text, "SIGXCPU"):
		return WhyTime
	case strings.Contains(text, "SIGXFSZ"):
		return WhyOutput
	}
	switch signal, _ := signalOf(c.exit); signal {
	case syscall.SIGKILL, syscall.SIGTERM, syscall.SIGINT:
		return WhyKilled
	}
	return WhyCrashed
}

// overweight is the parent's own watch over memory, for kernels that do not hold the child's limit.
func (c *child) overweight(lim Limits) bool { return rss(c.pid) > c.idleRSS+lim.Memory+lim.Memory/4 }

// swollen tells a child that kept much of what its job had taken.
func (c *child) swollen(lim Limits) bool { return rss(c.pid) > c.idleRSS+lim.Memory/2 }
