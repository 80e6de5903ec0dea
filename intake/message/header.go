package message

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"baosong/parse/charset"
)

const (
	maxField  = 256 << 10 // kept of one field's raw value
	maxFields = 5000
)

// rawField is one field as it stands, unfolded but not decoded.
type rawField struct {
	name  string
	value []byte
}

type rawHeader []rawField

// get returns the first value of this name that is not empty.
func (h rawHeader) get(name string) []byte {
	for _, f := range h {
		if foldEqual(f.name, name) && len(bytes.TrimSpace(f.value)) > 0 {
			return f.value
		}
	}
	return nil
}

// contentType returns the field that says most: where a gateway has added one of its own, the one with a boundary.
func (h rawHeader) contentType() []byte {
	for _, f := range h {
		if foldEqual(f.name, "Content-Type") && bytes.HasPrefix(bytes.ToLower(bytes.TrimSpace(f.value)), []byte("multipart/")) &&
			bytes.Contains(bytes.ToLower(f.value), []byte("boundary")) {
			return f.value
		}
	}
	return h.get("Content-Type")
}

// transcode brings raw bytes in header values to UTF-8 where the mail names a charset that they could not be told from
// otherwise: Korean, Japanese, Big5 and Cyrillic bytes are as a rule valid GB18030 too.
func (h rawHeader) transcode(label string) {
	switch label = strings.ToLower(label); {
	case strings.HasPrefix(label, "euc-"), strings.HasPrefix(label, "ks_"), strings.HasPrefix(label, "big5"), strings.HasPrefix(label, "shift"),
		strings.HasPrefix(label, "koi8"), strings.HasPrefix(label, "windows-125") && label != "windows-1252":
	default:
		return
	}
	for i := range h {
		if !utf8.Valid(h[i].value) {
			if s, ok := charset.Decode(h[i].value, label); ok {
				h[i].value = []byte(s)
			}
		}
	}
}

func (h rawHeader) decoded() Header {
	out := make(Header, 0, len(h))
	for _, f := range h {
		out = append(out, Field{Name: f.name, Value: clean(charset.Unmangle(decodeWords(f.value)))})
	}
	return out
}

// readHeader reads up to and including the blank line that ends a header. isBoundary (may be nil) recognises lines
// that end even a header; such a line is given back. root says that this is the header of the mail itself, before
// which blank lines and mbox marks are passed over. The notes say what was mended.
func readHeader(in *lines, limit int64, root bool, isBoundary func([]byte) bool) (h rawHeader, notes []defect, err error) {
	hr := headerReader{in: in, limit: limit, root: root}
	for {
		piece, start, ok := in.next()
		if !ok {
			return hr.fields, hr.notes, in.err
		}
		if !start {
			hr.more(piece)
			continue
		}
		text, _ := split(piece)
		if isBoundary != nil && isBoundary(text) {
			in.unread(piece)
			return hr.fields, hr.notes, nil
		}
		if done := hr.line(text, piece); done {
			return hr.fields, hr.notes, nil
		}
	}
}

type headerReader struct {
	in     *lines
	limit  int64
	used   int64
	root   bool
	fields rawHeader
	drop   bool // the current field was cut or passed over
	notes  []defect
}

// line takes one line of the header; true means that the header has ended.
func (r *headerReader) line(text, piece []byte) bool {
	first := len(r.fields) == 0
	switch name, value, ok := cutField(text); {
	case len(bytes.Trim(text, "\r")) == 0:
		return !(first && r.root && r.headerFollows(4))
	case first && r.root && (bytes.HasPrefix(text, []byte("From ")) || bytes.HasPrefix(text, []byte(">From "))):
		return false
	case text[0] == ' ' || text[0] == '\t':
		return r.folded(text, piece)
	case ok:
		r.add(name, value)
		return false
	}
	return r.broken(text, piece)
}

// folded takes a line that begins with white space: a continuation. A line of nothing but white space is one too when
// more of the header follows (RFC 5322, 4.2); otherwise it was meant as the blank line.
func (r *headerReader) folded(text, piece []byte) bool {
	blank := len(bytes.TrimSpace(text)) == 0
	if len(r.fields) == 0 {
		if blank {
			return false
		}
		return r.broken(text, piece)
	}
	if blank {
		text = append([]byte(nil), text...)
		if !r.continued() {
			r.notes = append(r.notes, defectBlankLine)
			return true
		}
	}
	r.more(text)
	return false
}

// broken takes a line that is no field. It continues a field whose folding was lost, or is junk amid a header, or the
// body begins without a blank line.
func (r *headerReader) broken(text, piece []byte) bool {
	line := append([]byte(nil), piece...)
	text = line[:len(text)]
	if n := len(r.fields); n > 0 && !r.drop {
		last := bytes.TrimRight(r.fields[n-1].value, " \t")
		if bytes.HasSuffix(last, []byte(";")) || looksParam(text) || bytes.HasPrefix(text, []byte("=?")) {
			r.notes = append(r.notes, defectFolding)
			r.more(append([]byte(" "), text...))
			return false
		}
	}
	if r.headerFollows(8) {
		r.notes = append(r.notes, defectHeaderLine)
		r.drop = true
		return false
	}
	if len(r.fields) > 0 {
		r.notes = append(r.notes, defectBlankLine)
	}
	r.in.unread(line)
	return true
}

// headerFollows tells whether one of the next few lines, before a blank one, is a field.
func (r *headerReader) headerFollows(n int) bool {
	for _, line := range bytes.SplitN(r.in.peek(4096), []byte{r.in.eol}, n+1) {
		if n--; n < 0 {
			return false
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			if r.root && len(r.fields) == 0 {
				continue // blank lines before the very first field
			}
			return false
		}
		if name, _, ok := cutField(line); ok && knownField(name) {
			return true
		}
	}
	return false
}

// continued tells whether the next line carries the header on.
func (r *headerReader) continued() bool {
	line, _, _ := bytes.Cut(r.in.peek(2048), []byte{r.in.eol})
	line = bytes.TrimRight(line, "\r\n")
	if len(line) == 0 {
		return false
	}
	_, _, ok := cutField(line)
	return ok || (line[0] == ' ' || line[0] == '\t') && len(bytes.TrimSpace(line)) > 0
}

func (r *headerReader) add(name string, value []byte) {
	r.drop = len(r.fields) >= maxFields || r.used > r.limit
	if r.drop {
		r.notes = append(r.notes, defectHeaderSize)
		return
	}
	r.fields = append(r.fields, rawField{name: name})
	r.used += int64(len(name))
	r.more(bytes.TrimLeft(value, " \t"))
}

// more appends to the last field, up to the limits.
func (r *headerReader) more(text []byte) {
	n := len(r.fields)
	if n == 0 || r.drop {
		return
	}
	text = bytes.TrimRight(text, "\r\n")
	f := &r.fields[n-1]
	if room := min(int64(maxField-len(f.value)), r.limit-r.used); int64(len(text)) > room {
		text = text[:max(room, 0)]
		r.drop = true
		r.notes = append(r.notes, defectHeaderSize)
	}
	f.value = append(f.value, text...)
	r.used += int64(len(text))
}

// cutField parts "Name: value". A name is printable ASCII; white space before the colon is allowed.
func cutField(line []byte) (name string, value []byte, ok bool) {
	i := bytes.IndexByte(line, ':')
	if i <= 0 || i > 200 {
		return "", nil, false
	}
	n := bytes.TrimRight(line[:i], " \t")
	if len(n) == 0 {
		return "", nil, false
	}
	for _, c := range n {
		if c <= ' ' || c >= 127 {
			return "", nil, false
		}
	}
	return string(n), line[i+1:], true
}

// knownField tells names of real header fields from a word with a colon in running text.
func knownField(name string) bool {
	l := strings.ToLower(name)
	if strings.HasPrefix(l, "x-") || strings.HasPrefix(l, "content-") || strings.HasPrefix(l, "list-") ||
		strings.HasPrefix(l, "resent-") || strings.HasPrefix(l, "arc-") {
		return true
	}
	switch l {
	case "from", "to", "cc", "bcc", "subject", "date", "message-id", "received", "mime-version", "reply-to", "sender",
		"references", "in-reply-to", "return-path", "dkim-signature", "authentication-results", "delivered-to",
		"importance", "priority", "organization", "auto-submitted", "precedence", "user-agent", "received-spf",
		"thread-topic", "thread-index", "errors-to", "newsgroups", "lines", "status":
		return true
	}
	return false
}

// looksParam tells whether a line is the parameter of a field whose folding was lost: boundary="x".
func looksParam(line []byte) bool {
	name, _, ok := bytes.Cut(bytes.TrimSpace(line), []byte("="))
	if !ok {
		return false
	}
	switch strings.ToLower(strings.TrimRight(string(bytes.TrimSpace(name)), "*0123456789")) {
	case "boundary", "charset", "name", "filename", "type", "format", "protocol", "micalg", "report-type", "smime-type":
		return true
	}
	return false
}

func foldEqual(a, b string) bool { return len(a) == len(b) && strings.EqualFold(a, b) }
