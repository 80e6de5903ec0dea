package casedoc

import (
	"strings"
	"unicode/utf8"
)

// rtfStory collects one story of RTF.
type rtfStory struct {
	f       *rtfFile
	kind    string // header, footer, footnote, annotation, box; "" for the body
	flow    *flow
	para    strings.Builder
	del     strings.Builder
	hid     strings.Builder
	pending []Block
	number  string
	written bool // the number stands in the file
	list    int  // numbering of the paragraph, 0 none
	level   int  // and its level
	depth   int  // tables around the paragraph
	outline int
	style   int
	row     rtfRow // definition in force
	nested  rtfRow // the same within \nesttableprops
}

// rtfRow is the definition of a row: its edges and merges, cell by cell.
type rtfRow struct {
	left  int
	cells []rtfCell
	next  rtfCell // being defined
}

type rtfCell struct {
	right                     int
	start, cont, first, joins bool
}

func newRTFStory(f *rtfFile, kind string) *rtfStory {
	return &rtfStory{f: f, kind: kind, flow: newFlow(f.rd.room)}
}

func (s *rtfStory) write(text string, deleted, hidden bool) {
	to := &s.para
	switch {
	case deleted:
		to = &s.del
	case hidden:
		to = &s.hid
	}
	if n := utf8.RuneCountInString(text); to == &s.para || s.f.rd.room.take(n) {
		if to.Len() < s.f.rd.lim.Characters*4 {
			to.WriteString(text)
		}
	}
}

// word acts on the control words of paragraphs and tables.
func (s *rtfStory) word(w string, n int) {
	switch w {
	case "par", "sect", "page":
		s.endPara(s.depth)
	case "pard":
		s.depth, s.outline, s.style, s.list, s.level = 0, 0, 0, 0, 0 // the number stands before it in Word's files
	case "intbl":
		s.depth = max(s.depth, 1)
	case "itap":
		s.depth = min(max(n, 0), 1000)
	case "outlinelevel":
		s.outline = level(n)
		if s.outline == 0 {
			s.outline = -1
		}
	case "s":
		s.style = n
	case "ls":
		s.list = n
	case "ilvl":
		s.level = n
	case "cell":
		s.endCell(1)
	case "nestcell":
		s.endCell(max(s.depth, 2))
	case "row":
		s.endRow(1, &s.row)
	case "nestrow":
		s.endRow(max(s.depth, 2), &s.nested)
	default:
		s.define(w, n)
	}
}

func (s *rtfStory) define(w string, n int) {
	row := &s.row
	if s.f.state.dest == "nesttableprops" {
		row = &s.nested
	}
	switch w {
	case "trowd":
		*row = rtfRow{}
	case "trleft":
		row.left = n
	case "clvmgf":
		row.next.start = true
	case "clvmrg":
		row.next.cont = true
	case "clmgf":
		row.next.first = true
	case "clmrg":
		row.next.joins = true
	case "cellx":
		row.next.right = n
		if len(row.cells) < 200 {
			row.cells = append(row.cells, row.next)
		}
		row.next = rtfCell{}
	}
}

// descend opens and closes tables until depth are around the text.
func (s *rtfStory) descend(depth int) {
	f := s.flow
	for len(f.tables)+f.beyond > depth {
		f.endTable()
	}
	for len(f.tables)+f.beyond < depth {
		if t := f.table(); t != nil && t.cell == nil {
			f.startCell()
		}
		f.startTable()
	}
}

func (s *rtfStory) endPara(depth int) {
	s.settle()
	text := s.para.String()
	s.para.Reset()
	f := s.flow
	if text != "" || len(s.pending) > 0 || depth >= len(f.tables) {
		s.descend(depth)
	}
	if t := f.table(); t != nil && t.cell == nil {
		if text == "" && len(s.pending) == 0 {
			return
		}
		f.startCell()
	}
	f.write(text)
	f.pending, s.pending = append(f.pending, s.pending...), nil
	f.next.Number = s.numbered()
	f.next.Heading = max(s.outline, 0)
	if s.outline == 0 {
		f.next.Heading = s.f.outlines[s.style]
	}
	f.endPara()
}

// numbered returns the paragraph's number: the one that is written out, else the one that its list has come to.
func (s *rtfStory) numbered() string {
	number, written := s.number, s.written
	s.number, s.written = "", false
	if counted := s.f.lists.number(s.list, s.level); !written {
		return counted
	}
	return number
}

func (s *rtfStory) endCell(depth int) {
	s.endPara(depth)
	s.descend(depth)
	if t := s.flow.table(); t != nil {
		if t.cell == nil {
			s.flow.startCell()
		}
		s.flow.holdCell()
	}
}

func (s *rtfStory) endRow(depth int, row *rtfRow) {
	if len(s.flow.tables)+s.flow.beyond < depth {
		return
	}
	s.descend(depth)
	if t := s.flow.table(); t != nil && len(t.held) == 0 && t.cell == nil {
		return
	}
	s.flow.endRowAs(row.place)
}

// place tells a held cell where it stands.
func (row *rtfRow) place(i int, c *cellBuild) {
	if i >= len(row.cells) {
		return
	}
	const shift = 40_000 // edges may be negative, and zero means unknown
	left := row.left
	if i > 0 {
		left = row.cells[i-1].right
	}
	at := row.cells[i]
	c.left, c.right = left+shift, at.right+shift
	c.start, c.cont, c.joinLeft = at.start, at.cont, at.joins
}

func (s *rtfStory) end() {
	if s.para.Len() > 0 || len(s.pending) > 0 {
		s.endPara(s.depth)
	}
	s.settle()
}

// settle files deleted and hidden text.
func (s *rtfStory) settle() {
	d := s.f.doc
	if text := clean(s.del.String()); text != "" {
		d.Deleted = append(d.Deleted, text)
	}
	if text := clean(s.hid.String()); text != "" {
		d.Hidden = append(d.Hidden, text)
	}
	s.del.Reset()
	s.hid.Reset()
}
