package message

import (
	"html"
	"strings"
)

// scanHTML walks through a page once: text between tags, entities undone, and tags by lower-case name. What stands in
// style, script, head's title and comments is passed over. It is no parser: it only has to find words and links.
func scanHTML(page string, onText func(string), onTag func(name string, closing bool, attrs string)) {
	for page != "" {
		lt := strings.IndexByte(page, '<')
		if lt < 0 {
			onText(html.UnescapeString(page))
			return
		}
		if lt > 0 {
			onText(html.UnescapeString(page[:lt]))
		}
		page = page[lt:]
		if strings.HasPrefix(page, "<!--") {
			page = after(page[4:], "-->")
			continue
		}
		if len(page) < 2 || !(isLetter(page[1]) || page[1] == '/' || page[1] == '!' || page[1] == '?') {
			onText("<")
			page = page[1:]
			continue
		}
		tag, rest := cutTag(page[1:])
		page = rest
		closing := strings.HasPrefix(tag, "/")
		tag = strings.TrimPrefix(tag, "/")
		end := strings.IndexAny(tag, " \t\r\n/")
		if end < 0 {
			end = len(tag)
		}
		name := strings.ToLower(tag[:end])
		if !closing && (name == "style" || name == "script" || name == "title" || name == "noscript" || name == "xml") {
			page = afterFold(page, "</"+name)
			continue
		}
		onTag(name, closing, tag[end:])
	}
}

// cutTag takes a tag up to its ">", which may stand in a quoted attribute; an unclosed quote is no reason to lose the
// page.
func cutTag(s string) (tag, rest string) {
	quote := byte(0)
	for i := 0; i < len(s) && i < 64<<10; i++ {
		switch c := s[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case (c == '"' || c == '\'') && i > 0 && s[i-1] == '=':
			quote = c
		case c == '>':
			return s[:i], s[i+1:]
		}
	}
	if i := strings.IndexByte(s, '>'); i >= 0 {
		return s[:i], s[i+1:]
	}
	return s, ""
}

func after(s, mark string) string {
	if i := strings.Index(s, mark); i >= 0 {
		return s[i+len(mark):]
	}
	return ""
}

// afterFold drops s up to mark, whatever its case; mark is lower case.
func afterFold(s, mark string) string {
	for at := 0; ; {
		i := strings.Index(s[at:], "</")
		if i < 0 {
			return ""
		}
		at += i
		if len(s)-at >= len(mark) && strings.EqualFold(s[at:at+len(mark)], mark) {
			return s[at:]
		}
		at += 2
	}
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// attr returns an attribute's value, entities undone.
func attr(attrs, name string) string {
	for at := 0; at < len(attrs); {
		i := strings.IndexByte(attrs[at:], '=')
		if i < 0 {
			return ""
		}
		key := strings.TrimSpace(attrs[at : at+i])
		if j := strings.LastIndexAny(key, " \t\r\n\"'"); j >= 0 {
			key = key[j+1:]
		}
		v := strings.TrimLeft(attrs[at+i+1:], " \t\r\n")
		start := len(attrs) - len(v)
		end := 0
		if v != "" && (v[0] == '"' || v[0] == '\'') {
			start++
			if end = strings.IndexByte(v[1:], v[0]); end < 0 {
				end = len(v) - 1
			}
		} else if end = strings.IndexAny(v, " \t\r\n"); end < 0 {
			end = len(v)
		}
		if strings.EqualFold(key, name) {
			return strings.TrimSpace(html.UnescapeString(attrs[start : start+end]))
		}
		at = start + end + 1
	}
	return ""
}

// OnlyInHTML returns the lines of the body's HTML that its plain text does not have: a reader sees them, and the plain
// text alone would not show them.
func (m *Message) OnlyInHTML() string {
	if m.HTML == "" {
		return ""
	}
	bare := func(s string) string { return strings.Join(strings.Fields(s), "") }
	plain := bare(m.Text)
	var out []string
	for _, line := range strings.Split(stripHTML(m.HTML), "\n") {
		if b := bare(line); b != "" && !strings.Contains(plain, b) {
			out = append(out, line)
		}
	}
	return strings.Join(out, "\n")
}

// stripHTML gives the words of a page as plain text: blocks on lines of their own, cells parted by tabs.
func stripHTML(page string) string {
	s := stripper{}
	scanHTML(page, s.text, s.tag)
	return strings.TrimSpace(s.out.String())
}

type stripper struct {
	out   strings.Builder
	blank bool // white space is due before the next word
	lines int  // line ends written last
	pre   int
}

func (s *stripper) text(t string) {
	if s.pre > 0 {
		s.out.WriteString(strings.ReplaceAll(t, "\r", ""))
		s.lines = 0
		return
	}
	for _, r := range t {
		switch r {
		case ' ', '\t', '\r', '\n', '\u00a0', '\f':
			s.blank = true
		case '\u200b', '\ufeff', 0:
		default:
			if s.blank && s.lines == 0 && s.out.Len() > 0 {
				s.out.WriteByte(' ')
			}
			s.blank, s.lines = false, 0
			s.out.WriteRune(r)
		}
	}
}

func (s *stripper) tag(name string, closing bool, _ string) {
	switch name {
	case "br":
		s.newline(2)
	case "p", "div", "tr", "table", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "hr", "center",
		"section", "article", "body", "dl", "dt", "dd", "form", "fieldset":
		s.newline(1)
	case "pre":
		s.newline(1)
		if closing {
			s.pre = max(s.pre-1, 0)
		} else {
			s.pre++
		}
	case "td", "th":
		if closing {
			s.blank = false
			s.out.WriteByte('\t')
		}
	}
}

// newline ends the line; at most n line ends follow one another.
func (s *stripper) newline(n int) {
	s.blank = false
	if s.out.Len() > 0 && s.lines < n {
		s.out.WriteByte('\n')
		s.lines++
	}
}
