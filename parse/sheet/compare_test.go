package sheet

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"baosong/parse/sheet/grid"
)

// compareCSV compares a grid with a CSV, whose first record is row 1 or the first row of the sheet's used range, and
// likewise its first column: the CSV's writer leaves out what the file's own dimensions leave out.
func compareCSV(g *grid.Grid, text string, date1904 bool) (n int, diffs []string) {
	row, col := 0, grid.MaxCol
	for i, r := range g.Rows {
		if i == 0 {
			row = r.Number - 1
		}
		for _, c := range r.Cells {
			col = min(col, c.Col-1)
		}
	}
	if col == grid.MaxCol {
		col = 0
	}
	n, diffs = compareAt(g, text, date1904, 0, 0)
	for _, at := range [][2]int{{row, 0}, {0, col}, {row, col}} {
		if m, d := compareAt(g, text, date1904, at[0], at[1]); len(d) < len(diffs) {
			n, diffs = m, d
		}
	}
	return n, diffs
}

// compareAt returns the number of cells compared and the differing ones.
func compareAt(g *grid.Grid, text string, date1904 bool, row, col int) (n int, diffs []string) {
	want, err := csvAll(text)
	if err != nil {
		return 0, []string{err.Error()}
	}
	got := map[[2]int]grid.Cell{}
	maxRow := len(want)
	for _, row := range g.Rows {
		maxRow = max(maxRow, row.Number)
		for _, c := range row.Cells {
			got[[2]int{row.Number, c.Col}] = c
		}
	}
	seen := map[[2]int]bool{}
	for i, rec := range want {
		for j, w := range rec {
			at := [2]int{i + 1 + row, j + 1 + col}
			seen[at] = true
			c := got[at]
			if w == "" && c.Text == "" {
				continue
			}
			n++
			if !sameCell(c, w, date1904) {
				diffs = append(diffs, fmt.Sprintf("%s got %q (%v %v) want %q", grid.Address(at[1], at[0]), c.Text, c.Kind, c.Number, w))
			}
		}
	}
	for at, c := range got {
		if !seen[at] && strings.TrimSpace(c.Text) != "" && c.Kind != grid.KindError {
			n++
			diffs = append(diffs, fmt.Sprintf("%s got %q want nothing", grid.Address(at[1], at[0]), c.Text))
		}
	}
	return n, diffs
}

func csvAll(text string) ([][]string, error) {
	r := csvRecords{text: strings.ReplaceAll(strings.TrimPrefix(text, "\uFEFF"), "\r\n", "\n"), sep: ','}
	var out [][]string
	for {
		rec, err := r.next()
		if err != nil {
			return out, nil
		}
		out = append(out, rec)
	}
}

var marks = regexp.MustCompile(`[\s,¥$€£%]|\\`)

func sameCell(c grid.Cell, want string, date1904 bool) bool {
	clean := func(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\r", "")) }
	got := c.Text
	if clean(got) == clean(want) || c.Kind == grid.KindBool && strings.EqualFold(got, want) {
		return true
	}
	if c.Kind == grid.KindDate {
		for _, layout := range []string{"1/2/06", "1/2/2006", "1/2/06 15:04", "2-Jan-06", "2006-01-02", "1/2/2006 15:04", "15:04", "15:04:05", "3:04 PM", "3:04:05 PM"} {
			if t, err := time.Parse(layout, want); err == nil {
				v := c.Number
				if date1904 {
					v += 1462
				}
				w := serial(t)
				if t.Year() == 0 {
					w = float64(t.Hour()*3600+t.Minute()*60+t.Second()) / 86400
					v -= math.Floor(v)
				}
				return math.Abs(w-v) < 1.0/1440 || strings.Contains(layout, "2") && !strings.Contains(layout, "15") && math.Abs(w-math.Floor(v)) < 1e-6
			}
		}
	}
	if c.Kind == grid.KindError && want == "" {
		return true
	}
	if c.Kind == grid.KindNumber {
		return sameNumber(c, want)
	}
	return false
}

// serial is the number by which the 1900 system counts a moment.
func serial(t time.Time) float64 {
	days := t.Sub(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)).Hours() / 24
	if days < 61 { // before the 29 February 1900 that never was
		days--
	}
	return days
}

// sameNumber compares to the precision that the CSV shows.
func sameNumber(c grid.Cell, want string) bool {
	s := marks.ReplaceAllString(want, "")
	if strings.HasPrefix(s, "(") && strings.HasSuffix(s, ")") {
		s = "-" + s[1:len(s)-1]
	}
	w, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return false
	}
	if strings.Contains(want, "%") {
		w /= 100
	}
	return math.Abs(w-c.Number) <= math.Max(math.Abs(w)*1e-5, 1e-9) || marks.ReplaceAllString(c.Text, "") == s
}

// differing lists the sheets that rightly differ from their source's CSV, each with the reason.
var differing = map[string]string{}
