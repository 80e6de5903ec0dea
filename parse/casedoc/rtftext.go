package casedoc

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"strings"
	"unicode/utf16"

	"baosong/parse/charset"
	"baosong/parse/container"
)

// codePage returns the code page of a font's charset, \fcharset; 0 where it leaves that to the document.
func codePage(charset int) int {
	pages := map[int]int{128: 932, 129: 949, 134: 936, 136: 950, 161: 1253, 162: 1254, 163: 1258, 177: 1255, 178: 1256, 186: 1257,
		204: 1251, 222: 874, 238: 1250, 77: 10000}
	return pages[charset]
}

func (f *rtfFile) doubleByte() bool {
	page := codePage(f.fonts[f.state.font].charset)
	if page == 0 {
		page = f.page
	}
	return page == 936 || page == 950 || page == 932 || page == 949
}

// flushText decodes the bytes that wait and hands them to their destination.
func (f *rtfFile) flushText() {
	if len(f.raw) == 0 {
		return
	}
	raw := f.raw
	f.raw = f.raw[:0]
	f.loose()
	font := f.fonts[f.state.font]
	page := codePage(font.charset)
	switch {
	case font.charset == 2 && f.state.dest == "listtext": // a bullet is no number
		return
	case font.charset == 2 && f.state.dest == "":
		for _, b := range raw {
			f.deliver(symbolRune(string(font.name), 0xF000|rune(b)))
		}
		return
	case page == 0 && font.charset == 0 && f.page == 936 && !pairs(raw):
		page = 1252
	case page == 0:
		page = f.page
	case f.page == 936 && page != 936 && pairs(raw): // \dbch text in the associated font
		page = 936
	}
	f.deliver(charset.CodePage(raw, page))
}

// text writes characters that need no decoding.
func (f *rtfFile) text(s string) {
	f.flushText()
	if f.skipped > 0 {
		f.skipped--
		return
	}
	f.loose()
	f.deliver(s)
}

// unicode takes one UTF-16 unit of \u.
func (f *rtfFile) unicode(n int) {
	f.flushText()
	u := uint16(n)
	f.skipped = f.state.skip
	f.lead = false
	switch {
	case u >= 0xD800 && u < 0xDC00:
		f.loose()
		f.high = u
		return
	case u >= 0xDC00 && u < 0xE000 && f.high != 0:
		r := utf16.DecodeRune(rune(f.high), rune(u))
		f.high = 0
		f.deliver(string(r))
		return
	}
	f.loose()
	if u >= 0xF000 && u <= 0xF0FF {
		if f.state.dest == "listtext" {
			return
		}
		f.deliver(symbolRune(string(f.fonts[f.state.font].name), rune(u)))
		return
	}
	f.deliver(string(rune(u)))
}

// loose gives up a high surrogate without its other half.
func (f *rtfFile) loose() {
	if f.high != 0 {
		f.high = 0
		f.deliver("\uFFFD")
	}
}

func (f *rtfFile) deliver(s string) {
	const short = 256
	switch f.state.dest {
	case "":
		if strings.TrimSpace(s) != "" {
			f.equation = ""
		}
		if !f.state.silent {
			f.story.write(s, f.state.deleted, f.state.hidden)
		}
	case "listtext":
		f.number = appendShort(f.number, s, short)
	case "leveltext":
		f.lists.text = appendShort(f.lists.text, s, short)
	case "fldinst":
		f.order = appendShort(f.order, s, 4*maxInstruction)
	case "objclass":
		f.class = appendShort(f.class, s, short)
	case "sn":
		f.name = appendShort(f.name, s, short)
	case "sv":
		f.value = appendShort(f.value, s, 4096)
	case "fonttbl":
		font := f.fonts[f.font]
		font.name = appendShort(font.name, trimSemicolon(s), short)
		f.fonts[f.font] = font
	}
}

func appendShort(b []byte, s string, limit int) []byte {
	if len(b)+len(s) > limit {
		return b
	}
	return append(b, s...)
}

func trimSemicolon(s string) string {
	if n := len(s); n > 0 && s[n-1] == ';' {
		return s[:n-1]
	}
	return s
}

func (f *rtfFile) wordArt(text string) {
	if text = clean(text); text != "" && f.rd.room.take(len(text)) {
		f.doc.TextBoxes = append(f.doc.TextBoxes, text)
		f.story.pending = append(f.story.pending, Block{Text: text})
	}
}

// rtfPicture hashes the bytes of a \pict as they come.
type rtfPicture struct {
	sum    hash.Hash
	size   int64
	format container.Format
	nibble int // -1 none
	buf    []byte
}

func (p *rtfPicture) hex(c byte) {
	var v int
	switch {
	case c >= '0' && c <= '9':
		v = int(c - '0')
	case c >= 'a' && c <= 'f':
		v = int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		v = int(c-'A') + 10
	default:
		return
	}
	if p.nibble < 0 {
		p.nibble = v
		return
	}
	p.buf = append(p.buf, byte(p.nibble<<4|v))
	p.nibble = -1
	if len(p.buf) == cap(p.buf) {
		p.flush()
	}
}

func (p *rtfPicture) flush() {
	p.sum.Write(p.buf)
	p.size += int64(len(p.buf))
	p.buf = p.buf[:0]
}

func (f *rtfFile) startPicture() {
	f.pict = &rtfPicture{sum: sha256.New(), nibble: -1, buf: make([]byte, 0, 4096)}
}

func (f *rtfFile) endPicture() {
	p := f.pict
	f.pict = nil
	if p == nil {
		return
	}
	p.flush()
	if p.size == 0 || f.state.deleted || len(f.class) > 0 && !drawn(string(f.class)) {
		return
	}
	key := hex.EncodeToString(p.sum.Sum(nil))
	f.pics.use(key, f.inBody(), func() (Picture, bool) {
		return Picture{SHA256: key, Format: p.format, Size: p.size}, true
	})
}

func (f *rtfFile) inBody() bool {
	for _, s := range append(f.stories, f.story) {
		if s.kind == "header" || s.kind == "footer" {
			return false
		}
	}
	return true
}
