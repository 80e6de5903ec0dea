package casedoc

import (
	"bufio"
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"baosong/parse/charset"
	"baosong/parse/container"
)

const (
	maxXMLDepth  = 5000      // Word itself refuses far less
	maxXMLToken  = 24 << 20  // one text or tag; a picture in Word 2003 XML is one
	maxXMLTokens = 9_000_000 // elements and texts of one document: 4,000,000 characters by sixes, each with its font, and some seconds of work
)

// tokens reads XML as elements named prefix:local with the customary prefix of each namespace, whatever prefix the
// file uses, so that transitional and Strict, Word 2003 and 2006 look alike.
type tokens struct {
	dec   *xml.Decoder
	names map[xml.Name]string
	depth int
	skip  int // depth within an element that is passed over
	count int
	input *rationed
	rd    *reader

	prefixes map[string]string // namespaces declared so far
}

// rationed fails once a single token takes more than maxXMLToken: encoding/xml holds a token whole.
type rationed struct {
	r    io.Reader
	read int64
	mark int64 // where the last token ended
	over bool  // encoding/xml may call what is cut off in the midst of a character damaged
}

func (r *rationed) Read(b []byte) (int, error) {
	if r.read-r.mark > maxXMLToken {
		r.over = true
		return 0, fmt.Errorf("one text or tag of over %d bytes: %w", maxXMLToken, container.ErrLimit)
	}
	n, err := r.r.Read(b)
	r.read += int64(n)
	return n, err
}

// element is a start or an end of an element, or text.
type element struct {
	name  string
	attrs []xml.Attr
	text  []byte
	end   bool
}

func (rd *reader) tokens(r io.Reader) *tokens {
	input := &rationed{r: decodedXML(r)}
	dec := xml.NewDecoder(input)
	dec.Strict = false // unknown entities stay as they are: there is nothing to expand, so no bomb
	dec.CharsetReader = func(label string, in io.Reader) (io.Reader, error) {
		if l := strings.ToLower(label); strings.HasPrefix(l, "utf-16") || l == "utf8" || l == "us-ascii" {
			return in, nil
		}
		b, err := io.ReadAll(io.LimitReader(in, maxPage))
		if err != nil {
			return nil, err
		}
		s, _ := charset.Decode(b, label)
		return strings.NewReader(s), nil
	}
	return &tokens{dec: dec, names: map[xml.Name]string{}, prefixes: map[string]string{}, input: input, rd: rd}
}

// decodedXML brings UTF-16 to UTF-8, which encoding/xml does not.
func decodedXML(r io.Reader) io.Reader {
	br := bufio.NewReaderSize(r, 32<<10)
	head, _ := br.Peek(4)
	big := bytes.HasPrefix(head, []byte{0xFE, 0xFF}) || bytes.HasPrefix(head, []byte{0, '<', 0})
	little := bytes.HasPrefix(head, []byte{0xFF, 0xFE}) || bytes.HasPrefix(head, []byte{'<', 0, '?', 0})
	if !big && !little {
		if bytes.HasPrefix(head, []byte{0xEF, 0xBB, 0xBF}) {
			br.Discard(3)
		}
		return br
	}
	b, err := io.ReadAll(io.LimitReader(br, maxPage/2))
	if err != nil {
		return &failing{err}
	}
	return strings.NewReader(strings.TrimPrefix(charset.UTF16(b, big), "\uFEFF"))
}

type failing struct{ err error }

func (f *failing) Read([]byte) (int, error) { return 0, f.err }

// next returns the next element or text outside what is skipped; io.EOF at the end.
func (t *tokens) next(ctx context.Context) (element, error) {
	for {
		if t.count++; t.count%4096 == 0 && ctx.Err() != nil {
			return element{}, ctx.Err()
		}
		if t.rd.elements++; t.rd.elements > maxXMLTokens {
			t.rd.room.cut = true
			return element{}, errCut
		}
		t.input.mark = t.input.read
		tok, err := t.dec.Token()
		if err != nil && t.input.over {
			return element{}, fmt.Errorf("%v: %w", err, container.ErrLimit)
		}
		if err != nil {
			return element{}, xmlError(err)
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			if t.depth++; t.depth > maxXMLDepth {
				return element{}, fmt.Errorf("XML nested deeper than %d: %w", maxXMLDepth, container.ErrLimit)
			}
			if t.skip > 0 {
				t.skip++
				continue
			}
			t.declare(tok.Attr)
			return element{name: t.name(tok.Name), attrs: tok.Attr}, nil
		case xml.EndElement:
			t.depth--
			if t.skip > 0 {
				t.skip--
				continue
			}
			return element{name: t.name(tok.Name), end: true}, nil
		case xml.CharData:
			if t.skip == 0 {
				return element{text: tok}, nil
			}
		}
	}
}

// declare notes the namespaces an element declares: the value of mc:Choice Requires names prefixes.
func (t *tokens) declare(attrs []xml.Attr) {
	for _, a := range attrs {
		if a.Name.Space == "xmlns" && len(t.prefixes) < 1000 {
			t.prefixes[a.Name.Local] = a.Value
		}
	}
}

// pass leaves out the element whose start next has just returned, with all within and its end.
func (t *tokens) pass() { t.skip = 1 }

func (t *tokens) name(n xml.Name) string {
	s, ok := t.names[n]
	if !ok {
		s = prefixOf(n.Space) + ":" + n.Local
		if len(t.names) < 10_000 {
			t.names[n] = s
		}
	}
	return s
}

func xmlError(err error) error {
	var syntax *xml.SyntaxError
	switch {
	case err == io.EOF:
		return err
	case errors.As(err, &syntax), errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%v: %w", err, container.ErrDamaged)
	}
	return err
}

// prefixOf returns the customary prefix of a namespace, transitional or Strict; the namespace itself when unknown.
func prefixOf(space string) string {
	switch space {
	case "http://schemas.openxmlformats.org/wordprocessingml/2006/main", "http://purl.oclc.org/ooxml/wordprocessingml/main",
		"http://schemas.microsoft.com/office/word/2003/wordml":
		return "w"
	case "http://schemas.openxmlformats.org/drawingml/2006/main", "http://purl.oclc.org/ooxml/drawingml/main":
		return "a"
	case "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
		"http://purl.oclc.org/ooxml/officeDocument/relationships":
		return "r"
	case "http://schemas.openxmlformats.org/officeDocument/2006/math", "http://purl.oclc.org/ooxml/officeDocument/math",
		"http://schemas.microsoft.com/office/omml/2004/12/core":
		return "m"
	case "http://schemas.openxmlformats.org/drawingml/2006/chart", "http://purl.oclc.org/ooxml/drawingml/chart":
		return "c"
	case "http://schemas.openxmlformats.org/drawingml/2006/diagram", "http://purl.oclc.org/ooxml/drawingml/diagram":
		return "dgm"
	case "http://schemas.microsoft.com/office/drawing/2014/chartex":
		return "cx"
	case "http://schemas.openxmlformats.org/markup-compatibility/2006":
		return "mc"
	case "http://schemas.openxmlformats.org/package/2006/relationships":
		return "rel"
	case "urn:schemas-microsoft-com:vml":
		return "v"
	case "urn:schemas-microsoft-com:office:office":
		return "o"
	case "http://schemas.microsoft.com/aml/2001/core":
		return "aml"
	case "http://schemas.microsoft.com/office/word/2003/auxHint":
		return "wx"
	case "http://schemas.microsoft.com/office/2006/xmlPackage":
		return "pkg"
	case "w", "a", "r", "m", "c", "dgm", "cx", "mc", "rel", "v", "o", "aml", "wx", "pkg":
		return space // a prefix without its namespace
	}
	return odfPrefix(space)
}

func odfPrefix(space string) string {
	const odf = "urn:oasis:names:tc:opendocument:xmlns:"
	if rest, ok := strings.CutPrefix(space, odf); ok {
		name, _, _ := strings.Cut(rest, ":")
		if name == "drawing" {
			return "draw"
		}
		return name // office, text, table, drawing, style ...
	}
	if space == "http://www.w3.org/1999/xlink" {
		return "xlink"
	}
	return space
}

// attr returns the value of the attribute of that local name, whatever its namespace, or "".
func (e element) attr(local string) string {
	for _, a := range e.attrs {
		if a.Name.Local == local {
			return a.Value
		}
	}
	return ""
}

// relAttr returns the value of an attribute of the relationships namespace.
func (e element) relAttr(local string) string {
	for _, a := range e.attrs {
		if a.Name.Local == local && (a.Name.Space == "r" || prefixOf(a.Name.Space) == "r") {
			return a.Value
		}
	}
	return ""
}

// on reads a toggle: present means true unless its value says otherwise.
func (e element) on() bool {
	switch e.attr("val") {
	case "0", "false", "off", "none":
		return false
	}
	return true
}
