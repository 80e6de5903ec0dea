package casedoc

import (
	"strings"
	"unicode"
)

// Words counts as Word does: each Chinese character and mark is one, each run of other characters between blanks is
// one, so that 12.5% and e-mail are one each. Curly quotes, dashes and dots are Chinese marks beside a Chinese
// character and part of the run elsewhere.
func Words(s string) int {
	n := 0
	inRun := false
	var prev rune // last character that was no blank, 0 after a blank
	rs := []rune(s)
	for i, r := range rs {
		switch {
		case unicode.IsSpace(r) || invisible(r):
			if !invisible(r) {
				inRun, prev = false, 0
			}
			continue
		case eastAsian(r), ambiguous(r) && (eastAsian(prev) || i+1 < len(rs) && eastAsian(rs[i+1])):
			n++
			inRun = false
			if ambiguous(r) {
				r = '。' // the next mark of a row, as in —— and ……, stands beside a Chinese one
			}
		case !inRun:
			n++
			inRun = true
		}
		prev = r
	}
	return n
}

// Words counts the block as Word does: automatic numbers are not counted, table cells are.
func (b Block) Words() int {
	if b.Table == nil {
		return Words(strings.TrimPrefix(b.Text, b.Number))
	}
	n := 0
	for _, row := range b.Table.Rows {
		for _, c := range row {
			n += Words(c.Text)
		}
	}
	return n
}

func invisible(r rune) bool {
	return r == '\u200B' || r == '\u200C' || r == '\u200D' || r == '\u2060' || r == '\uFEFF' || r == '\u00AD'
}

func ambiguous(r rune) bool {
	switch r {
	case '“', '”', '‘', '’', '…', '—', '–', '·', '‥', '―':
		return true
	}
	return false
}

func eastAsian(r rune) bool {
	switch {
	case r < 0x1100:
		return false
	case r < 0x2E80:
		return r <= 0x11FF || r >= 0x2460 && r <= 0x24FF || r >= 0x2500 && r <= 0x27BF || r == '※' || r == '→' || r == '←'
	case r <= 0xA4CF, r >= 0xAC00 && r <= 0xD7AF, r >= 0xE000 && r <= 0xFAFF, r >= 0xFE30 && r <= 0xFE4F:
		return true
	}
	return r >= 0xFF00 && r <= 0xFFEF || r >= 0x20000 && r <= 0x3FFFF
}
