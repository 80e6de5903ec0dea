package sheet

import (
	"strings"

	"baosong/parse/sheet/xmlscan"
)

// odfText returns the paragraphs inside the current element, joined by line breaks. Comments and drawings inside it
// are none of them: aside is told their texts.
func odfText(x *xmlscan.Scanner, aside func(where, text string)) string {
	if x.Closes {
		x.Next()
		return ""
	}
	depth := x.Depth
	var b strings.Builder
	first := true
	for x.Depth >= depth {
		k := x.Next()
		if k == xmlscan.EOF {
			break
		}
		if k != xmlscan.Start {
			continue
		}
		if !x.Is("p") && !x.Is("h") {
			if !x.Is("table") { // a table inside the cell is shown as its paragraphs
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
func odfParagraph(x *xmlscan.Scanner, b *strings.Builder) {
	if x.Closes {
		x.Next()
		return
	}
	depth, was := x.Depth, x.Mixed
	x.Mixed = true
	defer func() { x.Mixed = was }()
	for x.Depth >= depth && b.Len() < xmlscan.MaxText {
		switch x.Next() {
		case xmlscan.Text:
			b.WriteString(collapse(x.Value()))
		case xmlscan.Start:
			switch {
			case x.Is("s"):
				b.WriteString(strings.Repeat(" ", min(repeated(x.Attr("c")), 1000)))
			case x.Is("tab"):
				b.WriteByte('\t')
			case x.Is("line-break"):
				b.WriteByte('\n')
			case x.Is("annotation"), x.Is("note"), x.Is("ruby-text"):
				x.Skip()
				x.Mixed = true
			}
		case xmlscan.EOF:
			return
		}
	}
	for x.Depth >= depth && x.Next() != xmlscan.EOF {
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
