package casedoc

import (
	"strings"
	"unicode/utf16"
)

// wordStyle is one style of the style sheet; base is 0xFFF for none.
type wordStyle struct {
	base, outline int
	grpprl        bin
}

// readStyles reads the style sheet, [MS-DOC] 2.9.271.
func (w *wordFile) readStyles() {
	b := w.at(fcStyles)
	head := b.cut(2, b.u16(0))
	count, base := min(head.u16(0), 4096), head.u16(2)
	b = b[min(len(b), 2+b.u16(0)):]
	for range count {
		size := b.u16(0)
		w.styles = append(w.styles, readStyle(b.cut(2, size), base))
		if len(b) < 2 {
			break
		}
		b = b[min(len(b), 2+size):]
	}
}

func readStyle(std bin, base int) wordStyle {
	s := wordStyle{base: 0xFFF, outline: -1}
	if len(std) < 10 {
		return s
	}
	s.base = std.u16(2) >> 4
	if id := std.u16(0) & 0xFFF; id >= 1 && id <= 9 {
		s.outline = id - 1
	}
	if std.u16(2)&0xF != 1 { // no paragraph style
		return s
	}
	at := base + 2 + 2*std.u16(base) + 2
	at += at & 1
	upx := std.cut(at+2, std.u16(at))
	s.grpprl = upx.cut(2, len(upx)-2)
	return s
}

// inherit fills in what a paragraph leaves to its style.
func (w *wordFile) inherit(style int, info *paraInfo) {
	for range 12 {
		if style >= len(w.styles) {
			return
		}
		s := &w.styles[style]
		own := paraInfo{outline: -1, list: -1, level: -1}
		w.paraSprms(s.grpprl, &own, 2)
		if info.outline < 0 {
			info.outline = max(own.outline, -1)
			if info.outline < 0 {
				info.outline = s.outline
			}
		}
		if info.list < 0 {
			info.list = own.list
		}
		if info.level < 0 {
			info.level = own.level
		}
		style = s.base
	}
}

// readLists reads the list definitions and their uses, [MS-DOC] 2.9.131 and 2.9.130.
func (w *wordFile) readLists() {
	fib, table := bin(w.main), bin(w.table)
	at := fib.u32(0x9A + 8*fcLists)
	head := w.at(fcLists)
	n := min(head.u16(0), 4096)
	levels := table.cut(at+fib.u32(0x9E+8*fcLists), len(table))
	if len(head) < 2+28*n {
		return
	}
	defs := map[int]*listDef{}
	for i := range n {
		lst := head.cut(2+28*i, 28)
		def := newListDef()
		defs[lst.u32(0)] = def
		count := 9
		if lst.u8(26)&1 != 0 {
			count = 1
		}
		for k := range count {
			levels = readListLevel(levels, &def.levels[k])
		}
	}
	w.readListUses(defs)
}

func readListLevel(b bin, l *listLevel) bin {
	if len(b) < 28 {
		return nil
	}
	l.start = b.u32(0)
	l.format = nfc(b.u8(4))
	l.legal = b.u8(5)&0x04 != 0
	l.keep = b.u8(5)&0x08 != 0
	l.tight = b.u8(15) == 2
	at := 28 + b.u8(24) + b.u8(25)
	n := min(b.u16(at), 255)
	var text []uint16
	for i := range n {
		c := uint16(b.u16(at + 2 + 2*i))
		if c < 9 {
			text = append(text, '%', '1'+c)
		} else {
			text = append(text, c)
		}
	}
	l.text = string(utf16.Decode(text))
	return b[min(len(b), at+2+2*n):]
}

func (w *wordFile) readListUses(defs map[int]*listDef) {
	b := w.at(fcListUses)
	n := min(b.u32(0), 4096)
	w.lists = make([]*listUse, n+1)
	rest := b.cut(4+16*n, len(b))
	for i := range n {
		lfo := b.cut(4+16*i, 16)
		use := &listUse{def: defs[lfo.u32(0)], override: map[int]*listLevel{}, restart: map[int]int{}, restarted: map[int]bool{}}
		if use.def != nil {
			w.lists[i+1] = use
		}
		if len(rest) < 4 {
			continue
		}
		rest = rest[4:]
		for range lfo.u8(12) {
			if len(rest) < 8 {
				rest = nil
				break
			}
			flags := rest.u8(4)
			level := min(flags&0xF, 8)
			if flags&0x10 != 0 {
				use.restart[level] = rest.u32(0)
			}
			rest = rest[8:]
			if flags&0x20 != 0 {
				l := &listLevel{}
				rest = readListLevel(rest, l)
				use.override[level] = l
			}
		}
	}
}

// number counts the paragraph's list on and returns its number.
func (w *wordFile) number(info paraInfo) string {
	if info.list <= 0 || info.list >= len(w.lists) || w.lists[info.list] == nil {
		return ""
	}
	return w.lists[info.list].next(max(info.level, 0))
}

// fontName returns the name of font i of the font table, [MS-DOC] 2.9.286.
func (w *wordFile) fontName(i int) string {
	b := w.at(15)
	n := min(b.u16(0), 4096)
	at := 4
	for k := range n {
		size := b.u8(at)
		if k == i {
			var name []uint16
			for _, c := range u16s(b.cut(at+1+39, size-39)) {
				if c == 0 {
					break
				}
				name = append(name, c)
			}
			return strings.TrimSpace(string(utf16.Decode(name)))
		}
		at += 1 + size
	}
	return ""
}

func u16s(b bin) []uint16 {
	out := make([]uint16, len(b)/2)
	for i := range out {
		out[i] = uint16(b.u16(2 * i))
	}
	return out
}
