package unpack

import (
	"encoding/binary"
	"hash/crc32"
	"strings"
	"testing"
)

// No free program writes RAR 5; its headers are built here after the format's technical note.

func vint(b []byte, v uint64) []byte { return binary.AppendUvarint(b, v) }

// block5 writes one block: its sum, the size of the rest, and the rest.
func block5(header []byte, data []byte) []byte {
	sized := append(vint(nil, uint64(len(header))), header...)
	out := binary.LittleEndian.AppendUint32(nil, crc32.ChecksumIEEE(sized))
	return append(append(out, sized...), data...)
}

// rar5 packs stored members. solid marks archive and members as solid; locked names members that carry the record of an
// encrypted file; spoilt ones get a wrong sum.
func rar5(solid bool, locked, spoilt string, names ...string) []byte {
	out := []byte("Rar!\x1A\x07\x01\x00")
	flag, info := uint64(0), uint64(0)
	if solid {
		flag, info = 4, 0x40
	}
	out = append(out, block5(vint(vint(vint(nil, 1), 0), flag), nil)...)
	for _, name := range names {
		data := []byte("content of " + name)
		sum := crc32.ChecksumIEEE(data)
		if name == spoilt {
			sum ^= 1
		}
		flags, extra := uint64(2), []byte(nil)
		if name == locked { // record 1: version, flags, rounds, salt, vector
			record := append(vint(vint(vint(nil, 1), 0), 0), 15)
			record = append(record, make([]byte, 32)...)
			extra = append(vint(nil, uint64(len(record))), record...)
			flags |= 1
		}
		h := vint(vint(nil, 2), flags)
		if extra != nil {
			h = vint(h, uint64(len(extra)))
		}
		h = vint(vint(vint(vint(h, uint64(len(data))), 4), uint64(len(data))), 0x20)
		h = binary.LittleEndian.AppendUint32(h, sum)
		h = append(vint(vint(vint(h, info), 0), uint64(len(name))), name...)
		out = append(out, block5(append(h, extra...), data)...)
	}
	return append(out, block5(vint(vint(vint(nil, 5), 0), 0), nil)...)
}

func TestRar5(t *testing.T) {
	t.Parallel()
	const one, two, three = "材料/汇总表.xls", "案例一.doc", "案例二.doc"
	sealed := append([]byte("Rar!\x1A\x07\x01\x00"), block5(append(append(vint(vint(vint(vint(nil, 4), 0), 0), 0), 15), make([]byte, 16)...), make([]byte, 64))...)
	whole := rar5(false, "", "", one, two)
	volume := append([]byte("Rar!\x1A\x07\x01\x00"), block5(vint(vint(vint(vint(nil, 1), 0), 3), 2), nil)...) // the third of several
	for _, c := range []struct {
		name string
		in   []byte
		want string
	}{
		{"whole", whole, "m.rar\n  材料/汇总表.xls\n  案例一.doc\n"},
		{"solid", rar5(true, "", "", one, two, three), "m.rar\n  材料/汇总表.xls\n  案例一.doc\n  案例二.doc\n"},
		{"one sealed", rar5(false, two, "", one, two, three), "m.rar\n  材料/汇总表.xls\n  案例一.doc !file.encrypted\n  案例二.doc\n"},
		{"one bad", rar5(false, "", two, one, two, three), "m.rar\n  材料/汇总表.xls\n  案例一.doc !file.unreadable\n  案例二.doc\n"},
		{"junk", rar5(false, "", "", "__MACOSX/._a.doc", "~$a.doc", one), "m.rar\n  材料/汇总表.xls\n"},
		{"sealed headers", sealed, "m.rar !file.encrypted\n"},
		{"cut short", whole[:len(whole)-20], "m.rar !file.unreadable\n  材料/汇总表.xls\n  案例一.doc !file.unreadable\n"},
		{"a later volume", volume, "m.rar !file.unsupported\n"},
	} {
		n, _ := walkFile(t, write(t, "m.rar", c.in), Limits{})
		if got := tree([]*Node{n}, ""); got != c.want {
			t.Errorf("%s: got\n%swant\n%s", c.name, got, c.want)
		}
	}
	n, _ := walkFile(t, write(t, "m.rar", rar5(false, "", "", "../../x.doc", one)), Limits{})
	if got := tree([]*Node{n}, ""); strings.Contains(got, "x.doc") || !strings.Contains(got, one) {
		t.Errorf("a path that climbs: got\n%s", got)
	}
}
