// Package numfmt shows numbers, dates and texts under Excel's number formats, as Excel does with Chinese regional
// settings: a format code such as yyyy"年"m"月" is parsed once and shows any number of cells.
package numfmt

import (
	"strconv"
	"strings"
)

// Format is a number format in pieces: "yyyy/m/d;@" has two sections. It shows numbers as Excel with the zh-CN
// regional settings does.
type Format struct {
	sections []section
	text     *section // the section for text, if the format has one
	general  bool     // General or unknown: the usual case, kept short
}

type section struct {
	toks    []token
	date    bool
	twelve  bool    // has AM/PM
	second  int     // decimals shown behind the seconds
	percent int     // how many % signs
	scale   int     // commas at the end: each divides by 1,000
	group   bool    // thousands separated by commas
	dbnum   int     // 1..3: Chinese numerals
	chinese bool    // locale 804: names of months and days in Chinese
	op      string  // condition, as in [>=100]
	limit   float64 // its number
}

// token is one piece of a section. Kinds: l literal, 0 # ? places, . point, E exponent, / fraction bar, @ text,
// g General, d a piece of a date, f decimals of a second.
type token struct {
	kind byte
	s    string
}

const maxFormat = 1000 // Excel allows 255 characters

// Parse takes a format code apart. It never fails: what it does not know is shown as it stands.
func Parse(code string) *Format {
	if len(code) > maxFormat {
		code = code[:maxFormat]
	}
	switch strings.ToLower(code) {
	case "", "general", "g/通用格式", "standard", "@":
		return &Format{general: true}
	}
	f := &Format{}
	for i, part := range splitSections(code) {
		s := parseSection(part)
		isText := len(s.toks) > 0 && hasKind(s.toks, '@')
		if isText && f.text == nil || i == 3 {
			f.text = &s
			continue
		}
		f.sections = append(f.sections, s)
	}
	f.general = len(f.sections) == 0 && f.text == nil
	return f
}

func hasKind(toks []token, kind byte) bool {
	for _, t := range toks {
		if t.kind == kind {
			return true
		}
	}
	return false
}

// splitSections cuts at semicolons outside quotes and brackets.
func splitSections(code string) []string {
	var parts []string
	quoted, from := false, 0
	for i := 0; i < len(code); i++ {
		switch c := code[i]; {
		case c == '"':
			quoted = !quoted
		case c == '\\' && !quoted:
			i++
		case c == ';' && !quoted:
			parts = append(parts, code[from:i])
			from = i + 1
		}
	}
	return append(parts, code[from:])
}

func parseSection(code string) section {
	var s section
	rest := []rune(code)
	for len(rest) > 0 {
		n := s.take(rest)
		if n < 1 {
			n = 1
		}
		rest = rest[min(n, len(rest)):]
	}
	s.settle()
	return s
}

// take reads one token from the front and returns how many runes it used.
func (s *section) take(r []rune) int {
	c := r[0]
	switch {
	case c == '"':
		return s.quoted(r)
	case c == '\\':
		if len(r) > 1 {
			s.literal(string(r[1]))
		}
		return 2
	case c == '_': // room of the next character's width
		s.literal(" ")
		return 2
	case c == '*': // fill: nothing is shown
		return 2
	case c == '[':
		return s.bracket(r)
	case strings.ContainsRune("0#?", c):
		s.add(byte(c), string(c))
		return 1
	case strings.ContainsRune(".,%/@", c):
		s.add(byte(c), string(c))
		return 1
	case (c == 'E' || c == 'e') && len(r) > 1 && (r[1] == '+' || r[1] == '-'):
		s.add('E', string(r[1]))
		return 2
	}
	if n := s.word(r); n > 0 {
		return n
	}
	s.literal(string(c))
	return 1
}

func (s *section) add(kind byte, text string) { s.toks = append(s.toks, token{kind, text}) }

func (s *section) literal(text string) {
	if n := len(s.toks); n > 0 && s.toks[n-1].kind == 'l' {
		s.toks[n-1].s += text
		return
	}
	s.add('l', text)
}

func (s *section) quoted(r []rune) int {
	for i := 1; i < len(r); i++ {
		if r[i] == '"' {
			s.literal(string(r[1:i]))
			return i + 1
		}
	}
	s.literal(string(r[1:]))
	return len(r)
}

// word reads General, AM/PM and the letters of dates.
func (s *section) word(r []rune) int {
	low := strings.ToLower(string(r[:min(len(r), 10)]))
	for _, w := range []string{"general", "g/通用格式"} {
		if strings.HasPrefix(low, w) {
			s.add('g', "")
			return len([]rune(w))
		}
	}
	for _, w := range []string{"am/pm", "a/p", "上午/下午"} {
		if strings.HasPrefix(low, w) {
			s.add('d', w)
			s.twelve = true
			return len([]rune(w))
		}
	}
	c := []rune(low)[0]
	if !strings.ContainsRune("ymdhsaeg", c) {
		return 0
	}
	n := 1
	for n < len(r) && (r[n] == r[0] || r[n]|0x20 == c) {
		n++
	}
	if c == 'a' && n < 3 || c == 'g' {
		return 0
	}
	s.add('d', strings.Repeat(string(c), n))
	return n
}

// bracket reads [>=100], [Red], [$-804], [$¥-804], [DBNum1], [h].
func (s *section) bracket(r []rune) int {
	stop := -1
	for i, c := range r {
		if c == ']' {
			stop = i
			break
		}
	}
	if stop < 0 {
		return 1
	}
	in := string(r[1:stop])
	low := strings.ToLower(in)
	switch {
	case strings.HasPrefix(in, "$"):
		s.locale(in[1:])
	case strings.HasPrefix(low, "dbnum") && len(low) == 6:
		s.dbnum = int(low[5] - '0')
	case in != "" && strings.ContainsRune("<>=", rune(in[0])):
		s.condition(in)
	case low != "" && strings.Trim(low, "h") == "", low != "" && strings.Trim(low, "m") == "", low != "" && strings.Trim(low, "s") == "":
		s.add('d', "["+low[:1]+strings.Repeat(low[:1], len(low)-1)+"]")
	}
	return stop + 1
}

func (s *section) locale(in string) {
	symbol, id, _ := strings.Cut(in, "-")
	s.literalIf(symbol)
	switch strings.ToUpper(id) {
	case "F800":
		s.toks = append(s.toks, parseSection(`yyyy"年"m"月"d"日"`).toks...)
		s.scale = -1 // what follows is only the same date again for other programs
	case "F400":
		s.toks = append(s.toks, parseSection(`h:mm:ss`).toks...)
		s.scale = -1
	}
	if n, err := strconv.ParseUint(id, 16, 32); err == nil && n&0xFFFF == 0x804 {
		s.chinese = true
	}
}

func (s *section) literalIf(text string) {
	if text != "" {
		s.literal(text)
	}
}

func (s *section) condition(in string) {
	n := strings.IndexFunc(in, func(r rune) bool { return !strings.ContainsRune("<>=", r) })
	if n < 0 {
		return
	}
	v, err := strconv.ParseFloat(strings.TrimSpace(in[n:]), 64)
	if err != nil {
		return
	}
	s.op, s.limit = in[:n], v
}
