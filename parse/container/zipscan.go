package container

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"io"
)

// zipEntry is what telling a zip's kind needs of one member.
type zipEntry struct {
	name           string
	method, flags  uint16
	packed, header int64 // packed size; where its local header stands
}

const (
	zipLocal   = "PK\x03\x04"
	zipCentral = "PK\x01\x02"
	zipEnd     = "PK\x05\x06"
	zipEnd64   = "PK\x06\x06"
)

// zipDirectory reads at most limit entries of the central directory. It says false when there is none to be found:
// the file is truncated or part of a set.
func zipDirectory(r io.ReaderAt, size int64, limit int) ([]zipEntry, bool) {
	tail := make([]byte, min(size, 65_557+20))
	base := size - int64(len(tail))
	if n, _ := r.ReadAt(tail, base); n < 22 {
		return nil, false
	}
	at := bytes.LastIndex(tail, []byte(zipEnd))
	if at < 0 || at+22 > len(tail) {
		return nil, false
	}
	length, offset := int64(le32(tail, at+12)), int64(le32(tail, at+16))
	end := base + int64(at)
	if offset == 0xFFFFFFFF || length == 0xFFFFFFFF {
		end64 := bytes.LastIndex(tail[:at], []byte(zipEnd64))
		if end64 < 0 || end64+56 > len(tail) {
			return nil, false
		}
		end = base + int64(end64)
		length = int64(binary.LittleEndian.Uint64(tail[end64+40:]))
		offset = int64(binary.LittleEndian.Uint64(tail[end64+48:]))
	}
	shift := end - length - offset // bytes put before the archive
	if shift < 0 || length < 0 || offset < 0 || length > size {
		shift = 0
	}
	return centralEntries(io.NewSectionReader(r, offset+shift, size-offset-shift), shift, limit)
}

func centralEntries(r io.Reader, shift int64, limit int) ([]zipEntry, bool) {
	br := newPeeker(r)
	var out []zipEntry
	for len(out) < limit {
		h := br.next(46)
		if len(h) < 46 || string(h[:4]) != zipCentral {
			break
		}
		e := zipEntry{flags: le16(h, 8), method: le16(h, 10), packed: int64(le32(h, 20)), header: int64(le32(h, 42)) + shift}
		name, rest := int(le16(h, 28)), int(le16(h, 30))+int(le16(h, 32))
		e.name = string(br.next(name))
		br.next(rest)
		out = append(out, e)
	}
	return out, len(out) > 0
}

// zipLocals reads members' names from their local headers, for files whose directory is lost. Sizes that are only
// given after the bytes are found by looking for the next header, within window bytes.
func zipLocals(r io.ReaderAt, size int64, limit int) []zipEntry {
	const window = 4 << 20
	var out []zipEntry
	h := make([]byte, 30)
	for at, searched := int64(0), int64(0); at+30 <= size && len(out) < limit; {
		if n, _ := r.ReadAt(h, at); n < 30 {
			break
		}
		if string(h[:4]) != zipLocal {
			next := findLocal(r, at, min(size, at+window))
			if searched += next - at; next < 0 || searched > window {
				break
			}
			at = next
			continue
		}
		name := make([]byte, le16(h, 26))
		n, _ := r.ReadAt(name, at+30)
		e := zipEntry{name: string(name[:n]), flags: le16(h, 6), method: le16(h, 8), packed: int64(le32(h, 18)), header: at}
		out = append(out, e)
		at += 30 + int64(len(name)) + int64(le16(h, 28))
		if e.packed < 0xFFFFFFFF {
			at += e.packed
		}
	}
	return out
}

// findLocal returns where the next local header begins in [from, to), or -1.
func findLocal(r io.ReaderAt, from, to int64) int64 {
	b := make([]byte, 64<<10)
	for at := from; at < to; at += int64(len(b)) - 3 {
		n, _ := r.ReadAt(b, at)
		if i := bytes.Index(b[:n], []byte(zipLocal)); i >= 0 {
			return at + int64(i)
		}
		if n < len(b) {
			break
		}
	}
	return -1
}

// Stray is a member of a zip whose directory is lost, found by its own header.
type Stray struct {
	Name      string // raw
	UTF8      bool   // the header says that the name is UTF-8
	Encrypted bool
	Method    uint16
	Size      int64  // unpacked, as the header says; -1 when it does not
	CRC       uint32 // valid when Size is
	offset    int64
}

// StrayMembers lists at most limit members of a damaged zip. What they hold is opened by Open.
func StrayMembers(r io.ReaderAt, size int64, limit int) []Stray {
	var out []Stray
	h := make([]byte, 30)
	for _, e := range zipLocals(r, size, limit) {
		if n, _ := r.ReadAt(h, e.header); n < 30 {
			break
		}
		s := Stray{Name: e.name, UTF8: e.flags&0x800 != 0, Encrypted: e.flags&1 != 0, Method: e.method, Size: int64(le32(h, 22)), CRC: le32(h, 14)}
		if e.flags&8 != 0 {
			s.Size = -1
		}
		s.offset = e.header + 30 + int64(le16(h, 26)) + int64(le16(h, 28))
		out = append(out, s)
	}
	return out
}

// Open unpacks a stray member from the zip it was found in. The error wraps ErrEncrypted, ErrUnsupported or ErrDamaged; that
// bytes are missing shows while reading.
func (s Stray) Open(r io.ReaderAt, size int64) (io.Reader, error) {
	src := io.NewSectionReader(r, s.offset, max(size-s.offset, 0))
	switch {
	case s.Encrypted:
		return nil, fmt.Errorf("zip: %w", ErrEncrypted)
	case s.Method == 8:
		return flate.NewReader(src), nil
	case s.Method == 0 && s.Size >= 0 && s.offset+s.Size <= size:
		return io.LimitReader(src, s.Size), nil
	case s.Method == 0:
		return nil, fmt.Errorf("zip: stored member of unknown length: %w", ErrDamaged)
	}
	return nil, fmt.Errorf("zip: method %d: %w", s.Method, ErrUnsupported)
}

// zipHead returns at most the first n bytes of a member, nil when it cannot be read.
func zipHead(r io.ReaderAt, size int64, e zipEntry, n int64) []byte {
	h := make([]byte, 30)
	if got, _ := r.ReadAt(h, e.header); got < 30 || string(h[:4]) != zipLocal || e.flags&1 != 0 {
		return nil
	}
	at := e.header + 30 + int64(le16(h, 26)) + int64(le16(h, 28))
	if at >= size {
		return nil
	}
	var src io.Reader = io.NewSectionReader(r, at, size-at)
	switch e.method {
	case 0:
		if e.flags&8 == 0 || e.packed > 0 { // else its size stands behind it
			src = io.LimitReader(src, e.packed)
		}
	case 8:
		src = flate.NewReader(src)
	default:
		return nil
	}
	b, _ := io.ReadAll(io.LimitReader(src, n))
	return b
}

// peeker hands out a stream piece by piece; a piece is valid until the next.
type peeker struct {
	r   io.Reader
	buf []byte
	at  int
}

func newPeeker(r io.Reader) *peeker { return &peeker{r: r, buf: make([]byte, 0, 256<<10)} }

func (p *peeker) next(n int) []byte {
	if len(p.buf)-p.at < n {
		rest := copy(p.buf, p.buf[p.at:])
		p.buf, p.at = p.buf[:cap(p.buf)], 0
		got, _ := io.ReadAtLeast(p.r, p.buf[rest:], n-rest)
		p.buf = p.buf[:rest+got]
	}
	n = min(n, len(p.buf)-p.at)
	p.at += n
	return p.buf[p.at-n : p.at]
}

func le16(b []byte, i int) uint16 { return binary.LittleEndian.Uint16(b[i:]) }

// ZipMembers counts the members of a zip's central directory, up to most, without holding them.
func ZipMembers(r io.ReaderAt, size int64, most int) int {
	entries, _ := zipDirectory(r, size, most)
	return len(entries)
}
