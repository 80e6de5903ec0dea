package casedoc

import (
	"slices"
	"sort"
)

// propRun is a range of bytes of the document stream with the properties of its characters or paragraph.
type propRun struct {
	fc, end int
	style   int
	grpprl  bin
}

// runs reads the formatted disk pages of characters or paragraphs, [MS-DOC] 2.9.33 and 2.9.175.
func (w *wordFile) runs(index int, paras bool) []propRun {
	plc := w.at(index)
	n := (len(plc) - 4) / 8
	var out []propRun
	for i := range max(n, 0) {
		page := bin(w.main).cut((plc.u32(4*(n+1)+4*i)&0x3FFFFF)*512, 512)
		if len(page) < 512 {
			continue
		}
		count := min(page.u8(511), 127)
		for k := range count {
			r := propRun{fc: page.u32(4 * k), end: page.u32(4*k + 4)}
			if paras {
				r.paragraph(page, page.u8(4*(count+1)+13*k)*2)
			} else if at := page.u8(4*(count+1)+k) * 2; at > 0 {
				r.grpprl = page.cut(at+1, page.u8(at))
			}
			if r.end > r.fc {
				out = append(out, r)
			}
		}
		if len(out) > 1_000_000 {
			break
		}
	}
	slices.SortStableFunc(out, func(a, b propRun) int { return a.fc - b.fc })
	return out
}

func (r *propRun) paragraph(page bin, at int) {
	if at == 0 {
		return
	}
	size := page.u8(at)*2 - 1
	start := at + 1
	if size < 0 {
		size, start = page.u8(at+1)*2, at+2
	}
	body := page.cut(start, size)
	r.style = body.u16(0)
	r.grpprl = body.cut(2, len(body)-2)
}

// find returns the run that holds a byte position.
func find(runs []propRun, fc int) *propRun {
	i := sort.Search(len(runs), func(i int) bool { return runs[i].end > fc })
	if i == len(runs) || runs[i].fc > fc {
		return nil
	}
	return &runs[i]
}

// sprms calls f with each property of a grpprl and its operand.
func sprms(b bin, f func(op int, arg bin)) {
	for len(b) >= 2 {
		op := b.u16(0)
		size, skip := 0, 2
		switch op >> 13 {
		case 0, 1:
			size = 1
		case 2, 4, 5:
			size = 2
		case 3:
			size = 4
		case 7:
			size = 3
		default:
			size, skip = b.u8(2), 3
			if op == 0xD608 { // sprmTDefTable
				size, skip = b.u16(2)-1, 4
			} else if op == 0xC615 && size == 255 { // sprmPChgTabs
				del := b.u8(3)
				size = 2 + 4*del + 3*b.u8(4+4*del)
			}
		}
		if size < 0 {
			return
		}
		f(op, b.cut(skip, size))
		b = b[min(len(b), skip+size):]
	}
}

// charProps is what this package needs to know of a run of characters.
type charProps struct {
	deleted, hidden, special bool
	picture                  int // position in the Data stream, -1 none
	binary                   bool
	symbol                   string
}

func (w *wordFile) charAt(fc int, p *piece) (charProps, int) {
	props, end := charProps{picture: -1}, fc+1
	if run := find(w.chars, fc); run != nil {
		end = run.end
		w.charSprms(run.grpprl, &props)
	}
	w.charSprms(p.grpprl, &props)
	return props, end
}

func (w *wordFile) charSprms(grpprl bin, props *charProps) {
	sprms(grpprl, func(op int, arg bin) {
		on := arg.u8(0)&1 != 0
		switch op {
		case 0x0800:
			props.deleted = on
		case 0x083C:
			props.hidden = on
		case 0x0855:
			props.special = on
		case 0x0806:
			props.binary = on
		case 0x6A03:
			props.picture = arg.u32(0)
		case 0x6A09:
			props.symbol = symbolRune(w.fontName(arg.u16(0)), rune(arg.u16(2)))
		}
	})
}

// paraInfo is what this package needs to know of a paragraph, or of a row by its end mark.
type paraInfo struct {
	depth   int  // tables around it
	rowEnd  bool // the mark that ends a row
	cellEnd bool // inner cell mark
	outline int  // 0..8, -1 unset
	list    int  // LFO from 1, 0 none, -1 unset
	level   int
	edges   []int // n+1 edges of the row's n cells
	merges  []int // flags of the cells
}

func (w *wordFile) paraAt(fc int, p *piece) paraInfo {
	info := paraInfo{outline: -1, list: -1, level: -1}
	run := find(w.paras, fc)
	if run == nil {
		return info
	}
	w.paraSprms(run.grpprl, &info, 0)
	w.paraSprms(p.grpprl, &info, 0)
	w.inherit(run.style, &info)
	return info
}

func (w *wordFile) paraSprms(grpprl bin, info *paraInfo, nest int) {
	sprms(grpprl, func(op int, arg bin) {
		switch op {
		case 0x2416: // in a table
			if arg.u8(0) != 0 {
				info.depth = max(info.depth, 1)
			} else {
				info.depth = 0
			}
		case 0x2417, 0x244C:
			info.rowEnd = info.rowEnd || arg.u8(0) != 0
		case 0x244B:
			info.cellEnd = arg.u8(0) != 0
		case 0x6649:
			info.depth = min(arg.u32(0), 1000)
		case 0x260A:
			info.level = arg.u8(0)
		case 0x460B:
			info.list = arg.u16(0)
		case 0x2640:
			info.outline = arg.u8(0)
		case 0x6646, 0x646B: // more properties in the Data stream
			if at := arg.u32(0); nest < 2 && at < len(w.extra) {
				w.paraSprms(bin(w.extra).cut(at+2, bin(w.extra).u16(at)), info, nest+1)
			}
		case 0xD608:
			info.defineRow(arg)
		case 0xD62B:
			if i := arg.u8(0); i < len(info.merges) {
				info.merges[i] = info.merges[i]&^0x60 | (arg.u8(1)&1)<<5 | (arg.u8(1)&2)<<5
			}
		}
	})
}

// defineRow reads the edges and merges of a row, [MS-DOC] 2.9.315.
func (info *paraInfo) defineRow(arg bin) {
	n := min(arg.u8(0), 63)
	info.edges = make([]int, n+1)
	info.merges = make([]int, n)
	for i := range info.edges {
		info.edges[i] = arg.i16(1 + 2*i)
	}
	for i := range info.merges {
		info.merges[i] = arg.u16(1 + 2*(n+1) + 20*i)
	}
}

// place tells a held cell where it stands.
func (info *paraInfo) place(i int, c *cellBuild) {
	if i >= len(info.merges) {
		return
	}
	const shift = 40_000 // edges may be negative, and zero means unknown
	c.left, c.right = info.edges[i]+shift, info.edges[i+1]+shift
	flags := info.merges[i]
	c.joinLeft = flags&2 != 0 && flags&1 == 0
	c.start = flags&0x40 != 0
	c.cont = flags&0x20 != 0 && !c.start
}
