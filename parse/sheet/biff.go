package sheet

import (
	"encoding/binary"
	"fmt"
	"io"
	"strings"

	"baosong/parse/charset"
	"baosong/parse/container"
)

// Records of the Binary Interchange File Format ([MS-XLS] 2.3) that carry what is read here.
const (
	recFormula  = 0x06
	recEOF      = 0x0A
	recDateMode = 0x22
	recFilePass = 0x2F
	recContinue = 0x3C
	recCodePage = 0x42
	recBound    = 0x85
	recMulRK    = 0xBD
	recRString  = 0xD6
	recXF       = 0xE0
	recMerges   = 0xE5
	recSST      = 0xFC
	recLabelSST = 0xFD
	recNumber   = 0x203
	recLabel    = 0x204
	recBoolErr  = 0x205
	recString   = 0x207
	recRow      = 0x208
	recRK       = 0x27E
	recFormat   = 0x41E
	recBOF      = 0x809
	recVBA      = 0xD3
)

// biff reads a workbook stream. Versions 5 and 8 hold a whole book, 2 to 4 a single sheet.
type biff struct {
	k        *keeper
	b        []byte
	version  int
	codePage int
	sst      []string
	codes    map[int]string
	cache    map[int]*format
	xfs      []int // format number of each cell style
	sheets   []boundSheet
}

type boundSheet struct {
	name   string
	offset int
	hidden bool
	kind   byte // 0 worksheet, 1 macro sheet, 2 chart, 6 VBA module
}

// record is one record; next is where the following one begins.
type record struct {
	kind int
	data []byte
	next int
}

func le16(b []byte, i int) int {
	if i+2 > len(b) {
		return 0
	}
	return int(binary.LittleEndian.Uint16(b[i:]))
}

func le32(b []byte, i int) uint32 {
	if i+4 > len(b) {
		return 0
	}
	return binary.LittleEndian.Uint32(b[i:])
}

func at(b []byte, i int) byte {
	if i < 0 || i >= len(b) {
		return 0
	}
	return b[i]
}

// record returns the record at pos; ok is false at the end of the stream.
func (f *biff) record(pos int) (r record, ok bool) {
	if pos < 0 || pos+4 > len(f.b) {
		return r, false
	}
	n := le16(f.b, pos+2)
	end := min(pos+4+n, len(f.b))
	return record{le16(f.b, pos), f.b[pos+4 : end], pos + 4 + n}, pos+4+n <= len(f.b)
}

// readCompoundXLS reads the workbook stream of a compound file. Old files have it under the name Book, and files made
// for both versions have both: the newer one counts.
func readCompoundXLS(k *keeper, r io.ReaderAt, size int64) error {
	c, err := container.OpenCompound(r, size)
	if err != nil {
		return err
	}
	if c.Has("EncryptedPackage") {
		return container.ErrEncrypted
	}
	for _, name := range c.Names() {
		if low := strings.ToLower(name); strings.HasPrefix(low, "_vba_project_cur/") {
			k.book.Macros = true
		}
	}
	for _, name := range []string{"Workbook", "Book"} {
		if !c.Has(name) {
			continue
		}
		b, err := c.Read(name, min(maxStream, k.bytes))
		if err != nil && len(b) < 8 {
			return err
		}
		return readBIFF(k, b) // a stream that ends early shows by its missing end records
	}
	return fmt.Errorf("%w: no workbook stream", container.ErrDamaged)
}

func readBIFF(k *keeper, b []byte) error {
	f := &biff{k: k, b: b, codes: map[int]string{}, cache: map[int]*format{}}
	bof, ok := f.record(0)
	if !ok {
		return fmt.Errorf("%w: no begin of file record", container.ErrDamaged)
	}
	switch bof.kind {
	case 0x09:
		f.version = 2
	case 0x209:
		f.version = 3
	case 0x409:
		f.version = 4
	case recBOF:
		f.version = 5
		if le16(bof.data, 0) >= 0x600 {
			f.version = 8
		}
	default:
		return fmt.Errorf("%w: no begin of file record", container.ErrDamaged)
	}
	if f.version < 5 {
		return f.single()
	}
	if err := f.globals(); err != nil {
		return err
	}
	for i, s := range f.sheets {
		if i == maxSheets {
			break
		}
		if s.kind == 6 {
			continue
		}
		if err := f.sheet(s); err != nil {
			return fmt.Errorf("sheet %q: %w", s.name, err)
		}
	}
	return nil
}

// single reads a file of the versions 2 to 4: formats, styles and cells stand in one stream.
func (f *biff) single() error {
	if err := f.globals(); err != nil {
		return err
	}
	return f.sheet(boundSheet{name: "Sheet1"})
}

// globals reads everything up to the end of the first substream but for cells.
func (f *biff) globals() error {
	for pos := 0; ; {
		r, ok := f.record(pos)
		if !ok {
			return fmt.Errorf("%w: workbook stream ends early", container.ErrDamaged)
		}
		if r.kind == recEOF {
			return nil
		}
		if r.kind == recFilePass {
			if err := f.decrypt(r.data, r.next); err != nil {
				return err
			}
		}
		f.global(r)
		pos = r.next
	}
}

func (f *biff) global(r record) {
	d := r.data
	switch r.kind {
	case recDateMode:
		f.k.book.Date1904 = le16(d, 0) == 1
	case recCodePage:
		f.codePage = le16(d, 0)
	case recBound:
		f.bound(d)
	case recVBA:
		f.k.book.Macros = true
	case recXF, 0x43, 0x243, 0x443:
		f.xf(r.kind, d)
	case recFormat, 0x1E:
		f.format(r.kind, d)
	case recSST:
		f.strings(r)
	}
}

func (f *biff) bound(d []byte) {
	if len(d) < 8 {
		return
	}
	s := boundSheet{offset: int(le32(d, 0)), hidden: d[4]&3 != 0, kind: d[5]}
	if f.version == 8 {
		r := segments{parts: [][]byte{d[8:]}}
		s.name = r.chars(int(d[6]), d[7])
	} else {
		s.name = f.bytesText(d[7:min(len(d), 7+int(d[6]))])
	}
	if s.kind == 1 {
		f.k.book.Macros = true
	}
	f.sheets = append(f.sheets, s)
}

// xf notes the format number of a cell style. The versions differ in where it stands.
func (f *biff) xf(kind int, d []byte) {
	switch kind {
	case recXF:
		f.xfs = append(f.xfs, le16(d, 2))
	case 0x43:
		f.xfs = append(f.xfs, int(at(d, 2)&0x3F))
	default:
		f.xfs = append(f.xfs, int(at(d, 1)))
	}
}

// format keeps a format code. Up to version 4 formats are numbered by their order.
func (f *biff) format(kind int, d []byte) {
	if len(f.codes) > 10000 {
		return
	}
	id := le16(d, 0)
	switch {
	case f.version == 8:
		r := segments{parts: [][]byte{d[min(2, len(d)):]}}
		f.codes[id] = r.text()
	case f.version == 5:
		f.codes[id] = f.bytesText(cut(d, 3, int(at(d, 2))))
	case f.version == 4:
		f.codes[len(f.codes)] = f.bytesText(cut(d, 3, int(at(d, 2))))
	default:
		f.codes[len(f.codes)] = f.bytesText(cut(d, 1, int(at(d, 0))))
	}
}

func cut(d []byte, from, n int) []byte {
	if from >= len(d) {
		return nil
	}
	return d[from:min(len(d), from+n)]
}

// formatOf returns the format of a cell style.
func (f *biff) formatOf(xf int) *format {
	if xf < 0 || xf >= len(f.xfs) {
		return nil
	}
	return f.formatNumber(f.xfs[xf])
}

func (f *biff) formatNumber(id int) *format {
	if got, ok := f.cache[id]; ok {
		return got
	}
	code, own := f.codes[id]
	if f.version >= 5 && (!own || localDate(id)) {
		code = builtinFormat(id)
	}
	got := parseFormat(code)
	f.cache[id] = got
	return got
}

// strings reads the shared strings: they run over the CONTINUE records behind.
func (f *biff) strings(r record) {
	s := segments{parts: [][]byte{cut(r.data, 8, len(r.data))}}
	count := int(le32(r.data, 4))
	for pos := r.next; ; {
		c, ok := f.record(pos)
		if !ok || c.kind != recContinue {
			break
		}
		s.parts = append(s.parts, c.data)
		pos = c.next
	}
	left := maxKept
	for i := 0; i < count && !s.short; i++ {
		text := s.text()
		if left -= len(text) + 16; left < 0 || s.short && text == "" {
			return
		}
		f.sst = append(f.sst, text)
	}
}

// bytesText decodes text of the versions before 8, which stands in the book's code page.
func (f *biff) bytesText(b []byte) string {
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
