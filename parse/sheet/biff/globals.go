package biff

import (
	"strings"

	"baosong/parse/charset"
	"baosong/parse/sheet/grid"
	"baosong/parse/sheet/numfmt"
)

func (f *stream) global(r record) {
	d := r.data
	switch r.kind {
	case recDateMode:
		f.k.Book.Date1904 = U16(d, 0) == 1
	case recCodePage:
		f.codePage = U16(d, 0)
	case recBound:
		f.bound(d)
	case recWriter:
		f.xlwt = strings.HasPrefix(string(d), "None ") // any other program begins with the name's length
	case recVBA:
		f.k.Book.Macros = true
	case recXF, 0x43, 0x243, 0x443:
		f.xf(r.kind, d)
	case recFormat, 0x1E:
		f.format(r.kind, d)
	case recSST:
		f.strings(r)
	}
}

func (f *stream) bound(d []byte) {
	if len(d) < 8 {
		return
	}
	s := boundSheet{offset: int(U32(d, 0)), hidden: d[4]&3 != 0, kind: d[5]}
	if f.version == 8 {
		r := segments{parts: [][]byte{d[8:]}}
		s.name = r.chars(int(d[6]), d[7])
	} else {
		s.name = f.bytesText(d[7:min(len(d), 7+int(d[6]))])
	}
	if s.kind == 1 {
		f.k.Book.Macros = true
	}
	f.sheets = append(f.sheets, s)
}

// xf notes the format number of a cell style. The versions differ in where it stands.
func (f *stream) xf(kind int, d []byte) {
	switch kind {
	case recXF:
		f.xfs = append(f.xfs, U16(d, 2))
	case 0x43:
		f.xfs = append(f.xfs, int(At(d, 2)&0x3F))
	default:
		f.xfs = append(f.xfs, int(At(d, 1)))
	}
}

// format keeps a format code. Up to version 4 formats are numbered by their order.
func (f *stream) format(kind int, d []byte) {
	if len(f.codes) > 10000 {
		return
	}
	id := U16(d, 0)
	switch {
	case f.version == 8:
		r := segments{parts: [][]byte{d[min(2, len(d)):]}}
		f.codes[id] = r.text()
	case f.version == 5:
		f.codes[id] = f.bytesText(Cut(d, 3, int(At(d, 2))))
	case f.version == 4:
		f.codes[len(f.codes)] = f.bytesText(Cut(d, 3, int(At(d, 2))))
	default:
		f.codes[len(f.codes)] = f.bytesText(Cut(d, 1, int(At(d, 0))))
	}
}

// formatOf returns the format of a cell style.
func (f *stream) formatOf(xf int) *numfmt.Format {
	if xf < 0 || xf >= len(f.xfs) {
		return nil
	}
	return f.formatNumber(f.xfs[xf])
}

func (f *stream) formatNumber(id int) *numfmt.Format {
	if got, ok := f.cache[id]; ok {
		return got
	}
	code, own := f.codes[id]
	if f.version >= 5 && (!own || numfmt.Regional(id, code)) {
		code = numfmt.Builtin(id)
	}
	got := numfmt.Parse(code)
	f.cache[id] = got
	return got
}

// strings reads the shared strings: they run over the CONTINUE records behind.
func (f *stream) strings(r record) {
	s := segments{parts: [][]byte{Cut(r.data, 8, len(r.data))}}
	count := int(U32(r.data, 4))
	for pos := r.next; ; {
		c, ok := f.record(pos)
		if !ok || c.kind != recContinue {
			break
		}
		s.parts = append(s.parts, c.data)
		pos = c.next
	}
	left := grid.MaxKept
	for i := 0; i < count && !s.short; i++ {
		text := s.text()
		if left -= len(text) + 16; left < 0 || s.short && text == "" {
			return
		}
		f.sst = append(f.sst, text)
	}
}

// bytesText decodes text of the versions before 8, which stands in the book's code page.
func (f *stream) bytesText(b []byte) string {
	switch f.codePage {
	case 936:
		s, _ := charset.Decode(b, "gb18030")
		return s
	case 0, 1200, 367, 21010:
		s, _ := charset.Guess(b)
		return s
	case 32768:
		return charset.CodePage(b, 10000)
	case 32769:
		return charset.CodePage(b, 1252)
	}
	return charset.CodePage(b, f.codePage)
}
