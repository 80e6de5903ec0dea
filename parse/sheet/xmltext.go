package sheet

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"baosong/parse/container"
)

// value returns the text in hand; that of a CDATA section stands as it is.
func (x *xmlScanner) value() string {
	if x.cdata {
		return strings.ToValidUTF8(string(x.text), "\uFFFD")
	}
	return unescape(x.text)
}

// is tells whether the current tag has this local name.
func (x *xmlScanner) is(name string) bool { return string(x.name) == name }

// attr returns an attribute of the current start tag by local name, unescaped; "" when it is absent.
func (x *xmlScanner) attr(name string) string {
	s, _ := x.lookup(name)
	return s
}

func (x *xmlScanner) lookup(name string) (string, bool) {
	b := x.tag
	for {
		eq := bytes.IndexByte(b, '=')
		if eq < 0 {
			return "", false
		}
		key := bytes.TrimSpace(b[:eq])
		if i := bytes.IndexByte(key, ':'); i >= 0 && string(key[:i]) != "xmlns" {
			key = key[i+1:]
		}
		b = bytes.TrimLeft(b[eq+1:], " \t\r\n")
		if len(b) == 0 {
			return "", false
		}
		q := b[0]
		if q != '"' && q != '\'' {
			return "", false
		}
		stop := bytes.IndexByte(b[1:], q)
		if stop < 0 {
			return "", false
		}
		if string(key) == name {
			return unescape(b[1 : 1+stop]), true
		}
		b = b[2+stop:]
	}
}

// content returns the text inside the current element, up to its end tag; elements inside it are passed through.
func (x *xmlScanner) content() string {
	if x.closes {
		x.next()
		return ""
	}
	depth, was := x.depth, x.mixed
	x.mixed = true
	defer func() { x.mixed = was }()
	first := ""
	var more []byte
	for {
		switch x.next() {
		case xmlText:
			if first == "" && more == nil {
				first = x.value()
			} else if len(more) < maxText {
				more = append(more, x.value()...)
			}
		case xmlEnd:
			if x.depth < depth {
				return first + string(more)
			}
		case xmlEOF:
			return first + string(more)
		}
	}
}

// skip passes over the current element with all that it holds.
func (x *xmlScanner) skip() {
	depth, was := x.depth, x.mixed
	x.mixed = false
	for {
		k := x.next()
		if k == xmlEOF || k == xmlEnd && x.depth < depth {
			break
		}
	}
	x.mixed = was
}

// fault returns what ended the reading, nil at a good end.
func (x *xmlScanner) fault() error {
	if x.err == nil && x.depth > 0 {
		return fmt.Errorf("%w: xml ends too early", container.ErrDamaged)
	}
	return x.err
}

// unescape resolves the five entities and character references; others stay as they are. Bytes that are no UTF-8
// become U+FFFD.
func unescape(b []byte) string {
	i := bytes.IndexByte(b, '&')
	if i < 0 {
		if utf8.Valid(b) {
			return string(b)
		}
		return strings.ToValidUTF8(string(b), "\uFFFD")
	}
	out := make([]byte, 0, len(b))
	for i >= 0 {
		out = append(out, b[:i]...)
		b = b[i:]
		stop := bytes.IndexByte(b[:min(len(b), 12)], ';')
		if stop < 0 {
			out, b = append(out, '&'), b[1:]
		} else if r, ok := entity(string(b[1:stop])); ok {
			out, b = utf8.AppendRune(out, r), b[stop+1:]
		} else {
			out, b = append(out, '&'), b[1:]
		}
		i = bytes.IndexByte(b, '&')
	}
	return strings.ToValidUTF8(string(append(out, b...)), "\uFFFD")
}

func entity(name string) (rune, bool) {
	switch name {
	case "amp":
		return '&', true
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	if len(name) < 2 || name[0] != '#' {
		return 0, false
	}
	base, digits := 10, name[1:]
	if digits[0] == 'x' || digits[0] == 'X' {
		base, digits = 16, digits[1:]
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil || n > utf8.MaxRune || n >= 0xD800 && n < 0xE000 {
		return 0, false
	}
	return rune(n), true
}
