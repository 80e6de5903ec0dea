package ledger

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"baosong/ledger/blob"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// migrations returns the scripts in order; the n-th brings a ledger from schema n-1 to n. A released one is never edited.
func migrations() []string {
	names, err := migrationFiles.ReadDir("migrations")
	if err != nil {
		panic("ledger: internal error: " + err.Error())
	}
	var all []string
	for _, name := range names { // sorted by name
		raw, err := migrationFiles.ReadFile("migrations/" + name.Name())
		if err != nil {
			panic("ledger: internal error: " + err.Error())
		}
		all = append(all, string(raw))
	}
	return all
}

// migrate brings the schema up to date, each step in a transaction of its own. Before an existing ledger is touched, a
// copy of it is left beside it.
func migrate(ctx context.Context, db *sql.DB, scripts []string) error {
	have, err := version(ctx, db)
	if err != nil {
		return err
	}
	if have > len(scripts) {
		return newer(have, len(scripts))
	}
	if have > 0 && have < len(scripts) {
		if err := keepOld(ctx, db, have); err != nil {
			return fmt.Errorf("keep a copy of the ledger before upgrading it: %w", err)
		}
	}
	for ; have < len(scripts); have++ {
		if err := step(ctx, db, have, scripts[have]); err != nil {
			return fmt.Errorf("migrate schema from %d to %d: %w", have, have+1, err)
		}
	}
	return nil
}

// step runs one script, unless another process has done so in the meantime.
func step(ctx context.Context, db *sql.DB, from int, script string) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	have, err := version(ctx, tx)
	if err != nil || have > from {
		return err
	}
	if _, err := tx.ExecContext(ctx, script); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", from+1)); err != nil {
		return err
	}
	return tx.Commit()
}

// keepOld copies the ledger to ledger-schema<N>.db beside it, once.
func keepOld(ctx context.Context, db *sql.DB, have int) error {
	var seq int
	var name, path string
	if err := db.QueryRowContext(ctx, "PRAGMA database_list").Scan(&seq, &name, &path); err != nil {
		return err
	}
	to := filepath.Join(filepath.Dir(path), fmt.Sprintf("ledger-schema%d.db", have))
	if _, err := os.Stat(to); err == nil {
		return nil
	}
	half := to + ".part" // of a copy that a crash cut short
	if err := os.Remove(half); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := vacuumInto(ctx, db, half); err != nil {
		return err
	}
	return errors.Join(blob.HandOver(half), os.Rename(half, to), blob.SyncDir(filepath.Dir(to)))
}

// dropOld removes the copies that upgrades have kept: they hold what has to go.
func dropOld(dir string) error {
	kept, err := fs.Glob(os.DirFS(dir), "ledger-schema*.db*") // the directory's own name is no pattern
	for _, k := range kept {
		err = errors.Join(err, os.Remove(filepath.Join(dir, k)))
	}
	return err
}

// current checks that a ledger opened read-only has exactly this program's schema.
func current(ctx context.Context, db *sql.DB, want int) error {
	have, err := version(ctx, db)
	switch {
	case err != nil:
		return err
	case have > want:
		return newer(have, want)
	case have < want:
		return fmt.Errorf("ledger has schema %d, this program needs %d: it is upgraded when opened for writing", have, want)
	}
	return nil
}

func newer(have, want int) error {
	return fmt.Errorf("%w: it has schema %d, this program knows up to %d: install the newer baosong again, or restore a backup", ErrNewerSchema, have, want)
}

func version(ctx context.Context, q querier) (int, error) {
	var n int
	if err := q.QueryRowContext(ctx, "PRAGMA user_version").Scan(&n); err != nil {
		return 0, fmt.Errorf("read schema version: %w", err)
	}
	return n, nil
}
