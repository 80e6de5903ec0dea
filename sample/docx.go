package sample

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strings"
)

// docx is a Word file in the making: the fewest parts that Word and LibreOffice open.
type docx struct {
	body     strings.Builder
	pictures [][]byte
}

func escape(s string) string {
	var b strings.Builder
	// A strings.Builder never fails.
	_ = xml.EscapeText(&b, []byte(s))
	return b.String()
}

func (d *docx) heading(text string) {
	fmt.Fprintf(&d.body, `<w:p><w:pPr><w:jc w:val="center"/></w:pPr><w:r><w:rPr><w:b/><w:sz w:val="36"/></w:rPr><w:t>%s</w:t></w:r></w:p>`, escape(text))
}

func (d *docx) paragraph(text string) {
	fmt.Fprintf(&d.body, `<w:p><w:r><w:t xml:space="preserve">%s</w:t></w:r></w:p>`, escape(text))
}

func (d *docx) table(rows [][2]string) {
	d.body.WriteString(`<w:tbl><w:tblPr><w:tblW w:w="9000" w:type="dxa"/></w:tblPr><w:tblGrid><w:gridCol w:w="2500"/><w:gridCol w:w="6500"/></w:tblGrid>`)
	for _, row := range rows {
		d.body.WriteString(`<w:tr>`)
		for _, cell := range row {
			fmt.Fprintf(&d.body, `<w:tc><w:tcPr><w:tcW w:w="0" w:type="auto"/></w:tcPr><w:p><w:r><w:t>%s</w:t></w:r></w:p></w:tc>`, escape(cell))
		}
		d.body.WriteString(`</w:tr>`)
	}
	d.body.WriteString(`</w:tbl>`)
}

// picture adds a small picture of coloured stripes, a different one for each seed.
func (d *docx) picture(seed int) {
	img := image.NewRGBA(image.Rect(0, 0, 48, 32))
	for y := range 32 {
		for x := range 48 {
			img.Set(x, y, color.RGBA{uint8(seed * 37), uint8(x * 5), uint8(y*7 + seed), 255})
		}
	}
	var b bytes.Buffer
	// Encoding an RGBA image into memory does not fail.
	_ = png.Encode(&b, img)
	d.pictures = append(d.pictures, b.Bytes())
	fmt.Fprintf(&d.body, `<w:p><w:r><w:drawing><wp:inline><wp:extent cx="1800000" cy="1200000"/><wp:docPr id="%[1]d" name="图%[1]d"/>`+
		`<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:nvPicPr><pic:cNvPr id="%[1]d" name="图%[1]d"/><pic:cNvPicPr/></pic:nvPicPr>`+
		`<pic:blipFill><a:blip r:embed="rIdP%[1]d"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="1800000" cy="1200000"/></a:xfrm>`+
		`<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>`, len(d.pictures))
}

func (d *docx) bytes() []byte {
	const types = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`
	const rels = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`
	document := `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><w:body>` + d.body.String() + `<w:sectPr/></w:body></w:document>`
	var links strings.Builder
	links.WriteString(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`)
	for i := range d.pictures {
		fmt.Fprintf(&links, `<Relationship Id="rIdP%[1]d" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="media/image%[1]d.png"/>`, i+1)
	}
	links.WriteString(`</Relationships>`)
	files := []File{{"[Content_Types].xml", []byte(types)}, {"_rels/.rels", []byte(rels)}, {"word/document.xml", []byte(document)}, {"word/_rels/document.xml.rels", []byte(links.String())}}
	for i, p := range d.pictures {
		files = append(files, File{fmt.Sprintf("word/media/image%d.png", i+1), p})
	}
	return zipped(files, func(name string) (string, bool) { return name, false })
}

// zipped packs files; encode gives each name's bytes and whether they are not UTF-8.
func zipped(files []File, encode func(name string) (string, bool)) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		name, raw := encode(f.Name)
		e, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, NonUTF8: raw})
		if err == nil {
			_, err = e.Write(f.Data)
		}
		if err != nil {
			panic("sample: internal error: zip into memory: " + err.Error())
		}
	}
	if err := w.Close(); err != nil {
		panic("sample: internal error: zip into memory: " + err.Error())
	}
	return b.Bytes()
}
