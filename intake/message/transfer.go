package message

import (
	"bytes"
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

// newDecoder undoes f's encoding into out, which is f itself or what looks the text through on its way there.
func newDecoder(f *file, out io.Writer) decoder {
	switch f.cte {
	case "base64", "base-64", "b", "x-base64":
		return &base64Decoder{f: f, w: out}
	case "quoted-printable", "quoted_printable", "quotedprintable", "q", "qp":
		return &quotedDecoder{f: f, w: out}
	case "x-uuencode", "uuencode", "x-uue", "uue":
		return &uuDecoder{f: f}
	case "", "7bit", "8bit", "binary", "7-bit", "8-bit", "none":
	default:
		f.note(defectEncoding)
	}
	return &identity{w: out}
}

// identity passes bytes through as they stand.
type identity struct{ w io.Writer }

func (d *identity) text(p []byte)  { _, _ = d.w.Write(p) }
func (d *identity) end(eol []byte) { _, _ = d.w.Write(eol) }
func (d *identity) close()         {}

// quotedDecoder undoes quoted-printable. What is no code stays as it stands.
type quotedDecoder struct {
	f     *file
	w     io.Writer
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
	_, _ = d.w.Write(d.out)
}

// end ends a line: blanks before it are transport's, a "=" there joins the lines.
func (d *quotedDecoder) end(eol []byte) {
	rest := bytes.TrimRight(d.carry, " \t")
	d.carry = d.carry[:0]
	if bytes.Equal(rest, []byte("=")) {
		return
	}
	d.decode(rest)
	_, _ = d.w.Write(eol)
}

func (d *quotedDecoder) close() {
	rest := bytes.TrimRight(d.carry, " \t")
	if !bytes.Equal(rest, []byte("=")) {
		d.decode(rest)
	}
	d.carry = nil
}
