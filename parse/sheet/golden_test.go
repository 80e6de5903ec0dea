package sheet

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"baosong/parse/sheet/grid"
)

var update = flag.Bool("update", false, "write the golden dumps anew")

// dump writes a book as lines that a person can check: address, kind, text; f a formula, L lost digits.
func dump(b *grid.Book) string {
	var s strings.Builder
	fmt.Fprintf(&s, "%s macros=%v 1904=%v\n", b.Format, b.Macros, b.Date1904)
	for _, g := range b.Sheets {
		fmt.Fprintf(&s, "sheet %q hidden=%v cut=%v\n", g.Name, g.Hidden, g.Cut)
		for _, m := range g.Merges {
			fmt.Fprintf(&s, "  merged %s:%s\n", grid.Address(m.Col1, m.Row1), grid.Address(m.Col2, m.Row2))
		}
		for _, r := range g.Rows {
			if r.Hidden {
				fmt.Fprintf(&s, "  row %d hidden\n", r.Number)
			}
			for _, c := range r.Cells {
				fmt.Fprintf(&s, "  %-4s %-6s %q", grid.Address(c.Col, r.Number), [...]string{"text", "number", "date", "bool", "error", "unsaved"}[c.Kind], c.Text)
				if c.Kind == grid.KindNumber || c.Kind == grid.KindDate {
					fmt.Fprintf(&s, " = %.15g", c.Number)
				}
				if c.Formula {
					s.WriteString(" f")
				}
				if c.Lost {
					s.WriteString(" L")
				}
				s.WriteString("\n")
			}
		}
	}
	return s.String()
}

// TestGolden reads the fixtures, all made from kinds.fods by LibreOffice or for one shape of separated text.
func TestGolden(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.*")
	if err != nil || len(files) == 0 {
		t.Fatal("no fixtures", err)
	}
	for _, path := range files {
		if ext := filepath.Ext(path); ext == ".golden" || ext == ".fods" || ext == ".md" {
			continue
		}
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			got := dump(mustRead(t, path))
			golden := path + ".golden"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("dump differs from %s (run with -update to accept):\n%s", golden, got)
			}
		})
	}
}
