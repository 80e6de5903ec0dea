package main

import (
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"baosong/notify/smtptest"
	"baosong/sample"
)

// TestInjection sends subjects, names and file names that want to become header lines, mark-up or template actions. Letters and digest
// must show them as text, have no recipient but the sender, and no header of anybody else's making.
func TestInjection(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	const evil = "<script>alert(1)</script><img src=x onerror=alert(2)>{{.Call}}\r\nBcc: <evil@elsewhere.example>\r\nX-Evil: yes"
	files, err := material("hefei", "direction")
	if err != nil {
		t.Fatal(err)
	}
	files[0].Name = "<img src=x onerror=alert(3)>\r\nX-Evil: yes=1+1.xlsx"
	m := sample.Mail{From: "gxj@hefei.example", FromName: "<b>合肥</b>", To: "box@example.org", Subject: evil, Text: evil, Date: on("06-17", "16:00"), Attachments: files}
	raw := m.Bytes()
	s.put(raw, m.Date)
	stranger := sample.Mail{From: "someone@elsewhere.example", FromName: evil, To: "box@example.org", Subject: evil, Text: evil, Date: on("06-17", "16:01")}
	s.put(stranger.Bytes(), stranger.Date)
	s.round("06-18", "08:40") // with the digest of the day
	got := s.smtp.Received()
	if len(got) < 2 {
		t.Fatalf("%d letters, want an answer and a digest; messages %+v\n%.1500s", len(got), s.messages(), raw)
	}
	for _, l := range got {
		checkLetter(t, l)
	}
	s.must("digest", "--html", "digest.html")
	page, err := os.ReadFile(filepath.Join(s.dir, "digest.html"))
	if err != nil {
		t.Fatal(err)
	}
	harmless(t, "digest --html", string(page))
}

// checkLetter looks at a letter's envelope, header and HTML.
func checkLetter(t *testing.T, l smtptest.Mail) {
	t.Helper()
	for _, to := range l.To {
		if to != "gxj@hefei.example" && to != "staff@example.org" {
			t.Errorf("letter to %s", to)
		}
	}
	m, err := mail.ReadMessage(strings.NewReader(string(l.Raw)))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Bcc", "X-Evil"} {
		if v := m.Header.Get(name); v != "" {
			t.Errorf("header %s: %s", name, v)
		}
	}
	if subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil || strings.ContainsAny(subject, "\r\n") {
		t.Errorf("subject %q, %v", subject, err)
	}
	looked := 0
	eachHTML(t, m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), m.Body, func(html string) {
		looked++
		harmless(t, "letter to "+l.To[0], html)
	})
	if looked == 0 {
		t.Error("a letter without HTML: nothing was looked at")
	}
}

// harmless asks that nothing of what was sent has become mark-up.
func harmless(t *testing.T, what, html string) {
	t.Helper()
	for _, bad := range []string{"<script>alert", "<img src=x", "onerror=alert(1)>"} {
		if strings.Contains(html, bad) {
			t.Errorf("%s: %q is mark-up", what, bad)
		}
	}
	if !strings.Contains(html, "&lt;script&gt;") && !strings.Contains(html, "&lt;img") {
		t.Logf("%s shows nothing of it", what)
	}
}

// eachHTML walks a body's parts and calls see with each HTML part.
func eachHTML(t *testing.T, contentType, encoding string, body io.Reader, see func(string)) {
	t.Helper()
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasPrefix(kind, "multipart/") {
		parts := multipart.NewReader(body, params["boundary"])
		for {
			p, err := parts.NextRawPart()
			if err == io.EOF {
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			eachHTML(t, p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p, see)
		}
	}
	if kind != "text/html" {
		return
	}
	switch strings.ToLower(encoding) {
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	}
	b, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	see(string(b))
}
