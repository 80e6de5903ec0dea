package casedoc

import "unicode/utf16"

const maxLists = 5000

// rtfLists are the automatic numberings of an RTF file: the list table, and the overrides by which paragraphs name a list.
// Most programs also write each number out, as \listtext; it counts where it stands.
type rtfLists struct {
	defs     map[int]*listDef
	uses     map[int]*listUse
	def      *listDef // being defined
	use      *listUse // being defined
	at       int      // level of def or use being defined, -1 before the first
	level    *listLevel
	restarts bool // the level of use begins anew
	text     []byte
}

func newRTFLists() *rtfLists {
	return &rtfLists{defs: map[int]*listDef{}, uses: map[int]*listUse{}}
}

// word acts on a control word of the list table or of the overrides.
func (l *rtfLists) word(w string, n int) {
	switch w {
	case "list":
		l.def, l.use, l.level, l.at = newListDef(), nil, nil, -1
	case "listoverride":
		l.use = &listUse{override: map[int]*listLevel{}, restart: map[int]int{}, restarted: map[int]bool{}}
		l.def, l.level, l.at = nil, nil, -1
	case "listid":
		if l.use != nil {
			if def := l.defs[n]; def != nil { // a second id may name no list
				l.use.def = def
			}
		} else if l.def != nil && len(l.defs) < maxLists {
			l.defs[n] = l.def
		}
	case "ls":
		if l.use != nil && l.use.def != nil && len(l.uses) < maxLists {
			l.uses[n] = l.use
		}
	case "lfolevel":
		l.at, l.level, l.restarts = min(l.at+1, 8), nil, false
	case "listoverridestartat":
		l.restarts = true
	case "listlevel":
		l.startLevel()
	default:
		l.property(w, n)
	}
}

func (l *rtfLists) startLevel() {
	l.level = &listLevel{start: 1}
	switch {
	case l.use != nil && l.at >= 0:
		l.use.override[l.at] = l.level
	case l.use == nil && l.def != nil:
		l.at = min(l.at+1, 8)
		l.level = &l.def.levels[l.at]
	}
}

func (l *rtfLists) property(w string, n int) {
	if w == "levelstartat" && l.use != nil && l.restarts && l.at >= 0 {
		l.use.restart[l.at] = n
	}
	if l.level == nil {
		return
	}
	switch w {
	case "levelnfc", "levelnfcn":
		l.level.format = nfc(n)
	case "levelstartat":
		l.level.start = n
	case "levelfollow":
		l.level.tight = n == 2
	case "levellegal":
		l.level.legal = n != 0
	case "levelnorestart":
		l.level.keep = n != 0
	}
}

// endText takes the template of a level: its length, then its characters, of which those below nine are the counters.
func (l *rtfLists) endText() {
	units := utf16.Encode([]rune(string(l.text)))
	l.text = l.text[:0]
	if l.level == nil || len(units) == 0 {
		return
	}
	var text []uint16
	for _, u := range units[1:min(len(units), 1+int(units[0]))] {
		if u < 9 {
			text = append(text, '%', '1'+u)
		} else {
			text = append(text, u)
		}
	}
	l.level.text = string(utf16.Decode(text))
}

// number counts a paragraph's list on and returns its number.
func (l *rtfLists) number(list, level int) string {
	if use := l.uses[list]; use != nil {
		return use.next(level)
	}
	return ""
}
