package casedoc

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"baosong/parse/container"
)

// set places text from x at height y in characters of a size, Latin ones half as wide.
func set(gs []glyph, x, y, size float64, text string) []glyph {
	for _, r := range text {
		w := size / 2
		if eastAsian(r) || ambiguous(r) {
			w = size
		}
		gs = append(gs, glyph{r, x, x + w, y - size*0.15, y + size})
		x += w
	}
	return gs
}

func laidOut(gs []glyph) string {
	var out []string
	for _, l := range layout(gs) {
		out = append(out, joinFragments(l).text)
	}
	return strings.Join(out, "\n")
}

func TestPDFLayout(t *testing.T) {
	t.Parallel()
	put := func(gs []glyph, x, y float64) []glyph { return append(gs, glyph{' ', x, x, y, y}) } // a blank of pdfium's own
	tests := []struct {
		name string
		page []glyph
		want string
	}{
		{"cells of a row", set(set(set(nil, 72, 700, 10, "案例名称"), 200, 700, 10, "某集群"), 72, 680, 10, "联系人"), "案例名称\t某集群\n联系人"},
		{"single characters in cells", set(set(set(nil, 72, 700, 10, "纵"), 200, 700, 10, "丙"), 330, 700, 10, "丁"), "纵\t丙\t丁"},
		{"a title set wide", set(set(set(nil, 72, 700, 20, "通"), 130, 700, 20, "知"), 190, 700, 20, "书"), "通 知 书"},
		{"from right to left in the stream", set(set(nil, 200, 700, 10, "右"), 72, 700, 10, "左左左"), "左左左\t右"},
		{"a superscript stays on its line", set(set(set(nil, 72, 700, 12, "米"), 84, 706, 6, "2"), 87, 700, 12, "后"), "米2后"},
		{"close lines are two", set(set(nil, 72, 700, 10, "上"), 82, 689, 10, "下"), "上\n下"},
		{"the gap between scripts is no blank", set(put(set(nil, 72, 700, 10, "第"), 82, 700), 84.5, 700, 10, "1"), "第1"},
		{"words are kept apart", set(put(set(nil, 72, 700, 10, "two"), 87, 700), 90, 700, 10, "words"), "two words"},
		{"two dashes in one glyph", append(set(nil, 72, 700, 10, "是"), glyph{'—', 82, 102, 698, 710}, glyph{'—', 82, 102, 698, 710}), "是——"},
		{"typed blanks stay", set(nil, 72, 700, 10, "甲 乙"), "甲 乙"},
	}
	for _, tt := range tests {
		for turns := range 4 {
			page := make([]glyph, len(tt.page))
			for i, g := range tt.page {
				for range turns {
					g = glyph{g.r, -g.top, -g.bottom, g.left, g.right} // a quarter to the left
				}
				page[i] = g
			}
			if turns > 0 && len(page) < 9 && tt.name != "cells of a row" {
				continue // too little text to see how it runs
			}
			if got := laidOut(page); got != tt.want {
				t.Errorf("%s, turned %d: %q, want %q", tt.name, turns, got, tt.want)
			}
		}
	}
}

// TestPDFForm: the values of form fields and text typed onto a page stand where they are seen; notes are comments.
func TestPDFForm(t *testing.T) {
	t.Parallel()
	b := pdfOf("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>/Annots[6 0 R 7 0 R 8 0 R 9 0 R 10 0 R]>>",
		stream("BT /F1 12 Tf 72 700 Td (Name of unit) Tj 0 -40 Td (Telephone) Tj 0 -40 Td (Agreed) Tj ET"), "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
		"<</Type/Annot/Subtype/Widget/FT/Tx/T(u)/F 4/V<FEFF5E02>/Rect[200 695 400 715]>>",
		"<</Type/Annot/Subtype/FreeText/F 4/DA(/Helv 12 Tf)/Contents(0551)/Rect[200 655 400 675]>>",
		"<</Type/Annot/Subtype/Widget/FT/Btn/T(c)/F 4/AS/Yes/V/Yes/Rect[200 615 215 635]>>",
		"<</Type/Annot/Subtype/Text/F 4/Contents(check this)/Rect[500 500 520 520]>>",
		"<</Type/Annot/Subtype/Widget/FT/Tx/T(h)/F 2/V(unseen)/Rect[200 500 400 520]>>")
	d, err := readBytes(t, b, container.PDF, Limits{Scratch: scratch(t), Time: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	expect(t, d, `P@1 "Name of unit\t市"`+"\n"+`P@1 "Telephone\t0551"`+"\n"+`P@1 "Agreed\t☑"`+"\n"+`comment "check this"`)
}

// TestPDFScans tells pages without text of their own: stamped by a scanning program, or with codes that mean nothing.
func TestPDFScans(t *testing.T) {
	t.Parallel()
	page := func(content string) []byte {
		return pdfOf("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
			"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>/XObject<</I 6 0 R>>>>>>",
			stream(content), "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
			"<</Type/XObject/Subtype/Image/Width 10/Height 10/BitsPerComponent 8/ColorSpace/DeviceGray/Length 100>>\nstream\n"+strings.Repeat("\x80", 100)+"\nendstream")
	}
	text := func(s string) string { return "BT /F1 9 Tf 72 30 Td (" + s + ") Tj ET " }
	for _, tt := range []struct {
		name, content string
		scan          bool
	}{
		{"stamped", "q 595 0 0 842 0 0 cm /I Do Q " + text("Scanned with CamScanner"), true},
		{"numbered", "q 560 0 0 800 10 10 cm /I Do Q " + text("- 1 -"), true},
		{"a picture above text", "q 400 0 0 300 90 400 cm /I Do Q " + text("Figure of the year 2023"), false},
		{"text on a picture", "q 595 0 0 842 0 0 cm /I Do Q " + text("A poster with so much text on it that it is more than a stamp"), false},
		{"codes", text(strings.Repeat(`\344\345\347\351\361\366`, 20)), true},
		{"French", text(strings.Repeat(`tr\350s \351l\351gant `, 10)), false},
		{"empty", " ", false},
	} {
		d, err := readBytes(t, page(tt.content), container.PDF, Limits{Scratch: scratch(t), Time: time.Hour})
		if err != nil || d.ScanOnly != tt.scan {
			t.Errorf("%s: %+v, %v", tt.name, d, err)
		}
		if kept := len(d.Hidden) > 0; kept != (tt.name == "codes") {
			t.Errorf("%s: kept beside the body: %q", tt.name, d.Hidden)
		}
	}
}

func TestIllegible(t *testing.T) {
	t.Parallel()
	rare := ""
	for i := range 60 {
		rare += string(rune(0x4E05 + 97*i))
	}
	for text, want := range map[string]bool{
		rare: true,
		strings.Repeat("安徽某某精密机械有限公司", 6):   false,
		strings.Repeat("中小企業特色產業集群", 6):     false,
		strings.Repeat("株式会社の製品です", 8):      false,
		fmt.Sprint(strings.Repeat("Ä", 20)): false, // too little to judge
	} {
		if got := illegible([]textLine{{text: text}}); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
