package blob

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

const helloRef = Ref("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824") // "hello"

func mustOpen(t *testing.T) *Store {
	t.Helper()
	s, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func mustSpool(t *testing.T, s *Store, text string) Ref {
	t.Helper()
	ref, size, err := s.Spool(t.Context(), strings.NewReader(text))
	if err != nil || size != int64(len(text)) {
		t.Fatalf("Spool(%q) = %s, %d, %v", text, ref, size, err)
	}
	return ref
}

func read(t *testing.T, s *Store, ref Ref) string {
	t.Helper()
	f, err := s.Open(ref)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	raw, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestSpoolKeep(t *testing.T) {
	t.Parallel()
	s := mustOpen(t)
	ref := mustSpool(t, s, "hello")
	if ref != helloRef {
		t.Fatalf("ref = %s, want %s", ref, helloRef)
	}
	if got := read(t, s, ref); got != "hello" {
		t.Errorf("spooled bytes = %q", got)
	}
	if _, err := os.Lstat(s.Path(ref)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("blobs/ already has it: %v", err)
	}
	for range 2 { // twice is once
		if err := s.Keep(ref); err != nil {
			t.Fatal(err)
		}
	}
	if mustSpool(t, s, "hello") != ref || s.Keep(ref) != nil {
		t.Error("the same bytes again were refused")
	}
	kept, spooled, err := s.Refs()
	if err != nil || len(kept) != 1 || len(spooled) != 0 {
		t.Errorf("Refs = %v, %v, %v, want one kept", kept, spooled, err)
	}
	if err := s.Keep(Ref(strings.Repeat("0", 64))); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Keep of nothing: %v", err)
	}
}

func TestDropAndRemove(t *testing.T) {
	t.Parallel()
	s := mustOpen(t)
	ref := mustSpool(t, s, "secret")
	for range 2 {
		if err := s.Drop(ref); err != nil {
			t.Fatal(err)
		}
	}
	if s.Has(ref) {
		t.Error("dropped bytes are still there")
	}
	kept, _, err := s.Put(t.Context(), strings.NewReader("kept"))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Drop(kept); err != nil || !s.Has(kept) {
		t.Errorf("Drop touched kept bytes: %v", err)
	}
	if err := s.Remove(kept); err != nil || s.Has(kept) {
		t.Errorf("Remove: %v", err)
	}
}

// TestMovedAwayStaysAway: what a running daemon still stores must not make the data directory anew where staff have just moved
// it away, perhaps to restore a backup in its place.
func TestMovedAwayStaysAway(t *testing.T) {
	t.Parallel()
	s := mustOpen(t)
	if err := os.Rename(s.Dir, s.Dir+".old"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(s.Dir + ".old") })
	for name, store := range map[string]func(context.Context, io.Reader) (Ref, int64, error){"spool": s.Spool, "put": s.Put} {
		if _, _, err := store(t.Context(), strings.NewReader("x")); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: got %v, want that the directory does not exist", name, err)
		}
	}
	if _, err := os.Stat(s.Dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the data directory is there again: %v", err)
	}
}

func TestModesWhateverTheUmask(t *testing.T) {
	// Not parallel: the umask belongs to the process.
	old := syscall.Umask(0)
	defer syscall.Umask(old)
	s := mustOpen(t)
	ref, _, err := s.Put(t.Context(), strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]fs.FileMode{
		s.Path(ref):                   0o600,
		filepath.Dir(s.Path(ref)):     0o700,
		filepath.Join(s.Dir, "spool"): 0o700,
		filepath.Join(s.Dir, "blobs"): 0o700,
	} {
		fi, err := os.Stat(path)
		if err != nil || fi.Mode().Perm() != want {
			t.Errorf("%s: mode %v, %v, want %v", path, fi.Mode().Perm(), err, want)
		}
	}
}

func TestFailedSourceLeavesNothing(t *testing.T) {
	t.Parallel()
	s := mustOpen(t)
	broken := errors.New("cut in the middle")
	_, _, err := s.SpoolFunc(t.Context(), func(w io.Writer) error {
		if _, err := io.WriteString(w, "half a ma"); err != nil {
			return err
		}
		return broken
	})
	if !errors.Is(err, broken) {
		t.Errorf("err = %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := s.Spool(ctx, strings.NewReader("x")); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want cancelled", err)
	}
	names, err := os.ReadDir(filepath.Join(s.Dir, "spool"))
	if err != nil || len(names) != 0 {
		t.Errorf("left in spool: %v, %v", names, err)
	}
}

func TestSweepRemovesTruncatedTemp(t *testing.T) {
	t.Parallel()
	s := mustOpen(t)
	ref := mustSpool(t, s, "whole")
	if err := os.WriteFile(filepath.Join(s.Dir, "spool", tempPrefix+"123"), []byte("hal"), 0o600); err != nil {
		t.Fatal(err)
	}
	if n, err := s.Sweep(); n != 1 || err != nil {
		t.Errorf("Sweep = %d, %v, want 1", n, err)
	}
	if !s.Has(ref) {
		t.Error("Sweep took whole bytes")
	}
}

func TestVerifyFindsFlippedByte(t *testing.T) {
	t.Parallel()
	s := mustOpen(t)
	ref, _, err := s.Put(t.Context(), strings.NewReader("hello"))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Verify(t.Context(), ref); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(s.Path(ref), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(s.Path(ref), []byte("hallo"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Verify(t.Context(), ref); !errors.Is(err, ErrDamaged) {
		t.Errorf("Verify = %v, want ErrDamaged", err)
	}
}

func TestBadRefsHaveNoPath(t *testing.T) {
	t.Parallel()
	s := mustOpen(t)
	for _, ref := range []Ref{"", "../../etc/passwd", helloRef[:63], Ref(strings.ToUpper(string(helloRef)))} {
		if p := s.Path(ref); p != "" {
			t.Errorf("Path(%q) = %q", ref, p)
		}
		if s.Has(ref) || s.Keep(ref) == nil || s.Drop(ref) == nil || s.Remove(ref) == nil {
			t.Errorf("ref %q was taken", ref)
		}
	}
}
