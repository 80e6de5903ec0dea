package message

import (
	"bytes"
	"encoding/base64"
	"regexp"
)

var uuBegin = regexp.MustCompile(`^begin(?:-base64)? [0-7]{3,4} *(?: (.{0,255}))?$`)

// uuLine decodes one line of uuencode; ok is false when it cannot be one.
func uuLine(line []byte) (out []byte, ok bool) {
	line = bytes.ReplaceAll(bytes.TrimRight(line, " \t"), []byte("¥"), []byte(`\`)) // what Japanese gateways make of it
	if len(line) == 0 {
		return nil, true
	}
	for _, c := range line {
		if c < ' ' || c > '`' {
			return nil, false
		}
	}
	n := int(line[0]-' ') & 63
	want := (n + 2) / 3 * 4
	if got := len(line) - 1; got > want+2 { // some write a checksum after the data
		return nil, false
	}
	src := append(append([]byte(nil), line[1:]...), "    "...) // blanks at the end get lost
	for len(src) < want {
		src = append(src, ' ')
	}
	if short := want - (len(line) - 1); short > 8 && short > want/2 {
		return nil, false
	}
	for i := 0; i+4 <= want; i += 4 {
		var v uint32
		for _, c := range src[i : i+4] {
			v = v<<6 | uint32(c-' ')&63
		}
		out = append(out, byte(v>>16), byte(v>>8), byte(v))
	}
	return out[:min(n, len(out))], true
}

// uuBase64Line decodes one line of what uuencode -m writes.
func uuBase64Line(line []byte) ([]byte, bool) {
	t := bytes.TrimSpace(line)
	out := make([]byte, base64.StdEncoding.DecodedLen(len(t)))
	n, err := base64.StdEncoding.Decode(out, t)
	return out[:n], err == nil
}

// uuDecoder undoes uuencode as a transfer encoding. The name stands in its first line.
type uuDecoder struct {
	f     *file
	begun bool
	ended bool
}

func (d *uuDecoder) text(p []byte) {
	switch {
	case d.ended || len(p) > 200:
	case !d.begun:
		if m := uuBegin.FindSubmatch(p); m != nil {
			d.begun = true
			if d.f.name == "" {
				d.f.name = clean(decodeWords(m[1]))
				d.f.att.Name = d.f.name
			}
		}
	case bytes.Equal(bytes.TrimSpace(p), []byte("end")):
		d.ended = true
	default:
		if out, ok := uuLine(p); ok {
			_, _ = d.f.Write(out)
		} else {
			d.f.note(defectUUCut)
		}
	}
}

func (d *uuDecoder) end([]byte) {}
func (d *uuDecoder) close() {
	if !d.ended {
		d.f.note(defectUUCut)
	}
}

// uuScan passes a plain text through and takes the files out that are uuencoded in it.
type uuScan struct {
	w      *walker
	f      *file  // the text
	begin  []byte // a begin line that waits for its first data line
	eol    []byte // its line end
	file   *file  // the file being taken out
	decode func([]byte) ([]byte, bool)
	last   string // the line that ends the file
	mid    bool
	taken  bool // the present line belongs to a file
}

func (s *uuScan) text(p []byte) {
	if s.mid {
		if !s.taken {
			_, _ = s.f.Write(p)
		}
		return
	}
	s.mid = true
	switch {
	case s.file != nil:
		s.taken = s.data(p)
	case s.begin != nil:
		s.taken = s.first(p)
	default:
		s.taken = s.opens(p)
	}
	if !s.taken {
		_, _ = s.f.Write(p)
	}
}

func (s *uuScan) end(eol []byte) {
	if s.begin != nil && s.eol == nil {
		s.eol = append([]byte{}, eol...)
	}
	if !s.taken {
		_, _ = s.f.Write(eol)
	}
	s.mid, s.taken = false, false
}

// opens tells whether a line may begin a file.
func (s *uuScan) opens(p []byte) bool {
	if len(p) > 300 || !bytes.HasPrefix(p, []byte("begin")) || !uuBegin.Match(p) {
		return false
	}
	s.begin, s.eol = append([]byte(nil), p...), nil
	return true
}

// first looks at the line after "begin": only data makes it a file.
func (s *uuScan) first(p []byte) bool {
	s.decode, s.last = uuLine, "end"
	if bytes.HasPrefix(s.begin, []byte("begin-base64")) {
		s.decode, s.last = uuBase64Line, "===="
	}
	out, ok := s.decode(p)
	if begin := s.begin; !ok || len(out) == 0 || len(p) > 200 || s.w.parts >= s.w.lim.Parts {
		s.begin = nil
		_, _ = s.f.Write(begin)
		_, _ = s.f.Write(s.eol)
		return s.opens(p)
	}
	s.w.parts++
	f := s.w.create()
	f.name = clean(decodeWords(uuBegin.FindSubmatch(s.begin)[1]))
	f.att.Name, f.att.Declared, f.ct.kind = f.name, "application/octet-stream", "application/octet-stream"
	f.note(defectUU)
	s.begin, s.file = nil, f
	_, _ = f.Write(out)
	return true
}

// data takes a line of the file; false when the file has ended without "end" and the line is text again.
func (s *uuScan) data(p []byte) bool {
	if string(bytes.TrimSpace(p)) == s.last {
		s.finish()
		return true
	}
	if len(p) <= 200 {
		if out, ok := s.decode(p); ok {
			_, _ = s.file.Write(out)
			return true
		}
	}
	s.file.note(defectUUCut)
	s.finish()
	return false
}

func (s *uuScan) finish() {
	f := s.file
	s.file = nil
	f.close()
	s.w.file(f, false)
}

func (s *uuScan) close() {
	if s.begin != nil {
		_, _ = s.f.Write(s.begin)
		s.begin = nil
	}
	if s.file != nil {
		s.file.note(defectUUCut)
		s.finish()
	}
}

// scanned puts a scan behind the decoder of a text.
func scanned(dec decoder, f *file) decoder {
	scan := &uuScan{w: f.w, f: f}
	if _, ok := dec.(*identity); ok {
		return scan
	}
	lines := &uuLines{to: scan}
	return &scannedDecoder{decoder: newDecoder(f, lines), lines: lines}
}

// scannedDecoder is a decoder whose output goes through a scan.
type scannedDecoder struct {
	decoder
	lines *uuLines
}

func (d *scannedDecoder) close() {
	d.decoder.close()
	d.lines.close()
}

// uuLines hands what a transfer decoder gives out to a scan, line by line. A line that is too long to be uuencode may
// come in pieces.
type uuLines struct {
	to   *uuScan
	line []byte
}

func (l *uuLines) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		i := bytes.IndexByte(p, '\n') + 1
		if i == 0 {
			i = len(p)
		}
		l.line, p = append(l.line, p[:i]...), p[i:]
		text, eol := split(l.line)
		if ended := bytes.HasSuffix(eol, []byte("\n")); ended {
			l.to.text(text)
			l.to.end(eol)
			l.line = l.line[:0]
		} else if len(text) > pieceSize {
			l.to.text(text)
			l.line = append(l.line[:0], eol...)
		}
	}
	return n, nil
}

func (l *uuLines) close() {
	if len(l.line) > 0 {
		l.to.text(l.line)
	}
	l.to.close()
}
