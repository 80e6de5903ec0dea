package casedoc

import (
	"runtime"
	"syscall"
	"time"
	"unsafe"
)

// threadClock ties the caller to its thread until done is called and returns a clock of the processor time of that
// thread alone: a machine that is busy with others makes no document look complex. Any thread may ask it.
func threadClock() (clock func() time.Duration, done func()) {
	runtime.LockOSThread()
	const perThread, scheduled = 4, 2 // CPUCLOCK_PERTHREAD_MASK, CPUCLOCK_SCHED
	id := uintptr(^syscall.Gettid())<<3 | perThread | scheduled
	began := time.Now()
	return func() time.Duration {
		var ts syscall.Timespec
		if _, _, errno := syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, id, uintptr(unsafe.Pointer(&ts)), 0); errno != 0 {
			return time.Since(began)
		}
		return time.Duration(ts.Nano())
	}, runtime.UnlockOSThread
}
