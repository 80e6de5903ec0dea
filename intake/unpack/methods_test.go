package unpack

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"

	"baosong/intake/message"
	"baosong/parse/container"
)

// zipped packs one member by a method that archive/zip does not know itself.
func zipped(t *testing.T, method uint16, content string, packer func(io.Writer) (io.WriteCloser, error)) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	z.RegisterCompressor(method, packer)
	w, err := z.CreateHeader(&zip.FileHeader{Name: "a.txt", Method: method})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, content); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "m.zip")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// late begins its stream when it ends: xz writes a header at once, which archive/zip has no room for yet.
type late struct {
	w io.Writer
	b bytes.Buffer
}

func (l *late) Write(p []byte) (int, error) { return l.b.Write(p) }

func (l *late) Close() error {
	x, err := xz.NewWriter(l.w)
	if err != nil {
		return err
	}
	if _, err := l.b.WriteTo(x); err != nil {
		return err
	}
	return x.Close()
}

// TestZipMethods reads members packed by the methods that newer packers offer, and holds them to size and sum.
func TestZipMethods(t *testing.T) {
	t.Parallel()
	byZstd := func(w io.Writer) (io.WriteCloser, error) { return zstd.NewWriter(w) }
	byXZ := func(w io.Writer) (io.WriteCloser, error) { return &late{w: w}, nil }
	for _, c := range []struct {
		name   string
		method uint16
		packer func(io.Writer) (io.WriteCloser, error)
	}{{"zstd", zstdMethod, byZstd}, {"xz", xzMethod, byXZ}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			path := zipped(t, c.method, strings.Repeat("甲", 300), c.packer)
			n, _ := walkFile(t, path, Limits{})
			if got := tree([]*Node{n}, ""); got != "m.zip\n  a.txt\n" {
				t.Fatalf("got %s%+v", got, n.Finding)
			}
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			at := bytes.Index(b, []byte("PK\x01\x02")) + 16 // the sum in the directory
			b[at] ^= 1
			if err := os.WriteFile(path, b, 0o600); err != nil {
				t.Fatal(err)
			}
			n, _ = walkFile(t, path, Limits{})
			if got := faults(n); got != "file.unreadable" {
				t.Errorf("a wrong sum: %q", got)
			}
		})
	}
}

// TestLZMADictionary: a zip that asks for a gigabyte of memory is refused as that.
func TestLZMADictionary(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("testdata/lzma.zip")
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(b, []byte{5, 0, 0x5D}) // length of the properties, the first of them
	binary.LittleEndian.PutUint32(b[at+3:], 1<<30)
	n, _ := walkFile(t, write(t, "m.zip", b), Limits{})
	if got, want := tree([]*Node{n}, ""), "m.zip\n  a.txt !file.limit\n  b.txt\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// TestZstdBomb stops at the limits like any other archive.
func TestZstdBomb(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	w, err := zstd.NewWriter(&b)
	if err != nil {
		t.Fatal(err)
	}
	zeros := make([]byte, 1<<20)
	for range 80 {
		if _, err := w.Write(zeros); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "z.zst")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	n, _ := walkFile(t, path, Limits{})
	if got := faults(n); got != "file.limit" {
		t.Errorf("80 MB out of %d bytes: %q", b.Len(), got)
	}
}

// TestEnvelopeIsNoLeaf: what a mail program adds of itself stays in the tree and wants no verdict.
func TestEnvelopeIsNoLeaf(t *testing.T) {
	t.Parallel()
	var nodes []*Node
	for _, typ := range []string{message.TypePKCS7Signature, message.TypePGPSignature, message.TypeAppleFile, string(container.DOCX)} {
		nodes = append(nodes, &Node{Name: typ, Path: "x", Type: typ, Disposition: "attachment", Children: []*Node{}})
	}
	if got := Leaves(nodes); len(got) != 1 || got[0].Name != string(container.DOCX) {
		t.Errorf("leaves %+v, want the document alone", got)
	}
}
