//go:build !linux

package cage

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"syscall"
	"time"
)

func isolated(bool) *syscall.SysProcAttr { return nil }
func allowCPU(int, time.Duration)        {}
func rss(int) int64                      { return 0 }

func signalOf(error) (syscall.Signal, bool) { return 0, false }

// Confine enters dir and sets the runtime's own limits; other systems than Linux offer nothing that we use.
func Confine(dir string, lim Limits) (notes []string, err error) {
	lim = lim.withDefaults()
	if err := os.Chdir(dir); err != nil {
		return nil, fmt.Errorf("enter scratch folder: %w", err)
	}
	debug.SetMaxStack(64 << 20)
	debug.SetMemoryLimit(lim.Memory / 4 * 3)
	return Probe(), nil
}

// Probe says that this system confines nothing.
func Probe() []string {
	return []string{"本系统（" + runtime.GOOS + "）不能隔离读取文件的进程，请在 Linux 上正式运行。"}
}
