// Package charset turns Chinese office text of any encoding into clean UTF-8.
//
// Decode is told a label and distrusts it: gb2312 and its kin are read as GB18030, an unknown label is guessed.
// Guess looks at the bytes alone: valid UTF-8 is UTF-8, else GB18030 if it decodes without loss, else Big5.
// Fold brings full-width forms to half width for comparing. This package never fails: what cannot be decoded
// becomes U+FFFD and the caller is told.
package charset

import (
	"bytes"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/width"
)

// Decode returns b as UTF-8, read in the charset that label names. The second result is false when the label was
// unknown or did not fit the bytes and the text was guessed instead, or when bytes were lost.
func Decode(b []byte, label string) (string, bool) {
	enc := byLabel(label)
	if enc == nil {
		s, _ := Guess(b)
		return s, false
	}
	s, ok := decodeWith(enc, b)
	if !ok {
		if g, name := Guess(b); name != "" {
			return g, false
		}
	}
	return s, ok
}

// Guess returns b as UTF-8 and the name of the encoding it took: utf-8, utf-16le, utf-16be, gb18030, big5, or ""
// when none fits without loss (the text then holds U+FFFD).
func Guess(b []byte) (text, name string) {
	switch {
	case bytes.HasPrefix(b, []byte{0xEF, 0xBB, 0xBF}):
		return strings.ToValidUTF8(string(b[3:]), "\uFFFD"), "utf-8"
	case bytes.HasPrefix(b, []byte{0xFF, 0xFE}):
		return UTF16(b[2:], false), "utf-16le"
	case bytes.HasPrefix(b, []byte{0xFE, 0xFF}):
		return UTF16(b[2:], true), "utf-16be"
	case utf8.Valid(b):
		return string(b), "utf-8"
	}
	if s, ok := decodeWith(simplifiedchinese.GB18030, b); ok {
		return s, "gb18030"
	}
	if s, ok := decodeWith(traditionalchinese.Big5, b); ok {
		return s, "big5"
	}
	s, _ := decodeWith(simplifiedchinese.GB18030, b)
	return s, ""
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

func byLabel(label string) encoding.Encoding {
	label = strings.ToLower(strings.Trim(label, " \t\"'"))
	label = strings.TrimPrefix(label, "x-")
	switch label {
	case "gb2312", "gbk", "cp936", "ms936", "windows-936", "gb_2312-80", "gb18030", "euc-cn", "gb-2312", "gb 2312", "hz-gb", "936":
		return simplifiedchinese.GB18030
	case "hz-gb-2312":
		return simplifiedchinese.HZGB2312
	case "utf8", "utf-8", "unicode-1-1-utf-8", "utf_8":
		return encoding.Nop
	case "":
		return nil
	}
	enc, err := htmlindex.Get(label)
	if err != nil {
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
