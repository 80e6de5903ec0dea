package container

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func openPackage(b []byte, lim PackageLimits) (*Package, error) {
	return OpenPackage(bytes.NewReader(b), int64(len(b)), lim)
}

func TestPackage(t *testing.T) {
	t.Parallel()
	p, err := openPackage(zipOf(t, "[Content_Types].xml=<Types/>", `xl\worksheets\Sheet1.xml=<sheet/>`, "dir/"), PackageLimits{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if got := p.Names(); !slices.Equal(got, []string{"[Content_Types].xml", "xl/worksheets/Sheet1.xml"}) {
		t.Errorf("names %q", got)
	}
	if !p.Has("/XL/worksheets/sheet1.XML") || p.Has("xl/none") || p.Size("xl/worksheets/sheet1.xml") != 8 || p.Size("none") != -1 {
		t.Error("parts are not found as they should be")
	}
	rc, err := p.Open("xl/worksheets/sheet1.xml")
	if err != nil {
		t.Fatal(err)
	}
	defer rc.Close()
	if b, err := io.ReadAll(rc); err != nil || string(b) != "<sheet/>" {
		t.Errorf("read %q, %v", b, err)
	}
	if _, err := p.Open("none"); !errors.Is(err, ErrDamaged) {
		t.Errorf("missing part: %v", err)
	}
}

func TestPackageRefused(t *testing.T) {
	t.Parallel()
	good := zipOf(t, "a=aaaa", "b="+strings.Repeat("b", 20_000))
	encrypted := bytes.Clone(good)
	at := bytes.Index(encrypted, []byte(zipCentral))
	encrypted[at+8] |= 1
	odf := zipOf(t, "mimetype=application/vnd.oasis.opendocument.text", "META-INF/manifest.xml=<manifest:encryption-data/>")
	for name, c := range map[string]struct {
		b    []byte
		lim  PackageLimits
		want error
	}{
		"truncated":  {good[:len(good)-30], PackageLimits{}, ErrDamaged},
		"empty":      {nil, PackageLimits{}, ErrDamaged},
		"parts":      {good, PackageLimits{Parts: 1}, ErrLimit},
		"bytes":      {good, PackageLimits{Bytes: 10_000}, ErrLimit},
		"encrypted":  {encrypted, PackageLimits{}, ErrEncrypted},
		"odf sealed": {odf, PackageLimits{}, ErrEncrypted},
	} {
		if _, err := openPackage(c.b, c.lim); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
}

func TestPackageRatio(t *testing.T) {
	t.Parallel()
	p, err := openPackage(zipOf(t, "bomb="+strings.Repeat("\x00", 12<<20), "a=a"), PackageLimits{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Open("bomb"); !errors.Is(err, ErrLimit) {
		t.Errorf("bomb: %v", err)
	}
	if _, err := p.Open("a"); err != nil {
		t.Errorf("the other part: %v", err)
	}
}

func TestPackageDamagedPart(t *testing.T) {
	t.Parallel()
	b := zipOf(t, "a="+strings.Repeat("hello world ", 100))
	b[40] ^= 0xFF
	p, err := openPackage(b, PackageLimits{})
	if err != nil {
		t.Fatal(err)
	}
	rc, err := p.Open("a")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(rc); !errors.Is(err, ErrDamaged) {
		t.Errorf("got %v", err)
	}
}

func readFixture(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func openCompound(b []byte) (*Compound, error) {
	return OpenCompound(bytes.NewReader(b), int64(len(b)))
}

func TestCompound(t *testing.T) {
	t.Parallel()
	c, err := openCompound(readFixture(t, "a.xls"))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(c.Names(), "Workbook") || !slices.Contains(c.Names(), "SummaryInformation") {
		t.Errorf("names %q", c.Names())
	}
	b, err := c.Read("WORKBOOK", 1<<20)
	if err != nil || len(b) < 100 || binary.LittleEndian.Uint16(b) != 0x0809 {
		t.Errorf("workbook: %d bytes, %v", len(b), err)
	}
	if _, err := c.Read("Workbook", 10); !errors.Is(err, ErrLimit) {
		t.Errorf("over its limit: %v", err)
	}
	if _, err := c.Read("None", 10); !errors.Is(err, ErrDamaged) {
		t.Errorf("missing: %v", err)
	}
	if got := c.Prefix("Workbook", 4); !bytes.Equal(got, b[:4]) {
		t.Errorf("prefix % x", got)
	}
}

func TestCompoundCutShort(t *testing.T) {
	t.Parallel()
	whole := readFixture(t, "a.doc")
	for cut := 0; cut < len(whole); cut += 512 {
		c, err := openCompound(whole[:cut])
		if err != nil {
			if !errors.Is(err, ErrDamaged) {
				t.Errorf("cut at %d: %v", cut, err)
			}
			continue
		}
		for _, name := range c.Names() {
			if _, err := c.Read(name, 1<<20); err != nil && !errors.Is(err, ErrDamaged) {
				t.Errorf("cut at %d, %s: %v", cut, name, err)
			}
		}
	}
	if c, err := openCompound(whole[:len(whole)-100]); err != nil || !c.Has("WordDocument") { // last sector not filled up
		t.Errorf("a short last sector: %v", err)
	}
}

// TestCompoundNested: storages within storages cost the library that others use quadratic memory.
func TestCompoundNested(t *testing.T) {
	t.Parallel()
	const entries = 8000
	b := make([]byte, 512)
	copy(b, magicOLE)
	binary.LittleEndian.PutUint16(b[26:], 3)
	binary.LittleEndian.PutUint16(b[30:], 9)
	dirSectors := entries / 4
	fatSectors := (dirSectors + 127) / 128
	binary.LittleEndian.PutUint32(b[48:], uint32(fatSectors))
	for i := 76; i < 512; i += 4 {
		v := uint32(0xFFFFFFFF)
		if n := (i - 76) / 4; n < fatSectors {
			v = uint32(n)
		}
		binary.LittleEndian.PutUint32(b[i:], v)
	}
	for i := 0; i < fatSectors*128; i++ {
		next := uint32(i + 1)
		if i == fatSectors+dirSectors-1 {
			next = 0xFFFFFFFE
		}
		b = binary.LittleEndian.AppendUint32(b, next)
	}
	for i := 0; i < entries; i++ {
		e := make([]byte, 128)
		e[0], e[64], e[66] = 'a', 4, 1
		if i == 0 {
			e[66] = 5
		}
		for _, at := range []int{68, 72} {
			binary.LittleEndian.PutUint32(e[at:], noStream)
		}
		binary.LittleEndian.PutUint32(e[76:], uint32(i+1))
		b = append(b, e...)
	}
	c, err := openCompound(b)
	if err != nil || len(c.Names()) != 0 {
		t.Errorf("got %v", err)
	}
}

func FuzzCompound(f *testing.F) {
	f.Add(readFixture(f, "a.xls"))
	f.Add(readFixture(f, "a.doc"))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := openCompound(b)
		if err != nil {
			return
		}
		total := 0
		for _, name := range c.Names() {
			data, _ := c.Read(name, 1<<20)
			if total += len(data); total > 64<<20 {
				return
			}
			if len(data) > len(b)*16 {
				t.Fatalf("%d bytes out of %d", len(data), len(b))
			}
		}
	})
}

func FuzzPackage(f *testing.F) {
	f.Add(readFixture(f, "a.docx"))
	f.Add(readFixture(f, "a.ods"))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := openPackage(b, PackageLimits{Bytes: 1 << 20})
		if err != nil {
			return
		}
		for _, name := range p.Names() {
			if rc, err := p.Open(name); err == nil {
				n, _ := io.Copy(io.Discard, rc)
				if n > p.Size(name) {
					t.Fatalf("%s: %d bytes of %d", name, n, p.Size(name))
				}
				rc.Close()
			}
		}
	})
}

func BenchmarkOpenCompound(b *testing.B) {
	data := readFixture(b, "a.xls")
	for b.Loop() {
		c, err := openCompound(data)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := c.Read("Workbook", 1<<20); err != nil {
			b.Fatal(err)
		}
	}
}
