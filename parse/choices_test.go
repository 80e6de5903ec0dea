package parse

import (
	"slices"
	"strings"
	"testing"

	"baosong/parse/call"
	"baosong/parse/finding"
	"baosong/parse/rule"
	"baosong/parse/sheet/grid"
)

// ticking is a sheet with a column for each direction, and what one row has in them.
type ticking struct {
	name   string
	header func(c *call.Call) (rows [][]string, merges []string)
	marks  []string // in the columns of the seven directions
	want   string   // the direction read, or the code of the finding
	says   string
}

// below puts the directions under 案例方向, each other header merged over both rows.
func below(c *call.Call) (rows [][]string, merges []string) {
	top, bottom := spread(headerRow(), append([]string{"案例方向"}, make([]string, 6)...)), make([]string, 18)
	copy(bottom[7:], c.Directions)
	for i := range top {
		if i < 7 || i > 13 {
			col := string(rune('A' + i))
			merges = append(merges, col+"1:"+col+"2")
		}
	}
	return [][]string{top, bottom}, append(merges, "H1:N1")
}

// spread puts other cells in place of the direction's.
func spread(row, cells []string) []string { return slices.Concat(row[:7], cells, row[8:]) }

func TestTickedColumns(t *testing.T) {
	t.Parallel()
	c := call.Default()
	numbered := func(c *call.Call) ([][]string, []string) {
		var names []string
		for i, d := range c.Directions {
			names = append(names, string("一二三四五六七"[3*i:3*i+3])+"、"+d)
		}
		return [][]string{spread(headerRow(), names)}, nil
	}
	unmerged := func(c *call.Call) ([][]string, []string) { rows, _ := below(c); return rows, nil }
	want := cleanEntry("滁州市", 0).direction
	at := slices.Index(c.Directions, want)
	tick := func(marks ...string) []string {
		row := make([]string, 7)
		for i, m := range marks {
			row[(at+i)%7] = m
		}
		return row
	}
	others := make([]string, 7)
	for i := range others {
		others[i] = "□"
	}
	others[at] = "☑"
	for _, row := range []ticking{
		{"a tick below 案例方向", below, tick("√"), want, ""},
		{"the header's rows not merged", unmerged, tick("√"), want, ""},
		{"no heading above, with numbers", numbered, tick("✓"), want, ""},
		{"a one", below, tick("#1"), want, ""},
		{"boxes", below, others, want, ""},
		{"a letter for a tick, dashes", below, tick("V", "—", "/"), want, ""},
		{"its own name", below, tick(want), want, ""},
		{"noughts", below, tick("#1", "#0", "#0", "#0", "#0", "#0", "#0"), want, ""},
		{"two", below, tick("√", "√"), "cell.not-in-list", "同时选了 2 项"},
		{"none", below, tick(""), "cell.required", "没有填写"},
		{"a cross", below, tick("×"), "cell.not-in-list", "“×”"},
		{"a tick and a cross", below, tick("√", "×"), "cell.not-in-list", "“×”"},
		{"two of a count", below, tick("#2"), "cell.not-in-list", "“2”"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			e := cleanEntry("滁州市", 0)
			rows, merges := row.header(c)
			rows = append(rows, spread(e.row(), row.marks))
			r := check(t, Submission{Unit: "chuzhou", Files: onDisk(t, made{name: "汇总表.xlsx", bytes: xlsx(page{name: "Sheet1", rows: rows, merges: merges})},
				made{name: e.file.name, bytes: docx(e.document())}, made{name: "滁州市培育举措.docx", bytes: docx(measuresDoc("滁州市", measuresHeadings()...))})})
			if row.says == "" {
				if len(r.Findings) > 0 || len(r.Rows) != 1 || r.Rows[0].Values["direction"] != row.want {
					t.Errorf("rows %+v:%s", r.Rows, show(r.Findings))
				}
				return
			}
			got := slices.DeleteFunc(slices.Clone(r.Findings), func(x finding.Finding) bool { return x.Severity != finding.Error })
			if len(got) != 1 || string(got[0].Code) != row.want || !strings.Contains(got[0].Message, row.says) || got[0].Column != "direction" {
				t.Errorf("want %s with %s:%s", row.want, row.says, show(r.Findings))
			}
		})
	}
}

// TestTickedLevels: a level may be asked in the same way; and a sheet with a column of its own for the direction is read by it.
func TestTickedLevels(t *testing.T) {
	t.Parallel()
	e := cleanEntry("滁州市", 0)
	line, head := e.row(), headerRow()
	level := []string{"", ""}
	level[map[string]int{"国家级": 0, "省级": 1}[e.level]] = "√"
	rows := [][]string{slices.Concat(head[:4], []string{"国家级", "省级"}, head[5:], []string{"协作共享", "质量品牌", "创新提升"}), slices.Concat(line[:4], level, line[5:], []string{"", "3", ""})}
	r := check(t, Submission{Unit: "chuzhou", Partial: true, Files: onDisk(t, made{name: "汇总表.xlsx", bytes: xlsx(page{name: "Sheet1", rows: rows})})})
	if len(r.Rows) != 1 || r.Rows[0].Values["level"] != e.level || r.Rows[0].Values["direction"] != e.direction {
		t.Errorf("rows %+v:%s", r.Rows, show(r.Findings))
	}
}

// TestTwoQuestionsBelow: the choices of both questions stand in one row below the header, not merged, as a CSV has them.
func TestTwoQuestionsBelow(t *testing.T) {
	t.Parallel()
	c := call.Default()
	e := cleanEntry("滁州市", 0)
	wide := func(row []string, levels, directions []string) []string {
		return slices.Concat(row[:4], levels, row[5:7], directions, row[8:])
	}
	none := make([]string, 12)
	directions, levels := make([]string, 7), []string{"", ""}
	directions[slices.Index(c.Directions, e.direction)] = "√"
	levels[slices.Index(c.Levels, e.level)] = "√"
	rows := [][]string{wide(headerRow(), []string{"集群级别", ""}, append([]string{"案例方向"}, none[:6]...)), wide(none, c.Levels, c.Directions), wide(e.row(), levels, directions)}
	r := check(t, Submission{Unit: "chuzhou", Partial: true, Files: onDisk(t, made{name: "汇总表.xlsx", bytes: xlsx(page{name: "Sheet1", rows: rows})})})
	if len(r.Rows) != 1 || r.Rows[0].Values["level"] != e.level || r.Rows[0].Values["direction"] != e.direction {
		t.Errorf("rows %+v:%s", r.Rows, show(r.Findings))
	}
}

// TestTickAboveSignatures: one case, and below it who signs and when, in the columns of the directions.
func TestTickAboveSignatures(t *testing.T) {
	t.Parallel()
	e := cleanEntry("滁州市", 0)
	rows, merges := below(call.Default())
	marks := make([]string, 7)
	marks[slices.Index(call.Default().Directions, e.direction)] = "√"
	rows = append(rows, spread(e.row(), marks), spread(make([]string, 12), []string{"分管领导：", "", "审核人：李某", "", "填表人：赵某", "", ""}),
		spread(make([]string, 12), []string{"", "", "2024年6月18日", "", "", "", ""}))
	r := check(t, Submission{Unit: "chuzhou", Partial: true, Files: onDisk(t, made{name: "汇总表.xlsx", bytes: xlsx(page{name: "Sheet1", rows: rows, merges: merges})})})
	if len(r.Rows) != 1 || r.Rows[0].Values["direction"] != e.direction {
		t.Errorf("rows %+v:%s", r.Rows, show(r.Findings))
	}
}

// TestTicksByFormula: a program that calculates saves 1 and 0; the 0 looks as if it were no result.
func TestTicksByFormula(t *testing.T) {
	t.Parallel()
	q := choiceColumns{cols: []int{1, 2, 3}, of: map[int]string{1: "协作共享", 2: "质量品牌", 3: "创新提升"}}
	unsaved := func(col int) grid.Cell { return grid.Cell{Col: col, Kind: grid.KindUnsaved, Formula: true} }
	one := grid.Cell{Col: 2, Text: "1", Kind: grid.KindNumber, Number: 1, Formula: true}
	g := &grid.Grid{Rows: []grid.Row{{Number: 1, Cells: []grid.Cell{unsaved(1), one, unsaved(3)}}, {Number: 2, Cells: []grid.Cell{unsaved(1), unsaved(2), unsaved(3)}},
		{Number: 3, Cells: []grid.Cell{{Col: 1, Text: "#REF!", Kind: grid.KindError}, one}}}}
	for row, want := range map[int]rule.Cell{1: {Text: "质量品牌", Address: "B1"}, 2: {Fault: rule.NoResult, Address: "A2"}, 3: {Fault: "#REF!", Address: "A3"}} {
		if got := q.tickedCell(g, row, false); got != want {
			t.Errorf("row %d: %+v, want %+v", row, got, want)
		}
	}
}

// TestNamesBelowLevels: columns that are headed by the levels and hold the clusters' names tick nothing: the level's column is
// lacking, and no name is faulted as a level.
func TestNamesBelowLevels(t *testing.T) {
	t.Parallel()
	line, head := cleanEntry("滁州市", 0).row(), headerRow()
	rows := [][]string{slices.Concat(head[:4], []string{"国家级集群", "省级集群"}, head[5:]),
		slices.Concat(line[:4], []string{"滁州市某产业集群（示例）", ""}, line[5:]), slices.Concat(line[:4], []string{"", "滁州市另一产业集群（示例）"}, line[5:])}
	r := check(t, Submission{Unit: "chuzhou", Partial: true, Files: onDisk(t, made{name: "汇总表.xlsx", bytes: xlsx(page{name: "Sheet1", rows: rows})})})
	has := func(code finding.Code) bool {
		return slices.ContainsFunc(r.Findings, func(x finding.Finding) bool { return x.Code == code && x.Column == "level" })
	}
	if has("cell.not-in-list") || !has("sheet.column-missing") {
		t.Errorf("want the column lacking:%s", show(r.Findings))
	}
}
