package numfmt

import (
	"math"
	"strconv"
	"strings"
)

// Show returns a number as the format shows it, and whether that is a date or time.
func (f *Format) Show(v float64, date1904 bool) (string, bool) {
	if f == nil || f.general {
		return General(v), false
	}
	s, abs := f.choose(v)
	if s == nil || math.IsInf(v, 0) || math.IsNaN(v) {
		return General(v), false
	}
	if s.date {
		if text, ok := s.showDate(v, date1904); ok {
			return text, true
		}
		return General(v), true // a negative date: Excel shows ######
	}
	text := s.showNumber(v, abs)
	if strings.TrimSpace(text) == "" { // ";;;" hides the value; it is still in the file
		return General(v), false
	}
	return strings.TrimSpace(text), false
}

// ShowText returns a text as the format shows it. A format that only adds room around it leaves it as it stands.
func (f *Format) ShowText(text string) string {
	if f == nil || f.text == nil {
		return text
	}
	var b strings.Builder
	for _, t := range f.text.toks {
		switch t.kind {
		case '@':
			b.WriteString(text)
		default:
			b.WriteString(t.s)
		}
	}
	if strings.TrimSpace(b.String()) == strings.TrimSpace(text) || !hasKind(f.text.toks, '@') {
		return text
	}
	return b.String()
}

// IsDate tells whether positive numbers are shown as dates.
func (f *Format) IsDate() bool {
	return f != nil && len(f.sections) > 0 && f.sections[0].date
}

// choose returns the section for a number and whether the sign is left out.
func (f *Format) choose(v float64) (*section, bool) {
	n := len(f.sections)
	if n == 0 {
		return nil, false
	}
	if f.sections[0].op != "" || n > 1 && f.sections[1].op != "" {
		return f.conditional(v)
	}
	switch {
	case v < 0 && n > 1:
		return &f.sections[1], true
	case v == 0 && n > 2:
		return &f.sections[2], false
	}
	return &f.sections[0], false
}

func (f *Format) conditional(v float64) (*section, bool) {
	for i := range f.sections {
		s := &f.sections[i]
		op := s.op
		limit := s.limit
		if op == "" && i == 1 && len(f.sections) > 2 {
			op, limit = "<", 0
		}
		if op == "" || meets(v, op, limit) {
			return s, strings.HasPrefix(op, "<") && limit == 0 // "[<-5]0" keeps its sign, as in Excel
		}
	}
	return nil, false
}

func meets(v float64, op string, limit float64) bool {
	switch op {
	case "<":
		return v < limit
	case "<=":
		return v <= limit
	case ">":
		return v > limit
	case ">=":
		return v >= limit
	case "<>":
		return v != limit
	}
	return v == limit
}

func (s *section) showNumber(v float64, unsigned bool) string {
	a := math.Abs(v)
	if s.percent > 0 {
		a *= math.Pow(100, float64(s.percent))
	}
	if s.scale > 0 {
		a /= math.Pow(1000, float64(s.scale))
	}
	var body string
	switch {
	case hasKind(s.toks, 'g'):
		body = s.showGeneral(a)
	case hasKind(s.toks, 'E'):
		body = s.showScientific(a)
	case s.fraction() > 0:
		body = s.showFraction(a)
	default:
		body = s.showDecimal(a)
	}
	body = numerals(body, s.dbnum)
	if v < 0 && !unsigned && strings.ContainsAny(body, "123456789一二三四五六七八九壹贰叁肆伍陆柒捌玖") {
		return "-" + body
	}
	return body
}

func (s *section) showGeneral(a float64) string {
	var b strings.Builder
	for _, t := range s.toks {
		switch t.kind {
		case 'g':
			b.WriteString(s.counted(General(a)))
		default:
			b.WriteString(t.s)
		}
	}
	return b.String()
}

// counted writes a number as Chinese counts it (一百二十三.五), if the format asks for numerals. The digits behind the point
// stay for numerals to replace.
func (s *section) counted(text string) string {
	if s.dbnum != 1 && s.dbnum != 2 {
		return text
	}
	whole, frac, point := strings.Cut(text, ".")
	n, err := strconv.ParseUint(whole, 10, 53)
	if err != nil {
		return text
	}
	if point {
		frac = "." + frac
	}
	return count(n, s.dbnum) + frac
}

// places splits the tokens' digit places into those before and behind the point.
func (s *section) places() (whole, frac int) {
	point := false
	for _, t := range s.toks {
		switch t.kind {
		case '.':
			point = true
		case '0', '#', '?':
			if point {
				frac++
			} else {
				whole++
			}
		case 'E':
			return whole, frac
		}
	}
	return whole, frac
}

func (s *section) showDecimal(a float64) string {
	whole, frac := s.places()
	digits := fixed(a, min(frac, 30))
	ip, fp, _ := strings.Cut(digits, ".")
	return s.lay(strings.TrimLeft(ip, "0"), fp, whole, "")
}

// lay fills the digits into the places. exp is the exponent with its sign, already padded.
func (s *section) lay(ip, fp string, whole int, exp string) string {
	var b strings.Builder
	left := whole // places still to come before the point
	point := false
	used := 0 // decimals written
	for i, t := range s.toks {
		switch t.kind {
		case '0', '#', '?':
			if exp != "" && hasKind(s.toks[:i], 'E') {
				continue // the exponent's own places
			}
			if !point {
				s.wholePlace(&b, t.kind, ip, left, left == whole)
				left--
				continue
			}
			s.fracPlace(&b, t.kind, fp, used)
			used++
		case '.':
			if whole == 0 {
				b.WriteString(ip) // ".00": what stands before the point is shown all the same
			}
			point = true
			b.WriteByte('.')
		case 'E':
			b.WriteString("E" + exp)
		default:
			b.WriteString(t.s)
		}
	}
	return b.String()
}

// wholePlace writes the digit of the place that has left-1 places behind it; the first place takes all digits more.
func (s *section) wholePlace(b *strings.Builder, kind byte, ip string, left int, first bool) {
	if first && len(ip) > left {
		for i := 0; i < len(ip)-left; i++ {
			b.WriteByte(ip[i])
			s.comma(b, len(ip)-1-i)
		}
	}
	if i := len(ip) - left; i >= 0 {
		b.WriteByte(ip[i])
	} else if kind == '0' {
		b.WriteByte('0')
	} else {
		if kind == '?' {
			b.WriteByte(' ')
		}
		return
	}
	s.comma(b, left-1)
}

func (s *section) comma(b *strings.Builder, behind int) {
	if s.group && behind > 0 && behind%3 == 0 {
		b.WriteByte(',')
	}
}

func (s *section) fracPlace(b *strings.Builder, kind byte, fp string, used int) {
	if used < len(fp) && (fp[used] != '0' || kind == '0' || strings.Trim(fp[used:], "0") != "") {
		b.WriteByte(fp[used])
		return
	}
	switch kind {
	case '0':
		b.WriteByte('0')
	case '?':
		b.WriteByte(' ')
	}
}

func (s *section) showScientific(a float64) string {
	whole, frac := s.places()
	whole = max(whole, 1)
	exp := 0
	if a > 0 {
		exp = int(math.Floor(math.Log10(a)))
		if whole > 1 {
			exp = int(math.Floor(float64(exp)/float64(whole))) * whole
		}
	}
	digits := fixed(a/math.Pow(10, float64(exp)), min(frac, 30))
	if ip, _, _ := strings.Cut(digits, "."); len(ip) > whole { // 9.999 rounded up
		exp += whole
		digits = fixed(a/math.Pow(10, float64(exp)), min(frac, 30))
	}
	ip, fp, _ := strings.Cut(digits, ".")
	sign, width, after := "", 0, false
	for _, t := range s.toks {
		if t.kind == 'E' {
			after, sign = true, t.s
		} else if after && strings.IndexByte("0#?", t.kind) >= 0 {
			width++
		}
	}
	text := strconv.Itoa(max(exp, -exp))
	text = strings.Repeat("0", max(0, width-len(text))) + text
	if exp < 0 {
		text = "-" + text
	} else if sign == "+" {
		text = "+" + text
	}
	n, _ := s.places()
	return s.lay(strings.TrimLeft(ip, "0"), fp, n, text)
}
