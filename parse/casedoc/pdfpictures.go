package casedoc

import (
	"github.com/klippa-app/go-pdfium/enums"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"

	"baosong/parse/container"
)

// covered tells a page that is, for the most part, one picture.
func (f *pdfFile) covered(page requests.Page) bool {
	if f.cover == 0 {
		return false
	}
	w, err := f.engine.FPDF_GetPageWidthF(&requests.FPDF_GetPageWidthF{Page: page})
	h, e := f.engine.FPDF_GetPageHeightF(&requests.FPDF_GetPageHeightF{Page: page})
	return err == nil && e == nil && f.cover >= 0.6*float64(w.PageWidth)*float64(h.PageHeight)
}

// pictures counts the pictures and drawings of a page.
func (f *pdfFile) pictures(page requests.Page) {
	n, err := f.engine.FPDFPage_CountObjects(&requests.FPDFPage_CountObjects{Page: page})
	if err != nil {
		return
	}
	budget := pdfObjects
	for i := range n.Count {
		if budget--; budget < 0 {
			break
		}
		o, err := f.engine.FPDFPage_GetObject(&requests.FPDFPage_GetObject{Page: page, Index: i})
		if err == nil {
			f.object(o.PageObject, 0, &budget)
		}
	}
}

func (f *pdfFile) object(o references.FPDF_PAGEOBJECT, depth int, budget *int) {
	kind, err := f.engine.FPDFPageObj_GetType(&requests.FPDFPageObj_GetType{PageObject: o})
	if err != nil {
		return
	}
	switch {
	case kind.Type == enums.FPDF_PAGEOBJ_PATH:
		f.paths++
	case kind.Type == enums.FPDF_PAGEOBJ_TEXT:
		f.drawn++
	case kind.Type == enums.FPDF_PAGEOBJ_IMAGE:
		f.images++
		if b, err := f.engine.FPDFPageObj_GetBounds(&requests.FPDFPageObj_GetBounds{PageObject: o}); err == nil {
			f.cover = max(f.cover, float64(b.Right-b.Left)*float64(b.Top-b.Bottom))
		}
		f.image(o)
	case kind.Type == enums.FPDF_PAGEOBJ_FORM && depth < pdfFormDepth:
		n, err := f.engine.FPDFFormObj_CountObjects(&requests.FPDFFormObj_CountObjects{PageObject: o})
		for i := 0; err == nil && i < n.Count && *budget > 0; i++ {
			*budget--
			in, e := f.engine.FPDFFormObj_GetObject(&requests.FPDFFormObj_GetObject{PageObject: o, Index: uint64(i)})
			if e == nil {
				f.object(in.PageObject, depth+1, budget)
			}
		}
	}
}

func (f *pdfFile) image(o references.FPDF_PAGEOBJECT) {
	size, err := f.engine.FPDFImageObj_GetImagePixelSize(&requests.FPDFImageObj_GetImagePixelSize{ImageObject: o})
	if err != nil || size.Width < pdfTinyPixels || size.Height < pdfTinyPixels {
		return
	}
	if f.counted++; f.counted > pdfPictures {
		return
	}
	raw, err := f.engine.FPDFImageObj_GetImageDataRaw(&requests.FPDFImageObj_GetImageDataRaw{ImageObject: o})
	if err != nil {
		return
	}
	format := container.Format("bitmap")
	if filter, err := f.engine.FPDFImageObj_GetImageFilter(&requests.FPDFImageObj_GetImageFilter{ImageObject: o}); err == nil {
		switch filter.ImageFilter {
		case "DCTDecode":
			format = container.JPEG
		case "JPXDecode":
			format = "jp2"
		case "CCITTFaxDecode", "JBIG2Decode":
			format = container.TIFF
		}
	}
	f.pics.bytes(raw.Data, format, true)
}
