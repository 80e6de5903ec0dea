package rule

import (
	"regexp"
	"strings"
)

// MaskID, MaskPhone and MaskCard hide the middle of a number.
func MaskID(s string) string { return s[:6] + "********" + s[14:] }

// MaskPhone hides the middle four digits of a mobile number.
func MaskPhone(s string) string { return s[:3] + "****" + s[7:] }

// MaskCard hides all but the first and last four digits of a card number.
func MaskCard(s string) string { return s[:4] + strings.Repeat("*", len(s)-8) + s[len(s)-4:] }

var digitRun = regexp.MustCompile(`[0-9](?:[0-9]|[ \-](?:[0-9])){5,}[0-9Xx]?`)

// MaskNumber hides the middle of every long number in a text that is quoted: of seven and more digits.
func MaskNumber(s string) string {
	return digitRun.ReplaceAllStringFunc(Plain(s), func(m string) string {
		n := 0
		for _, r := range m {
			if r != ' ' && r != '-' {
				n++
			}
		}
		if n < 7 {
			return m
		}
		head, tail := 3, 2
		if n >= 15 {
			head, tail = 6, 4
		}
		i := 0
		return strings.Map(func(r rune) rune {
			if r == ' ' || r == '-' {
				return r
			}
			if i++; i > head && i <= n-tail {
				return '*'
			}
			return r
		}, m)
	})
}

// MaskQuoted hides the numbers of people that a finding quotes: citizens' numbers, mobile numbers, and anything as
// long as a card's.
func MaskQuoted(s string) string {
	if !enough(s, 11) {
		return s
	}
	return personal.ReplaceAllStringFunc(s, func(m string) string {
		n := len(m)
		switch {
		case n == 11:
			return MaskPhone(m)
		case n == 18:
			return MaskID(m)
		}
		return m[:4] + "********" + m[n-4:]
	})
}

var personal = regexp.MustCompile(`\d{15,19}[Xx]?|1[3-9]\d{9}`)
