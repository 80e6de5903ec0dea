package message

import (
	"bufio"
	"bytes"
	"io"
)

// pieceSize is the longest piece of a line handed on at once; longer lines come in several pieces.
const pieceSize = 64 << 10

// lines gives a mail line by line without ever holding a whole one that is too long.
type lines struct {
	br   *bufio.Reader
	eol  byte   // '\n', or '\r' in mails that know no line feed at all
	mid  bool   // the last piece did not end its line
	back []byte // a line given back, to come again
	held bool
	err  error // of the reader, never io.EOF
}

func newLines(r io.Reader) *lines {
	in := &lines{br: bufio.NewReaderSize(r, pieceSize), eol: '\n'}
	head, _ := in.br.Peek(pieceSize)
	if bytes.IndexByte(head, '\n') < 0 && bytes.IndexByte(head, '\r') >= 0 {
		in.eol = '\r'
	}
	return in
}

// next returns the next piece of a line with its end, if it has one. start says that the piece begins a line; ok is
// false at the end of the mail or after a failure. The piece is valid until the next call.
func (in *lines) next() (piece []byte, start, ok bool) {
	if in.held {
		in.held = false
		return in.back, true, true
	}
	start = !in.mid
	piece, err := in.br.ReadSlice(in.eol)
	in.mid = err == bufio.ErrBufferFull
	if err != nil && err != bufio.ErrBufferFull && err != io.EOF {
		in.err = err
		return nil, start, false
	}
	return piece, start, len(piece) > 0
}

// unread gives a line back; next returns it again as the start of a line. Only after next or line, and only once.
func (in *lines) unread(line []byte) {
	in.back, in.held = append(in.back[:0], line...), true
}

// peek shows what follows without reading it; it ends the life of the last piece.
func (in *lines) peek(n int) []byte {
	b, _ := in.br.Peek(min(n, pieceSize))
	return b
}

// split parts a piece from its line end: any number of CR before the last LF belongs to the end (Tencent's CR CR LF).
func split(piece []byte) (text, end []byte) {
	n := len(piece)
	if n > 0 && (piece[n-1] == '\n' || piece[n-1] == '\r') {
		n--
		for n > 0 && piece[n-1] == '\r' {
			n--
		}
	}
	return piece[:n], piece[n:]
}
