package unpack

import (
	"archive/zip"
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"io/fs"
	"math"
	"os"
	"path"
	"slices"
	"unicode/utf8"

	"github.com/ulikunitz/xz/lzma"

	"baosong/parse/charset"
	"baosong/parse/container"
)

// Methods of APPNOTE 4.4.5 that are read besides those of archive/zip. 7-Zip and newer packers offer them.
const (
	bzip2Method = 12
	lzmaMethod  = 14
	zstdMethod  = 93
	xzMethod    = 95
)

// zip reads a zip by its central directory. Names: bit 11 or extra field 0x7075, else as they look.
func (w *walker) zip(n *Node, set volumeSet) error {
	f, err := os.Open(n.Path)
	if err != nil {
		return fatal{fmt.Errorf("open zip: %w", err)}
	}
	defer f.Close()
	if most := 4 * w.limits.Files; container.ZipMembers(f, n.Size, most) >= most {
		return &trouble{kind: container.ErrLimit, stop: true, message: fmt.Sprintf("压缩包内的文件超过 %d 个，没有打开。", w.limits.Files),
			hint: "请减少文件数量，或分几封邮件发送。"}
	}
	if members, ok := spanned(f, n.Size); ok {
		return w.spannedZip(n, members, set)
	}
	z, err := zip.NewReader(f, n.Size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return w.salvage(n, f, n.Size)
	}
	if overlap(z.File) {
		return &trouble{kind: container.ErrLimit, message: "压缩包内的文件互相重叠，不是正常的压缩包，没有打开。", hint: "请重新压缩后发送。"}
	}
	for _, m := range z.File {
		if m.Mode()&(fs.ModeDir|fs.ModeSymlink) != 0 { // a pipe's mode is what zip writes for what it read from its input
			continue
		}
		open := func() (io.Reader, error) { return openZipped(m) }
		size := int64(min(m.UncompressedSize64, 1<<62))
		if err := w.add(n, member{name: zipName(m), size: size, packed: int64(max(m.CompressedSize64, 1)), open: open}); err != nil {
			return err
		}
	}
	return nil
}

func openZipped(m *zip.File) (io.Reader, error) {
	switch {
	case m.Flags&1 != 0 || m.Method == 99:
		return nil, &trouble{kind: container.ErrEncrypted, message: "压缩包设有密码，无法打开。", hint: "请取消密码重新压缩后发送。"}
	case m.Method == lzmaMethod:
		return openLZMA(m)
	case m.Method == bzip2Method || m.Method == zstdMethod || m.Method == xzMethod:
		return openOther(m)
	case m.Method != zip.Store && m.Method != zip.Deflate:
		return nil, &trouble{kind: container.ErrUnsupported, message: "压缩方式（" + methodName(m.Method) + "）暂不能读取。",
			hint: "请在压缩软件中选择标准的 zip 格式（Deflate 方式）重新压缩后发送。"}
	}
	r, err := m.Open()
	if err != nil {
		return nil, fmt.Errorf("zip member: %w: %w", err, container.ErrDamaged)
	}
	return r, nil
}

func methodName(m uint16) string {
	names := map[uint16]string{1: "Shrink", 6: "Implode", 9: "Deflate64", 98: "PPMd"}
	if s, ok := names[m]; ok {
		return s
	}
	return fmt.Sprintf("第 %d 号", m)
}

// openOther reads a member whose packed bytes are a stream as it would stand in a file of its own.
func openOther(m *zip.File) (io.Reader, error) {
	raw, err := m.OpenRaw()
	if err != nil {
		return nil, fmt.Errorf("zip member: %w: %w", err, container.ErrDamaged)
	}
	format := map[uint16]container.Format{bzip2Method: container.Bzip2, zstdMethod: container.Zstd, xzMethod: container.XZ}[m.Method]
	r, _, err := decompressor(raw, format)
	if err != nil {
		return nil, packedTrouble(err)
	}
	return &checked{r: packed{r}, left: int64(m.UncompressedSize64), want: m.CRC32, sum: crc32.NewIEEE()}, nil
}

// openLZMA reads method 14: a version, the length of the properties, the properties, and a stream whose length stands in
// the directory unless flag bit 1 says that it has an end mark.
func openLZMA(m *zip.File) (io.Reader, error) {
	raw, err := m.OpenRaw()
	if err != nil {
		return nil, fmt.Errorf("zip member: %w: %w", err, container.ErrDamaged)
	}
	head := make([]byte, 9)
	if _, err := io.ReadFull(raw, head); err != nil || binary.LittleEndian.Uint16(head[2:]) != 5 {
		return nil, fmt.Errorf("zip member: lzma header: %w", container.ErrDamaged)
	}
	if dict := binary.LittleEndian.Uint32(head[5:]); dict > maxDictionary {
		return nil, largeDictionary(nil)
	}
	size := uint64(math.MaxUint64)
	if m.Flags&2 == 0 {
		size = m.UncompressedSize64
	}
	classic := binary.LittleEndian.AppendUint64(head[4:9:9], size)
	r, err := lzma.ReaderConfig{DictCap: maxDictionary}.NewReader(io.MultiReader(bytes.NewReader(classic), raw))
	if err != nil {
		return nil, fmt.Errorf("zip member: lzma: %w: %w", err, container.ErrDamaged)
	}
	return &checked{r: r, left: int64(m.UncompressedSize64), want: m.CRC32, sum: crc32.NewIEEE()}, nil
}

// checked holds a member to its declared size and sum.
type checked struct {
	r    io.Reader
	left int64
	want uint32
	sum  hash.Hash32
}

func (c *checked) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.sum.Write(b[:n])
	switch c.left -= int64(n); {
	case c.left < 0, err == io.EOF && (c.left != 0 || c.sum.Sum32() != c.want):
		return n, fmt.Errorf("zip member: size or sum differ: %w", container.ErrDamaged)
	}
	return n, err
}

// overlap reports members whose packed bytes lie within another's: no packer makes such, bombs do.
func overlap(files []*zip.File) bool {
	type span struct{ from, to int64 }
	spans := make([]span, 0, len(files))
	for _, f := range files {
		if at, err := f.DataOffset(); err == nil && f.CompressedSize64 > 0 {
			spans = append(spans, span{at, at + int64(min(f.CompressedSize64, 1<<60))})
		}
	}
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	for i := 1; i < len(spans); i++ {
		if spans[i].from < spans[i-1].to {
			return true
		}
	}
	return false
}

// zipName decodes a member's name: flag bit 11, the Unicode path field when it belongs to this name, else by the bytes.
func zipName(m *zip.File) string {
	if m.Flags&0x800 != 0 && utf8.ValidString(m.Name) {
		return charset.Unmangle(m.Name)
	}
	for extra := m.Extra; len(extra) >= 4; {
		id, size := binary.LittleEndian.Uint16(extra), int(binary.LittleEndian.Uint16(extra[2:]))
		if extra = extra[4:]; size > len(extra) {
			break
		}
		if field := extra[:size]; id == 0x7075 && size > 5 && field[0] == 1 && utf8.Valid(field[5:]) &&
			binary.LittleEndian.Uint32(field[1:]) == crc32.ChecksumIEEE([]byte(m.Name)) {
			return string(field[5:])
		}
		extra = extra[size:]
	}
	return decodeName(m.Name)
}

// withoutSuffix names what a compressed file holds when it does not say so itself.
func withoutSuffix(name string) string {
	base := path.Base(name)
	if ext := path.Ext(base); ext != "" && ext != base {
		return base[:len(base)-len(ext)]
	}
	return base
}
