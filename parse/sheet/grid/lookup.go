package grid

import (
	"sort"
	"strconv"
	"strings"
)

// MaxRow and MaxCol are the edges of an Excel grid; cells beyond them are not read.
const (
	MaxRow = 1048576
	MaxCol = 16384
)

// Address returns the A1 name of a cell; column and row count from 1. What lies left of or above the grid is "".
func Address(col, row int) string {
	if col < 1 || row < 1 {
		return ""
	}
	return ColumnName(col) + strconv.Itoa(row)
}

// ColumnName returns the letters of a column counted from 1: A, Z, AA.
func ColumnName(col int) string {
	var b [8]byte
	i := len(b)
	for ; col > 0 && i > 0; col = (col - 1) / 26 {
		i--
		b[i] = byte('A' + (col-1)%26)
	}
	return string(b[i:])
}

// ParseAddress reads "H7" or "$H$7"; ok is false for anything else and for what lies beyond the grid.
func ParseAddress(s string) (col, row int, ok bool) {
	i := 0
	for ; i < len(s); i++ {
		c := s[i]
		if c == '$' {
			continue
		}
		if c |= 0x20; c < 'a' || c > 'z' {
			break
		}
		if col = col*26 + int(c-'a'+1); col > MaxCol {
			return 0, 0, false
		}
	}
	for ; i < len(s); i++ {
		c := s[i]
		if c == '$' {
			continue
		}
		if c < '0' || c > '9' {
			return 0, 0, false
		}
		if row = row*10 + int(c-'0'); row > MaxRow {
			return 0, 0, false
		}
	}
	return col, row, col > 0 && row > 0
}

// ParseRange reads "A1:C4" or a single cell.
func ParseRange(s string) (Range, bool) {
	from, to, two := strings.Cut(s, ":")
	if !two {
		to = from
	}
	c1, r1, ok1 := ParseAddress(from)
	c2, r2, ok2 := ParseAddress(to)
	if !ok1 || !ok2 {
		return Range{}, false
	}
	return Range{Row1: min(r1, r2), Col1: min(c1, c2), Row2: max(r1, r2), Col2: max(c1, c2)}, true
}

// At returns the cell at a place; inside a merged area it is the cell of the area's top left. The second result is
// false when nothing stands there.
func (g *Grid) At(row, col int) (Cell, bool) {
	row, col = g.Anchor(row, col)
	i := sort.Search(len(g.Rows), func(i int) bool { return g.Rows[i].Number >= row })
	if i == len(g.Rows) || g.Rows[i].Number != row {
		return Cell{}, false
	}
	return g.Rows[i].At(col)
}

// At returns the row's own cell in a column, merged areas left aside.
func (r *Row) At(col int) (Cell, bool) {
	j := sort.Search(len(r.Cells), func(j int) bool { return r.Cells[j].Col >= col })
	if j == len(r.Cells) || r.Cells[j].Col != col {
		return Cell{}, false
	}
	return r.Cells[j], true
}

// Anchor returns the top-left cell of the merged area that holds the place, else the place itself.
func (g *Grid) Anchor(row, col int) (int, int) {
	if len(g.Merges) == 0 {
		return row, col
	}
	g.once.Do(g.indexMerges)
	for _, i := range g.tall {
		if m := g.Merges[i]; m.Holds(row, col) {
			return m.Row1, m.Col1
		}
	}
	for _, i := range g.byRow[row] {
		if m := g.Merges[i]; m.Holds(row, col) {
			return m.Row1, m.Col1
		}
	}
	return row, col
}

// Holds tells whether the place lies inside.
func (m Range) Holds(row, col int) bool {
	return row >= m.Row1 && row <= m.Row2 && col >= m.Col1 && col <= m.Col2
}

// indexMerges files merged areas by row, so that looking a cell up does not walk all of them. Very tall areas stay
// in a list of their own: a file may claim a thousand areas of a million rows each.
func (g *Grid) indexMerges() {
	g.byRow = map[int][]int{}
	for i, m := range g.Merges {
		if m.Row2-m.Row1 > 256 {
			g.tall = append(g.tall, i)
			continue
		}
		for r := m.Row1; r <= m.Row2; r++ {
			g.byRow[r] = append(g.byRow[r], i)
		}
	}
}
