package main

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// smallDisk mounts a file system of so many KiB as the site's data directory; it needs root.
func (s *site) smallDisk(kib int) {
	s.t.Helper()
	data := filepath.Join(s.dir, "data")
	if err := os.Mkdir(data, 0o700); err != nil {
		s.t.Fatal(err)
	}
	if err := syscall.Mount("baosong-test", data, "tmpfs", 0, fmt.Sprintf("size=%dk,mode=0700", kib)); err != nil {
		if os.Getenv("CI") == "true" {
			s.t.Fatalf("NO RIGHT TO MOUNT A SMALL DISK, and CI must not go without: %v", err)
		}
		s.t.Skipf("NO RIGHT TO MOUNT A SMALL DISK: a full disk was NOT tried: %v", err)
	}
	s.t.Cleanup(func() { syscall.Unmount(data, syscall.MNT_DETACH) })
}

// remount changes the small disk: "ro", "rw" or another size.
func (s *site) remount(flags uintptr, option string) {
	s.t.Helper()
	var err error
	s.await("a disk that nobody writes to", func() bool { // the kernel lets go of a dead process's files in its own time
		err = syscall.Mount("baosong-test", filepath.Join(s.dir, "data"), "tmpfs", syscall.MS_REMOUNT|flags, option)
		return err != syscall.EBUSY
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// TestDiskFull runs the daemon on disks of growing size, so that every write is once the one that finds the disk full. It
// must stop with words, and when there is room go on as if nothing had been: each mail once, each answer once.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	stopped := 0
	for kib := 64; kib <= 2048; kib = kib*5/4 + 16 {
		s := newSite(t, nil)
		s.smallDisk(kib)
		s.deliver("hefei", on("06-17", "16:00"), true)
		s.deliver("wuhu", on("06-17", "16:01"), true)
		code, out := s.run("serve", "--once", "--at", on("06-18", "07:00").Format(time.RFC3339))
		if code != 0 {
			stopped++
			if code != exitError || !strings.Contains(out, "data") && !strings.Contains(out, "数据") && !strings.Contains(out, "disk") {
				t.Errorf("%d KiB: exit %d\n%s", kib, code, out)
			}
		}
		s.remount(0, "size=64m,mode=0700")
		s.round("06-18", "07:30")
		s.round("06-18", "07:50")
		if ms := s.messages(); len(ms) != 2 || ms[0].State != "filed" || ms[1].State != "filed" {
			t.Errorf("%d KiB: messages %+v, want two filed", kib, ms)
		}
		for _, city := range []string{"gxj@hefei.example", "gxj@wuhu.example"} {
			sendings, letters := s.arrived(city)
			if letters != 1 || sendings > 2 {
				t.Errorf("%d KiB: %s got %d sendings of %d letters", kib, city, sendings, letters)
			}
		}
		s.whole(2)
		if t.Failed() {
			t.Fatalf("first run on %d KiB: exit %d\n%s", kib, code, out)
		}
	}
	t.Logf("%d runs stopped for want of room", stopped)
	if stopped < 5 {
		t.Errorf("only %d runs found the disk full", stopped)
	}
}

// TestReadOnlyDisk turns the disk read-only between two rounds, as file systems do when the medium fails.
func TestReadOnlyDisk(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	s.smallDisk(16 << 10)
	s.deliver("hefei", on("06-17", "16:00"), true)
	s.round("06-18", "07:00")
	s.deliver("wuhu", on("06-18", "07:05"), true)
	s.remount(syscall.MS_RDONLY, "")
	code, out := s.run("serve", "--once", "--at", on("06-18", "07:10").Format(time.RFC3339))
	if code != exitError || !strings.Contains(out, "数据目录") {
		t.Errorf("read-only: exit %d\n%s", code, out)
	}
	if n := s.mails("INBOX"); n != 1 {
		t.Errorf("%d mails left in the inbox, want 1", n)
	}
	s.remount(0, "")
	s.round("06-18", "07:30")
	if n, letters := s.arrived("gxj@wuhu.example"); n != 1 || letters != 1 {
		t.Errorf("%d sendings of %d letters", n, letters)
	}
	s.whole(2)
}

// TestNoDataDirectory: a data directory that cannot be made is named, with status 1; it is no fault of the configuration.
func TestNoDataDirectory(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	if err := os.WriteFile(filepath.Join(s.dir, "data"), []byte("a file"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, out := s.run("serve", "--once"); code != exitError || !strings.Contains(out, "数据目录") {
		t.Errorf("exit %d\n%s", code, out)
	}
}

// TestNewerSchema: an older baosong does not touch a newer ledger.
func TestNewerSchema(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	s.round("06-18", "07:00")
	db, err := sql.Open("sqlite", filepath.Join(s.dir, "data", "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), `PRAGMA user_version = 999`); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"serve", "--once"}, {"status"}, {"verify"}} {
		if code, out := s.run(args...); code != exitError || !strings.Contains(out, "newer") && !strings.Contains(out, "更新") {
			t.Errorf("%v: exit %d\n%s", args, code, out)
		}
	}
}

// TestTornDatabase tears the ledger: serve stops with words, verify says what is damaged, and the backup brings all back.
func TestTornDatabase(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	s.deliver("hefei", on("06-17", "16:00"), true)
	s.round("06-18", "07:00")
	s.must("backup", "backup.tar")
	file := filepath.Join(s.dir, "data", "ledger.db")
	for name, tear := range map[string]func() error{
		"cut":     func() error { return os.Truncate(file, 20_000) },
		"garbage": func() error { return os.WriteFile(file, []byte(strings.Repeat("no database ", 4000)), 0o600) },
	} {
		if err := tear(); err != nil {
			t.Fatal(err)
		}
		if code, out := s.run("serve", "--once"); code != exitError || !strings.Contains(out, "ledger") {
			t.Errorf("%s: serve: exit %d\n%s", name, code, out)
		}
		if code, out := s.run("verify"); code == 0 {
			t.Errorf("%s: verify finds nothing\n%s", name, out)
		}
	}
	if err := os.RemoveAll(filepath.Join(s.dir, "data")); err != nil {
		t.Fatal(err)
	}
	s.must("restore", "backup.tar", "data")
	s.round("06-18", "07:30")
	if n, letters := s.arrived("gxj@hefei.example"); n != 1 || letters != 1 {
		t.Errorf("after the restore: %d sendings of %d letters", n, letters)
	}
	s.whole(1)
}

// TestBackupWhileRunning takes backups beside a daemon at work; each is whole, and the last one takes over.
func TestBackupWhileRunning(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	daemon, log := s.start()
	for i, unit := range []string{"hefei", "wuhu", "bengbu", "huainan"} {
		s.deliver(unit, on("06-18", "07:00"), true)
		backup := fmt.Sprintf("backup-%d.tar", i)
		s.await("a ledger", func() bool { code, _ := s.run("status"); return code == 0 })
		s.must("backup", backup)
		s.must("verify", backup)
	}
	s.await("all answers", func() bool { return s.keyed("answer:") == 4 })
	s.stop(daemon, log)
	if err := os.Rename(filepath.Join(s.dir, "data"), filepath.Join(s.dir, "lost")); err != nil {
		t.Fatal(err)
	}
	s.must("restore", "backup-3.tar", "data")
	s.must("serve", "--once")
	s.whole(4)
	// What was sent after the backup was taken goes again: its sending is in the lost ledger only.
	for _, city := range []string{"gxj@hefei.example", "gxj@wuhu.example", "gxj@bengbu.example", "gxj@huainan.example"} {
		if n, _ := s.arrived(city); n < 1 || n > 2 {
			t.Errorf("%s got %d letters", city, n)
		}
	}
}

// TestClockJumps runs rounds under a clock that jumps back and forth.
func TestClockJumps(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	for i, step := range []struct{ day, clock, unit string }{
		{"06-18", "10:00", "hefei"}, {"06-16", "10:00", "wuhu"}, {"06-18", "10:05", ""}, {"06-30", "23:00", "bengbu"}, {"06-18", "10:10", "huainan"}, {"06-18", "10:30", ""},
	} {
		if step.unit != "" {
			s.deliver(step.unit, on("06-17", "16:00").Add(time.Duration(i)*time.Minute), true)
		}
		s.round(step.day, step.clock)
	}
	for _, unit := range []string{"hefei", "wuhu", "bengbu", "huainan"} {
		if n := s.keyedTo("answer:", unit); n != 1 {
			t.Errorf("%s: %d answers", unit, n)
		}
	}
	s.whole(4)
}

// keyedTo counts the sent letters to a unit whose key holds a word.
func (s *site) keyedTo(word, unit string) int {
	s.t.Helper()
	var ls []struct {
		Kind, Unit, State string
	}
	s.json(&ls, "letters")
	n := 0
	for _, l := range ls {
		answer := l.Kind == "receipt" || l.Kind == "correction" || l.Kind == "confirmation"
		if l.Unit == unit && l.State == "sent" && answer {
			n++
		}
	}
	return n
}
