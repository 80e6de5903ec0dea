package unpack

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"

	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"

	"baosong/parse/container"
)

// tar reads plain files only; links and devices are passed over.
func (w *walker) tar(n *Node) error {
	f, err := os.Open(n.Path)
	if err != nil {
		return fatal{fmt.Errorf("open tar: %w", err)}
	}
	defer f.Close()
	r := tar.NewReader(bufio.NewReaderSize(f, 64<<10))
	for {
		h, err := r.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil && !errors.Is(err, tar.ErrInsecurePath) {
			return packedTrouble(err)
		}
		if h.Typeflag == tar.TypeLink {
			if err := w.alias(n, decodeName(h.Name), decodeName(h.Linkname)); err != nil {
				return err
			}
			continue
		}
		if h.Typeflag != tar.TypeReg && h.Typeflag != tar.TypeGNUSparse && h.Typeflag != tar.TypeCont {
			continue
		}
		if strings.HasSuffix(h.Name, "/") {
			continue
		}
		m := member{name: decodeName(h.Name), size: h.Size, packed: max(n.Size, 1), open: func() (io.Reader, error) { return packed{r}, nil }}
		if err := w.add(n, m); err != nil {
			return err
		}
	}
}

// compressed reads gzip, bzip2, xz and zstd. A tar within belongs to the same archive and counts as no further level.
func (w *walker) compressed(n *Node) error {
	f, err := os.Open(n.Path)
	if err != nil {
		return fatal{fmt.Errorf("open compressed file: %w", err)}
	}
	defer f.Close()
	name := withoutSuffix(n.Name)
	r, inner, err := decompressor(f, container.Format(n.Type))
	if err != nil {
		return packedTrouble(err)
	}
	if inner != "" {
		name = inner
	}
	if err := w.add(n, member{name: name, size: -1, packed: max(n.Size, 1), open: func() (io.Reader, error) { return packed{r}, nil }}); err != nil {
		return err
	}
	if len(n.Children) != 1 || n.Children[0].Finding != nil || n.Children[0].Type != string(container.Tar) {
		if len(n.Children) == 1 && n.Children[0].Finding != nil { // the file is its only member
			n.Finding, n.Children = n.Children[0].Finding, []*Node{}
			n.Finding.File = path.Base(n.Name)
		}
		return nil
	}
	inside := n.Children[0]
	err = w.tar(inside)
	n.Children = inside.Children
	os.Remove(inside.Path)
	w.files, w.topFiles = w.files-1, w.topFiles-1
	return err
}

// decompressor returns the unpacked stream and the name that gzip may hold.
func decompressor(f io.Reader, format container.Format) (io.Reader, string, error) {
	br := bufio.NewReaderSize(f, 64<<10)
	switch format {
	case container.Bzip2:
		return bzip2.NewReader(br), "", nil
	case container.XZ:
		if xzDictionary(br) > maxDictionary {
			return nil, "", largeDictionary(nil)
		}
		r, err := xz.ReaderConfig{DictCap: 64 << 20}.NewReader(br)
		return r, "", err
	case container.Zstd:
		r, err := unzstd(br)
		return r, "", err
	}
	z, err := gzip.NewReader(br)
	if err != nil {
		return nil, "", err
	}
	raw := make([]byte, 0, len(z.Name)) // the reader took the bytes for Latin-1
	for _, c := range z.Name {
		raw = append(raw, byte(c))
	}
	return z, decodeName(string(raw)), nil
}

// xzDictionary is the dictionary that the first block of an xz file asks for, which its reader would allot at once: the
// LZMA2 filter (21) has one byte of properties (xz file format, 5.3.1). 0 when there is no such filter.
func xzDictionary(br *bufio.Reader) int64 {
	const streamHeader = 12
	head, _ := br.Peek(streamHeader + 64)
	if len(head) <= streamHeader {
		return 0
	}
	block := head[streamHeader:min(len(head), streamHeader+4*(int(head[streamHeader])+1))]
	at := bytes.Index(block, []byte{0x21, 1})
	if at < 0 || at+2 >= len(block) {
		return 0
	}
	code := int64(block[at+2] & 0x3F)
	return (2 | code&1) << (code/2 + 11)
}

// largeDictionary says of an archive that reading it would take more memory than one mail may have.
func largeDictionary(cause error) *trouble {
	return &trouble{kind: container.ErrLimit, message: "压缩包所用的字典过大，没有打开。", hint: "请用默认设置重新压缩后发送。", cause: cause}
}

// unzstd reads without threads of its own and with a bounded window, which is what such a stream may ask memory for.
func unzstd(r io.Reader) (io.Reader, error) {
	return zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxDictionary))
}

// packed gives errors of decompression their meaning.
type packed struct{ r io.Reader }

func (p packed) Read(b []byte) (int, error) {
	n, err := p.r.Read(b)
	if err != nil && err != io.EOF {
		err = packedTrouble(err)
	}
	return n, err
}

func packedTrouble(err error) error {
	if t := (*trouble)(nil); errors.As(err, &t) {
		return t
	}
	if errors.Is(err, zstd.ErrWindowSizeExceeded) {
		return largeDictionary(err)
	}
	return &trouble{kind: container.ErrDamaged, message: "压缩包损坏或不完整，未能全部读取。", hint: "请在本机确认压缩包能正常打开后重新发送。", cause: err}
}
