package message

import (
	"strings"
	"unicode/utf8"

	"baosong/parse/charset"
)

// displayName decodes a name: quotes and comment brackets off, words decoded, also inside quotes.
func displayName(s string) string {
	s = strings.TrimSpace(s)
	if len(s) > 1 && s[0] == '(' && s[len(s)-1] == ')' {
		s = s[1 : len(s)-1]
	}
	if len(s) > 1 && s[0] == '"' {
		if end := newScanner(s).pastQuote(0); end > 1 {
			s = unquote(s[1:end-1]) + s[end:]
		}
	}
	return unwrap(clean(charset.Unmangle(decodeWords([]byte(s)))))
}

// unwrap takes off quotes around a whole name, and one that has no fellow; a word in quotes at its end keeps them.
func unwrap(s string) string {
	for _, q := range []string{`"`, "'"} {
		for len(s) > 1 && strings.HasPrefix(s, q) && strings.HasSuffix(s, q) {
			s = strings.TrimSpace(s[1 : len(s)-1])
		}
		if strings.Count(s, q)%2 == 1 {
			s = strings.Trim(s, q+" ")
		}
	}
	return s
}

func unquote(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	gbk := !utf8.ValidString(s)
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case gbk && s[i] >= 0x81 && i+1 < len(s):
			b.WriteString(s[i : i+2])
			i++
		case s[i] == '\\' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}
