package casedoc

import (
	"strings"

	"github.com/klippa-app/go-pdfium/enums"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
)

// annotation is one annotation of a page.
type annotation struct {
	engine *engine
	ref    references.FPDF_ANNOTATION
}

const pdfAnnotations = 1000 // of one page

// annotations reads what lies on a page apart from its content: values of form fields and text typed onto the page belong
// to the line on whose height they stand; notes are comments.
func (f *pdfFile) annotations(page requests.Page) (typed []fragment) {
	count, err := f.engine.FPDFPage_GetAnnotCount(&requests.FPDFPage_GetAnnotCount{Page: page})
	if err != nil {
		return nil
	}
	for i := range min(count.Count, pdfAnnotations) {
		a, err := f.engine.FPDFPage_GetAnnot(&requests.FPDFPage_GetAnnot{Page: page, Index: i})
		if err != nil {
			continue
		}
		kind, text := f.annotation(annotation{f.engine, a.Annotation})
		switch {
		case text == "":
		case kind == enums.FPDF_ANNOT_SUBTYPE_WIDGET, kind == enums.FPDF_ANNOT_SUBTYPE_FREETEXT:
			if box, err := f.engine.FPDFAnnot_GetRect(&requests.FPDFAnnot_GetRect{Annotation: a.Annotation}); err == nil {
				g := glyph{0, float64(box.Rect.Left), float64(box.Rect.Right), float64(box.Rect.Bottom), float64(box.Rect.Top)}
				typed = append(typed, fragment{glyph: g, text: []rune(text)})
			}
		case f.rd.room.take(len(text)):
			f.doc.Comments = append(f.doc.Comments, text)
		}
		f.engine.FPDFPage_CloseAnnot(&requests.FPDFPage_CloseAnnot{Annotation: a.Annotation})
	}
	return typed
}

// annotation returns the kind of an annotation and its text, "" for one that shows none.
func (f *pdfFile) annotation(a annotation) (enums.FPDF_ANNOTATION_SUBTYPE, string) {
	kind, err := a.engine.FPDFAnnot_GetSubtype(&requests.FPDFAnnot_GetSubtype{Annotation: a.ref})
	flags, e := a.engine.FPDFAnnot_GetFlags(&requests.FPDFAnnot_GetFlags{Annotation: a.ref})
	if err != nil || e != nil || flags.Flags&(enums.FPDF_ANNOT_FLAG_HIDDEN|enums.FPDF_ANNOT_FLAG_NOVIEW) != 0 {
		return 0, ""
	}
	switch kind.Subtype {
	case enums.FPDF_ANNOT_SUBTYPE_WIDGET:
		return kind.Subtype, a.value()
	case enums.FPDF_ANNOT_SUBTYPE_FREETEXT, enums.FPDF_ANNOT_SUBTYPE_TEXT, enums.FPDF_ANNOT_SUBTYPE_HIGHLIGHT,
		enums.FPDF_ANNOT_SUBTYPE_UNDERLINE, enums.FPDF_ANNOT_SUBTYPE_STRIKEOUT, enums.FPDF_ANNOT_SUBTYPE_SQUIGGLY:
		return kind.Subtype, a.get("Contents")
	}
	return kind.Subtype, ""
}

// value is what a form field shows. A field whose value stands apart from its place on the page shows none here.
func (a annotation) value() string {
	switch a.get("FT") {
	case "Tx", "Ch":
		return a.get("V")
	case "Btn":
		switch a.get("AS") {
		case "":
			return "" // a button to press
		case "Off":
			return "☐"
		}
		return "☑"
	}
	return ""
}

func (a annotation) get(key string) string {
	s, err := a.engine.FPDFAnnot_GetStringValue(&requests.FPDFAnnot_GetStringValue{Annotation: a.ref, Key: key})
	if err != nil {
		return ""
	}
	return clean(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.TrimRight(s.Value, "\x00")))
}

// fill puts typed text into the lines of a page: at its height, or before the first line below it.
func fill(lines [][]fragment, typed []fragment) [][]fragment {
	for _, t := range typed {
		at, best := len(lines), 0.0
		for i, l := range lines {
			if over := min(t.top, l[0].top) - max(t.bottom, l[0].bottom); over > best+0.1 && t.level(&l[0].glyph) {
				at, best = i, over
			}
			if best == 0 && at == len(lines) && l[0].top <= t.bottom {
				at = i
			}
		}
		if best > 0 {
			lines[at] = append(lines[at], t)
			continue
		}
		lines = append(lines[:at:at], append([][]fragment{{t}}, lines[at:]...)...)
	}
	return lines
}
