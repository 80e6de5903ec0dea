package casedoc

import (
	"cmp"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// field writes what a form field of a page shows.
func (h *htmlReader) field(t html.Token) {
	switch strings.ToLower(attrOf(t, "type")) {
	case "checkbox", "radio":
		if _, on := attribute(t, "checked"); on {
			h.text("☑")
		} else {
			h.text("☐")
		}
	case "", "text", "tel", "email", "number", "date", "url":
		h.text(html.EscapeString(attrOf(t, "value")))
	}
}

// start acts on a start tag.
func (h *htmlReader) start(t html.Token) {
	e := htmlElement{name: t.Data}
	style := attrOf(t, "style")
	_, e.hidden = attribute(t, "hidden")
	if strings.Contains(style, "mso-") || strings.Contains(strings.ToLower(style), "display") {
		h.styles(&e, style)
	}
	void := t.Type == html.SelfClosingTagToken
	switch t.Data {
	case "br":
		h.gap, h.last = 0, 0
		if h.removed == 0 && h.hidden == 0 {
			h.flow.write("\n")
		}
		return
	case "frameset":
		h.frames = true
	case "img":
		h.image(attrOf(t, "src"))
		return
	case "input":
		h.field(t)
		return
	case "hr", "meta", "link", "col", "base", "wbr", "area", "embed", "param", "source":
		return
	case "h1", "h2", "h3", "h4", "h5", "h6":
		h.breakPara()
		e.heading = int(t.Data[1] - '0')
	case "p", "div", "ul", "blockquote", "center", "section", "article", "form", "dl", "dt", "dd", "body", "header", "footer", "address":
		h.breakPara()
	case "ol":
		h.breakPara()
		e.number = max(atoi(attrOf(t, "start"), 1), 1)
	case "li":
		h.breakPara()
		h.flow.next.Number = h.listNumber()
	case "pre":
		h.breakPara()
		h.pre++
	case "del":
		e.removed = true
	case "select":
		h.choice = choice{}
	case "option":
		h.end("option") // its own end is often left out
		_, chosen := attribute(t, "selected")
		e.unseen = !chosen
		h.choice.made = h.choice.made || chosen
		h.choice.count++
	case "table", "tr", "td", "th", "caption":
		h.tableTag(t, style)
	}
	if void {
		return
	}
	h.push(e)
}

// styles reads the declarations that make text hidden, or a header, comment or note of Word.
func (h *htmlReader) styles(e *htmlElement, style string) {
	switch {
	case styled(style, "display:none"), styled(style, "mso-hide:all"):
		e.hidden = true
	case styled(style, "mso-element:header"):
		e.frame = "header"
	case styled(style, "mso-element:footer"):
		e.frame = "footer"
	case styled(style, "mso-element:footnote;"), strings.HasSuffix(style, "mso-element:footnote"), styled(style, "mso-element:endnote;"),
		strings.HasSuffix(style, "mso-element:endnote"):
		e.frame = "note"
	case styled(style, "mso-element:comment;"), strings.HasSuffix(style, "mso-element:comment"):
		e.frame = "comment"
	}
	if e.heading == 0 {
		at := strings.Index(style, "mso-outline-level:")
		if at >= 0 {
			e.heading = level(atoi(strings.TrimLeft(style[at+18:min(len(style), at+20)], " ")[:1], 10) - 1)
		}
	}
}

func (h *htmlReader) tableTag(t html.Token, style string) {
	switch t.Data {
	case "table":
		h.breakPara()
		h.flow.startTable()
	case "tr":
		h.breakPara()
		h.flow.startRow()
	case "td", "th":
		h.breakPara()
		if c := h.flow.startCell(); c != nil {
			c.span = atoi(attrOf(t, "colspan"), 1)
			c.rows = min(max(atoi(attrOf(t, "rowspan"), 1), 1), 65534)
			c.number = cmp.Or(attrOf(t, "x:num"), attrOf(t, "sdval")) // of Excel, of LibreOffice
		}
	case "caption":
		h.breakPara()
	}
}

func (h *htmlReader) listNumber() string {
	at := h.inner["ol"]
	if at <= h.inner["ul"] {
		return ""
	}
	n := h.open[at-1].number
	h.open[at-1].number++
	return strconv.Itoa(n) + ". "
}

func (h *htmlReader) push(e htmlElement) {
	if len(h.open) >= maxElements {
		return
	}
	if e.frame != "" && len(h.outer) < maxFrames {
		h.breakPara()
		h.outer = append(h.outer, h.flow)
		h.flow = newFlow(h.rd.room)
	} else {
		e.frame = ""
	}
	if e.removed {
		h.removed++
	}
	if e.hidden {
		h.hidden++
	}
	if e.unseen {
		h.unseen++
	}
	if e.within = e.heading; e.within == 0 && len(h.open) > 0 {
		e.within = h.open[len(h.open)-1].within
	}
	e.same = h.inner[e.name]
	h.open = append(h.open, e)
	h.inner[e.name] = len(h.open)
}

// pop takes the innermost element away.
func (h *htmlReader) pop() htmlElement {
	n := len(h.open) - 1
	e := h.open[n]
	h.open = h.open[:n]
	if h.inner[e.name] = e.same; e.same == 0 {
		delete(h.inner, e.name)
	}
	return e
}

// end acts on an end tag: it closes the innermost element of that name and what is open within, but never reaches out
// of a cell.
func (h *htmlReader) end(name string) {
	at := h.inner[name] - 1
	edge := h.inner["table"] - 1
	if name != "tr" && name != "table" {
		edge = max(edge, h.inner["td"]-1, h.inner["th"]-1)
	}
	if at < max(edge, 0) {
		if name == "p" || name == "div" {
			h.breakPara()
		}
		h.endTag(name)
		return
	}
	for i := len(h.open) - 1; i >= at; i-- {
		if i == at || blockTag(h.open[i].name) {
			h.endTag(h.open[i].name)
		}
		h.undo(h.pop())
	}
}

func blockTag(name string) bool {
	switch name {
	case "a", "b", "i", "u", "span", "font", "em", "strong", "sub", "sup", "del", "ins", "o:p", "s", "label", "select", "option", "optgroup", "ruby", "rb", "textarea", "button":
		return false
	}
	return true
}

// endTag does what the end of an element means for the text, while the element is still open.
func (h *htmlReader) endTag(name string) {
	switch name {
	case "table":
		h.breakPara()
		h.flow.endTable()
	case "tr":
		h.breakPara()
		h.flow.endRow()
	case "td", "th":
		h.breakPara()
		h.flow.endCell()
	case "pre":
		h.pre = max(h.pre-1, 0)
		h.breakPara()
	default:
		if blockTag(name) {
			h.breakPara()
		}
	}
}

func (h *htmlReader) undo(e htmlElement) {
	if e.removed {
		if h.removed--; h.removed == 0 {
			h.settle(&h.doc.Deleted)
		}
	}
	if e.unseen {
		h.unseen--
	}
	if c := h.choice; e.name == "select" && !c.made {
		h.choice = choice{}
		h.text(html.EscapeString(c.first))
	}
	if e.hidden {
		if h.hidden--; h.hidden == 0 {
			h.settle(&h.doc.Hidden)
		}
	}
	if e.frame != "" {
		h.endFrame(e.frame)
	}
}

// endFrame files a story that stands apart.
func (h *htmlReader) endFrame(kind string) {
	h.breakPara()
	text := lines(h.flow.finish())
	h.flow = h.outer[len(h.outer)-1]
	h.outer = h.outer[:len(h.outer)-1]
	if text == "" {
		return
	}
	switch kind {
	case "header":
		h.doc.Headers = append(h.doc.Headers, text)
	case "footer":
		h.doc.Footers = append(h.doc.Footers, text)
	case "comment":
		h.doc.Comments = append(h.doc.Comments, text)
	default:
		h.doc.Notes = append(h.doc.Notes, text)
	}
}
