package parse

import (
	"slices"
	"strings"
	"testing"

	"baosong/parse/call"
	"baosong/parse/finding"
	"baosong/parse/sheet/grid"
)

// TestDitto: 同上 and the ditto marks stand for the cell above, however often they follow each other; a tick mark pasted
// before a number is no part of it.
func TestDitto(t *testing.T) {
	t.Parallel()
	var files []made
	rows := [][]string{headerRow()}
	for i, mark := range []string{"", "同上", "〃", `"`} {
		e := cleanEntry("滁州市", i)
		e.phone = "'" + e.phone
		line := e.row()
		if mark != "" {
			for _, id := range []string{"所在市", "联系人", "联系电话"} {
				line[slices.Index(headerRow(), id)] = mark
			}
		}
		rows = append(rows, line)
		files = append(files, made{name: e.file.name, bytes: docx(e.document())})
	}
	files = append(files, made{name: "汇总表.xlsx", bytes: xlsx(page{name: "Sheet1", rows: rows})},
		made{name: "滁州市培育举措.docx", bytes: docx(measuresDoc("滁州市", measuresHeadings()...))})
	r := check(t, Submission{Unit: "chuzhou", Files: onDisk(t, files...)})
	first := cleanEntry("滁州市", 0)
	for _, row := range r.Rows {
		if row.Values["city"] != "滁州市" || row.Values["contact"] != first.contact || row.Values["phone"] != first.phone {
			t.Errorf("row %d: %v", row.Row, row.Values)
		}
	}
	for _, x := range r.Findings {
		if x.Severity == finding.Error {
			t.Errorf("%+v", x)
		}
	}
	if len(r.Rows) != 4 {
		t.Errorf("%d rows", len(r.Rows))
	}
}

// TestHeadlessGiants: looking for a summary without a header costs little, however wide the rows and however long the
// texts: the square of it would outlast the test run.
func TestHeadlessGiants(t *testing.T) {
	for name, row := range map[string][]grid.Cell{
		"wide": slices.Repeat([]grid.Cell{{Text: "甲乙丙丁"}}, 16384),
		"long": slices.Repeat([]grid.Cell{{Text: strings.Repeat("甲", 30000)}}, 4),
	} {
		g := &grid.Grid{}
		for i := range 200 {
			g.Rows = append(g.Rows, grid.Row{Number: i + 1, Cells: row})
		}
		if !looksHeadless(g, 0, call.Default(), "汇总") {
			t.Errorf("%s: not taken for a summary", name)
		}
	}
}
