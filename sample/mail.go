package sample

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"baosong/parse/charset"
)

// Style is the mail program that a mail looks like.
type Style int

const (
	Outlook Style = iota // UTF-8 encoded words, name= and filename=
	QQ                   // gb18030 encoded words, tencent Message-ID
	Foxmail              // GBK bytes raw in the names
)

// Mail is a mail in the making.
type Mail struct {
	Style       Style
	From        string // address
	FromName    string
	To          string
	Subject     string
	Text        string
	Date        time.Time
	ID          string // left part of the Message-ID; made from date and sender when empty
	InReplyTo   string
	Headers     []string // further header lines
	Attachments []File
}

// Bytes renders the mail with CRLF line ends.
func (m Mail) Bytes() []byte {
	var b bytes.Buffer
	line := func(format string, a ...any) { fmt.Fprintf(&b, format+"\r\n", a...) }
	id := m.ID
	if id == "" {
		id = fmt.Sprintf("%d.%s", m.Date.UnixNano(), strings.ReplaceAll(m.From, "@", "."))
	}
	if m.Style == QQ {
		id = "tencent_" + id
	}
	line("From: %s <%s>", m.word(m.FromName), m.From)
	line("To: <%s>", m.To)
	line("Subject: %s", m.word(m.Subject))
	line("Date: %s", m.Date.Format(time.RFC1123Z))
	line("Message-ID: <%s@mail.example>", id)
	if m.InReplyTo != "" {
		line("In-Reply-To: %s", m.InReplyTo)
		line("References: %s", m.InReplyTo)
	}
	for _, h := range m.Headers {
		line("%s", h)
	}
	line("MIME-Version: 1.0")
	if len(m.Attachments) == 0 {
		m.text(&b)
		return b.Bytes()
	}
	boundary := "----=_Part_" + fmt.Sprintf("%x", m.Date.UnixNano())
	line("Content-Type: multipart/mixed; boundary=\"%s\"", boundary)
	line("")
	line("--%s", boundary)
	m.text(&b)
	for _, f := range m.Attachments {
		line("--%s", boundary)
		name := m.word(f.Name)
		if m.Style == Foxmail {
			name = string(charset.GB18030(f.Name))
		}
		line("Content-Type: application/octet-stream; name=\"%s\"", name)
		line("Content-Transfer-Encoding: base64")
		line("Content-Disposition: attachment; filename=\"%s\"", name)
		line("")
		base64Lines(&b, f.Data)
	}
	line("--%s--", boundary)
	return b.Bytes()
}

func (m Mail) text(b *bytes.Buffer) {
	label, body := "utf-8", []byte(m.Text)
	if m.Style != Outlook {
		label, body = "gb2312", charset.GB18030(m.Text)
	}
	fmt.Fprintf(b, "Content-Type: text/plain; charset=%s\r\nContent-Transfer-Encoding: base64\r\n\r\n", label)
	base64Lines(b, body)
}

func (m Mail) word(s string) string {
	if m.Style == Outlook {
		return "=?UTF-8?B?" + base64.StdEncoding.EncodeToString([]byte(s)) + "?="
	}
	return "=?gb18030?B?" + base64.StdEncoding.EncodeToString(charset.GB18030(s)) + "?="
}

func base64Lines(b *bytes.Buffer, data []byte) {
	s := base64.StdEncoding.EncodeToString(data)
	for len(s) > 76 {
		b.WriteString(s[:76] + "\r\n")
		s = s[76:]
	}
	b.WriteString(s + "\r\n")
}
