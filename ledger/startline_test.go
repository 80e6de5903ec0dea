package ledger

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// The start line is drawn once, and knows what lay in the mailbox then by its place.
func TestStartLine(t *testing.T) {
	t.Parallel()
	b := mustOpen(t)
	if l, err := b.StartLine(b.ctx()); err != nil || l.Drawn() {
		t.Fatalf("a fresh ledger has the line %+v, %v", l, err)
	}
	b.must(b.FolderSeen(b.ctx(), "INBOX", 7, 3))
	at := time.Date(2024, 6, 11, 2, 0, 1, 0, time.UTC)
	b.must(b.DrawStartLine(b.ctx(), StartLine{Before: at, Old: map[string]Mark{"INBOX": {7, 30}}}))
	b.must(b.DrawStartLine(b.ctx(), StartLine{Before: at.AddDate(14, 0, 0), Old: map[string]Mark{"INBOX": {7, 99}}}))
	b.must(b.FolderSeen(b.ctx(), "INBOX", 8, 4))
	l, err := b.StartLine(b.ctx())
	if err != nil || !l.Before.Equal(at) {
		t.Fatalf("line %+v, %v", l, err)
	}
	for loc, want := range map[Location]bool{{"INBOX", 7, 30}: true, {"INBOX", 7, 31}: false, {"INBOX", 8, 1}: false, {"垃圾邮件", 7, 1}: false} {
		if l.Has(loc) != want {
			t.Errorf("%+v is old: %v", loc, !want)
		}
	}
}

// A ledger of the first schema keeps its line and its mails; none of them becomes old.
func TestUpgradeKeepsTheStartLine(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	script, err := os.ReadFile(filepath.Join("testdata", "schemas", "0001.sql"))
	if err != nil {
		t.Fatal(err)
	}
	if err := prepare(dir); err != nil {
		t.Fatal(err)
	}
	old, err := connect(filepath.Join(dir, databaseName), "immediate", false)
	if err != nil {
		t.Fatal(err)
	}
	for _, query := range []string{string(script), `PRAGMA user_version = 1`,
		`INSERT INTO moment (name, at, note) VALUES ('own.answer-since', '2024-06-11T02:00:00.000Z', '')`,
		`INSERT INTO folder (name, uidvalidity, mails, seen_at) VALUES ('INBOX', 7, 1, '2024-06-11T02:00:00.000Z')`,
		`INSERT INTO message (folder, uidvalidity, uid, sha256, size, received_at, first_uid, state)
		 VALUES ('INBOX', 7, 1, '', 5, '2024-06-12T02:00:00.000Z', 1, 'failed')`} {
		if _, err := old.ExecContext(t.Context(), query); err != nil {
			t.Fatal(err)
		}
	}
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	l, err := db.StartLine(t.Context())
	if err != nil || !l.Before.Equal(time.Date(2024, 6, 11, 2, 0, 0, 0, time.UTC)) || len(l.Old) != 0 {
		t.Errorf("line %+v, %v", l, err)
	}
	if ms, err := db.Messages(t.Context(), ""); err != nil || len(ms) != 1 || ms[0].Old {
		t.Errorf("messages %+v, %v", ms, err)
	}
}
