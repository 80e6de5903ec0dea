package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// ErrDamaged means that a stored file's bytes no longer match its name.
var ErrDamaged = errors.New("blob is damaged")

// Store is the blob store of one data directory. Its methods may be called from several goroutines and processes.
// A missing blob is reported as an error wrapping fs.ErrNotExist.
type Store struct {
	Dir string // the data directory; blobs/ and spool/ lie beneath it
}

const tempPrefix = ".tmp-"

// Open creates the store's directories in the data directory, which must be there, and returns the store.
func Open(dir string) (*Store, error) {
	s := &Store{Dir: dir}
	for _, d := range []string{s.spoolDir(), s.blobDir()} {
		if err := mkdir(d); err != nil {
			return nil, fmt.Errorf("open blob store: %w", err)
		}
	}
	return s, nil
}

func (s *Store) spoolDir() string { return filepath.Join(s.Dir, "spool") }
func (s *Store) blobDir() string  { return filepath.Join(s.Dir, "blobs") }

func (s *Store) spoolPath(ref Ref) string { return filepath.Join(s.spoolDir(), string(ref)) }

// Path returns where the kept bytes of ref lie, whether or not they are there. An invalid Ref has no path.
func (s *Store) Path(ref Ref) string {
	if !ref.Valid() {
		return ""
	}
	return filepath.Join(s.blobDir(), string(ref[:2]), string(ref))
}

// Spool stores everything r gives in spool/ and returns its Ref and size.
func (s *Store) Spool(ctx context.Context, r io.Reader) (Ref, int64, error) {
	return s.SpoolFunc(ctx, copyFrom(ctx, r))
}

// SpoolFunc is Spool for a source that writes by itself. When fill fails, nothing is stored.
func (s *Store) SpoolFunc(ctx context.Context, fill func(w io.Writer) error) (Ref, int64, error) {
	ref, size, err := s.store(ctx, fill, s.spoolPath)
	if err != nil {
		return "", 0, fmt.Errorf("spool: %w", err)
	}
	return ref, size, nil
}

// Put stores everything r gives in blobs/ and returns its Ref and size.
func (s *Store) Put(ctx context.Context, r io.Reader) (Ref, int64, error) {
	ref, size, err := s.store(ctx, copyFrom(ctx, r), s.Path)
	if err != nil {
		return "", 0, fmt.Errorf("put blob: %w", err)
	}
	return ref, size, nil
}

// PutFile stores a copy of the file in blobs/.
func (s *Store) PutFile(ctx context.Context, path string) (Ref, int64, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", 0, fmt.Errorf("put blob: %w", err)
	}
	defer f.Close()
	return s.Put(ctx, f)
}

// store writes, hashes, fsyncs, renames, and fsyncs the directory: in this order, so that a name never stands for
// bytes that a power cut can still take away.
func (s *Store) store(ctx context.Context, fill func(io.Writer) error, place func(Ref) string) (Ref, int64, error) {
	if err := mkdir(s.spoolDir()); err != nil {
		return "", 0, err
	}
	tmp, err := os.CreateTemp(s.spoolDir(), tempPrefix+"*") // 0600 at most
	if err != nil {
		return "", 0, err
	}
	defer os.Remove(tmp.Name()) // no longer there once renamed
	defer tmp.Close()
	sum := sha256.New()
	count := &counter{}
	if err := fill(io.MultiWriter(tmp, sum, count)); err != nil {
		return "", 0, err
	}
	if err := ctx.Err(); err != nil {
		return "", 0, err
	}
	if err := errors.Join(tmp.Chmod(0o600), handOverFile(tmp), tmp.Sync(), tmp.Close()); err != nil {
		return "", 0, err
	}
	ref := Ref(hex.EncodeToString(sum.Sum(nil)))
	if err := move(tmp.Name(), place(ref)); err != nil {
		return "", 0, err
	}
	return ref, count.n, nil
}

// Keep moves spooled bytes to blobs/. It may be repeated, and also succeeds when the bytes were already kept.
func (s *Store) Keep(ref Ref) error {
	if !ref.Valid() {
		return fmt.Errorf("keep blob: bad ref %q", ref)
	}
	err := move(s.spoolPath(ref), s.Path(ref))
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Lstat(s.Path(ref)); err == nil {
			return nil
		}
	}
	if err != nil {
		return fmt.Errorf("keep blob: %w", err)
	}
	return nil
}

// Drop removes spooled bytes. Dropping what is not there is no error; kept bytes are not touched.
func (s *Store) Drop(ref Ref) error {
	if !ref.Valid() {
		return fmt.Errorf("drop blob: bad ref %q", ref)
	}
	return remove(s.spoolPath(ref))
}

// Remove removes kept bytes (retention). Removing what is not there is no error.
func (s *Store) Remove(ref Ref) error {
	if !ref.Valid() {
		return fmt.Errorf("remove blob: bad ref %q", ref)
	}
	return remove(s.Path(ref))
}

// Open opens the bytes of ref, kept or else spooled.
func (s *Store) Open(ref Ref) (*os.File, error) {
	if !ref.Valid() {
		return nil, fmt.Errorf("open blob: bad ref %q: %w", ref, fs.ErrNotExist)
	}
	f, err := os.Open(s.Path(ref))
	if errors.Is(err, fs.ErrNotExist) {
		f, err = os.Open(s.spoolPath(ref))
	}
	if errors.Is(err, fs.ErrNotExist) {
		f, err = os.Open(s.Path(ref)) // Keep moved it between the two looks
	}
	if err != nil {
		return nil, fmt.Errorf("open blob: %w", err)
	}
	return f, nil
}

// Has reports whether the bytes of ref are there, kept or spooled.
func (s *Store) Has(ref Ref) bool {
	f, err := s.Open(ref)
	if err != nil {
		return false
	}
	f.Close()
	return true
}

// Verify reads the bytes of ref and compares them with its name: ErrDamaged when they differ.
func (s *Store) Verify(ctx context.Context, ref Ref) error {
	f, err := s.Open(ref)
	if err != nil {
		return err
	}
	defer f.Close()
	sum := sha256.New()
	if err := copyFrom(ctx, f)(sum); err != nil {
		return fmt.Errorf("verify blob %s: %w", ref, err)
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != string(ref) {
		return fmt.Errorf("verify blob %s: bytes hash to %s: %w", ref, got, ErrDamaged)
	}
	return nil
}

// Refs lists what lies in blobs/ and what lies in spool/, each in ascending order. Files with other names are left out.
func (s *Store) Refs() (kept, spooled []Ref, err error) {
	err = filepath.WalkDir(s.blobDir(), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if ref := Ref(d.Name()); !d.IsDir() && ref.Valid() {
			kept = append(kept, ref)
		}
		return nil
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, fmt.Errorf("list blobs: %w", err)
	}
	names, err := os.ReadDir(s.spoolDir())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, fmt.Errorf("list spool: %w", err)
	}
	for _, d := range names {
		if ref := Ref(d.Name()); ref.Valid() {
			spooled = append(spooled, ref)
		}
	}
	return kept, spooled, nil
}

// Sweep removes what a crash left half written. Only the holder of the data directory's lock may call it: another
// process may be writing.
func (s *Store) Sweep() (removed int, err error) {
	names, err := os.ReadDir(s.spoolDir())
	if err != nil {
		return 0, fmt.Errorf("sweep spool: %w", err)
	}
	for _, d := range names {
		if !strings.HasPrefix(d.Name(), tempPrefix) {
			continue
		}
		if err := remove(filepath.Join(s.spoolDir(), d.Name())); err != nil {
			return removed, err
		}
		removed++
	}
	return removed, nil
}
