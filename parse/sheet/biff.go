package sheet

import (
	"encoding/binary"
	"fmt"
	"io"
	"strings"

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
