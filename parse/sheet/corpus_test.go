package sheet

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"sort"
	"strings"
	"testing"
	"time"

	"baosong/parse/container"
	"baosong/parse/sheet/grid"
	"baosong/sample/corpus"
)

// readSniffed reads a file by what its content says it is, as package parse does.
func readSniffed(path string) (*grid.Book, container.Format, error) {
	format, err := container.SniffFile(path)
	if err != nil {
		return nil, format, err
	}
	book, err := Read(context.Background(), path, format, grid.Limits{})
	return book, format, err
}

type sheetRow struct {
	Source, File, CSV, Grade string
	SheetIndex               int    `json:"sheet_index"`
	SheetName                string `json:"sheet_name"`
	SHA                      string `json:"csv_sha256"`
	Filled                   int    `json:"nonempty_cells"`
}

// csvByHash finds the expected CSVs by content: some are stored once for several sheets, and the empty one not at all.
func csvByHash(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{fmt.Sprintf("%x", sha256.Sum256(nil)): ""}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".csv" {
			return err
		}
		b, err := os.ReadFile(path)
		found[fmt.Sprintf("%x", sha256.Sum256(b))] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestCorpusCells compares every sheet with the CSV that its source shows. The rule: texts are equal but for blanks
// at the ends and kinds of line breaks; numbers are equal to the precision that the CSV shows, whatever marks of
// thousands, money or per cent; dates are the same moment, whatever their spelling (the CSVs follow en-US);
// an error that no formula made may be left out of the CSV.
func TestCorpusCells(t *testing.T) {
	t.Parallel()
	dir := corpus.Dir(t)
	type score struct{ sheets, right, apart, cells, wrong int }
	byHash := csvByHash(t, filepath.Join(dir, "sheets"))
	table := map[string]*score{}
	for _, row := range corpus.Rows[sheetRow](t, "expectations-sheets.jsonl") {
		key := row.Source + " " + filepath.Dir(row.File) + " " + filepath.Ext(row.File) + " " + row.Grade
		if table[key] == nil {
			table[key] = &score{}
		}
		sc := table[key]
		sc.sheets++
		name := fmt.Sprintf("%s#%d", strings.TrimPrefix(row.File, "sheets/"), row.SheetIndex)
		book, format, err := readSniffed(filepath.Join(dir, row.File))
		if err != nil || row.SheetIndex >= len(book.Sheets) {
			t.Errorf("%s (%s): %v", name, format, err)
			continue
		}
		raw, ok := byHash[row.SHA]
		if !ok {
			filled := 0
			for _, r := range book.Sheets[row.SheetIndex].Rows {
				filled += len(r.Cells)
			}
			t.Logf("no CSV: %s is kept apart; %d cells expected, %d read", name, row.Filled, filled)
			sc.apart++
			continue
		}
		n, diffs := compareCSV(book.Sheets[row.SheetIndex], raw, book.Date1904)
		sc.cells += n
		sc.wrong += len(diffs)
		if len(diffs) == 0 {
			sc.right++
			continue
		}
		why, known := differing[name]
		if len(diffs) > 6 {
			diffs = append(diffs[:6], "…")
		}
		t.Logf("differs: %s grade %s: %s\n\t%s", name, row.Grade, why, strings.Join(diffs, "\n\t"))
		if !known {
			t.Errorf("%s grade %s differs and is not listed", name, row.Grade)
		}
	}
	var keys []string
	for k := range table {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		s := table[k]
		t.Logf("%-45s sheets %3d right %3d without CSV %3d | cells %6d wrong %3d", k, s.sheets, s.right, s.apart, s.cells, s.wrong)
	}
}

// TestCorpusAll reads every file of the sheets folder: no panic, nothing over five seconds or 300 MB.
func TestCorpusAll(t *testing.T) {
	dir := corpus.Dir(t)
	type tally struct {
		files, read, encrypted, damaged, unsupported, limit int
		slowest                                             time.Duration // told only: a machine may be busy
	}
	table := map[string]*tally{}
	err := filepath.WalkDir(filepath.Join(dir, "sheets"), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(filepath.Join(dir, "sheets"), path)
		format, _ := container.SniffFile(path)
		key := fmt.Sprintf("%-22s %s", strings.SplitN(rel, "/", 2)[0], format)
		if table[key] == nil {
			table[key] = &tally{}
		}
		c := table[key]
		c.files++
		took, peak, book, err := measured(path)
		c.slowest = max(c.slowest, took.Round(time.Millisecond))
		if peak > 300<<20 {
			t.Errorf("%s: %d MB", rel, peak>>20)
		}
		switch {
		case err == nil:
			c.read++
			if len(book.Sheets) == 0 {
				t.Logf("no sheets: %s", rel)
			}
		case errors.Is(err, container.ErrEncrypted):
			c.encrypted++
			t.Logf("encrypted: %s", rel)
		case errors.Is(err, container.ErrUnsupported):
			c.unsupported++
		case errors.Is(err, container.ErrLimit):
			c.limit++
			t.Logf("limit: %s: %v", rel, err)
		case errors.Is(err, container.ErrDamaged):
			c.damaged++
			t.Logf("damaged: %s: %v", rel, err)
		default:
			t.Errorf("%s: error of no kind: %v", rel, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for k := range table {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		t.Logf("%-45s %+v", k, *table[k])
	}
}

// measured reads a file and tells the time and the most memory that was in use while reading.
func measured(path string) (took time.Duration, peak uint64, book *grid.Book, err error) {
	debug.FreeOSMemory()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	base := m.HeapInuse
	done, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				peak = max(peak, m.HeapInuse-min(base, m.HeapInuse))
			}
		}
	}()
	start := time.Now()
	book, _, err = readSniffed(path)
	took = time.Since(start)
	close(done)
	<-stopped
	return took, peak, book, err
}
