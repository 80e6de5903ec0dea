package letter

import (
	"regexp"
	"strings"
	"time"
)

var longNumber = regexp.MustCompile(`[0-9０-９]{11,19}[XxＸｘ]?`)

// Mask hides what must not leave the machine wherever it may still stand: id numbers (110105********002X), mobile
// numbers (138****5678) and card numbers. Findings come masked already; this is the second lock on the door.
func Mask(s string) string {
	return longNumber.ReplaceAllStringFunc(s, func(m string) string {
		digits := strings.ToUpper(strings.Map(narrow, m))
		switch bare := strings.TrimSuffix(digits, "X"); {
		case isID(digits):
			return digits[:6] + "********" + digits[14:]
		case len(digits) == 11 && digits[0] == '1' && digits[1] >= '3':
			return digits[:3] + "****" + digits[7:]
		case len(bare) >= 16 && luhn(bare):
			return bare[:4] + strings.Repeat("*", len(bare)-8) + bare[len(bare)-4:] + digits[len(bare):]
		}
		return m
	})
}

// narrow folds full-width digits and X.
func narrow(r rune) rune {
	if r >= '０' && r <= 'ｚ' {
		return r - '０' + '0'
	}
	return r
}

// isID tells whether s is an id number by GB 11643: a real date and the right check digit.
func isID(s string) bool {
	if len(s) != 18 || strings.ContainsRune(s[:17], 'X') {
		return false
	}
	if _, err := time.Parse("20060102", s[6:14]); err != nil {
		return false
	}
	sum := 0
	for i, w := range [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += int(s[i]-'0') * w
	}
	return s[17] == "10X98765432"[sum%11]
}

func luhn(s string) bool {
	sum := 0
	for i := range len(s) {
		d := int(s[len(s)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}
