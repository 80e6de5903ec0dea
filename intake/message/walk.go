package message

import (
	"bytes"
	"io"
	"os"
	"strings"
)

// walker reads one mail in one pass.
type walker struct {
	in       *lines
	dir      string
	lim      Limits
	m        *Message
	frames   []*frame // the multiparts around the place where we are, outermost first
	parts    int
	stopped  bool  // a limit was reached: nothing more is read
	room     int64 // bytes that may still be written
	textRoom int64 // bytes of text that may still be kept
	defects  int
	blocks   []*block // pieces of the body in their order
	alt      *block   // the block that a multipart/alternative fills
	spare    *block   // the first text that is a file, for a mail without a body of its own
	files    []*file
	made     []string // files created so far
	spare32  [][]byte // buffers not in use
	piece    []byte   // see scratch
	report   strings.Builder
	related  int // depth of multipart/related
	sealed   bool
	err      error
}

// frame is one multipart being read.
type frame struct {
	bounds [][]byte // without the leading dashes
	seen   bool
}

// match says what ended a body: frame i's boundary, or the end of the mail.
type match struct {
	frame   int // index into frames; -1 at the end of the mail
	closing bool
}

var endOfMail = match{frame: -1}

func newWalker(r io.Reader, dir string, lim Limits) *walker {
	return &walker{in: newLines(r), dir: dir, lim: lim, m: &Message{}, room: lim.Bytes, textRoom: 2 * lim.TextBytes}
}

func (w *walker) read() (*Message, error) {
	raw, notes, err := readHeader(w.in, w.lim.HeaderBytes, true, nil)
	if err != nil {
		return nil, err
	}
	w.noteAll(notes)
	w.envelope(raw)
	if w.in.eol == '\r' {
		w.note(defectLines, "")
	}
	w.body(raw, "text/plain")
	if w.err == nil {
		w.err = w.in.err
	}
	if w.err != nil {
		return nil, w.err
	}
	w.compose()
	return w.m, nil
}

// discard removes the files of a mail that could not be read.
func (w *walker) discard() {
	for _, path := range w.made {
		_ = os.Remove(path)
	}
}

// entity reads one part with its header, and returns what ended it.
func (w *walker) entity(implied string) match {
	raw, notes, err := readHeader(w.in, w.lim.HeaderBytes, false, func(line []byte) bool { return w.boundary(line).frame >= 0 })
	if err != nil {
		w.err = err
		return endOfMail
	}
	w.noteAll(notes)
	return w.body(raw, implied)
}

// body reads what follows a header.
func (w *walker) body(raw rawHeader, implied string) match {
	if w.parts++; w.parts > w.lim.Parts {
		w.limit(defectParts)
		w.stopped = true
		return endOfMail
	}
	ct := parseMedia(raw.contentType())
	if !strings.Contains(ct.kind, "/") {
		switch {
		case ct.kind == "" || ct.kind == "text":
			ct.kind = implied
		case ct.kind == "multipart" || ct.params["boundary"] != "":
			ct.kind = "multipart/mixed"
		default:
			ct.kind = "application/octet-stream"
		}
	}
	if strings.HasPrefix(ct.kind, "multipart/") {
		if len(w.frames) < w.lim.Depth {
			return w.multipart(raw, ct)
		}
		w.limit(defectDepth)
		ct.kind = "application/octet-stream"
	}
	return w.leaf(raw, ct)
}

// multipart reads the parts of a multipart, up to the boundary of one around it or the end of the mail.
func (w *walker) multipart(raw rawHeader, ct mediaValue) match {
	f := &frame{}
	if b := strings.TrimRight(ct.params["boundary"], " \t"); b != "" {
		f.bounds = append(f.bounds, []byte(rawBoundary(raw.contentType(), b)))
		if ct.mended && !strings.Contains(string(raw.contentType()), `"`) && strings.ContainsAny(b, "=?: ") {
			w.note(defectNoBoundary, "")
		}
	} else {
		w.note(defectNoBoundary, "")
	}
	me := len(w.frames)
	w.frames = append(w.frames, f)
	defer func() { w.frames = w.frames[:me] }()
	defer w.enter(ct)()

	pre := w.preamble(raw)
	end := w.pump(pre)
	if end.frame != me { // no part at all
		if !f.seen {
			w.note(defectLostBound, "")
			pre.keep()
		}
		return end
	}
	if end.closing {
		pre.keep() // the first part lost its boundary
	} else {
		pre.drop()
	}
	implied := "text/plain"
	if ct.kind == "multipart/digest" {
		implied = "message/rfc822"
	}
	for {
		for end.frame == me && !end.closing && w.err == nil && !w.stopped {
			end = w.entity(implied)
		}
		if end.frame != me {
			if !w.stopped && w.err == nil {
				w.note(unclosed(end), "")
			}
			return end
		}
		if end = w.pump(discard{}); end.frame != me || w.err != nil || w.stopped { // the epilogue
			return end
		}
		if !end.closing {
			w.note(defectAfterEnd, "")
		}
	}
}

// enter keeps the book of alternatives and of pictures that belong to a text; the returned func closes it.
func (w *walker) enter(ct mediaValue) func() {
	switch ct.kind {
	case "multipart/alternative":
		if w.alt == nil {
			w.alt = &block{}
			w.blocks = append(w.blocks, w.alt)
			return func() { w.alt = nil }
		}
	case "multipart/related":
		w.related++
		return func() { w.related-- }
	case "multipart/encrypted":
		was := w.sealed
		w.sealed = true
		return func() { w.sealed = was }
	}
	return func() {}
}

// rawBoundary gives the boundary as bytes: a parameter that was decoded is of no use when the raw one held more than
// ASCII.
func rawBoundary(raw []byte, decoded string) string {
	if ascii(raw) {
		return decoded
	}
	plain, _ := scanParams(raw, new(bool))
	if b := bytes.TrimRight(plain["boundary"], " \t"); len(b) > 0 {
		return string(b)
	}
	return decoded
}

// receiver takes the lines of a body.
type receiver interface {
	text(p []byte) // a piece of a line, without its end
	end(eol []byte)
}

type discard struct{}

func (discard) text([]byte) {}
func (discard) end([]byte)  {}

// pump hands the lines of a body to r, up to a boundary. The line end before a boundary belongs to the boundary.
func (w *walker) pump(r receiver) match {
	var pending []byte
	held := false
	for w.err == nil && !w.stopped {
		piece, start, ok := w.in.next()
		if !ok {
			w.err = w.in.err
			break
		}
		if start && len(piece) > 2 && piece[0] == '-' && piece[1] == '-' {
			line, _ := split(piece)
			if m := w.boundary(line); m.frame >= 0 {
				return m
			}
			if p, isPreamble := r.(*preamble); isPreamble {
				line = append([]byte(nil), line...)
				if w.adopt(p, line) {
					return match{frame: len(w.frames) - 1}
				}
				piece = append(line, w.in.eol)
			}
		}
		if held {
			r.end(pending)
		}
		text, eol := split(piece)
		r.text(text)
		pending, held = append(pending[:0], eol...), len(eol) > 0
	}
	if held && w.err == nil {
		r.end(pending)
	}
	return endOfMail
}

// boundary tells whether a line is the boundary of a multipart around this place; inner ones are asked first.
func (w *walker) boundary(line []byte) match {
	if len(w.frames) == 0 || len(line) < 3 || line[0] != '-' || line[1] != '-' {
		return endOfMail
	}
	line = bytes.TrimRight(line[2:], " \t\r")
	for i := len(w.frames) - 1; i >= 0; i-- {
		for _, b := range w.frames[i].bounds {
			rest, ok := bytes.CutPrefix(line, b)
			if !ok {
				continue
			}
			if rest = bytes.TrimSpace(rest); len(rest) == 0 {
				w.frames[i].seen = true
				return match{frame: i}
			}
			if bytes.Equal(rest, []byte("--")) {
				w.frames[i].seen = true
				return match{frame: i, closing: true}
			}
		}
	}
	return endOfMail
}

// adopt takes a line of a preamble as the boundary when a part's header follows it: the declared one is missing or
// wrong.
func (w *walker) adopt(_ *preamble, line []byte) bool {
	b := bytes.TrimRight(line[2:], " \t\r")
	if len(b) == 0 || len(b) > 200 || bytes.ContainsAny(b, " \t") {
		return false
	}
	next := bytes.ToLower(bytes.TrimLeft(w.in.peek(64), " \t"))
	if !bytes.HasPrefix(next, []byte("content-")) && !bytes.HasPrefix(next, []byte("mime-version:")) {
		return false
	}
	f := w.frames[len(w.frames)-1]
	if len(f.bounds) > 0 {
		w.note(defectOtherBound, "")
	}
	f.bounds, f.seen = append(f.bounds, append([]byte(nil), b...)), true
	return true
}
