package casedoc

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"baosong/parse/container"
)

// styles are the paragraph and character styles of a WordprocessingML document.
type styles struct {
	byID        map[string]*style
	byDefault   string
	hiddenChars map[string]bool
}

type style struct {
	name     string
	kind     string
	based    string
	outline  int // 0-based level, -1 unset
	numID    string
	numLevel int // -1 unset
}

// lists are the numberings of a WordprocessingML document by numId.
type lists struct{ byID map[string]*listUse }

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// loadStyles reads the style and numbering parts; damaged ones cost headings and numbers, not the document.
func (w *wordPackage) loadStyles(ctx context.Context, rels map[string]relation) error {
	w.styles = &styles{byID: map[string]*style{}, hiddenChars: map[string]bool{}}
	w.lists = &lists{byID: map[string]*listUse{}}
	for _, id := range sortedKeys(rels) {
		r := rels[id]
		if r.external || !w.parts.Has(r.target) {
			continue
		}
		var err error
		switch r.kind {
		case "styles":
			err = w.each(ctx, r.target, w.styles.reader())
		case "numbering":
			err = w.each(ctx, r.target, w.lists.reader())
		}
		if err != nil && !errors.Is(err, container.ErrDamaged) {
			return err
		}
	}
	w.lists.resolve(w.styles)
	return nil
}

// reader returns a function to be called with each element of a styles part.
func (st *styles) reader() func(*tokens, element) error {
	var cur *style
	var id string
	return func(t *tokens, e element) error {
		if e.end {
			if e.name == "w:style" {
				cur = nil
			}
			return nil
		}
		if e.name == "w:style" {
			cur, id = &style{outline: -1, numLevel: -1, kind: e.attr("type")}, e.attr("styleId")
			if len(st.byID) < 20_000 {
				st.byID[id] = cur
			}
			if d := e.attr("default"); cur.kind == "paragraph" && (d == "1" || d == "true" || d == "on") {
				st.byDefault = id
			}
			return nil
		}
		if cur == nil {
			return nil
		}
		switch e.name {
		case "w:name":
			cur.name = e.attr("val")
			if n, ok := headingName(cur.name); ok && cur.outline < 0 {
				cur.outline = n - 1
			}
		case "w:basedOn":
			cur.based = e.attr("val")
		case "w:outlineLvl":
			cur.outline = atoi(e.attr("val"), -1)
		case "w:numId", "w:ilfo":
			cur.numID = e.attr("val")
		case "w:ilvl":
			cur.numLevel = atoi(e.attr("val"), -1)
		case "w:vanish":
			if cur.kind == "character" && e.on() {
				st.hiddenChars[id] = true
			}
		case "w:tblStylePr", "w:pPrChange", "w:rPrChange":
			t.pass()
		}
		return nil
	}
}

// headingName tells the level of the built-in heading styles by name, which files of WPS keep in Chinese.
func headingName(name string) (int, bool) {
	name = strings.ToLower(strings.ReplaceAll(name, " ", ""))
	for _, prefix := range []string{"heading", "标题"} {
		if rest, ok := strings.CutPrefix(name, prefix); ok {
			n := atoi(rest, 0)
			return n, n >= 1 && n <= 9
		}
	}
	return 0, false
}

// outline returns the heading level 1..9 that a style gives, or 0.
func (st *styles) outline(id string) int {
	for range 20 {
		s := st.byID[id]
		if s == nil {
			return 0
		}
		if s.outline >= 0 {
			return level(s.outline)
		}
		id = s.based
	}
	return 0
}

// level turns a 0-based outline level into 1..9; 9 means body text.
func level(outline int) int {
	if outline < 0 || outline > 8 {
		return 0
	}
	return outline + 1
}

// numbering returns the list and level a style gives; level -1 when it leaves that open.
func (st *styles) numbering(id string) (numID string, level int, from string) {
	level = -1
	for range 20 {
		s := st.byID[id]
		if s == nil {
			return "", -1, ""
		}
		if level < 0 {
			level = s.numLevel
		}
		if s.numID != "" {
			return s.numID, level, id
		}
		id = s.based
	}
	return "", -1, ""
}

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
	useDef   bool
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
		p.level = &listLevel{start: 1}
		p.use.override[i] = p.level
	case p.def != nil:
		p.level = &p.def.levels[i]
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

func atoi(s string, otherwise int) int {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil {
		return otherwise
	}
	return n
}
