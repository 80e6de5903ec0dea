package blob

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// counter counts the bytes written to it.
type counter struct{ n int64 }

func (c *counter) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	return len(p), nil
}

// copyFrom returns a fill function that copies r and stops when ctx ends.
func copyFrom(ctx context.Context, r io.Reader) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.Copy(w, readerUntil{ctx, r})
		return err
	}
}

// readerUntil is a reader that fails once its context has ended. It lives for one call only.
type readerUntil struct {
	ctx context.Context
	r   io.Reader
}

func (r readerUntil) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

// mkdir makes a directory, 0700 whatever the umask. It makes no parent: a data directory that was moved away while in use must
// not come back under its old name.
func mkdir(dir string) error {
	fi, err := os.Stat(dir)
	if err == nil && fi.IsDir() && fi.Mode().Perm() == 0o700 {
		return nil
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return errors.Join(os.Chmod(dir, 0o700), HandOver(dir))
}

// MakeDir makes a folder and those above it that are missing, 0700, and makes their names durable.
func MakeDir(dir string) error {
	_, err := os.Stat(dir)
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := MakeDir(filepath.Dir(dir)); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return SyncDir(filepath.Dir(dir))
}

// move renames a file and makes the new name durable, and the loss of the old one.
func move(from, to string) error {
	if err := mkdir(filepath.Dir(to)); err != nil {
		return err
	}
	if err := os.Rename(from, to); err != nil {
		return err
	}
	if err := SyncDir(filepath.Dir(to)); err != nil {
		return err
	}
	if a, b := filepath.Dir(from), filepath.Dir(to); a != b {
		// A new blobs/ab lies in blobs/: its own entry must last too.
		return errors.Join(SyncDir(filepath.Dir(b)), SyncDir(a))
	}
	return nil
}

// remove removes a file and makes that durable; a file that is not there is no error.
func remove(path string) error {
	if err := os.Remove(path); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	}
	return SyncDir(filepath.Dir(path))
}

// SyncDir makes durable which names a folder holds.
func SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
