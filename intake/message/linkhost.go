package message

import (
	"net/url"
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

// nameInURL is the file's name where a provider puts it into the link.
func nameInURL(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	q := u.Query()
	for _, key := range []string{"fileName", "filename", "file_name", "fname", "title", "name"} {
		if v := clean(strings.ToValidUTF8(q.Get(key), "")); v != "" && len(v) < 300 {
			return v
		}
	}
	return ""
}

// advertises tells links beside a large attachment that lead to a program or a shop.
func advertises(a anchor) bool {
	return strings.Contains(a.url, "spm=") || strings.Contains(a.text, "客户端") || strings.Contains(a.text, "APP") || strings.Contains(a.text, "会员")
}
