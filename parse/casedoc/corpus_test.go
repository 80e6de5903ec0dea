package casedoc

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"baosong/parse/container"
	"baosong/sample/corpus"
)

// toolRead reads a file as parse does: sniff, then read.
func toolRead(t testing.TB, path string) (*Document, container.Format, error) {
	format, err := container.SniffFile(path)
	if err != nil {
		return nil, format, err
	}
	d, err := Read(context.Background(), path, format, Limits{Scratch: scratch(t), Time: time.Hour})
	return d, format, err
}

func TestCorpusReadsAll(t *testing.T) {
	root := corpus.Dir(t)
	scratch(t)
	type score struct {
		files, read, told int
		slowest           time.Duration // told only: a machine may be busy
	}
	scores := map[string]*score{}
	for _, dir := range []string{"docs", "pdf"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			rel, _ := filepath.Rel(root, path)
			source := strings.Join(strings.SplitN(rel, string(filepath.Separator), 3)[:2], "/")
			if scores[source] == nil {
				scores[source] = &score{}
			}
			s := scores[source]
			s.files++
			begin := time.Now()
			d, format, err := toolRead(t, path)
			s.slowest = max(s.slowest, time.Since(begin))
			switch {
			case err == nil:
				s.read++
				if os.Getenv("BAOSONG_DUMP") != "" && strings.Contains(path, os.Getenv("BAOSONG_DUMP")) {
					t.Logf("%s\n%s", rel, dump(d))
				}
			case told(err):
				s.told++
				t.Logf("%-70s %-10s %v", rel, format, err)
			default:
				t.Errorf("%s: %v: no sentinel", rel, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	table := fmt.Sprintf("%-26s %6s %6s %6s %8s\n", "source", "files", "read", "told", "slowest")
	for _, name := range slices.Sorted(maps.Keys(scores)) {
		s := scores[name]
		table += fmt.Sprintf("%-26s %6d %6d %6d %8v\n", name, s.files, s.read, s.told, s.slowest.Round(time.Millisecond))
	}
	t.Log("\n" + table)
}

func told(err error) bool {
	return errors.Is(err, container.ErrDamaged) || errors.Is(err, container.ErrEncrypted) ||
		errors.Is(err, container.ErrUnsupported) || errors.Is(err, container.ErrLimit)
}

// warm compiles the PDF engine once for all tests that run side by side.
var warm sync.Once

// scratch is a folder for the compiled PDF engine that outlives the test run, as in production.
func scratch(t testing.TB) string {
	dir := filepath.Join(os.TempDir(), "baosong-test-pdfium")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	warm.Do(func() {
		e, err := compiledEngine(context.Background(), dir)
		if err != nil {
			t.Fatal(err)
		}
		e.close()
	})
	return dir
}
