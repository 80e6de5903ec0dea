package biff

import (
	"bytes"
	"encoding/binary"
	"testing"
)

func words(n ...int) (b []byte) {
	for _, v := range n {
		b = binary.LittleEndian.AppendUint16(b, uint16(v))
	}
	return b
}

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// TestStringsOverContinue: the characters of a shared string reach over the edge of a record, and the next record goes
// on with another width of characters; then a string's formatting runs do.
func TestStringsOverContinue(t *testing.T) {
	t.Parallel()
	s := segments{parts: [][]byte{
		join(words(4), []byte{1}, []byte{0x08, 0x54, 0xA5, 0x80}), // 合肥, then the edge
		join([]byte{0}, []byte("ab"), words(2), []byte{8}, words(1), []byte("xy"), []byte{0, 0}),
		{0, 0}, // the run's second half, without an option byte
		join(words(1), []byte{0}, []byte("z")),
	}}
	for _, want := range []string{"合肥ab", "xy", "z"} {
		if got := s.text(); got != want || s.short {
			t.Errorf("got %q (short %v), want %q", got, s.short, want)
		}
	}
	if s.text(); !s.short {
		t.Error("the end was not noticed")
	}
}

func TestRK(t *testing.T) {
	t.Parallel()
	for v, want := range map[uint32]float64{7<<2 | 2: 7, 123456<<2 | 3: 1234.56, 0x3FF00000: 1, 0x3FF00001: 0.01, 0xFFFFFFFE: -1, 0xFFFFFFFF: -0.01} {
		if got := RK(v); got != want {
			t.Errorf("rk(%#x) = %v, want %v", v, got, want)
		}
	}
}
