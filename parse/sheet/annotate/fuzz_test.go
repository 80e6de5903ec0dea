package annotate

import (
	"errors"
	"os"
	"strings"
	"testing"
)

// FuzzMark: marking never panics, and what it makes can be read.
func FuzzMark(f *testing.F) {
	raw, err := os.ReadFile("../testdata/kinds.xlsx")
	if err != nil {
		f.Fatal(err)
	}
	for _, part := range []string{"xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/workbook.xml"} {
		f.Add(part, []byte(parts(f, raw)[part]))
	}
	f.Fuzz(func(t *testing.T, part string, b []byte) {
		all := parts(t, raw)
		all[part] = string(b)
		marks := []Mark{{"汇总表", 3, 4, "error", "请更正"}, {"汇总表", 50, 2, "warning", "请核对"}}
		if _, err := annotated(zipped(t, all), marks, nil); err != nil && (!errors.Is(err, ErrUnsafe) || strings.Contains(err.Error(), "gave up")) {
			t.Fatalf("error of no kind: %v", err)
		}
	})
}
