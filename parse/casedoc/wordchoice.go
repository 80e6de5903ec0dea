package casedoc

import (
	"slices"
	"strings"
)

// choice takes the first branch of mc:AlternateContent that Word would, so that no text box is read twice.
func (s *wordStory) choice(e element, t *tokens) {
	n := len(s.choices)
	if n == 0 {
		return
	}
	foreign := e.name == "mc:Choice" && slices.ContainsFunc(strings.Fields(e.attr("Requires")), t.foreign)
	if s.choices[n-1] || foreign {
		t.pass()
		return
	}
	s.choices[n-1] = true
}

// foreign tells a namespace, by the prefix a branch requires, that Word would not read, or whose content this package finds
// in the fallback only: ink, 3D models, and characters named by font (symEx).
func (t *tokens) foreign(prefix string) bool {
	switch prefix {
	case "wpi", "aink", "am3d", "w16se":
		return true
	}
	space, declared := t.prefixes[prefix]
	if !declared {
		return false
	}
	for _, known := range []string{"http://schemas.microsoft.com/office/", "http://schemas.openxmlformats.org/", "http://purl.oclc.org/ooxml/", "urn:schemas-microsoft-com:"} {
		if strings.HasPrefix(space, known) {
			return false
		}
	}
	return true
}

// annotation handles the tracked changes and comments of Word 2003 XML.
func (s *wordStory) annotation(e element, t *tokens) {
	kind := e.attr("type")
	switch kind {
	case "Word.Deletion":
		if s.inPara || s.inMark || s.inRun {
			s.para.joined = s.para.joined || s.inMark
			t.pass()
			return
		}
		s.removed++
	case "Word.Comment":
		if !s.pushFrame("w:comment") {
			t.pass()
			return
		}
	case "Word.Formatting", "Word.Numbering":
		t.pass()
		return
	}
	s.marks = append(s.marks, kind)
}

func (s *wordStory) endAnnotation() {
	n := len(s.marks)
	if n == 0 {
		return
	}
	kind := s.marks[n-1]
	s.marks = s.marks[:n-1]
	switch kind {
	case "Word.Deletion":
		s.removed = max(s.removed-1, 0)
	case "Word.Comment":
		s.popFrame("w:comment")
	}
}

func (s *wordStory) heading(p paraProps) int {
	if p.outline != 0 {
		return max(p.outline, 0)
	}
	if p.style == "" {
		p.style = s.w.styles.byDefault
	}
	return s.w.styles.outline(p.style)
}

// number counts the paragraph's list on and returns its number.
func (s *wordStory) number(p paraProps) string {
	if p.number != "" {
		return p.number
	}
	id, lvl := p.numID, p.numLevel
	if id == "" {
		style := p.style
		if style == "" {
			style = s.w.styles.byDefault
		}
		var from string
		var styled int
		id, styled, from = s.w.styles.numbering(style)
		if lvl < 0 {
			lvl = styled
		}
		if use := s.w.lists.byID[id]; use != nil && lvl < 0 {
			lvl = use.levelOf(from)
		}
	}
	use := s.w.lists.byID[id]
	if id == "" || id == "0" || use == nil {
		return ""
	}
	return use.next(lvl)
}
