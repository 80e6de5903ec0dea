package cage

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"strconv"
	"unsafe"

	"github.com/landlock-lsm/go-landlock/landlock"
	ll "github.com/landlock-lsm/go-landlock/landlock/syscall"
	"golang.org/x/sys/unix"
)

const (
	maxFileSize  = 2 << 30 // of one file in the scratch folder
	maxOpenFiles = 256
	maxStack     = 64 << 20
)

// Confine shuts the calling process in: from now on it sees only dir, has no network, starts no program and takes no
// more memory than lim allows beyond what it has. Whatever it needs from elsewhere must be read before. The notes say,
// in Chinese for the operator, what this kernel does not offer; the error is one that makes confinement meaningless.
func Confine(dir string, lim Limits) (notes []string, err error) {
	lim = lim.withDefaults()
	if err := os.Chdir(dir); err != nil {
		return nil, fmt.Errorf("enter scratch folder: %w", err)
	}
	// A service manager or a terminal signals the whole group; a reader then finishes what its daemon waits for.
	signal.Ignore(unix.SIGTERM, unix.SIGINT, unix.SIGHUP)
	debug.SetMaxStack(maxStack)
	debug.SetMemoryLimit(lim.Memory / 4 * 3)
	note := func(format string, args ...any) { notes = append(notes, fmt.Sprintf(format, args...)) }
	if err := limitResources(lim); err != nil {
		note("内核拒绝设置资源上限（%v），只由主进程监视内存和时间。", err)
	}
	if err := ll.AllThreadsPrctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		note("不能设置 no_new_privs（%v）。", err)
	}
	_ = unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0)
	switch version, err := ll.LandlockGetABIVersion(); {
	case err != nil || version < 1:
		note("内核没有启用 Landlock，读取文件的进程能看到本机其他文件（只限本服务账号能读的）。")
	default:
		if err := landlock.V7.BestEffort().Restrict(landlock.RWDirs(dir)); err != nil {
			note("Landlock 未能生效（%v）。", err)
		} else if version < 4 {
			note("Landlock 版本较低（第 %d 版），不限制网络，由 seccomp 限制。", version)
		}
	}
	if err := filterCalls(); err != nil {
		note("seccomp 未能生效（%v），读取文件的进程的系统调用不受限制。", err)
	}
	return notes, nil
}

// limitResources sets what the kernel itself holds. Memory is counted from what the process has now, so that the
// runtime's own reservations, which differ between builds, do not count.
func limitResources(lim Limits) error {
	var errs []error
	set := func(what int, n uint64) {
		if err := unix.Setrlimit(what, &unix.Rlimit{Cur: n, Max: n}); err != nil {
			errs = append(errs, err)
		}
	}
	if have, err := dataSize(); err == nil {
		set(unix.RLIMIT_DATA, have+uint64(lim.Memory))
	} else {
		errs = append(errs, err)
	}
	set(unix.RLIMIT_FSIZE, maxFileSize)
	set(unix.RLIMIT_NOFILE, maxOpenFiles)
	set(unix.RLIMIT_CORE, 0)
	return errors.Join(errs...)
}

// dataSize is the private writable memory of this process, as RLIMIT_DATA counts it.
func dataSize() (uint64, error) {
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	for _, line := range bytes.Split(b, []byte("\n")) {
		if rest, ok := bytes.CutPrefix(line, []byte("VmData:")); ok {
			kb, err := strconv.ParseUint(string(bytes.TrimSpace(bytes.TrimSuffix(rest, []byte("kB")))), 10, 64)
			return kb << 10, err
		}
	}
	return 0, errors.New("no VmData in /proc/self/status")
}

// filterCalls denies (EPERM) what a reader never does: sockets, programs, other processes, mounts, kernel features with
// a history of holes. The filter is set on all threads at once.
func filterCalls() error {
	audit, ok := map[string]uint32{"amd64": unix.AUDIT_ARCH_X86_64, "arm64": unix.AUDIT_ARCH_AARCH64}[runtime.GOARCH]
	if !ok {
		return fmt.Errorf("not written for %s", runtime.GOARCH)
	}
	prog := callFilter(audit, runtime.GOARCH == "amd64")
	fprog := unix.SockFprog{Len: uint16(len(prog)), Filter: &prog[0]}
	r, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC, uintptr(unsafe.Pointer(&fprog)))
	runtime.KeepAlive(prog)
	switch {
	case errno != 0:
		return errno
	case r != 0:
		return fmt.Errorf("thread %d cannot be filtered", r)
	}
	return nil
}

// denied are the calls that a reader is refused.
func denied() []uint32 {
	return []uint32{
		unix.SYS_SOCKET, unix.SYS_SOCKETPAIR, unix.SYS_CONNECT, unix.SYS_BIND, unix.SYS_LISTEN, unix.SYS_ACCEPT, unix.SYS_ACCEPT4,
		unix.SYS_SENDTO, unix.SYS_SENDMSG, unix.SYS_SENDMMSG, unix.SYS_RECVFROM, unix.SYS_RECVMSG,
		unix.SYS_EXECVE, unix.SYS_EXECVEAT, unix.SYS_PTRACE, unix.SYS_PROCESS_VM_READV, unix.SYS_PROCESS_VM_WRITEV,
		unix.SYS_KILL, unix.SYS_PIDFD_OPEN, unix.SYS_PIDFD_SEND_SIGNAL, unix.SYS_PIDFD_GETFD, unix.SYS_SETSID,
		unix.SYS_MOUNT, unix.SYS_UMOUNT2, unix.SYS_PIVOT_ROOT, unix.SYS_CHROOT, unix.SYS_SETNS, unix.SYS_UNSHARE,
		unix.SYS_BPF, unix.SYS_PERF_EVENT_OPEN, unix.SYS_USERFAULTFD, unix.SYS_IO_URING_SETUP, unix.SYS_IO_URING_ENTER,
		unix.SYS_KEYCTL, unix.SYS_ADD_KEY, unix.SYS_REQUEST_KEY, unix.SYS_KEXEC_LOAD, unix.SYS_INIT_MODULE, unix.SYS_FINIT_MODULE,
		unix.SYS_REBOOT, unix.SYS_SWAPON, unix.SYS_SETTIMEOFDAY, unix.SYS_CLOCK_SETTIME, unix.SYS_SETHOSTNAME,
		unix.SYS_OPEN_BY_HANDLE_AT, unix.SYS_MKNODAT, unix.SYS_MEMFD_CREATE, unix.SYS_SYMLINKAT, unix.SYS_LINKAT,
	}
}

// callFilter is the program for the kernel's small machine: wrong architecture ends the process, a denied call fails.
func callFilter(audit uint32, amd64 bool) []unix.SockFilter {
	load := func(off uint32) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: off}
	}
	ret := func(v uint32) unix.SockFilter { return unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: v} }
	const refuse = unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM)
	prog := []unix.SockFilter{
		load(4), // seccomp_data.arch
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jt: 1, K: audit},
		ret(unix.SECCOMP_RET_KILL_PROCESS),
		load(0), // seccomp_data.nr
	}
	if amd64 { // the second set of numbers that x86-64 kernels may answer to
		prog = append(prog, unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JGE | unix.BPF_K, Jf: 1, K: 0x40000000}, ret(refuse))
	}
	calls := denied()
	if amd64 {
		calls = append(calls, 57, 58, 86, 88, 133) // fork, vfork, link, symlink, mknod, which other architectures do not have
	}
	for _, nr := range calls {
		prog = append(prog, unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jf: 1, K: nr}, ret(refuse))
	}
	return append(prog, // clone only for threads; clone3 cannot be looked into, and its callers fall back on clone
		unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jf: 1, K: unix.SYS_CLONE3},
		ret(unix.SECCOMP_RET_ERRNO|uint32(unix.ENOSYS)),
		unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jf: 3, K: unix.SYS_CLONE},
		load(16), // seccomp_data.args[0], its lower half
		unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K, Jt: 1, K: unix.CLONE_THREAD},
		ret(refuse),
		ret(unix.SECCOMP_RET_ALLOW))
}

// Probe says in Chinese, a line for each, what this kernel offers for confining readers.
func Probe() []string {
	var out []string
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if version, err := ll.LandlockGetABIVersion(); err != nil || version < 1 {
		say("Landlock：没有（%v），读取进程的文件访问不受内核限制", err)
	} else {
		say("Landlock：第 %d 版", version)
	}
	if _, err := unix.PrctlRetInt(unix.PR_GET_SECCOMP, 0, 0, 0, 0); err != nil {
		say("seccomp：没有（%v）", err)
	} else {
		say("seccomp：有")
	}
	if err := tryNetwork(); err != nil {
		say("网络命名空间：不可用（%v），由 seccomp 和 Landlock 禁止联网", err)
	} else {
		say("网络命名空间：可用")
	}
	if _, err := dataSize(); err != nil {
		say("内存上限：只由主进程监视（%v）", err)
	} else {
		say("内存上限：由内核执行")
	}
	return out
}

// tryNetwork asks for a network namespace on a thread that is thrown away afterwards. Without privilege it only looks
// whether the system allows user namespaces at all.
func tryNetwork() error {
	if os.Geteuid() != 0 {
		for _, p := range []string{"/proc/sys/user/max_user_namespaces", "/proc/sys/kernel/unprivileged_userns_clone"} {
			if b, err := os.ReadFile(p); err == nil && string(bytes.TrimSpace(b)) == "0" {
				return fmt.Errorf("%s 为 0", p)
			}
		}
		return nil
	}
	result := make(chan error)
	go func() { // ends with its thread, which is not given back
		runtime.LockOSThread()
		result <- unix.Unshare(unix.CLONE_NEWNET)
	}()
	return <-result
}
