package casedoc

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"

	"baosong/parse/container"
)

const (
	pdfObjects    = 2000 // objects of one page looked at for pictures
	pdfPictures   = 1000 // pictures of one document that are told apart by their bytes
	pdfScanText   = 10   // a page with fewer printable characters than these has no text
	pdfStamped    = 40   // the same on a page that a picture covers: scanners stamp their name, offices a number
	pdfOutlines   = 40   // a page with more drawn paths and no text has its letters drawn
	pdfFormDepth  = 3
	pdfIllegible  = 200 // lines of a page without usable text that are kept beside the body
	pdfTinyPixels = 8   // pictures thinner than this are rules and dots
)

// pdfFile is a PDF being read.
type pdfFile struct {
	rd      *reader
	doc     *Document
	engine  *engine
	work    *work
	letters int // characters that pdfium has told of
	pdf     references.FPDF_DOCUMENT
	flow    *flow
	pics    *pictures
	counted int
	scans   int // pages of pictures or drawings without text
	texts   int // pages with text
	images  int // of the page being read
	paths   int
	drawn   int     // pieces of text on it, legible or not
	cover   float64 // area of its largest picture
	placed  int     // characters placed by their boxes
}

// pdf reads with an engine that is at hand. Where that one is interpreted and the document proves long, it is read anew
// with one compiled for it, so that what has been read does not depend on which engine was there.
func (rd *reader) pdf(ctx context.Context, doc *Document, src source) error {
	m, done := rd.lim.meter()
	defer done()
	fresh, room := *doc, *rd.room
	quick := src.size < worthCompiling && !isCompiled(rd.lim.Scratch)
	over, err := rd.pdfOnce(ctx, doc, src, m, quick)
	if over && quick && rd.lim.Scratch != "" {
		*doc, *rd.room = fresh, room
		_, err = rd.pdfOnce(ctx, doc, src, m, false)
	}
	return err
}

// pdfOnce reads with one engine, and tells whether the document was given up because of the work it makes.
func (rd *reader) pdfOnce(ctx context.Context, doc *Document, src source, m meter, quick bool) (over bool, err error) {
	running, cancel := context.WithCancel(ctx)
	defer cancel()
	e, err := rd.engine(running, quick)
	if err != nil {
		if ctx.Err() != nil {
			return false, ctx.Err()
		}
		return false, fmt.Errorf("start the PDF engine: %w", err)
	}
	defer e.close()
	most := rd.lim.Time
	if e.interpreted && !(quick && rd.lim.Scratch != "") { // there is no better one to come
		most *= pdfSlowness
	}
	// From here on: to compile the engine is no fault of the file. The clock on the wall is for what hangs without working.
	defer time.AfterFunc(10*rd.lim.Time, cancel).Stop()
	w := newWork(m, most, cancel)
	defer w.close()
	f := &pdfFile{rd: rd, doc: doc, engine: e, work: w, flow: newFlow(rd.room), pics: newPictures(doc)}
	err = f.read(running, src)
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	doc.Blocks = f.flow.finish()
	doc.ScanOnly = f.scans > 0 && f.texts == 0
	if running.Err() != nil || e.heap.refused {
		doc.Cut = true
		if len(doc.Blocks) == 0 {
			return w.isOver(), fmt.Errorf("nothing read with the work and the memory that a PDF may take: %w", container.ErrLimit)
		}
		return w.isOver(), nil
	}
	return false, err
}

func (f *pdfFile) read(ctx context.Context, src source) error {
	opened, err := f.engine.OpenDocument(&requests.OpenDocument{FileReader: newSeeker(src), FileReaderSize: src.size})
	if err != nil {
		return pdfError(err)
	}
	f.pdf = opened.Document
	defer f.engine.FPDF_CloseDocument(&requests.FPDF_CloseDocument{Document: f.pdf})
	count, err := f.engine.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: f.pdf})
	if err != nil {
		return pdfError(err)
	}
	f.doc.Pages = count.PageCount
	tried, bad, most := 0, 0, min(f.rd.lim.Characters, pdfCharacters)
	for i := range count.PageCount {
		if i >= f.rd.lim.Pages || f.rd.room.cut || f.letters > most {
			f.doc.Cut = true
			break
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		tried++
		if err := f.page(i); err != nil {
			bad++
		}
		if f.engine.heap.refused {
			return fmt.Errorf("page %d: %w", i+1, container.ErrLimit)
		}
	}
	if count.PageCount == 0 || tried > 0 && bad == tried {
		return fmt.Errorf("none of %d pages can be read: %w", tried, container.ErrDamaged)
	}
	return nil
}

func (f *pdfFile) page(i int) error {
	loaded, err := f.engine.FPDF_LoadPage(&requests.FPDF_LoadPage{Document: f.pdf, Index: i})
	if err != nil {
		return err
	}
	page := requests.Page{ByReference: &loaded.Page}
	defer f.engine.FPDF_ClosePage(&requests.FPDF_ClosePage{Page: loaded.Page})
	lines, err := f.text(page)
	if err != nil {
		return err
	}
	f.images, f.paths, f.drawn, f.cover = 0, 0, 0, 0
	f.pictures(page)
	least := pdfScanText
	if f.covered(page) {
		least = pdfStamped
	}
	switch bad := illegible(lines); {
	case bad: // no text of the body, and yet a secrecy mark may stand legible among it
		for _, l := range lines[:min(len(lines), pdfIllegible)] {
			f.doc.Hidden = append(f.doc.Hidden, l.text)
		}
		lines = nil
		f.scans++
	case printables(lines) >= least:
		f.texts++
	case f.images > 0 || f.paths > pdfOutlines || f.drawn > pdfScanText:
		f.scans++
	}
	f.flow.page = i + 1
	for _, para := range joinLines(lines) {
		f.flow.write(para)
		f.flow.endPara()
	}
	return nil
}

func printables(lines []textLine) int {
	n := 0
	for _, l := range lines {
		for _, r := range l.text {
			if r > ' ' && unicode.IsPrint(r) {
				n++
			}
		}
	}
	return n
}

// text returns the lines of a page in pdfium's order, which is that of the content stream.
func (f *pdfFile) text(page requests.Page) ([]textLine, error) {
	t, err := f.engine.FPDFText_LoadPage(&requests.FPDFText_LoadPage{Page: page})
	if err != nil {
		return nil, err
	}
	defer f.engine.FPDFText_ClosePage(&requests.FPDFText_ClosePage{TextPage: t.TextPage})
	n, err := f.engine.FPDFText_CountChars(&requests.FPDFText_CountChars{TextPage: t.TextPage})
	if err != nil || n.Count <= 0 {
		return f.lines(t.TextPage, nil, f.annotations(page)), err
	}
	f.letters += n.Count
	count := min(n.Count, 2*f.rd.room.left+1, pdfCharacters)
	if f.doc.Cut = f.doc.Cut || count < n.Count; !f.work.shown(count) {
		return nil, container.ErrLimit
	}
	got, err := f.engine.FPDFText_GetText(&requests.FPDFText_GetText{TextPage: t.TextPage, Count: count})
	if err != nil {
		return nil, err
	}
	units := []rune(strings.TrimRight(got.Text, "\x00"))
	if len(units) != count || slices.Contains(units, unicode.ReplacementChar) {
		units = f.exactText(t.TextPage, count)
	}
	return f.lines(t.TextPage, units, f.annotations(page)), nil
}

// lines places the characters of a page, and what is typed onto it, in lines.
func (f *pdfFile) lines(page references.FPDF_TEXTPAGE, units []rune, typed []fragment) []textLine {
	gs := f.glyphs(page, units)
	if gs == nil && len(units) > 0 {
		out := plainLines(unradical(joinSurrogates(units)))
		for _, t := range typed {
			out = append(out, textLine{text: string(t.text)})
		}
		return out
	}
	var out []textLine
	for _, l := range fill(layout(gs), typed) {
		if line := joinFragments(l); line.text != "" {
			out = append(out, line)
		}
	}
	return out
}

// exactText asks for character after character: pdfium's own text breaks surrogates and may leave characters out.
func (f *pdfFile) exactText(page references.FPDF_TEXTPAGE, count int) []rune {
	var units []rune
	for i := range count {
		c, err := f.engine.FPDFText_GetUnicode(&requests.FPDFText_GetUnicode{TextPage: page, Index: i})
		if err != nil {
			break
		}
		units = append(units, rune(c.Unicode))
	}
	return units
}
