package casedoc

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"baosong/parse/container"
)

// fuzz reads any bytes as one format: no panic but those recovered is no excuse, so fill is called without recover.
func fuzz(f *testing.F, format container.Format, pattern string) {
	files, err := filepath.Glob(filepath.Join("testdata", pattern))
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
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 1<<20 {
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		rd := newReader(Limits{Characters: 200_000, Bytes: 16 << 20, Pages: 20, Scratch: scratch(t), Time: time.Hour})
		doc := &Document{}
		_ = rd.fill(ctx, doc, bytesSource(b), format)
		if ctx.Err() != nil {
			t.Error("took over 20 s")
		}
		_ = doc.Text()
	})
}

func FuzzDocx(f *testing.F) {
	f.Add(docxOf(p("甲")+numbered(1, 0, "乙"), "numbering.xml#numbering", numberingXML))
	fuzz(f, container.DOCX, "*.docx")
}

// FuzzDocxBody varies the XML itself, which a zip hides from the fuzzer.
func FuzzDocxBody(f *testing.F) {
	f.Add(p("甲") + `<w:tbl><w:tr><w:tc>` + p("乙") + `</w:tc></w:tr></w:tbl>` + numbered(1, 1, "丙"))
	f.Add(`<w:p><w:del><mc:AlternateContent><mc:Choice><w:txbxContent><w:p><w:r><w:t>x</w:t></w:r></w:p></w:txbxContent></mc:Choice></mc:AlternateContent></w:del></w:p>`)
	f.Fuzz(func(t *testing.T, body string) {
		rd := newReader(Limits{Characters: 100_000})
		_ = rd.fill(context.Background(), &Document{}, bytesSource(docxOf(body, "numbering.xml#numbering", numberingXML)), container.DOCX)
	})
}

func FuzzDoc(f *testing.F)   { fuzz(f, container.DOC, "*.doc") }
func FuzzRTF(f *testing.F)   { fuzz(f, container.RTF, "*.rtf") }
func FuzzHTML(f *testing.F)  { fuzz(f, container.HTML, "*.html") }
func FuzzMHTML(f *testing.F) { fuzz(f, container.MHTML, "*.mht") }
func FuzzXML(f *testing.F)   { fuzz(f, container.XML, "*.fodt") }
func FuzzODT(f *testing.F)   { fuzz(f, container.ODT, "*.odt") }

// FuzzDocStreams varies the streams of a binary document, which the compound file around them hides from the fuzzer.
func FuzzDocStreams(f *testing.F) {
	for _, name := range []string{"case.doc", "review.doc"} {
		b, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		src := bytesSource(b)
		c, err := container.OpenCompound(src.r, src.size)
		if err != nil {
			f.Fatal(err)
		}
		var streams [3][]byte
		for i, s := range []string{"WordDocument", "1Table", "Data"} {
			streams[i], _ = c.Read(s, 1<<20)
		}
		f.Add(streams[0], streams[1], streams[2])
	}
	f.Fuzz(func(t *testing.T, main, table, data []byte) {
		rd := newReader(Limits{Characters: 100_000})
		doc := &Document{}
		w := &wordFile{rd: rd, doc: doc, pics: newPictures(doc), main: main, table: table, extra: data}
		if checkFIB(main) == nil {
			_ = w.read(context.Background())
		}
	})
}
