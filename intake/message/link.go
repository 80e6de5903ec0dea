package message

import (
	"net/url"
	"regexp"
	"strings"
)

// linkHost is one place where providers keep large attachments: a host (with its subdomains) and what its path holds.
type linkHost struct{ host, path string }

func linkHosts() []linkHost {
	return []linkHost{
		{"mail.qq.com", "/cgi-bin/ftnexs_download"}, {"wx.mail.qq.com", "/ftn/download"}, {"exmail.qq.com", "ftn"},
		{"mail.qq.com", "/ftn/"}, {"share.weiyun.com", "/"}, {"drive.weixin.qq.com", "/"},
		{"mail.163.com", "/large-attachment-download"}, {"mail.126.com", "/large-attachment-download"},
		{"mail.yeah.net", "/large-attachment-download"}, {"mail.188.com", "/large-attachment-download"},
		{"dashi.163.com", "/html/cloud-attachment-download"}, {"u.163.com", "/"}, {"edisk.qiye.163.com", "/"},
		{"qiye.163.com", "attachment-download"}, {"fs.163.com", "/fs/"}, {"mail.sina.com.cn", "/filecenter/"}, {"mail.sohu.com", "bigattach"},
		{"download.cloud.189.cn", "/"}, {"cloud.189.cn", "/"}, {"mail.189.cn", "download"}, {"mail.10086.cn", "share"}, {"yun.139.com", "/"}, {"caiyun.139.com", "/"},
		{"pan.baidu.com", "/"}, {"yun.baidu.com", "/"}, {"aliyundrive.com", "/s/"}, {"alipan.com", "/s/"}, {"mail.aliyun.com", "attachment"},
		{"pan.quark.cn", "/s/"}, {"pan.xunlei.com", "/s/"}, {"123pan.com", "/s/"}, {"wenshushu.cn", "/f/"}, {"cowtransfer.com", "/s/"},
		{"lanzou.com", "/"}, {"lanzoui.com", "/"}, {"lanzoux.com", "/"}, {"1drv.ms", "/"}, {"wetransfer.com", "/downloads/"},
	}
}

// maxLinks bounds what one mail may list.
const maxLinks = 50

var (
	linkPhrase = regexp.MustCompile(`(?:从\s?(?:QQ|网易|腾讯|新浪|搜狐|阿里|Foxmail|21CN)?[^\s，。]{0,12}(?:邮箱|企业邮)发来的(?:超大|云)附件|邮箱发来的(?:超大|云)附件|(?:超大|云)附件(?:下载|列表)|通过百度网盘分享的文件|我用百度网盘分享)`)
	fileSize   = `\d+(?:\.\d+)?\s?(?:[KMGT]B?|B|字节|兆)`
	// sizedLine: name (128.03M, 2020年11月27日 21:59 到期), with brackets and commas of either width.
	sizedLine  = regexp.MustCompile(`(?i)^(.{1,200}?)\s*[(（]\s*(` + fileSize + `)\s*(?:[,，;；|]?\s*([^()（）]{0,60}))?[)）]`)
	sizeAlone  = regexp.MustCompile(`(?i)(?:^|[\s(（:：|])(` + fileSize + `)(?:$|[\s)）,，;；|])`)
	expiryText = regexp.MustCompile(`(\d{4}\s*[年/.-]\s*\d{1,2}\s*[月/.-]\s*\d{1,2}\s*日?(?:\s*\d{1,2}[:：]\d{2}(?::\d{2})?)?|无限期|永久有效|长期有效|\d{1,3}\s*天(?:后)?)\s*(?:后)?(?:到期|过期|失效|前有效)?`)
	expiryMark = regexp.MustCompile(`到期|过期|失效|有效|无限期|保留`)
	fileName   = regexp.MustCompile(`(?i)[^\s\\/:*?"<>|：]{1,150}\.(?:zip|rar|7z|docx?|xlsx?|pptx?|pdf|wps|et|dps|ofd|csv|txt|rtf|jpe?g|png|tiff?|bmp|gif|mp4|mov|avi|wmv|tar|gz|tgz|eml)\b`)
	bareURL    = regexp.MustCompile(`https?://[^\s<>"'，。；、（）()【】“”]{4,1000}`)
	panTitle   = regexp.MustCompile(`(?:分享的文件|分享了)\s*[:：「『“"]?\s*([^「」『』“”"\n]{1,200})`)
)

// linkLine is one line of the body with the links that stand in it.
type linkLine struct {
	text  string
	links []anchor
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
		for _, u := range bareURL.FindAllString(line, 20) {
			l.links = append(l.links, anchor{url: u})
		}
		out = append(out, l)
	}
	return out
}

// htmlLines gives the lines of a page with its anchors.
func htmlLines(page string) []linkLine {
	var out []linkLine
	var cur linkLine
	var b strings.Builder
	open, at := "", 0
	flush := func() {
		cur.text = strings.Join(strings.Fields(b.String()), " ")
		for _, u := range bareURL.FindAllString(cur.text, 20) {
			cur.links = append(cur.links, anchor{url: u})
		}
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
				cur.links = append(cur.links, anchor{url: open, text: strings.TrimSpace(b.String()[at:])})
				open = ""
			}
			if href := attr(attrs, "href"); !closing && href != "" {
				open, at = href, b.Len()
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

// linksIn goes through the lines: a host that keeps attachments makes a link; its name, size and expiry stand in the
// same line or near it. After a provider's phrase a line of name and size is enough.
func linksIn(lines []linkLine) []Link {
	c := linkCollector{}
	for i, l := range lines {
		if linkPhrase.MatchString(l.text) {
			c.phrase = true
			if m := panTitle.FindStringSubmatch(l.text); m != nil {
				c.title = strings.TrimSpace(bareURL.ReplaceAllString(m[1], ""))
			}
		}
		for _, a := range l.links {
			if keepsFiles(a.url) {
				c.link(lines, i, a)
			}
		}
		if m := sizedLine.FindStringSubmatch(l.text); m != nil && c.phrase && looksFile(m[1]) {
			c.merge(Link{Name: strings.TrimSpace(m[1]), Size: strings.TrimSpace(m[2]), Expires: expiry(m[3])})
		}
		if len(c.links) >= maxLinks {
			break
		}
	}
	return c.links
}

type linkCollector struct {
	links  []Link
	phrase bool
	title  string
}

// link builds a link from an anchor and the lines around it.
func (c *linkCollector) link(lines []linkLine, i int, a anchor) {
	k := Link{URL: a.url}
	if looksFile(a.text) {
		k.Name = a.text
		if m := sizedLine.FindStringSubmatch(a.text); m != nil {
			k.Name = strings.TrimSpace(m[1])
		}
	}
	for d := 0; d <= 4 && (k.Name == "" || k.Size == "" || k.Expires == ""); d++ { // this line, then before and after it
		for _, j := range []int{i - d, i + d} {
			if j < 0 || j >= len(lines) || j > i && (k.Name == "" || otherFile(lines, i, j)) {
				continue
			}
			if j < i && d > 3 || j < i && k.Name != "" && otherFile(lines, j, i) {
				continue
			}
			k = filled(k, lines[j].text)
		}
	}
	if k.Name == "" {
		k.Name = c.title
	}
	c.merge(k)
}

// otherFile tells whether another file's name stands after line i, up to line j.
func otherFile(lines []linkLine, i, j int) bool {
	for n := i + 1; n <= j; n++ {
		if fileName.MatchString(lines[n].text) {
			return true
		}
	}
	return false
}

// filled takes from a line what the link still lacks.
func filled(k Link, text string) Link {
	text = bareURL.ReplaceAllString(text, " ")
	if m := sizedLine.FindStringSubmatch(text); m != nil && looksFile(m[1]) {
		if name := lastFile(m[1]); k.Name == "" || strings.Contains(text, k.Name) {
			if k.Name == "" {
				k.Name = name
			}
			k.Size, k.Expires = strings.TrimSpace(m[2]), expiry(m[3])
			return k
		}
	}
	if k.Name == "" {
		k.Name = fileName.FindString(text)
	}
	if m := sizeAlone.FindStringSubmatch(text); m != nil && k.Size == "" && k.Name != "" {
		k.Size = m[1]
	}
	if k.Expires == "" && expiryMark.MatchString(text) {
		k.Expires = expiry(text)
	}
	return k
}

// merge adds a link, or completes the one that tells of the same file.
func (c *linkCollector) merge(k Link) {
	for i := range c.links {
		old := &c.links[i]
		same := k.URL != "" && old.URL == k.URL || k.Name != "" && old.Name == k.Name && (old.Size == "" || k.Size == "" || old.Size == k.Size)
		if !same {
			continue
		}
		if old.URL == "" {
			old.URL = k.URL
		}
		if old.Name == "" {
			old.Name = k.Name
		}
		if old.Size == "" {
			old.Size = k.Size
		}
		if old.Expires == "" {
			old.Expires = k.Expires
		}
		return
	}
	if len(c.links) < maxLinks {
		c.links = append(c.links, k)
	}
}

func expiry(s string) string {
	if m := expiryText.FindStringSubmatch(s); m != nil {
		return strings.TrimSpace(m[1])
	}
	return ""
}

func looksFile(s string) bool { return fileName.MatchString(s) }

// lastFile takes the name at the end of a line's beginning; icons and numbering stand before it.
func lastFile(s string) string {
	s = strings.TrimSpace(s)
	if all := fileName.FindAllString(s, -1); len(all) == 1 && !strings.Contains(s, " ") {
		return all[0]
	}
	return s
}

// keepsFiles tells whether a URL is a place where a provider keeps large attachments.
func keepsFiles(raw string) bool {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return false
	}
	host, rest := strings.ToLower(u.Hostname()), strings.ToLower(u.Path+"?"+u.RawQuery)
	for _, h := range linkHosts() {
		if (host == h.host || strings.HasSuffix(host, "."+h.host)) && strings.Contains(rest, h.path) && len(strings.Trim(rest, "/?")) > 0 {
			return true
		}
	}
	return false
}
