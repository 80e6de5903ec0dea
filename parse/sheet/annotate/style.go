package annotate

import (
	"bytes"
	"fmt"
	"strconv"

	"baosong/parse/sheet/workbook"
	"baosong/parse/sheet/xmlscan"
)

// styleEditor adds cell styles to the styles part: each a copy of a style in use with another fill, and the few that
// the list of problems needs. Styles that are there keep their numbers.
type styleEditor struct {
	part    string
	prefix  string
	xfs     [][]byte // the cell styles as they stand
	counts  map[string]int
	added   map[string][]string // element -> what is appended to it
	byStyle map[styleKey]int
	fills   map[string]int
	ours    map[int]bool // fills in the colours that earlier letters gave
	list    listStyles
}

type styleKey struct {
	base     int
	severity string
}

// listStyles are the styles of the list's sheet.
type listStyles struct{ title, head, body, center, mistake, warning, link int }

func (m *marker) openStyles(part string) (*styleEditor, error) {
	b, err := m.part(part)
	if err != nil {
		return nil, err
	}
	e := &styleEditor{part: part, counts: map[string]int{}, added: map[string][]string{}, byStyle: map[styleKey]int{}, fills: map[string]int{}, ours: map[int]bool{}}
	top, err := root(b)
	if err != nil || top.name != "styleSheet" {
		return nil, fmt.Errorf("%w: no style sheet", ErrUnsafe)
	}
	e.prefix = top.prefix
	e.scan(b)
	for _, name := range []string{"fonts", "fills", "borders", "cellXfs"} {
		if e.counts[name] == 0 {
			return nil, fmt.Errorf("%w: style sheet without %s", ErrUnsafe, name)
		}
	}
	e.makeList()
	return e, nil
}

// scan counts the fonts, fills, borders and cell styles, and keeps the last.
func (e *styleEditor) scan(b []byte) {
	w := tagWalker{b: b}
	group, from := "", 0
	for {
		t, ok := w.next()
		if !ok {
			return
		}
		switch {
		case t.depth == 1:
			group = t.name
		case t.depth != 2:
		case !t.closing:
			e.counts[group]++
			from = t.from
			if group == "cellXfs" && t.closed {
				e.xfs = append(e.xfs, b[t.from:t.to])
			}
		case group == "cellXfs":
			e.xfs = append(e.xfs, b[from:t.to])
		case group == "fills":
			fill := b[from:t.to]
			e.ours[e.counts[group]-1] = bytes.Contains(fill, []byte(`fgColor rgb="`+workbook.ColorError)) || bytes.Contains(fill, []byte(`fgColor rgb="`+workbook.ColorWarning))
		}
	}
}

// add appends one element and returns its number.
func (e *styleEditor) add(group, text string) int {
	e.added[group] = append(e.added[group], prefixed(text, e.prefix))
	return e.counts[group] + len(e.added[group]) - 1
}

func (e *styleEditor) fill(color string) int {
	if n, ok := e.fills[color]; ok {
		return n
	}
	n := e.add("fills", `<fill><patternFill patternType="solid"><fgColor rgb="`+color+`"/><bgColor indexed="64"/></patternFill></fill>`)
	e.fills[color] = n
	return n
}

// filled returns the number of the style that is like base but for the colour of a severity.
func (e *styleEditor) filled(base int, severity string) int {
	if base < 0 || base >= len(e.xfs) {
		base = 0
	}
	color := workbook.ColorWarning
	if severity == "error" {
		color = workbook.ColorError
	}
	key := styleKey{base, color}
	if n, ok := e.byStyle[key]; ok {
		return n
	}
	return e.refilled(key, e.fill(color))
}

// cleared returns the number of the style that is like base without the colour that an earlier letter gave; base itself
// when it has none. The fill that a cell had before that letter is not known any more.
func (e *styleEditor) cleared(base int) int {
	if base < 0 || base >= len(e.xfs) {
		return base
	}
	head := retag(e.xfs[base][:bytes.IndexByte(e.xfs[base], '>')+1])
	if fill, _, _ := head.attr("fillId"); !e.ours[xmlscan.Int(fill)] {
		return base
	}
	key := styleKey{base, ""}
	if n, ok := e.byStyle[key]; ok {
		return n
	}
	return e.refilled(key, 0)
}

// refilled adds a copy of a style with another fill.
func (e *styleEditor) refilled(key styleKey, fill int) int {
	xf := e.xfs[key.base]
	end := bytes.IndexByte(xf, '>') + 1
	head := retag(xf[:end])
	head = retag(head.with("fillId", strconv.Itoa(fill)))
	head = retag(head.with("applyFill", "1"))
	n := e.counts["cellXfs"] + len(e.added["cellXfs"])
	e.added["cellXfs"] = append(e.added["cellXfs"], string(head.raw)+string(xf[end:]))
	e.byStyle[key] = n
	return n
}

func (e *styleEditor) makeList() {
	font := func(rest string) int {
		return e.add("fonts", `<font>`+rest+`<name val="宋体"/><family val="3"/><charset val="134"/></font>`)
	}
	text, bold := font(`<sz val="11"/>`), font(`<b/><sz val="11"/>`)
	large, blue := font(`<b/><sz val="16"/>`), font(`<u/><sz val="11"/><color rgb="FF0563C1"/>`)
	line := `style="thin"><color rgb="FFBFBFBF"/>`
	border := e.add("borders", `<border><left `+line+`</left><right `+line+`</right><top `+line+`</top><bottom `+line+`</bottom><diagonal/></border>`)
	head := e.fill("FFDDEBF7")
	xf := func(font, fill, border int, way string) int {
		return e.add("cellXfs", fmt.Sprintf(`<xf numFmtId="0" fontId="%d" fillId="%d" borderId="%d" xfId="0" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1">`+
			`<alignment horizontal="%s" vertical="center" wrapText="1"/></xf>`, font, fill, border, way))
	}
	e.list = listStyles{title: xf(large, 0, 0, "left"), head: xf(bold, head, border, "center"), body: xf(text, 0, border, "left"),
		center: xf(text, 0, border, "center"), mistake: xf(text, e.fill(workbook.ColorError), border, "center"),
		warning: xf(text, e.fill(workbook.ColorWarning), border, "center"), link: xf(blue, 0, border, "center")}
}

// finish writes the additions into the part.
func (e *styleEditor) finish(b []byte) ([]byte, error) {
	var out edits
	w := tagWalker{b: b}
	for {
		t, ok := w.next()
		if !ok {
			return out.apply(b)
		}
		add := e.added[t.name]
		if t.depth != 1 || len(add) == 0 {
			continue
		}
		if t.closing {
			for _, text := range add {
				out.insert(t.from, text)
			}
			continue
		}
		if t.closed {
			return nil, fmt.Errorf("%w: style sheet with an empty group", ErrUnsafe)
		}
		out.replace(t.from, t.to, t.with("count", strconv.Itoa(e.counts[t.name]+len(add))))
	}
}
