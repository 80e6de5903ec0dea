package biff

import "baosong/parse/sheet/grid"

// Records of a sheet that hold text beside its cells.
const (
	recHeader       = 0x14
	recFooter       = 0x15
	recNote         = 0x1C
	recObj          = 0x5D
	recTXO          = 0x1B6
	recHeaderFooter = 0x89C
	recSeriesText   = 0x100D
	objNote         = 0x19
)

// aside reads what is printed on every page, text boxes and comments. It reports whether the record was one of these.
func (s *biffSheet) aside(r record) bool {
	d := r.data
	switch r.kind {
	case recHeader:
		s.k.Aside(grid.InHeader, "", grid.Printed(s.pageText(d)))
	case recFooter:
		s.k.Aside(grid.InFooter, "", grid.Printed(s.pageText(d)))
	case recHeaderFooter:
		s.otherPages(d)
	case recObj:
		s.object, s.isNote = U16(d, 6), U16(d, 0) == 0x15 && U16(d, 4) == objNote
	case recTXO:
		s.textObject(r)
	case recNote:
		s.note(d)
	case recSeriesText: // titles of a chart
		parts := segments{parts: [][]byte{Cut(d, 4, len(d))}}
		if s.version == 8 {
			s.k.Aside(grid.InDrawing, "", parts.chars(int(At(d, 2)), At(d, 3)))
		} else {
			s.k.Aside(grid.InDrawing, "", s.bytesText(Cut(d, 3, int(At(d, 2)))))
		}
	default:
		return false
	}
	return true
}

func (s *biffSheet) pageText(d []byte) string {
	if s.version == 8 {
		parts := segments{parts: [][]byte{d}}
		return parts.text()
	}
	return s.bytesText(Cut(d, 1, int(At(d, 0))))
}

// otherPages reads the headers and footers of even and first pages: header and footer of each, where its length is set.
func (s *biffSheet) otherPages(d []byte) {
	parts := segments{parts: [][]byte{Cut(d, 38, len(d))}}
	for i := range 4 {
		if U16(d, 30+2*i) > 0 {
			s.k.Aside([]string{grid.InHeader, grid.InFooter}[i%2], "", grid.Printed(parts.text()))
		}
	}
}

// textObject reads the text of a text box, a shape or a comment: it stands in the CONTINUE records behind. A comment
// waits for its note, which has the cell.
func (s *biffSheet) textObject(r record) {
	n := U16(r.data, 10)
	parts := segments{parts: s.continued(r.next)}
	if s.version != 8 || n == 0 || len(parts.parts) == 0 {
		return
	}
	text := parts.chars(n, parts.byte()&1)
	if !s.isNote {
		s.k.Aside(grid.InDrawing, "", text)
		return
	}
	if s.notes == nil {
		s.notes = map[int]string{}
	}
	if len(s.notes) < grid.MaxTexts {
		s.notes[s.object] = text
	}
	s.isNote = false
}

func (s *biffSheet) note(d []byte) {
	cell := grid.Address(U16(d, 2)+1, U16(d, 0)+1)
	if s.version == 8 {
		s.k.Aside(grid.InComment, cell, s.notes[U16(d, 6)])
		delete(s.notes, U16(d, 6))
		return
	}
	s.k.Aside(grid.InComment, cell, s.bytesText(Cut(d, 6, U16(d, 4))))
}
