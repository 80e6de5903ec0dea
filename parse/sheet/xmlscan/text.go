package xmlscan

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"baosong/parse/container"
)

// Value returns the text in hand; that of a CDATA section stands as it is.
func (x *Scanner) Value() string {
	if x.cdata {
		return strings.ToValidUTF8(string(x.text), "\uFFFD")
	}
	return Unescape(x.text)
}

// Is tells whether the current tag has this local name.
func (x *Scanner) Is(name string) bool { return string(x.Name) == name }

// Attr returns an attribute of the current start tag by local name, unescaped; "" when it is absent.
func (x *Scanner) Attr(name string) string {
	s, _ := x.Lookup(name)
	return s
}

// Lookup is Attr that tells an empty attribute from none.
func (x *Scanner) Lookup(name string) (string, bool) { return Attribute(x.Tag, name) }

// Attribute finds an attribute by local name in the bytes of a tag behind its name.
func Attribute(b []byte, name string) (string, bool) {
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
			return Unescape(b[1 : 1+stop]), true
		}
		b = b[2+stop:]
	}
}

// Content returns the text inside the current element, up to its end tag; elements inside it are passed through.
func (x *Scanner) Content() string {
	if x.Closes {
		x.Next()
		return ""
	}
	depth, was := x.Depth, x.Mixed
	x.Mixed = true
	defer func() { x.Mixed = was }()
	first := ""
	var more []byte
	for {
		switch x.Next() {
		case Text:
			if first == "" && more == nil {
				first = x.Value()
			} else if len(more) < MaxText {
				more = append(more, x.Value()...)
			}
		case End:
			if x.Depth < depth {
				return first + string(more)
			}
		case EOF:
			return first + string(more)
		}
	}
}

// Skip passes over the current element with all that it holds.
func (x *Scanner) Skip() {
	depth, was := x.Depth, x.Mixed
	x.Mixed = false
	for {
		k := x.Next()
		if k == EOF || k == End && x.Depth < depth {
			break
		}
	}
	x.Mixed = was
}

// Fault returns what ended the reading, nil at a good end.
func (x *Scanner) Fault() error {
	if x.err == nil && x.Depth > 0 {
		return fmt.Errorf("%w: xml ends too early", container.ErrDamaged)
	}
	return x.err
}

// Unescape resolves the five entities and character references; others stay as they are. Bytes that are no UTF-8
// become U+FFFD.
func Unescape(b []byte) string {
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

// Truth reads a boolean attribute.
func Truth(s string) bool { return s == "1" || s == "true" || s == "on" || s == "TRUE" }

// toInt reads a small whole number; anything else is 0.
func Int(s string) int {
	if len(s) > 9 {
		return 0
	}
	n, _ := strconv.Atoi(s)
	return n
}
