package parse

import (
	"cmp"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"baosong/parse/call"
	"baosong/parse/casedoc"
	"baosong/parse/rule"
	"baosong/parse/sheet/grid"
)

// docGrids returns the tables of a document as grids; a grid's rows are the table's, from 1.
func docGrids(d *casedoc.Document) (grids []*grid.Grid, blocks map[*grid.Grid]int) {
	blocks = map[*grid.Grid]int{}
	for i, b := range d.Blocks {
		if b.Table != nil {
			g := tableGrid(b.Table, fmt.Sprintf("表格%d", len(grids)+1))
			grids, blocks[g] = append(grids, g), i
		}
	}
	return grids, blocks
}

func tableGrid(t *casedoc.Table, name string) *grid.Grid {
	g := &grid.Grid{Name: name}
	for i, cells := range t.Rows {
		row := grid.Row{Number: i + 1}
		for _, c := range cells {
			if c.ColSpan > 1 || c.RowSpan > 1 {
				g.Merges = append(g.Merges, grid.Range{Row1: i + 1, Col1: c.Col, Row2: i + max(c.RowSpan, 1), Col2: c.Col + max(c.ColSpan, 1) - 1})
			}
			if strings.TrimSpace(c.Text) != "" {
				row.Cells = append(row.Cells, grid.Cell{Col: c.Col, Text: c.Text})
			}
		}
		slices.SortStableFunc(row.Cells, func(a, b grid.Cell) int { return cmp.Compare(a.Col, b.Col) })
		if len(row.Cells) > 0 {
			g.Rows = append(g.Rows, row)
		}
	}
	return g
}

// maxGrids is how many tables of one file are looked at.
const maxGrids = 60

// summaryTables returns the summary tables among grids, visible ones first. fileName, bare, may say that a table
// without a header is meant as one; it is empty where the name does not count.
func summaryTables(f *rule.File, grids []*grid.Grid, c *call.Call, fileName string) []*rule.Table {
	n := headerNames(c)
	var out []*rule.Table
	var headless *rule.Table
	if len(grids) > maxGrids {
		grids = grids[:maxGrids]
	}
	for _, hidden := range []bool{false, true} {
		for _, g := range grids {
			if g.Hidden != hidden {
				continue
			}
			t := &rule.Table{File: f, Grid: g, Sheet: g.Name, Hidden: g.Hidden, Block: -1, Columns: map[string]int{}}
			if h := findHeader(g, n); h.score >= headerLeast {
				readTable(t, h, n, c)
				out = append(out, t)
			} else if headless == nil && !hidden && looksHeadless(g, h.score, c, fileName) {
				headless = t
			}
		}
	}
	if len(out) == 0 && headless != nil {
		out = append(out, headless)
	}
	return out
}

// choiceCells is how many cells of a row are tried for a choice of the call; a sheet may have sixteen thousand columns.
const choiceCells = 40

// looksHeadless reports whether a grid is a summary whose header is missing: wide rows that hold a direction of the
// call, or, in a file that calls itself a summary, any wide rows.
func looksHeadless(g *grid.Grid, score int, c *call.Call, fileName string) bool {
	wide, known := 0, 0
	for i := range g.Rows {
		if i > 200 {
			break
		}
		row := &g.Rows[i]
		if len(row.Cells) >= 4 {
			wide++
		}
		for _, cell := range row.Cells[:min(len(row.Cells), choiceCells)] {
			if d, _ := rule.Direction(cell.Text, c.Directions); d != "" {
				known++
			}
			if l, _ := rule.Level(cell.Text, c.Levels); l != "" {
				known++
			}
		}
		if i == 0 && strings.Contains(rule.Bare(rowText(row)), "汇总表") {
			fileName += "汇总表"
		}
	}
	return wide > 0 && (known >= 2 || (strings.Contains(fileName, "汇总") && (score >= 2 || known > 0 || wide >= 2)))
}

func rowText(row *grid.Row) string {
	var b strings.Builder
	for _, c := range row.Cells {
		b.WriteString(c.Text)
	}
	return b.String()
}

func readTable(t *rule.Table, h header, n names, c *call.Call) {
	h.findChoices(t.Grid, n, c)
	t.Header, t.Columns = h.bottom, h.columns
	used := map[int]bool{}
	for _, q := range h.choices {
		for _, col := range q.cols {
			used[col] = true
		}
	}
	for _, col := range h.columns {
		used[col] = true
	}
	told := map[string]bool{}
	for col := 1; col <= headerColumn; col++ {
		text := h.texts[col]
		r0, c0 := t.Grid.Anchor(h.bottom, col)
		at := grid.Address(c0, r0)
		if text != "" && !used[col] && !told[at] && !mergedColumn(t.Grid, h, col, used) {
			told[at] = true
			t.Extra = append(t.Extra, rule.ExtraColumn{Header: strings.Join(strings.Fields(text), ""), Cell: at, Col: col})
		}
	}
	for i := range t.Grid.Rows {
		row := &t.Grid.Rows[i]
		if row.Number > h.bottom {
			addRow(t, row, h, n)
		}
	}
}

// mergedColumn reports whether a column only repeats a used header merged across it.
func mergedColumn(g *grid.Grid, h header, col int, used map[int]bool) bool {
	r0, c0 := g.Anchor(h.bottom, col)
	return c0 != col && used[c0] && r0 <= h.bottom
}

// addRow takes one row below the header: a case, or one of the lines that stand among or below the cases.
func addRow(t *rule.Table, row *grid.Row, h header, n names) {
	own := ownCells(row)
	if len(own) == 0 {
		return
	}
	if number, ok := row.At(h.columns["seq"]); isSample(own) || ok && sampleWord(number) {
		t.Samples++
		if c, ok := row.At(h.columns["seq"]); ok {
			if s, ok := rule.Seq(c.Text); ok {
				t.SeqFrom = max(t.SeqFrom, s)
			}
		}
		return
	}
	if isFoot(t, row, own, h) || isHint(own) || repeatsHeader(row, h, n) || emptyRow(row, h) {
		return
	}
	if len(t.Rows) >= rule.MaxRows {
		t.Cut = true
		return
	}
	r := &rule.Row{Number: row.Number, Hidden: row.Hidden, Cells: map[string]rule.Cell{}}
	mapped := map[int]bool{}
	date1904 := t.File.Book != nil && t.File.Book.Date1904
	for id, col := range h.columns {
		cell := readCell(t.Grid, row.Number, col, date1904)
		if q, ok := h.choices[id]; ok {
			cell = q.tickedCell(t.Grid, row.Number, date1904)
			for _, col := range q.cols {
				mapped[col] = true
			}
		}
		if len(t.Rows) > 0 && id != "seq" && len(cell.Text) < 30 && ditto.MatchString(rule.Squeeze(cell.Text)) {
			above := t.Rows[len(t.Rows)-1].Cells[id]
			above.Address, cell = cell.Address, above
		}
		r.Cells[id] = cell
		mapped[col] = true
	}
	for _, c := range own {
		if !mapped[c.Col] {
			r.Extra = append(r.Extra, readCell(t.Grid, row.Number, c.Col, date1904))
		}
	}
	t.Rows = append(t.Rows, r)
}

func ownCells(row *grid.Row) []grid.Cell {
	var out []grid.Cell
	for _, c := range row.Cells {
		if strings.TrimSpace(c.Text) != "" {
			out = append(out, c)
		}
	}
	return out
}

func readCell(g *grid.Grid, row, col int, date1904 bool) rule.Cell {
	r0, c0 := g.Anchor(row, col)
	out := rule.Cell{Address: grid.Address(c0, r0)}
	c, ok := g.At(row, col)
	if !ok {
		return out
	}
	switch {
	case c.Kind == grid.KindError:
		out.Fault = c.Text
		return out
	case c.Kind == grid.KindUnsaved:
		out.Fault = rule.NoResult
		return out
	}
	out.Text = strings.TrimSpace(c.Text)
	if textMark.MatchString(out.Text) {
		out.Text = strings.TrimSpace(strings.TrimLeft(out.Text, textMarks))
	}
	if m := scientific.FindStringSubmatch(rule.Squeeze(c.Text)); m != nil {
		tens, _ := strconv.Atoi(m[3])
		if out.Lost = true; c.Kind == grid.KindText && len(m[2]) == tens { // every digit is still there
			out.Text, out.Lost = m[1]+m[2], false
		}
	}
	out.Lost = out.Lost || c.Lost
	if c.Kind == grid.KindNumber && !c.Lost && scientific.MatchString(out.Text) && math.Abs(c.Number) < 1e15 && c.Number == math.Trunc(c.Number) {
		out.Text, out.Lost = fmt.Sprintf("%.0f", c.Number), false
	}
	if c.Kind == grid.KindDate {
		var ok bool
		if out.Year, ok = rule.Year(c.Text); !ok {
			out.Year, _ = rule.DateYear(c.Number, date1904)
		}
	}
	return out
}

// A spreadsheet's sign for "this number is text", which stays visible where the cell was pasted or exported.
const textMarks = "'‘’＇`"

var (
	textMark = regexp.MustCompile("^[" + textMarks + `]\s*[0-9０-９+＋(（]`)
	// ditto is tried on squeezed text: 同上 and the marks that stand for it.
	ditto = regexp.MustCompile("^[(（\"“]?(?:同上|同前|同上一?[行格]|〃|″|〞|\"|“|”|''|′′|,,|``)[)）\"”]?$")
)

var scientific = regexp.MustCompile(`(?i)^(\d)(?:\.(\d+))?e\+(\d{1,3})$`)
