package biff

import "baosong/parse/sheet/grid"

// formula reads a formula's cached result; a text follows in a record of its own.
func (s *biffSheet) formula(col int, v []byte) error {
	if len(v) < 8 {
		return nil
	}
	if s.neverCalculated(v) {
		return s.k.Add(unsaved(col))
	}
	if v[6] != 0xFF || v[7] != 0xFF || s.old && v[6] != 0xFF {
		return s.number(col, Float(v), true)
	}
	var c grid.Cell
	switch v[0] {
	case 0:
		s.pending, s.waits = grid.Cell{Col: col, Formula: true}, true
		return nil
	case 1:
		c = BoolOrError(col, v[2], false)
	case 2:
		c = BoolOrError(col, v[2], true)
	default:
		return nil
	}
	c.Formula = true
	return s.k.Add(c)
}

// unsaved is the cell of a formula whose result the file does not hold.
func unsaved(col int) grid.Cell {
	return grid.Cell{Col: col, Kind: grid.KindUnsaved, Formula: true}
}

// onLoad is the option of a formula that is to be calculated when the file is opened. Excel saves results and leaves it
// unset; programs that cannot calculate set it.
const onLoad = 0x02

// neverCalculated tells a formula that a program wrote without its result, by what each puts in its place: nought to be
// calculated on opening (Apache POI, Spreadsheet::WriteExcel), the number that Java Excel API always writes, or xlwt's empty
// text, which elsewhere is a true result.
func (s *biffSheet) neverCalculated(v []byte) bool {
	const javaExcel = 0xFCE00000 // in the field behind the options
	number := Float(v)
	switch {
	case s.old || len(v) < 14:
		return false
	case At(v, 8)&onLoad != 0 && (number == 0 || number == 4 && U32(v, 10) == javaExcel):
		return true
	}
	return s.xlwt && v[0] == 3 && v[6] == 0xFF && v[7] == 0xFF
}

// unsettled adds a formula whose text should have come in a record of its own and did not.
func (s *biffSheet) unsettled() error {
	if !s.waits {
		return nil
	}
	s.waits = false
	return s.k.Add(unsaved(s.pending.Col))
}

func (s *biffSheet) stringResult(r record) error {
	if !s.waits {
		return nil
	}
	s.waits = false
	text := ""
	switch s.version {
	case 8:
		parts := segments{parts: append([][]byte{r.data}, s.continued(r.next)...)}
		text = parts.text()
	case 2:
		text = s.bytesText(Cut(r.data, 1, int(At(r.data, 0))))
	default:
		text = s.bytesText(Cut(r.data, 2, U16(r.data, 0)))
	}
	c := grid.TextCell(s.pending.Col, s.style().ShowText(text))
	c.Formula = true
	return s.k.Add(c)
}
