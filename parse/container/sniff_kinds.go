package container

import (
	"bytes"
	"io"
	"strings"
)

// zipKind tells what a zip holds from its members' names, and from [Content_Types].xml, mimetype and the manifest
// where names do not say enough.
func zipKind(r io.ReaderAt, size int64) Format {
	const limit = 5000 // the parts that tell a document stand among the first
	entries, ok := zipDirectory(r, size, limit)
	if !ok {
		entries = zipLocals(r, size, limit)
	}
	byName := make(map[string]zipEntry, len(entries))
	top := map[string]bool{} // first folders of the paths
	for _, e := range entries {
		key := partKey(e.name)
		byName[key] = e
		if dir, _, ok := strings.Cut(key, "/"); ok {
			top[dir] = true
		}
	}
	if kind := cutOffice(entries, top); !ok && kind != "" {
		return kind
	}
	has := func(name string) bool { _, ok := byName[name]; return ok }
	head := func(name string) string { return string(zipHead(r, size, byName[name], 256<<10)) }
	switch {
	case has("mimetype"):
		if f := odfKind(head("mimetype")); f != Unknown {
			return f
		}
	case has("[content_types].xml"):
		return ooxmlKind(byName, top, head("[content_types].xml"))
	case has("_rels/.rels") && (has("word/document.xml") || has("xl/workbook.xml")):
		return ooxmlKind(byName, top, "")
	}
	switch {
	case has("ofd.xml"):
		return OFD
	case has("meta-inf/manifest.xml") && has("content.xml"):
		return odfKind(head("meta-inf/manifest.xml"))
	case has("index/document.iwa"), has("index.zip"):
		return iworkKind(byName, head)
	case has("index.apxl"):
		return Keynote
	case has("index.xml") && (has("buildversionhistory.plist") || has("quicklook/thumbnail.jpg") || has("quicklook/preview.pdf")):
		if strings.Contains(head("index.xml"), "<ls:document") {
			return Numbers
		}
		return Pages
	case has("androidmanifest.xml"), has("meta-inf/manifest.mf"):
		return Exe
	}
	return Zip
}

// cutOffice tells an office file whose end is lost, and with it the part that names its kind: many programs write
// [Content_Types].xml last. All that is left must be parts that such files have. It returns "" for anything else.
func cutOffice(entries []zipEntry, top map[string]bool) Format {
	kinds := map[string]Format{"xl": XLSX, "word": DOCX, "ppt": PPTX}
	kind, parts := Format(""), 0
	for dir := range top {
		switch f, ok := kinds[dir]; {
		case ok && kind == "":
			kind = f
		case ok, dir != "_rels" && dir != "docprops" && dir != "customxml":
			return ""
		}
	}
	for _, e := range entries {
		key := partKey(e.name)
		if key == "[content_types].xml" || !strings.Contains(key, "/") {
			return "" // the first tells more, others are no parts
		}
		if strings.HasSuffix(key, ".xml") || strings.HasSuffix(key, ".rels") || strings.Contains(key, "/media/") {
			parts++
		}
	}
	if parts == 0 {
		return ""
	}
	return kind
}

func ooxmlKind(parts map[string]zipEntry, top map[string]bool, types string) Format {
	has := func(name string) bool { _, ok := parts[name]; return ok }
	types = overrides(strings.ToLower(types))
	macros := strings.Contains(types, "macroenabled") || strings.Contains(types, "vbaproject")
	switch word := has("word/document.xml"); {
	case !word && strings.Contains(types, "sheet.binary"), has("xl/workbook.bin"):
		return XLSB
	case word && !has("xl/workbook.xml"): // whatever its content types claim
		if macros || has("word/vbaproject.bin") {
			return DOCM
		}
		return DOCX
	case has("xl/workbook.xml"), strings.Contains(types, "spreadsheetml.sheet.main"), strings.Contains(types, "spreadsheetml.template.main"),
		strings.Contains(types, "ms-excel.sheet.macroenabled"), top["xl"]:
		if macros || has("xl/vbaproject.bin") {
			return XLSM
		}
		return XLSX
	case strings.Contains(types, "wordprocessingml.document.main"), strings.Contains(types, "wordprocessingml.template.main"),
		strings.Contains(types, "ms-word.document.macroenabled"), top["word"]:
		if macros || has("word/vbaproject.bin") {
			return DOCM
		}
		return DOCX
	case has("ppt/presentation.xml"), strings.Contains(types, "presentationml"), top["ppt"]:
		return PPTX
	}
	return Document
}

// overrides keeps what [Content_Types].xml says of single parts; its defaults by extension are often there without use.
func overrides(types string) string {
	var b strings.Builder
	for _, tag := range strings.Split(types, "<")[1:] {
		if tag, _, _ = strings.Cut(tag, ">"); strings.HasPrefix(tag, "override") || strings.Contains(tag, ":override") {
			b.WriteString(tag + "\n")
		}
	}
	return b.String()
}

func odfKind(mime string) Format {
	switch {
	case strings.Contains(mime, "opendocument.spreadsheet"):
		return ODS
	case strings.Contains(mime, "opendocument.text"):
		return ODT
	case strings.Contains(mime, "opendocument.presentation"):
		return ODP
	case strings.Contains(mime, "opendocument."), strings.Contains(mime, "epub"), strings.Contains(mime, "vnd.sun.xml"):
		return Document
	}
	return Unknown
}

// iworkKind tells the three by a slide among the parts, or by the kind of the first archived object: 10000 (as a
// protocol-buffer number 90 4E) is a Pages document.
func iworkKind(parts map[string]zipEntry, head func(string) string) Format {
	for name := range parts {
		if strings.HasPrefix(name, "index/slide") || strings.HasPrefix(name, "index/masterslide") {
			return Keynote
		}
	}
	first := head("index/document.iwa")
	if strings.Contains(first[:min(len(first), 96)], "\x08\x90\x4E") || first == "" {
		return Pages
	}
	return Numbers
}

// oleKind tells a compound file by its streams; when its directory is lost, by the names that stand in it still.
func oleKind(r io.ReaderAt, size int64) Format {
	c, err := OpenCompound(r, size)
	if err != nil {
		return oleRemains(r, size)
	}
	has := c.Has
	storage := func(name string) bool {
		for _, n := range c.names {
			if strings.HasPrefix(strings.ToLower(n), name) {
				return true
			}
		}
		return false
	}
	switch {
	case has("EncryptedPackage"), has("EncryptionInfo"), has("DRMContent"):
		return Encrypted
	case has("WordDocument"):
		return wordKind(c.Prefix("WordDocument", 32))
	case has("Workbook"), has("Book"):
		return XLS
	case has("PowerPoint Document"), has("PP40"), has("PP97_DUALSTORAGE/PowerPoint Document"):
		return PPT
	case has("__properties_version1.0"):
		return MSG
	case storage("matost"), has("MN0"), has("SPELLING"), has("WksSSWorkBook"), bytes.HasPrefix(c.Prefix("CONTENTS", 8), []byte("CHNK")):
		return WorksWPS
	}
	return OLE
}

// wordKind reads the version number (nFib) of a WordDocument stream; 193 is Word 97.
func wordKind(fib []byte) Format {
	if len(fib) >= 4 && (le16(fib, 0) == 0xA5DC || le16(fib, 2) < 193) && le16(fib, 2) != 0 {
		return DOC95
	}
	return DOC
}

func oleRemains(r io.ReaderAt, size int64) Format {
	const window = 1 << 20
	names := []struct {
		name   string
		format Format
	}{
		{"EncryptedPackage", Encrypted}, {"WordDocument", DOC}, {"Workbook", XLS}, {"Book", XLS},
		{"PowerPoint Document", PPT}, {"__properties_version1.0", MSG},
	}
	for _, from := range []int64{0, max(0, size-window)} {
		b := make([]byte, min(window, size-from))
		n, _ := r.ReadAt(b, from)
		for _, k := range names {
			wide := make([]byte, 0, 2*len(k.name)+2)
			for _, c := range []byte(k.name) {
				wide = append(wide, c, 0)
			}
			if bytes.Contains(b[:n], append(wide, 0, 0)) {
				return k.format
			}
		}
		for at := 512; from == 0 && at+8 <= n; at += miniSector { // the streams themselves, by how they begin
			switch {
			case string(b[at:at+2]) == "\xEC\xA5" && le16(b, at+2) >= 193 && le16(b, at+2) < 0x200:
				return DOC
			case string(b[at:at+4]) == "\x09\x08\x10\x00", string(b[at:at+4]) == "\x09\x08\x08\x00":
				return XLS
			}
		}
	}
	return OLE
}
