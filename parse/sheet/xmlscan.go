package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"baosong/parse/charset"
	"baosong/parse/container"
)

// xmlScanner is a forgiving forward reader of XML. It exists beside encoding/xml for two reasons, both measured: a
// sheet of 80 MB must be read in about a second, and nothing but the tag in hand may be held in memory. It keeps
// local names only, so that Strict and transitional OOXML read alike. It refuses entity declarations.
type xmlScanner struct {
	r      io.Reader
	buf    []byte
	pos    int
	end    int
	eof    bool
	err    error
	name   []byte // local name of the current tag
	tag    []byte // the current tag's bytes behind its name
	text   []byte // current text, when mixed is set
	mixed  bool   // report text too
	cdata  bool   // text is a CDATA section: nothing in it is escaped
	closes bool   // the current start tag closes itself; its end comes next
	depth  int
}

type xmlKind uint8

const (
	xmlEOF xmlKind = iota
	xmlStart
	xmlEnd
	xmlText
)

const (
	maxTag   = 1 << 20 // a tag longer than this is damage
	maxText  = 1 << 20 // text of one node; what is longer is cut
	maxDepth = 10000   // elements inside one another
)

var errEntity = errors.New("entity declarations are refused")

func newXML(r io.Reader) *xmlScanner {
	x := &xmlScanner{r: r, buf: make([]byte, 64<<10)}
	x.fill()
	head := x.buf[:x.end]
	if bytes.HasPrefix(head, []byte{0xFF, 0xFE}) || bytes.HasPrefix(head, []byte{0xFE, 0xFF}) {
		all, err := io.ReadAll(io.MultiReader(bytes.NewReader(bytes.Clone(head)), r))
		text, _ := charset.Guess(all)
		return &xmlScanner{r: strings.NewReader(text), buf: x.buf, err: err}
	}
	return x
}

// fill reads more; it keeps what lies between pos and end.
func (x *xmlScanner) fill() bool {
	if x.eof || x.err != nil {
		return false
	}
	if x.pos > 0 {
		copy(x.buf, x.buf[x.pos:x.end])
		x.end -= x.pos
		x.pos = 0
	}
	if x.end == len(x.buf) {
		x.buf = append(x.buf, make([]byte, len(x.buf))...)
	}
	for tries := 0; tries < 100; tries++ {
		n, err := x.r.Read(x.buf[x.end:])
		x.end += n
		if err == io.EOF {
			x.eof = true
			return n > 0
		}
		if err != nil {
			x.err = err
			return false
		}
		if n > 0 {
			return true
		}
	}
	x.err = io.ErrNoProgress
	return false
}

// next moves to the next tag, or text if mixed is set. At the end it returns xmlEOF; check fault afterwards.
func (x *xmlScanner) next() xmlKind {
	if x.closes {
		x.closes = false
		x.depth--
		return xmlEnd
	}
	for {
		if k := x.toTag(); k != xmlStart {
			return k
		}
		if k := x.readTag(); k != xmlText || len(x.text) > 0 {
			return k
		}
	}
}

// toTag passes over text up to the next "<"; it returns xmlStart there.
func (x *xmlScanner) toTag() xmlKind {
	x.text, x.cdata = x.text[:0], false
	for {
		i := bytes.IndexByte(x.buf[x.pos:x.end], '<')
		piece := x.buf[x.pos:x.end]
		if i >= 0 {
			piece = piece[:i]
		}
		if x.mixed && len(x.text) < maxText {
			x.text = append(x.text, piece...)
		}
		x.pos += len(piece)
		if i >= 0 {
			if len(x.text) > 0 {
				return xmlText
			}
			return xmlStart
		}
		if !x.fill() {
			return xmlEOF
		}
	}
}

// readTag reads from "<". It returns xmlText for what carries no element: comments, instructions. A CDATA section
// is text, when text is wanted.
func (x *xmlScanner) readTag() xmlKind {
	for x.end-x.pos < 9 && x.fill() {
	}
	b := x.buf[x.pos:x.end]
	switch {
	case bytes.HasPrefix(b, []byte("<!--")):
		x.through("-->", false)
	case bytes.HasPrefix(b, []byte("<![CDATA[")):
		x.pos += 9
		x.cdata = true
		x.through("]]>", x.mixed)
	case bytes.HasPrefix(b, []byte("<?")):
		x.through("?>", false)
	case bytes.HasPrefix(b, []byte("<!")):
		if stop, ok := x.tagEnd(); ok && bytes.IndexByte(x.buf[x.pos:stop], '[') < 0 {
			x.pos = stop + 1 // a bare document type, which old programs wrote
			return xmlText
		}
		x.err = fmt.Errorf("%w: %w", container.ErrDamaged, errEntity)
		return xmlEOF
	default:
		return x.element()
	}
	return xmlText
}

// through passes over everything up to and with the mark, and keeps it as text if told so.
func (x *xmlScanner) through(mark string, keep bool) {
	for {
		i := bytes.Index(x.buf[x.pos:x.end], []byte(mark))
		n := i
		if i < 0 {
			n = max(0, x.end-x.pos-len(mark)+1)
		}
		if keep && len(x.text) < maxText {
			x.text = append(x.text, x.buf[x.pos:x.pos+n]...)
		}
		x.pos += n
		if i >= 0 {
			x.pos += len(mark)
			return
		}
		if !x.fill() {
			x.pos = x.end
			return
		}
	}
}

func (x *xmlScanner) element() xmlKind {
	stop, ok := x.tagEnd()
	if !ok {
		x.pos = x.end
		if x.err == nil {
			x.err = fmt.Errorf("%w: xml ends inside a tag", container.ErrDamaged)
		}
		return xmlEOF
	}
	b := x.buf[x.pos+1 : stop]
	x.pos = stop + 1
	if len(b) > 0 && b[0] == '/' {
		x.setName(b[1:])
		x.depth--
		return xmlEnd
	}
	if n := len(b); n > 0 && b[n-1] == '/' {
		b = b[:n-1]
		x.closes = true
	}
	x.setName(b)
	if x.depth++; x.depth > maxDepth {
		x.err = fmt.Errorf("%w: elements nested too deep", container.ErrLimit)
		return xmlEOF
	}
	return xmlStart
}

// tagEnd finds the ">" of the tag at pos; one inside quotes does not count.
func (x *xmlScanner) tagEnd() (int, bool) {
	quote := byte(0)
	for i := 1; ; i++ {
		for x.pos+i >= x.end {
			if i > maxTag || !x.fill() {
				return 0, false
			}
		}
		switch c := x.buf[x.pos+i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return x.pos + i, true
		}
	}
}

func (x *xmlScanner) setName(b []byte) {
	n := 0
	for n < len(b) && b[n] > ' ' {
		n++
	}
	x.tag = b[n:]
	x.name = b[:n]
	if i := bytes.IndexByte(x.name, ':'); i >= 0 {
		x.name = x.name[i+1:]
	}
}
