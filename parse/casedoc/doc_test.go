package casedoc

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"slices"
	"testing"

	"baosong/parse/container"
)

// patched returns case.doc with two bytes of its document stream changed.
func patched(t *testing.T, at int, value uint16) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/case.doc")
	if err != nil {
		t.Fatal(err)
	}
	b = slices.Clone(b)
	start := bytes.Index(b, []byte{0xEC, 0xA5}) // the FIB begins a sector
	if start < 0 {
		t.Fatal("no FIB")
	}
	binary.LittleEndian.PutUint16(b[start+at:], value)
	return b
}

func TestDocRefusals(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		at    int
		value uint16
		want  error
	}{
		{"a password", 0x0A, 0x1300, container.ErrEncrypted},
		{"Word 95", 2, 104, container.ErrUnsupported},
		{"another mark", 0, 0x1234, container.ErrDamaged},
		{"piece table elsewhere", 0x1A2, 0xFFFF, container.ErrDamaged},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := readBytes(t, patched(t, tt.at, tt.value), container.DOC, Limits{})
			if !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
}

// TestDocNarrow decodes pieces of one byte a character, in Windows-1252 and as old Chinese programs wrote them.
func TestDocNarrow(t *testing.T) {
	t.Parallel()
	tests := []struct {
		raw  string
		lid  int
		want string
	}{
		{"plain", 0x0409, "plain"}, {"\x93caf\xe9\x94", 0x0804, "“café”"}, {"\xbc\xaf\xc8\xba A", 0x0804, "集群 A"}, {"\xbc\xaf", 0x0409, "¼¯"},
	}
	for _, tt := range tests {
		var got []rune
		for _, u := range narrowText([]byte(tt.raw), tt.lid) {
			if u != 0 {
				got = append(got, rune(u))
			}
		}
		if string(got) != tt.want {
			t.Errorf("narrowText(%q, %#x) = %q, want %q", tt.raw, tt.lid, string(got), tt.want)
		}
	}
}

func TestSprms(t *testing.T) {
	t.Parallel()
	grpprl := bin{0x16, 0x24, 1, 0x49, 0x66, 2, 0, 0, 0, 0x08, 0xD6, 3, 0, 1, 2, 0x40, 0x26, 4, 0xFF}
	var got []int
	sprms(grpprl, func(op int, arg bin) { got = append(got, op, len(arg)) })
	if want := []int{0x2416, 1, 0x6649, 4, 0xD608, 2, 0x2640, 1}; !slices.Equal(got, want) {
		t.Errorf("got %#x, want %#x", got, want)
	}
}
