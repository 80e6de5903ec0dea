package parse

import (
	"strings"
	"testing"

	"baosong/parse/call"
	"baosong/parse/finding"
)

// TestWithinAnother: two cases in one file, and the measures behind a case, are told as that: where they are, and to part them.
func TestWithinAnother(t *testing.T) {
	t.Parallel()
	said := func(change func(s *made3)) []finding.Finding {
		s := &made3{unit: "chuzhou", header: headerRow(), measures: measuresDoc("滁州市", measuresHeadings()...)}
		for i := range 3 {
			s.entries = append(s.entries, cleanEntry("滁州市", i))
		}
		change(s)
		return checkCall(t, call.Default(), Submission{Unit: s.unit, Files: onDisk(t, s.files()...)}).Findings
	}
	for _, c := range []struct {
		name, code, words string
		change            func(s *made3)
	}{
		{"two cases", "case.file-missing", "与别的案例写在同一个文件", func(s *made3) {
			s.entries[2].file.absent = true
			s.entries[1].file.extra = s.entries[2].document().blocks
		}},
		{"measures behind a case", "measures.missing", "与别的材料写在同一个文件", func(s *made3) {
			s.entries[1].file.extra = s.measures.blocks
			s.measures = word{}
		}},
		{"a case that is not there", "case.file-missing", "没有对应的案例文件", func(s *made3) { s.entries[2].file.absent = true }},
	} {
		var of []finding.Finding
		for _, f := range said(c.change) {
			if string(f.Code) == c.code {
				of = append(of, f)
			}
		}
		if len(of) != 1 || !strings.Contains(of[0].Message, c.words) {
			t.Errorf("%s: %s", c.name, show(of))
		}
	}
}
