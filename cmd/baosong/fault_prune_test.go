package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"baosong/ledger"
	"baosong/sample"
)

// TestPrune removes the raw mails of a call that has ended: said beforehand, recorded with who and why, proved by verify; what was
// submitted stays and can be exported, and what waits for a decision keeps its bytes.
func TestPrune(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	raw := s.deliver("hefei", on("06-17", "16:00"), true)
	stranger := sample.Mail{From: "someone@elsewhere.example", To: "box@example.org", Subject: "材料", Text: "请查收。", Date: on("06-17", "16:01")}
	s.put(stranger.Bytes(), stranger.Date)
	s.round("06-18", "07:00")
	for _, row := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"prune", shippedCall}, exitOK, "将清除 1 封"},
		{[]string{"prune", shippedCall, "--apply"}, exitUsage, "--why"},
		{[]string{"prune", "no-such-call"}, exitNotFound, "no-such-call"},
		{[]string{"prune", shippedCall, "--apply", "--why", "保存期满"}, exitOK, "已清除 1 封"},
		{[]string{"prune", shippedCall}, exitOK, "将清除 0 封"},
		{[]string{"replay", "1"}, exitConflict, "已按规定"},
		{[]string{"export", "--out", "package"}, exitOK, ""},
		{[]string{"verify"}, exitOK, "完好"},
	} {
		if code, out := s.run(row.args...); code != row.code || !strings.Contains(out, row.says) {
			t.Errorf("%v: exit %d, want %d and %q\n%s", row.args, code, row.code, row.says, out)
		}
	}
	err := filepath.WalkDir(filepath.Join(s.dir, "data"), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if strings.Contains(string(b), string(raw[:300])) {
			t.Errorf("%s still holds the raw mail", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	events, err := s.ledger().Events(t.Context(), ledger.EventFilter{What: "decision.retention"})
	if err != nil || len(events) != 1 || events[0].Who == "" || !strings.Contains(events[0].Why, "保存期满") {
		t.Errorf("events %+v, %v", events, err)
	}
}

// TestPruneBeforeTheDeadline: nobody loses mail of a call that still runs, not even one unit's extension.
func TestPruneBeforeTheDeadline(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	s.deliver("hefei", on("06-17", "16:00"), false)
	s.round("06-18", "07:00")
	s.must("extend", "wuhu", "--until", time.Now().AddDate(0, 0, 3).Format(time.DateOnly), "--why", "来函申请")
	if code, out := s.run("prune", shippedCall, "--apply", "--why", "x"); code != exitConflict || !strings.Contains(out, "尚未截止") {
		t.Errorf("exit %d\n%s", code, out)
	}
}

// ledger opens a site's ledger to look at.
func (s *site) ledger() *ledger.DB {
	s.t.Helper()
	db, err := ledger.Open(s.t.Context(), filepath.Join(s.dir, "data"), ledger.Options{ReadOnly: true})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { db.Close() })
	return db
}
