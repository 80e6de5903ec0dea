package message

import (
	"bytes"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"baosong/parse/charset"
)

// mediaValue is a structured field: Content-Type or Content-Disposition.
type mediaValue struct {
	kind   string // lower case: text/plain, attachment
	params map[string]string
	mended bool // a parameter was unquoted though it must not be, or otherwise read with indulgence
}

// maxParams bounds the parameters of one field.
const maxParams = 200

// parseMedia reads a structured field with its parameters (RFC 2045, 2231), however it is quoted or encoded.
func parseMedia(raw []byte) mediaValue {
	kind, rest := cutKind(raw)
	mv := mediaValue{kind: kind}
	plain, pieces := scanParams(rest, &mv.mended)
	mv.params = make(map[string]string, len(plain)+len(pieces))
	for name, v := range plain {
		mv.params[name] = decodeWords(v)
	}
	for name, segs := range pieces {
		s, ok := joinSegments(segs)
		if old := mv.params[name]; s != "" && (ok || old == "" || strings.ContainsRune(old, utf8.RuneError)) {
			mv.params[name] = s
		}
	}
	for name, v := range mv.params {
		s := charset.Unmangle(v)
		mv.params[name], mv.mended = clean(s), mv.mended || s != v
	}
	return mv
}

// cutKind takes the word before the parameters; a missing semicolon is forgiven.
func cutKind(raw []byte) (kind string, rest []byte) {
	raw = bytes.TrimLeft(raw, " \t")
	end := bytes.IndexAny(raw, "; \t")
	if end < 0 {
		end = len(raw)
	}
	if eq := bytes.IndexByte(raw[:end], '='); eq >= 0 { // no kind at all: name="x"
		return "", raw
	}
	return strings.ToLower(strings.Trim(clean(rawText(string(raw[:end]))), `"'`)), raw[end:]
}

// segment is one piece of a parameter that came as name*0, name*1* and so on.
type segment struct {
	n        int
	extended bool
	value    []byte
}

func scanParams(v []byte, mended *bool) (plain map[string][]byte, pieces map[string][]segment) {
	plain, pieces = map[string][]byte{}, map[string][]segment{}
	for count := 0; count < maxParams; count++ {
		v = bytes.TrimLeft(v, "; \t")
		if len(v) == 0 {
			break
		}
		if v[0] == '(' { // a comment
			end := bytes.IndexByte(v, ')')
			if end < 0 {
				break
			}
			v = v[end+1:]
			continue
		}
		eq, semi := bytes.IndexByte(v, '='), bytes.IndexByte(v, ';')
		if eq < 0 {
			break
		}
		if semi >= 0 && semi < eq { // a word without a value
			v = v[semi+1:]
			continue
		}
		key := strings.ToLower(string(bytes.TrimSpace(v[:eq])))
		if i := strings.LastIndexAny(key, " \t"); i >= 0 {
			key = key[i+1:]
		}
		var val []byte
		val, v = cutValue(bytes.TrimLeft(v[eq+1:], " \t"), mended)
		base, rest, star := strings.Cut(key, "*")
		if star {
			n, _ := strconv.Atoi(strings.TrimSuffix(rest, "*"))
			pieces[base] = append(pieces[base], segment{n, rest == "" || strings.HasSuffix(rest, "*"), val})
		} else if old, dup := plain[key]; !dup || len(old) == 0 {
			plain[key] = val
		}
	}
	return plain, pieces
}

// cutValue takes one value. Unquoted ones run to the semicolon, blanks and all, but for a blank before another
// parameter.
func cutValue(v []byte, mended *bool) (val, rest []byte) {
	if len(v) > 0 && v[0] == '"' {
		val, rest = cutQuoted(v[1:], mended)
		for bytes.HasSuffix(val, []byte("?=")) && bytes.HasPrefix(rest, []byte(`"=?`)) { // each word in quotes of its own
			var more []byte
			more, rest = cutQuoted(rest[1:], mended)
			val = append(val, more...)
		}
		return val, rest
	}
	end := len(v)
	if bytes.HasPrefix(v, []byte("=?")) { // an encoded word may hold anything
		if stop := bytes.LastIndex(v, []byte("?=")); stop > 0 {
			if i := bytes.IndexByte(v[stop:], ';'); i >= 0 {
				end = stop + i
			}
			if i := bytes.Index(v, []byte("?=;")); i > 0 {
				end = min(end, i+2)
			}
		}
		*mended = true
	} else if i := bytes.IndexByte(v, ';'); i >= 0 {
		end = i
	}
	val = bytes.TrimSpace(v[:end])
	if i := bytes.IndexAny(val, " \t"); i >= 0 {
		if looksParam(bytes.TrimSpace(val[i:])) { // a=b c=d, semicolon lost
			return val[:i], v[bytes.IndexAny(v, " \t"):]
		}
		*mended = true
	}
	if bytes.ContainsAny(val, "=?\x80") || !ascii(val) {
		*mended = true
	}
	return val, v[end:]
}

// cutQuoted takes a quoted string after its opening quote. A backslash escapes only a quote or a backslash, since
// Windows paths come unescaped; in GBK bytes it may be the second half of a character. When the quote is never
// closed the value ends at a semicolon.
func cutQuoted(v []byte, mended *bool) (val, rest []byte) {
	gbk := !utf8.Valid(v)
	for i := 0; i < len(v); i++ {
		switch c := v[i]; {
		case gbk && c >= 0x81 && c != 0xFF && i+1 < len(v) && v[i+1] >= 0x40 && v[i+1] != '"':
			val = append(val, c, v[i+1])
			i++
		case c == '\\' && i+1 < len(v) && (v[i+1] == '"' || v[i+1] == '\\') && !endsValue(v[i+2:], v[i+1]):
			val = append(val, v[i+1])
			i++
		case c == '"' && !closes(v[i+1:]):
			*mended = true // a quote inside the name
			val = append(val, c)
		case c == '"':
			return val, skipJunk(v[i+1:])
		default:
			val = append(val, c)
		}
	}
	*mended = true
	if i := bytes.IndexByte(val, ';'); i >= 0 && bytes.IndexByte(val[i:], '=') >= 0 {
		return bytes.TrimSpace(val[:i]), val[i:]
	}
	return bytes.TrimSpace(val), nil
}

// endsValue tells that an escaped quote is in truth the end: "C:\dir\" with nothing after it.
func endsValue(after []byte, c byte) bool {
	return c == '"' && bytes.IndexByte(after, '"') < 0 && len(bytes.TrimSpace(after)) == 0
}

// closes tells whether a quote ends the value: what follows begins with a semicolon, white space or nothing, or there
// is no further quote that would end it better.
func closes(after []byte) bool {
	t := bytes.TrimLeft(after, " \t\r\n")
	if len(t) == 0 || t[0] == ';' || len(t) < len(after) || t[0] == '(' {
		return true
	}
	i := bytes.IndexByte(t, '"')
	return i < 0 || bytes.IndexByte(t[:i], '=') >= 0
}

// skipJunk passes over what stands between a closing quote and the next semicolon. Words of RFC 2047 in quotes may be
// followed by more of them in quotes of their own.
func skipJunk(v []byte) []byte {
	t := bytes.TrimLeft(v, " \t")
	if len(t) > 0 && t[0] != ';' && !looksParam(t) && !bytes.HasPrefix(t, []byte(`"=?`)) {
		if i := bytes.IndexByte(t, ';'); i >= 0 {
			return t[i:]
		}
	}
	return t
}

// joinSegments puts a parameter of RFC 2231 together: bytes first, then one decoding. False when bytes were lost.
func joinSegments(segs []segment) (string, bool) {
	sort.SliceStable(segs, func(a, b int) bool { return segs[a].n < segs[b].n })
	var b []byte
	label, told := "", false
	for i, s := range segs {
		if i > 0 && segs[i-1].n == s.n {
			continue // sent twice
		}
		v := s.value
		if s.extended {
			if i == 0 {
				if p := bytes.SplitN(v, []byte("'"), 3); len(p) == 3 {
					label, told, v = string(p[0]), true, p[2]
				}
			}
			v = unpercent(v)
		}
		b = append(b, v...)
	}
	if bytes.Contains(b, []byte("=?")) && bytes.Contains(b, []byte("?=")) {
		return decodeWords(b), true
	}
	s, ok := charset.Decode(b, label)
	if !told || label == "" {
		ok = !strings.ContainsRune(s, utf8.RuneError)
	}
	return s, ok || !strings.ContainsRune(s, utf8.RuneError)
}

func unpercent(v []byte) []byte {
	out := make([]byte, 0, len(v))
	for i := 0; i < len(v); i++ {
		if v[i] == '%' && i+2 < len(v) && isHex(v[i+1]) && isHex(v[i+2]) {
			out = append(out, unhex(v[i+1])<<4|unhex(v[i+2]))
			i += 2
			continue
		}
		out = append(out, v[i])
	}
	return out
}

func ascii(b []byte) bool {
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}
