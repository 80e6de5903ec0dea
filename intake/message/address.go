package message

import (
	"slices"
	"strings"
	"unicode/utf8"
)

const maxAddresses = 2000

// parseAddresses reads an address list from its raw bytes. What stands as an address is believed only where it stands
// in the open: mended says that one had to be dug out of an encoded word or put together.
func parseAddresses(raw []byte) (list []Address, mended bool) {
	for _, item := range splitAddresses(string(raw)) {
		a, dug, ok := parseAddress(item)
		if !ok {
			continue
		}
		list, mended = append(list, a...), mended || dug
		if len(list) >= maxAddresses {
			break
		}
	}
	return list, mended
}

// scanner steps over the quoted strings, comments and encoded words of an address field. What is never closed is an
// ordinary character from then on, so that a hostile field costs no more than its length.
type scanner struct {
	s                  string
	gbk                bool // not UTF-8: a backslash may be the second half of a character
	noQuote, noComment bool
}

func newScanner(s string) *scanner { return &scanner{s: s, gbk: !utf8.ValidString(s)} }

// splitAddresses cuts a list at commas and semicolons outside quotes, comments, angle brackets and encoded words. The
// name of a group and its colon are dropped.
func splitAddresses(s string) []string {
	var items []string
	sc, start, angle, lastAngle := newScanner(s), 0, false, strings.LastIndexByte(s, '>')
	cut := func(end int) {
		if t := strings.TrimSpace(s[start:end]); t != "" {
			items = append(items, t)
		}
		start = end + 1
	}
	for i := 0; i < len(s); {
		if next := sc.past(i); next > i {
			i = next
			continue
		}
		switch c := s[i]; {
		case c == '<':
			angle = i < lastAngle
		case c == '>':
			angle = false
		case c == ':' && !angle && !strings.Contains(s[start:i], "@") && !strings.EqualFold(strings.TrimSpace(s[start:i]), "mailto"):
			start = i + 1 // a group's name
		case (c == ',' || c == ';') && !angle:
			cut(i)
		}
		i++
	}
	if start < len(s) {
		cut(len(s))
	}
	return items
}

// past returns the index after the quoted string, comment or encoded word that begins at i, or i when none does.
func (sc *scanner) past(i int) int {
	switch sc.s[i] {
	case '"':
		return sc.pastQuote(i)
	case '(':
		return sc.pastComment(i)
	case '=':
		return i + wordLength(sc.s[i:])
	}
	return i
}

func (sc *scanner) pastQuote(i int) int {
	s := sc.s
	for j := i + 1; j < len(s) && !sc.noQuote; j++ {
		switch {
		case sc.gbk && s[j] >= 0x81 && j+1 < len(s) && s[j+1] >= 0x40 && s[j+1] != '"':
			j++
		case s[j] == '\\':
			j++
		case s[j] == '"':
			return j + 1
		}
	}
	sc.noQuote = true
	return i
}

func (sc *scanner) pastComment(i int) int {
	s, depth := sc.s, 0
	for j := i; j < len(s) && !sc.noComment; j++ {
		switch s[j] {
		case '\\':
			j++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return j + 1
			}
		}
	}
	sc.noComment = true
	return i
}

// wordLength returns the length of the encoded word that s begins with, or 0.
func wordLength(s string) int {
	s = s[:min(len(s), 2000)]
	if !strings.HasPrefix(s, "=?") {
		return 0
	}
	n := strings.IndexByte(s[2:], '?') + 2
	if n < 2 || n+2 >= len(s) || s[n+2] != '?' {
		return 0
	}
	if end := strings.Index(s[n+3:], "?="); end >= 0 {
		return n + 3 + end + 2
	}
	return 0
}

// parseAddress reads one item: "name <a@b>", "<a@b>", "a@b (name)", "name a@b". Several angle brackets, or several
// addresses without any, are several addresses: which of them a server believed cannot be known.
func parseAddress(item string) (list []Address, dug, ok bool) {
	name, specs := cutAngles(item)
	if len(specs) > 0 {
		for _, s := range specs {
			if a := cleanAddress(s); a != "" {
				list = append(list, Address{Name: displayName(name), Address: a})
			}
		}
		if len(list) > 0 {
			return list, false, true
		}
	}
	if a, rest := bareAddress(item); a != "" {
		list = append(list, Address{Name: displayName(rest), Address: a})
		if comment := strings.TrimSpace(rest); strings.HasPrefix(comment, "(") && strings.HasSuffix(comment, ")") {
			return list, false, true
		}
		for more, left := bareAddress(rest); more != "" && len(list) < maxAddresses; more, left = bareAddress(left) {
			if !slices.ContainsFunc(list, func(l Address) bool { return l.Address == more }) {
				list[0].Name = ""
				list = append(list, Address{Address: more})
			}
		}
		return list, false, true
	}
	plain := clean(decodeWords([]byte(item)))
	if plain == item || !strings.Contains(plain, "@") {
		if a := cleanAddress(item); a != "" && a == item { // a local name: MAILER-DAEMON
			return []Address{{Address: a}}, false, true
		}
		return nil, false, false
	}
	name, specs = cutAngles(plain)
	if len(specs) > 0 {
		if a := cleanAddress(specs[len(specs)-1]); a != "" {
			return []Address{{Name: displayName(name), Address: a}}, true, true
		}
	}
	if a, rest := bareAddress(plain); a != "" {
		return []Address{{Name: displayName(rest), Address: a}}, true, true
	}
	return nil, false, false
}

// cutAngles takes the bracketed addresses out of an item; the name is what is left.
func cutAngles(item string) (name string, specs []string) {
	var rest strings.Builder
	sc := newScanner(item)
	for i := 0; i < len(item); {
		if next := sc.past(i); next > i && item[i] != '(' {
			rest.WriteString(item[i:next])
			i = next
			continue
		}
		if item[i] != '<' {
			rest.WriteByte(item[i])
			i++
			continue
		}
		end := strings.IndexByte(item[i:], '>')
		if end < 0 {
			end = len(item) - i
		}
		s := item[i+1 : i+end]
		if open := strings.LastIndexByte(s, '<'); open >= 0 {
			rest.WriteString(s[:open])
			s = s[open+1:]
		}
		if strings.Contains(s, "@") || len(strings.Fields(s)) <= 1 {
			specs = append(specs, s)
		} else {
			rest.WriteString(s)
		}
		i = min(i+end+1, len(item))
	}
	return rest.String(), specs
}

// bareAddress finds a word with an @ outside quotes; the rest is the name.
func bareAddress(item string) (addr, rest string) {
	for _, word := range strings.Fields(blankComments(item)) {
		if strings.Contains(word, "@") && !strings.HasPrefix(word, "=?") {
			if a := cleanAddress(word); a != "" {
				return a, strings.Replace(item, word, "", 1)
			}
		}
	}
	return "", item
}

func blankComments(s string) string {
	var b strings.Builder
	sc := newScanner(s)
	for i := 0; i < len(s); {
		if next := sc.past(i); next > i && s[i] == '(' {
			b.WriteByte(' ')
			i = next
			continue
		}
		b.WriteByte(s[i])
		i++
	}
	return b.String()
}

// cleanAddress returns local@domain, or a local name alone as mail systems have them, or "" when it is neither. A source
// route and blanks are dropped.
func cleanAddress(s string) string {
	s = clean(rawText(s))
	if i := strings.LastIndexByte(s, ':'); i >= 0 && (strings.HasPrefix(s, "@") || strings.EqualFold(s[:i], "mailto")) {
		s = s[i+1:]
	}
	s = strings.Map(func(r rune) rune {
		if r == ' ' || r == '\u3000' {
			return -1
		}
		return r
	}, blankComments(s))
	s = strings.Trim(s, `"'<>,;.`)
	at := strings.LastIndexByte(s, '@')
	if at < 0 && ascii([]byte(s)) && len(s) <= 64 && !strings.ContainsAny(s, "()<>[]:;,") {
		return s
	}
	if at <= 0 || at == len(s)-1 || len(s) > 320 || strings.ContainsAny(s, "<>") {
		return ""
	}
	return s[:at] + "@" + strings.ToLower(s[at+1:])
}
