package message

import (
	"bytes"
	"html"
	"regexp"
	"strings"

	"baosong/parse/charset"
	"baosong/parse/container"
)

// block is one piece of the body: the same words as plain text, as HTML, or both.
type block struct {
	plain strings.Builder
	html  strings.Builder
}

var metaCharset = regexp.MustCompile(`(?i)<meta[^>]{0,200}?charset\s*=\s*["']?\s*([a-z0-9_.:-]{2,40})`)

// addText adds a text part to the body.
func (w *walker) addText(f *file) {
	b := w.alt
	if b == nil {
		b = &block{}
		w.blocks = append(w.blocks, b)
	}
	s, ok := w.textOf(f)
	if !ok {
		w.note(defectCharset, "")
	}
	dst := &b.plain
	if f.ct.kind == "text/html" {
		dst = &b.html
	}
	if dst.Len() > 0 {
		dst.WriteByte('\n')
	}
	dst.WriteString(s)
}

// textOf decodes a text part, bounded over the whole mail.
func (w *walker) textOf(f *file) (string, bool) {
	head := f.head
	label := f.ct.params["charset"]
	if f.ct.kind == "text/html" {
		if m := metaCharset.FindSubmatch(head[:min(len(head), 4096)]); m != nil && (label == "" || strings.EqualFold(label, "us-ascii")) {
			label = string(m[1])
		}
	}
	if label == "" || strings.EqualFold(label, "us-ascii") || strings.EqualFold(label, "ascii") {
		s, name := charset.Guess(head)
		return tidy(s), name != "" && (ascii(head) || label == "")
	}
	s, ok := charset.Decode(head, label)
	return tidy(s), ok
}

// tidy brings line ends to LF and drops NULs.
func tidy(s string) string {
	if strings.ContainsAny(s, "\r\x00\uFEFF") {
		s = strings.NewReplacer("\r\r\n", "\n", "\r\n", "\n", "\r", "\n", "\x00", "", "\uFEFF", "").Replace(s)
	}
	return s
}

// compose joins the body's blocks and settles what depends on the whole: which pictures belong to the text.
func (w *walker) compose() {
	var text, hyper []string
	if len(w.blocks) == 0 && w.spare != nil {
		w.blocks = append(w.blocks, w.spare)
	}
	for _, b := range w.blocks {
		plain, page := strings.TrimSpace(b.plain.String()), b.html.String()
		if page != "" {
			hyper = append(hyper, page)
			if stripped := stripHTML(page); plain == "" || stub(plain, stripped) {
				plain = strings.TrimSpace(stripped)
			}
		}
		if plain != "" {
			text = append(text, plain)
		}
	}
	w.m.Text, w.m.HTML = cut(strings.Join(text, "\n\n"), w.lim.TextBytes), cut(strings.Join(hyper, "\n"), w.lim.TextBytes)
	for _, f := range w.files {
		f.att.Disposition = DispositionAttached
		if f.inline(w.m.HTML) {
			f.att.Disposition = DispositionInline
		}
	}
	w.m.Report = w.report.String()
	w.sealedText()
	w.m.Links = findLinks(w.m.Text, w.m.HTML)
}

// stub tells a plain part that only says that there is an HTML part.
func stub(plain, full string) bool {
	return len(plain) < 300 && len(full) > 2*len(plain) && (strings.Contains(plain, "不支持HTML") || strings.Contains(plain, "不支持 HTML") ||
		strings.Contains(strings.ToLower(plain), "html format") || strings.Contains(strings.ToLower(plain), "html mail") ||
		strings.Contains(strings.ToLower(plain), "html enabled"))
}

// inline tells pictures of the body from files: referred to by the HTML, or a picture that its part's header puts in
// the text; also a rendering of the body beside the one that is read.
func (f *file) inline(page string) bool {
	if f.inAlt && f.name == "" && f.disp != "attachment" && strings.HasPrefix(f.ct.kind, "text/") {
		return true
	}
	if !picture(f.att.Type) {
		return false
	}
	if f.disp == "inline" {
		return true
	}
	if page == "" {
		return false
	}
	if id := f.att.ContentID; id != "" && (strings.Contains(page, "cid:"+id) || strings.Contains(page, "cid:"+urlEscape(id)) ||
		strings.Contains(page, "cid:"+html.EscapeString(id))) {
		return true
	}
	return f.related && f.location != "" && strings.Contains(page, f.location)
}

func urlEscape(id string) string {
	return strings.NewReplacer("@", "%40", "$", "%24", "+", "%2B").Replace(id)
}

func picture(format string) bool {
	switch container.Format(format) {
	case container.PNG, container.JPEG, container.GIF, container.BMP, container.TIFF, container.WebP, container.SVG,
		container.WMF, container.EMF, container.HEIC:
		return true
	}
	return false
}

// cut shortens a text to n bytes at a character's border.
func cut(s string, n int64) string {
	if int64(len(s)) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}

// sealedText notices PGP in the text itself.
func (w *walker) sealedText() {
	if i := strings.Index(w.m.Text, "-----BEGIN PGP MESSAGE-----"); i >= 0 && bytes.Contains([]byte(w.m.Text[i:]), []byte("-----END PGP MESSAGE")) {
		w.encrypted("", "正文为 PGP 加密内容")
	}
}
