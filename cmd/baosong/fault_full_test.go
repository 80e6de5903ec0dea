package main

import (
	"fmt"
	"os"
	"syscall"
	"testing"
	"time"
)

// TestKilledOnAFullDisk kills the daemon at each step of intake and outbox on disks that are full at one write or another, lets it try
// once more in vain, and gives it room: each mail stands once, each answer arrives once, or twice under one Message-ID where its
// settling was lost.
func TestKilledOnAFullDisk(t *testing.T) {
	t.Parallel()
	ends := make(chan bool, 100)
	t.Run("steps", func(t *testing.T) {
		for step := range steps() {
			for _, kib := range []int{400, 480, 560} {
				t.Run(fmt.Sprintf("%s on %d KiB", step, kib), func(t *testing.T) {
					t.Parallel()
					ends <- killedOnAFullDisk(t, step, kib)
				})
			}
		}
	})
	close(ends)
	killed, stopped := 0, 0
	for k := range ends {
		if k {
			killed++
		} else {
			stopped++
		}
	}
	t.Logf("%d killed, %d stopped by the disk before", killed, stopped)
	if killed < 10 || stopped < 10 {
		t.Errorf("%d killed and %d stopped: the disks are too large or too small", killed, stopped)
	}
}

func killedOnAFullDisk(t *testing.T, step string, kib int) (killed bool) {
	s := newSite(t, nil)
	s.smallDisk(kib)
	s.deliver("hefei", on("06-17", "16:00"), true)
	s.deliver("wuhu", on("06-17", "16:01"), false)
	child := s.command()
	child.Path, child.Args = os.Args[0], []string{os.Args[0], "-test.run=^TestKilledChild$"}
	child.Env = append(child.Env, killAt+"="+step)
	out, err := child.CombinedOutput()
	if err == nil {
		t.Fatalf("the child lives on\n%s", out)
	}
	killed = child.ProcessState.Sys().(syscall.WaitStatus).Signal() == syscall.SIGKILL
	if code, out := s.run("serve", "--once", "--at", on("06-18", "07:10").Format(time.RFC3339)); code != exitOK && code != exitError {
		t.Errorf("on the full disk: exit %d\n%s", code, out)
	}
	s.remount(0, "size=64m,mode=0700")
	s.round("06-18", "07:40")
	s.round("06-18", "08:00")
	if ms := s.messages(); len(ms) != 2 || ms[0].State != "filed" || ms[1].State != "filed" {
		t.Errorf("messages %+v, want two filed", ms)
	}
	for _, city := range []string{"gxj@hefei.example", "gxj@wuhu.example"} {
		if sendings, letters := s.arrived(city); letters != 1 || sendings > 2 {
			t.Errorf("%s got %d sendings of %d letters", city, sendings, letters)
		}
	}
	s.whole(2)
	return killed
}
