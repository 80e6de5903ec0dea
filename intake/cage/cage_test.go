package cage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
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
)

// onLinux skips on other systems: the daemon runs under systemd, and the cage is made of what the Linux kernel offers.
func onLinux(t testing.TB) {
	t.Helper()
	if runtime.GOOS == "linux" {
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("NO LINUX BUT %s, and CI must not go without", runtime.GOOS)
	}
	t.Skipf("NO LINUX BUT %s: the cage was NOT tried", runtime.GOOS)
}

func newPool(t testing.TB, lim Limits) (*Pool, string) {
	t.Helper()
	onLinux(t)
	dir := t.TempDir()
	job := filepath.Join(dir, "job")
	if err := os.Mkdir(job, 0o700); err != nil {
		t.Fatal(err)
	}
	p := &Pool{Command: []string{os.Args[0], "cage-reader", strconv.FormatInt(lim.withDefaults().Memory, 10)}, Dir: dir, Limits: lim}
	t.Cleanup(func() { p.Close() })
	return p, job
}

func TestDo(t *testing.T) {
	t.Parallel()
	p, dir := newPool(t, Limits{})
	first, err := p.Do(t.Context(), dir, []byte("pid"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Do(t.Context(), dir, []byte("error not today")); err == nil || !strings.Contains(err.Error(), "not today") {
		t.Errorf("reported error: got %v", err)
	}
	if _, err := p.Do(t.Context(), dir, []byte("full")); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("a full disk looks like the file's fault: %v", err)
	}
	second, err := p.Do(t.Context(), dir, []byte("pid"))
	if err != nil || string(first) != string(second) {
		t.Errorf("reader was not reused: pids %s and %s, err %v", first, second, err)
	}
	big := append([]byte("echo "), bytes.Repeat([]byte("x"), 5<<20)...)
	if got, err := p.Do(t.Context(), dir, big); err != nil || !bytes.Equal(got, big) {
		t.Errorf("5 MB there and back: %d bytes, %v", len(got), err)
	}
	if _, err := p.Do(t.Context(), dir, []byte("threads")); err != nil {
		t.Errorf("threads of its own: %v", err)
	}
	if got, err := p.Do(t.Context(), dir, []byte("print")); err != nil || len(got) != 0 {
		t.Errorf("a reader that prints: %q, %v", got, err)
	}
	if _, err := p.Do(t.Context(), "/elsewhere", nil); err == nil {
		t.Error("a scratch folder outside the pool's was accepted")
	}
}

func TestDenied(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	p, dir := newPool(t, Limits{})
	outside := filepath.Join(t.TempDir(), "x")
	for _, request := range []string{"read /etc/passwd", "read /proc/1/status", "write " + outside, "dial " + l.Addr().String(), "exec /bin/true", "fork", "file"} {
		got, err := p.Do(t.Context(), dir, []byte(request))
		if err == nil {
			t.Errorf("%s: allowed, answer %.40q", request, got)
		}
		t.Logf("%s: %v", request, err)
	}
	if got, err := p.Do(t.Context(), dir, []byte("env")); err != nil || strings.Contains(string(got), "PATH=") || strings.Contains(string(got), "HOME=") {
		t.Errorf("environment: %q, %v", got, err)
	}
	if got, err := p.Do(t.Context(), dir, []byte("scratch")); err != nil || filepath.Dir(string(got)) != dir {
		t.Errorf("scratch: temporary file %q, %v", got, err)
	}
	if runtime.GOARCH == "amd64" {
		// link, symlink, mknod; socket, connect, bind, socketpair, without which the network namespace alone would stand between
		for _, request := range []string{"call 86", "call 88", "call 133", "call 41", "call 42", "call 49", "call 53"} {
			if _, err := p.Do(t.Context(), dir, []byte(request)); err == nil || !strings.Contains(err.Error(), "operation not permitted") {
				t.Errorf("%s: %v", request, err)
			}
		}
	}
}

// TestOwnNetwork: where we may make one, the reader has a network of its own with nothing in it, whatever else holds it back.
func TestOwnNetwork(t *testing.T) {
	t.Parallel()
	if err := tryNetwork(); err != nil || os.Geteuid() != 0 {
		t.Logf("NO NETWORK NAMESPACE TO BE HAD (root: %v): %v", os.Geteuid() == 0, err)
		if os.Getenv("CI") == "true" {
			t.Fatal("CI must not go without")
		}
		return
	}
	p, dir := newPool(t, Limits{})
	pid, err := p.Do(t.Context(), dir, []byte("pid"))
	if err != nil {
		t.Fatal(err)
	}
	ours, err := os.Readlink("/proc/self/ns/net")
	if err != nil {
		t.Fatal(err)
	}
	if its, err := os.Readlink("/proc/" + string(pid) + "/ns/net"); err != nil || its == ours {
		t.Errorf("the reader is in network %q like ours (%v)", its, err)
	}
}

func TestDeaths(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ request, why string }{
		{"memory", WhyMemory}, {"loop", WhyTime}, {"sleep", WhyTime}, {"stack", WhyCrashed}, {"panic", WhyCrashed},
		{"flood", WhyOutput}, {"names", WhyOutput}, {"garbage", WhyOutput},
	} {
		t.Run(c.request, func(t *testing.T) {
			t.Parallel()
			lim := Limits{Memory: 512 << 20, Output: 8 << 20}
			if c.why == WhyTime {
				lim.Time = 2 * time.Second
			}
			p, dir := newPool(t, lim)
			start := time.Now()
			_, err := p.Do(t.Context(), dir, []byte(c.request))
			died := &Died{}
			if !errors.As(err, &died) || died.Why != c.why {
				t.Fatalf("got %v, want death of %s; it said %s", err, c.why, died.Detail)
			}
			if died.Reading == "" {
				t.Error("the file that killed the reader is not named")
			}
			t.Logf("%.60v after %v", err.Error(), time.Since(start).Round(time.Millisecond))
			if got, err := p.Do(t.Context(), dir, []byte("echo again")); err != nil || string(got) != "echo again" {
				t.Errorf("the next job suffers: %q, %v", got, err)
			}
		})
	}
}

func TestKilledInTheMiddle(t *testing.T) {
	t.Parallel()
	p, dir := newPool(t, Limits{})
	pid, err := p.Do(t.Context(), dir, []byte("pid"))
	if err != nil {
		t.Fatal(err)
	}
	n, _ := strconv.Atoi(string(pid))
	result := make(chan error)
	go func() {
		_, err := p.Do(context.Background(), dir, []byte("loop"))
		result <- err
	}()
	waitFor(t, "the reader to be busy", func() bool { return cpuTicks(n) > 5 })
	if err := syscall.Kill(n, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	err = <-result
	if died := (*Died)(nil); !errors.As(err, &died) || died.Why != WhyKilled || died.Reading != "loop" {
		t.Fatalf("got %v", err)
	}
	if _, err := p.Do(t.Context(), dir, []byte("pid")); err != nil {
		t.Errorf("the next job: %v", err)
	}
}

func TestSignalsToTheGroup(t *testing.T) {
	t.Parallel()
	p, dir := newPool(t, Limits{})
	pid, err := p.Do(t.Context(), dir, []byte("pid"))
	if err != nil {
		t.Fatal(err)
	}
	n, _ := strconv.Atoi(string(pid))
	result := make(chan error)
	go func() {
		_, err := p.Do(context.Background(), dir, []byte("signal"))
		result <- err
	}()
	waitFor(t, "the reader to be busy", func() bool { return cpuTicks(n) > 5 })
	for _, s := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP} {
		if err := syscall.Kill(n, s); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "go"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := <-result; err != nil {
		t.Errorf("a signal meant for the daemon cost a job: %v", err)
	}
}

func TestKilledAsleep(t *testing.T) {
	t.Parallel()
	p, dir := newPool(t, Limits{})
	pid, err := p.Do(t.Context(), dir, []byte("pid"))
	if err != nil {
		t.Fatal(err)
	}
	n, _ := strconv.Atoi(string(pid))
	if err := syscall.Kill(n, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if got, err := p.Do(t.Context(), dir, []byte("pid")); err != nil || string(got) == string(pid) {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestCancelAndClose(t *testing.T) {
	t.Parallel()
	p, dir := newPool(t, Limits{})
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if _, err := p.Do(ctx, dir, []byte("loop")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("cancelled job: %v", err)
	}
	pid, err := p.Do(t.Context(), dir, []byte("pid"))
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	n, _ := strconv.Atoi(string(pid))
	if alive(n) {
		t.Errorf("reader %d outlives Close", n)
	}
	if _, err := p.Do(t.Context(), dir, nil); !errors.Is(err, ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}

func TestReaderEndsWithParent(t *testing.T) {
	t.Parallel()
	onLinux(t)
	cmd := exec.Command(os.Args[0], "cage-parent", t.TempDir())
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var pid int
	if _, err := fmt.Fscan(out, &pid); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the reader to be busy", func() bool { return cpuTicks(pid) > 5 })
	_ = cmd.Process.Kill()
	_, _ = io.Copy(io.Discard, out)
	_ = cmd.Wait()
	waitFor(t, "the reader to end", func() bool { return !alive(pid) })
}

// waitFor asks again and again, as there is nothing to wait on for other processes.
func waitFor(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-deadline:
			t.Fatalf("waited 10 s for %s", what)
		case <-tick.C:
		}
	}
}

// alive is false also for a process that only waits to be buried.
func alive(pid int) bool {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && !strings.HasPrefix(string(b[bytes.LastIndexByte(b, ')')+1:]), " Z")
}

func cpuTicks(pid int) int {
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	f := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
	if len(f) < 13 {
		return 0
	}
	n, _ := strconv.Atoi(f[11])
	return n
}

func TestServeEndsWithItsInput(t *testing.T) {
	t.Parallel()
	if err := Serve(t.Context(), strings.NewReader(""), io.Discard, act); err != nil {
		t.Errorf("got %v", err)
	}
}

func TestProbe(t *testing.T) {
	t.Parallel()
	for _, line := range Probe() {
		t.Log(line)
	}
}

func BenchmarkDo(b *testing.B) {
	p, dir := newPool(b, Limits{})
	for b.Loop() {
		if _, err := p.Do(context.Background(), dir, []byte("echo")); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkStart(b *testing.B) {
	p, dir := newPool(b, Limits{})
	for b.Loop() {
		if _, err := p.Do(context.Background(), dir, []byte("echo")); err != nil {
			b.Fatal(err)
		}
		p.mu.Lock()
		c := p.idle[0]
		p.idle = nil
		p.mu.Unlock()
		p.drop(c)
	}
}
