package container

import (
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"
)

// Limits of a compound file's own structures; each is far above what office programs write.
const (
	maxDirectory = 1 << 16 // directory entries
	maxStorages  = 64      // storages within one another
	freeSector   = 0xFFFFFFFA
	noStream     = 0xFFFFFFFF
	miniCutoff   = 4096
	miniSector   = 64
)

// Compound is an OLE compound file ([MS-CFB]), opened for reading. Its streams are named by their path, "Workbook" or
// "ObjectPool/_1/Contents"; control characters before a name ("\x05SummaryInformation") are left out, and names are
// found whatever their case, as the format itself compares them.
//
// The reader is our own because the one library to be had needs quadratic memory for storages nested in one another
// and refuses files whose last sector is not filled up, which real programs write.
type Compound struct {
	r       io.ReaderAt
	size    int64
	sector  int64
	fat     []uint32
	mini    []uint32 // FAT of the mini stream
	inMini  []uint32 // sectors that hold the mini stream
	entries []dirEntry
	streams map[string]int // lower-case path -> index in entries
	names   []string
}

type dirEntry struct {
	name               string
	kind               byte // 1 storage, 2 stream, 5 root
	left, right, child uint32
	start              uint32
	size               int64
}

// OpenCompound reads header, sector table and directory. The error wraps ErrDamaged when they make no sense.
func OpenCompound(r io.ReaderAt, size int64) (c *Compound, err error) {
	defer func() {
		if v := recover(); v != nil {
			c, err = nil, fmt.Errorf("compound file: %v: %w", v, ErrDamaged)
		}
	}()
	c = &Compound{r: r, size: size, streams: map[string]int{}}
	head := make([]byte, 512)
	if n, _ := r.ReadAt(head, 0); n < len(head) || string(head[:8]) != magicOLE {
		return nil, fmt.Errorf("compound file: no header: %w", ErrDamaged)
	}
	switch shift := binary.LittleEndian.Uint16(head[30:]); shift {
	case 9, 12:
		c.sector = 1 << shift
	default:
		return nil, fmt.Errorf("compound file: sector size 2^%d: %w", shift, ErrDamaged)
	}
	c.readTable(head)
	if err := c.readDirectory(le32(head, 48), binary.LittleEndian.Uint16(head[26:]) < 4); err != nil {
		return nil, err
	}
	c.readMini(le32(head, 60))
	c.walk()
	return c, nil
}

// Names returns the paths of all streams in the directory's order.
func (c *Compound) Names() []string { return append([]string(nil), c.names...) }

// Has reports whether there is a stream of that path.
func (c *Compound) Has(name string) bool { _, ok := c.streams[strings.ToLower(name)]; return ok }

// Read returns the bytes of a stream. The error wraps ErrLimit when the stream is longer than max, ErrDamaged when it is
// not there or ends early; in the latter case what could be read is returned with it.
func (c *Compound) Read(name string, max int64) ([]byte, error) {
	i, ok := c.streams[strings.ToLower(name)]
	if !ok {
		return nil, fmt.Errorf("compound file: no stream %q: %w", name, ErrDamaged)
	}
	if c.entries[i].size > max {
		return nil, fmt.Errorf("compound file: stream %q has %d bytes: %w", name, c.entries[i].size, ErrLimit)
	}
	b, err := c.read(c.entries[i], c.entries[i].size)
	if err != nil {
		return b, fmt.Errorf("compound file: stream %q: %w", name, err)
	}
	return b, nil
}

// Prefix returns at most the first n bytes of a stream, nil when there is none.
func (c *Compound) Prefix(name string, n int64) []byte {
	i, ok := c.streams[strings.ToLower(name)]
	if !ok {
		return nil
	}
	b, _ := c.read(c.entries[i], min(n, c.entries[i].size))
	return b
}

// readTable collects the sector table from the 109 places in the header and the chain of further ones. It never holds
// more entries than the file has sectors.
func (c *Compound) readTable(head []byte) {
	sectors := int(c.size/c.sector) + 1
	add := func(loc uint32) bool {
		b, ok := c.sectorAt(loc)
		if !ok {
			return true // a table sector that is not there leaves a hole of free sectors
		}
		for i := 0; i+4 <= len(b) && len(c.fat) < sectors; i += 4 {
			c.fat = append(c.fat, le32(b, i))
		}
		return len(c.fat) < sectors
	}
	for i := 76; i < 512; i += 4 {
		if loc := le32(head, i); loc < freeSector && !add(loc) {
			return
		}
	}
	next := le32(head, 68)
	for n := 0; next < freeSector && n < sectors; n++ {
		b, ok := c.sectorAt(next)
		if !ok {
			return
		}
		b = append([]byte(nil), b...)
		for i := 0; i+8 <= len(b); i += 4 {
			if loc := le32(b, i); loc < freeSector && !add(loc) {
				return
			}
		}
		next = le32(b, len(b)-4)
	}
}

// sectorAt returns a whole sector; one that reaches beyond the end of the file is filled up with zeroes.
func (c *Compound) sectorAt(loc uint32) ([]byte, bool) {
	off := (int64(loc) + 1) * c.sector
	if off >= c.size {
		return nil, false
	}
	b := make([]byte, c.sector)
	n, _ := c.r.ReadAt(b, off)
	return b, n > 0
}

// chain lists the sectors from start in table, at most limit of them.
func chain(table []uint32, start uint32, limit int) []uint32 {
	var out []uint32
	for sn := start; sn < freeSector && int64(sn) < int64(len(table)) && len(out) < limit; sn = table[sn] {
		out = append(out, sn)
	}
	return out
}

func (c *Compound) readDirectory(start uint32, version3 bool) error {
	perSector := int(c.sector / 128)
	for _, sn := range chain(c.fat, start, min(len(c.fat), maxDirectory/perSector)) {
		b, ok := c.sectorAt(sn)
		if !ok {
			break
		}
		for i := 0; i < perSector; i++ {
			c.entries = append(c.entries, parseEntry(b[i*128:i*128+128], version3))
		}
	}
	if len(c.entries) == 0 || c.entries[0].kind != 5 {
		return fmt.Errorf("compound file: no directory: %w", ErrDamaged)
	}
	return nil
}

func parseEntry(b []byte, version3 bool) dirEntry {
	e := dirEntry{kind: b[66], left: le32(b, 68), right: le32(b, 72), child: le32(b, 76), start: le32(b, 116)}
	e.size = int64(binary.LittleEndian.Uint64(b[120:]))
	if version3 {
		e.size = int64(le32(b, 120)) // the upper half may hold anything in version 3
	}
	e.size = max(e.size, 0)
	n := min(int(binary.LittleEndian.Uint16(b[64:])), 64)/2 - 1
	u := make([]uint16, 0, 32)
	for i := 0; i < n; i++ {
		u = append(u, binary.LittleEndian.Uint16(b[2*i:]))
	}
	e.name = strings.TrimLeftFunc(string(utf16.Decode(u)), func(r rune) bool { return r < ' ' })
	return e
}

func (c *Compound) readMini(start uint32) {
	c.inMini = chain(c.fat, c.entries[0].start, len(c.fat))
	for _, sn := range chain(c.fat, start, min(len(c.fat), 1+len(c.inMini))) {
		b, ok := c.sectorAt(sn)
		if !ok {
			return
		}
		for i := 0; i+4 <= len(b); i += 4 {
			c.mini = append(c.mini, le32(b, i))
		}
	}
}

// walk visits the directory tree without recursion; an entry seen twice or a storage too deep is passed over.
func (c *Compound) walk() {
	type step struct {
		id    uint32
		path  string
		depth int
	}
	seen := make([]bool, len(c.entries))
	seen[0] = true
	todo := []step{{id: c.entries[0].child}}
	for len(todo) > 0 {
		s := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if s.id == noStream || int64(s.id) >= int64(len(c.entries)) || seen[s.id] {
			continue
		}
		seen[s.id] = true
		e := c.entries[s.id]
		todo = append(todo, step{e.right, s.path, s.depth}, step{e.left, s.path, s.depth})
		switch {
		case e.kind == 2:
			name := s.path + e.name
			if _, dup := c.streams[strings.ToLower(name)]; !dup {
				c.streams[strings.ToLower(name)] = int(s.id)
				c.names = append(c.names, name)
			}
		case e.kind == 1 && s.depth < maxStorages:
			todo = append(todo, step{e.child, s.path + e.name + "/", s.depth + 1})
		}
	}
}

// read returns the first n bytes of the entry's stream.
func (c *Compound) read(e dirEntry, n int64) ([]byte, error) {
	table, unit := c.fat, c.sector
	if e.size < miniCutoff {
		table, unit = c.mini, miniSector
	}
	n = min(n, int64(len(table))*unit)
	sectors := chain(table, e.start, int((n+unit-1)/unit))
	out := make([]byte, 0, min(n, int64(len(sectors))*unit))
	for i := 0; i < len(sectors) && int64(len(out)) < n; {
		run := 1 // sectors that follow one another are read at once
		for unit == c.sector && i+run < len(sectors) && sectors[i+run] == sectors[i]+uint32(run) {
			run++
		}
		want := min(int64(run)*unit, n-int64(len(out)))
		off, ok := c.offset(sectors[i], unit)
		if !ok {
			break
		}
		b := out[len(out) : int64(len(out))+want]
		got, _ := c.r.ReadAt(b, off)
		out = out[:len(out)+got]
		if int64(got) < want {
			break
		}
		i += run
	}
	if int64(len(out)) < min(n, e.size) || n < e.size && n == int64(len(table))*unit {
		return out, fmt.Errorf("stream ends after %d of %d bytes: %w", len(out), e.size, ErrDamaged)
	}
	return out, nil
}

// offset is where a sector, or a mini sector within the mini stream, stands in the file.
func (c *Compound) offset(sn uint32, unit int64) (int64, bool) {
	if unit == c.sector {
		return (int64(sn) + 1) * c.sector, true
	}
	at := int64(sn) * miniSector
	if i := at / c.sector; i < int64(len(c.inMini)) {
		return (int64(c.inMini[i])+1)*c.sector + at%c.sector, true
	}
	return 0, false
}

func le32(b []byte, i int) uint32 { return binary.LittleEndian.Uint32(b[i:]) }
