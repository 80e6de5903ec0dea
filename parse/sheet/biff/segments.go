package biff

import "unicode/utf16"

// segments reads BIFF8 strings out of a record and the CONTINUE records behind it. When the characters of a string
// reach over an edge, the next record begins with a fresh option byte: one or two bytes per character from there.
type segments struct {
	parts [][]byte
	i, p  int
	short bool // the records ended inside a string
}

// settle moves to a place that holds a byte.
func (s *segments) settle() bool {
	for s.i < len(s.parts) && s.p >= len(s.parts[s.i]) {
		s.i, s.p = s.i+1, 0
	}
	if s.i >= len(s.parts) {
		s.short = true
		return false
	}
	return true
}

func (s *segments) byte() byte {
	if !s.settle() {
		return 0
	}
	c := s.parts[s.i][s.p]
	s.p++
	return c
}

func (s *segments) u16() int {
	lo := s.byte()
	return int(lo) | int(s.byte())<<8
}

func (s *segments) skip(n int) {
	for n > 0 && s.settle() {
		step := min(n, len(s.parts[s.i])-s.p)
		s.p += step
		n -= step
	}
}

// text reads a string with its length in two bytes, then options, formatting runs and phonetic data.
func (s *segments) text() string {
	n := s.u16()
	return s.chars(n, s.byte())
}

// chars reads n characters under the option byte, and passes over what belongs to the string behind them.
func (s *segments) chars(n int, options byte) string {
	runs, extra := 0, 0
	if options&8 != 0 {
		runs = s.u16()
	}
	if options&4 != 0 {
		extra = s.u16() | s.u16()<<16
	}
	u := make([]uint16, 0, min(n, 4096))
	for len(u) < n {
		if s.i >= len(s.parts) || s.p >= len(s.parts[s.i]) {
			if !s.settle() {
				break
			}
			options = options&^1 | s.byte()&1
			continue
		}
		if options&1 == 0 {
			u = append(u, uint16(s.byte()))
		} else {
			u = append(u, uint16(s.u16()))
		}
	}
	s.skip(runs*4 + extra)
	return string(utf16.Decode(u))
}
