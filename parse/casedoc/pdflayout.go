package casedoc

import (
	"cmp"
	"slices"
	"strings"

	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
)

// pdfGlyphs is how many characters of one document are placed by their boxes: each costs a call of the engine. What comes
// after has its lines as pdfium tells them apart, which takes the cells of some tables for lines and some lines for one.
const pdfGlyphs = 60_000

// glyph is a character and the box its font gives it, in points; y grows upwards. A blank that pdfium has put in has no
// width.
type glyph struct {
	r                        rune
	left, right, bottom, top float64
}

// textLine is a line of a page.
type textLine struct {
	text   string
	column bool // it has a gap as between columns or cells
}

// glyphs asks for the box of each character of a page; nil when the document has had its share, or its fonts tell none.
func (f *pdfFile) glyphs(page references.FPDF_TEXTPAGE, units []rune) []glyph {
	if f.placed += len(units); f.placed > pdfGlyphs {
		return nil
	}
	out := make([]glyph, 0, len(units))
	flat := 0
	for i := 0; i < len(units); i++ {
		r, at := units[i], i
		if r >= 0xD800 && r < 0xDC00 && i+1 < len(units) && units[i+1] >= 0xDC00 && units[i+1] < 0xE000 {
			i++
			r = (r-0xD800)<<10 + units[i] - 0xDC00 + 0x10000
		}
		if r < ' ' || r == 0xFFFE || r == 0x7F {
			continue // also the line ends that pdfium has put in
		}
		box, err := f.engine.FPDFText_GetLooseCharBox(&requests.FPDFText_GetLooseCharBox{TextPage: page, Index: at})
		if err != nil {
			return nil
		}
		g := glyph{r, float64(box.Rect.Left), float64(box.Rect.Right), float64(box.Rect.Bottom), float64(box.Rect.Top)}
		if n := len(out); g.top-g.bottom < 1 && r != ' ' && n > 0 {
			flat++
			g.top, g.bottom = out[n-1].top, out[n-1].bottom
		}
		out = append(out, g)
	}
	if flat*5 > len(out) {
		return nil
	}
	return out
}

// turn brings a page whose text runs up, down or upside down to one whose text runs to the right.
func turn(gs []glyph) {
	var votes [4]int // right, up, left, down
	var last *glyph
	for i := range gs {
		a, b := last, &gs[i]
		if b.r == ' ' {
			continue
		}
		if last = b; a == nil {
			continue
		}
		dx, dy := b.left+b.right-a.left-a.right, b.bottom+b.top-a.bottom-a.top
		switch {
		case dx > 2*max(dy, -dy):
			votes[0]++
		case dy > 2*max(dx, -dx):
			votes[1]++
		case -dx > 2*max(dy, -dy):
			votes[2]++
		case -dy > 2*max(dx, -dx):
			votes[3]++
		}
	}
	most := 0
	for i, n := range votes {
		if n > votes[most] {
			most = i
		}
	}
	for i := range gs {
		g := &gs[i]
		switch most {
		case 1:
			g.left, g.right, g.bottom, g.top = g.bottom, g.top, -g.right, -g.left
		case 2:
			g.left, g.right, g.bottom, g.top = -g.right, -g.left, -g.top, -g.bottom
		case 3:
			g.left, g.right, g.bottom, g.top = -g.top, -g.bottom, g.left, g.right
		}
	}
}

// fragment is a piece of a line without a gap in it; its box is around all of it.
type fragment struct {
	glyph
	text []rune
	last float64 // left edge of the last character
}

func (a *glyph) em() float64 { return max(a.top-a.bottom, 1) / 1.15 }

// level tells whether two stand on one line: superscripts do, the next line does not.
func (a *glyph) level(b *glyph) bool {
	return min(a.top, b.top)-max(a.bottom, b.bottom) >= 0.5*min(a.top-a.bottom, b.top-b.bottom)
}

// layout makes lines of glyphs in the order of the content stream, which is the order of reading: what follows on the same
// height belongs to the same line, in order from the left.
func layout(gs []glyph) [][]fragment {
	turn(gs)
	var out [][]fragment
	var line []fragment
	blank := false // pdfium has put one in
	for i := range gs {
		g := &gs[i]
		if g.r == ' ' && g.right-g.left < 0.01 {
			blank = true
			continue
		}
		n := len(line)
		switch {
		case n > 0 && (line[n-1].level(g) || line[0].level(g)):
			at := &line[n-1]
			if gap := g.left - at.right; (gap > -0.5*g.em() || g.left >= at.last) && gap < max(g.em(), at.em()) {
				at.extend(g, blank, gap)
			} else {
				line = append(line, fragment{*g, []rune{g.r}, g.left})
			}
		case g.r == ' ':
		default:
			if n > 0 {
				out = append(out, line)
			}
			line = []fragment{{*g, []rune{g.r}, g.left}}
		}
		blank = false
	}
	if len(line) > 0 {
		out = append(out, line)
	}
	return out
}

// extend adds a glyph that stands next to a fragment. The quarter of a blank that Word and others put between Chinese and
// other characters is none.
func (f *fragment) extend(g *glyph, blank bool, gap float64) {
	last := f.text[len(f.text)-1]
	if blank && (eastAsian(last) == eastAsian(g.r) || gap >= 0.4*g.em()) && last != ' ' && g.r != ' ' {
		f.text = append(f.text, ' ')
	}
	f.text = append(f.text, g.r)
	f.last = g.left
	f.left, f.right = min(f.left, g.left), max(f.right, g.right)
	if g.r != ' ' {
		f.bottom, f.top = min(f.bottom, g.bottom), max(f.top, g.top)
	}
}

// joinFragments makes text of the fragments of a line: a wide gap, as between cells, is a tab.
func joinFragments(line []fragment) textLine {
	slices.SortStableFunc(line, func(a, b fragment) int { return cmp.Compare(a.left, b.left) })
	cell := 2.0 // em
	if len(line) > 2 && !slices.ContainsFunc(line, func(f fragment) bool { return len(f.text) > 2 }) {
		cell = 4 // a title set wide
	}
	var b strings.Builder
	column, edge := false, 0.0
	for i := range line {
		text := string(line[i].text)
		if b.Len() > 0 {
			text = strings.TrimLeft(text, " ")
		}
		if strings.TrimRight(text, " ") == "" {
			continue
		}
		switch gap := line[i].left - edge; {
		case b.Len() == 0:
		case gap >= cell*line[i].em():
			column = true
			b.WriteByte('\t')
		default:
			b.WriteByte(' ')
		}
		b.WriteString(strings.TrimRight(text, " "))
		edge = line[i].right
	}
	return textLine{unradical(b.String()), column}
}
