package sheet

import (
	"strings"
)

// odfText returns the paragraphs inside the current element, joined by line breaks. Comments and drawings inside it
// are none of them: aside is told their texts.
func odfText(x *xmlScanner, aside func(where, text string)) string {
	if x.closes {
		x.next()
		return ""
	}
	depth := x.depth
	var b strings.Builder
	first := true
	for x.depth >= depth {
		k := x.next()
		if k == xmlEOF {
			break
		}
		if k != xmlStart {
			continue
		}
		if !x.is("p") && !x.is("h") {
			if !x.is("table") { // a table inside the cell is shown as its paragraphs
				odfAside(x, aside)
			}
			continue
		}
		if !first {
			b.WriteByte('\n')
		}
		first = false
		odfParagraph(x, &b)
	}
	return b.String()
}

// odfParagraph writes one paragraph: runs of blanks are one, s and tab and line-break are what they say.
func odfParagraph(x *xmlScanner, b *strings.Builder) {
	if x.closes {
		x.next()
		return
	}
	depth, was := x.depth, x.mixed
	x.mixed = true
	defer func() { x.mixed = was }()
	for x.depth >= depth && b.Len() < maxText {
		switch x.next() {
		case xmlText:
			b.WriteString(collapse(x.value()))
		case xmlStart:
			switch {
			case x.is("s"):
				b.WriteString(strings.Repeat(" ", min(repeated(x.attr("c")), 1000)))
			case x.is("tab"):
				b.WriteByte('\t')
			case x.is("line-break"):
				b.WriteByte('\n')
			case x.is("annotation"), x.is("note"), x.is("ruby-text"):
				x.skip()
				x.mixed = true
			}
		case xmlEOF:
			return
		}
	}
	for x.depth >= depth && x.next() != xmlEOF {
	}
}

// collapse makes one blank of each run of blanks and line breaks.
func collapse(s string) string {
	if !strings.ContainsAny(s, "\n\r\t") && !strings.Contains(s, "  ") {
		return s
	}
	var b strings.Builder
	blank := false
	for _, r := range s {
		if r == ' ' || r == '\n' || r == '\r' || r == '\t' {
			blank = true
			continue
		}
		if blank {
			b.WriteByte(' ')
			blank = false
		}
		b.WriteRune(r)
	}
	if blank {
		b.WriteByte(' ')
	}
	return b.String()
}
