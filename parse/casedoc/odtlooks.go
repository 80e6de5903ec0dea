package casedoc

import "strings"

// odfLooks follows what the styles of OpenDocument text add to or take from what is seen: hidden text, numbers of lists.
type odfLooks struct {
	hides  map[string]bool // automatic styles that hide their text
	style  string          // being defined
	lists  map[string]*listUse
	define *listUse // list style being defined
	spans  []bool   // open paragraphs and spans; true where the style hides
	hidden int
	side   strings.Builder
	open   []odfList
	item   bool // the next paragraph is the first of its item
	from   int  // the number its item begins at anew, -1 none
}

// odfList is an open list; an inner one takes the style of the outer.
type odfList struct{ use *listUse }

func newODFLooks() odfLooks {
	return odfLooks{hides: map[string]bool{}, lists: map[string]*listUse{}}
}

// read follows an element: its start before, its end after the story has acted on it.
func (l *odfLooks) read(s *odfStory, e element) {
	switch {
	case e.text != nil:
	case e.end:
		l.end(s, e.name)
	default:
		l.start(e)
	}
}

func (l *odfLooks) start(e element) {
	switch e.name {
	case "style:style":
		l.style = e.attr("name")
	case "style:text-properties":
		if e.attr("display") == "none" && l.style != "" && len(l.hides) < 20_000 {
			l.hides[l.style] = true
		}
	case "text:list-style":
		l.define = &listUse{def: newListDef()}
		if len(l.lists) < 20_000 {
			l.lists[e.attr("name")] = l.define
		}
	case "text:list-level-style-number":
		l.level(e)
	case "text:p", "text:h", "text:span":
		hides := l.hides[e.attr("style-name")]
		l.spans = append(l.spans, hides)
		if hides {
			l.hidden++
		}
	case "text:list":
		l.list(e)
	case "text:list-item":
		l.item, l.from = true, atoi(e.attr("start-value"), -1)
	case "text:list-header":
		l.item = false
	}
}

// level reads a numbered level; all others are bullets, which have no text.
func (l *odfLooks) level(e element) {
	i := atoi(e.attr("level"), 0) - 1
	if l.define == nil || i < 0 || i > 8 {
		return
	}
	format := map[string]string{"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman",
		"一, 二, 三, ...": "chineseCountingThousand", "壹, 贰, 叁, ...": "chineseLegalSimplified", "甲, 乙, 丙, ...": "ideographTraditional",
		"①, ②, ③, ...": "decimalEnclosedCircle", "１, ２, ３, ...": "decimalFullWidth"}[e.attr("num-format")]
	if format == "" {
		return
	}
	to := &l.define.def.levels[i]
	to.format, to.start = format, atoi(e.attr("start-value"), 1)
	text := ""
	for k := max(i+1-atoi(e.attr("display-levels"), 1), 0); k <= i; k++ {
		text += "%" + string(rune('1'+k))
		if k < i {
			text += "."
		}
	}
	to.text = e.attr("num-prefix") + text + e.attr("num-suffix")
}

func (l *odfLooks) list(e element) {
	use := l.lists[e.attr("style-name")]
	switch n := len(l.open); {
	case n > 0 && (use == nil || e.attr("style-name") == ""):
		use = l.open[n-1].use
	case n == 0 && use != nil && e.attr("continue-numbering") != "true" && e.attr("continue-list") == "":
		use.def.begun = [9]bool{}
	}
	if len(l.open) < 1000 {
		l.open = append(l.open, odfList{use})
	}
}

// number counts the list on for the first paragraph of an item.
func (l *odfLooks) number(seen bool) string {
	n := len(l.open)
	if n == 0 || !l.item || !seen {
		return ""
	}
	l.item = false
	if use := l.open[n-1].use; use != nil {
		if l.from >= 0 && n <= 9 {
			use.def.counters[n-1], use.def.begun[n-1] = l.from-1, true
		}
		return use.next(n - 1)
	}
	return ""
}

func (l *odfLooks) end(s *odfStory, name string) {
	switch name {
	case "style:style":
		l.style = ""
	case "text:list-style":
		l.define = nil
	case "text:list":
		l.open = l.open[:max(len(l.open)-1, 0)]
	case "text:p", "text:h", "text:span":
		n := len(l.spans) - 1
		if n < 0 {
			return
		}
		hides := l.spans[n]
		l.spans = l.spans[:n]
		if !hides {
			return
		}
		if l.hidden--; l.hidden == 0 {
			if text := clean(l.side.String()); text != "" {
				s.w.doc.Hidden = append(s.w.doc.Hidden, text)
			}
			l.side.Reset()
		}
	}
}
