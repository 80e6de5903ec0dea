package rule

import (
	"strings"
	"unicode"
	"unsafe"

	"baosong/parse/sheet/grid"
)

// contacts says where in a grid phone numbers belong. It is found once for all the rules that go through the cells.
type contacts struct {
	table *Table // that was found in the grid when it was looked through, and its rows
	known int
	rows  []bool      // by index in Grid.Rows
	cols  map[int]int // by column: the index of the row that heads it as one of phone numbers
}

// below reports whether a cell stands in a column of phone numbers, at its head or further down.
func (m *contacts) below(col, row int) bool {
	head, ok := m.cols[col]
	return ok && row >= head
}

func (p *Pass) contactsOf(g *grid.Grid, t *Table) *contacts {
	known := 0
	if t != nil {
		known = len(t.Rows)
	}
	if m := p.heads[g]; m != nil && m.table == t && m.known == known {
		return m
	}
	m := &contacts{table: t, known: known, rows: make([]bool, len(g.Rows)), cols: map[int]int{}}
	seen := map[textID]bool{}
	data := dataRows(t)
	for i := range g.Rows {
		row := &g.Rows[i]
		below := t != nil && t.Header > 0 && row.Number > t.Header
		m.rows[i] = t != nil && t.Header == 0 || !(below && data[row.Number]) && contactRow(row, seen)
		for _, c := range row.Cells {
			if _, ok := m.cols[c.Col]; !ok && phoneHead(c.Text) {
				m.cols[c.Col] = i
			}
		}
	}
	if p.heads == nil {
		p.heads = map[*grid.Grid]*contacts{}
	}
	p.heads[g] = m
	return m
}

// textID tells long texts apart by where they lie in memory: cells that share one text, as a workbook's shared strings
// let them, share the work on it.
type textID struct {
	at   *byte
	size int
	kind string // what was looked for
}

// longText returns the identity of a text, and whether it is long enough for the work on it to be remembered.
func longText(s, kind string) (textID, bool) {
	if len(s) < 512 {
		return textID{}, false
	}
	return textID{unsafe.StringData(s), len(s), kind}, true
}

// search looks for a kind of thing in a text, unless the same long text has been looked through without finding any. The
// text is kept from then on, so that no other comes to lie in its place: it must be one that the submission holds anyway.
func (p *Pass) search(text, kind string, look func() (found bool)) {
	id, long := longText(text, kind)
	if long && p.barren[id] || look() || !long {
		return
	}
	if p.barren == nil {
		p.barren = map[textID]bool{}
	}
	p.barren[id] = true
}

// contactColumn reports whether phone numbers belong in a column.
func contactColumn(id string) bool { return id == "contact" || id == "phone" || id == "note" }

// phoneHead reports whether a cell heads a column of phone numbers.
func phoneHead(text string) bool {
	letters := 0
	for _, r := range text {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			if letters++; letters > 16 {
				return false // a text that is no head is not folded, however long it is
			}
		}
	}
	s := Bare(text)
	return len([]rune(s)) <= 8 && !strings.ContainsAny(s, "0123456789") &&
		(strings.Contains(s, "电话") || strings.Contains(s, "手机") || strings.Contains(s, "联系方式"))
}

// contactLine reports whether a line is a place for phone numbers: it begins with 联系人 or the like.
func contactLine(line string) bool {
	s := strings.TrimLeft(Squeeze(line[:min(len(line), 1000)]), "(（【[*※注:：")
	for _, w := range []string{"联系人", "联系方式", "联系电话", "填表人", "填报人", "制表人", "经办人", "报送人", "电话", "手机"} {
		if strings.HasPrefix(s, w) {
			return true
		}
	}
	return false
}

// contactRow reports whether a row tells of the people who filled the sheet in. seen has what was found in long texts, for
// cells that share one.
func contactRow(row *grid.Row, seen map[textID]bool) bool {
	for _, c := range row.Cells {
		id, long := longText(c.Text, "")
		if found, known := seen[id]; long && known {
			if found {
				return true
			}
			continue
		}
		found := contactWords(c.Text)
		if long {
			seen[id] = found
		}
		if found {
			return true
		}
	}
	return false
}

func contactWords(text string) bool {
	s := Squeeze(text)
	for _, w := range []string{"填表人", "填报人", "制表人", "联系人", "联系电话", "联系方式", "经办人", "电话:"} {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}
