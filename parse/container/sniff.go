package container

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
)

const (
	magicOLE  = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"
	sniffHead = 64 << 10 // bytes that magic numbers and text kinds are told from
)

// SniffFile tells the format of the file at path. The error is one of the file system's.
func SniffFile(path string) (Format, error) {
	f, err := os.Open(path)
	if err != nil {
		return Unknown, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return Unknown, err
	}
	return Sniff(f, st.Size()), nil
}

// Sniff tells a format from the content alone. It reads little, never fails and never believes a name: what looks like
// a damaged file of a kind is said to be of that kind, so that its reader can say that it is damaged.
func Sniff(r io.ReaderAt, size int64) (f Format) {
	defer func() {
		if v := recover(); v != nil {
			f = Unknown
		}
	}()
	if size <= 0 {
		return Empty
	}
	head := make([]byte, min(size, sniffHead))
	n, err := r.ReadAt(head, 0)
	if head = head[:n]; n == 0 {
		if err != nil && !errors.Is(err, io.EOF) {
			return Unknown
		}
		return Empty
	}
	switch f := byMagic(head); f {
	case Zip:
		return zipKind(r, size)
	case OLE:
		return oleKind(r, size)
	case Unknown:
	default:
		return f
	}
	if isSealed(head) {
		return Sealed
	}
	if i := bytes.Index(head[:min(n, 1024)], []byte("%PDF-")); i >= 0 {
		return PDF // Acrobat allows junk before it
	}
	if isTar(head) {
		return Tar
	}
	if f := textKind(head, size > int64(n)); f != Unknown {
		return f
	}
	if _, ok := zipDirectory(r, size, 1); ok {
		return zipKind(r, size) // something was put before it, or it is the last of a set
	}
	return Unknown
}

// magics lists what a file begins with. A dot stands for any byte only where the entry says so by its own test.
func byMagic(b []byte) Format {
	for _, m := range []struct {
		prefix string
		format Format
	}{
		{magicOLE, OLE}, {zipLocal, Zip}, {zipEnd, Zip}, {zipEnd64, Zip}, {"PK\x07\x08", Zip}, {"PK00PK\x03\x04", Zip},
		{"Rar!\x1A\x07", Rar}, {"RE~^", Rar}, {"7z\xBC\xAF\x27\x1C", SevenZip}, {"\x1F\x8B", Gzip},
		{"\xFD7zXZ\x00", XZ}, {"\x28\xB5\x2F\xFD", Zstd}, {"\x1F\x9D", Archive}, {"\x1F\xA0", Archive}, {"MSCF\x00\x00\x00\x00", Archive},
		{"!<arch>\n", Archive}, {"\x04\x22\x4D\x18", Archive},
		{"%PDF-", PDF}, {"{\\rtf", RTF}, {"\x78\x9F\x3E\x22", TNEF},
		{"\x09\x00\x04\x00", XLS2}, {"\x09\x02\x06\x00", XLS2}, {"\x09\x04\x06\x00", XLS2}, {"\x09\x08\x08\x00\x00\x05", XLS2},
		{"\x09\x08\x10\x00\x00\x06", XLS2}, {"\xDB\xA5\x2D\x00", DOC95}, {"\x31\xBE\x00\x00\x00\xAB", DOC95},
		{"\x89PNG\r\n", PNG}, {"\xFF\xD8\xFF", JPEG}, {"GIF87a", GIF}, {"GIF89a", GIF}, {"II*\x00", TIFF}, {"MM\x00*", TIFF},
		{"\xD7\xCD\xC6\x9A", WMF}, {"\x01\x00\x09\x00\x00\x03", WMF}, {"\x1A\x45\xDF\xA3", Video}, {"FLV\x01", Video},
		{"\x00\x00\x01\xBA", Video}, {"\x00\x00\x01\xB3", Video}, {"\x30\x26\xB2\x75\x8E\x66\xCF\x11", Video}, {".RMF", Video},
		{"OggS", Audio}, {"fLaC", Audio}, {"#!AMR", Audio}, {"MThd", Audio}, {"\xFF\xFB", Audio}, {"\xFF\xF3", Audio},
		{"\x7FELF", Exe}, {"\xCA\xFE\xBA\xBE", Exe}, {"\xCE\xFA\xED\xFE", Exe}, {"\xCF\xFA\xED\xFE", Exe},
		{"CAJ\x00", CAJ}, {"KDH ", CAJ}, {"HN\x00\x00", CAJ}, {"\xC8HN\x00", CAJ}, {"TEB\x00", CAJ},
	} {
		if strings.HasPrefix(string(b[:min(len(b), 16)]), m.prefix) {
			return m.format
		}
	}
	return byShape(b)
}

// byShape tells formats whose mark does not stand at the very beginning or needs a second look.
func byShape(b []byte) Format {
	at := func(off int, s string) bool { return len(b) >= off+len(s) && string(b[off:off+len(s)]) == s }
	switch {
	case at(0, "BZh") && (at(4, "1AY&SY") || at(4, "\x17\x72\x45\x38\x50\x90")):
		return Bzip2
	case at(0, "BM") && len(b) > 18 && le32(b, 6) == 0 && le32(b, 14) < 256:
		return BMP
	case at(0, "RIFF") && at(8, "WEBP"):
		return WebP
	case at(0, "RIFF") && at(8, "WAVE"):
		return Audio
	case at(0, "RIFF") && at(8, "AVI "):
		return Video
	case at(0, "\x01\x00\x00\x00") && at(40, " EMF"):
		return EMF
	case at(4, "ftyp"):
		return isoMedia(string(b[8:min(len(b), 12)]))
	case at(4, "moov"), at(4, "mdat"), at(4, "wide"):
		return Video
	case at(0, "ID3") && len(b) > 4 && b[3] < 16:
		return Audio
	case at(0, "\x60\xEA") && len(b) > 10 && b[3] < 11 && b[4] < 64:
		return Archive // arj
	case at(0, "MZ") && (len(b) < 64 || bytes.IndexByte(b[:64], 0) >= 0):
		return Exe
	case at(2, "-lh") && at(6, "-"):
		return Archive
	case at(7, "**ACE**"), at(0x8001, "CD001"):
		return Archive
	}
	return Unknown
}

// isSealed knows the marks of the document-security programs that Chinese offices run: what they scramble opens on no other
// machine, and a file that leaves the office by mistake still carries its usual name.
func isSealed(b []byte) bool {
	b = b[:min(len(b), 512)]
	for _, mark := range []string{"%TSD-Header-###%", "b\x14#e", "c\x14#e", ".pfile"} {
		if strings.HasPrefix(string(b), mark) {
			return true
		}
	}
	return bytes.Contains(b, []byte("E-SafeNet\x00"))
}

func isoMedia(brand string) Format {
	switch brand {
	case "heic", "heix", "hevc", "heim", "heis", "mif1", "msf1", "avif":
		return HEIC
	case "M4A ", "M4B ":
		return Audio
	}
	return Video
}

// isTar checks the header's own sum, so that old archives without "ustar" are told too.
func isTar(b []byte) bool {
	if len(b) < 512 {
		return false
	}
	want, digits := 0, 0
	for _, c := range bytes.Trim(b[148:156], " \x00") {
		if c < '0' || c > '7' {
			return false
		}
		want, digits = want*8+int(c-'0'), digits+1
	}
	sum, signed := 256, 256 // the sum's own field counts as blanks
	for i, c := range b[:512] {
		if i < 148 || i >= 156 {
			sum, signed = sum+int(c), signed+int(int8(c))
		}
	}
	return digits > 0 && b[0] != 0 && (want == sum || want == signed)
}
