package message

import (
	"bytes"
	"encoding/base64"
	"io"
	"strings"
)

// decoder undoes one transfer encoding, line by line, with bounded memory.
type decoder interface {
	receiver
	close()
}

// transferEncoding reads the field's first word: "base64 (x)", "quoted-printable;" and "7-bit" occur.
func transferEncoding(raw []byte) string {
	words := strings.FieldsFunc(stripComments(clean(rawText(string(raw)))), func(r rune) bool { return r == ' ' || r == ';' || r == ',' })
	if len(words) == 0 {
		return ""
	}
	return strings.ToLower(strings.Trim(words[0], `"'`))
}

func newDecoder(f *file) decoder {
	switch f.cte {
	case "base64", "base-64", "b", "x-base64":
		return &base64Decoder{f: f}
	case "quoted-printable", "quoted_printable", "quotedprintable", "q", "qp":
		return &quotedDecoder{f: f}
	case "x-uuencode", "uuencode", "x-uue", "uue":
		return &uuDecoder{f: f}
	case "", "7bit", "8bit", "binary", "7-bit", "8-bit", "none":
	default:
		f.note(defectEncoding)
	}
	return &identity{w: f}
}

// identity passes bytes through as they stand.
type identity struct{ w io.Writer }

func (d *identity) text(p []byte)  { _, _ = d.w.Write(p) }
func (d *identity) end(eol []byte) { _, _ = d.w.Write(eol) }
func (d *identity) close()         {}

// base64Decoder keeps what is base64 and tells junk from a footer that a list or a scanner put after it.
type base64Decoder struct {
	f      *file
	carry  []byte // fewer than four characters
	padded bool   // the last block was closed by "="
	gap    bool   // a blank line came after data
	data   bool
	over   bool // a footer began: the rest is no data
	mid    bool // within a line that came in several pieces
}

func (d *base64Decoder) text(p []byte) {
	if d.over {
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
			_, _ = d.f.Write(out[:n])
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

func (d *base64Decoder) end([]byte) {
	if !d.mid && d.data {
		d.gap = true
	}
	d.mid = false
}

func (d *base64Decoder) flush() {
	if len(d.carry) > 1 {
		var out [3]byte
		n, _ := base64.RawStdEncoding.Decode(out[:], d.carry) // loose last bits are no matter
		_, _ = d.f.Write(out[:n])
	}
	d.carry = d.carry[:0]
}

func (d *base64Decoder) close() {
	if len(d.carry) > 0 {
		d.f.note(defectBase64Pad)
	}
	d.flush()
}

// quotedDecoder undoes quoted-printable. What is no code stays as it stands.
type quotedDecoder struct {
	f     *file
	carry []byte // the end of a piece: white space or the beginning of a code
	out   []byte
}

func (d *quotedDecoder) text(p []byte) {
	if len(d.carry) > 0 {
		p = append(append(make([]byte, 0, len(d.carry)+len(p)), d.carry...), p...)
	}
	keep := len(p)
	for keep > 0 && len(p)-keep < 512 && (p[keep-1] == ' ' || p[keep-1] == '\t') {
		keep--
	}
	if keep > 0 && p[keep-1] == '=' {
		keep--
	} else if keep == len(p) && keep > 1 && p[keep-2] == '=' {
		keep -= 2
	}
	d.decode(p[:keep])
	d.carry = append([]byte(nil), p[keep:]...)
}

func (d *quotedDecoder) decode(p []byte) {
	d.out = d.out[:0]
	for i := 0; i < len(p); i++ {
		if p[i] != '=' {
			d.out = append(d.out, p[i])
			continue
		}
		if i+2 < len(p) && isHex(p[i+1]) && isHex(p[i+2]) {
			d.out = append(d.out, unhex(p[i+1])<<4|unhex(p[i+2]))
			i += 2
			continue
		}
		d.f.note(defectQuoted)
		d.out = append(d.out, '=')
	}
	_, _ = d.f.Write(d.out)
}

// end ends a line: blanks before it are transport's, a "=" there joins the lines.
func (d *quotedDecoder) end(eol []byte) {
	rest := bytes.TrimRight(d.carry, " \t")
	d.carry = d.carry[:0]
	if bytes.Equal(rest, []byte("=")) {
		return
	}
	d.decode(rest)
	_, _ = d.f.Write(eol)
}

func (d *quotedDecoder) close() {
	rest := bytes.TrimRight(d.carry, " \t")
	if !bytes.Equal(rest, []byte("=")) {
		d.decode(rest)
	}
	d.carry = nil
}
