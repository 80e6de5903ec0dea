// Package xmlscan reads the XML of workbooks forwards, tag by tag, forgiving what programs get wrong.
package xmlscan

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"baosong/parse/charset"
	"baosong/parse/container"
)

// Scanner is a forgiving forward reader of XML. It exists beside encoding/xml for two reasons, both measured: a
// sheet of 80 MB must be read in about a second, and nothing but the tag in hand may be held in memory. It keeps
// local names only, so that Strict and transitional OOXML read alike. It refuses entity declarations.
type Scanner struct {
	r      io.Reader
	buf    []byte
	pos    int
	end    int
	eof    bool
	err    error
	Name   []byte // local name of the current tag
	Tag    []byte // the current tag's bytes behind its name
	text   []byte // current text, when mixed is set
	Mixed  bool   // report text too
	cdata  bool   // text is a CDATA section: nothing in it is escaped
	Closes bool   // the current start tag closes itself; its end comes next
	Depth  int
}

// Kind tells what Next moved to.
type Kind uint8

// What Next can move to.
const (
	EOF Kind = iota
	Start
	End
	Text
)

const (
	maxTag   = 1 << 20  // bytes of one tag
	MaxText  = 1 << 20  // text of one node; what is longer is cut
	maxDepth = 10000    // elements inside one another
	maxOther = 48 << 20 // a part in another encoding than UTF-8, which is decoded as a whole
)

var errEntity = errors.New("entity declarations are refused")

// New begins to read. UTF-16 is told by its mark, other encodings by what the part declares of itself.
func New(r io.Reader) *Scanner {
	x := &Scanner{r: r, buf: make([]byte, 64<<10)}
	x.fill()
	head := x.buf[:x.end]
	declared := Declared(head)
	if declared == "" && !bytes.HasPrefix(head, []byte{0xFF, 0xFE}) && !bytes.HasPrefix(head, []byte{0xFE, 0xFF}) {
		return x
	}
	all, err := io.ReadAll(io.LimitReader(io.MultiReader(bytes.NewReader(bytes.Clone(head)), r), maxOther+1))
	if len(all) > maxOther {
		return &Scanner{buf: x.buf, eof: true, err: fmt.Errorf("%w: over %d bytes in another encoding than UTF-8", container.ErrLimit, maxOther)}
	}
	text := ""
	if declared == "" || utf8.Valid(all) { // some programs declare what they do not write
		text, _ = charset.Guess(all)
	} else {
		text, _ = charset.Decode(all, declared)
	}
	return &Scanner{r: strings.NewReader(text), buf: x.buf, err: err}
}

// FromText begins to read what is decoded already, whatever it declares.
func FromText(s string) *Scanner { return &Scanner{r: strings.NewReader(s), buf: make([]byte, 64<<10)} }

var xmlEncoding = regexp.MustCompile(`^\s*<\?xml[^>]*encoding\s*=\s*["']([A-Za-z0-9_.:-]+)["']`)

// Declared returns the encoding that the head of a part declares, "" for UTF-8 or none. One that the bytes themselves
// refute, as UTF-16 in single bytes, is none.
func Declared(head []byte) string {
	m := xmlEncoding.FindSubmatch(head[:min(len(head), 200)])
	if m == nil {
		return ""
	}
	switch name := strings.ToLower(string(m[1])); {
	case name == "utf-8", name == "utf8", name == "us-ascii", strings.HasPrefix(name, "utf-16"), strings.HasPrefix(name, "ucs-2"):
		return ""
	default:
		return name
	}
}

// fill reads more; it keeps what lies between pos and end.
func (x *Scanner) fill() bool {
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

// Next moves to the next tag, or text if Mixed is set. At the end it returns EOF; check Fault afterwards.
func (x *Scanner) Next() Kind {
	if x.Closes {
		x.Closes = false
		x.Depth--
		return End
	}
	for {
		if k := x.toTag(); k != Start {
			return k
		}
		if k := x.readTag(); k != Text || len(x.text) > 0 {
			return k
		}
	}
}

// toTag passes over text up to the next "<"; it returns Start there.
func (x *Scanner) toTag() Kind {
	x.text, x.cdata = x.text[:0], false
	for {
		i := bytes.IndexByte(x.buf[x.pos:x.end], '<')
		piece := x.buf[x.pos:x.end]
		if i >= 0 {
			piece = piece[:i]
		}
		if x.Mixed && len(x.text) < MaxText {
			x.text = append(x.text, piece...)
		}
		x.pos += len(piece)
		if i >= 0 {
			if len(x.text) > 0 {
				return Text
			}
			return Start
		}
		if !x.fill() {
			return EOF
		}
	}
}

// readTag reads from "<". It returns Text for what carries no element: comments, instructions. A CDATA section
// is text, when text is wanted.
func (x *Scanner) readTag() Kind {
	for x.end-x.pos < 9 && x.fill() {
	}
	b := x.buf[x.pos:x.end]
	switch {
	case bytes.HasPrefix(b, []byte("<!--")):
		x.through("-->", false)
	case bytes.HasPrefix(b, []byte("<![CDATA[")):
		x.pos += 9
		x.cdata = true
		x.through("]]>", x.Mixed)
	case bytes.HasPrefix(b, []byte("<?")):
		x.through("?>", false)
	case bytes.HasPrefix(b, []byte("<!")):
		if stop, ok := x.tagEnd(); ok && bytes.IndexByte(x.buf[x.pos:stop], '[') < 0 {
			x.pos = stop + 1 // a bare document type, which old programs wrote
			return Text
		}
		x.err = fmt.Errorf("%w: %w", container.ErrDamaged, errEntity)
		return EOF
	default:
		return x.element()
	}
	return Text
}

// through passes over everything up to and with the mark, and keeps it as text if told so.
func (x *Scanner) through(mark string, keep bool) {
	for {
		i := bytes.Index(x.buf[x.pos:x.end], []byte(mark))
		n := i
		if i < 0 {
			n = max(0, x.end-x.pos-len(mark)+1)
		}
		if keep && len(x.text) < MaxText {
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

func (x *Scanner) element() Kind {
	stop, ok := x.tagEnd()
	if !ok {
		long := x.end-x.pos > maxTag
		x.pos = x.end
		switch {
		case x.err != nil:
		case long:
			x.err = fmt.Errorf("%w: a tag of over %d bytes", container.ErrLimit, maxTag)
		default:
			x.err = fmt.Errorf("%w: xml ends inside a tag", container.ErrDamaged)
		}
		return EOF
	}
	b := x.buf[x.pos+1 : stop]
	x.pos = stop + 1
	if len(b) > 0 && b[0] == '/' {
		x.setName(b[1:])
		x.Depth--
		return End
	}
	if n := len(b); n > 0 && b[n-1] == '/' {
		b = b[:n-1]
		x.Closes = true
	}
	x.setName(b)
	if x.Depth++; x.Depth > maxDepth {
		x.err = fmt.Errorf("%w: elements nested too deep", container.ErrLimit)
		return EOF
	}
	return Start
}

// tagEnd finds the ">" of the tag at pos; one inside quotes does not count.
func (x *Scanner) tagEnd() (int, bool) {
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

func (x *Scanner) setName(b []byte) {
	n := 0
	for n < len(b) && b[n] > ' ' {
		n++
	}
	x.Tag = b[n:]
	x.Name = b[:n]
	if i := bytes.IndexByte(x.Name, ':'); i >= 0 {
		x.Name = x.Name[i+1:]
	}
}
