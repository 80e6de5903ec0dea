package casedoc

import "strings"

// prop handles the properties of paragraphs, runs, rows and cells.
func (s *wordStory) prop(e element, t *tokens) bool {
	switch e.name {
	case "w:pPr":
		s.inPara = true
	case "w:rPr":
		s.inMark, s.inRun = s.inPara, !s.inPara
	case "w:rPrChange", "w:pPrChange", "w:trPrChange", "w:tcPrChange", "w:tblPrChange", "w:tblPrExChange", "w:sectPrChange",
		"w:tblGridChange", "w:numberingChange", "w:tblPr", "w:tblPrEx", "w:tblGrid":
		t.pass()
	case "w:trPr":
		s.inRow = true
	case "w:gridBefore":
		s.flow.skipCols(atoi(e.attr("val"), 0))
	case "w:gridSpan", "w:vMerge", "w:vmerge", "w:hMerge", "w:hmerge":
		s.cellProp(e)
	default:
		return s.inPara && s.paraProp(e, t) || s.inRun && s.runProp(e, t) || s.inRow && s.rowProp(e, t)
	}
	return true
}

func (s *wordStory) paraProp(e element, t *tokens) bool {
	if s.inMark {
		if e.name == "w:del" || e.name == "w:moveFrom" {
			s.para.joined = true
			t.pass()
		} else if e.name == "aml:annotation" {
			return false
		}
		return true
	}
	switch e.name {
	case "w:pStyle":
		s.para.style = e.attr("val")
	case "w:outlineLvl":
		s.para.outline = -1
		if n := level(atoi(e.attr("val"), 9)); n > 0 {
			s.para.outline = n
		}
	case "w:numId", "w:ilfo":
		s.para.numID = e.attr("val")
	case "w:ilvl":
		s.para.numLevel = atoi(e.attr("val"), 0)
	case "wx:t":
		if text := e.attr("val"); strings.IndexFunc(text, func(r rune) bool { return r >= 0xE000 && r <= 0xF8FF || r == '·' }) < 0 && len(text) < 200 {
			s.para.number = spaced(text, false)
		}
	case "w:sectPr": // its headers are stories of their own in Word 2003 XML
		s.inPara = false
	case "aml:annotation":
		t.pass()
	case "w:hdr", "w:ftr":
		return false
	}
	return true
}

func (s *wordStory) runProp(e element, t *tokens) bool {
	switch e.name {
	case "w:vanish":
		s.hidden = e.on()
	case "w:rStyle":
		s.hidden = s.hidden || s.w.styles.hides(e.attr("val"))
	case "w:del", "w:moveFrom", "w:ins":
		t.pass()
	case "aml:annotation":
		return false
	}
	return true
}

// rowProp handles a row tracked as deleted: the mark stands empty in w:trPr.
func (s *wordStory) rowProp(e element, t *tokens) bool {
	if n := len(s.rows); e.name == "w:del" && n > 0 {
		if !s.rows[n-1] {
			s.rows[n-1] = true
			s.removed++
		}
		t.pass()
	}
	return true
}

func (s *wordStory) cellProp(e element) {
	b := s.flow.table()
	if b == nil || b.cell == nil || s.flow.beyond > 0 {
		return
	}
	val := e.attr("val")
	switch e.name {
	case "w:gridSpan":
		b.cell.span = atoi(val, 1)
	case "w:vMerge", "w:vmerge":
		b.cell.start = val == "restart"
		b.cell.cont = !b.cell.start
	default:
		b.cell.joinLeft = val != "restart"
	}
}

// field follows w:fldChar: text between begin and separate is the instruction, not the result.
func (s *wordStory) field(e element) {
	switch e.attr("fldCharType") {
	case "begin":
		s.fields.begin()
	case "separate":
		s.fields.separate()
	case "end":
		if text := s.fields.end(); text != "" {
			s.put(text)
		}
	}
}

// formField is a legacy form field: its value is a property, not text.
type formField struct {
	kind    string
	entries []string
	chosen  int
	checked bool
}

func (f *formField) read(e element) {
	switch e.name {
	case "w:ddList", "w:checkBox":
		f.kind = e.name
	case "w:listEntry":
		if len(f.entries) < 100 {
			f.entries = append(f.entries, e.attr("val"))
		}
	case "w:result", "w:default", "w:checked":
		if f.kind == "w:checkBox" {
			f.checked = e.on()
		} else {
			f.chosen = atoi(e.attr("val"), 0)
		}
	}
}

func (f *formField) shown() string {
	switch {
	case f.kind == "w:checkBox" && f.checked:
		return "☑"
	case f.kind == "w:checkBox":
		return "☐"
	case f.kind == "w:ddList" && f.chosen >= 0 && f.chosen < len(f.entries):
		return f.entries[f.chosen]
	}
	return ""
}
