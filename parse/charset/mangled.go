package charset

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// Unmangle undoes what a program did that read Chinese bytes in the wrong charset and wrote the result down in UTF-8. It
// gives 文件 for ÎÄ¼þ (GBK taken for Western letters), for æ–‡ä»¶ (UTF-8 taken for them), and 典型案例 for 鍏稿瀷妗堜緥 (UTF-8 taken
// for GBK). All else comes back as it is, above all the words of European languages, which never have four accented
// letters in a row, and Chinese in characters of everyday use.
func Unmangle(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) < 0 {
		return s
	}
	b := fromWestern(s)
	switch {
	case b == nil:
		return fromGBK(s)
	case utf8.Valid(b):
		if back := string(b); han(back) > 0 {
			return back
		}
	case commonRun(b):
		if back, ok := decodeWith(simplifiedchinese.GBK, b); ok {
			return back
		}
	}
	return s
}

// fromGBK gives back UTF-8 that was taken for GBK: the bytes are valid UTF-8 of Han characters, and as GBK they are ones
// that nobody writes.
func fromGBK(s string) string {
	b, err := simplifiedchinese.GBK.NewEncoder().Bytes([]byte(s))
	if err != nil || !utf8.Valid(b) || inGB2312(b) {
		return s
	}
	if back := string(b); han(back) >= 2 && strings.IndexFunc(back, uncommon) < 0 {
		return back
	}
	return s
}

// uncommon tells what does not stand in names and subjects: neither ASCII nor a Han character or mark of everyday use.
func uncommon(r rune) bool {
	return r >= utf8.RuneSelf && !(r >= 0x4E00 && r <= 0x9FFF || r >= 0x2010 && r <= 0x2027 || r >= 0x2460 && r <= 0x24FF || r >= 0x3000 && r <= 0x303F ||
		r >= 0xFF00 && r <= 0xFFEF || r == '·')
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

// commonRun tells that all high bytes begin pairs of GBK and that two or more characters of GB 2312's first level, those
// of everyday use, stand side by side. Signs alone, as ×××× and ····, are meant as they are.
func commonRun(b []byte) bool {
	run, most, letters := 0, 0, 0
	kinds := map[byte]bool{}
	for i := 0; i < len(b); i++ {
		if b[i] < 0x80 {
			run = 0
			continue
		}
		if i+1 >= len(b) || b[i] == 0x80 || b[i] == 0xFF || b[i+1] < 0x40 || b[i+1] == 0x7F || b[i+1] == 0xFF {
			return false
		}
		if run++; b[i] < 0xB0 || b[i] > 0xD7 || b[i+1] < 0xA1 {
			run = 0
		}
		most = max(most, run)
		for _, c := range b[i : i+2] {
			if kinds[c] = true; c >= 0xC0 && c != 0xD7 && c != 0xF7 {
				letters++
			}
		}
		i++
	}
	return most >= 2 && len(kinds) > 2 && letters >= 2
}

// han counts Han characters.
func han(s string) (n int) {
	for _, r := range s {
		if unicode.Is(unicode.Han, r) {
			n++
		}
	}
	return n
}
