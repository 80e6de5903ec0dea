package casedoc

import (
	"maps"
	"strings"
)

// reader returns a function to be called with each element of a numbering part, of 2006 or of Word 2003.
func (ls *lists) reader() func(*tokens, element) error {
	p := &listReader{lists: ls, defs: map[string]*listDef{}}
	return func(t *tokens, e element) error {
		switch e.name {
		case "w:rPr", "w:pPr", "w:numPicBullet":
			if !e.end {
				t.pass()
			}
			return nil
		}
		if e.end {
			p.end(e.name)
		} else {
			p.start(e)
		}
		return nil
	}
}

type listReader struct {
	lists    *lists
	defs     map[string]*listDef
	def      *listDef
	use      *listUse
	override int
	level    *listLevel
}

func (p *listReader) start(e element) {
	val := e.attr("val")
	switch e.name {
	case "w:abstractNum", "w:listDef":
		p.def = newListDef()
		if len(p.defs) < 20_000 {
			p.defs[e.attr("abstractNumId")+e.attr("listDefId")] = p.def
		}
	case "w:numStyleLink", "w:listStyleLink":
		if p.def != nil {
			p.def.link = val
		}
	case "w:num", "w:list":
		p.use = &listUse{override: map[int]*listLevel{}, restart: map[int]int{}, restarted: map[int]bool{}}
		if len(p.lists.byID) < 20_000 {
			p.lists.byID[e.attr("numId")+e.attr("ilfo")] = p.use
		}
	case "w:abstractNumId", "w:ilst":
		if p.use != nil {
			p.use.def = p.defs[val]
		}
	case "w:lvlOverride":
		p.override = min(max(atoi(e.attr("ilvl"), 0), 0), 8)
	case "w:startOverride":
		if p.use != nil {
			p.use.restart[p.override] = atoi(val, 1)
		}
	case "w:lvl":
		p.startLevel(min(max(atoi(e.attr("ilvl"), 0), 0), 8))
	}
	if p.level != nil {
		p.level.read(e.name, val, e)
	}
}

func (p *listReader) startLevel(i int) {
	switch {
	case p.use != nil:
		p.level = &listLevel{}
		p.use.override[i] = p.level
	case p.def != nil:
		p.level = &p.def.levels[i]
		p.level.start = 0 // where w:start is left out
	}
}

func (l *listLevel) read(name, val string, e element) {
	switch name {
	case "w:start":
		l.start = atoi(val, 1)
	case "w:numFmt":
		l.format = val
	case "w:nfc":
		l.format = nfc(atoi(val, 0))
	case "w:lvlText":
		l.text = val
		if len(l.text) > 256 {
			l.text = l.text[:256]
		}
	case "w:suff":
		l.tight = strings.EqualFold(val, "nothing")
	case "w:isLgl":
		l.legal = e.on()
	case "w:lvlRestart":
		l.keep = val == "0"
	case "w:pStyle":
		l.style = val
	}
}

func (p *listReader) end(name string) {
	switch name {
	case "w:abstractNum", "w:listDef":
		p.def = nil
	case "w:num", "w:list":
		p.use = nil
	case "w:lvl":
		p.level = nil
	}
}

// resolve follows numberings that borrow from a numbering style, and drops those without a definition.
func (ls *lists) resolve(st *styles) {
	for _, use := range ls.byID {
		for range 5 {
			if use.def == nil || use.def.link == "" {
				break
			}
			s := st.byID[use.def.link]
			if s == nil || ls.byID[s.numID] == nil {
				break
			}
			use.def = ls.byID[s.numID].def
		}
	}
	maps.DeleteFunc(ls.byID, func(_ string, u *listUse) bool { return u.def == nil })
}

// levelOf finds the level bound to a paragraph style.
func (u *listUse) levelOf(style string) int {
	for i := range u.def.levels {
		if u.level(i).style == style && style != "" {
			return i
		}
	}
	return 0
}

// nfc names the number formats that Word 97 and RTF give by code.
func nfc(code int) string {
	names := map[int]string{1: "upperRoman", 2: "lowerRoman", 3: "upperLetter", 4: "lowerLetter", 10: "ideographDigital",
		11: "japaneseCounting", 14: "decimalFullWidth", 18: "decimalEnclosedCircle", 22: "decimalZero", 23: "bullet",
		26: "decimalEnclosedFullstop", 27: "decimalEnclosedParen", 28: "decimalEnclosedCircleChinese",
		29: "ideographEnclosedCircle", 30: "ideographTraditional", 31: "ideographZodiac", 33: "taiwaneseCounting",
		34: "ideographLegalTraditional", 35: "taiwaneseCountingThousand", 36: "taiwaneseDigital", 37: "chineseCounting",
		38: "chineseLegalSimplified", 39: "chineseCountingThousand", 255: "none"}
	if s, ok := names[code]; ok {
		return s
	}
	return "decimal"
}
