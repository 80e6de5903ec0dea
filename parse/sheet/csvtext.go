package sheet

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"baosong/parse/charset"
)

// decodeText tells the encoding of separated text. UTF-16 without a mark shows by its zero bytes; a file that was put
// together from files of two encodings is decoded line by line.
func decodeText(b []byte) string {
	if len(b) >= 4 && len(b)%2 == 0 && b[0] != 0xFF && b[0] != 0xFE {
		odd, even := 0, 0
		n := min(len(b), 4096)
		for i := 0; i+1 < n; i += 2 {
			if b[i] == 0 {
				even++
			}
			if b[i+1] == 0 {
				odd++
			}
		}
		// A zero in the other half is a character like 一, U+4E00.
		if odd > n/8 && even < odd || even > n/8 && odd < even {
			return strings.TrimPrefix(charset.UTF16(b, even > odd), "\uFEFF")
		}
	}
	if text, ok := mixedText(b); ok {
		return text
	}
	text, _ := charset.Guess(b)
	return text
}

const maxSample = 64 << 10 // bytes of GBK lines that tell whether they are GBK

// mixedText decodes lines of UTF-8 among lines of GBK. ok is false unless both are beyond doubt: neither damaged UTF-8
// nor GBK that happens to be valid UTF-8 in places may be taken for such a file.
func mixedText(b []byte) (text string, ok bool) {
	if utf8.Valid(b) {
		return "", false
	}
	var gbk []byte
	sure := 0
	for line := range bytes.Lines(b) {
		switch wide, valid := wideRunes(line); {
		case valid && (wide >= 4 || wide > 0 && lone(line)):
			sure++
		case !valid && !pairs(line):
			return "", false
		case !valid && len(gbk) < maxSample:
			gbk = append(gbk, line[:min(len(line), maxSample)]...)
		}
	}
	if sure == 0 || len(gbk) == 0 {
		return "", false
	}
	if _, name := charset.Guess(gbk); name != "gb18030" {
		return "", false
	}
	var out strings.Builder
	before := true // a short line that is valid either way goes with the one before
	for line := range bytes.Lines(b) {
		wide, valid := wideRunes(line)
		if !valid || wide > 0 && wide < 4 && !before && !lone(line) {
			s, _ := charset.Decode(line, "gb18030")
			out.WriteString(s)
			before = false
			continue
		}
		before = before || wide > 0
		out.WriteString(strings.TrimPrefix(string(line), "\uFEFF"))
	}
	return out.String(), true
}

// wideRunes counts the characters of three bytes and more, and tells whether the line is UTF-8 at all.
func wideRunes(line []byte) (n int, valid bool) {
	if !utf8.Valid(line) {
		return 0, false
	}
	for _, r := range string(line) {
		if r >= 0x800 {
			n++
		}
	}
	return n, true
}

// lone tells a line in which a high byte has no second one: that is no GBK.
func lone(line []byte) bool {
	for i := 0; i < len(line); i++ {
		if line[i] < 0x80 {
			continue
		}
		if i++; i == len(line) || line[i] < 0x30 {
			return true
		}
	}
	return false
}

// pairs tells a line whose high bytes all come in pairs of GB2312, most of them characters in common use.
func pairs(line []byte) bool {
	common, others := 0, 0
	for i := 0; i < len(line); i++ {
		if line[i] < 0x80 {
			continue
		}
		if i+1 >= len(line) || line[i] < 0xA1 || line[i+1] < 0xA1 {
			return false
		}
		if line[i] >= 0xB0 && line[i] <= 0xD7 {
			common++
		} else {
			others++
		}
		i++
	}
	return common >= others
}
