package message

import (
	"bytes"
	"encoding/base64"
	"io"
)

// base64Decoder keeps what is base64 and tells junk from a footer that a list or a scanner put after it.
type base64Decoder struct {
	f      *file
	w      io.Writer
	carry  []byte // fewer than four characters
	padded bool   // the last block was closed by "="
	gap    bool   // a blank line came after data
	data   bool
	over   bool   // a footer began: the rest is no data
	mid    bool   // within a line that came in several pieces
	held   []byte // running text that stands before any data
	plain  bool   // it is no base64 at all: bytes pass as they stand
}

func (d *base64Decoder) text(p []byte) {
	if d.over || !d.data && d.before(p) {
		return
	}
	t := bytes.TrimSpace(p)
	if !d.mid {
		if len(t) == 0 {
			return
		}
		if d.data && d.footer(t) {
			d.over = true
			d.f.note(defectBase64Tail)
			return
		}
	}
	d.mid, d.gap = true, false
	if len(t) == 0 {
		return
	}
	if len(d.carry) == 0 && !d.padded && len(t)%4 == 0 {
		out := d.f.w.scratch()
		if n, err := base64.StdEncoding.Decode(out, t); err == nil {
			_, _ = d.w.Write(out[:n])
			d.data, d.padded = true, t[len(t)-1] == '='
			return
		}
	}
	d.slow(t)
}

// slow takes a line character by character.
func (d *base64Decoder) slow(t []byte) {
	for i, c := range t {
		switch {
		case (c == ' ' || c == '\t') && d.padded && d.footer(bytes.TrimSpace(t[i:])):
			d.over = true
			d.f.note(defectBase64Tail)
			return
		case isBase64(c):
			if d.padded {
				d.padded = false
				d.f.note(defectBase64Join)
			}
			d.data = true
			if d.carry = append(d.carry, c); len(d.carry) == 4 {
				d.flush()
			}
		case c == '=':
			d.flush()
			d.padded = d.data
		case c == ' ' || c == '\t' || c == '\r':
		default:
			d.f.note(defectBase64Junk)
		}
	}
}

// footer tells whether a line after data is running text.
func (d *base64Decoder) footer(t []byte) bool {
	pure, blanks, junk := true, 0, 0
	for _, c := range t {
		switch {
		case isBase64(c) || c == '=':
		case c == ' ' || c == '\t':
			pure = false
			blanks++
		default:
			pure = false
			junk++
		}
	}
	switch {
	case d.padded || d.gap:
		if !pure {
			return junk > 0 || blanks > 0
		}
		return len(d.carry) == 0 && t[len(t)-1] != '=' && (len(t)%4 != 0 || len(t) < 8)
	case pure:
		return false
	}
	return blanks > 0 && junk > 0 || junk*2 > len(t)
}

// maxHeld is how much running text may stand before base64 begins.
const maxHeld = 8 << 10

// before keeps running text apart that comes before any data: a gateway's banner if base64 follows, or else the body
// itself, whose part's header tells an untruth. True when the line was taken.
func (d *base64Decoder) before(p []byte) bool {
	if d.plain {
		_, _ = d.w.Write(p)
		return true
	}
	switch t := bytes.TrimSpace(p); {
	case d.mid:
		if len(d.held) == 0 {
			return false
		}
	case len(d.held) == 0 && !prose(t):
		return false
	case len(d.held) > 0 && sureBase64(t):
		d.held = nil
		d.f.note(defectBase64Junk)
		return false
	}
	d.mid = true
	d.held = append(d.held, p...)
	if len(d.held) > maxHeld || bytes.ContainsFunc(p, func(r rune) bool { return r < ' ' && r != '\t' && r != '\r' }) {
		d.pass()
	}
	return true
}

// pass gives out as it stands what was held, and all that follows.
func (d *base64Decoder) pass() {
	d.f.note(defectNotBase64)
	_, _ = d.w.Write(d.held)
	d.held, d.plain = nil, true
}

// prose tells running text from base64 that a stray character got into.
func prose(t []byte) bool {
	blanks, junk := 0, 0
	for _, c := range t {
		switch {
		case c >= 0x80 || c < ' ' && c != '\t':
			return true
		case c == ' ' || c == '\t':
			blanks++
		case !isBase64(c) && c != '=':
			junk++
		}
	}
	return blanks > 1 || blanks > 0 && junk > 0
}

// sureBase64 tells a line that is no word of a text.
func sureBase64(t []byte) bool {
	for _, c := range bytes.TrimRight(t, "=") {
		if !isBase64(c) {
			return false
		}
	}
	return len(t)%4 == 0 && (len(t) >= 24 || len(t) > 0 && t[len(t)-1] == '=')
}

func (d *base64Decoder) end(eol []byte) {
	switch {
	case d.plain:
		_, _ = d.w.Write(eol)
	case len(d.held) > 0:
		d.held = append(d.held, eol...)
	}
	if !d.mid && d.data {
		d.gap = true
	}
	d.mid = false
}

func (d *base64Decoder) flush() {
	if len(d.carry) > 1 {
		var out [3]byte
		n, _ := base64.RawStdEncoding.Decode(out[:], d.carry) // loose last bits are no matter
		_, _ = d.w.Write(out[:n])
	}
	d.carry = d.carry[:0]
}

func (d *base64Decoder) close() {
	if len(d.held) > 0 {
		d.pass()
	}
	if len(d.carry) > 0 {
		d.f.note(defectBase64Pad)
	}
	d.flush()
}
