package casedoc

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"baosong/parse/charset"
	"baosong/parse/container"
)

const (
	maxToken    = 16 << 20 // one tag or comment of HTML
	maxElements = 3000     // open elements that are remembered
)

var metaCharset = regexp.MustCompile(`(?i)<(?:meta|\?xml)[^>]*?(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_:.-]+)`)

// html reads HTML as web systems and Word write it for documents; label is the charset the envelope names, if any.
func (rd *reader) html(ctx context.Context, doc *Document, src source, label string) error {
	raw, err := src.whole(maxPage)
	if err != nil {
		return err
	}
	h := newHTMLReader(rd, doc)
	if err := h.read(ctx, decodeHTML(raw, label)); err != nil {
		return err
	}
	doc.Blocks = h.finish()
	return nil
}

// decodeHTML finds the charset: byte order mark, the page's own word, the envelope's, the bytes.
func decodeHTML(raw []byte, label string) string {
	if len(raw) > 1 && (raw[0] == 0xFF && raw[1] == 0xFE || raw[0] == 0xFE && raw[1] == 0xFF || raw[0] == 0xEF && raw[1] == 0xBB) {
		s, _ := charset.Guess(raw)
		return s
	}
	if len(raw) > 3 && raw[0] == '<' && raw[1] == 0 {
		return charset.UTF16(raw, false)
	}
	if m := metaCharset.FindSubmatch(raw[:min(len(raw), 8192)]); m != nil && !strings.HasPrefix(strings.ToLower(string(m[1])), "utf-16") {
		label = string(m[1])
	}
	s, _ := charset.Decode(raw, label)
	return s
}

// htmlReader builds a Document from the tokens of a page.
type htmlReader struct {
	rd      *reader
	doc     *Document
	pics    *pictures
	parts   map[string][]byte // what an MHTML file brings along, by address and by cid:
	flow    *flow
	outer   []*flow
	open    []htmlElement
	inner   map[string]int // by name: one more than the index in open of the innermost element
	gap     rune           // white space not yet written: blank or newline
	last    rune           // last character written in the paragraph, 0 at its beginning
	pre     int
	removed int
	hidden  int
	unseen  int
	choice  choice
	ended   bool            // the page's own end was seen
	frames  bool            // the page shows others and nothing itself
	side    strings.Builder // deleted or hidden text being read
}

// htmlElement is an open element with what must be undone at its end.
type htmlElement struct {
	name    string
	removed bool
	hidden  bool
	unseen  bool   // an option not chosen
	frame   string // header, footer, comment, note
	heading int
	within  int // heading of the innermost element that is one, itself included
	same    int // what inner said before it was opened
	number  int // next number of an ordered list, 0 for others
}

// choice is a list to choose from; a page shows the option chosen, else the first.
type choice struct {
	count int
	made  bool
	first string
}

func newHTMLReader(rd *reader, doc *Document) *htmlReader {
	return &htmlReader{rd: rd, doc: doc, pics: newPictures(doc), flow: newFlow(rd.room), inner: map[string]int{}}
}

func (h *htmlReader) read(ctx context.Context, page string) error {
	z := html.NewTokenizer(strings.NewReader(page))
	z.SetMaxBuf(maxToken)
	skip := ""
	for n := 0; !h.rd.room.cut; n++ {
		if n%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		switch tt := z.Next(); tt {
		case html.ErrorToken:
			if err := z.Err(); errors.Is(err, html.ErrBufferExceeded) {
				return fmt.Errorf("one tag of over %d bytes: %w", maxToken, container.ErrLimit)
			}
			h.doc.Unended = h.doc.Unended || skip != "" || h.unended(page)
			return nil
		case html.TextToken:
			if skip == "" {
				h.text(string(z.Text()))
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			t := tag(z, tt)
			if skip == "" && (t.Data == "script" || t.Data == "style" || t.Data == "title" || t.Data == "xml" || t.Data == "template" ||
				t.Data == "noscript" || t.Data == "noframes" || t.Data == "rt" || t.Data == "rp") && t.Type == html.StartTagToken {
				skip = t.Data
			} else if skip == "" {
				h.start(t)
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			if skip == string(name) {
				skip = ""
			} else if skip == "" {
				h.end(string(name))
				h.ended = h.ended || string(name) == "html"
			}
		}
	}
	return nil
}

// unended tells a page that was cut short: it stops inside a tag, or with its table or its body open and without its end.
// Browsers forgive all that, and a fragment without html or body around it has no end to miss.
func (h *htmlReader) unended(page string) bool {
	if at := strings.LastIndexByte(page, '<'); at >= 0 && tagStart.MatchString(page[at:]) {
		return !strings.HasPrefix(strings.ToLower(page[at:]), "</html")
	}
	isOpen := func(name string) bool {
		return slices.ContainsFunc(h.open, func(e htmlElement) bool { return e.name == name })
	}
	if h.ended || isOpen("table") {
		return !h.ended
	}
	return isOpen("html") && isOpen("body") && !tableEnd.MatchString(page[max(0, len(page)-200):])
}

// tableEnd matches a page that stops right behind its table, as programs export that write no end: a cut seldom falls there.
var tableEnd = regexp.MustCompile(`(?i)</table\s*>(?:\s|</(?:div|form|center|body)\s*>)*$`)

var tagStart = regexp.MustCompile(`^<[/!]?[A-Za-z][^>]*$`)

// text writes characters with white space collapsed; a line break of the source between two Chinese characters is
// nothing.
func (h *htmlReader) text(s string) {
	s = html.UnescapeString(s)
	if h.unseen > 0 {
		if h.choice.count == 1 && len(h.choice.first) < 1000 {
			h.choice.first += s
		}
		return
	}
	if h.removed > 0 || h.hidden > 0 {
		if h.rd.room.take(len(s)) {
			h.side.WriteString(s)
		}
		return
	}
	if h.pre > 0 {
		h.flow.write(strings.ReplaceAll(s, "\r\n", "\n"))
		return
	}
	var b strings.Builder
	for _, r := range s {
		switch r {
		case ' ', '\t', '\r', '\n', '\f':
			if h.gap != '\n' {
				h.gap = ' '
			}
			if r == '\n' {
				h.gap = '\n'
			}
			continue
		}
		if h.gap != 0 && h.last != 0 && !(h.gap == '\n' && eastAsian(h.last) && eastAsian(r)) {
			b.WriteByte(' ')
		}
		h.gap, h.last = 0, r
		b.WriteRune(r)
	}
	h.flow.write(b.String())
}

// breakPara ends the paragraph being written, if any.
func (h *htmlReader) breakPara() {
	h.gap, h.last = 0, 0
	if h.flow.para.Len() == 0 {
		return
	}
	if n := len(h.open); n > 0 && h.open[n-1].within > 0 {
		h.flow.next.Heading = h.open[n-1].within
	}
	h.flow.endPara()
}

func (h *htmlReader) finish() []Block {
	for len(h.outer) > 0 {
		h.endFrame("")
	}
	h.settle(&h.doc.Hidden)
	h.breakPara()
	return h.flow.finish()
}

func (h *htmlReader) settle(list *[]string) {
	if text := clean(strings.Join(strings.Fields(h.side.String()), " ")); text != "" {
		*list = append(*list, text)
	}
	h.side.Reset()
}

// image counts a picture: carried in the page, in the MHTML file, or linked.
func (h *htmlReader) image(src string) {
	src = strings.TrimSpace(src)
	if src == "" || h.removed > 0 {
		return
	}
	inBody := len(h.outer) == 0
	if rest, ok := strings.CutPrefix(src, "data:"); ok {
		_, body, _ := strings.Cut(rest, ",")
		b, _ := io.ReadAll(base64.NewDecoder(base64.StdEncoding, strings.NewReader(strings.TrimSpace(body))))
		h.pics.bytes(b, "", inBody)
		return
	}
	for _, key := range []string{src, src[strings.LastIndexByte(src, '/')+1:]} {
		if b, ok := h.parts[key]; ok {
			h.pics.bytes(b, "", inBody)
			return
		}
	}
	p := Picture{Format: Linked, SHA256: digest([]byte(src))}
	h.pics.use(p.SHA256, inBody, func() (Picture, bool) { return p, true })
}

// styled tells whether a style attribute holds a declaration, blanks aside.
func styled(style, want string) bool {
	return strings.Contains(strings.ToLower(string(bytes.Join(bytes.Fields([]byte(style)), nil))), want)
}
