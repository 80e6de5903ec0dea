package casedoc

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"baosong/parse/container"
)

// TestCutShort: a document cut in sending is damaged, or says that it lacks its end, or all of it is still there.
func TestCutShort(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.*")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		if strings.HasSuffix(path, ".golden") || strings.HasSuffix(path, ".pdf") {
			continue
		}
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		format := container.Sniff(bytes.NewReader(whole), int64(len(whole)))
		want := dump(mustRead(t, whole, format))
		for i := range 100 {
			d, err := readBytes(t, whole[:len(whole)*i/100], format, Limits{})
			if err == nil && !d.Unended && dump(d) != want {
				t.Errorf("%s: %d%% of it pass for the whole", path, i)
			}
		}
	}
}
