package ooxml

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"baosong/parse/charset"
	"baosong/parse/container"
	"baosong/parse/sheet/biff"
	"baosong/parse/sheet/grid"
	"baosong/parse/sheet/numfmt"
)

// Records of the binary workbook ([MS-XLSB] 2.3) that carry what is read here.
const (
	brtRow        = 0
	brtBlank      = 1
	brtRK         = 2
	brtError      = 3
	brtBool       = 4
	brtReal       = 5
	brtText       = 6
	brtShared     = 7
	brtFmlaText   = 8
	brtFmlaNum    = 9
	brtFmlaBool   = 10
	brtFmlaError  = 11
	brtShortBlank = 12 // 12 to 18: cells that stand right of the one before and do not name their column
	brtShortRK    = 13
	brtShortError = 14
	brtShortBool  = 15
	brtShortReal  = 16
	brtShortText  = 17
	brtShortSST   = 18
	brtSSTItem    = 19
	brtFormat     = 44
	brtXF         = 47
	brtRichText   = 62
	brtWbProp     = 153
	brtSheet      = 156
	brtCalcProp   = 157
	brtMerge      = 176
	brtCellXFs    = 617
	brtEndCellXFs = 618
)

const maxBinRecord = 1 << 20

// ReadBinary reads a binary workbook: the package is that of OOXML, its parts are records.
func ReadBinary(k *grid.Builder, p *container.Package) error {
	o := &reader{k: k, p: p}
	main, err := o.mainPart("xl/workbook.bin")
	if err != nil {
		return err
	}
	rels, err := o.relations(main)
	if err != nil {
		return err
	}
	o.findMacros()
	var refs []*sheetRef
	err = o.records(main, func(kind int, d []byte) error {
		switch {
		case kind == brtWbProp:
			k.Book.Date1904 = biff.U32(d, 0)&1 != 0
		case kind == brtCalcProp:
			o.onLoad = biff.U16(d, 24)&1 != 0
		case kind == brtSheet && len(refs) < grid.MaxSheets:
			rel, n := wideText(d, 8)
			name, _ := wideText(d, n)
			refs = append(refs, &sheetRef{name: name, rel: rel, hidden: biff.U32(d, 0) != 0})
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := o.resolve(main, refs, rels); err != nil {
		return err
	}
	if err := o.binaryStyles(OfKind(rels, "styles", "xl/styles.bin")); err != nil {
		return err
	}
	if err := o.binaryShared(OfKind(rels, "sharedStrings", "xl/sharedStrings.bin")); err != nil {
		return err
	}
	o.readForm()
	for _, ref := range refs {
		if err := o.binarySheet(ref); err != nil {
			return fmt.Errorf("sheet %q: %w", ref.name, err)
		}
	}
	return nil
}

// records calls each for every record of a part. Records longer than any that matters are passed over.
func (o *reader) records(name string, each func(kind int, d []byte) error) error {
	rc, err := o.p.Open(name)
	if err != nil {
		return err
	}
	defer rc.Close()
	r := bufio.NewReaderSize(o.k.Counted(rc), 64<<10)
	var buf []byte
	for {
		kind, err := varint(r, 2)
		if err == io.EOF {
			return nil
		}
		n, err2 := varint(r, 4)
		if err = errors.Join(err, err2); err != nil {
			return broken(name, err)
		}
		if n > maxBinRecord {
			if _, err := r.Discard(n); err != nil {
				return broken(name, err)
			}
			continue
		}
		if n > len(buf) {
			buf = make([]byte, 2*n)
		}
		if _, err := io.ReadFull(r, buf[:n]); err != nil {
			return broken(name, err)
		}
		if err := each(kind, buf[:n]); err != nil {
			return err
		}
	}
}

func broken(name string, err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: part %s ends inside a record", container.ErrDamaged, name)
	}
	return err
}

// varint reads a number of seven bits to the byte, at most so many bytes.
func varint(r io.ByteReader, most int) (v int, err error) {
	for i := range most {
		c, err := r.ReadByte()
		if err != nil {
			return 0, err
		}
		v |= int(c&0x7F) << (7 * i)
		if c < 0x80 {
			break
		}
	}
	return v, nil
}

// wideText reads a string with its length in four bytes and returns the place behind it.
func wideText(d []byte, at int) (string, int) {
	n := int(biff.U32(d, at))
	at += 4
	if n == 0xFFFFFFFF || n > len(d) { // absent, or a lie
		return "", at
	}
	return charset.UTF16(biff.Cut(d, at, 2*n), false), at + 2*n
}

func (o *reader) binaryStyles(part string) error {
	if !o.p.Has(part) {
		return nil
	}
	codes, cache, inside := map[string]string{}, map[string]*numfmt.Format{}, false
	return o.records(part, func(kind int, d []byte) error {
		switch {
		case kind == brtFormat && len(codes) < 10000:
			codes[fmt.Sprint(biff.U16(d, 0))], _ = wideText(d, 2)
		case kind == brtCellXFs:
			inside = true
		case kind == brtEndCellXFs:
			inside = false
		case kind == brtXF && inside && len(o.styles) < 100_000:
			o.styles = append(o.styles, formatOf(fmt.Sprint(biff.U16(d, 2)), codes, cache))
		}
		return nil
	})
}

func (o *reader) binaryShared(part string) error {
	if !o.p.Has(part) {
		return nil
	}
	left := grid.MaxKept
	return o.records(part, func(kind int, d []byte) error {
		if kind != brtSSTItem {
			return nil
		}
		s, _ := wideText(d, 1)
		if left -= len(s) + 16; left < 0 {
			return fmt.Errorf("%w: shared strings over %d bytes", container.ErrLimit, grid.MaxKept)
		}
		o.shared = append(o.shared, s)
		return nil
	})
}

func (o *reader) binarySheet(ref *sheetRef) error {
	o.k.Open(ref.name, ref.hidden)
	if ref.kind != "worksheet" || !o.p.Has(ref.part) {
		return nil
	}
	defer o.beside(ref.part)
	err := o.records(ref.part, o.binaryRecord)
	if errors.Is(err, grid.ErrCut) {
		err = nil
	}
	if closeErr := o.k.Close(); err == nil {
		err = closeErr
	}
	return err
}

func (o *reader) binaryRecord(kind int, d []byte) error {
	switch kind {
	case brtRow:
		o.col = 0
		return o.k.Start(int(biff.U32(d, 0))+1, biff.At(d, 11)&0x10 != 0)
	case brtHeaderFooter:
		o.binaryPage(d)
		return nil
	case brtMerge:
		o.k.Merge(grid.Range{Row1: int(biff.U32(d, 0)) + 1, Row2: int(biff.U32(d, 4)) + 1, Col1: int(biff.U32(d, 8)) + 1, Col2: int(biff.U32(d, 12)) + 1})
		return nil
	}
	style, v := 4, 8
	switch {
	case kind >= brtShortBlank && kind <= brtShortSST:
		style, v = 0, 4
		kind = []int{brtBlank, brtRK, brtError, brtBool, brtReal, brtText, brtShared}[kind-brtShortBlank]
		o.col++
	case (kind < brtBlank || kind > brtFmlaError) && kind != brtRichText || len(d) < 8:
		return nil
	default:
		o.col = int(biff.U32(d, 0)) + 1
	}
	if kind == brtBlank || len(d) < v {
		return nil
	}
	var f *numfmt.Format
	if i := int(biff.U32(d, style) & 0xFFFFFF); i < len(o.styles) {
		f = o.styles[i]
	}
	if o.onLoad && kind == brtFmlaNum && biff.Float(d[v:]) == 0 {
		return o.k.Add(grid.Cell{Col: o.col, Kind: grid.KindUnsaved, Formula: true})
	}
	c := o.binaryCell(kind, o.col, d[v:], f)
	c.Formula = kind >= brtFmlaText && kind <= brtFmlaError
	return o.k.Add(c)
}

func (o *reader) binaryCell(kind, col int, v []byte, f *numfmt.Format) grid.Cell {
	text := func(from int) grid.Cell {
		s, _ := wideText(v, from)
		return grid.TextCell(col, f.ShowText(s))
	}
	switch kind {
	case brtRK:
		return grid.NumberCell(col, biff.RK(biff.U32(v, 0)), f, o.k.Book.Date1904)
	case brtReal, brtFmlaNum:
		return grid.NumberCell(col, biff.Float(v), f, o.k.Book.Date1904)
	case brtBool, brtFmlaBool, brtError, brtFmlaError:
		return biff.BoolOrError(col, biff.At(v, 0), kind == brtError || kind == brtFmlaError)
	case brtShared:
		if i := int(biff.U32(v, 0)); i < len(o.shared) {
			return grid.TextCell(col, f.ShowText(o.shared[i]))
		}
		return grid.Cell{}
	case brtRichText:
		return text(1)
	}
	return text(0)
}
