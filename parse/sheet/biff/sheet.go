package biff

import (
	"errors"
	"fmt"

	"baosong/parse/container"
	"baosong/parse/sheet/grid"
	"baosong/parse/sheet/numfmt"
)

// biffSheet walks the records of one sheet.
type biffSheet struct {
	*stream
	hidden  map[int]bool
	row     int // the row in hand, from 1
	pending grid.Cell
	old     bool // the cell in hand has the layout of version 2, which some programs write in later ones too
	waits   bool // pending is a formula whose text comes in a STRING record
	xf      int
	depth   int
	object  int            // number of the drawn object in hand
	isNote  bool           // it is a comment's
	notes   map[int]string // texts of comments whose cells are not known yet, by object
}

func (f *stream) sheet(ref boundSheet) error {
	g := f.k.Open(ref.name, ref.hidden)
	if ref.kind == 2 {
		return nil
	}
	s := &biffSheet{stream: f, hidden: map[int]bool{}}
	err := s.walk(ref.offset)
	if last := s.unsettled(); err == nil {
		err = last
	}
	if errors.Is(err, grid.ErrCut) {
		err = nil
	}
	for _, text := range s.notes {
		f.k.Aside(grid.InComment, "", text)
	}
	if closeErr := f.k.Close(); err == nil {
		err = closeErr
	}
	for i := range g.Rows {
		g.Rows[i].Hidden = s.hidden[g.Rows[i].Number]
	}
	return err
}

func (s *biffSheet) walk(pos int) error {
	for {
		r, ok := s.record(pos)
		if !ok {
			return fmt.Errorf("%w: sheet ends early", container.ErrDamaged)
		}
		switch r.kind {
		case recBOF, 0x09, 0x209, 0x409:
			s.depth++
		case recEOF:
			if s.depth--; s.depth <= 0 {
				return nil
			}
		default:
			if s.depth == 0 {
				return fmt.Errorf("%w: no sheet where one should begin", container.ErrDamaged)
			}
			if s.aside(r) || s.depth > 1 { // a chart inside the sheet has no cells
				break
			}
			if err := s.take(r); err != nil {
				return err
			}
		}
		pos = r.next
	}
}

func (s *biffSheet) take(r record) error {
	d := r.data
	switch r.kind {
	case recRow:
		if At(d, 12)&0x20 != 0 && len(s.hidden) < grid.MaxRow {
			s.hidden[U16(d, 0)+1] = true
		}
	case recMerges:
		for i := 0; i < U16(d, 0) && 2+8*i+8 <= len(d); i++ {
			m := d[2+8*i:]
			s.k.Merge(grid.Range{Row1: U16(m, 0) + 1, Row2: U16(m, 2) + 1, Col1: U16(m, 4) + 1, Col2: U16(m, 6) + 1})
		}
	case recMulRK:
		return s.mulRK(d)
	case recString, 0x07:
		return s.stringResult(r)
	default:
		return s.cell(r)
	}
	return nil
}

// place begins the cell's row and returns its column and what stands behind its style; ok is false for a short record.
func (s *biffSheet) place(kind int, d []byte) (col int, rest []byte, err error, ok bool) {
	size := 6
	if s.old = kind < 8 && (kind != recFormula || s.version == 2); s.old {
		size = 7
	}
	if len(d) <= size {
		return 0, nil, nil, false
	}
	if err := s.unsettled(); err != nil {
		return 0, nil, err, false
	}
	if row := U16(d, 0) + 1; row != s.row {
		s.row = row
		if err := s.k.Start(row, false); err != nil {
			return 0, nil, err, false
		}
	}
	s.xf = U16(d, 4)
	if s.old {
		s.xf = int(d[5] & 0x3F) // the format itself, see style
	}
	return U16(d, 2) + 1, d[size:], nil, true
}

// style returns the format of the cell in hand.
func (s *biffSheet) style() *numfmt.Format {
	if s.old {
		return s.formatNumber(s.xf)
	}
	return s.formatOf(s.xf)
}

func (s *biffSheet) cell(r record) error {
	kind := r.kind
	switch {
	case kind == 0x06 && s.version == 2, kind >= 0x02 && kind <= 0x05:
		kind |= 0x200 // numbers of version 2
	case kind == 0x406: // of version 4; one program writes it in version 8
		kind = 0x206
	}
	switch kind {
	case recNumber, recRK, recLabel, recRString, recLabelSST, recBoolErr, 0x202, 0x206, recFormula:
	default:
		return nil
	}
	col, v, err, ok := s.place(r.kind, r.data)
	if err != nil || !ok {
		return err
	}
	switch kind {
	case 0x202: // a whole number of version 2
		return s.number(col, float64(U16(v, 0)), false)
	case recNumber:
		return s.number(col, Float(v), false)
	case recRK:
		return s.number(col, RK(U32(v, 0)), false)
	case recLabelSST:
		if i := int(U32(v, 0)); i >= 0 && i < len(s.sst) {
			return s.k.Add(grid.TextCell(col, s.style().ShowText(s.sst[i])))
		}
	case recLabel, recRString:
		return s.k.Add(grid.TextCell(col, s.style().ShowText(s.label(r, v))))
	case recBoolErr:
		return s.k.Add(BoolOrError(col, At(v, 0), At(v, 1) == 1))
	case recFormula, 0x206:
		return s.formula(col, v)
	}
	return nil
}

func (s *biffSheet) number(col int, v float64, formula bool) error {
	c := grid.NumberCell(col, v, s.style(), s.k.Book.Date1904)
	c.Formula = formula
	return s.k.Add(c)
}

// label reads a text that stands in the cell's own record.
func (s *biffSheet) label(r record, v []byte) string {
	switch {
	case s.old:
		return s.bytesText(Cut(v, 1, int(At(v, 0))))
	case s.version == 8:
		parts := segments{parts: append([][]byte{v}, s.continued(r.next)...)}
		return parts.text()
	}
	return s.bytesText(Cut(v, 2, U16(v, 0)))
}

// continued returns the CONTINUE records at pos.
func (s *biffSheet) continued(pos int) (parts [][]byte) {
	for {
		r, ok := s.record(pos)
		if !ok || r.kind != recContinue {
			return parts
		}
		parts = append(parts, r.data)
		pos = r.next
	}
}

func (s *biffSheet) mulRK(d []byte) error {
	if len(d) < 6 {
		return nil
	}
	if _, _, err, _ := s.place(recMulRK, append(d[:6:6], 0, 0)); err != nil {
		return err
	}
	col := U16(d, 2) + 1
	for i := 4; i+6 <= len(d)-2; i += 6 {
		s.xf = U16(d, i)
		if err := s.number(col, RK(U32(d, i+2)), false); err != nil {
			return err
		}
		col++
	}
	return nil
}
