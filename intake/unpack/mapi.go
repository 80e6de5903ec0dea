package unpack

import (
	"encoding/binary"

	"baosong/parse/charset"
)

// Property types of [MS-OXCDATA] 2.11.1.
const (
	mapiString  = 0x1E
	mapiUnicode = 0x1F
	mapiObject  = 0x0D
	mapiBinary  = 0x102
	mapiMulti   = 0x1000
)

// mapiProp is one property; of several values the first.
type mapiProp struct {
	id, kind uint16
	value    []byte
}

func (p mapiProp) text(codepage int) string {
	if p.kind == mapiUnicode {
		s := charset.UTF16(p.value, false)
		for i, r := range s {
			if r == 0 {
				return s[:i]
			}
		}
		return s
	}
	return textOf(p.value, codepage)
}

// mapiProps reads a property list as TNEF holds it; it stops where the list stops making sense.
func mapiProps(b []byte) []mapiProp {
	r := &mapiReader{b: b}
	count := r.u32()
	var out []mapiProp
	for i := uint32(0); i < count && !r.bad && len(out) < 5000; i++ {
		p := mapiProp{kind: r.u16(), id: r.u16()}
		if p.id >= 0x8000 {
			r.skipName()
		}
		values := uint32(1)
		variable := false
		switch p.kind &^ mapiMulti {
		case mapiString, mapiUnicode, mapiObject, mapiBinary:
			variable = true
		}
		if variable || p.kind&mapiMulti != 0 {
			values = r.u32()
		}
		size := fixedSize(p.kind &^ mapiMulti)
		if size == 0 {
			values = 0 // no bytes, however many there are said to be
		}
		for v := uint32(0); v < values && !r.bad; v++ {
			if variable {
				size = int(min(r.u32(), 1<<30))
			}
			if size < 0 {
				return out
			}
			if value := r.take(size); v == 0 {
				p.value = value
			}
		}
		p.kind &^= mapiMulti
		if !r.bad {
			out = append(out, p)
		}
	}
	return out
}

func fixedSize(kind uint16) int {
	switch kind {
	case 0, 1: // unspecified, null
		return 0
	case 2, 3, 4, 0xA, 0xB:
		return 4
	case 5, 6, 7, 0x14, 0x40:
		return 8
	case 0x48:
		return 16
	}
	return -1
}

// mapiReader takes pieces padded to four bytes; after the end it is bad and yields nothing.
type mapiReader struct {
	b   []byte
	bad bool
}

func (r *mapiReader) take(n int) []byte {
	if n < 0 || n > len(r.b) {
		r.bad, r.b = true, nil
		return nil
	}
	out := r.b[:n]
	r.b = r.b[min(len(r.b), (n+3)&^3):]
	return out
}

func (r *mapiReader) u32() uint32 {
	b := r.take(4)
	if b == nil {
		return 0
	}
	return binary.LittleEndian.Uint32(b)
}

func (r *mapiReader) u16() uint16 {
	if len(r.b) < 2 {
		r.bad, r.b = true, nil
		return 0
	}
	v := binary.LittleEndian.Uint16(r.b)
	r.b = r.b[2:]
	return v
}

func (r *mapiReader) skipName() {
	r.take(16)
	if r.u32() == 0 {
		r.u32()
		return
	}
	r.take(int(min(r.u32(), 1<<30)))
}
