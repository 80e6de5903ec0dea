package parse

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"html"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"baosong/parse/charset"
	"baosong/parse/sheet/grid"
)

// The kit makes small office files in memory, byte for byte the same each time.

func zipped(parts ...string) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i+1 < len(parts); i += 2 {
		f, err := w.Create(parts[i])
		if err != nil {
			panic("internal error: " + err.Error())
		}
		f.Write([]byte(parts[i+1]))
	}
	if err := w.Close(); err != nil {
		panic("internal error: " + err.Error())
	}
	return b.Bytes()
}

// page is a worksheet of the kit.
type page struct {
	name   string
	rows   [][]string // "" leaves the cell out; a leading "#" makes a number
	merges []string   // A1:B2
	hidden []int      // row numbers
	unseen bool       // hidden sheet
	print  string     // the page's header in print
}

const (
	ooxmlTypes = `<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>`
	relsHead   = `<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`
	officeRel  = `http://schemas.openxmlformats.org/officeDocument/2006/relationships`
)

func xlsx(pages ...page) []byte {
	types, rels, sheets := ooxmlTypes, relsHead, ""
	types += `<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>`
	var parts []string
	for i, p := range pages {
		n := i + 1
		types += fmt.Sprintf(`<Override PartName="/xl/worksheets/sheet%d.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>`, n)
		rels += fmt.Sprintf(`<Relationship Id="rId%d" Type="%s/worksheet" Target="worksheets/sheet%d.xml"/>`, n, officeRel, n)
		state := ""
		if p.unseen {
			state = ` state="hidden"`
		}
		sheets += fmt.Sprintf(`<sheet name="%s" sheetId="%d"%s r:id="rId%d"/>`, html.EscapeString(p.name), n, state, n)
		parts = append(parts, fmt.Sprintf("xl/worksheets/sheet%d.xml", n), sheetXML(p))
	}
	return zipped(append([]string{
		"[Content_Types].xml", types + `</Types>`,
		"_rels/.rels", relsHead + `<Relationship Id="rId1" Type="` + officeRel + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml", `<?xml version="1.0" encoding="UTF-8"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="` + officeRel + `"><sheets>` + sheets + `</sheets></workbook>`,
		"xl/_rels/workbook.xml.rels", rels + `</Relationships>`}, parts...)...)
}

func sheetXML(p page) string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`)
	for i, row := range p.rows {
		hidden := ""
		for _, h := range p.hidden {
			if h == i+1 {
				hidden = ` hidden="1"`
			}
		}
		fmt.Fprintf(&b, `<row r="%d"%s>`, i+1, hidden)
		for j, text := range row {
			at := grid.Address(j+1, i+1)
			switch {
			case text == "":
			case strings.HasPrefix(text, "=#"):
				fmt.Fprintf(&b, `<c r="%s" t="e"><f>Sheet9!A1</f><v>%s</v></c>`, at, text[1:])
			case text == `="`: // as office programs save =IF(…,"")
				fmt.Fprintf(&b, `<c r="%s" t="str"><f>IF(A9="","",A9)</f><v></v></c>`, at)
			case strings.HasPrefix(text, "="):
				fmt.Fprintf(&b, `<c r="%s"><f>%s</f></c>`, at, text[1:])
			case strings.HasPrefix(text, "#"):
				fmt.Fprintf(&b, `<c r="%s"><v>%s</v></c>`, at, text[1:])
			default:
				fmt.Fprintf(&b, `<c r="%s" t="inlineStr"><is><t xml:space="preserve">%s</t></is></c>`, at, html.EscapeString(text))
			}
		}
		b.WriteString(`</row>`)
	}
	b.WriteString(`</sheetData>`)
	if len(p.merges) > 0 {
		fmt.Fprintf(&b, `<mergeCells count="%d">`, len(p.merges))
		for _, m := range p.merges {
			fmt.Fprintf(&b, `<mergeCell ref="%s"/>`, m)
		}
		b.WriteString(`</mergeCells>`)
	}
	if p.print != "" {
		b.WriteString(`<headerFooter><oddHeader>` + html.EscapeString(p.print) + `</oddHeader></headerFooter>`)
	}
	return b.String() + `</worksheet>`
}

func csvText(rows [][]string, gbk bool) []byte {
	var b strings.Builder
	for _, row := range rows {
		for j, c := range row {
			if j > 0 {
				b.WriteByte(',')
			}
			c = strings.TrimPrefix(c, "#")
			if strings.ContainsAny(c, ",\"\n") {
				c = `"` + strings.ReplaceAll(c, `"`, `""`) + `"`
			}
			b.WriteString(c)
		}
		b.WriteString("\r\n")
	}
	if gbk {
		return charset.GB18030(b.String())
	}
	return []byte(b.String())
}

// word is a document of the kit.
type word struct {
	blocks []block
	header string
	box    string // text box in the first paragraph
}

type block struct {
	text    string
	table   [][]string // rows of cells; "^" continues the cell above, "<" the cell on the left
	picture int        // number that makes its bytes distinct; 0: none
}

func para(texts ...string) []block {
	var out []block
	for _, t := range texts {
		out = append(out, block{text: t})
	}
	return out
}

func docx(w word) []byte {
	var b strings.Builder
	rels, parts := relsHead, []string(nil)
	for i, bl := range w.blocks {
		switch {
		case bl.table != nil:
			b.WriteString(tableXML(bl.table))
		case bl.picture > 0:
			id := fmt.Sprintf("pic%d", i)
			rels += fmt.Sprintf(`<Relationship Id="%s" Type="%s/image" Target="media/%s.png"/>`, id, officeRel, id)
			parts = append(parts, "word/media/"+id+".png", string(png(bl.picture)))
			fmt.Fprintf(&b, `<w:p><w:r><w:drawing><wp:inline><wp:extent cx="900000" cy="900000"/><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:blipFill><a:blip r:embed="%s"/></pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>`, id)
		default:
			b.WriteString(`<w:p>` + textRun(bl.text))
			if i == 0 && w.box != "" {
				b.WriteString(`<w:r><w:pict><v:shape><v:textbox><w:txbxContent><w:p>` + textRun(w.box) + `</w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r>`)
			}
			b.WriteString(`</w:p>`)
		}
	}
	types := ooxmlTypes + `<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>`
	sect := ""
	if w.header != "" {
		types += `<Override PartName="/word/header1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"/>`
		rels += `<Relationship Id="hd1" Type="` + officeRel + `/header" Target="header1.xml"/>`
		parts = append(parts, "word/header1.xml", `<?xml version="1.0" encoding="UTF-8"?><w:hdr `+wordNames+`><w:p>`+textRun(w.header)+`</w:p></w:hdr>`)
		sect = `<w:sectPr><w:headerReference w:type="default" r:id="hd1"/></w:sectPr>`
	}
	return zipped(append([]string{
		"[Content_Types].xml", types + `</Types>`,
		"_rels/.rels", relsHead + `<Relationship Id="rId1" Type="` + officeRel + `/officeDocument" Target="word/document.xml"/></Relationships>`,
		"word/document.xml", `<?xml version="1.0" encoding="UTF-8"?><w:document ` + wordNames + `><w:body>` + b.String() + sect + `</w:body></w:document>`,
		"word/_rels/document.xml.rels", rels + `</Relationships>`}, parts...)...)
}

const wordNames = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="` + officeRel + `" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" xmlns:v="urn:schemas-microsoft-com:vml"`

func textRun(s string) string {
	return `<w:r><w:t xml:space="preserve">` + html.EscapeString(s) + `</w:t></w:r>`
}

func tableXML(rows [][]string) string {
	var b strings.Builder
	b.WriteString(`<w:tbl>`)
	for i, row := range rows {
		b.WriteString(`<w:tr>`)
		for j := 0; j < len(row); j++ {
			span := 1
			for j+span < len(row) && row[j+span] == "<" {
				span++
			}
			props := ""
			if span > 1 {
				props += fmt.Sprintf(`<w:gridSpan w:val="%d"/>`, span)
			}
			text := row[j]
			switch {
			case text == "^":
				props += `<w:vMerge/>`
				text = ""
			case i+1 < len(rows) && j < len(rows[i+1]) && rows[i+1][j] == "^":
				props += `<w:vMerge w:val="restart"/>`
			}
			b.WriteString(`<w:tc><w:tcPr>` + props + `</w:tcPr>`)
			for _, line := range strings.Split(text, "\n") {
				b.WriteString(`<w:p>` + textRun(line) + `</w:p>`)
			}
			b.WriteString(`</w:tc>`)
			j += span - 1
		}
		b.WriteString(`</w:tr>`)
	}
	return b.String() + `</w:tbl>`
}

// png is a one-pixel picture whose bytes depend on n.
func png(n int) []byte {
	var b bytes.Buffer
	b.WriteString("\x89PNG\r\n\x1a\n")
	chunk := func(kind string, data []byte) {
		fmt.Fprintf(&b, "%c%c%c%c%s%s", 0, 0, len(data)>>8, len(data)&255, kind, data)
		sum := crc32.ChecksumIEEE(append([]byte(kind), data...))
		b.Write([]byte{byte(sum >> 24), byte(sum >> 16), byte(sum >> 8), byte(sum)})
	}
	chunk("IHDR", []byte{0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0})
	chunk("tEXt", []byte(fmt.Sprintf("n\x00%d", n)))
	chunk("IDAT", []byte{0x78, 0x9c, 0x63, 0x60, 0, 0, 0, 2, 0, 1})
	chunk("IEND", nil)
	return b.Bytes()
}

// made is a file of the kit before it is written.
type made struct {
	name  string
	bytes []byte
	prior bool
}

func onDisk(t testing.TB, files ...made) []File {
	t.Helper()
	dir := t.TempDir()
	var out []File
	for i, f := range files {
		path := filepath.Join(dir, fmt.Sprintf("%03d", i))
		if err := os.WriteFile(path, f.bytes, 0o600); err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(f.bytes)
		out = append(out, File{Name: f.name, Path: path, Size: int64(len(f.bytes)), SHA256: hex.EncodeToString(sum[:]), Prior: f.prior})
	}
	return out
}

// scanPDF is a PDF of one page that shows a picture and has no text.
func scanPDF() []byte {
	var b bytes.Buffer
	var at []int
	obj := func(body string) {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", len(at), body)
	}
	b.WriteString("%PDF-1.4\n")
	obj("<< /Type /Catalog /Pages 2 0 R >>")
	obj("<< /Type /Pages /Kids [3 0 R] /Count 1 >>")
	obj("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /XObject << /Im0 5 0 R >> >> >>")
	draw := "q 595 0 0 842 0 0 cm /Im0 Do Q"
	obj(fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(draw), draw))
	obj("<< /Type /XObject /Subtype /Image /Width 2 /Height 2 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 4 >>\nstream\n\x00\x80\xff\x40\nendstream")
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, o := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, start)
	return b.Bytes()
}

// withMacros adds a macro project to a document.
func withMacros(b []byte) []byte {
	r, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		panic("internal error: " + err.Error())
	}
	parts := []string{}
	for _, f := range r.File {
		rc, err := f.Open()
		if err != nil {
			panic("internal error: " + err.Error())
		}
		var text bytes.Buffer
		text.ReadFrom(rc)
		rc.Close()
		s := text.String()
		if f.Name == "[Content_Types].xml" {
			s = strings.ReplaceAll(s, "wordprocessingml.document.main+xml", "")
			s = strings.ReplaceAll(s, "application/vnd.openxmlformats-officedocument.\"", "application/vnd.ms-word.document.macroEnabled.main+xml\"")
			s = strings.Replace(s, "</Types>", `<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>`, 1)
		}
		if f.Name == "word/_rels/document.xml.rels" {
			s = strings.Replace(s, "</Relationships>", `<Relationship Id="vba" Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" Target="vbaProject.bin"/></Relationships>`, 1)
		}
		parts = append(parts, f.Name, s)
	}
	return zipped(append(parts, "word/vbaProject.bin", "\xd0\xcf\x11\xe0macro")...)
}
