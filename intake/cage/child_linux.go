package cage

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// isolated asks that the child be killed with the thread that starts it, and for a network namespace of its own: by right
// where we have it, else through a user namespace.
func isolated(network bool) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if !network {
		return attr
	}
	attr.Cloneflags = syscall.CLONE_NEWNET
	if os.Geteuid() != 0 {
		attr.Cloneflags |= syscall.CLONE_NEWUSER
		attr.UidMappings = []syscall.SysProcIDMap{{ContainerID: os.Geteuid(), HostID: os.Geteuid(), Size: 1}}
		attr.GidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getegid(), HostID: os.Getegid(), Size: 1}}
	}
	return attr
}

// allowCPU gives the child so much processor time from now on; it is killed by the kernel when it takes more.
func allowCPU(pid int, more time.Duration) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return
	}
	fields := bytes.Fields(b[bytes.LastIndexByte(b, ')')+1:])
	if len(fields) < 13 {
		return
	}
	user, _ := strconv.ParseUint(string(fields[11]), 10, 64)
	system, _ := strconv.ParseUint(string(fields[12]), 10, 64)
	const ticks = 100 // USER_HZ, the same on every Linux that Go runs on
	limit := unix.Rlimit{Cur: (user+system)/ticks + 1 + uint64((more+time.Second-1)/time.Second), Max: unix.RLIM_INFINITY}
	var old unix.Rlimit
	if err := unix.Prlimit(pid, unix.RLIMIT_CPU, nil, &old); err == nil {
		limit.Max = old.Max
		_ = unix.Prlimit(pid, unix.RLIMIT_CPU, &limit, nil)
	}
}

// rss is the resident size of a process in bytes, 0 when it cannot be told.
func rss(pid int) int64 {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0
	}
	fields := bytes.Fields(b)
	if len(fields) < 2 {
		return 0
	}
	pages, _ := strconv.ParseInt(string(fields[1]), 10, 64)
	return pages * int64(os.Getpagesize())
}

// signalOf tells the signal that ended a process.
func signalOf(exit error) (syscall.Signal, bool) {
	var ee *exec.ExitError
	if !errors.As(exit, &ee) {
		return 0, false
	}
	ws, ok := ee.Sys().(syscall.WaitStatus)
	if !ok || !ws.Signaled() {
		return 0, false
	}
	return ws.Signal(), true
}
