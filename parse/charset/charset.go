// Package charset turns Chinese office text of any encoding into clean UTF-8.
//
// Decode is told a label and distrusts it: gb2312 and its kin are read as GB18030, an unknown label is guessed.
// Guess looks at the bytes alone: valid UTF-8 is UTF-8, else GB18030 if it decodes without loss, else Big5; lone accents
// amid Latin letters are Windows-1252.
// Fold brings full-width forms to half width for comparing. This package never fails: what cannot be decoded
// becomes U+FFFD and the caller is told.
package charset

import (
	"bytes"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/width"
)

// Decode returns b as UTF-8, read in the charset that label names. The second result is false when the label was
// unknown or did not fit the bytes and the text was guessed instead, or when bytes were lost.
func Decode(b []byte, label string) (string, bool) {
	label = canonical(label)
	switch label {
	case "utf-7":
		return utf7(b)
	case "utf-16", "utf-16le", "utf-16be":
		return utf16Text(b, label), true
	case "iso-8859-1", "windows-1252", "us-ascii":
		if chinese(b) { // a mailer that did not know better
			return decodeLossy(simplifiedchinese.GB18030, b), false
		}
	}
	if misnamed(b, label) {
		return string(b), false
	}
	enc := byLabel(label)
	if enc == nil {
		s, _ := Guess(b)
		return s, false
	}
	s, ok := decodeWith(enc, b)
	if !ok {
		if enc == encoding.Nop && mostlyUTF8(b) {
			return s, false // damaged, but what it says
		}
		if g, name := Guess(b); name != "" {
			return g, false
		}
	}
	return s, ok
}

// Guess returns b as UTF-8 and the name of the encoding it took: utf-8, utf-16le, utf-16be, iso-2022-jp, gb18030, big5,
// windows-1252, or "" when none fits without loss (the text then holds U+FFFD).
func Guess(b []byte) (text, name string) {
	if s, mark := byMark(b); mark != "" {
		return s, mark
	}
	if utf8.Valid(b) {
		if bytes.Contains(b, []byte("\x1b$")) {
			if s, ok := decodeWith(japanese.ISO2022JP, b); ok {
				return s, "iso-2022-jp"
			}
		}
		return string(b), "utf-8"
	}
	if mostlyUTF8(b) {
		return strings.ToValidUTF8(string(b), "\uFFFD"), ""
	}
	if western(b) {
		return decodeLossy(charmap.Windows1252, b), "windows-1252"
	}
	gb, gbOK := decodeWith(simplifiedchinese.GB18030, b)
	if b5, ok := decodeWith(traditionalchinese.Big5, b); ok && (!gbOK || traditional(b)) {
		return b5, "big5"
	}
	if gbOK {
		return gb, "gb18030"
	}
	return gb, ""
}

// CodePage decodes b from a Windows code page number (936, 950, 1252, 65001 ...).
func CodePage(b []byte, page int) string {
	label := map[int]string{936: "gb18030", 54936: "gb18030", 950: "big5", 932: "shift_jis", 949: "euc-kr", 65001: "utf-8",
		1250: "windows-1250", 1251: "windows-1251", 1252: "windows-1252", 1253: "windows-1253", 1254: "windows-1254",
		1255: "windows-1255", 1256: "windows-1256", 1257: "windows-1257", 1258: "windows-1258", 874: "windows-874",
		866: "ibm866", 10000: "macintosh", 20127: "us-ascii", 28591: "iso-8859-1"}[page]
	s, _ := Decode(b, label)
	return s
}

// UTF16 decodes UTF-16 without a mark; lone surrogates become U+FFFD, an odd last byte is dropped.
func UTF16(b []byte, bigEndian bool) string {
	u := make([]uint16, len(b)/2)
	for i := range u {
		lo, hi := b[2*i], b[2*i+1]
		if bigEndian {
			lo, hi = hi, lo
		}
		u[i] = uint16(lo) | uint16(hi)<<8
	}
	return string(utf16.Decode(u))
}

// Fold returns s with full-width letters, digits and marks narrowed, as GB mails write １３８ for 138. The ideographic
// space becomes a space.
func Fold(s string) string { return strings.ReplaceAll(width.Fold.String(s), "\u3000", " ") }

// FoldRune is Fold of one character.
func FoldRune(r rune) rune {
	switch {
	case r < 0x20A9, r > 0x20A9 && r < 0x3000, r > 0x3000 && r < 0xFF00, r > 0xFFEF:
		return r // no other has a narrow or a wide form
	case r == 0x3000:
		return ' '
	}
	if folded := width.LookupRune(r).Folded(); folded != 0 {
		return folded
	}
	return r
}

// canonical brings a label to lower case without quotes, blanks and the variants that differ by nothing.
func canonical(label string) string {
	label = strings.ToLower(strings.Trim(label, " \t\"'"))
	label = strings.TrimPrefix(label, "x-")
	switch label {
	case "gb2312", "gbk", "cp936", "ms936", "windows-936", "gb_2312-80", "gb_2312", "gb18030", "gb18030-2000", "euc-cn", "gb-2312", "gb 2312",
		"gb2312-80", "gb-18030", "csgb2312", "chinese", "iso-ir-58", "936", "hz-gb", "cn-gb", "gb", "gb2312_charset", "gb_1988-80":
		return "gb18030"
	case "utf8", "unicode-1-1-utf-8", "utf_8", "utf-8n", "65001", "cp65001", "utf8mb4":
		return "utf-8"
	case "utf7", "unicode-1-1-utf-7", "unicode-2-0-utf-7", "utf-7-imap", "cp65000":
		return "utf-7"
	case "utf16", "ucs-2", "iso-10646-ucs-2", "unicode", "csunicode":
		return "utf-16"
	case "utf16le", "ucs-2le", "unicodefeff":
		return "utf-16le"
	case "utf16be", "ucs-2be", "unicodefffe":
		return "utf-16be"
	case "big-5", "cn-big5", "big5-hkscs", "big5hkscs", "big5-eten", "cp950", "ms950", "windows-950", "950":
		return "big5"
	case "cp932", "ms932", "windows-932", "shift-jis", "sjis", "932", "ms_kanji", "csshiftjis":
		return "shift_jis"
	case "cp949", "ms949", "windows-949", "uhc", "949", "ks_c_5601", "ksc5601", "ks_c_5601-1987", "ksc_5601", "euckr", "iso-2022-kr-8":
		return "euc-kr"
	case "eucjp":
		return "euc-jp"
	case "latin1", "latin-1", "iso8859-1", "iso_8859-1", "8859-1", "iso-8859-1-windows-3.1-latin-1":
		return "iso-8859-1"
	case "ascii", "us_ascii", "ansi_x3.4-1968", "646", "iso646-us", "7bit":
		return "us-ascii"
	case "cp1252", "1252", "ansi":
		return "windows-1252"
	case "unknown-8bit", "unknown", "8bit", "binary", "default", "_autodetect", "none":
		return ""
	}
	return label
}

func byLabel(label string) encoding.Encoding {
	switch label {
	case "":
		return nil
	case "gb18030":
		return simplifiedchinese.GB18030
	case "hz-gb-2312", "hz":
		return simplifiedchinese.HZGB2312
	case "utf-8":
		return encoding.Nop
	}
	if page, ok := strings.CutPrefix(label, "cp"); ok {
		if enc, err := htmlindex.Get("windows-" + page); err == nil {
			return enc
		}
	}
	enc, err := htmlindex.Get(label)
	if err != nil || enc == encoding.Replacement {
		return nil
	}
	return enc
}

// decodeWith reports false when the result holds U+FFFD that was not in the input: x/text never returns an error.
func decodeWith(enc encoding.Encoding, b []byte) (string, bool) {
	if enc == encoding.Nop {
		return strings.ToValidUTF8(string(b), "\uFFFD"), utf8.Valid(b)
	}
	out, err := enc.NewDecoder().Bytes(b)
	s := string(out)
	return s, err == nil && !strings.ContainsRune(s, utf8.RuneError)
}
