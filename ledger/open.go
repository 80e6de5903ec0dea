package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the "sqlite" driver

	"baosong/ledger/blob"
)

// Options of Open.
type Options struct {
	Now      func() time.Time // the clock; nil: time.Now
	ReadOnly bool             // never write, never migrate; the ledger must exist
	Domain   string           // right-hand side of our Message-IDs; empty: baosong.invalid
}

// DB is an open ledger. Its methods may be called from several goroutines; several processes may have the same
// directory open.
type DB struct {
	dir    string
	now    func() time.Time
	domain string
	w      *sql.DB // one connection; nil when read-only
	r      *sql.DB // a few connections that cannot write
	file   fs.FileInfo

	fail func(step string) error // tests: a crash at this step of a transaction
}

const databaseName = "ledger.db"

// Open opens the ledger in the data directory dir, making the directory and the ledger when missing and bringing an
// older schema up to date. A newer schema is refused with ErrNewerSchema.
func Open(ctx context.Context, dir string, o Options) (*DB, error) {
	db, err := open(ctx, dir, o)
	if err != nil {
		return nil, fmt.Errorf("open ledger in %s: %w", dir, err)
	}
	return db, nil
}

func open(ctx context.Context, dir string, o Options) (*DB, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	db := &DB{dir: dir, now: o.Now, domain: o.Domain}
	if db.now == nil {
		db.now = time.Now
	}
	if db.domain == "" {
		db.domain = "baosong.invalid"
	}
	path := filepath.Join(dir, databaseName)
	if o.ReadOnly {
		if _, err := os.Stat(path); err != nil {
			return nil, err
		}
	} else if err := prepare(dir); err != nil {
		return nil, err
	}
	if db.r, err = connect(path, "deferred", true); err != nil {
		return nil, err
	}
	db.r.SetMaxOpenConns(4)
	if !o.ReadOnly {
		if db.w, err = connect(path, "immediate", false); err != nil {
			return nil, errors.Join(err, db.Close())
		}
		db.w.SetMaxOpenConns(1)
		err = migrate(ctx, db.w, migrations())
	} else {
		err = current(ctx, db.r, len(migrations()))
	}
	if err == nil {
		db.file, err = os.Stat(path)
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// inPlace asks that the open ledger is still the file of that name. What is written into one that was moved away is lost with the
// process, while the new one knows nothing of it.
func (db *DB) inPlace() error {
	now, err := os.Stat(filepath.Join(db.dir, databaseName))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrReplaced, err)
	}
	if !os.SameFile(now, db.file) {
		return ErrReplaced
	}
	return nil
}

// prepare makes the data directory and an empty database file with the modes they must have: SQLite gives its journal
// files the mode of the database.
func prepare(dir string) error {
	for _, d := range []string{dir, filepath.Join(dir, "scratch")} {
		if err := blob.MakeDir(d); err != nil {
			return err
		}
		if err := tighten(d, 0o700); err != nil {
			return err
		}
	}
	if err := blob.HandOver(filepath.Join(dir, "scratch")); err != nil {
		return err
	}
	if _, err := blob.Open(dir); err != nil {
		return err
	}
	path := filepath.Join(dir, databaseName)
	// Only a file that does not exist is opened here: closing a live database by hand would drop SQLite's locks.
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err == nil {
		err = errors.Join(f.Close(), blob.HandOver(path))
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return tighten(path, 0o600)
}

func tighten(path string, mode fs.FileMode) error {
	fi, err := os.Stat(path)
	if err != nil {
		return err
	}
	if fi.Mode().Perm() == mode {
		return nil
	}
	return os.Chmod(path, mode)
}

// connect opens a pool. All pragmas stand in the DSN, so that every connection has them: rows must survive a power cut
// (synchronous FULL), deleted content must not linger (secure_delete), and writers queue up instead of failing
// (immediate transactions, busy_timeout).
func connect(path, lock string, readOnly bool) (*sql.DB, error) {
	q := url.Values{}
	for _, pragma := range []string{
		"busy_timeout(10000)",
		"journal_mode(WAL)",
		"synchronous(FULL)",
		"foreign_keys(1)",
		"secure_delete(1)",
		"temp_store(MEMORY)",
	} {
		q.Add("_pragma", pragma)
	}
	if readOnly {
		q.Add("_pragma", "query_only(1)")
	}
	q.Set("_txlock", lock)
	q.Set("mode", "rw") // never make a database by accident
	escaped := strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(path)
	return sql.Open("sqlite", "file:"+escaped+"?"+q.Encode())
}

// Close closes the ledger.
func (db *DB) Close() error {
	var errs []error
	for _, pool := range []*sql.DB{db.w, db.r} {
		if pool != nil {
			errs = append(errs, pool.Close())
		}
	}
	return errors.Join(errs...)
}

// Dir returns the data directory, absolute.
func (db *DB) Dir() string { return db.dir }

func (db *DB) blobs() *blob.Store { return &blob.Store{Dir: db.dir} }
