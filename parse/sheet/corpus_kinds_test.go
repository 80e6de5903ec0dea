package sheet

import (
	"errors"
	"fmt"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"

	"baosong/parse/container"
	"baosong/parse/sheet/grid"
	"baosong/sample/corpus"
)

// TestCorpusEncrypted: every encrypted workbook is told as such, and none that is plain.
func TestCorpusEncrypted(t *testing.T) {
	t.Parallel()
	dir := corpus.Dir(t)
	type row struct {
		File, Role string
		Password   *string
	}
	n := 0
	for _, r := range corpus.Rows[row](t, "expectations-encrypted.jsonl") {
		if !strings.HasPrefix(r.File, "sheets/") {
			continue
		}
		_, format, err := readSniffed(filepath.Join(dir, r.File))
		if format == container.DOC || format == container.DOCX {
			continue // parse/casedoc reads these
		}
		n++
		if want := r.Password != nil; errors.Is(err, container.ErrEncrypted) != want {
			t.Errorf("%s (%s): encrypted %v wanted %v: %v", r.File, format, !want, want, err)
		}
	}
	t.Logf("%d workbooks", n)
}

// TestCorpusPairs compares the same content in two formats. The rule: the same filled cells at the same addresses, with
// the same text, or the same number.
func TestCorpusPairs(t *testing.T) {
	t.Parallel()
	dir := corpus.Dir(t)
	type row struct{ Source, A, B string }
	for _, r := range corpus.Rows[row](t, "expectations-pairs.jsonl") {
		if !strings.HasPrefix(r.A, "sheets/") {
			continue
		}
		a, _, errA := readSniffed(filepath.Join(dir, r.A))
		b, _, errB := readSniffed(filepath.Join(dir, r.B))
		if errA != nil || errB != nil {
			t.Errorf("%s: %v %v", r.A, errA, errB)
			continue
		}
		diffs, cells := compareBooks(a, b)
		t.Logf("%-10s %-45s sheets %d/%d cells %4d differing %d", r.Source, r.A, len(a.Sheets), len(b.Sheets), cells, len(diffs))
		if why := differingPairs[r.A]; len(diffs) > 0 {
			t.Logf("\t%s\n\t%s", why, strings.Join(diffs[:min(len(diffs), 8)], "\n\t"))
			if why == "" {
				t.Errorf("%s differs and is not listed", r.A)
			}
		}
	}
}

func compareBooks(a, b *grid.Book) (diffs []string, cells int) {
	if len(a.Sheets) != len(b.Sheets) {
		return []string{fmt.Sprintf("%d sheets against %d", len(a.Sheets), len(b.Sheets))}, 0
	}
	for i := range a.Sheets {
		one, two := byAddress(a.Sheets[i]), byAddress(b.Sheets[i])
		cells += len(one)
		for at, c := range one {
			d := two[at]
			if c.Text != d.Text && (c.Kind != d.Kind || c.Number != d.Number || c.Kind == grid.KindText) {
				diffs = append(diffs, fmt.Sprintf("%s!%s %q against %q", a.Sheets[i].Name, at, c.Text, d.Text))
			}
			delete(two, at)
		}
		for at, d := range two {
			diffs = append(diffs, fmt.Sprintf("%s!%s nothing against %q", a.Sheets[i].Name, at, d.Text))
		}
	}
	sort.Strings(diffs)
	return diffs, cells
}

func byAddress(g *grid.Grid) map[string]grid.Cell {
	m := map[string]grid.Cell{}
	for _, r := range g.Rows {
		for _, c := range r.Cells {
			if strings.TrimSpace(c.Text) != "" {
				m[grid.Address(c.Col, r.Number)] = c
			}
		}
	}
	return m
}

// TestCorpusGenerated holds the hostile files to what their index demands.
func TestCorpusGenerated(t *testing.T) {
	dir := filepath.Join(corpus.Dir(t), "generated")
	for name, check := range map[string]func(*testing.T, *grid.Book, error){
		"dim_lie_huge.xlsx":         wantRows(2),
		"dim_lie_small.xlsx":        wantRows(2),
		"far_cell.xlsx":             wantRows(3),
		"beyond_grid.xlsx":          wantRows(-1),
		"million_empty_styled.xlsx": wantRows(2),
		"no_refs.xlsx":              wantRows(-1),
		"xml_bomb.xlsx":             wantError,
		"sheet_ratio_bomb.xlsx":     wantRows(-1),
		"csv_gbk.csv":               wantRows(3),
		"csv_utf8bom.csv":           wantRows(-1),
		"csv_utf16le.csv":           wantRows(-1),
	} {
		took, peak, book, err := measured(filepath.Join(dir, name))
		check(t, book, err)
		first := ""
		if err == nil && len(book.Sheets[0].Rows) > 0 {
			first = book.Sheets[0].Rows[0].Cells[0].Text
		}
		t.Logf("%-28s %8v %4d MB first %q err %v", name, took.Round(time.Millisecond), peak>>20, first, err)
		if peak > 300<<20 {
			t.Errorf("%s: %d MB", name, peak>>20)
		}
	}
}

func wantRows(n int) func(*testing.T, *grid.Book, error) {
	return func(t *testing.T, b *grid.Book, err error) {
		t.Helper()
		if n < 0 && errors.Is(err, container.ErrLimit) {
			return
		}
		if err != nil {
			t.Error(err)
			return
		}
		if got := len(b.Sheets[0].Rows); n >= 0 && got != n {
			t.Errorf("rows %d want %d", got, n)
		}
	}
}

func wantError(t *testing.T, _ *grid.Book, err error) {
	t.Helper()
	if !errors.Is(err, container.ErrDamaged) && !errors.Is(err, container.ErrLimit) {
		t.Errorf("not refused: %v", err)
	}
}

// differingPairs lists the pairs that rightly differ, each with the reason.
var differingPairs = map[string]string{}
