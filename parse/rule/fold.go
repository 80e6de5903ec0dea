package rule

import (
	"strings"
	"unicode"

	"baosong/parse/charset"
)

// Plain returns s with full-width forms narrowed, variant characters made common, and characters that show nothing
// removed; blanks and marks stay.
func Plain(s string) string {
	if plainASCII(s) {
		return s
	}
	return strings.Map(plainRune, s)
}

func plainRune(r rune) rune {
	if r >= 0x4E00 && r <= 0x9FFF { // nearly all
		return variant(r)
	}
	if r = charset.FoldRune(r); invisible(r) {
		return -1
	}
	return variant(r)
}

func plainASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 || s[i] == 0 {
			return false
		}
	}
	return true
}

// invisible tells characters that office programs leave between others: zero-width, direction and variation marks.
func invisible(r rune) bool {
	switch {
	case r == 0, r == '\u00AD', r >= '\u200B' && r <= '\u200F', r >= '\u202A' && r <= '\u202E', r >= '\u2060' && r <= '\u2064',
		r >= '\uFE00' && r <= '\uFE0F', r == '\uFEFF':
		return true
	}
	return false
}

// Squeeze returns Plain text without any blank.
func Squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if r <= 0x3000 && unicode.IsSpace(r) {
			return -1
		}
		return r
	}, Plain(s))
}

// Bare returns only letters, digits and Chinese characters of s, in lower case: what names are compared by.
func Bare(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 0x4E00 && r <= 0x9FFF {
			return r
		}
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, Plain(s))
}

// Han reports whether r is a Chinese character.
func Han(r rune) bool { return unicode.Is(unicode.Han, r) }

func alnum(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}

func digit(r rune) bool { return r >= '0' && r <= '9' }

// cut shortens a text that is quoted in a message.
func cut(s string, n int) string {
	s = strings.Join(strings.Fields(s), " ")
	rs := []rune(s)
	if len(rs) <= n {
		return s
	}
	return string(rs[:n]) + "…"
}

// Numbered strips a heading's number: 一、 （二） 3. 第四部分 ① and the like.
func Numbered(s string) string {
	s = strings.TrimSpace(Plain(s))
	for range 2 {
		rest := numberPattern.ReplaceAllString(s, "")
		if rest == s || strings.TrimSpace(rest) == "" {
			break
		}
		s = strings.TrimSpace(rest)
	}
	return s
}
