package workbook

import (
	"math"
	"strings"
)

const (
	linePoints = 15  // one line of 11 point text
	maxPoints  = 409 // Excel's highest row
)

// RowHeight estimates the height of a row in points, so that every wrapped text in it shows: programs do not all work
// it out when they open a file. A Chinese character is as wide as two letters. It is 0 when one line is enough.
func RowHeight(texts []string, widths []float64) float64 {
	most := 1
	for j, text := range texts {
		width := float64(usualWidth)
		if j < len(widths) && widths[j] > 0 {
			width = widths[j]
		}
		n := 0
		for line := range strings.SplitSeq(text, "\n") {
			n += max(1, int(math.Ceil(textWidth(line)/max(1, width-1.5))))
		}
		most = max(most, n)
	}
	if most == 1 {
		return 0
	}
	return min(maxPoints, float64(most*linePoints+4))
}

func textWidth(s string) (w float64) {
	for _, r := range s {
		if r >= 0x2E80 || r == '“' || r == '”' || r == '—' || r == '…' {
			w += 2.1
		} else {
			w += 1.05
		}
	}
	return w
}
