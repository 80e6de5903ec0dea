package container

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func sniff(b []byte) Format { return Sniff(bytes.NewReader(b), int64(len(b))) }

// zipOf packs members given as "name" or "name=content".
func zipOf(t testing.TB, members ...string) []byte {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for _, m := range members {
		name, content, _ := strings.Cut(m, "=")
		method := zip.Deflate
		if name == "mimetype" {
			method = zip.Store
		}
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: method})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func override(kind string) string {
	return `[Content_Types].xml=<Types><Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/><Override PartName="/p" ContentType="` + kind + `"/></Types>`
}

func TestSniffZips(t *testing.T) {
	t.Parallel()
	types := "[Content_Types].xml=<Types/>"
	for _, c := range []struct {
		want    Format
		members []string
	}{
		{XLSX, []string{types, "_rels/.rels", "xl/workbook.xml"}},
		{XLSX, []string{types, `xl\workbook.xml`}},
		{XLSX, []string{types, "/XL/Workbook.xml"}},
		{XLSX, []string{override("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"), "other/workbook.xml"}},
		{XLSM, []string{types, "xl/workbook.xml", "xl/vbaProject.bin"}},
		{XLSM, []string{override("application/vnd.ms-excel.sheet.macroEnabled.main+xml"), "xl/workbook.xml"}},
		{XLSB, []string{types, "xl/workbook.bin"}},
		{DOCX, []string{types, "word/document.xml"}},
		{DOCX, []string{types, "word/document2.xml"}},
		{DOCX, []string{override("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"), "word/document.xml"}},
		{DOCX, []string{override("application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml"), "w/d.xml"}},
		{DOCM, []string{types, "word/document.xml", "word/vbaProject.bin"}},
		{PPTX, []string{types, "ppt/presentation.xml"}},
		{Document, []string{types, "visio/document.xml"}},
		{ODS, []string{"mimetype=application/vnd.oasis.opendocument.spreadsheet", "content.xml"}},
		{ODT, []string{"content.xml", `META-INF/manifest.xml=<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.text"/>`}},
		{ODP, []string{"mimetype=application/vnd.oasis.opendocument.presentation"}},
		{Document, []string{"mimetype=application/epub+zip"}},
		{OFD, []string{"OFD.xml", "Doc_0/Document.xml"}},
		{Keynote, []string{"Index/Document.iwa", "Index/Slide-1.iwa"}},
		{Numbers, []string{"Index/Document.iwa=\x00\x20\x00\x00\x12\x02\x08\x01", "Index/Tables/DataList.iwa"}},
		{Pages, []string{"Index/Document.iwa=\x00\x20\x00\x00\x12\x03\x08\x90\x4e"}},
		{Zip, []string{"案例/word/document.xml", "案例/[Content_Types].xml"}},
		{Zip, []string{"a.docx", "b.xlsx"}},
		{Zip, nil},
	} {
		b := zipOf(t, c.members...)
		if got := sniff(b); got != c.want {
			t.Errorf("%q: got %q, want %q", c.members, got, c.want)
		}
		if len(c.members) < 2 {
			continue
		}
		if got := sniff(b[:len(b)-40]); got != c.want { // its directory is lost
			t.Errorf("%q cut short: got %q, want %q", c.members, got, c.want)
		}
		if got := sniff(append([]byte("some junk before it\n\x00\x01"), b...)); got != c.want {
			t.Errorf("%q behind junk: got %q, want %q", c.members, got, c.want)
		}
	}
}

// TestSniffCutOffice: openpyxl and others write [Content_Types].xml last, so that a file cut short lacks it.
func TestSniffCutOffice(t *testing.T) {
	t.Parallel()
	end := "x=" + strings.Repeat("0123456789", 20)
	for _, c := range []struct {
		want    Format
		members []string
	}{
		{XLSX, []string{"docProps/app.xml", "xl/worksheets/sheet1.xml", end}},
		{DOCX, []string{"word/media/image1.png", end}},
		{DOCX, []string{"_rels/.rels", "word/styles.xml", end}},
		{Zip, []string{"案例/a.xml", "xl/b.xml", end}},
		{Zip, []string{"word/案例.docx", end}},
		{Zip, []string{"word/a.xml", "xl/b.xml", end}},
	} {
		b := zipOf(t, c.members...)
		if got := sniff(b[:bytes.LastIndex(b, []byte("PK\x03\x04"))]); got != c.want {
			t.Errorf("%q: got %q, want %q", c.members, got, c.want)
		}
	}
}

func utf16le(s string) string {
	out := "\xFF\xFE"
	for _, r := range s {
		out += string([]byte{byte(r), byte(r >> 8)})
	}
	return out
}

func TestSniffBytes(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 600)
	for _, c := range []struct {
		want Format
		in   string
	}{
		{Empty, ""},
		{PDF, "%PDF-1.7\n"},
		{PDF, "\r\n\r\njunk %PDF-1.4\n"},
		{RTF, `{\rtf1\ansi`},
		{RTF, "\xEF\xBB\xBF {\\rtf1"},
		{TNEF, "\x78\x9F\x3E\x22\x01\x00\x01"},
		{Rar, "Rar!\x1A\x07\x00"},
		{SevenZip, "7z\xBC\xAF\x27\x1C\x00\x04"},
		{Gzip, "\x1F\x8B\x08\x00"},
		{Bzip2, "BZh91AY&SY"},
		{Text, "BZhang is a name"},
		{XZ, "\xFD7zXZ\x00"},
		{Archive, "MSCF\x00\x00\x00\x00"},
		{Zstd, "\x28\xB5\x2F\xFD\x04"},
		{XLS2, "\x09\x08\x10\x00\x00\x06\x05\x00"},
		{XLS2, "\x09\x00\x04\x00\x02\x00\x10\x00"},
		{PNG, "\x89PNG\r\n\x1a\n"},
		{JPEG, "\xFF\xD8\xFF\xE0"},
		{GIF, "GIF89a"},
		{BMP, "BM\x36\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00\x00\x00\x01"},
		{Text, "BM 单位名称，报送材料"},
		{WebP, "RIFF\x10\x00\x00\x00WEBPVP8 "},
		{HEIC, "\x00\x00\x00\x18ftypheic"},
		{Video, "\x00\x00\x00\x18ftypmp42"},
		{Audio, "ID3\x03\x00"},
		{Exe, "MZ\x90\x00\x03\x00"},
		{Sealed, "%TSD-Header-###%\x00\x01scrambled"},
		{Sealed, "b\x14#e\x00\x02\x00\x00E-SafeNet\x00\x00\x00LOCK"},
		{Text, "讲解 E-SafeNet 的文章"},
		{CAJ, "CAJ\x00\x01"},
		{HTML, "<html><body>"},
		{HTML, "<p class=MsoNormal>一段</p>"},
		{HTML, "<div>一段<br>二段"},
		{Text, "<p1> is a name, <b is less than c"},
		{HTML, utf16le("<html><body><p>一、一是一，　二是二</p></body></html>")},
		{HTML, "\xEF\xBB\xBF\r\n<!DOCTYPE html>"},
		{HTML, "<meta http-equiv=Content-Type content=\"text/html; charset=gb2312\"><table><tr><td>\xD0\xF2\xBA\xC5"},
		{HTML, "<style>td{}</style><table border=1>"},
		{HTML, utf16le("<html xmlns:x=\"urn:schemas-microsoft-com:office:excel\">")},
		{FODS, `<?xml version="1.0"?><office:document office:mimetype="application/vnd.oasis.opendocument.spreadsheet"><office:body><office:spreadsheet>`},
		{XML, `<?xml version="1.0"?><office:document office:mimetype="application/vnd.oasis.opendocument.text"><office:body>`},
		{Text, "1,合肥市,天长市智能仪器仪表产业集群\n" + "2,\xce\xdf\xba\xfe\xca\xd0\n"},
		{Text, "\x8f\x5e\xf7\x53\x09\x00\x02\x5e\x0d\x00\x0a\x00\x00\x4e\x09\x00\x08\x54\x0d\x00\x0a\x00"},
		{XML2003, `<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">`},
		{WORDML, `<?xml version="1.0"?><?mso-application progid="Word.Document"?><w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml">`},
		{SVG, `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>`},
		{XML, `<?xml version="1.0"?><other/>`},
		{MHTML, "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"----=_NextPart\"\r\n\r\n------=_NextPart"},
		{MHTML, "From: <Saved by Microsoft Internet Explorer 5>\r\nSubject: =?gb2312?B?x6k=?=\r\nDate: Fri, 21 Jun 2024 17:30:00 +0800\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\ttype=\"text/html\"\r\n\r\n"},
		{EML, "Received: from a by b\r\nFrom: a@example.org\r\nTo: b@example.org\r\nSubject: x\r\n\r\nhi"},
		{EML, "From - Fri Jun 21 17:30:00 2024\nFrom: a@example.org\nSubject: x\nDate: y\n\nhi"},
		{EML, "Return-Path: <>\rFrom: a@example.org\rSubject: x\rDate: y\r\rhi"},
		{EML, "From: a@example.org\r\nTo: b@example.org\r\nSubject: x\r\n\r\n\x00\x01\x02\x03"},
		{Text, "联系人：某某\n主题：报送材料\n"},
		{Text, "\xBB\xE3\xD7\xDC\xB1\xED,\xD0\xF2\xBA\xC5\r\n1,2\r\n"},
		{Text, utf16le("序号\t名称\r\n")},
		{Text, "a,b\n1,2\n"},
		{Text, "caf\xE9 au lait, plain Latin text " + long},
		{Unknown, "\x01\x02\x03\x04\x05\x06\x07\x08"},
		{Unknown, "\x00\x00\x00\x00" + long},
		{DOC, magicOLE + long + "W\x00o\x00r\x00d\x00D\x00o\x00c\x00u\x00m\x00e\x00n\x00t\x00\x00\x00"},
		{OLE, magicOLE},
	} {
		if got := sniff([]byte(c.in)); got != c.want {
			t.Errorf("%.60q: got %q, want %q", c.in, got, c.want)
		}
	}
}

func TestSniffFiles(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]Format{"a.xls": XLS, "a.doc": DOC, "a.ods": ODS, "a.odt": ODT, "a.docx": DOCX, "a.xlsx": XLSX} {
		got, err := SniffFile(filepath.Join("testdata", name))
		if err != nil || got != want {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
		b, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		if got := sniff(b[:len(b)*3/4]); got != want {
			t.Errorf("%s cut short: got %q, want %q", name, got, want)
		}
	}
	if _, err := SniffFile("testdata/none"); err == nil {
		t.Error("a missing file has a format")
	}
}

func FuzzSniff(f *testing.F) {
	seeds, err := filepath.Glob("testdata/a.*")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range seeds {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte("From: a\r\nTo: b\r\n\r\n"))
	f.Add([]byte(utf16le("<table>")))
	f.Fuzz(func(t *testing.T, b []byte) { sniff(b) })
}

func BenchmarkSniffDocx(b *testing.B) {
	for b.Loop() {
		if _, err := SniffFile("testdata/a.docx"); err != nil {
			b.Fatal(err)
		}
	}
}
