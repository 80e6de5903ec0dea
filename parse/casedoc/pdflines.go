package casedoc

import (
	"strings"
	"unicode/utf8"
)

func joinSurrogates(units []rune) string {
	var b strings.Builder
	for i := 0; i < len(units); i++ {
		r := units[i]
		if r >= 0xD800 && r < 0xDC00 && i+1 < len(units) && units[i+1] >= 0xDC00 && units[i+1] < 0xE000 {
			r = (r-0xD800)<<10 + units[i+1] - 0xDC00 + 0x10000
			i++
		}
		if r != 0 {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// plainLines are the lines of a text without places.
func plainLines(text string) []textLine {
	var out []textLine
	for _, l := range strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' || r == '\f' }) {
		out = append(out, textLine{text: l})
	}
	return out
}

// joinLines makes paragraphs of a page's lines: a line that fills the measure and ends within a sentence goes on in
// the next. Other lines stay lines, so that headings and rows of tables are kept apart.
func joinLines(lines []textLine) []string {
	widest := 0
	for _, l := range lines {
		widest = max(widest, breadth(l.text))
	}
	var out []string
	var para strings.Builder // a page may be one paragraph: to copy it for each line would take the square of its length
	last := rune(-1)         // of the paragraph
	end := func() {
		if last >= 0 {
			out = append(out, para.String())
		}
		para.Reset()
	}
	joins := false
	for _, line := range lines {
		l := strings.TrimRight(line.text, " \u3000")
		if joins && !line.column && !opensParagraph(l) {
			para.WriteString(glue(last, l))
		} else {
			end()
			last = 0
		}
		para.WriteString(l)
		if r, n := utf8.DecodeLastRuneInString(l); n > 0 {
			last = r
		}
		w := breadth(l)
		joins = !line.column && w >= 40 && w*100 >= widest*92 && !strings.ContainsRune("。：；！？:;!?", last)
	}
	end()
	return out
}

// breadth measures a line in half-width columns.
func breadth(s string) int {
	n := 0
	for _, r := range s {
		n++
		if eastAsian(r) || ambiguous(r) {
			n++
		}
	}
	return n
}

// opensParagraph tells a line that begins with an indent or a number of its own.
func opensParagraph(l string) bool {
	rs := []rune(strings.TrimLeft(l, " "))
	if len(rs) == 0 || rs[0] == '\u3000' || strings.HasPrefix(l, "    ") {
		return true
	}
	if strings.ContainsRune("（(", rs[0]) && len(rs) > 2 && strings.ContainsRune("一二三四五六七八九十", rs[1]) {
		return true
	}
	return len(rs) > 1 && strings.ContainsRune("一二三四五六七八九十", rs[0]) && strings.ContainsRune("、是", rs[1])
}

// glue is a blank between two Latin words that a line break divided.
func glue(last rune, b string) string {
	first, _ := utf8.DecodeRuneInString(b)
	if last == 0 || b == "" || eastAsian(last) || eastAsian(first) || ambiguous(last) || ambiguous(first) {
		return ""
	}
	return " "
}
