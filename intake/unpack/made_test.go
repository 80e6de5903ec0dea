package unpack

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"
)

// What no program on hand can make is made here byte by byte.

func base64Lines(b []byte) string {
	s := base64.StdEncoding.EncodeToString(b)
	var out strings.Builder
	for len(s) > 76 {
		out.WriteString(s[:76] + "\r\n")
		s = s[76:]
	}
	return out.String() + s
}

// gbk gives the bytes of the names used here; the project writes no GBK and has no encoder.
func gbk(s string) string {
	b, ok := map[string]string{
		`材料\汇总表.xls`: "\xb2\xc4\xc1\xcf\x5c\xbb\xe3\xd7\xdc\xb1\xed\x2e\x78\x6c\x73",
		`忠誠案例.doc`:   "\xd6\xd2\xd5\x5c\xb0\xb8\xc0\xfd\x2e\x64\x6f\x63",
		`乗車.doc`:     "\x81\x5c\xdc\x87\x2e\x64\x6f\x63",
		`案例~1.XLS`:   "\xb0\xb8\xc0\xfd\x7e\x31\x2e\x58\x4c\x53",
		`典型案例.doc`:   "\xb5\xe4\xd0\xcd\xb0\xb8\xc0\xfd\x2e\x64\x6f\x63",
		`请查收附件`:      "\xc7\xeb\xb2\xe9\xca\xd5\xb8\xbd\xbc\xfe",
		`内.doc`:      "\xc4\xda\x2e\x64\x6f\x63",
	}[s]
	if !ok {
		panic("internal error: no bytes for " + s)
	}
	return b
}

// rar4 packs stored members under raw names, as WinRAR 3 does for GBK names; the flags are those of its main header and
// of its file headers.
func rar4(main, file uint16, names ...string) []byte {
	block := func(typ byte, flags uint16, rest []byte, data []byte) []byte {
		head := append([]byte{typ}, 0, 0, 0, 0)
		binary.LittleEndian.PutUint16(head[1:], flags)
		binary.LittleEndian.PutUint16(head[3:], uint16(7+len(rest)))
		head = append(head, rest...)
		sum := binary.LittleEndian.AppendUint16(nil, uint16(crc32.ChecksumIEEE(head)))
		return append(append(sum, head...), data...)
	}
	out := append([]byte("Rar!\x1A\x07\x00"), block(0x73, main, make([]byte, 6), nil)...)
	for _, name := range names {
		data := []byte("content of " + name)
		rest := binary.LittleEndian.AppendUint32(nil, uint32(len(data)))
		rest = binary.LittleEndian.AppendUint32(rest, uint32(len(data))+uint32(file&2)*50) // more is to come in the next volume
		rest = append(rest, 2)                                                             // Windows
		rest = binary.LittleEndian.AppendUint32(rest, crc32.ChecksumIEEE(data))
		rest = binary.LittleEndian.AppendUint32(rest, 0x58d50000)
		rest = append(rest, 20, 0x30) // version, stored
		rest = binary.LittleEndian.AppendUint16(rest, uint16(len(name)))
		rest = binary.LittleEndian.AppendUint32(rest, 0x20)
		out = append(out, block(0x74, 0x8000|file, append(rest, name...), data)...)
	}
	return append(out, block(0x7B, 0x4000, nil, nil)...)
}

func write(t testing.TB, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRar4Names(t *testing.T) {
	t.Parallel()
	n, _ := walkFile(t, write(t, "m.rar", rar4(0, 0, gbk(`材料\汇总表.xls`), gbk("忠誠案例.doc"), gbk("乗車.doc"))), Limits{})
	if got, want := tree([]*Node{n}, ""), "m.rar\n  材料/汇总表.xls\n  忠誠案例.doc\n  乗車.doc\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestRar4Refused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name       string
		main, file uint16
		want       string
	}{
		{"sealed headers", 0x80, 0, "m.rar !file.encrypted\n"},
		{"sealed files", 0, 0x04, "m.rar !file.encrypted\n  a.doc -\n  b.doc -\n"},
		{"goes on in another volume", 0x01, 0x02, "m.rar !file.unsupported\n  a.doc -\n"},
		{"goes on from another volume", 0x01, 0x01, "m.rar !file.unsupported\n"},
	} {
		n, _ := walkFile(t, write(t, "m.rar", rar4(c.main, c.file, "a.doc", "b.doc")), Limits{})
		if got := tree([]*Node{n}, ""); got != c.want {
			t.Errorf("%s: got\n%swant\n%s", c.name, got, c.want)
		}
	}
	whole := rar4(0, 0, "a.doc", "b.doc")
	n, _ := walkFile(t, write(t, "m.rar", whole[:len(whole)-20]), Limits{})
	if got, want := tree([]*Node{n}, ""), "m.rar\n  a.doc\n  b.doc !file.unreadable\n"; got != want {
		t.Errorf("cut short: got\n%swant\n%s", got, want)
	}
}

// tnefFile builds a winmail.dat.
type tnefFile struct{ b []byte }

func newTNEF() *tnefFile {
	f := &tnefFile{b: []byte{0x78, 0x9F, 0x3E, 0x22, 1, 0}}
	f.add(1, 0x9006, 0x0008, []byte{0, 0, 1, 0})
	f.add(1, attOemCodepage, 0x0006, []byte{0xA8, 3, 0, 0, 0, 0, 0, 0}) // 936
	return f
}

func (f *tnefFile) add(level byte, tag, kind uint16, data []byte) {
	f.b = append(f.b, level)
	f.b = binary.LittleEndian.AppendUint16(f.b, tag)
	f.b = binary.LittleEndian.AppendUint16(f.b, kind)
	f.b = binary.LittleEndian.AppendUint32(f.b, uint32(len(data)))
	f.b = append(f.b, data...)
	sum := uint16(0)
	for _, c := range data {
		sum += uint16(c)
	}
	f.b = binary.LittleEndian.AppendUint16(f.b, sum)
}

func (f *tnefFile) file(title, long string, data []byte) {
	f.add(2, attRendData, 0x0006, make([]byte, 14))
	f.add(2, attTitle, 0x0001, append([]byte(gbk(title)), 0))
	f.add(2, attData, 0x0006, data)
	if long != "" {
		f.add(2, attAttachment, 0x0006, propList(unicodeProp(0x3707, long)))
	}
}

func propList(props ...[]byte) []byte {
	return append(binary.LittleEndian.AppendUint32(nil, uint32(len(props))), bytes.Join(props, nil)...)
}

func unicodeProp(id uint16, s string) []byte {
	var value []byte
	for _, u := range append(utf16.Encode([]rune(s)), 0) {
		value = binary.LittleEndian.AppendUint16(value, u)
	}
	return variableProp(mapiUnicode, id, value)
}

func variableProp(kind, id uint16, value []byte) []byte {
	b := binary.LittleEndian.AppendUint16(nil, kind)
	b = binary.LittleEndian.AppendUint16(b, id)
	b = binary.LittleEndian.AppendUint32(b, 1)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(value)))
	b = append(b, value...)
	return append(b, make([]byte, -len(b)&3)...)
}

func TestTNEFNames(t *testing.T) {
	t.Parallel()
	inner := newTNEF()
	inner.file("内.doc", "里面的案例.doc", []byte("inner"))
	f := newTNEF()
	f.add(1, attBody, 0x0001, append([]byte(gbk("请查收附件")), 0))
	f.file("案例~1.XLS", "案例汇总表（定稿）.xls", []byte("long"))
	f.file("典型案例.doc", "", []byte("short"))
	f.add(2, attRendData, 0x0006, make([]byte, 14))
	f.add(2, attAttachment, 0x0006, propList(unicodeProp(0x3001, "转发：报送"), variableProp(mapiObject, 0x3701, append(make([]byte, 16), inner.b...))))
	f.add(1, attMsgProps, 0x0006, propList(variableProp(mapiBinary, 0x1009, storedRTF(`{\rtf1 hello}`))))
	n, _ := walkFile(t, write(t, "winmail.dat", f.b), Limits{})
	want := "winmail.dat\n  案例汇总表（定稿）.xls\n  典型案例.doc\n  转发邮件\n    里面的案例.doc\n  message.rtf\n"
	if got := tree([]*Node{n}, ""); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if n.Text != "请查收附件" {
		t.Errorf("text %q", n.Text)
	}
	if leaves := Leaves([]*Node{n}); len(leaves) != 3 {
		t.Errorf("leaves: %+v", leaves)
	}
	cut, _ := walkFile(t, write(t, "winmail.dat", f.b[:len(f.b)-40]), Limits{})
	if cut.Finding == nil || cut.Finding.Code != "file.unreadable" || len(cut.Children) != 3 {
		t.Errorf("cut short: %s", tree([]*Node{cut}, ""))
	}
}

func TestTextOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in       string
		codepage int
		want     string
	}{
		{gbk("典型案例.doc"), 936, "典型案例.doc"},
		{gbk("典型案例.doc"), 1252, "典型案例.doc"},
		{gbk("典型案例.doc"), 0, "典型案例.doc"},
		{"\xb7\x4a\xc1\x60\xaa\xed\x2e\x64\x6f\x63", 950, "彙總表.doc"},
		{"\x8f\x57\x8c\x76\x95\x5c\x2e\x64\x6f\x63", 932, "集計表.doc"},
		{"典型案例.doc", 936, "典型案例.doc"},
		{"典型案例.doc", 1252, "典型案例.doc"},
		{"caf\xe9s.doc\x00junk", 1252, "cafés.doc"},
	} {
		if got := textOf([]byte(c.in), c.codepage); got != c.want {
			t.Errorf("textOf(%q, %d) = %q, want %q", c.in, c.codepage, got, c.want)
		}
	}
}

func storedRTF(s string) []byte {
	b := binary.LittleEndian.AppendUint32(nil, uint32(len(s)+12))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(s)))
	b = append(b, "MELA\x00\x00\x00\x00"...)
	return append(b, s...)
}

// TestUnpackRTF uses the example of [MS-OXRTFCP] 4.1.
func TestUnpackRTF(t *testing.T) {
	t.Parallel()
	packed := []byte("\x2d\x00\x00\x00\x2b\x00\x00\x00\x4c\x5a\x46\x75\xf1\xc5\xc7\xa7\x03\x00\x0a\x00\x72\x63\x70\x67\x31\x32\x35\x42\x32\x0a\xf3\x20\x68\x65\x6c\x09\x00\x20\x62\x77\x05\xb0\x6c\x64\x7d\x0a\x80\x0f\xa0")
	got, err := unpackRTF(packed)
	if want := "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"; err != nil || string(got) != want {
		t.Errorf("got %q, %v", got, err)
	}
}
