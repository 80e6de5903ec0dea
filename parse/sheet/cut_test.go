package sheet

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"baosong/parse/container"
	"baosong/parse/sheet/grid"
)

// TestCutShort: a workbook cut in sending is damaged, or all of it is still there. Separated text alone cannot tell.
func TestCutShort(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.*")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		if strings.HasSuffix(path, ".golden") || strings.HasSuffix(path, ".md") || strings.HasSuffix(path, ".csv") || strings.HasSuffix(path, ".tsv") {
			continue
		}
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		format := container.Sniff(bytes.NewReader(whole), int64(len(whole)))
		read := func(b []byte) string {
			book, err := ReadAt(context.Background(), bytes.NewReader(b), int64(len(b)), format, grid.Limits{})
			if err != nil {
				return ""
			}
			return dump(book)
		}
		want := read(whole)
		if want == "" {
			t.Errorf("%s cannot be read", path)
		}
		for i := range 100 {
			if got := read(whole[:len(whole)*i/100]); got != "" && got != want {
				t.Errorf("%s: %d%% of it pass for the whole", path, i)
			}
		}
	}
}
