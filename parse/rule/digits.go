package rule

import (
	"strconv"
	"strings"
	"time"
	"unicode"
)

// run is a number found in a text: its digits without blanks, and what stands before it.
type run struct {
	digits string
	before string
}

// runs finds every place where a number of min to most characters may begin: digits with single blanks or line breaks
// between them, not beside another letter or digit. Only the last character may be X.
func runs(rs []rune, length int, visit func(start int, r run)) {
	for i := range rs {
		if !digit(rs[i]) || (i > 0 && (alnum(rs[i-1]) || (i > 1 && (rs[i-1] == '.' || rs[i-1] == '-') && digit(rs[i-2])))) {
			continue
		}
		var b [20]byte // a text of digits begins a number at each of them
		n, blanks, j := 0, 0, i
		for ; j < len(rs) && n < length; j++ {
			switch {
			case digit(rs[j]):
				b[n] = byte(rs[j])
				n, blanks = n+1, 0
			case (rs[j] == 'X' || rs[j] == 'x') && n == length-1 && length == 18:
				b[n] = 'X'
				n++
			case unicode.IsSpace(rs[j]) && blanks < 3:
				blanks++
				continue
			default:
				j = len(rs) + 1
			}
		}
		if n != length || j > len(rs) || (j < len(rs) && alnum(rs[j])) || (j+1 < len(rs) && rs[j] == '.' && digit(rs[j+1])) {
			continue
		}
		visit(i, run{string(b[:n]), string(rs[max(0, i-14):i])})
	}
}

// IDNumber reports whether 18 characters are a citizen's number after GB 11643: a region, a real date of birth between
// 1900 and today, and the check character.
func IDNumber(s string, today time.Time) bool {
	if len(s) != 18 || !regionCode(s[:2]) {
		return false
	}
	born, err := time.Parse("20060102", s[6:14])
	if err != nil || born.Year() < 1900 || (!today.IsZero() && born.After(today)) {
		return false
	}
	weights := [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
		sum += int(s[i]-'0') * w
	}
	return "10X98765432"[sum%11] == s[17]
}

func regionCode(s string) bool {
	n, err := strconv.Atoi(s)
	if err != nil {
		return false
	}
	switch n / 10 {
	case 1:
		return n >= 11 && n <= 15
	case 2:
		return n >= 21 && n <= 23
	case 3:
		return n >= 31 && n <= 37
	case 4:
		return n >= 41 && n <= 46
	case 5:
		return n >= 50 && n <= 54
	case 6:
		return n >= 61 && n <= 65
	}
	return n == 71 || n == 81 || n == 82 || n == 83
}

// Luhn reports whether the last digit of a number is its check digit by ISO/IEC 7812.
func Luhn(s string) bool {
	sum, double := 0, false
	for i := len(s) - 1; i >= 0; i-- {
		d := int(s[i] - '0')
		if d < 0 || d > 9 {
			return false
		}
		if double {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
		double = !double
	}
	return len(s) > 1 && sum%10 == 0 && strings.Trim(s, s[:1]) != ""
}

// enough reports whether a text has so many digits that a number of that length may stand in it.
func enough(s string, digits int) bool {
	n := 0
	for _, r := range s {
		if digit(r) || (r >= '０' && r <= '９') {
			if n++; n >= digits {
				return true
			}
		}
	}
	return false
}
