package casedoc

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"baosong/parse/container"
)

// pdfOf makes a PDF of objects, numbered from 1; the first is the catalog.
func pdfOf(objects ...string) []byte {
	var b strings.Builder
	b.WriteString("%PDF-1.4\n")
	var at []int
	for i, o := range objects {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, x := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", x)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, start)
	return []byte(b.String())
}

func stream(s string) string {
	return fmt.Sprintf("<</Length %d>>\nstream\n%s\nendstream", len(s), s)
}

// TestPDFChineseFont reads Chinese set in a font that is not embedded, as old WPS and Acrobat left it.
func TestPDFChineseFont(t *testing.T) {
	t.Parallel()
	for encoding, text := range map[string]string{"UniGB-UCS2-H": "96C67FA4", "GBK-EUC-H": "BCAFC8BA"} {
		b := pdfOf("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
			"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
			stream("BT /F1 16 Tf 72 700 Td <"+text+"> Tj ET"),
			"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/"+encoding+"/DescendantFonts[6 0 R]>>",
			"<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>/FontDescriptor 7 0 R>>",
			"<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[0 0 1000 1000]/ItalicAngle 0/Ascent 800/Descent -200/CapHeight 700/StemV 80>>")
		d, err := readBytes(t, b, container.PDF, Limits{Scratch: scratch(t), Time: time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		if d.Text() != "集群" || d.Pages != 1 || d.Blocks[0].Page != 1 {
			t.Errorf("%s: %q, %d pages", encoding, d.Text(), d.Pages)
		}
	}
}

func TestPDFKinds(t *testing.T) {
	t.Parallel()
	read := func(name string, lim Limits) (*Document, error) {
		lim.Scratch, lim.Time = scratch(t), time.Hour
		return Read(context.Background(), filepath.Join("testdata", name), container.PDF, lim)
	}
	if _, err := read("locked.pdf", Limits{}); !errors.Is(err, container.ErrEncrypted) {
		t.Errorf("a password to open: %v", err)
	}
	if d, err := read("restricted.pdf", Limits{}); err != nil || !strings.Contains(d.Text(), "口令") {
		t.Errorf("a PDF that opens without a password: %v", err)
	}
	if d, err := read("scan.pdf", Limits{}); err != nil || !d.ScanOnly || pictured(d) != 1 {
		t.Errorf("a scan: %+v, %v", d, err)
	}
	if d, err := read("case.pdf", Limits{Characters: 50}); err != nil || !d.Cut {
		t.Errorf("a limit on characters: %v", err)
	}
}

// TestPDFEndless reads page trees that promise or repeat more than there is.
func TestPDFEndless(t *testing.T) {
	t.Parallel()
	kids := strings.Repeat("3 0 R ", 5000)
	b := pdfOf("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids["+kids+"]/Count 5000>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
		stream("BT /F1 16 Tf 72 700 Td (page of an endless file) Tj ET"), "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>")
	d, err := readBytes(t, b, container.PDF, Limits{Pages: 30, Scratch: scratch(t), Time: time.Hour})
	if err != nil || !d.Cut || len(d.Blocks) > 30 {
		t.Errorf("err %v, %+v", err, d)
	}
	loop := pdfOf("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[2 0 R]/Count 1000000>>")
	if d, err := readBytes(t, loop, container.PDF, Limits{Scratch: scratch(t), Time: time.Hour}); !errors.Is(err, container.ErrDamaged) {
		t.Errorf("no page can be read: %v, %+v", err, d)
	}
}

// TestPDFInterpreted reads without a cache, as where writable code is forbidden.
func TestPDFInterpreted(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("testdata/case.pdf")
	if err != nil {
		t.Fatal(err)
	}
	d, err := readBytes(t, b, container.PDF, Limits{Time: time.Hour})
	if err != nil || !strings.Contains(d.Text(), "𠮷祥如意") {
		t.Errorf("err %v", err)
	}
}

func TestPDFCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := Read(ctx, "testdata/case.pdf", container.PDF, Limits{Scratch: scratch(t), Time: time.Hour})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// TestSmallPDFCompilesNothing: the engine is compiled only where that is repaid, and the compiled one is found again.
func TestSmallPDFCompilesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d, err := Read(t.Context(), "testdata/case.pdf", container.PDF, Limits{Scratch: dir, Time: time.Hour})
	if err != nil || len(d.Blocks) == 0 {
		t.Fatalf("%+v, %v", d, err)
	}
	if isCompiled(dir) {
		t.Error("a small document had the engine compiled")
	}
	if !isCompiled(scratch(t)) {
		t.Error("the compiled engine is not found again")
	}
}
