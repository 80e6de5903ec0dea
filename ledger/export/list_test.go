package export

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The list of files is opened in Excel: the name that a file came under is a text there, whatever it begins with.
func TestListRunsNoFormula(t *testing.T) {
	t.Parallel()
	w := &writer{ctx: t.Context(), root: t.TempDir()}
	if err := w.list(Manifest{Files: []File{{Path: "a.docx", Source: `=HYPERLINK("http://x.example").docx`}, {Path: "b.docx", Source: "＝1+1.docx"}}}); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(w.root, listName))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`,"'=HYPERLINK(""http://x.example"").docx"`, `,"'＝1+1.docx"`} {
		if !strings.Contains(string(raw), want) {
			t.Errorf("no %s in\n%s", want, raw)
		}
	}
}
