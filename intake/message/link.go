package message

import (
	"regexp"
	"slices"
	"strings"
)

// maxLinks bounds what one mail may list.
const maxLinks = 50

// fileSize is a size as providers write it: 128.03M.
const fileSize = `\d+(?:\.\d+)?\s?(?:[KMGT]B?|B|字节|兆)`

// maxLine is how much of a line is looked at for a name and a size.
const maxLine = 4096

var (
	linkPhrase = regexp.MustCompile(`(?:从\s?(?:QQ|网易|腾讯|新浪|搜狐|阿里|Foxmail|21CN)?[^\s，。]{0,12}(?:邮箱|企业邮)发来的(?:超大|云)附件|邮箱发来的(?:超大|云)附件|(?:超大|云)附件(?:下载|列表)|通过百度网盘分享的文件|我用百度网盘分享)`)
	// sizedLine: name (128.03M, 2020年11月27日 21:59 到期), with brackets and commas of either width.
	sizedLine  = regexp.MustCompile(`(?i)^(.{0,200}?)\s*[(（]\s*(` + fileSize + `)\s*(?:[,，;；|]?\s*([^()（）]{0,60}))?[)）]`)
	sizeAlone  = regexp.MustCompile(`(?i)(?:^|[\s(（:：|])(` + fileSize + `)(?:$|[\s)）,，;；|])`)
	expiryText = regexp.MustCompile(`(\d{4}\s*[年/.-]\s*\d{1,2}\s*[月/.-]\s*\d{1,2}\s*日?(?:\s*\d{1,2}[:：]\d{2}(?::\d{2})?)?|无限期|永久有效|长期有效|\d{1,3}\s*天(?:后)?)\s*(?:后)?(?:到期|过期|失效|前有效)?`)
	expiryMark = regexp.MustCompile(`到期|过期|失效|有效|无限期|保留`)
	fileName   = regexp.MustCompile(`(?i)[^\s\\/:*?"<>|：]{1,150}\.(?:zip|rar|7z|docx?|xlsx?|pptx?|pdf|wps|et|dps|ofd|csv|txt|rtf|jpe?g|png|tiff?|bmp|gif|mp4|mov|avi|wmv|tar|gz|tgz|eml)\b`)
	anyExt     = regexp.MustCompile(`^[^:/]{1,150}\.[A-Za-z][A-Za-z0-9]{1,4}$`)
	bareURL    = regexp.MustCompile(`https?://[^\s<>"'，。；、（）()【】“”]{4,1000}`)
	panTitle   = regexp.MustCompile(`(?:分享的文件|分享了)\s*[:：「『“"]?\s*([^「」『』“”"\n]{1,200})`)
)

// linkLine is one line of the body with the links that stand in it.
type linkLine struct {
	text  string
	links []anchor
}

// addBare adds the links that stand in the text itself.
func (l *linkLine) addBare() {
	if !strings.Contains(l.text, "://") {
		return
	}
	for _, u := range bareURL.FindAllString(l.text, 20) {
		l.links = append(l.links, anchor{url: u})
	}
}

type anchor struct{ url, text string }

// findLinks lists the large attachments that a mail holds only as links. Nothing is fetched.
func findLinks(text, page string) []Link {
	var found []Link
	if page != "" {
		found = linksIn(htmlLines(page))
	}
	if len(found) == 0 {
		found = linksIn(textLines(text))
	}
	return found
}

func textLines(text string) []linkLine {
	var out []linkLine
	for line := range strings.Lines(text) {
		l := linkLine{text: strings.TrimSpace(line)}
		l.addBare()
		out = append(out, l)
	}
	return out
}

// htmlLines gives the lines of a page with its anchors.
func htmlLines(page string) []linkLine {
	var out []linkLine
	var cur linkLine
	var b strings.Builder
	open, label, at := "", "", 0
	flush := func() {
		cur.text = strings.Join(strings.Fields(b.String()), " ")
		cur.addBare()
		if cur.text != "" || len(cur.links) > 0 {
			out = append(out, cur)
		}
		cur, at = linkLine{}, 0
		b.Reset()
	}
	scanHTML(page, func(t string) { b.WriteString(t) }, func(name string, closing bool, attrs string) {
		switch name {
		case "a":
			if open != "" {
				if label == "" {
					label = strings.TrimSpace(b.String()[at:])
				}
				cur.links = append(cur.links, anchor{url: open, text: label})
				open = ""
			}
			if href := strings.Join(strings.Fields(attr(attrs, "href")), ""); !closing && href != "" {
				open, at, label = href, b.Len(), attr(attrs, "file-name")
			}
			b.WriteByte(' ')
		case "br", "p", "div", "tr", "table", "li", "h1", "h2", "h3", "h4", "ul", "ol", "blockquote", "td", "hr":
			if open == "" {
				flush()
			}
		}
	})
	flush()
	return out
}

// linksIn goes through the lines: a host that keeps attachments makes a link; its name, size and expiry stand in its own
// lines or near them. After a provider's phrase a line of name and size is enough.
func linksIn(lines []linkLine) []Link {
	groups, title, phrase := groupLinks(lines)
	var out []Link
	for i, g := range groups {
		before, after := 0, len(lines)
		if i > 0 {
			before = groups[i-1].last + 1
		}
		if i+1 < len(groups) {
			after = groups[i+1].first
		}
		k := g.describe(lines, before, after)
		for _, fallback := range []string{title, nameInURL(g.url)} {
			if k.Name == "" {
				k.Name = fallback
			}
		}
		out = merge(out, k)
	}
	for _, l := range lines {
		if !phrase || len(l.text) > maxLine || !strings.ContainsAny(l.text, "(（") {
			continue
		}
		if m := sizedLine.FindStringSubmatch(l.text); m != nil && looksFile(m[1]) {
			out = merge(out, Link{Name: lastFile(m[1]), Size: strings.TrimSpace(m[2]), Expires: expiry(m[3])})
		}
	}
	return out
}

// linkGroup is one file: the lines from the first to the last anchor with its URL.
type linkGroup struct {
	url         string
	name        string
	first, last int
}

func groupLinks(lines []linkLine) (groups []linkGroup, title string, phrase bool) {
	for i, l := range lines {
		if (strings.Contains(l.text, "附件") || strings.Contains(l.text, "网盘")) && linkPhrase.MatchString(l.text) {
			phrase = true
			if m := panTitle.FindStringSubmatch(l.text); m != nil {
				title = strings.Trim(bareURL.ReplaceAllString(m[1], ""), " 　,，:：")
				title, _, _ = strings.Cut(title, "链接")
			}
		}
		for _, a := range l.links {
			if !keepsFiles(a.url) || advertises(a) {
				continue
			}
			n := slices.IndexFunc(groups, func(g linkGroup) bool { return g.url == a.url })
			if n < 0 {
				if len(groups) == maxLinks {
					return groups, title, phrase
				}
				groups = append(groups, linkGroup{url: a.url, first: i})
				n = len(groups) - 1
			}
			groups[n].last = max(groups[n].last, i)
			if groups[n].name == "" && looksFile(a.text) {
				groups[n].name = a.text
				if m := sizedLine.FindStringSubmatch(a.text); m != nil {
					groups[n].name = strings.TrimSpace(m[1])
				}
			}
		}
	}
	return groups, title, phrase
}

// describe reads name, size and expiry: in the group's own lines, for the name in those before it, for the rest in
// those that follow. before and after are where other files' lines begin.
func (g linkGroup) describe(lines []linkLine, before, after int) Link {
	k := Link{URL: g.url, Name: g.name}
	for i := g.first; i <= g.last && i < g.first+20; i++ {
		k = filled(k, lines[i].text)
	}
	for i := g.first - 1; i >= max(before, g.first-4) && (k.Name == "" || g.name == "" && k.Size == ""); i-- {
		k = filled(k, lines[i].text)
	}
	for i := g.last + 1; i < min(after, g.last+4) && k.Name != "" && (k.Size == "" || k.Expires == ""); i++ {
		if f := fileName.FindString(lines[i].text); f != "" && !strings.Contains(k.Name, f) {
			break // the next file
		}
		k = filled(k, lines[i].text)
	}
	return k
}

// filled takes from a line what the link still lacks.
func filled(k Link, text string) Link {
	text = strings.TrimSpace(bareURL.ReplaceAllString(cut(text, maxLine), " "))
	if m := sizedLine.FindStringSubmatch(text); m != nil && (looksFile(m[1]) || k.Name != "") {
		if k.Name == "" {
			k.Name = lastFile(m[1])
		}
		if k.Size == "" {
			k.Size = strings.TrimSpace(m[2])
		}
		if k.Expires == "" {
			k.Expires = expiry(m[3])
		}
		return k
	}
	if k.Name == "" {
		k.Name = fileName.FindString(text)
	}
	if m := sizeAlone.FindStringSubmatch(text); m != nil && k.Size == "" && k.Name != "" {
		k.Size = m[1]
	}
	if k.Expires == "" && k.Name != "" && expiryMark.MatchString(text) {
		k.Expires = expiry(text)
	}
	return k
}

// merge adds a link, or completes the one that tells of the same file.
func merge(links []Link, k Link) []Link {
	for i := range links {
		old := &links[i]
		same := k.URL != "" && old.URL == k.URL || k.URL == "" && k.Name != "" && old.Name == k.Name ||
			old.URL == "" && old.Name == k.Name
		if same {
			old.URL, old.Size, old.Expires = first(old.URL, k.URL), first(old.Size, k.Size), first(old.Expires, k.Expires)
			return links
		}
	}
	if len(links) < maxLinks {
		links = append(links, k)
	}
	return links
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func expiry(s string) string {
	if m := expiryText.FindStringSubmatch(s); m != nil {
		return strings.TrimSpace(m[1])
	}
	return ""
}

func looksFile(s string) bool {
	return fileName.MatchString(s) || anyExt.MatchString(strings.TrimSpace(s)) && !strings.Contains(s, "://")
}

// lastFile takes the name at the end of a line's beginning; icons, numbering and the provider's phrase stand before it.
func lastFile(s string) string {
	if at := linkPhrase.FindStringIndex(s); at != nil {
		s = strings.TrimLeft(s[at[1]:], ":：")
	}
	s = strings.TrimSpace(s)
	if all := fileName.FindAllString(s, -1); len(all) == 1 && !strings.Contains(s, " ") {
		return all[0]
	}
	return s
}
