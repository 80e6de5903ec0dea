package casedoc

import (
	"context"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"baosong/parse/container"
)

// fuzzEngines keeps pdfium ready for one fuzzing process: to load it takes a hundred times what a small document takes to
// read. Each document has an engine and a memory of its own all the same, as in production.
type fuzzEngines struct {
	*engines
	cancel context.CancelFunc
}

func (fe *fuzzEngines) ready(t *testing.T) *engines {
	if fe.engines == nil {
		ctx, cancel := context.WithCancel(context.Background())
		es, err := compiledEngines(ctx, scratch(t))
		if err != nil {
			t.Fatal(err)
		}
		es.heap.most = 64 << 20 // which documents of so few bytes never need
		fe.engines, fe.cancel = es, cancel
	}
	return fe.engines
}

func (fe *fuzzEngines) drop() {
	fe.cancel()
	fe.engines.close()
	fe.engines = nil
}

// FuzzPDF reads any bytes as a PDF. The seeds are small, and some hold their streams as they are, so that the fuzzer sees
// operators, fonts and annotations and not what deflate makes of them.
func FuzzPDF(f *testing.F) {
	files, err := filepath.Glob("testdata/*.pdf")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range files {
		b, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	for _, b := range openPDFs() {
		f.Add(b)
	}
	fe := &fuzzEngines{}
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 256<<10 {
			return
		}
		rd := newReader(Limits{Characters: 20_000, Bytes: 16 << 20, Pages: 5, Time: time.Hour})
		rd.engines = fe.ready(t)
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		stop := context.AfterFunc(ctx, fe.cancel) // the engine knows only the context that it was made with
		doc := &Document{}
		_ = rd.fill(ctx, doc, bytesSource(b), container.PDF)
		if !stop() {
			t.Error("took over 20 s")
			fe.drop()
		}
		_ = doc.Text()
	})
}

// openPDFs are documents whose streams are not deflated.
func openPDFs() [][]byte {
	page := "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Annots[6 0 R 7 0 R]/Resources<</Font<</F1 5 0 R>>/XObject<</X 8 0 R>>>>>>"
	rest := []string{
		"<</Type/Annot/Subtype/FreeText/Rect[72 600 200 620]/Contents(typed)>>",
		"<</Type/Annot/Subtype/Widget/FT/Btn/AS/On/Rect[72 500 90 520]>>",
		"<</Type/XObject/Subtype/Form/BBox[0 0 99 99]/Resources<</XObject<</X 9 0 R>>>>/Length 12>>\nstream\nq 1 w /X Do Q\nendstream",
		"<</Type/XObject/Subtype/Image/Width 9/Height 9/ColorSpace/DeviceGray/BitsPerComponent 8/Length 9>>\nstream\n123456789\nendstream",
	}
	font := "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
	wide := "<</Type/Font/Subtype/Type0/BaseFont/S/Encoding/UniGB-UCS2-H/DescendantFonts[<</Type/Font/Subtype/CIDFontType0/BaseFont/S/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>>>]>>"
	make := func(font, content string) []byte {
		return pdfOf(append([]string{"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", page, stream(content), font}, rest...)...)
	}
	return [][]byte{
		make(font, "BT /F1 16 Tf 72 700 Td [(one) -300 (two)] TJ T* (three) ' ET q 10 0 0 10 0 0 cm /X Do Q"),
		make(wide, "BT /F1 12 Tf 1 0 0 1 72 700 Tm <96C67FA4> Tj 0 12 -12 0 300 300 Tm <4E004E8C> Tj ET"),
		make(font, "q 0 0 m 9 9 l 1 2 3 4 5 6 c h f* 0 0 9 9 re W n S Q BI /W 1 /H 1 /BPC 8 /CS /G ID x EI /Span <</ActualText(a)>> BDC EMC"),
	}
}

// FuzzPDFLines places any characters at any places, which the engine hides from the fuzzer.
func FuzzPDFLines(f *testing.F) {
	f.Add([]byte("\x00\x00\x00\x00\x00\x00\x00\x00AAAABBBBCCCCDDDDEEEEFFFF"))
	f.Fuzz(func(t *testing.T, b []byte) {
		var gs []glyph
		for ; len(b) >= 12 && len(gs) < 2000; b = b[12:] {
			at := func(i int) float64 { return float64(int16(binary.LittleEndian.Uint16(b[i:]))) / 8 }
			g := glyph{rune(binary.LittleEndian.Uint32(b) & 0x1FFFF), at(4), at(4) + at(6), at(8), at(8) + at(10)}
			if b[3]&0x80 != 0 {
				g.left = math.Inf(1)
			}
			gs = append(gs, g)
		}
		half := len(gs) / 2
		var typed []fragment
		for _, g := range gs[half:min(len(gs), half+20)] {
			typed = append(typed, fragment{glyph: g, text: []rune{g.r}})
		}
		var lines []textLine
		for _, l := range fill(layout(gs[:half]), typed) {
			lines = append(lines, joinFragments(l))
		}
		_ = illegible(lines)
		_ = joinLines(lines)
	})
}
