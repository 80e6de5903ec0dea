package ledger

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"baosong/ledger/blob"
)

// vacuumInto writes a consistent copy of the database to a new file, 0600. It never goes through the live file by hand.
func vacuumInto(ctx context.Context, q querier, to string) error {
	f, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600) // VACUUM INTO takes an empty file
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	_, err = q.ExecContext(ctx, `VACUUM INTO ?`, to)
	return err
}

// Backup writes a consistent copy of the ledger and of every blob that it names into one plain tar file: ledger.db first.
// It may run beside the daemon. The file appears in one go, and an existing one is replaced. When the data directory itself
// lacks a blob, the rest is backed up all the same and the error wraps ErrIncomplete.
func (db *DB) Backup(ctx context.Context, file string) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("back up to %s: %w", file, err)
		}
	}()
	work, err := os.MkdirTemp(filepath.Dir(file), ".baosong-backup-*") // 0700, on the file's own disk
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	tar := filepath.Join(work, "backup.tar")
	var missing []blob.Ref
	for range backupTries {
		if missing, err = db.pack(ctx, work, tar); err != nil {
			return err
		}
		lost, err := db.stillNamed(ctx, missing)
		if err != nil {
			return err
		}
		if len(lost) == len(missing) {
			break
		}
		// Bytes were removed on purpose between the copy of the ledger and that of the bytes: the copies must agree.
	}
	if err := os.Rename(tar, file); err != nil {
		return err
	}
	return errors.Join(blob.SyncDir(filepath.Dir(file)), incomplete(missing))
}

// backupTries is how often a backup begins anew because bytes were removed beside it.
const backupTries = 5

// pack copies the ledger, and then the bytes that the copy names, into a tar file. It returns the refs of those that are not there.
func (db *DB) pack(ctx context.Context, work, tar string) (missing []blob.Ref, err error) {
	copied := filepath.Join(work, databaseName)
	for _, old := range []string{copied, tar} {
		if err := os.Remove(old); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	if err := db.vacuumTo(ctx, copied); err != nil {
		return nil, err
	}
	named, err := refsOfFile(ctx, copied)
	if err != nil {
		return nil, err
	}
	out, err := os.OpenFile(tar, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	if missing, err = db.writeTar(ctx, out, copied, sortedRefs(named)); err != nil {
		return nil, err
	}
	return missing, errors.Join(out.Sync(), out.Close())
}

// stillNamed returns those of the refs that the ledger names now: what was removed on purpose it names no more.
func (db *DB) stillNamed(ctx context.Context, refs []blob.Ref) (still []blob.Ref, err error) {
	if len(refs) == 0 {
		return nil, nil
	}
	err = db.read(ctx, "read names of bytes", func(q querier) error {
		named, err := namedRefs(ctx, q)
		for _, ref := range refs {
			if _, ok := named[ref]; ok {
				still = append(still, ref)
			}
		}
		return err
	})
	return still, err
}

// incomplete names the bytes that a backup lacks.
func incomplete(missing []blob.Ref) (err error) {
	for _, ref := range missing {
		err = errors.Join(err, fmt.Errorf("%w: %s is missing", ErrIncomplete, ref))
	}
	return err
}

// vacuumTo copies the live database through a connection of its own, since VACUUM cannot run where writing is forbidden.
func (db *DB) vacuumTo(ctx context.Context, to string) error {
	pool, err := connect(filepath.Join(db.dir, databaseName), "deferred", false)
	if err != nil {
		return err
	}
	return errors.Join(vacuumInto(ctx, pool, to), pool.Close())
}

// refsOfFile returns the blobs that a copied ledger names.
func refsOfFile(ctx context.Context, path string) (map[blob.Ref]string, error) {
	pool, err := connect(path, "deferred", false)
	if err != nil {
		return nil, err
	}
	named, err := namedRefs(ctx, pool)
	return named, errors.Join(err, pool.Close())
}

// writeTar writes the copied database and the blobs; missing are those that were not there.
func (db *DB) writeTar(ctx context.Context, w io.Writer, copied string, refs []blob.Ref) (missing []blob.Ref, err error) {
	tw := tar.NewWriter(w)
	f, err := os.Open(copied) // a copy: no process has it open
	if err != nil {
		return nil, err
	}
	if err := addToTar(tw, databaseName, f); err != nil {
		return nil, err
	}
	for _, ref := range refs {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		f, err := db.blobs().Open(ref)
		if errors.Is(err, fs.ErrNotExist) {
			missing = append(missing, ref)
			continue
		}
		if err != nil {
			return nil, err
		}
		if err := addToTar(tw, blobName(ref), f); err != nil {
			return nil, err
		}
	}
	return missing, tw.Close()
}

func blobName(ref blob.Ref) string { return path.Join("blobs", string(ref[:2]), string(ref)) }

// addToTar writes one file and closes it.
func addToTar(tw *tar.Writer, name string, f *os.File) error {
	defer f.Close()
	fi, err := f.Stat()
	if err != nil {
		return err
	}
	h := &tar.Header{Name: name, Mode: 0o600, Size: fi.Size(), ModTime: fi.ModTime(), Format: tar.FormatPAX}
	if err := tw.WriteHeader(h); err != nil {
		return err
	}
	_, err = io.Copy(tw, f)
	return err
}

// Restore unpacks a backup into a data directory, which must be missing or empty, and proves the result: damage is an
// error. Spooled mails come back as kept ones.
func Restore(ctx context.Context, file, dir string) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("restore %s: %w", file, err)
		}
	}()
	if names, err := os.ReadDir(dir); err == nil && len(names) > 0 {
		return fmt.Errorf("%s is not empty: %w", dir, ErrConflict)
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	_, missing := os.Stat(dir)
	if err := blob.MakeDir(dir); err != nil {
		return err
	}
	defer func() {
		if err != nil { // half a data directory must not be taken for a whole one
			err = errors.Join(err, empty(dir, errors.Is(missing, fs.ErrNotExist)))
		}
	}()
	store, err := blob.Open(dir)
	if err != nil {
		return err
	}
	err = readTar(ctx, file, func(r io.Reader) error {
		return writeFile(filepath.Join(dir, databaseName), r)
	}, func(ref blob.Ref, r io.Reader) error {
		got, _, err := store.Put(ctx, r)
		if err == nil && got != ref {
			err = fmt.Errorf("%s: %w", ref, blob.ErrDamaged)
		}
		return err
	})
	if err != nil {
		return err
	}
	return proveRestored(ctx, dir)
}

// empty removes what is in a folder, and with all the folder itself.
func empty(dir string, all bool) error {
	if all {
		return os.RemoveAll(dir)
	}
	names, err := os.ReadDir(dir)
	for _, n := range names {
		err = errors.Join(err, os.RemoveAll(filepath.Join(dir, n.Name())))
	}
	return err
}

func proveRestored(ctx context.Context, dir string) error {
	db, err := Open(ctx, dir, Options{})
	if err != nil {
		return err
	}
	damage, err := db.Verify(ctx)
	for _, d := range damage {
		if d.Grave() {
			err = errors.Join(err, fmt.Errorf("%s %s: %s", d.Kind, d.Ref, d.Text))
		}
	}
	return errors.Join(err, db.Close())
}

func writeFile(path string, r io.Reader) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := io.Copy(f, r); err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close(), blob.SyncDir(filepath.Dir(path)))
}

// readTar walks a backup. Names that a backup does not have are refused.
func readTar(ctx context.Context, file string, database func(io.Reader) error, bytes func(blob.Ref, io.Reader) error) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	tr := tar.NewReader(f)
	seen := false
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		ref := blob.Ref(path.Base(h.Name))
		switch {
		case h.Typeflag == tar.TypeReg && h.Name == databaseName && !seen:
			seen, err = true, database(tr)
		case h.Typeflag == tar.TypeReg && ref.Valid() && h.Name == blobName(ref):
			err = bytes(ref, tr)
		default:
			err = fmt.Errorf("%q does not belong into a backup", h.Name)
		}
		if err != nil {
			return err
		}
	}
	if !seen {
		return errors.New("there is no ledger.db in it")
	}
	return nil
}
