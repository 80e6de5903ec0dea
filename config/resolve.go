package config

import (
	"crypto/x509"
	"fmt"
	"iter"
	"net"
	"net/mail"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"baosong/tomlfile"
)

// resolver turns settings into a Config and collects what is wrong with them.
type resolver struct {
	keys   *tomlfile.Keys
	dir    string // the file's folder
	faults []error
}

// fault notes what is wrong with a key, given with its tables, an element of a list by its number.
func (r *resolver) fault(message, hint string, key ...string) {
	r.faults = append(r.faults, r.keys.Fault(strings.Join(named(key), ".")+" "+message, hint, key...))
}

// named leaves out the numbers of list elements.
func named(key []string) []string {
	return slices.DeleteFunc(slices.Clone(key), func(k string) bool { return k != "" && unicode.IsDigit(rune(k[0])) })
}

func (r *resolver) config(s *settings) *Config {
	c := &Config{
		DataDir:  r.path(s.DataDir),
		Timezone: s.Timezone,
		Sender:   Sender{AuthservID: s.Sender.AuthservID, Require: s.Sender.Require},
		Schedule: Schedule{Digest: s.Schedule.Digest, Reminders: s.Schedule.Reminders, HoldReminders: s.Schedule.HoldReminders,
			Holidays: r.path(s.Schedule.Holidays)},
	}
	if s.DataDir == "" {
		r.fault("不能为空。", "请填写数据目录，例如 \"/var/lib/baosong\"。", "data_dir")
	}
	if len(s.Calls) == 0 {
		r.fault("至少要有一个征集通知目录。", "请填写目录，例如 calls = [\"calls/2024-typical-cases\"]；baosong init 会生成一个。", "calls")
	}
	for i, p := range s.Calls {
		if p == "" {
			r.fault("中有空的目录名。", "请填写目录，或删除这一项。", "calls", fmt.Sprint(i))
		}
		c.Calls = append(c.Calls, r.path(p))
	}
	var err error
	if c.Location, err = time.LoadLocation(s.Timezone); err != nil || s.Timezone == "" || s.Timezone == "Local" {
		r.fault(fmt.Sprintf("的时区 %q 不存在。", s.Timezone), "中国大陆请写 \"Asia/Shanghai\"。", "timezone")
		c.Location = time.UTC
	}
	c.IMAP = r.imap(&s.IMAP, c.Location)
	c.SMTP = r.smtp(&s.SMTP)
	c.Staff = Staff{
		DigestTo:   r.addresses(s.Staff.DigestTo, "staff", "digest_to"),
		AlertTo:    r.addresses(s.Staff.AlertTo, "staff", "alert_to"),
		SecurityTo: r.addresses(s.Staff.SecurityTo, "staff", "security_to"),
	}
	if len(c.Staff.SecurityTo) == 0 {
		c.Staff.SecurityTo = slices.Clone(c.Staff.AlertTo)
	}
	for i, id := range s.Sender.AuthservID {
		if id == "" || strings.ContainsAny(id, " \t;") {
			r.fault(fmt.Sprintf("中的 %q 不是服务器名称。", id), "请照信头 Authentication-Results 开头、分号之前的名称填写。", "sender", "authserv_id", fmt.Sprint(i))
		}
	}
	c.Limits = r.limits(&s.Limits)
	return c
}

// path makes a relative path start at the file's folder.
func (r *resolver) path(p string) string {
	if p == "" || filepath.IsAbs(p) {
		return p
	}
	return filepath.Join(r.dir, p)
}

func (r *resolver) imap(s *imapSettings, zone *time.Location) IMAP {
	out := IMAP{
		Server: Server{Host: s.Host, Port: s.Port, TLS: s.TLS, Insecure: s.Insecure, CAFile: r.path(s.CAFile), Username: s.Username,
			PasswordFile: r.path(s.PasswordFile)},
		Folders: s.Folders,
		Poll:    r.duration(s.Poll, time.Second, 24*time.Hour, "imap", "poll"),
		Timeout: r.duration(s.Timeout, time.Second, 10*time.Minute, "imap", "timeout"),
		Fates:   Fates(s.Fates), Keywords: Fates(s.Keywords),
	}
	r.server(&out.Server, "imap", map[string]int{"starttls": 143, "none": 143})
	if s.Username == "" {
		r.fault("不能为空。", "请填写邮箱账号，通常就是完整的邮箱地址。", "imap", "username")
	}
	r.folders(s)
	if s.AnswerSince != "" {
		since, ok := moment(s.AnswerSince, zone)
		if !ok {
			r.fault(fmt.Sprintf("的时间 %q 读不懂。", s.AnswerSince), "请写成 \"2024-06-01\" 或 \"2024-06-01T08:00:00+08:00\"，或留空。", "imap", "answer_since")
		}
		out.AnswerSince = since
	}
	return out
}

// folders refuses a fate that would be polled again, and folders named twice.
func (r *resolver) folders(s *imapSettings) {
	if len(s.Folders) == 0 {
		r.fault("至少要有一个文件夹。", "收件箱写作 [\"INBOX\"]。", "imap", "folders")
	}
	polled := map[string]bool{}
	for i, f := range s.Folders {
		switch key := folderKey(f); {
		case f == "":
			r.fault("中有空的文件夹名。", "请填写名称，或删除这一项。", "imap", "folders", fmt.Sprint(i))
		case polled[key]:
			r.fault(fmt.Sprintf("中 %s 写了两次。", f), "请只保留一处。", "imap", "folders", fmt.Sprint(i))
		default:
			polled[key] = true
		}
	}
	for key, folder := range s.Fates.each() {
		if folder != "" && polled[folderKey(folder)] {
			r.fault(fmt.Sprintf("的 %s 也在 folders 中，移过去的邮件会再收一次。", folder), "请换一个文件夹，或留空（邮件留在原处）。", "imap", "fates", key)
		}
	}
	for key, keyword := range s.Keywords.each() {
		if keyword != "" && !keywordForm.MatchString(keyword) {
			r.fault(fmt.Sprintf("的 %q 不能用作标记。", keyword), "只能用英文字母、数字和 $ - _ .，最长 64 个字符，例如 \"$Filed\"；中文名称请用文件夹。", "imap", "keywords", key)
		}
	}
}

// keywordForm is what every server takes as a keyword: an atom (RFC 3501, 9: flag-keyword) of the usual length.
var keywordForm = regexp.MustCompile(`^[A-Za-z0-9$_.-]{1,64}$`)

// each gives key and name of every fate, in the order of the file.
func (f fatesSettings) each() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for _, fate := range [][2]string{{"filed", f.Filed}, {"returned", f.Returned}, {"held", f.Held}, {"ignored", f.Ignored}, {"failed", f.Failed}} {
			if !yield(fate[0], fate[1]) {
				return
			}
		}
	}
}

// folderKey compares folder names: INBOX in any case is the same (RFC 3501, 5.1).
func folderKey(name string) string {
	if strings.EqualFold(name, "INBOX") {
		return "INBOX"
	}
	return name
}

func (r *resolver) smtp(s *smtpSettings) SMTP {
	out := SMTP{
		Server: Server{Host: s.Host, Port: s.Port, TLS: s.TLS, Insecure: s.Insecure, CAFile: r.path(s.CAFile), Username: s.Username,
			PasswordFile: r.path(s.PasswordFile)},
		Pace:             r.duration(s.Pace, 0, time.Hour, "smtp", "pace"),
		PerAddressPerDay: r.number(s.PerAddressPerDay, 1, 10000, "smtp", "per_address_per_day"),
		PerHour:          r.number(s.PerHour, 1, 100000, "smtp", "per_hour"),
	}
	r.server(&out.Server, "smtp", map[string]int{"starttls": 587, "none": 25})
	from, err := mail.ParseAddress(s.From)
	if err != nil || !plain(from.Address) {
		r.fault(fmt.Sprintf("%q 不是发信人地址。", s.From), "请写成 \"省中小企业局 <box@example.org>\"，尖括号和 @ 用半角。", "smtp", "from")
	} else {
		out.From = *from
	}
	if len(s.Retry) == 0 {
		r.fault("至少要有一个等待时间。", "例如 retry = [\"2m\", \"15m\", \"1h\"]。", "smtp", "retry")
	}
	for i, text := range s.Retry {
		out.Retry = append(out.Retry, r.duration(text, time.Second, 30*24*time.Hour, "smtp", "retry", fmt.Sprint(i)))
	}
	return out
}

// server checks what IMAP and SMTP have in common; ports are those of the other ways of TLS.
func (r *resolver) server(s *Server, table string, ports map[string]int) {
	switch {
	case s.Host == "":
		r.fault("不能为空。", "请填写服务器名称，例如 \"imap.163.com\"；政务邮箱请问信息中心。", table, "host")
	case strings.ContainsAny(s.Host, ":/ \t@") && net.ParseIP(s.Host) == nil:
		r.fault(fmt.Sprintf("%q 不是服务器名称。", s.Host), "只写名称，不带 imap://、端口和空格；端口写在 port 里。", table, "host")
	}
	if port, ok := ports[s.TLS]; ok && !r.keys.Has(table, "port") {
		s.Port = port
	}
	s.Port = r.number(s.Port, 1, 65535, table, "port")
	switch s.TLS {
	case "implicit", "starttls":
	case "none":
		if !s.Insecure && !loopback(s.Host) {
			r.fault("为 none 时密码和邮件会明文传到别的机器。", "请改为 \"implicit\" 或 \"starttls\"；确实要不加密时加一行 insecure = true。", table, "tls")
		}
	default:
		r.fault(fmt.Sprintf("%q 不认识。", s.TLS), "只能是 \"implicit\"、\"starttls\" 或 \"none\"。", table, "tls")
	}
	if s.CAFile != "" {
		pem, err := os.ReadFile(s.CAFile)
		switch {
		case err != nil:
			r.fault("证书文件读不出来："+s.CAFile+"。", "请检查文件是否存在、有无读取权限；用公共证书的服务器不需要这一项，留空即可。", table, "ca_file")
		case !x509.NewCertPool().AppendCertsFromPEM(pem):
			r.fault(s.CAFile+" 里没有 PEM 格式的证书。", "请换成以 -----BEGIN CERTIFICATE----- 开头的文件。", table, "ca_file")
		}
	}
	if s.Username != "" && s.PasswordFile == "" {
		r.fault("不能为空。", "请填写存放密码（授权码）的文件，密码不写在本文件里。", table, "password_file")
	}
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func (r *resolver) limits(s *limitSettings) Limits {
	return Limits{
		Message:      r.size(s.Message, 1<<20, "limits", "message"),
		Unpacked:     r.size(s.Unpacked, 1<<20, "limits", "unpacked"),
		Files:        r.number(s.Files, 1, 1_000_000, "limits", "files"),
		Depth:        r.number(s.Depth, 1, 10, "limits", "depth"),
		ReaderMemory: r.size(s.ReaderMemory, 64<<20, "limits", "reader_memory"),
		ReaderTime:   r.duration(s.ReaderTime, time.Second, time.Hour, "limits", "reader_time"),
	}
}
