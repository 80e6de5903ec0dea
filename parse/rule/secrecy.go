package rule

import (
	"regexp"
	"strings"

	"baosong/parse/finding"
)

// stars are the marks that stand between a secrecy level and its term.
const stars = `★☆✩✪✫✬✭✮✯✰✶✦✧⋆⭑⭐🌟※*⁎∗﹡✱✲`

var (
	secrecyPattern = regexp.MustCompile(`[绝机秘][ \t\n\r]*密(?:[ \t\n\r]*[` + stars + `])+[ \t\n\r]*`)
	termPattern    = regexp.MustCompile(`^(?:\d[\d\s.]*(?:年|个?\s*月|日|天|周)|\d{8}|[〇零一二三四五六七八九十百两半][〇零一二三四五六七八九十百0-9\s]*(?:年|个?\s*月|日|天|周)|长\s*期|永\s*久|无\s*限\s*期|不\s*限|至|启\s*用\s*前|解\s*密|公\s*[布开]\s*前|发\s*布\s*前|保\s*密|[^\s,.;:。，、；：]{1,8}前)`)
)

// SecrecyMark reports whether a text bears a mark of state secrecy: 绝密, 机密 or 秘密, a star, and a term. Blanks and
// line breaks may stand between all characters. Without a term it is none.
func SecrecyMark(text string) bool {
	if !strings.Contains(text, "密") {
		return false
	}
	s := Plain(text)
	s = strings.NewReplacer("\u00a0", " ", "\u2002", " ", "\u2003", " ", "\u2009", " ", "\u3000", " ", "\v", "\n", "\f", "\n", "\u2028", "\n").Replace(s)
	for _, m := range secrecyPattern.FindAllStringIndex(s, -1) {
		if termPattern.MatchString(s[m[1]:]) {
			return true
		}
	}
	return false
}

// Secrecy returns a finding for each place that bears a mark of state secrecy. The findings quote nothing.
func (p *Pass) Secrecy() []finding.Finding {
	var out []finding.Finding
	add := func(at finding.Place) { out = append(out, finding.New("content.classified-mark", at)) }
	for _, t := range p.Texts {
		if SecrecyMark(t.Text) {
			add(finding.Place{Where: t.Where})
		}
	}
	for _, f := range p.Files {
		n := len(out)
		visit := func(pc piece) {
			if len(out) < n+20 && SecrecyMark(pc.text) {
				add(pc.at)
			}
		}
		p.pieces(f, func(pc piece) {
			p.search(pc.text, "secrecy", func() bool {
				before := len(out)
				visit(pc)
				return len(out) > before || len(out) >= n+20
			})
		})
		if len(out) == n {
			rowTexts(f, visit)
		}
		if len(out) == n && f.Doc != nil && SecrecyMark(joined(f)) {
			add(f.At())
		}
		for _, g := range sheetNames(f) {
			at := f.At()
			at.Where = "工作表名称"
			visit(piece{at: at, text: g})
		}
		if NameMarked(f.Path) {
			add(finding.Place{Where: "文件名"})
		}
	}
	p.clear = len(out) == 0
	return out
}

// NameMarked reports whether a file's name, or that of a folder or archive it came in, bears a mark of state secrecy.
func NameMarked(path string) bool {
	for _, part := range nameParts(path) {
		if SecrecyMark(NameStem(part)) {
			return true
		}
	}
	return SecrecyMark(path)
}

func sheetNames(f *File) []string {
	var out []string
	if f.Book != nil {
		for _, g := range f.Book.Sheets {
			out = append(out, g.Name)
		}
	}
	return out
}

// joined returns the text of a document in one, for marks that are set one character a line.
func joined(f *File) string {
	var b strings.Builder
	for _, l := range f.Lines {
		b.WriteString(l.Text)
		b.WriteByte('\n')
	}
	return b.String()
}

func secrecyRule() Rule {
	return Rule{
		Codes: []finding.Code{"content.classified-mark"},
		Doc: "疑似国家秘密标志：绝密、机密、秘密之后有星号和保密期限，字间有空格、用其他星形符号、在页眉页脚、文本框、单元格、文件名、邮件主题中都算。" +
			"发现后立即停止处理，不保存内容，由保密联系人处置。单独的“秘密”“机密”“商业秘密”不算。",
		Run: func(p *Pass) {
			if p.clear {
				return
			}
			for _, f := range p.Secrecy() {
				p.report(f)
			}
		},
	}
}
