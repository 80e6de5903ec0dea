package casedoc

import (
	"strings"
	"testing"

	"baosong/parse/container"
)

// TestEndlessSpans: rows whose cells claim to reach over all that follow are read in a moment.
func TestEndlessSpans(t *testing.T) {
	t.Parallel()
	raw := "<html><body><table>" + strings.Repeat("<tr><td colspan=99999999 rowspan=99999999>x</td></tr>", 50000) + "</table></body></html>"
	d := mustRead(t, []byte(raw), container.HTML)
	if len(d.Blocks) == 0 {
		t.Error("nothing was read")
	}
}

// TestSpansKeepColumns: a rowspan pushes the cells below it aside for just as many rows as it says.
func TestSpansKeepColumns(t *testing.T) {
	t.Parallel()
	d := mustRead(t, []byte("<html><body><table><tr><td rowspan=2>a</td><td>b</td></tr><tr><td>c</td></tr><tr><td>d</td></tr></table></body></html>"), container.HTML)
	rows := d.Blocks[0].Table.Rows
	if rows[1][0].Col != 2 || rows[2][0].Col != 1 {
		t.Errorf("columns %d and %d", rows[1][0].Col, rows[2][0].Col)
	}
}
