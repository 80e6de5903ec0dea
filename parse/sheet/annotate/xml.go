package annotate

import (
	"bytes"
	"fmt"
	"sort"
	"strings"

	"baosong/parse/sheet/workbook"
	"baosong/parse/sheet/xmlscan"
)

// tag is one tag of a part held in memory, with its place. The functions here find places in XML and cut and paste
// there: what is not touched stays as it is, byte for byte, whatever it means.
type tag struct {
	from, to int    // of the whole tag, brackets included
	name     string // local name
	prefix   string // with its colon, or ""
	raw      []byte // the whole tag
	closing  bool   // </x>
	closed   bool   // <x/>
	depth    int    // elements around it
}

// tagWalker goes from tag to tag; comments, CDATA and instructions are passed over.
type tagWalker struct {
	b     []byte
	pos   int
	depth int
}

func (w *tagWalker) next() (t tag, ok bool) {
	for {
		i := bytes.IndexByte(w.b[w.pos:], '<')
		if i < 0 {
			return t, false
		}
		w.pos += i
		rest := w.b[w.pos:]
		switch {
		case bytes.HasPrefix(rest, []byte("<!--")):
			w.jump("-->")
		case bytes.HasPrefix(rest, []byte("<![CDATA[")):
			w.jump("]]>")
		case bytes.HasPrefix(rest, []byte("<?")), bytes.HasPrefix(rest, []byte("<!")):
			w.jump(">")
		default:
			return w.tag()
		}
	}
}

func (w *tagWalker) jump(mark string) {
	if i := bytes.Index(w.b[w.pos:], []byte(mark)); i >= 0 {
		w.pos += i + len(mark)
		return
	}
	w.pos = len(w.b)
}

func (w *tagWalker) tag() (t tag, ok bool) {
	quote := byte(0)
	for i := w.pos + 1; i < len(w.b); i++ {
		switch c := w.b[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			t = tag{from: w.pos, to: i + 1, raw: w.b[w.pos : i+1]}
			w.pos = i + 1
			t.settle()
			if t.closing {
				w.depth--
			}
			t.depth = w.depth
			if !t.closing && !t.closed {
				w.depth++
			}
			return t, true
		}
	}
	w.pos = len(w.b)
	return t, false
}

func (t *tag) settle() {
	s := t.raw[1 : len(t.raw)-1]
	t.closing = len(s) > 0 && s[0] == '/'
	t.closed = len(s) > 0 && s[len(s)-1] == '/'
	s = bytes.Trim(s, "/")
	if i := bytes.IndexAny(s, " \t\r\n"); i >= 0 {
		s = s[:i]
	}
	t.name = string(s)
	if i := strings.IndexByte(t.name, ':'); i >= 0 {
		t.prefix, t.name = t.name[:i+1], t.name[i+1:]
	}
}

// attr returns an attribute's value by its name as written, and the place of the value inside raw.
func (t *tag) attr(name string) (value string, from, to int) {
	b := t.raw
	for i := 1; i < len(b); {
		j := bytes.IndexByte(b[i:], '=')
		if j < 0 {
			break
		}
		key := strings.TrimSpace(string(b[i : i+j]))
		if k := strings.LastIndexAny(key, " \t\r\n"); k >= 0 {
			key = key[k+1:]
		}
		q := i + j + 1
		for q < len(b) && b[q] != '"' && b[q] != '\'' {
			q++
		}
		if q >= len(b) {
			break
		}
		end := bytes.IndexByte(b[q+1:], b[q])
		if end < 0 {
			break
		}
		if key == name {
			return xmlscan.Unescape(b[q+1 : q+1+end]), q + 1, q + 1 + end
		}
		i = q + 2 + end
	}
	return "", -1, -1
}

// with returns the tag's bytes with an attribute set.
func (t *tag) with(name, value string) []byte {
	_, from, to := t.attr(name)
	if from >= 0 {
		return splice(t.raw, from, to, value)
	}
	end := 1 + len(t.prefix) + len(t.name)
	return splice(t.raw, end, end, " "+name+`="`+value+`"`)
}

// without returns the tag's bytes with an attribute taken out.
func (t *tag) without(name string) []byte {
	_, from, to := t.attr(name)
	if from < 0 {
		return t.raw
	}
	start := bytes.LastIndex(t.raw[:from], []byte(name))
	for start > 0 && t.raw[start-1] <= ' ' {
		start--
	}
	return splice(t.raw, start, to+1, "")
}

func splice(b []byte, from, to int, text string) []byte {
	out := make([]byte, 0, len(b)+len(text))
	out = append(out, b[:from]...)
	out = append(out, text...)
	return append(out, b[to:]...)
}

// retag takes bytes that hold one tag apart again.
func retag(b []byte) tag {
	t := tag{raw: b, to: len(b)}
	t.settle()
	return t
}

// edit replaces the bytes from..to by text.
type edit struct {
	from, to int
	text     []byte
}

// edits are gathered in any order and applied at once.
type edits []edit

func (e *edits) replace(from, to int, text []byte) { *e = append(*e, edit{from, to, text}) }
func (e *edits) insert(at int, text string)        { *e = append(*e, edit{at, at, []byte(text)}) }

func (e edits) apply(b []byte) ([]byte, error) {
	sort.SliceStable(e, func(i, j int) bool { return e[i].from < e[j].from })
	out := make([]byte, 0, len(b)+1024)
	pos := 0
	for _, x := range e {
		if x.from < pos || x.to < x.from || x.to > len(b) {
			return nil, fmt.Errorf("%w: changes overlap", ErrUnsafe)
		}
		out = append(out, b[pos:x.from]...)
		out = append(out, x.text...)
		pos = x.to
	}
	return append(out, b[pos:]...), nil
}

// escape writes a text for XML, in elements and attributes alike.
func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "\n", "&#10;", "\r", "", "\t", "&#9;").Replace(workbook.Printable(s))
}

// root returns the first element of a part.
func root(b []byte) (tag, error) {
	w := tagWalker{b: b}
	t, ok := w.next()
	if !ok || t.closing {
		return t, fmt.Errorf("%w: part without elements", ErrUnsafe)
	}
	return t, nil
}
