package message

import (
	"bytes"
	"encoding/base64"
	"regexp"
	"strings"
	"unicode"

	"baosong/parse/charset"
)

// encodedWord is RFC 2047's word, read with indulgence: blanks in the text and a language after the charset.
var encodedWord = regexp.MustCompile(`(?s)=\?([^?\s=]{0,60})\?([bBqQ])\?(.*?)\?=`)

// brokenCode is a code of a Q word with the fold of a long line within it.
var brokenCode = regexp.MustCompile(`=[ \t]*([0-9A-Fa-f])[ \t]*([0-9A-Fa-f])`)

// decodeWords decodes the encoded words of a raw header value, also those that were encoded once more as a whole.
func decodeWords(raw []byte) string {
	s := wordsOnce(string(raw))
	if encodedWord.MatchString(s) && bytes.Contains(raw, []byte("=?")) {
		s = wordsOnce(s)
	}
	return s
}

// wordsOnce decodes the words of v. Bytes of neighbouring words in the same charset are joined before they are decoded,
// because mailers split words inside a character. Raw bytes are guessed.
func wordsOnce(v string) string {
	if !strings.Contains(v, "=?") {
		return rawText(v)
	}
	var out strings.Builder
	var pend []byte
	label, pos := "", 0
	flush := func() {
		if pend != nil {
			s, _ := charset.Decode(pend, label)
			out.WriteString(s)
			pend = nil
		}
	}
	for _, m := range wordsIn(v) {
		gap := v[pos:m[0]]
		if pend == nil || strings.TrimSpace(gap) != "" {
			flush()
			out.WriteString(rawText(gap))
		}
		cs, _, _ := strings.Cut(strings.ToLower(v[m[2]:m[3]]), "*")
		if pend != nil && cs != label {
			flush()
		}
		pend, label = append(pend, decodeWord(v[m[4]], v[m[6]:m[7]], cs)...), cs
		if pend == nil {
			pend = []byte{}
		}
		pos = m[1]
	}
	flush()
	out.WriteString(rawText(v[pos:]))
	return out.String()
}

// wordsIn finds the encoded words; of a word that holds another one raw, the inner.
func wordsIn(v string) [][]int {
	var all [][]int
	for at := 0; at < len(v); {
		m := encodedWord.FindStringSubmatchIndex(v[at:])
		if m == nil {
			break
		}
		for i := range m {
			m[i] += at
		}
		if in := encodedWord.FindStringSubmatchIndex(v[m[6]:m[1]]); in != nil && in[0] == 0 { // =?utf-8?B?=?gbk?B?...?=?=
			for i, inner := 2, m[6]; i < len(in); i++ {
				m[i] = inner + in[i]
			}
			if strings.HasPrefix(v[m[1]:], "?=") {
				m[1] += 2
			}
		}
		all = append(all, m)
		at = m[1]
	}
	return all
}

func decodeWord(enc byte, text, label string) []byte {
	if enc == 'b' || enc == 'B' {
		return lenientBase64(text)
	}
	text = brokenCode.ReplaceAllString(text, "=$1$2")
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case (c == ' ' || c == '\t') && halfCharacter(out, text[i+1:], label):
		case c == '_':
			out = append(out, ' ')
		case c == '=' && i+2 < len(text) && isHex(text[i+1]) && isHex(text[i+2]):
			out = append(out, unhex(text[i+1])<<4|unhex(text[i+2]))
			i += 2
		case c == '\r' || c == '\n':
		default:
			out = append(out, c)
		}
	}
	return out
}

// halfCharacter tells that a blank stands within a character, where only folding can have put it.
func halfCharacter(before []byte, after, label string) bool {
	after = strings.TrimLeft(after, " \t")
	if len(after) < 3 || after[0] != '=' || !isHex(after[1]) || !isHex(after[2]) {
		return false
	}
	next, run := unhex(after[1])<<4|unhex(after[2]), 0
	for run < len(before) && before[len(before)-1-run] >= 0x80 {
		run++
	}
	if strings.HasPrefix(label, "utf") {
		return run > 0 && next&0xC0 == 0x80
	}
	return run%2 == 1 && next >= 0x80 && strings.HasPrefix(label, "gb")
}

// lenientBase64 decodes what is base64 in s: padding may be lost, several padded blocks may follow one another.
func lenientBase64(s string) []byte {
	var out, quad []byte
	flush := func() {
		n := base64.RawStdEncoding.DecodedLen(len(quad))
		if len(quad) < 2 {
			quad = quad[:0]
			return
		}
		at := len(out)
		out = append(out, make([]byte, n)...)
		_, _ = base64.RawStdEncoding.Decode(out[at:], quad) // loose bits in the last character are no matter
		quad = quad[:0]
	}
	for i := 0; i < len(s); i++ {
		switch {
		case isBase64(s[i]):
			if quad = append(quad, s[i]); len(quad) == 4 {
				flush()
			}
		case s[i] == '=':
			flush()
		}
	}
	flush()
	return out
}

// rawText reads bytes that stand in a header as they are.
func rawText(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 || s[i] == 0x1b {
			t, _ := charset.Guess([]byte(s))
			return t
		}
	}
	return s
}

// clean makes a value safe for one line: controls and line breaks become blanks or nothing, ends are trimmed.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\u2028' || r == '\u2029':
			return ' '
		case r == unicode.ReplacementChar:
			return r
		case unicode.IsControl(r), isBidi(r):
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}

// isBidi are the marks with which a name is made to look like another (xcod.exe for exe.docx).
func isBidi(r rune) bool {
	return r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 || r == 0xFEFF
}

func isBase64(c byte) bool {
	return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/'
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'F' || c >= 'a' && c <= 'f'
}

func unhex(c byte) byte {
	switch {
	case c <= '9':
		return c - '0'
	case c <= 'F':
		return c - 'A' + 10
	}
	return c - 'a' + 10
}
