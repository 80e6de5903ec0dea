package message

import (
	"path"
	"strings"
	"unicode/utf8"

	"baosong/parse/container"
)

// leaf reads one body that has no parts.
func (w *walker) leaf(raw rawHeader, ct mediaValue) match {
	f := w.create()
	w.describe(f, raw, ct)
	text := f.isText()
	switch {
	case text || f.isNamedText():
		f.keep = w.textRoom
	case f.isReport():
		f.keep = max(min(maxReport-int64(w.report.Len()), maxReport), 0)
	}
	dec := newDecoder(f, f)
	if text && ct.kind == "text/plain" {
		dec = scanned(dec, f)
	}
	end := w.pump(dec)
	dec.close()
	f.close()
	w.file(f, text)
	return end
}

// describe takes over what the part's header says.
func (w *walker) describe(f *file, raw rawHeader, ct mediaValue) {
	cd := parseMedia(raw.get("Content-Disposition"))
	f.ct, f.disp, f.related, f.inAlt = ct, cd.kind, w.related > 0, w.alt != nil
	f.att.Declared = ct.kind
	f.att.ContentID = strings.Trim(clean(decodeWords(raw.get("Content-ID"))), "<> ")
	f.location = clean(decodeWords(raw.get("Content-Location")))
	f.name = pickName(cd.params["filename"], ct.params["filename"], cd.params["name"], ct.params["name"])
	f.att.Name = f.name
	if f.name != "" && (cd.mended || ct.mended || !ascii(raw.get("Content-Disposition")) || !ascii(raw.get("Content-Type"))) {
		f.note(defectName)
	}
	f.cte = transferEncoding(raw.get("Content-Transfer-Encoding"))
}

// pickName takes the first name that has lost nothing, else the first that there is.
func pickName(names ...string) string {
	first := ""
	for _, n := range names {
		if n == "" {
			continue
		}
		if !lossy(n) {
			return n
		}
		if first == "" {
			first = n
		}
	}
	return first
}

// lossy tells a name whose characters could not be read, or for which a mailer put question marks or underscores.
func lossy(name string) bool {
	return strings.ContainsRune(name, utf8.RuneError) || strings.Contains(name, "??") ||
		strings.Trim(strings.TrimSuffix(name, path.Ext(name)), "?_") == ""
}

// isText tells whether this body is the mail's own words. A text with a name is a file, whatever its disposition.
func (f *file) isText() bool {
	return (f.ct.kind == "text/plain" || f.ct.kind == "text/html") && f.disp != "attachment" && f.name == ""
}

// isNamedText tells a text with a name that is not declared an attachment: a file, but the body too if there is no other.
func (f *file) isNamedText() bool {
	return (f.ct.kind == "text/plain" || f.ct.kind == "text/html") && f.disp != "attachment" && f.name != ""
}

// isReport tells the machine-readable parts of delivery reports.
func (f *file) isReport() bool {
	switch f.ct.kind {
	case "message/delivery-status", "message/global-delivery-status", "message/disposition-notification",
		"message/feedback-report", reportHeaders, "message/rfc822-headers", "text/rfc822-header":
		return true
	}
	return false
}

// isEnvelope tells a detached signature without a name: it belongs to the mail's envelope and is no file.
func (f *file) isEnvelope() bool {
	switch f.ct.kind {
	case "application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature":
		return f.name == "" && f.disp != "attachment"
	}
	return false
}

// file files a body that was read: as text, as report, as attachment.
func (w *walker) file(f *file, text bool) {
	whole := f.att.Size <= f.keep
	if f.isReport() {
		w.report.WriteString(strings.ReplaceAll(rawText(string(f.head)), "\r", "") + "\n\n")
		if whole && f.name == "" && f.disp != "attachment" {
			f.remove()
			return
		}
	}
	if text {
		w.addText(f)
		w.textRoom -= int64(len(f.head))
		if whole {
			f.remove()
			return
		}
		w.note(defectText, "")
	}
	if f.isNamedText() && w.spare == nil {
		w.spare = &block{}
		s, _ := w.textOf(f)
		if w.spare.plain.WriteString(s); f.ct.kind == "text/html" {
			w.spare = &block{}
			w.spare.html.WriteString(s)
		}
	}
	f.head = nil
	if f.isEnvelope() {
		f.remove()
		return
	}
	f.save()
	if w.err != nil {
		return
	}
	w.files = append(w.files, f)
	w.classify(f)
	w.m.Attachments = append(w.m.Attachments, f.att)
}

// classify tells the type from the content; the envelope decides only where content cannot.
func (w *walker) classify(f *file) {
	format, err := container.SniffFile(f.att.Path)
	if err != nil {
		w.err = err
		return
	}
	f.att.Type = string(format)
	switch f.ct.kind {
	case "message/rfc822", "message/global", "message/news":
		switch format {
		case container.Text, container.Unknown, container.HTML, container.XML, container.MHTML, container.CSV:
			f.att.Type = TypeMail
		}
	}
	w.seal(f)
}

// preamble is what stands before the first boundary: dropped when a part follows, else the only text there is.
type preamble struct {
	w   *walker
	f   *file
	dec decoder
}

func (w *walker) preamble(raw rawHeader) *preamble {
	f := w.create()
	w.describe(f, rawHeader{{name: "Content-Transfer-Encoding", value: raw.get("Content-Transfer-Encoding")}}, mediaValue{kind: "text/plain"})
	f.keep = w.textRoom
	return &preamble{w: w, f: f, dec: newDecoder(f, f)}
}

func (p *preamble) text(b []byte)  { p.dec.text(b) }
func (p *preamble) end(eol []byte) { p.dec.end(eol) }
func (p *preamble) drop() {
	p.f.remove()
}

// keep files the preamble as a text.
func (p *preamble) keep() {
	p.dec.close()
	p.f.close()
	if p.f.att.Size == 0 || p.w.err != nil {
		p.f.remove()
		return
	}
	p.w.file(p.f, true)
}
