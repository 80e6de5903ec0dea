package rule

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"baosong/parse/call"
	"baosong/parse/finding"
	"baosong/parse/sheet/grid"
)

// spent returns how many MB all rules allocate over one workbook. Tests that use it are not parallel, because all that the
// process allocates is counted.
func spent(g *grid.Grid) (mb uint64, found []finding.Finding) {
	c := call.Default()
	p := &Pass{Call: c, Today: time.Date(2024, 10, 1, 0, 0, 0, 0, time.UTC)}
	p.Places = NewPlaces(c)
	p.Register = NewRegister(c, p.Places)
	p.Files = []*File{{Name: "a.xlsx", Part: call.PartSummary, Book: &grid.Book{Sheets: []*grid.Grid{g}}}}
	p.Files[0].Tables = []*Table{{File: p.Files[0], Grid: g, Header: 1, Block: -1}}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	p.Secrecy()
	for _, r := range All() {
		if r.Run != nil {
			r.Run(p)
		}
	}
	runtime.ReadMemStats(&after)
	return (after.TotalAlloc - before.TotalAlloc) >> 20, p.Findings()
}

func cellsOf(rows, cols int, text func(row, col int) string) *grid.Grid {
	g := &grid.Grid{Name: "S"}
	for i := range rows {
		r := grid.Row{Number: i + 1}
		for j := range cols {
			r.Cells = append(r.Cells, grid.Cell{Col: j + 1, Text: text(i, j)})
		}
		g.Rows = append(g.Rows, r)
	}
	return g
}

// TestSharedGiant: what cells share is looked through once and not once for each of them. The text has something of all
// that the rules look for, and nothing that they find.
func TestSharedGiant(t *testing.T) {
	giant := strings.Repeat("機密 內部 传 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 甲１３９００", 200)
	few, _ := spent(cellsOf(3, 10, func(int, int) string { return giant }))
	many, _ := spent(cellsOf(30, 10, func(int, int) string { return giant }))
	if many > few+5 {
		t.Errorf("%d MB for 30 cells that share a text of %d bytes, %d MB for 300", few, len(giant), many)
	}
}

// TestSharedGiantIsFound: a text that has something to be found is found in each of its cells.
func TestSharedGiantIsFound(t *testing.T) {
	t.Parallel()
	giant := strings.Repeat("一段很长的文字，", 100) + "请致电13900001111。" + strings.Repeat("一段很长的文字，", 100)
	g := cellsOf(4, 1, func(int, int) string { return giant })
	_, found := spent(g)
	n := 0
	for _, f := range found {
		if f.Code == "content.phone" {
			n++
		}
	}
	if n != 4 {
		t.Errorf("%d of 4 cells: %+v", n, found)
	}
}

// TestManyNumbersInOneText: each number is judged by what stands beside it, not by all that stands before it.
func TestManyNumbersInOneText(t *testing.T) {
	text := strings.Repeat("请致电13900001111，", 10_000)
	mb, _ := spent(cellsOf(1, 1, func(int, int) string { return text }))
	if mb > 200 {
		t.Errorf("%d MB for a text of %d bytes", mb, len(text))
	}
}

// TestVariantPlaces: each pair of the list is found, the first where two begin alike, and no other character changes.
func TestVariantPlaces(t *testing.T) {
	t.Parallel()
	want := map[rune]rune{}
	rs := []rune(variantPairs)
	for i := 0; i < len(rs); i += 2 {
		if _, twice := want[rs[i]]; !twice {
			want[rs[i]] = rs[i+1]
		}
	}
	for r := rune(0); r <= 0x10FFFF; r++ {
		common, ok := want[r]
		if !ok {
			common = r
		}
		if got := variant(r); got != common {
			t.Fatalf("%c: got %c, want %c", r, got, common)
		}
	}
}

// TestMarkOverCells: a mark that begins at the end of a long cell and ends at the beginning of the next is found.
func TestMarkOverCells(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("一段很长的文字，", 100)
	p := &Pass{Files: []*File{{Name: "a.xlsx", Book: &grid.Book{Sheets: []*grid.Grid{cellsOf(1, 2, func(_, col int) string {
		return []string{long + "机密", "★10年" + long}[col]
	})}}}}}
	if got := p.Secrecy(); len(got) != 1 {
		t.Errorf("%+v", got)
	}
}
