package letter

import (
	"errors"
	"io/fs"
	"path/filepath"
	"testing"
)

// TestWriteTemplates writes the defaults out: they check as a letters folder of one's own, and are never overwritten.
func TestWriteTemplates(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "letters")
	names, err := WriteTemplates(dir)
	if err != nil || len(names) < 20 {
		t.Fatalf("wrote %q, %v", names, err)
	}
	if err := Check(dir); err != nil {
		t.Errorf("the defaults do not check: %v", err)
	}
	if _, err := WriteTemplates(dir); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a second time: %v, want %v", err, fs.ErrExist)
	}
}
