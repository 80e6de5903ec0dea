package container

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
)

// PackageLimits bound what a zipped document may unfold to. Zero values take the defaults.
type PackageLimits struct {
	Parts int   // number of parts; 10,000
	Bytes int64 // bytes of all parts together, unpacked; 256 MiB
	Ratio int64 // unpacked to packed, for parts over 10 MiB; 1000
}

const ratioFloor = 10 << 20 // smaller parts may be as repetitive as they like

func (l PackageLimits) withDefaults() PackageLimits {
	if l.Parts == 0 {
		l.Parts = 10_000
	}
	if l.Bytes == 0 {
		l.Bytes = 256 << 20
	}
	if l.Ratio == 0 {
		l.Ratio = 1000
	}
	return l
}

// Package is a zipped set of parts: OOXML, ODF, OFD. Parts are found whatever their case and with either slash, as
// real producers write them. It reads from the given reader until Close.
type Package struct {
	parts  map[string]*zip.File
	names  []string
	limits PackageLimits
}

// OpenPackage reads the directory of a zipped document. Errors wrap ErrDamaged (no directory, or one that makes no
// sense), ErrLimit (more parts or bytes declared than allowed) or ErrEncrypted (an ODF or zip password).
func OpenPackage(r io.ReaderAt, size int64, lim PackageLimits) (p *Package, err error) {
	defer func() {
		if v := recover(); v != nil {
			p, err = nil, fmt.Errorf("package: %v: %w", v, ErrDamaged)
		}
	}()
	lim = lim.withDefaults()
	if n, _ := zipDirectory(r, size, lim.Parts+1); len(n) > lim.Parts {
		return nil, fmt.Errorf("package: more than %d parts: %w", lim.Parts, ErrLimit)
	}
	z, err := zip.NewReader(r, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, fmt.Errorf("package: %w: %w", err, ErrDamaged)
	}
	p = &Package{parts: map[string]*zip.File{}, limits: lim}
	var total int64
	for _, f := range z.File {
		if f.Mode().IsDir() {
			continue
		}
		if total += int64(min(f.UncompressedSize64, 1<<40)); total > lim.Bytes {
			return nil, fmt.Errorf("package: over %d bytes unpacked: %w", lim.Bytes, ErrLimit)
		}
		key := partKey(f.Name)
		if _, dup := p.parts[key]; !dup {
			p.parts[key] = f
			p.names = append(p.names, strings.TrimPrefix(strings.ReplaceAll(f.Name, `\`, "/"), "/"))
		}
	}
	if p.encrypted() {
		return nil, fmt.Errorf("package: %w", ErrEncrypted)
	}
	return p, nil
}

// Names returns the names of all parts, with forward slashes and without a leading one, in the order of the file.
func (p *Package) Names() []string { return append([]string(nil), p.names...) }

// Has reports whether there is a part of that name.
func (p *Package) Has(name string) bool { _, ok := p.parts[partKey(name)]; return ok }

// Size returns the unpacked size that the package declares for a part, -1 when there is none.
func (p *Package) Size(name string) int64 {
	f, ok := p.parts[partKey(name)]
	if !ok {
		return -1
	}
	return int64(f.UncompressedSize64)
}

// Open returns the bytes of a part; the reader ends at the declared size. Errors wrap ErrDamaged (no such part, or it
// cannot be inflated; also from Read), ErrLimit (ratio), ErrEncrypted or ErrUnsupported (packing method).
func (p *Package) Open(name string) (io.ReadCloser, error) {
	f, ok := p.parts[partKey(name)]
	if !ok {
		return nil, fmt.Errorf("package: no part %q: %w", name, ErrDamaged)
	}
	switch packed := int64(max(f.CompressedSize64, 1)); {
	case f.Flags&1 != 0:
		return nil, fmt.Errorf("package: part %q: %w", name, ErrEncrypted)
	case f.UncompressedSize64 > ratioFloor && int64(f.UncompressedSize64)/packed > p.limits.Ratio:
		return nil, fmt.Errorf("package: part %q unpacks to over %d times its size: %w", name, p.limits.Ratio, ErrLimit)
	}
	rc, err := f.Open()
	switch {
	case errors.Is(err, zip.ErrAlgorithm):
		return nil, fmt.Errorf("package: part %q: method %d: %w", name, f.Method, ErrUnsupported)
	case err != nil:
		return nil, fmt.Errorf("package: part %q: %w: %w", name, err, ErrDamaged)
	}
	return &partReader{rc: rc, name: name, left: int64(f.UncompressedSize64)}, nil
}

// Close ends the use of the package. The reader it was opened on stays the caller's.
func (p *Package) Close() error { p.parts = nil; return nil }

// encrypted tells a package whose every part, or whose ODF manifest, wants a password.
func (p *Package) encrypted() bool {
	for _, f := range p.parts {
		if f.Flags&1 != 0 {
			return true
		}
	}
	if !p.Has("META-INF/manifest.xml") {
		return false
	}
	rc, err := p.Open("META-INF/manifest.xml")
	if err != nil {
		return false
	}
	defer rc.Close()
	b, _ := io.ReadAll(io.LimitReader(rc, 1<<20))
	return bytes.Contains(b, []byte("encryption-data"))
}

// partKey is what two spellings of one part have in common: case, slashes, percent-encoding.
func partKey(name string) string {
	if strings.Contains(name, "%") {
		if plain, err := url.PathUnescape(name); err == nil {
			name = plain
		}
	}
	return strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(name, `\`, "/"), "/"))
}

// partReader turns faults found while inflating into ErrDamaged and never yields more than was declared.
type partReader struct {
	rc   io.ReadCloser
	name string
	left int64
}

func (r *partReader) Read(b []byte) (n int, err error) {
	defer func() {
		if v := recover(); v != nil {
			n, err = 0, fmt.Errorf("package: part %q: %v: %w", r.name, v, ErrDamaged)
		}
	}()
	if int64(len(b)) > r.left+1 {
		b = b[:r.left+1]
	}
	n, err = r.rc.Read(b)
	if r.left -= int64(n); r.left < 0 {
		return n - 1, fmt.Errorf("package: part %q is longer than declared: %w", r.name, ErrDamaged)
	}
	if err != nil && err != io.EOF {
		err = fmt.Errorf("package: part %q: %w: %w", r.name, err, ErrDamaged)
	}
	return n, err
}

func (r *partReader) Close() error { return r.rc.Close() }
