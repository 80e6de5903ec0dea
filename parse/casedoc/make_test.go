package casedoc

import (
	"archive/zip"
	"bytes"
	"context"
	"strings"
	"testing"

	"baosong/parse/container"
)

const (
	nsW   = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" `
	nsAll = nsW + `xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" ` +
		`xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" ` +
		`xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" xmlns:v="urn:schemas-microsoft-com:vml" ` +
		`xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" ` +
		`xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram" `
	relType = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
)

// zipped makes a package of parts given as name, content, name, content ...
func zipped(parts ...string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i+1 < len(parts); i += 2 {
		f, err := z.Create(parts[i])
		if err == nil {
			_, err = f.Write([]byte(parts[i+1]))
		}
		if err != nil {
			panic("internal error: " + err.Error())
		}
	}
	if err := z.Close(); err != nil {
		panic("internal error: " + err.Error())
	}
	return b.Bytes()
}

// docxOf makes a docx of a body and further parts; a part name/kind pair becomes a relation with the kind as its id.
func docxOf(body string, more ...string) []byte {
	var rels strings.Builder
	for i := 0; i+1 < len(more); i += 2 {
		name, kind, _ := strings.Cut(more[i], "#")
		more[i] = "word/" + name
		rels.WriteString(`<Relationship Id="` + name + `" Type="` + relType + kind + `" Target="` + name + `"/>`)
	}
	parts := []string{
		"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
		"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="a" Type="` + relType + `officeDocument" Target="word/document.xml"/></Relationships>`,
		"word/_rels/document.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` + rels.String() +
			`<Relationship Id="far" Type="` + relType + `image" Target="http://example.org/a.png" TargetMode="External"/></Relationships>`,
		"word/document.xml", `<?xml version="1.0" encoding="UTF-8"?><w:document ` + nsAll + `><w:body>` + body + `</w:body></w:document>`,
	}
	return zipped(append(parts, more...)...)
}

func readBytes(t testing.TB, b []byte, format container.Format, lim Limits) (*Document, error) {
	t.Helper()
	return newReader(lim).read(context.Background(), bytesSource(b), format)
}

func mustRead(t testing.TB, b []byte, format container.Format) *Document {
	t.Helper()
	d, err := readBytes(t, b, format, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// expect compares a dump without its first line, the format and counts.
func expect(t *testing.T, d *Document, want string) {
	t.Helper()
	_, got, _ := strings.Cut(dump(d), "\n")
	if strings.TrimSpace(got) != strings.TrimSpace(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
