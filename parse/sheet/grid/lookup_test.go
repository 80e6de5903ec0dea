package grid

import "testing"

func TestLostText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{"1.10105E+17": true, "1.38556E+10": true, "1E+17": true, "1.5E+3": false,
		"13855512345": false, "E+17": false, "12.5": false, "1.38555123450E+10": false, "3E10": false} {
		if LostText(text) != want {
			t.Errorf("lostText(%q) = %v, want %v", text, !want, want)
		}
	}
}

func TestAddress(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		col, row int
		want     string
	}{{1, 1, "A1"}, {8, 7, "H7"}, {27, 10, "AA10"}, {16384, 1048576, "XFD1048576"}, {0, 1, ""}} {
		if got := Address(tc.col, tc.row); got != tc.want {
			t.Errorf("Address(%d, %d) = %q, want %q", tc.col, tc.row, got, tc.want)
		}
	}
	if _, _, ok := ParseAddress("XFE1"); ok {
		t.Error("XFE1 lies beyond the grid but was read")
	}
}

func TestMerges(t *testing.T) {
	t.Parallel()
	g := &Grid{Rows: []Row{{Number: 2, Cells: []Cell{{Col: 2, Text: "滁州市"}}}},
		Merges: []Range{{2, 2, 4, 3}, {1, 9, MaxRow, 9}}}
	for at, want := range map[[2]int]string{{2, 2}: "滁州市", {4, 3}: "滁州市", {5, 2}: "", {2, 4}: ""} {
		if c, _ := g.At(at[0], at[1]); c.Text != want {
			t.Errorf("%v is %q, want %q", at, c.Text, want)
		}
	}
	if r, c := g.Anchor(500000, 9); r != 1 || c != 9 {
		t.Errorf("anchor %d, %d", r, c)
	}
}
