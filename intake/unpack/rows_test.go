package unpack

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"baosong/intake/message"
)

// stored packs files in their order without compressing them.
func stored(t *testing.T, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range files {
		w, err := z.CreateRaw(header(name))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, content(name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func header(name string) *zip.FileHeader {
	size := uint64(len(content(name)))
	return &zip.FileHeader{Name: name, Method: zip.Store, CRC32: crc32.ChecksumIEEE([]byte(content(name))), CompressedSize64: size, UncompressedSize64: size}
}

func content(name string) string { return "content of " + name }

// TestOneBadMember: what is damaged in the middle costs itself alone.
func TestOneBadMember(t *testing.T) {
	t.Parallel()
	b := stored(t, "a.txt", "b.txt", "c.txt")
	b[bytes.Index(b, []byte(content("b.txt")))] ^= 1
	n, _ := walkFile(t, write(t, "m.zip", b), Limits{})
	if got, want := tree([]*Node{n}, ""), "m.zip\n  a.txt\n  b.txt !file.unreadable\n  c.txt\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if d := n.Children[0].Disposition; d != "attachment" {
		t.Errorf("a member's disposition is %q", d)
	}
}

// TestOverlap: members that share their bytes, or more of them than are counted, are not opened at all.
func TestOverlap(t *testing.T) {
	t.Parallel()
	b := stored(t, "a.txt", "b.txt")
	second := bytes.LastIndex(b, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(b[second+42:], 0) // its data are said to begin where the first one's do
	many := stored(t, "1", "2", "3", "4", "5", "6", "7", "8", "9")
	for _, in := range [][]byte{b, many} {
		n, _ := walkFile(t, write(t, "m.zip", in), Limits{Files: 2})
		if got, want := tree([]*Node{n}, ""), "m.zip !file.limit\n"; got != want {
			t.Errorf("got\n%swant\n%s", got, want)
		}
	}
}

// TestDeflate64IsNamed: the sender is told which method it was.
func TestDeflate64IsNamed(t *testing.T) {
	t.Parallel()
	n, _ := walkFile(t, "testdata/d64.zip", Limits{})
	if f := n.Children[0].Finding; f == nil || !strings.Contains(f.Message, "Deflate64") {
		t.Errorf("got %+v", f)
	}
}

// TestTarLinks: a hard link is the file it stands for; one that leads elsewhere is nothing.
func TestTarLinks(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, h := range []tar.Header{{Name: "a.txt"}, {Name: "b.txt"}, {Name: "c.txt", Linkname: "b.txt"}, {Name: "d.txt", Linkname: "../../etc/passwd"},
		{Name: "e.txt", Linkname: "none.txt"}, {Name: "../f.txt", Linkname: "a.txt"}, {Name: "__MACOSX/g.txt", Linkname: "a.txt"}} {
		h.Typeflag, h.Mode = tar.TypeLink, 0o644
		if h.Linkname == "" {
			h.Typeflag, h.Size = tar.TypeReg, int64(len(content(h.Name)))
		}
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if h.Size > 0 {
			if _, err := io.WriteString(w, content(h.Name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	n, _ := walkFile(t, write(t, "m.tar", b.Bytes()), Limits{})
	if got, want := tree([]*Node{n}, ""), "m.tar\n  a.txt\n  b.txt\n  c.txt\n"; got != want {
		t.Fatalf("got\n%swant\n%s", got, want)
	}
	if n.Children[2].SHA256 != n.Children[1].SHA256 {
		t.Error("the link is another file")
	}
	n, _ = walkFile(t, write(t, "m.tar", b.Bytes()[:3*512+4]), Limits{})
	if got := tree([]*Node{n}, ""); !strings.Contains(got, "a.txt\n") || !strings.Contains(got, "!file.unreadable") {
		t.Errorf("cut short: got\n%s", got)
	}
}

// TestGzipName: the name in the file counts, whatever the file itself is called; its bytes may be GBK.
func TestGzipName(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	for _, c := range []byte(gbk("典型案例.doc")) {
		z.Name += string(rune(c))
	}
	if _, err := io.WriteString(z, "x"); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	n, _ := walkFile(t, write(t, "upload.gz", b.Bytes()), Limits{})
	if got, want := tree([]*Node{n}, ""), "upload.gz\n  典型案例.doc\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// TestPathTricks: names that lead elsewhere are refused or brought inside, and nothing is written but below the folder.
func TestPathTricks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := write(t, "m.zip", stored(t, "../../../x.txt", "../z.txt", "/etc/passwd", `C:\Windows\w.txt`, `..\..\y.txt`, "good/../ok.txt", "nul\x00l.txt"))
	nodes, found, err := Walk(t.Context(), []*message.Attachment{{Name: "m.zip", Path: path, Size: 1000, Type: "zip"}}, filepath.Join(dir, "in"), Limits{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := tree(nodes, ""), "m.zip\n  etc/passwd\n  Windows/w.txt\n  y.txt\n  ok.txt\n  null.txt\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if len(found) != 1 || !strings.Contains(found[0].Message, "压缩包之外") {
		t.Errorf("findings %+v", found)
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("written beside the folder: %v", left)
	}
}

// TestSpannedZip: NAME.z01 and NAME.zip as Info-ZIP and WinZip write them are read together; alone each says so.
func TestSpannedZip(t *testing.T) {
	t.Parallel()
	whole := append([]byte("PK\x07\x08"), stored(t, "a.txt", "b.txt", "c.txt")...)
	end := bytes.LastIndex(whole, []byte("PK\x05\x06"))
	binary.LittleEndian.PutUint16(whole[end+4:], 1) // this is volume 1, counted from 0, and the directory begins there
	binary.LittleEndian.PutUint16(whole[end+6:], 1)
	cut := bytes.Index(whole, []byte(content("b.txt"))) + 4
	first, last := write(t, "m.z01", whole[:cut]), write(t, "m.zip", whole[cut:])
	att := func(path, typ string) *message.Attachment {
		return &message.Attachment{Name: filepath.Base(path), Path: path, Size: fileSize(t, path), Type: typ}
	}
	for _, c := range []struct {
		atts []*message.Attachment
		want string
	}{
		{[]*message.Attachment{att(first, "zip"), att(last, "zip")}, "m.z01\nm.zip\n  a.txt\n  b.txt\n  c.txt\n"},
		{[]*message.Attachment{att(first, "zip")}, "m.z01 !file.unsupported\n"},
		{[]*message.Attachment{att(last, "zip")}, "m.zip !file.unsupported\n"},
	} {
		nodes, _, err := Walk(t.Context(), c.atts, t.TempDir(), Limits{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := tree(nodes, ""); got != c.want {
			t.Errorf("got\n%swant\n%s", got, c.want)
		}
	}
}

// TestForwardedDepth: mails within mails are opened to the third; the fourth is kept, and said not to have been opened.
func TestForwardedDepth(t *testing.T) {
	t.Parallel()
	forward := func(inner string, level int) string {
		return fmt.Sprintf("Subject: level %d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n\r\nwords %d\r\n--b%d\r\nContent-Type: message/rfc822; name=%d.eml\r\n\r\n%s\r\n--b%d--\r\n",
			level, level, level, level, level, level+1, inner, level)
	}
	mail := "Subject: level 4\r\nContent-Type: application/octet-stream; name=deep.bin\r\n\r\nDEEP\r\n"
	for level := 3; level >= 1; level-- {
		mail = forward(mail, level)
	}
	n, _ := walkFile(t, write(t, "1.eml", []byte(mail)), Limits{})
	if got, want := tree([]*Node{n}, ""), "1.eml\n  2.eml\n    3.eml\n      4.eml !file.limit\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if third := n.Children[0].Children[0]; third.Text != "level 3\nwords 3" {
		t.Errorf("third: %q", third.Text)
	}
	digest := "Subject: d\r\nContent-Type: multipart/digest; boundary=d\r\n\r\n--d\r\n\r\n" + forward("Subject: in\r\nContent-Type: application/x; name=a.bin\r\n\r\nDATA", 1) +
		"\r\n--d\r\n\r\nSubject: two\r\n\r\nwords\r\n--d--\r\n"
	n, _ = walkFile(t, write(t, "d.eml", []byte(digest)), Limits{})
	if got, want := tree([]*Node{n}, ""), "d.eml\n  \n    2.eml\n      a.bin\n  \n"; got != want {
		t.Errorf("digest: got\n%swant\n%s", got, want)
	}
}

// TestLimitsBeforeWriting: neither a declared size nor bytes that go on without end are written over a limit.
func TestLimitsBeforeWriting(t *testing.T) {
	t.Parallel()
	for _, lim := range []Limits{{Bytes: 100 << 10}, {Ratio: 2}} {
		w := &walker{ctx: t.Context(), limits: lim.withDefaults(), dir: t.TempDir(), top: &Node{Size: 1}}
		out := &counter{}
		if _, err := w.copy(out, endless{}, 1); err == nil {
			t.Errorf("%+v: no error", lim)
		}
		if most := min(w.limits.Bytes, totalFloor); out.n > most {
			t.Errorf("%+v: wrote %d bytes", lim, out.n)
		}
		w = &walker{ctx: t.Context(), limits: lim.withDefaults(), dir: filepath.Join(t.TempDir(), "none"), top: &Node{Size: 1}}
		n := &Node{Name: "m.zip"}
		opened := false
		_ = w.add(n, member{name: "a", size: 1 << 40, packed: 1, open: func() (io.Reader, error) { opened = true; return endless{}, nil }})
		if opened || w.stored > 0 {
			t.Errorf("%+v: a member of a terabyte was opened", lim)
		}
	}
}

type counter struct{ n int64 }

func (c *counter) Write(p []byte) (int, error) { c.n += int64(len(p)); return len(p), nil }

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }
