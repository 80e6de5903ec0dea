package casedoc

import (
	"unicode/utf16"

	"baosong/parse/container"
)

// officeArt is the drawing of a binary document, [MS-ODRAW]: its store of pictures and its shapes.
type officeArt struct {
	stream bin // WordDocument, where delayed pictures stand
	store  []record
	body   []shape
	header []shape
}

type shape struct {
	id      int
	picture int // index into the store from 1, 0 none
	text    string
}

// maxRecords bounds the walk over records; each costs 8 bytes of input at least.
const maxRecords = 200_000

// record is one OfficeArt record; containers hold further records.
type record struct {
	version, instance, kind int
	body                    bin
}

// records calls f with each record at one depth; f returns false to stop.
func records(b bin, f func(record) bool) {
	for range maxRecords {
		if len(b) < 8 {
			return
		}
		head, size := b.u16(0), b.u32(4)
		if !f(record{head & 0xF, head >> 4, b.u16(2), b.cut(8, size)}) {
			return
		}
		b = b[min(len(b), 8+size):]
	}
}

func readArt(table, stream bin, b bin) *officeArt {
	art := &officeArt{stream: stream}
	if len(b) < 8 {
		return art
	}
	first := true
	for range 10 {
		if len(b) < 8 {
			break
		}
		where := 0
		if !first {
			where, b = b.u8(0), b[1:] // each drawing begins with the byte that says body or header
		}
		size := 8 + b.u32(4)
		records(b.cut(0, size), func(r record) bool {
			if r.kind == 0xF000 {
				art.readStore(r.body)
			} else if r.kind == 0xF002 {
				art.readShapes(r.body, where, 0)
			}
			return false
		})
		first = false
		b = b[min(len(b), size):]
	}
	return art
}

func (a *officeArt) readStore(b bin) {
	records(b, func(r record) bool {
		if r.kind == 0xF001 {
			records(r.body, func(e record) bool {
				a.store = append(a.store, e)
				return len(a.store) < 10_000
			})
		}
		return true
	})
}

func (a *officeArt) readShapes(b bin, where, depth int) {
	records(b, func(r record) bool {
		switch r.kind {
		case 0xF003:
			if depth < 20 {
				a.readShapes(r.body, where, depth+1)
			}
		case 0xF004:
			s := readShape(r.body)
			if where == 0 {
				a.body = append(a.body, s)
			} else {
				a.header = append(a.header, s)
			}
		}
		return len(a.body)+len(a.header) < 100_000
	})
}

func readShape(b bin) shape {
	var s shape
	records(b, func(r record) bool {
		switch r.kind {
		case 0xF00A:
			s.id = r.body.u32(0)
		case 0xF00B:
			at := 6 * r.instance // complex values follow the fixed ones
			for i := range min(r.instance, 1000) {
				op, value := r.body.u16(6*i), r.body.u32(6*i+2)
				switch {
				case op&0x3FFF == 0x0104:
					s.picture = value
				case op == 0x80C0 || op == 0xC0C0:
					s.text = clean(string(utf16.Decode(u16s(r.body.cut(at, min(value, 4096))))))
				}
				if op&0x8000 != 0 {
					at += value
				}
			}
		}
		return true
	})
	return s
}

// stored returns the bytes and format of picture i of the store.
func (a *officeArt) stored(i int) (bin, container.Format) {
	if i < 1 || i > len(a.store) {
		return nil, ""
	}
	e := a.store[i-1]
	body := e.body
	if e.kind != 0xF007 {
		return blip(e)
	}
	if b, f := entryBlip(body); b != nil {
		return b, f
	}
	at := body.u32(28)
	var out bin
	var format container.Format
	if at > 0 && at < len(a.stream) {
		records(a.stream[at:], func(r record) bool {
			out, format = blip(r)
			return false
		})
	}
	if out == nil && body.u32(20) > 0 {
		return body.cut(2, 16), "" // the digest names it as well as its bytes would
	}
	return out, format
}

// entryBlip returns the picture within a store entry.
func entryBlip(body bin) (out bin, format container.Format) {
	records(body.cut(36+body.u8(33), len(body)), func(r record) bool {
		out, format = blip(r)
		return false
	})
	return out, format
}

// blip returns the stored bytes of a picture record.
func blip(r record) (bin, container.Format) {
	ids := 16
	switch r.instance {
	case 0x3D5, 0x217, 0x543, 0x46B, 0x6E3, 0x6E1, 0x7A9, 0x6E5:
		ids = 32
	}
	switch r.kind {
	case 0xF01A:
		return r.body.cut(ids+34, len(r.body)), container.EMF
	case 0xF01B:
		return r.body.cut(ids+34, len(r.body)), container.WMF
	case 0xF01C:
		return r.body.cut(ids+34, len(r.body)), "pict"
	case 0xF01D, 0xF02A:
		return r.body.cut(ids+1, len(r.body)), container.JPEG
	case 0xF01E:
		return r.body.cut(ids+1, len(r.body)), container.PNG
	case 0xF01F:
		return r.body.cut(ids+1, len(r.body)), container.BMP
	case 0xF029:
		return r.body.cut(ids+1, len(r.body)), container.TIFF
	}
	return nil, ""
}

// inlinePicture returns the picture at a position of the Data stream, [MS-DOC] 2.9.192.
func inlinePicture(data bin, at int) (out bin, format container.Format) {
	size, head := data.u32(at), data.u16(at+4)
	if at < 0 || at >= len(data) || size <= head {
		return nil, ""
	}
	mode := data.u16(at + 6)
	body := data.cut(at+head, size-head)
	switch mode {
	case 0x66: // with the name of a file before the shape
		body = body[min(len(body), 1+body.u8(0)):]
	case 0x64:
	default:
		return body, container.WMF // a bare metafile or bitmap of Word 6 days
	}
	records(body, func(r record) bool {
		switch {
		case r.kind == 0xF007:
			out, format = entryBlip(r.body)
			if out == nil && r.body.u32(20) > 0 {
				out = r.body.cut(2, 16)
			}
		case r.kind >= 0xF018 && r.kind <= 0xF117:
			out, format = blip(r)
		}
		return out == nil
	})
	return out, format
}
