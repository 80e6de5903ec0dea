package parse

import (
	"slices"
	"strings"
	"testing"

	"baosong/parse/finding"
)

// TestCutFile: a file of which only the first part is read says so once, and what is not found in that part is no fault.
func TestCutFile(t *testing.T) {
	t.Parallel()
	long := cleanEntry("滁州市", 0)
	d := long.document()
	at := len(d.blocks) / 2
	filler := para(strings.Repeat("多余的内容", 800_000))
	d.blocks = slices.Concat(d.blocks[:at], filler, d.blocks[at:])
	r := check(t, Submission{Unit: "chuzhou", Partial: true, Files: onDisk(t,
		made{name: "汇总表.xlsx", bytes: xlsx(page{name: "S", rows: [][]string{headerRow(), long.row()}})},
		made{name: long.file.name, bytes: docx(d)})})
	told := 0
	for _, f := range r.Findings {
		switch f.Code {
		case "file.limit":
			if told++; f.Severity != finding.Warning || f.File != long.file.name {
				t.Errorf("%+v", f)
			}
		case "case.section-missing", "case.too-short", "case.pictures", "file.unrecognised", "summary.case-missing":
			t.Errorf("a fault of what was not read: %+v", f)
		}
	}
	if told != 1 {
		t.Errorf("told %d times; got:%s", told, show(r.Findings))
	}
}
