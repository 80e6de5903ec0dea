package casedoc

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"baosong/parse/charset"
	"baosong/parse/container"
)

// Indexes into the table of positions of the FIB, [MS-DOC] 2.5.6 and after.
const (
	fcStyles       = 1
	fcFootnoteText = 3
	fcCommentText  = 5
	fcHeaderText   = 11
	fcCharRuns     = 12
	fcParaRuns     = 13
	fcPieces       = 33
	fcShapes       = 40
	fcEndnoteText  = 47
	fcDrawings     = 50
	fcBoxText      = 56
	fcHdrBoxText   = 58
	fcLists        = 73
	fcListUses     = 74
)

// wordFile is a Word 97 binary document, [MS-DOC], also what WPS Office writes as .wps.
type wordFile struct {
	rd     *reader
	doc    *Document
	main   []byte // WordDocument
	table  []byte // 0Table or 1Table
	extra  []byte // Data
	prcs   [][]byte
	pieces []piece
	text   []uint16 // all stories by CP; 0 where the second byte of a double-byte character was
	chars  []propRun
	paras  []propRun
	styles []wordStyle
	lists  []*listUse // by LFO, from 1
	art    *officeArt
	pics   *pictures
}

// piece maps a range of CPs to the bytes it stands in.
type piece struct {
	cp, end int
	fc      int
	narrow  bool
	grpprl  []byte
}

// bin reads little-endian values and never fails: beyond the end is zero.
type bin []byte

func (b bin) u8(i int) int {
	if i < 0 || i >= len(b) {
		return 0
	}
	return int(b[i])
}

func (b bin) u16(i int) int {
	if i < 0 || i+2 > len(b) {
		return 0
	}
	return int(binary.LittleEndian.Uint16(b[i:]))
}

func (b bin) u32(i int) int {
	if i < 0 || i+4 > len(b) {
		return 0
	}
	return int(binary.LittleEndian.Uint32(b[i:]))
}

func (b bin) i16(i int) int { return int(int16(b.u16(i))) }

// cut returns n bytes from i, or what there is of them.
func (b bin) cut(i, n int) bin {
	if i < 0 || n <= 0 || i >= len(b) {
		return nil
	}
	return b[i:min(len(b), i+n)]
}

func (rd *reader) doc(ctx context.Context, doc *Document, src source) error {
	c, err := container.OpenCompound(src.r, src.size)
	if err != nil {
		return err
	}
	for _, n := range c.Names() {
		if n := strings.ToLower(n); strings.HasPrefix(n, "macros/vba/") || strings.HasPrefix(n, "_vba_project_cur/") {
			doc.Macros = true
		}
	}
	w := &wordFile{rd: rd, doc: doc, pics: newPictures(doc)}
	if w.main, err = c.Read("WordDocument", rd.lim.Bytes); err != nil {
		return err
	}
	fib := bin(w.main)
	if err := checkFIB(fib); err != nil {
		return err
	}
	name := "0Table"
	if fib.u16(0x0A)&0x200 != 0 {
		name = "1Table"
	}
	if w.table, err = c.Read(name, rd.lim.Bytes); err != nil {
		return err
	}
	w.extra, err = c.Read("Data", rd.lim.Bytes)
	if errors.Is(err, container.ErrLimit) {
		return err
	}
	return w.read(ctx)
}

func checkFIB(fib bin) error {
	ident, version := fib.u16(0), fib.u16(2)
	switch {
	case len(fib) < 0x200 && version >= 193 || len(fib) < 0x40:
		return fmt.Errorf("document stream of %d bytes: %w", len(fib), container.ErrDamaged)
	case ident != 0xA5EC && ident != 0xA5DC:
		return fmt.Errorf("document stream without its mark: %w", container.ErrDamaged)
	case fib.u16(0x0A)&0x100 != 0:
		return container.ErrEncrypted
	case version < 193:
		return fmt.Errorf("written by Word 95 or before (version %d), to be saved again as docx: %w", version, container.ErrUnsupported)
	}
	return nil
}

// at returns the structure of the FIB's table of positions.
func (w *wordFile) at(i int) bin {
	fib := bin(w.main)
	return bin(w.table).cut(fib.u32(0x9A+8*i), fib.u32(0x9E+8*i))
}

func (w *wordFile) read(ctx context.Context) error {
	if err := w.readPieces(); err != nil {
		return err
	}
	w.chars = w.runs(fcCharRuns, false)
	w.paras = w.runs(fcParaRuns, true)
	w.readStyles()
	w.readLists()
	w.art = readArt(bin(w.table), bin(w.main), w.at(fcDrawings))
	return w.stories(ctx)
}

// readPieces reads the piece table and with it the text of all stories.
func (w *wordFile) readPieces() error {
	clx := w.at(fcPieces)
	for len(clx) > 3 && clx[0] == 1 {
		n := clx.u16(1)
		w.prcs = append(w.prcs, clx.cut(3, n))
		clx = clx[min(3+n, len(clx)):]
	}
	if len(clx) < 5 || clx[0] != 2 {
		return fmt.Errorf("document without a piece table: %w", container.ErrDamaged)
	}
	plc := clx.cut(5, clx.u32(1))
	n := (len(plc) - 4) / 12
	for i := range n {
		p := piece{cp: plc.u32(4 * i), end: plc.u32(4*i + 4)}
		pcd := plc.cut(4*(n+1)+8*i, 8)
		p.fc = pcd.u32(2)
		if p.narrow = p.fc&0x40000000 != 0; p.narrow {
			p.fc = (p.fc &^ 0x40000000) / 2
		}
		if prm := pcd.u16(6); prm&1 != 0 && prm>>1 < len(w.prcs) {
			p.grpprl = w.prcs[prm>>1]
		}
		if p.cp != len(w.text) || p.end < p.cp {
			break // out of order: what has been read stands
		}
		if !w.readPiece(&p) {
			break
		}
		w.pieces = append(w.pieces, p)
	}
	if len(w.text) == 0 && bin(w.main).u32(0x4C) > 1 {
		return fmt.Errorf("no text where the document says there is: %w", container.ErrDamaged)
	}
	return nil
}

func (w *wordFile) readPiece(p *piece) bool {
	size := p.end - p.cp
	if p.narrow {
		raw := bin(w.main).cut(p.fc, size)
		w.text = append(w.text, narrowText(raw, bin(w.main).u16(6))...)
		p.end = p.cp + len(raw)
		return len(raw) == size
	}
	raw := bin(w.main).cut(p.fc, 2*size)
	for i := 0; i+1 < len(raw); i += 2 {
		w.text = append(w.text, uint16(raw.u16(i)))
	}
	p.end = p.cp + len(raw)/2
	return len(raw) == 2*size
}

// narrowText decodes a piece of one byte a character: Windows-1252 by the specification; old Chinese programs put
// GBK there, which shows in a Chinese document when every high byte pairs up as GB2312.
func narrowText(raw []byte, lid int) []uint16 {
	out := make([]uint16, len(raw))
	if page := lid & 0x3FF; page == 0x04 && pairs(raw) {
		for i := 0; i < len(raw); i++ {
			if raw[i] < 0x80 || i+1 == len(raw) {
				out[i] = uint16(raw[i])
				continue
			}
			for _, r := range charset.CodePage(raw[i:i+2], 936) {
				out[i] = uint16(r)
			}
			i++
		}
		return out
	}
	const c1 = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ"
	table := []rune(c1)
	for i, c := range raw {
		out[i] = uint16(c)
		if c >= 0x80 && c < 0xA0 {
			out[i] = uint16(table[c-0x80])
		}
	}
	return out
}

func pairs(raw []byte) bool {
	n := 0
	for i := 0; i < len(raw); i++ {
		if raw[i] < 0x80 {
			continue
		}
		if raw[i] < 0xA1 || i+1 == len(raw) || raw[i+1] < 0xA1 {
			return false
		}
		n++
		i++
	}
	return n > 0
}
