package numfmt

import (
	"strings"
)

// settle decides what the tokens mean together: a date or a number, minutes or months, grouping or scaling.
func (s *section) settle() {
	if s.scale < 0 { // a system date: keep its own tokens only
		s.scale, s.date, s.twelve = 0, true, false
		s.toks = s.systemDate()
		s.minutes()
		return
	}
	for _, t := range s.toks {
		if t.kind == 'd' {
			s.date = true
		}
	}
	if s.date {
		s.minutes()
		s.seconds()
		return
	}
	s.commas()
	for _, t := range s.toks {
		if t.kind == '%' {
			s.percent++
		}
	}
}

// systemDate keeps the tokens that [$-F800] or [$-F400] put in, up to the day or the seconds.
func (s *section) systemDate() []token {
	for i, t := range s.toks {
		if t.kind == 'l' && strings.HasSuffix(t.s, "日") {
			return s.toks[:i+1]
		}
		if t.kind == 'd' && t.s == "ss" {
			return s.toks[:i+1]
		}
	}
	return s.toks
}

// minutes turns m into minutes behind an hour or before a second.
func (s *section) minutes() {
	last := byte(0)
	for i, t := range s.toks {
		if t.kind != 'd' {
			continue
		}
		c := strings.Trim(t.s, "[]")[0]
		if c == 'm' && t.s[0] != '[' && len(t.s) <= 2 && (last == 'h' || s.nextDate(i) == 's') {
			s.toks[i].s = strings.Repeat("n", len(t.s))
		}
		if c != 'a' && c != 0xE4 { // AM/PM and 上午/下午 stand between
			last = c
		}
	}
}

func (s *section) nextDate(i int) byte {
	for _, t := range s.toks[i+1:] {
		if t.kind == 'd' {
			return strings.Trim(t.s, "[]")[0]
		}
	}
	return 0
}

// seconds joins ".000" behind a second into one token.
func (s *section) seconds() {
	var out []token
	for i := 0; i < len(s.toks); i++ {
		t := s.toks[i]
		if t.kind == '.' && i+1 < len(s.toks) && s.toks[i+1].kind == '0' {
			n := 0
			for i+1 < len(s.toks) && s.toks[i+1].kind == '0' {
				n, i = n+1, i+1
			}
			s.second = max(s.second, min(n, 3))
			out = append(out, token{'f', strings.Repeat("0", min(n, 3))})
			continue
		}
		if t.kind != 'd' && t.kind != 'l' {
			t.kind = 'l'
		}
		out = append(out, t)
	}
	s.toks = out
}

// commas takes the commas out: between places they group, behind the last place they scale.
func (s *section) commas() {
	lastPlace := -1
	for i, t := range s.toks {
		if strings.IndexByte("0#?", t.kind) >= 0 {
			lastPlace = i
		}
	}
	var out []token
	seen := false
	for i, t := range s.toks {
		seen = seen || strings.IndexByte("0#?", t.kind) >= 0
		if t.kind != ',' {
			out = append(out, t)
			continue
		}
		switch {
		case !seen:
			out = append(out, token{'l', ","})
		case i < lastPlace && !s.beforePoint(i):
			s.group = true
		default:
			s.scale++
		}
	}
	s.toks = out
}

func (s *section) beforePoint(i int) bool {
	for _, t := range s.toks[i+1:] {
		if t.kind != ',' {
			return t.kind == '.'
		}
	}
	return false
}
