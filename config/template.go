package config

import (
	"strings"
)

// Provider is a mail provider's servers, both with TLS from the first byte.
type Provider struct {
	Name string // as people call it
	IMAP string
	SMTP string
	Note string // what must be switched on first
}

// Known gives the provider of an address, told by its domain. For a domain of one's own, also one hosted elsewhere, it
// gives a guess and false.
func Known(address string) (Provider, bool) {
	_, domain, _ := strings.Cut(address, "@")
	domain = strings.ToLower(strings.TrimSpace(domain))
	if p, ok := providers()[domain]; ok {
		return p, true
	}
	if domain == "" {
		return Provider{IMAP: "127.0.0.1", SMTP: "127.0.0.1"}, false
	}
	return Provider{Name: "自有域名邮箱", IMAP: "imap." + domain, SMTP: "smtp." + domain,
		Note: "服务器名称是猜的，请问信息中心。托管的邮箱请改为：腾讯企业邮 imap.exmail.qq.com / smtp.exmail.qq.com，" +
			"网易企业邮 imap.qiye.163.com / smtp.qiye.163.com，阿里企业邮 imap.qiye.aliyun.com / smtp.qiye.aliyun.com。"}, false
}

func providers() map[string]Provider {
	const code = "请先在网页邮箱的设置里开启 IMAP/SMTP 服务，取得客户端授权码；密码文件里写授权码，不是登录密码。改登录密码后授权码会失效。"
	netease := func(domain string) Provider {
		return Provider{"网易邮箱", "imap." + domain, "smtp." + domain, code}
	}
	qq := Provider{"QQ 邮箱", "imap.qq.com", "smtp.qq.com", code}
	sina := func(domain string) Provider {
		return Provider{"新浪邮箱", "imap." + domain, "smtp." + domain, code}
	}
	const password = "请先在网页邮箱的设置里确认 IMAP/SMTP 服务已开启；要求专用密码或授权码的，密码文件里写它。"
	return map[string]Provider{
		"163.com": netease("163.com"), "126.com": netease("126.com"), "yeah.net": netease("yeah.net"),
		"188.com": netease("188.com"), "vip.163.com": netease("vip.163.com"), "vip.126.com": netease("vip.126.com"),
		"qq.com": qq, "vip.qq.com": qq, "foxmail.com": qq,
		"exmail.qq.com": {"腾讯企业邮", "imap.exmail.qq.com", "smtp.exmail.qq.com", code},
		"qiye.163.com":  {"网易企业邮", "imap.qiye.163.com", "smtp.qiye.163.com", code},
		"aliyun.com":    {"阿里邮箱", "imap.aliyun.com", "smtp.aliyun.com", password},
		"189.cn":        {"天翼邮箱", "imap.189.cn", "smtp.189.cn", password},
		"139.com":       {"中国移动 139 邮箱", "imap.139.com", "smtp.139.com", code},
		"wo.cn":         {"沃邮箱", "imap.wo.cn", "smtp.wo.cn", password},
		"sina.com":      sina("sina.com"), "sina.cn": sina("sina.cn"), "vip.sina.com": sina("vip.sina.com"),
		"sohu.com": {"搜狐邮箱", "imap.sohu.com", "smtp.sohu.com", password},
	}
}

// TemplateOptions are what init knows when it writes the first file.
type TemplateOptions struct {
	Address string   // of the mailbox; its provider decides the servers
	Name    string   // of the sender, e.g. 省中小企业局; may be empty
	Staff   []string // digest_to and alert_to
	DataDir string
	Calls   []string
	Secrets string // folder of the password files
}

// Template writes a commented first file for a mailbox. It loads as it is.
func Template(o TemplateOptions) string {
	var s settings
	fill(&s, true)
	if o.Address != "" {
		p, _ := Known(o.Address)
		s.IMAP.Host, s.SMTP.Host = p.IMAP, p.SMTP
		s.IMAP.Username, s.SMTP.Username, s.SMTP.From = o.Address, o.Address, o.Address
	}
	if o.Name != "" {
		// Quoted, so that no mark in the name ends it.
		s.SMTP.From = quote(o.Name) + " <" + s.IMAP.Username + ">"
	}
	if len(o.Staff) > 0 {
		s.Staff.DigestTo, s.Staff.AlertTo = o.Staff, o.Staff
	}
	if o.DataDir != "" {
		s.DataDir = o.DataDir
	}
	if len(o.Calls) > 0 {
		s.Calls = o.Calls
	}
	if o.Secrets != "" {
		s.IMAP.PasswordFile = o.Secrets + "/imap.password"
		s.SMTP.PasswordFile = o.Secrets + "/smtp.password"
	}
	head := []string{"baosong 配置文件，由 baosong init 生成。改好后用 baosong config test 检查，用 baosong doctor 逐项验证。"}
	if p, _ := Known(o.Address); p.Note != "" {
		head = append(head, p.Name+"："+p.Note)
	}
	return render(&s, head)
}
