package cage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"
)

// TestMain serves as the reader when the pool starts this binary again.
func TestMain(m *testing.M) {
	for i, arg := range os.Args {
		switch arg {
		case "cage-reader":
			memory, _ := strconv.ParseInt(os.Args[i+1], 10, 64)
			os.Exit(reader(memory))
		case "cage-parent":
			os.Exit(parent(os.Args[i+1]))
		}
	}
	os.Exit(m.Run())
}

func reader(memory int64) int {
	dir, err := os.Getwd()
	if err == nil {
		_, err = Confine(dir, Limits{Memory: memory})
	}
	if err == nil {
		err = Serve(context.Background(), os.Stdin, os.Stdout, act)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// act does what the request says, as a hostile file might make a reader do.
func act(ctx context.Context, dir string, request []byte, reading func(string)) ([]byte, error) {
	what, arg, _ := strings.Cut(string(request), " ")
	reading(what)
	switch what {
	case "pid":
		return []byte(strconv.Itoa(os.Getpid())), nil
	case "echo":
		return request, nil
	case "error":
		return nil, errors.New(arg)
	case "full":
		return nil, fmt.Errorf("storing a file: %w", syscall.ENOSPC)
	case "read":
		b, err := os.ReadFile(arg)
		return b, err
	case "write":
		return nil, os.WriteFile(arg, []byte("x"), 0o600)
	case "dial":
		c, err := net.DialTimeout("tcp", arg, 2*time.Second)
		if err == nil {
			c.Close()
		}
		return nil, err
	case "exec":
		return exec.Command(arg).Output()
	case "fork":
		pid, _, errno := syscall.RawSyscall(syscall.SYS_CLONE, uintptr(syscall.SIGCHLD), 0, 0)
		if errno != 0 {
			return nil, errno
		}
		if pid == 0 {
			syscall.RawSyscall(syscall.SYS_EXIT_GROUP, 0, 0, 0)
		}
	case "call": // a system call by its number, on a new name in scratch
		nr, err := strconv.Atoi(arg)
		if err != nil {
			return nil, err
		}
		return nil, oldCall(uintptr(nr), filepath.Join(dir, "kept"), filepath.Join(dir, "new-"+arg))
	case "threads":
		done := make(chan int)
		for range 50 {
			go func() {
				runtime.LockOSThread()
				done <- syscall.Gettid()
			}()
		}
		for range 50 {
			<-done
		}
	case "env":
		return []byte(strings.Join(os.Environ(), "\n")), nil
	case "scratch":
		name := filepath.Join(dir, "kept")
		if err := os.WriteFile(name, []byte("x"), 0o600); err != nil {
			return nil, err
		}
		f, err := os.CreateTemp("", "t")
		if err != nil {
			return nil, err
		}
		return []byte(f.Name()), f.Close()
	}
	return harm(ctx, dir, what, reading)
}

// oldCall links, or makes a pipe, by the calls without "at" that only older architectures have.
func oldCall(nr uintptr, from, to string) error {
	a, b := append([]byte(from), 0), append([]byte(to), 0)
	first, second := uintptr(unsafe.Pointer(&a[0])), uintptr(unsafe.Pointer(&b[0]))
	if nr == 133 {
		first, second = second, syscall.S_IFIFO|0o600
	}
	_, _, errno := syscall.RawSyscall(nr, first, second, 0)
	runtime.KeepAlive(a)
	runtime.KeepAlive(b)
	if errno != 0 {
		return errno
	}
	return nil
}

// harm is what ends a reader, or tries to.
func harm(ctx context.Context, dir, what string, reading func(string)) ([]byte, error) {
	switch what {
	case "memory":
		return nil, hog(ctx)
	case "loop":
		for n := 0; ; n++ {
			if n < 0 {
				return nil, nil
			}
		}
	case "sleep":
		<-ctx.Done()
	case "stack":
		return []byte{byte(deep(0))}, nil
	case "panic":
		panic("hostile")
	case "flood":
		return make([]byte, 9<<20), nil
	case "names":
		for {
			reading(strings.Repeat("n", 4000))
		}
	case "garbage":
		_, _ = os.NewFile(1, "stdout").Write(bytes.Repeat([]byte("garbage "), 1000))
	case "print":
		fmt.Println("a library says something")
	case "signal":
		b, err := os.ReadFile(filepath.Join(dir, "go"))
		for errors.Is(err, os.ErrNotExist) && ctx.Err() == nil {
			b, err = os.ReadFile(filepath.Join(dir, "go"))
		}
		return b, err
	case "file":
		f, err := os.Create(filepath.Join(dir, "big"))
		if err != nil {
			return nil, err
		}
		_, err = f.WriteAt([]byte("x"), 3<<30)
		return nil, err
	}
	return nil, nil
}

func hog(ctx context.Context) error {
	var all [][]byte
	for ctx.Err() == nil {
		b := make([]byte, 16<<20)
		for i := 0; i < len(b); i += 4096 {
			b[i] = 1
		}
		all = append(all, b)
	}
	return fmt.Errorf("stopped after %d pieces", len(all))
}

func deep(n int) int {
	var room [128]int
	room[n%128] = n
	if n < 0 {
		return n
	}
	return deep(n+1) + room[(n+1)%128]
}

// parent is a daemon that is killed while its reader works.
func parent(dir string) int {
	p := &Pool{Command: []string{os.Args[0], "cage-reader", "268435456"}, Dir: dir}
	pid, err := p.Do(context.Background(), dir, []byte("pid"))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Printf("%s\n", pid)
	_, err = p.Do(context.Background(), dir, []byte("loop"))
	fmt.Fprintln(os.Stderr, err)
	return 1
}
