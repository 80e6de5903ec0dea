package grid

import "sort"

// order sorts rows and cells and joins those that a file brings twice; the later one counts, as in Excel.
func (g *Grid) order() {
	if !sort.SliceIsSorted(g.Rows, func(i, j int) bool { return g.Rows[i].Number < g.Rows[j].Number }) {
		sort.SliceStable(g.Rows, func(i, j int) bool { return g.Rows[i].Number < g.Rows[j].Number })
	}
	out := g.Rows[:0]
	for _, r := range g.Rows {
		if n := len(out); n > 0 && out[n-1].Number == r.Number {
			out[n-1].Cells = append(out[n-1].Cells, r.Cells...)
			out[n-1].Hidden = out[n-1].Hidden || r.Hidden
			continue
		}
		out = append(out, r)
	}
	g.Rows = out
	for i := range g.Rows {
		g.Rows[i].order()
	}
}

func (r *Row) order() {
	rising := true
	for i := 1; i < len(r.Cells); i++ {
		rising = rising && r.Cells[i-1].Col < r.Cells[i].Col
	}
	if rising {
		return
	}
	sort.SliceStable(r.Cells, func(i, j int) bool { return r.Cells[i].Col < r.Cells[j].Col })
	out := r.Cells[:0]
	for _, c := range r.Cells {
		if n := len(out); n > 0 && out[n-1].Col == c.Col {
			out[n-1] = c
			continue
		}
		out = append(out, c)
	}
	r.Cells = out
}
