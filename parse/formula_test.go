package parse

import (
	"slices"
	"strings"
	"testing"

	"baosong/parse/finding"
)

// TestFormulasWithoutValue: an error value is no text, and a formula whose result was never saved is not called empty, but one
// whose result is empty is.
func TestFormulasWithoutValue(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ cell, found, message string }{
		{"=#REF!", "#REF!", "错误值 #REF!"},
		{"=B2&C2", "", "没有保存它的结果"},
		{`="`, "", "没有填写"},
	} {
		e := cleanEntry("滁州市", 0)
		line := e.row()
		column := slices.Index(line, e.title)
		line[column] = row.cell
		line[len(line)-1] = row.cell // the remarks, which may be empty
		r := check(t, Submission{Unit: "chuzhou", Files: onDisk(t,
			made{name: "汇总表.xlsx", bytes: xlsx(page{name: "Sheet1", rows: [][]string{headerRow(), line}})},
			made{name: e.file.name, bytes: docx(e.document())},
			made{name: "滁州市培育举措.docx", bytes: docx(measuresDoc("滁州市", measuresHeadings()...))})})
		var got, warned []finding.Finding
		for _, x := range r.Findings {
			switch {
			case x.Severity == finding.Error:
				got = append(got, x)
			case x.Code == "cell.format" && x.Column == "note" && x.Severity == finding.Warning:
				warned = append(warned, x)
			}
		}
		if lost := row.message != "没有填写"; len(warned) > 1 || lost != (len(warned) == 1 && strings.Contains(warned[0].Message, row.message)) {
			t.Errorf("%s among the remarks: %s", row.cell, show(r.Findings))
		}
		if len(got) != 1 || got[0].Code != "cell.required" || got[0].Found != row.found || !strings.Contains(got[0].Message, row.message) {
			t.Errorf("%s: %s", row.cell, show(r.Findings))
		}
		if len(r.Cases) != 1 || r.Cases[0].OK {
			t.Errorf("%s: cases %+v", row.cell, r.Cases)
		}
	}
}
