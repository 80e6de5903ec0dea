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
	byID      map[string]*style
	byDefault string
}

type style struct {
	name     string
	kind     string
	based    string
	outline  int // 0-based level, -1 unset
	numID    string
	numLevel int    // -1 unset
	vanish   string // "", "on", "off"
}

// lists are the numberings of a WordprocessingML document by numId.
type lists struct{ byID map[string]*listUse }

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// loadStyles reads the style and numbering parts; damaged ones cost headings and numbers, not the document.
func (w *wordPackage) loadStyles(ctx context.Context, rels map[string]relation) error {
	w.styles = &styles{byID: map[string]*style{}}
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
			cur.vanish = "off"
			if e.on() {
				cur.vanish = "on"
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

// hides tells whether a paragraph or character style, or one it is based on, hides its text.
func (st *styles) hides(id string) bool {
	for range 20 {
		s := st.byID[id]
		if s == nil || s.vanish != "" {
			return s != nil && s.vanish == "on"
		}
		id = s.based
	}
	return false
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

func atoi(s string, otherwise int) int {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil {
		return otherwise
	}
	return n
}
