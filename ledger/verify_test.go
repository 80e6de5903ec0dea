package ledger

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"baosong/ledger/blob"
)

// stored makes a ledger whose blobs are all there: a mail in spool, one kept with its files, a sent letter.
func stored(t *testing.T) *bench {
	t.Helper()
	b := mustOpen(t)
	put := func(text string) blob.Ref {
		r, _, err := b.blobs().Put(b.ctx(), strings.NewReader(text))
		b.must(err)
		return r
	}
	put("mail")
	m := b.mail("mail")
	s := sub{cases: "a"}.submission()
	for i := range s.Files {
		s.Files[i].SHA256 = put("file " + s.Files[i].Name)
	}
	s.Cases[0].SHA256 = s.Files[0].SHA256
	_, err := b.Record(b.ctx(), outcome(m, "hefei", s))
	b.must(err)
	l, err := b.Claim(b.ctx(), b.now, nil)
	b.must(err)
	b.must(b.SetComposed(b.ctx(), l.ID, put("letter"), "回执"))
	_, err = b.Settle(b.ctx(), l.ID, Delivered())
	b.must(err)
	_, _, err = b.blobs().Spool(b.ctx(), strings.NewReader("waiting"))
	b.must(err)
	b.mail("waiting")
	return b
}

// kinds verifies and returns the kinds of what was found, once each.
func kinds(b *bench) string {
	b.t.Helper()
	damage, err := b.Verify(b.ctx())
	b.must(err)
	return kindsOf(damage)
}

func kindsOf(damage []Damage) string {
	var all []string
	for _, d := range damage {
		if len(all) == 0 || all[len(all)-1] != string(d.Kind) {
			all = append(all, string(d.Kind))
		}
	}
	return strings.Join(all, " ")
}

func TestVerify(t *testing.T) {
	t.Parallel()
	exec := func(b *bench, queries ...string) {
		for _, q := range queries {
			_, err := b.w.ExecContext(context.Background(), q)
			b.must(err)
		}
	}
	for _, tt := range []struct {
		name string
		harm func(b *bench)
		want string
	}{
		{"nothing", func(b *bench) {}, ""},
		{"event altered", func(b *bench) {
			exec(b, `DROP TRIGGER event_keep`, `UPDATE event SET why = 'x' WHERE id = 3`)
		}, "database chain"},
		{"event altered, trigger put back", func(b *bench) {
			var sql string
			b.must(b.w.QueryRow(`SELECT sql FROM sqlite_schema WHERE name = 'event_keep'`).Scan(&sql))
			exec(b, `DROP TRIGGER event_keep`, `UPDATE event SET who = 'nobody' WHERE id = 3`, sql)
		}, "chain"},
		{"event taken out", func(b *bench) {
			exec(b, `DROP TRIGGER event_stay`, `DELETE FROM event WHERE id = 3`)
		}, "database chain state"},
		{"end cut off", func(b *bench) {
			exec(b, `DROP TRIGGER event_stay`, `DELETE FROM event WHERE id = (SELECT max(id) FROM event)`)
		}, "database state"},
		{"state altered by hand", func(b *bench) {
			exec(b, `UPDATE submission SET state = 'returned'`)
		}, "state"},
		{"foreign key", func(b *bench) {
			exec(b, `PRAGMA foreign_keys = OFF`, `UPDATE file SET submission = 99`)
		}, "database"},
		{"blob missing", func(b *bench) { b.must(b.blobs().Remove(ref("letter"))) }, "blob"},
		{"blob altered", func(b *bench) {
			p := b.blobs().Path(ref("mail"))
			b.must(os.Chmod(p, 0o600))
			b.must(os.WriteFile(p, []byte("mAil"), 0o600))
		}, "blob"},
		{"stray", func(b *bench) {
			_, _, err := b.blobs().Put(context.Background(), strings.NewReader("stray"))
			b.must(err)
		}, "stray"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := stored(t)
			tt.harm(b)
			if got := kinds(b); got != tt.want {
				t.Errorf("found %q, want %q", got, tt.want)
			}
		})
	}
}

func TestEventsAreNeverChanged(t *testing.T) {
	t.Parallel()
	b := stored(t)
	for _, q := range []string{`UPDATE event SET why = ''`, `DELETE FROM event`} {
		if _, err := b.w.ExecContext(b.ctx(), q); err == nil {
			t.Errorf("%s went through", q)
		}
	}
	es, err := b.Events(b.ctx(), EventFilter{Limit: 2})
	b.must(err)
	if len(es) != 2 || es[0].ID >= es[1].ID || es[1].Prev != es[0].Hash {
		t.Errorf("events = %+v", es)
	}
}

func TestRetention(t *testing.T) {
	t.Parallel()
	b := stored(t)
	n, err := b.RemoveBytes(b.ctx(), theCall, "staff", "征集结束满一年")
	b.must(err)
	if n != 1 || b.blobs().Has(ref("mail")) || !b.blobs().Has(ref("letter")) || !b.blobs().Has(ref("waiting")) {
		t.Errorf("removed %d", n)
	}
	if got := kinds(b); got != "" {
		t.Errorf("verify after retention: %s", got)
	}
	if n, err := b.RemoveBytes(b.ctx(), theCall, "staff", "again"); n != 0 || err != nil {
		t.Errorf("again: %d, %v", n, err)
	}
}

// A mail that lies in the mailbox twice is one mail: retention removes its bytes, whichever row names them.
func TestRetentionOfCopies(t *testing.T) {
	t.Parallel()
	b := stored(t)
	c, arrival, err := b.Receive(b.ctx(), NewMessage{Location: Location{"Archive", 1, 7}, SHA256: ref("mail"), Size: 4, ReceivedAt: b.now})
	b.must(err)
	if arrival != Copy {
		t.Fatalf("arrival %s", arrival)
	}
	if n, err := b.RemoveBytes(b.ctx(), theCall, "staff", "征集结束满一年"); n != 1 || err != nil || b.blobs().Has(ref("mail")) {
		t.Errorf("removed %d, %v; the bytes are there: %v", n, err, b.blobs().Has(ref("mail")))
	}
	if c, err = b.Message(b.ctx(), c.ID); err != nil || !c.Removed {
		t.Errorf("the copy: %+v, %v", c, err)
	}
	if got := kinds(b); got != "" {
		t.Errorf("verify after retention: %s", got)
	}
}

func TestSweep(t *testing.T) {
	t.Parallel()
	b := stored(t)
	stray, _, err := b.blobs().Spool(b.ctx(), strings.NewReader("never received"))
	b.must(err)
	b.must(os.WriteFile(filepath.Join(b.Dir(), "spool", ".tmp-1"), nil, 0o600))
	b.must(b.Sweep(b.ctx()))
	if b.blobs().Has(stray) || !b.blobs().Has(ref("waiting")) {
		t.Error("the wrong bytes were swept")
	}
	if names, err := os.ReadDir(filepath.Join(b.Dir(), "spool")); err != nil || len(names) != 1 {
		t.Errorf("spool = %v, %v", names, err)
	}
}

func TestBackupAndRestore(t *testing.T) {
	t.Parallel()
	b := stored(t)
	file := filepath.Join(t.TempDir(), "backup.tar")
	b.must(b.Backup(b.ctx(), file))
	b.must(b.Backup(b.ctx(), file)) // replaces it
	damage, err := VerifyBackup(b.ctx(), file)
	b.must(err)
	if len(damage) != 0 {
		t.Errorf("damage = %+v", damage)
	}
	dir := filepath.Join(t.TempDir(), "restored")
	b.must(Restore(b.ctx(), file, dir))
	if err := Restore(b.ctx(), file, dir); !errors.Is(err, ErrConflict) {
		t.Errorf("restored over a ledger: %v", err)
	}
	db := b.again(dir)
	us, err := db.Province(b.ctx(), b.facts("hefei"))
	b.must(err)
	if us[0].State != StateAccepted || us[0].CasesAccepted != 1 {
		t.Errorf("restored = %+v", us[0])
	}
	if un, err := db.Unfinished(b.ctx()); err != nil || len(un) != 1 || !db.blobs().Has(un[0].SHA256) {
		t.Errorf("unfinished = %v, %v", un, err)
	}
	if names, err := os.ReadDir(filepath.Dir(file)); err != nil || len(names) != 1 {
		t.Errorf("left beside the backup: %v, %v", names, err)
	}
}

func TestDamagedBackups(t *testing.T) {
	t.Parallel()
	b := stored(t)
	file := filepath.Join(t.TempDir(), "backup.tar")
	b.must(b.Backup(b.ctx(), file))
	raw, err := os.ReadFile(file)
	b.must(err)
	flip := func(after string) []byte {
		out := []byte(string(raw))
		i := strings.Index(string(out), after)
		if i < 0 {
			t.Fatalf("%q is not in the backup", after)
		}
		out[i] ^= 1
		return out
	}
	for name, harmed := range map[string][]byte{
		"empty":           nil,
		"cut in database": raw[:3000],
		"cut in blobs":    raw[:len(raw)-2500],
		"byte of a blob":  flip("file a.docx"),
		"byte of a row":   flip("submission.accepted"),
		"not a tar":       []byte(strings.Repeat("no", 4000)),
	} {
		bad := filepath.Join(t.TempDir(), "bad.tar")
		b.must(os.WriteFile(bad, harmed, 0o600))
		damage, err := VerifyBackup(b.ctx(), bad)
		if err != nil || len(damage) == 0 {
			t.Errorf("%s: damage = %v, %v", name, damage, err)
		}
		if err := Restore(b.ctx(), bad, filepath.Join(t.TempDir(), "restored")); err == nil {
			t.Errorf("%s was restored", name)
		}
	}
	if _, err := VerifyBackup(b.ctx(), filepath.Join(t.TempDir(), "none.tar")); err == nil {
		t.Error("a missing backup was verified")
	}
}

// A blob that is lost does not keep the rest from being backed up, and is named.
func TestBackupOfDamagedSource(t *testing.T) {
	t.Parallel()
	b := stored(t)
	b.must(b.blobs().Remove(ref("letter")))
	file := filepath.Join(t.TempDir(), "backup.tar")
	if err := b.Backup(b.ctx(), file); !errors.Is(err, ErrIncomplete) || !strings.Contains(err.Error(), string(ref("letter"))) {
		t.Errorf("err = %v, want ErrIncomplete naming the blob", err)
	}
	damage, err := VerifyBackup(b.ctx(), file)
	b.must(err)
	if len(damage) != 1 || damage[0].Kind != DamagedBlob {
		t.Errorf("damage = %+v", damage)
	}
}

// A torn database: a clear stop, or a report that names it; never a crash, never a silent reading.
func TestTornDatabase(t *testing.T) {
	t.Parallel()
	for name, tear := range map[string]func(raw []byte) []byte{
		"head overwritten":   func(raw []byte) []byte { copy(raw, strings.Repeat("x", 100)); return raw },
		"cut in half":        func(raw []byte) []byte { return raw[:len(raw)/2] },
		"middle overwritten": func(raw []byte) []byte { copy(raw[len(raw)/3:], strings.Repeat("x", 64<<10)); return raw },
		"foreign file":       func([]byte) []byte { return []byte(strings.Repeat("not a database ", 500)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := stored(t)
			for range 20 {
				b.sends("hefei", sub{cases: "a b! c d e f"})
			}
			_, err := b.w.ExecContext(b.ctx(), `PRAGMA wal_checkpoint(TRUNCATE)`)
			b.must(err)
			b.must(b.Close())
			path := filepath.Join(b.Dir(), databaseName)
			raw, err := os.ReadFile(path)
			b.must(err)
			b.must(os.WriteFile(path, tear(raw), 0o600))
			db, err := Open(b.ctx(), b.Dir(), Options{})
			if err != nil {
				return // a clear stop
			}
			defer db.Close()
			damage, err := db.Verify(b.ctx())
			if err == nil && !strings.Contains(kindsOf(damage), string(DamagedDatabase)) {
				t.Errorf("the tear was not found: %+v", damage)
			}
		})
	}
}
