// Package biff reads the binary workbooks of Excel 2.0 to 2003, which WPS tables share: records of the Binary
// Interchange File Format ([MS-XLS], and the documentation of the older versions by OpenOffice.org), bare or in a
// compound file.
package biff

import (
	"fmt"
	"io"
	"strings"

	"baosong/parse/container"
	"baosong/parse/sheet/grid"
	"baosong/parse/sheet/numfmt"
)

// Records of the Binary Interchange File Format ([MS-XLS] 2.3) that carry what is read here.
const (
	recFormula  = 0x06
	recEOF      = 0x0A
	recDateMode = 0x22
	recFilePass = 0x2F
	recContinue = 0x3C
	recCodePage = 0x42
	recWriter   = 0x5C
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

// MaxStream is the longest workbook stream that is read; it is held in memory as a whole.
const MaxStream = 128 << 20

// biff reads a workbook stream. Versions 5 and 8 hold a whole book, 2 to 4 a single sheet.
type stream struct {
	k        *grid.Builder
	b        []byte
	version  int
	codePage int
	sst      []string
	codes    map[int]string
	cache    map[int]*numfmt.Format
	xfs      []int // format number of each cell style
	sheets   []boundSheet
	xlwt     bool // written by the Python library of that name
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

// record returns the record at pos; ok is false at the end of the stream.
func (f *stream) record(pos int) (r record, ok bool) {
	if pos < 0 || pos+4 > len(f.b) {
		return r, false
	}
	n := U16(f.b, pos+2)
	end := min(pos+4+n, len(f.b))
	return record{U16(f.b, pos), f.b[pos+4 : end], pos + 4 + n}, pos+4+n <= len(f.b)
}

// ReadCompound reads the workbook stream of a compound file. Old files have it under the name Book, and files made
// for both versions have both: the newer one counts.
func ReadCompound(k *grid.Builder, r io.ReaderAt, size int64) error {
	c, err := container.OpenCompound(r, size)
	if err != nil {
		return err
	}
	if c.Has("EncryptedPackage") {
		return container.ErrEncrypted
	}
	for _, name := range c.Names() {
		if low := strings.ToLower(name); strings.HasPrefix(low, "_vba_project_cur/") {
			k.Book.Macros = true
		}
	}
	for _, name := range []string{"Workbook", "Book"} {
		if !c.Has(name) {
			continue
		}
		b, err := c.Read(name, min(MaxStream, k.Left()))
		if err != nil && len(b) < 8 {
			return err
		}
		return Read(k, b) // a stream that ends early shows by its missing end records
	}
	return fmt.Errorf("%w: no workbook stream", container.ErrDamaged)
}

// Read reads a workbook stream into the builder.
func Read(k *grid.Builder, b []byte) error {
	f := &stream{k: k, b: b, codes: map[int]string{}, cache: map[int]*numfmt.Format{}}
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
		if U16(bof.data, 0) >= 0x600 {
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
		if i == grid.MaxSheets {
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
func (f *stream) single() error {
	if err := f.globals(); err != nil {
		return err
	}
	return f.sheet(boundSheet{name: "Sheet1"})
}

// globals reads everything up to the end of the first substream but for cells.
func (f *stream) globals() error {
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
