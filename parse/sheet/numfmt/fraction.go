package numfmt

import (
	"math"
	"strconv"
	"strings"
)

// fraction returns the place of the fraction bar among the tokens, 0 when there is none.
func (s *section) fraction() int {
	for i, t := range s.toks {
		if t.kind == '/' && i > 0 && strings.IndexByte("0#?", s.toks[i-1].kind) >= 0 {
			return i
		}
	}
	return 0
}

// showFraction writes 1 1/2 for "# ?/?". A denominator in digits ("?/8") is kept as it is.
func (s *section) showFraction(a float64) string {
	bar := s.fraction()
	from := bar
	for from > 0 && strings.IndexByte("0#?", s.toks[from-1].kind) >= 0 {
		from--
	}
	hasWhole := false
	for _, t := range s.toks[:from] {
		hasWhole = hasWhole || strings.IndexByte("0#?", t.kind) >= 0
	}
	most, given := s.denominator(bar)
	whole := math.Floor(a)
	rest := a - whole
	if !hasWhole {
		whole, rest = 0, a
	}
	num, den := nearest(rest, most)
	if given > 0 {
		num, den = int64(math.Round(rest*float64(given))), int64(given)
	}
	if hasWhole && num == den {
		whole, num = whole+1, 0
	}
	w := strconv.FormatFloat(whole, 'f', 0, 64)
	part := strconv.FormatInt(num, 10) + "/" + strconv.FormatInt(den, 10)
	switch {
	case !hasWhole:
		return part
	case num == 0:
		return w
	case whole == 0:
		return part
	}
	return w + " " + part
}

// denominator returns the greatest denominator allowed, or the given one.
func (s *section) denominator(bar int) (most int64, given int) {
	n, text := 0, ""
	for _, t := range s.toks[bar+1:] {
		switch t.kind {
		case '0':
			n++
			text += "0"
		case '#', '?':
			n++
		case 'l':
			if strings.Trim(t.s, "0123456789") == "" {
				text += t.s
			}
		}
	}
	if v, err := strconv.Atoi(text); err == nil && v > 0 && v < 1e6 {
		return 0, v
	}
	return int64(math.Pow(10, float64(max(1, min(n, 5))))) - 1, 0
}

// nearest finds the fraction closest to v with a denominator of at most most, by continued fractions.
func nearest(v float64, most int64) (num, den int64) {
	if v > 1e12 {
		return int64(v), 1
	}
	h0, k0, h1, k1 := int64(0), int64(1), int64(1), int64(0)
	x := v
	for range 40 {
		a := int64(math.Floor(x))
		h2, k2 := a*h1+h0, a*k1+k0
		if k2 > most || k2 < 0 {
			return closer(v, most, h0, k0, h1, k1)
		}
		h0, k0, h1, k1 = h1, k1, h2, k2
		if f := x - float64(a); f > 1e-10 {
			x = 1 / f
		} else {
			break
		}
	}
	return h1, k1
}

// closer tries the last half-convergent against the last convergent.
func closer(v float64, most, h0, k0, h1, k1 int64) (int64, int64) {
	if k1 == 0 {
		return int64(math.Round(v)), 1
	}
	t := (most - k0) / k1
	h, k := t*h1+h0, t*k1+k0
	if k > 0 && math.Abs(v-float64(h)/float64(k)) < math.Abs(v-float64(h1)/float64(k1)) {
		return h, k
	}
	return h1, k1
}

const (
	plain  = "〇一二三四五六七八九"
	formal = "零壹贰叁肆伍陆柒捌玖"
	wide   = "０１２３４５６７８９"
)

// numerals replaces each digit by the numeral of the kind that [DBNum1] to [DBNum3] ask for.
func numerals(text string, dbnum int) string {
	set, ok := map[int]string{1: plain, 2: formal, 3: wide}[dbnum]
	if !ok {
		return text
	}
	digits := []rune(set)
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return digits[r-'0']
		}
		return r
	}, text)
}

// count writes a whole number as Excel counts it: 一十二, 一百二十三, 一万〇五.
func count(n uint64, dbnum int) string {
	digits, units := []rune(plain), []string{"", "十", "百", "千"}
	if dbnum == 2 {
		digits, units = []rune(formal), []string{"", "拾", "佰", "仟"}
	}
	if n == 0 {
		return string(digits[0])
	}
	s := strconv.FormatUint(n, 10)
	var b strings.Builder
	zero := false
	for i, c := range s {
		pos := len(s) - 1 - i
		if c == '0' {
			zero = true
		} else {
			if zero && b.Len() > 0 {
				b.WriteRune(digits[0])
			}
			zero = false
			b.WriteRune(digits[c-'0'])
			b.WriteString(units[pos%4])
		}
		if pos%4 == 0 && pos > 0 && strings.Trim(s[max(0, i-3):i+1], "0") != "" {
			b.WriteString([]string{"", "万", "亿", "兆"}[min(pos/4, 3)])
		}
	}
	return b.String()
}
