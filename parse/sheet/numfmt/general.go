package numfmt

import (
	"math"
	"strconv"
	"strings"
)

// General writes a number as a cell without a format shows it: at most eleven places, six significant digits in the
// E notation. One exception, for the reader's sake: whole numbers of 12 to 15 digits are written out, because no digit
// of them is lost and phone numbers with +86 have that length.
func General(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "#NUM!"
	}
	a := math.Abs(v)
	switch {
	case v == 0:
		return "0"
	case a < 1e15 && v == math.Trunc(v):
		return strconv.FormatFloat(v, 'f', 0, 64)
	case a >= 1e11 || a < 1e-4 && len(shortest(a)) > 11 || a < 1e-9:
		return scientific(v)
	}
	whole := len(strconv.FormatInt(int64(a), 10))
	neg, digits := "", fixed(a, max(0, 10-whole))
	if v < 0 {
		neg = "-"
	}
	if strings.Contains(digits, ".") {
		digits = strings.TrimRight(strings.TrimRight(digits, "0"), ".")
	}
	return neg + digits
}

func shortest(a float64) string { return strconv.FormatFloat(a, 'f', -1, 64) }

// scientific is General's E notation: 1.10105E+17.
func scientific(v float64) string {
	s := strconv.FormatFloat(v, 'E', 5, 64)
	mant, exp, _ := strings.Cut(s, "E")
	if strings.Contains(mant, ".") {
		mant = strings.TrimRight(strings.TrimRight(mant, "0"), ".")
	}
	return mant + "E" + exp
}

// fixed writes a non-negative number with n decimals. Like Excel it rounds the 15 digits that a cell keeps, half up,
// and not the binary value behind them.
func fixed(a float64, n int) string {
	s := strconv.FormatFloat(a, 'e', 14, 64)
	mant, es, _ := strings.Cut(s, "e")
	exp, err := strconv.Atoi(es)
	if err != nil || exp > 300 {
		return strconv.FormatFloat(a, 'f', n, 64)
	}
	digits := strings.Replace(mant, ".", "", 1)
	if exp < 0 {
		digits = strings.Repeat("0", min(-exp, 320)) + digits
		exp = 0
	}
	keep := exp + 1 + n
	if keep >= len(digits) {
		digits += strings.Repeat("0", keep-len(digits))
	} else {
		digits = roundUp(digits, keep)
	}
	if len(digits) > keep {
		exp++
	}
	if n == 0 {
		return digits[:exp+1]
	}
	return digits[:exp+1] + "." + digits[exp+1:]
}

// roundUp cuts a digit string after keep digits, rounding half up; the result is one longer when it carries over.
func roundUp(digits string, keep int) string {
	b := []byte(digits[:keep])
	if digits[keep] < '5' {
		return string(b)
	}
	for i := keep - 1; i >= 0; i-- {
		if b[i] != '9' {
			b[i]++
			return string(b)
		}
		b[i] = '0'
	}
	return "1" + string(b)
}
