package parse

import (
	"slices"
	"strings"
	"unicode/utf8"

	"baosong/parse/call"
	"baosong/parse/rule"
	"baosong/parse/sheet/grid"
)

// choiceColumns are columns headed by the choices of one question, in each row of which one is ticked: below 案例方向 a
// column 协作共享, one 质量品牌, and so on.
type choiceColumns struct {
	cols []int
	of   map[int]string // the choice that heads a column, in the call's wording
}

// findChoices looks below and in the header for the call's choices as headings. They must be plain: each choice once, three
// of them or all that there are, no column of their own beside them, and no texts below.
func (h *header) findChoices(g *grid.Grid, n names, c *call.Call) {
	h.choices = map[string]choiceColumns{}
	for _, q := range []struct {
		id   string
		list []string
		read func(string, []string) (string, int)
	}{{"direction", c.Directions, rule.Direction}, {"level", c.Levels, rule.Level}} {
		for row := h.top; row <= h.bottom+1; row++ {
			found, ok := headings(g, row, q.list, q.read)
			if !ok || row > h.bottom && !onlyHeadings(g, row, n, c) || found.texts(g, max(row, h.bottom), h.columns["title"]) {
				continue
			}
			if col, taken := h.columns[q.id]; taken && found.of[col] == "" {
				continue
			}
			h.choices[q.id] = found
			h.columns[q.id] = found.cols[0]
			h.bottom = max(h.bottom, row)
			break
		}
	}
}

// headings returns the columns of a row that the choices of a list head.
func headings(g *grid.Grid, row int, list []string, read func(string, []string) (string, int)) (found choiceColumns, ok bool) {
	found.of = map[int]string{}
	told := map[string]bool{}
	for col := 1; col <= headerColumn; col++ {
		text, own := headerText(g, row, col)
		if text == "" || !own {
			continue
		}
		choice, _ := read(text, list)
		if choice == "" {
			continue
		}
		if told[choice] {
			return found, false
		}
		told[choice] = true
		found.cols, found.of[col] = append(found.cols, col), choice
	}
	return found, len(found.cols) >= 2 && len(found.cols) >= min(3, len(list))
}

// onlyHeadings reports whether the row below the header holds nothing but headings, choices of either question among them, so
// that it belongs to the header.
func onlyHeadings(g *grid.Grid, row int, n names, c *call.Call) bool {
	for col := 1; col <= headerColumn; col++ {
		text, own := headerText(g, row, col)
		if text == "" || !own || n.lookup(text) != "" {
			continue
		}
		direction, _ := rule.Direction(text, c.Directions)
		level, _ := rule.Level(text, c.Levels)
		if direction == "" && level == "" {
			return false
		}
	}
	return true
}

// texts reports whether most of what stands below the header, in rows with a title, is no mark: the columns are asked for something else, the clusters'
// names in one column for each level.
func (q choiceColumns) texts(g *grid.Grid, header, title int) bool {
	marks, texts := 0, 0
	for i := range g.Rows {
		if g.Rows[i].Number <= header {
			continue
		}
		if c, has := g.Rows[i].At(title); title > 0 && (!has || rule.Blank(c.Text)) {
			continue // who signs below the table, and when
		}
		for _, col := range q.cols {
			text, own := headerText(g, g.Rows[i].Number, col)
			switch mark := rule.Squeeze(text); {
			case !own || rule.Blank(mark):
			case utf8.RuneCountInString(mark) > longestMark && rule.Bare(mark) != rule.Bare(q.of[col]):
				texts++
			default:
				marks++
			}
		}
	}
	return texts > marks
}

const longestMark = 4 // characters

// tickedCell reads what a row ticks among the columns: one choice; all that are ticked, so that the rule tells of several; or
// the mark that is neither a tick nor none. Nothing is guessed from ×, which some mean as a yes and others as a no. Beside a tick
// a formula without a result is none: programs that calculate leave the same nought as those that cannot.
func (q choiceColumns) tickedCell(g *grid.Grid, row int, date1904 bool) rule.Cell {
	var chosen []string
	var unsaved *rule.Cell
	out := readCell(g, row, q.cols[0], date1904)
	out.Text, out.Fault = "", ""
	for _, col := range q.cols {
		cell := readCell(g, row, col, date1904)
		switch mark := rule.Squeeze(cell.Text); {
		case cell.Fault == rule.NoResult:
			if unsaved == nil {
				unsaved = &cell
			}
		case cell.Fault != "":
			return cell
		case slices.Contains(noTicks, mark) || rule.Blank(mark):
		case slices.Contains(ticks, mark) || rule.Bare(mark) == rule.Bare(q.of[col]):
			if len(chosen) == 0 {
				out.Address = cell.Address
			}
			chosen = append(chosen, q.of[col])
		default:
			return cell
		}
	}
	if len(chosen) == 0 && unsaved != nil {
		return *unsaved
	}
	out.Text = strings.Join(chosen, "、")
	return out
}

// What stands for a tick and for none, squeezed.
var (
	ticks   = []string{"√", "✓", "✔", "☑", "☒", "■", "●", "v", "V", "1", "是", "Y", "y", "(√)", "[√]"}
	noTicks = []string{"", "0", "否", "□", "☐", "○", "N", "n", "()", "[]"}
)
