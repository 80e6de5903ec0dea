package ledger

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// Whoever puts another ledger in the place of an open one would have what is written from then on go into a file without a name:
// nothing more is written.
func TestLedgerReplaced(t *testing.T) {
	t.Parallel()
	for name, with := range map[string]func(b *bench, path string) error{
		"moved away":      func(b *bench, path string) error { return os.Rename(path, path+".old") },
		"directory moved": func(b *bench, path string) error { return os.Rename(b.Dir(), b.Dir()+".old") },
		"copied over by rename": func(b *bench, path string) error {
			raw, err := os.ReadFile(path)
			return errors.Join(err, os.WriteFile(path+".new", raw, 0o600), os.Rename(path+".new", path))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := mustOpen(t)
			b.must(b.PollDone(b.ctx(), ""))
			b.must(with(b, filepath.Join(b.Dir(), databaseName)))
			if err := b.PollDone(b.ctx(), ""); !errors.Is(err, ErrReplaced) {
				t.Errorf("err = %v", err)
			}
		})
	}
}
