package ledger

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

func TestModesWhateverTheUmask(t *testing.T) {
	// Not parallel: the umask belongs to the process.
	old := syscall.Umask(0)
	defer syscall.Umask(old)
	b := stored(t)
	release, err := Lock(b.Dir())
	b.must(err)
	defer release()
	b.must(b.Backup(b.ctx(), filepath.Join(b.Dir(), "..", "backup.tar")))
	err = filepath.WalkDir(filepath.Join(b.Dir(), ".."), func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == filepath.Join(b.Dir(), "..") {
			return err
		}
		fi, err := d.Info()
		if err != nil {
			return err
		}
		if fi.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, fi.Mode())
		}
		return nil
	})
	b.must(err)
}

func TestLooseModesAreTightened(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	db, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if fi, err := os.Stat(dir); err != nil || fi.Mode().Perm() != 0o700 {
		t.Errorf("mode = %v, %v", fi.Mode(), err)
	}
}

func TestPragmasOfEveryConnection(t *testing.T) {
	t.Parallel()
	b := mustOpen(t)
	for pragma, want := range map[string]string{
		"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "secure_delete": "1", "busy_timeout": "10000",
	} {
		for range 3 {
			conn, err := b.r.Conn(b.ctx())
			b.must(err)
			defer conn.Close()
			var got string
			b.must(conn.QueryRowContext(b.ctx(), "PRAGMA "+pragma).Scan(&got))
			if got != want {
				t.Errorf("%s = %s, want %s", pragma, got, want)
			}
			if err := conn.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestDirWithOddName(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "数据 100%?#&x=1")
	db, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := os.Stat(filepath.Join(dir, databaseName)); err != nil {
		t.Error(err)
	}
	names, err := os.ReadDir(filepath.Dir(dir))
	if err != nil || len(names) != 1 {
		t.Errorf("strange files: %v, %v", names, err)
	}
}

func TestLock(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	release, err := Lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Lock(dir); !errors.Is(err, ErrLocked) {
		t.Errorf("second lock: %v", err)
	}
	release()
	release, err = Lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	release()
}

func TestReadOnly(t *testing.T) {
	t.Parallel()
	if _, err := Open(t.Context(), t.TempDir(), Options{ReadOnly: true}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing ledger was opened: %v", err)
	}
	b := stored(t)
	db, err := Open(t.Context(), b.Dir(), Options{ReadOnly: true})
	b.must(err)
	defer db.Close()
	if _, err := db.Province(t.Context(), b.facts("hefei")); err != nil {
		t.Error(err)
	}
	if err := db.PollDone(t.Context(), ""); err == nil {
		t.Error("a read-only ledger was written")
	}
	if _, err := db.r.ExecContext(t.Context(), `DELETE FROM letter`); err == nil {
		t.Error("the reading pool can write")
	}
	b.must(db.Backup(t.Context(), filepath.Join(t.TempDir(), "backup.tar")))
}

func TestNewerSchemaIsRefused(t *testing.T) {
	t.Parallel()
	b := mustOpen(t)
	_, err := b.w.ExecContext(b.ctx(), `PRAGMA user_version = 99`)
	b.must(err)
	for _, readOnly := range []bool{false, true} {
		if _, err := Open(t.Context(), b.Dir(), Options{ReadOnly: readOnly}); !errors.Is(err, ErrNewerSchema) || !strings.Contains(err.Error(), "99") {
			t.Errorf("err = %v", err)
		}
	}
}

func TestMigrate(t *testing.T) {
	t.Parallel()
	b := mustOpen(t)
	b.sends("hefei", sub{cases: "a"})
	scripts := append(migrations(), `ALTER TABLE folder ADD COLUMN note TEXT NOT NULL DEFAULT ''`)
	b.must(migrate(b.ctx(), b.w, scripts))
	b.must(migrate(b.ctx(), b.w, scripts)) // twice is once
	if n, err := version(b.ctx(), b.w); n != len(scripts) || err != nil {
		t.Errorf("version = %d, %v", n, err)
	}
	if _, err := os.Stat(filepath.Join(b.Dir(), fmt.Sprintf("ledger-schema%d.db", len(scripts)-1))); err != nil {
		t.Errorf("no copy of the old ledger was kept: %v", err)
	}
	bad := append(scripts, `CREATE TABLE half (x INTEGER) STRICT; CREATE TABLE half (x INTEGER) STRICT`)
	if err := migrate(b.ctx(), b.w, bad); err == nil {
		t.Error("a broken migration went through")
	}
	if n, _ := version(b.ctx(), b.w); n != len(scripts) {
		t.Errorf("version after a broken migration = %d", n)
	}
	if _, err := b.w.ExecContext(b.ctx(), `SELECT * FROM half`); err == nil {
		t.Error("half a migration stayed")
	}
}

// Staff write beside the daemon: two handles on one directory, nothing fails, the chain holds.
func TestTwoHandlesInParallel(t *testing.T) {
	t.Parallel()
	b := mustOpen(t)
	other := b.again(b.Dir())
	const each = 8
	var wg sync.WaitGroup
	errs := make(chan error, 4*each)
	for i, db := range []*DB{b.DB, other, b.DB, other} {
		wg.Go(func() {
			for j := range each {
				m, _, err := db.Receive(context.Background(), NewMessage{
					Location: Location{"INBOX", 1, uint32(i*each + j + 1)}, SHA256: ref(string(rune(i*each + j + 0x4e00))), ReceivedAt: b.now,
				})
				if err == nil {
					_, err = db.Record(context.Background(), outcome(m, "hefei", sub{cases: "a b!"}.submission()))
				}
				if err == nil {
					_, err = db.Claim(context.Background(), b.now, []time.Duration{time.Hour})
				}
				if err == nil {
					_, err = db.Province(context.Background(), b.facts("hefei"))
				}
				errs <- err
			}
		})
	}
	wg.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			t.Error(err)
		}
	}
	subs, err := b.Submissions(b.ctx(), theCall, "hefei")
	b.must(err)
	standing := 0
	for _, s := range subs {
		if s.State != Superseded {
			standing++
		}
	}
	if len(subs) != 4*each || standing != 1 {
		t.Errorf("%d submissions, %d of them stand", len(subs), standing)
	}
	var damage []Damage
	b.must(b.read(b.ctx(), "verify", func(q querier) (err error) {
		damage, err = verifyRows(b.ctx(), q)
		return err
	}))
	for _, d := range damage {
		t.Errorf("%+v", d)
	}
}

// A full disk stops the transaction; once there is room, the same step does it all.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	b := mustOpen(t)
	m := b.mail("x")
	pages, err := number(b.ctx(), b.w, `PRAGMA page_count`)
	b.must(err)
	_, err = number(b.ctx(), b.w, `PRAGMA max_page_count = `+encode(pages))
	b.must(err)
	o := outcome(m, "hefei", sub{cases: "a"}.submission())
	o.Submission.Rows[0].Values["title"] = strings.Repeat("长", 100_000)
	if _, err := b.Record(b.ctx(), o); err == nil || !strings.Contains(err.Error(), "full") {
		t.Fatalf("err = %v, want disk full", err)
	}
	_, err = number(b.ctx(), b.w, `PRAGMA max_page_count = 1000000`)
	b.must(err)
	if _, err := b.Record(b.ctx(), o); err != nil {
		t.Error(err)
	}
}

// Every released schema, kept as it was dumped then, becomes today's.
func TestUpgradeFromReleasedSchemas(t *testing.T) {
	t.Parallel()
	for n := 1; n <= len(migrations()); n++ {
		script, err := os.ReadFile(filepath.Join("testdata", "schemas", fmt.Sprintf("%04d.sql", n)))
		if err != nil {
			t.Fatalf("schema %d was released without its dump: %v", n, err)
		}
		dir := t.TempDir()
		if err := prepare(dir); err != nil {
			t.Fatal(err)
		}
		old, err := connect(filepath.Join(dir, databaseName), "immediate", false)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := old.ExecContext(t.Context(), string(script)+fmt.Sprintf("; PRAGMA user_version = %d", n)); err != nil {
			t.Fatal(err)
		}
		if err := old.Close(); err != nil {
			t.Fatal(err)
		}
		db, err := Open(t.Context(), dir, Options{})
		if err != nil {
			t.Fatalf("upgrade from schema %d: %v", n, err)
		}
		if got, err := dumpSchema(t.Context(), db.r); err != nil || got != goldenSchema {
			t.Errorf("schema %d does not become today's: %v", n, err)
		}
		db.Close()
	}
}
