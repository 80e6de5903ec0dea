package charset

import (
	"bytes"
	"encoding/base64"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
)

// byMark decodes what a byte order mark, or the zeros of UTF-16, give away.
func byMark(b []byte) (text, name string) {
	switch {
	case bytes.HasPrefix(b, []byte{0xEF, 0xBB, 0xBF}):
		return strings.ToValidUTF8(string(b[3:]), "\uFFFD"), "utf-8"
	case bytes.HasPrefix(b, []byte{0xFF, 0xFE}):
		return UTF16(b[2:], false), "utf-16le"
	case bytes.HasPrefix(b, []byte{0xFE, 0xFF}):
		return UTF16(b[2:], true), "utf-16be"
	}
	head := b[:min(len(b), 2048)&^1]
	var even, odd int
	for i := 0; i+1 < len(head); i += 2 {
		if head[i] == 0 && head[i+1] != 0 {
			even++
		}
		if head[i+1] == 0 && head[i] != 0 {
			odd++
		}
	}
	switch few := len(head) / 20; { // line ends, digits and blanks have a zero byte in UTF-16 in any language
	case len(head) < 8 || even <= few && odd <= few || even > 0 && odd > 0 && even*10 > odd && odd*10 > even:
	case odd > even:
		return UTF16(b, false), "utf-16le"
	default:
		return UTF16(b, true), "utf-16be"
	}
	return "", ""
}

// mostlyUTF8 tells damaged UTF-8 from other encodings: at least nine in ten of its multi-byte sequences are whole.
func mostlyUTF8(b []byte) bool {
	two, more, bad := sequences(b)
	return more >= 4 && more >= bad*9 || two >= 10 && two+more >= bad*9 // a few of two bytes are as often GBK
}

// sequences counts the UTF-8 sequences of two bytes, of more, and the bytes that belong to none.
func sequences(b []byte) (two, more, bad int) {
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		switch {
		case r == utf8.RuneError && n == 1:
			bad++
		case n == 2:
			two++
		case n > 2:
			more++
		}
		b = b[n:]
	}
	return two, more, bad
}

// misnamed tells UTF-8 that goes under another name, as mails put together from a UTF-8 page and an older template do.
// Text of a set of single bytes is all but never valid UTF-8; a few characters of GBK may be (the famous 联通).
func misnamed(b []byte, label string) bool {
	two, more, bad := sequences(b)
	switch {
	case bad > 0 || two+more == 0:
		return false
	case strings.HasPrefix(label, "windows-"), strings.HasPrefix(label, "iso-8859-"), strings.HasPrefix(label, "koi8"), label == "macintosh":
		return two+more >= 3
	case label == "gb18030" && more >= 2 && !inGB2312(b):
		return true
	case label == "gb18030" || label == "big5" || label == "euc-kr" || label == "euc-jp" || label == "shift_jis":
		return more >= 4 || two >= 10
	}
	return false
}

// inGB2312 tells that the high bytes are pairs of GB 2312, the set of everyday Chinese; UTF-8 read as GBK soon leaves it.
func inGB2312(b []byte) bool {
	for i := 0; i < len(b); i++ {
		if b[i] < 0x80 {
			continue
		}
		if i+1 >= len(b) || b[i] < 0xA1 || b[i] > 0xF7 || b[i+1] < 0xA1 || b[i+1] == 0xFF {
			return false
		}
		i++
	}
	return true
}

// western tells accented letters amid Latin ones. Chinese text has its high bytes in pairs, and those GBK characters
// whose second byte is a Latin letter are rare ones that stand among others, not between small letters.
func western(b []byte) bool {
	sure, others := 0, 0
	for i := 0; i < len(b); i++ {
		if b[i] < 0x80 {
			continue
		}
		n := 1
		for i+n < len(b) && b[i+n] >= 0x80 {
			n++
		}
		switch {
		case n == 1 && accent(b, i):
			sure++
		case n == 1 && b[i] < 0xC0: // quotes, dashes, signs: nothing to be told from
		case n == 2 && b[i] >= 0xDF && b[i+1] >= 0xDF && small(b, i-1) && small(b, i+2): // ção; as GBK a rare character alone between small letters
		default:
			others++
		}
		i += n - 1
	}
	return sure > 0 && others == 0 || sure >= 5 && sure >= 20*others
}

// accent tells whether the lone high byte at i is a letter, or an apostrophe, in a Latin word: within it, at its
// beginning, or at its end where no second byte of GBK follows.
func accent(b []byte, i int) bool {
	end := i+1 == len(b) || b[i+1] < 0x40 && b[i+1] != 0
	switch {
	case b[i] == 0x92:
		return small(b, i-1) && small(b, i+1)
	case b[i] < 0xC0:
		return false
	case i > 0 && letter(b[i-1]):
		return small(b, i+1) || end && b[i] >= 0xDF && small(b, i-1)
	}
	return small(b, i+1) && small(b, i+2)
}

func small(b []byte, i int) bool { return i >= 0 && i < len(b) && b[i] >= 'a' && b[i] <= 'z' }

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// chinese tells GB2312 text under a Latin label: all high bytes in pairs, at least two of them common characters.
func chinese(b []byte) bool {
	if utf8.Valid(b) {
		return false
	}
	common, others := 0, 0
	for i := 0; i < len(b); i++ {
		if b[i] < 0x80 {
			continue
		}
		if i+1 >= len(b) || b[i] < 0xA1 || b[i+1] < 0xA1 || b[i] > 0xF7 {
			return false
		}
		if b[i] >= 0xB0 && b[i] <= 0xD7 {
			common++
		} else {
			others++
		}
		i++
	}
	return common >= 2 && common >= others*3
}

// traditional tells Big5 from GBK where the bytes are valid in both: half of Big5's second bytes are ASCII, which in
// GBK means rare characters, and nearly all its characters are of the first level.
func traditional(b []byte) bool {
	pairs, gb2312, level1 := 0, 0, 0
	for i := 0; i+1 < len(b); i++ {
		if b[i] < 0x81 {
			continue
		}
		lead, trail := b[i], b[i+1]
		if pairs++; trail >= 0xA1 && (lead >= 0xB0 && lead <= 0xF7 || lead >= 0xA1 && lead <= 0xA9) {
			gb2312++
		}
		if lead >= 0xA1 && lead <= 0xC6 && (trail >= 0x40 && trail <= 0x7E || trail >= 0xA1) {
			level1++
		}
		i++
	}
	return pairs >= 2 && gb2312*10 < pairs*7 && level1*10 >= pairs*9
}

// utf16Text decodes text labelled as UTF-16: a mark wins, then the label; without either the zeros decide, at last
// big endian (RFC 2781).
func utf16Text(b []byte, label string) string {
	if s, mark := byMark(b); strings.HasPrefix(mark, "utf-16") {
		return s
	}
	return UTF16(b, label != "utf-16le")
}

// utf7 decodes UTF-7 (RFC 2152).
func utf7(b []byte) (string, bool) {
	var out strings.Builder
	ok := true
	for len(b) > 0 {
		plus := bytes.IndexByte(b, '+')
		if plus < 0 {
			out.Write(b)
			break
		}
		out.Write(b[:plus])
		b = b[plus+1:]
		n := 0
		for n < len(b) && (letter(b[n]) || b[n] >= '0' && b[n] <= '9' || b[n] == '+' || b[n] == '/') {
			n++
		}
		if n == 0 {
			out.WriteByte('+')
			b = bytes.TrimPrefix(b, []byte("-"))
			continue
		}
		whole := n
		if n%4 == 1 {
			whole--
		}
		raw, err := base64.RawStdEncoding.DecodeString(string(b[:whole]))
		if spare := 6 * n % 16; n < 6 && (spare >= 6 || len(raw) > 2*(6*n/16) && raw[len(raw)-1] != 0) { // no characters: a plus and a word
			out.WriteString("+" + string(b[:n]))
			b, ok = b[n:], false
			continue
		}
		ok = ok && err == nil
		out.WriteString(UTF16(raw, true))
		b = bytes.TrimPrefix(b[n:], []byte("-"))
	}
	s := out.String()
	return strings.ToValidUTF8(s, "\uFFFD"), ok && utf8.ValidString(s)
}

func decodeLossy(enc encoding.Encoding, b []byte) string {
	s, _ := decodeWith(enc, b)
	return s
}
