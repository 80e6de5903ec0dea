package casedoc

import (
	"context"
	"sort"
	"strings"
	"unicode/utf16"
)

// wordRange reads a range of CPs into a flow.
type wordRange struct {
	w       *wordFile
	flow    *flow
	body    bool
	boxes   map[int][]Block // by shape
	anchors map[int]int
	para    []uint16
	del     []uint16
	hid     []uint16
	fields  openFields
	pending []Block
	lastEnd uint16
}

func (r *wordRange) read(ctx context.Context, from, to int) error {
	w := r.w
	i := sort.Search(len(w.pieces), func(i int) bool { return w.pieces[i].end > from })
	for cp := from; cp < to && i < len(w.pieces); i++ {
		p := &w.pieces[i]
		width := 2
		if p.narrow {
			width = 1
		}
		var props charProps
		until := -1
		for ; cp < min(p.end, to); cp++ {
			fc := p.fc + (cp-p.cp)*width
			if fc >= until {
				props, until = w.charAt(fc, p)
			}
			r.char(w.text[cp], cp, fc, props, p)
			if cp%4096 == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			if w.rd.room.cut {
				return nil
			}
		}
	}
	if len(r.para) > 0 {
		r.endPara(paraInfo{outline: -1})
	}
	r.flow.pending = append(r.flow.pending, r.pending...)
	return nil
}

func (r *wordRange) char(c uint16, cp, fc int, props charProps, p *piece) {
	switch c {
	case 0x13:
		r.fields.begin()
	case 0x14:
		r.fields.separate()
	case 0x15:
		if text := r.fields.end(); text != "" {
			r.put(props, utf16.Encode([]rune(text))...)
		}
	case 0x0D, 0x07, 0x0C:
		r.mark(c, fc, props, p)
	case 0x01:
		r.inline(props)
	case 0x08:
		if props.special {
			id := r.anchors[cp]
			r.pending = append(r.pending, r.boxes[id]...)
			delete(r.boxes, id)
		}
	case 0x0B, 0x0E:
		r.put(props, '\n')
	case 0x1E:
		r.put(props, '-')
	case 0, 0x02, 0x03, 0x04, 0x05, 0x1F:
	case 0x28:
		if props.symbol != "" {
			r.put(props, utf16.Encode([]rune(props.symbol))...)
			return
		}
		r.put(props, c)
	default:
		r.put(props, c)
	}
}

func (r *wordRange) put(props charProps, c ...uint16) {
	switch {
	case props.deleted:
		r.del = append(r.del, c...)
	case r.fields.takes(c...):
	case props.hidden:
		r.hid = append(r.hid, c...)
	default:
		r.para = append(r.para, c...)
	}
}

// inline counts a picture that stands in the text, unless it is the preview of a formula or the like.
func (r *wordRange) inline(props charProps) {
	if props.picture < 0 || props.binary || props.deleted {
		return
	}
	for _, f := range r.fields {
		words := strings.Fields(string(utf16.Decode(f.text)))
		if f.instruction || len(words) > 1 && strings.EqualFold(words[0], "EMBED") && !drawn(words[1]) {
			return
		}
	}
	b, format := inlinePicture(bin(r.w.extra), props.picture)
	r.w.pics.bytes(b, format, r.body)
}

// mark ends a paragraph, a cell or a row.
func (r *wordRange) mark(c uint16, fc int, props charProps, p *piece) {
	r.fields.instructionsEnd()
	info := r.w.paraAt(fc, p)
	if len(r.w.paras) == 0 && c == 0x07 { // no paragraph properties: a row ends where an empty cell would
		info.depth = 1
		info.rowEnd = r.lastEnd == 0x07 && len(r.para) == 0
	}
	r.lastEnd = c
	if props.deleted && c == 0x0D && info.depth == 0 {
		return // the next paragraph goes on here
	}
	r.settle()
	r.endPara(info)
	t := r.flow.table()
	switch {
	case t == nil:
	case info.rowEnd:
		r.flow.endRowAs(info.place)
	case c == 0x07 || info.cellEnd:
		if t.cell == nil {
			r.flow.startCell()
		}
		r.flow.holdCell()
	}
}

func (r *wordRange) endPara(info paraInfo) {
	text := string(utf16.Decode(r.para))
	r.para = r.para[:0]
	f := r.flow
	for len(f.tables)+f.beyond > info.depth {
		f.endTable()
	}
	for len(f.tables)+f.beyond < info.depth {
		if t := f.table(); t != nil && t.cell == nil {
			f.startCell()
		}
		f.startTable()
	}
	if info.rowEnd {
		return
	}
	if t := f.table(); t != nil && t.cell == nil {
		f.startCell()
	}
	f.write(text)
	f.pending, r.pending = append(f.pending, r.pending...), nil
	f.next.Heading = level(info.outline)
	f.next.Number = r.w.number(info)
	f.endPara()
}

// settle files deleted and hidden text.
func (r *wordRange) settle() {
	for list, from := range map[*[]string]*[]uint16{&r.w.doc.Deleted: &r.del, &r.w.doc.Hidden: &r.hid} {
		if text := clean(string(utf16.Decode(*from))); text != "" && r.w.rd.room.take(len(text)) {
			*list = append(*list, text)
		}
		*from = (*from)[:0]
	}
}

// leftBoxes appends the text boxes whose anchor was not found, such as those within groups.
func (r *wordRange) leftBoxes() {
	var ids []int
	for id := range r.boxes {
		ids = append(ids, id)
	}
	sort.Ints(ids)
	for _, id := range ids {
		r.flow.pending = append(r.flow.pending, r.boxes[id]...)
	}
}
