package charset

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// Unmangle undoes what a program did that took the bytes of Chinese text for Western letters and wrote those down in
// UTF-8: it gives 文件 for ÎÄ¼þ (the bytes were GBK) and for æ–‡ä»¶ (they were UTF-8). All else comes back as it is, above all
// the words of European languages, which never have four accented letters in a row.
func Unmangle(s string) string {
	b := fromWestern(s)
	switch {
	case b == nil:
	case utf8.Valid(b):
		if back := string(b); hasHan(back) {
			return back
		}
	case gb2312Run(b):
		if back, ok := Decode(b, "gb18030"); ok && hasHan(back) {
			return back
		}
	}
	return s
}

// fromWestern gives the bytes that stand for s in Windows-1252 or Latin-1; nil when s has other characters, or ASCII only.
func fromWestern(s string) []byte {
	var b []byte
	high := false
	for i, r := range s {
		if r < utf8.RuneSelf {
			if high {
				b = append(b, byte(r))
			}
			continue
		}
		if !high {
			high, b = true, append(make([]byte, 0, len(s)), s[:i]...)
		}
		if c, ok := charmap.Windows1252.EncodeRune(r); ok {
			b = append(b, c)
		} else if r <= 0xFF {
			b = append(b, byte(r)) // read as Latin-1, or one of the five places that Windows-1252 leaves empty
		} else {
			return nil
		}
	}
	return b
}

// gb2312Run tells that all high bytes are pairs of GB 2312 and that two or more characters of its first level, those of
// everyday use, stand side by side. Of one or two bytes alone are ×××× and ····, which are meant as they are.
func gb2312Run(b []byte) bool {
	if !inGB2312(b) {
		return false
	}
	run, most := 0, 0
	kinds := map[byte]bool{}
	for i := 0; i < len(b); i++ {
		if b[i] < 0x80 {
			run = 0
			continue
		}
		if run++; b[i] < 0xB0 || b[i] > 0xD7 {
			run = 0
		}
		most = max(most, run)
		kinds[b[i]], kinds[b[i+1]] = true, true
		i++
	}
	return most >= 2 && len(kinds) > 2
}

func hasHan(s string) bool {
	for _, r := range s {
		if unicode.Is(unicode.Han, r) {
			return true
		}
	}
	return false
}
