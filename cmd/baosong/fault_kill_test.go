package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"baosong/ledger"
)

// killAt names the step at which TestKilledChild kills its own process.
const killAt = "BAOSONG_TEST_KILL_AT"

// steps are all steps of intake and outbox in their order, and how often the answer arrives when the process is killed
// there: a letter that the provider took and nobody wrote down goes again under its Message-ID, and that is the only one.
func steps() map[string]int {
	return map[string]int{
		"receive.spool": 1, "receive.row": 1, "receive.done": 1,
		"process.read": 1, "process.keep": 1, "process.record": 1, "process.done": 1,
		"file.move": 1, "file.row": 1,
		"send.claim": 1, "send.compose": 1, "send.composed": 1, "send.dial": 1, "send.settle": 2,
	}
}

// TestKilledChild is no test: it is the process that TestKilledAtEveryStep kills.
func TestKilledChild(t *testing.T) {
	step := os.Getenv(killAt)
	if step == "" {
		return
	}
	cfg, calls, err := loadConfig("baosong.toml")
	if err != nil {
		t.Fatal(err)
	}
	unlock, err := ledger.Lock(cfg.DataDir)
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	h, err := assemble(t.Context(), cfg, calls, cfg.DataDir, time.Now, quiet())
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(h.db.Sweep(t.Context()), h.actAs(t.Context(), on("06-18", "07:00").Format(time.RFC3339))); err != nil {
		t.Fatal(err)
	}
	die := func(name string) error {
		if name == step {
			return syscall.Kill(os.Getpid(), syscall.SIGKILL)
		}
		return nil
	}
	h.pipeline.Step, h.runner.Step = die, die
	t.Fatalf("the process lives on after %s: %v", step, h.once(t.Context()))
}

// TestKilledAtEveryStep kills the daemon with SIGKILL at each step of intake and outbox and starts it again: the mail stands
// in the ledger once and is filed once, and its answer is due once and sent once.
func TestKilledAtEveryStep(t *testing.T) {
	t.Parallel()
	for step, sendings := range steps() {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, nil)
			s.deliver("hefei", on("06-17", "16:00"), true)
			child := s.command()
			child.Path, child.Args = os.Args[0], []string{os.Args[0], "-test.run=^TestKilledChild$"}
			child.Env = append(child.Env, killAt+"="+step)
			out, err := child.CombinedOutput()
			var ended *exec.ExitError
			if !errors.As(err, &ended) || ended.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
				t.Fatalf("the child was not killed at %s: %v\n%s", step, err, out)
			}
			s.round("06-18", "07:30")
			s.round("06-18", "07:50")
			if ms := s.messages(); len(ms) != 1 || ms[0].State != "filed" {
				t.Errorf("messages %+v, want one filed", ms)
			}
			got, letters := s.arrived("gxj@hefei.example")
			if got != sendings || letters != 1 {
				t.Errorf("%d sendings of %d letters, want %d of 1", got, letters, sendings)
			}
			s.whole(1)
			if n := s.mails("已收"); n != 1 || s.mails("INBOX") != 0 {
				t.Errorf("%d filed, %d in the inbox", n, s.mails("INBOX"))
			}
			left, err := filepath.Glob(filepath.Join(s.dir, "data", "scratch", "*"))
			if err != nil || len(left) > 0 {
				t.Errorf("left in scratch: %v, %v", left, err)
			}
		})
	}
}

func (s *site) mails(folder string) int {
	ms, err := s.imap.Messages(folder)
	if err != nil {
		return 0
	}
	return len(ms)
}
