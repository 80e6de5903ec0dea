package blob

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestHandOver stores as root into a folder of another user: everything must be that user's, or the daemon cannot read what
// staff have decided with sudo.
func TestHandOver(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		if os.Getenv("CI") == "true" {
			t.Fatal("NOT ROOT, and CI must not go without")
		}
		t.Skip("NOT ROOT: files handed over to another user were NOT tried")
	}
	const daemon = 65532
	dir := filepath.Join(t.TempDir(), "data")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(dir, daemon, daemon); err != nil {
		t.Fatal(err)
	}
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Put(t.Context(), strings.NewReader("hello")); err != nil {
		t.Fatal(err)
	}
	files := 0
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		uid, gid, err := ownerOf(path)
		if err != nil {
			return err
		}
		if !d.IsDir() {
			files++
		}
		if uid != daemon || gid != daemon {
			t.Errorf("%s belongs to %d:%d, want %d", path, uid, gid, daemon)
		}
		return nil
	})
	if err != nil || files != 1 {
		t.Errorf("%d files, %v", files, err)
	}
}
