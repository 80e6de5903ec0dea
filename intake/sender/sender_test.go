package sender

import (
	"context"
	"slices"
	"strings"
	"testing"

	"baosong/intake/message"
	"baosong/parse/call"
)

// roster is a call of two cities and a county that counts for the second.
func roster() *call.Call {
	return &call.Call{Units: []call.Unit{
		{ID: "hefei", City: "合肥市", Active: true, Addresses: []string{"jxj@hefei.example", "gxj@mail.example", "@jx.hefei.example"}},
		{ID: "xuancheng", City: "宣城市", Active: true, Addresses: []string{"jxj@xuancheng.example"}},
		{ID: "guangde", City: "宣城市", County: "广德市", Addresses: []string{"jxj@guangde.example"}},
	}}
}

func options() Options {
	return Options{
		Own:          []string{"box@example.org"},
		OwnMessageID: func(id string) bool { return strings.HasPrefix(id, "<baosong.") },
		Assigned:     map[string]string{"li@private.example": "hefei"},
	}
}

func read(t testing.TB, raw string) *message.Message {
	t.Helper()
	m, err := message.Read(strings.NewReader(raw), t.TempDir(), message.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// mail makes a mail from header lines; the body is a short letter.
func mail(header ...string) string {
	return strings.Join(header, "\r\n") + "\r\nTo: box@example.org\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n各位好，材料见附件。\r\n"
}

const city = "From: =?UTF-8?B?5byg5LiJ?= <jxj@hefei.example>"

// TestKind: what is automatic is never a person, and a person is a person whatever words the subject holds.
func TestKind(t *testing.T) {
	t.Parallel()
	subject := func(s string) string { return mail(city, "Subject: "+s) }
	for _, c := range []struct {
		name, raw string
		want      Kind
		auto      string
	}{
		{"a person", subject("报送典型案例"), Person, "none"},
		{"about automatic replies", subject("关于自动回复设置的说明"), Person, "none"},
		{"begins with the word, goes on", subject("自动回复设置请教"), Person, "none"},
		{"an answer to an automatic reply", subject("Re: 自动回复: 您好"), Person, "none"},
		{"an answer to an automatic reply, in Chinese", subject("回复：自动回复：您好"), Person, "none"},
		{"about bounces", subject("关于退信问题"), Person, "none"},
		{"bounce word goes on", subject("退信原因请协助核实"), Person, "none"},
		{"reading is no receipt", subject("Read: 通知请看附件"), Person, "none"},
		{"forwards us a bounce", strings.Replace(subject("转发：发给你们的邮件退回来了"), "各位好", "Error message below:\r\n550 5.1.1 no such user\r\n-----Original Message-----\r\n各位好", 1), Person, "none"},
		{"自动回复", subject("自动回复: 您好"), AutoReply, "reply"},
		{"自动回复 with full-width colon", subject("自动回复：您的邮件已收到"), AutoReply, "reply"},
		{"自动回复 alone", subject("自动回复"), AutoReply, "reply"},
		{"自动回复 in brackets", subject("【自动回复】已收到"), AutoReply, "reply"},
		{"自动答复", subject("自动答复: 报送"), AutoReply, "reply"},
		{"不在办公室", subject("不在办公室: 报送"), AutoReply, "reply"},
		{"Automatic reply", subject("Automatic reply: x"), AutoReply, "reply"},
		{"Out of Office", subject("Out of Office AutoReply: x"), AutoReply, "reply"},
		{"Auto-Submitted", mail(city, "Subject: x", "Auto-Submitted: auto-replied"), AutoReply, "reply"},
		{"Auto-Submitted generated", mail(city, "Subject: x", "Auto-Submitted: auto-generated (by cron)"), AutoReply, "generated"},
		{"Auto-Submitted no", mail(city, "Subject: x", "Auto-Submitted: no"), Person, "none"},
		{"Auto-Submitted no with comment", mail(city, "Subject: x", "Auto-Submitted: no (person)"), Person, "none"},
		{"X-Autoreply", mail(city, "Subject: x", "X-Autoreply: yes"), AutoReply, "reply"},
		{"X-Autoreply no", mail(city, "Subject: x", "X-Autoreply: no"), Person, "none"},
		{"Exchange's suppress", mail(city, "Subject: x", "X-Auto-Response-Suppress: DR, OOF, AutoReply"), Person, "none"},
		{"Precedence bulk", mail(city, "Subject: x", "Precedence: bulk"), List, "list"},
		{"Precedence list", mail(city, "Subject: x", "Precedence: LIST"), List, "list"},
		{"Precedence first-class", mail(city, "Subject: x", "Precedence: first-class"), Person, "none"},
		{"List-Id", mail(city, "Subject: x", "List-Id: <l.example.org>"), List, "list"},
		{"empty Return-Path", mail("Return-Path: <>", city, "Subject: x"), AutoReply, "generated"},
		{"Return-Path of a person", mail("Return-Path: <jxj@hefei.example>", city, "Subject: x"), Person, "none"},
		{"mailer-daemon", mail("From: MAILER-DAEMON@mx.example", "Subject: hello"), Bounce, "bounce"},
		{"postmaster", mail("From: Postmaster <postmaster@mx.example>", "Subject: 系统退信"), Bounce, "bounce"},
		{"QQ's notices", mail("From: QQMail <10000@qq.com>", "Subject: 来自qq.com的退信"), Bounce, "bounce"},
		{"10000 elsewhere", mail("From: 10000@hefei.example", "Subject: x"), Person, "none"},
		{"系统退信", mail("From: system@mx.example", "Subject: 系统退信"), Bounce, "bounce"},
		{"退信 with colon", mail("From: system@mx.example", "Subject: 退信：报送"), Bounce, "bounce"},
		{"Undelivered", mail("From: system@mx.example", "Subject: Undelivered Mail Returned to Sender"), Bounce, "bounce"},
		{"our own address", mail("From: BOX@example.org", "Subject: x"), Ourselves, "generated"},
		{"our own letter", mail(city, "Subject: x", "Message-ID: <baosong.7@example.org>"), Ourselves, "generated"},
		{"nobody", mail("From: <>", "Subject: x"), AutoReply, "generated"},
		{"no-reply stranger", mail("From: no-reply@shop.example", "Subject: x"), AutoReply, "generated"},
		{"read receipt", mdn, AutoReply, "generated"},
		{"delivery report", dsn, Bounce, "bounce"},
		{"abuse report", arf, AutoReply, "generated"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := Classify(context.Background(), read(t, c.raw), nil, roster(), options())
			if got.Kind != c.want || Auto(got) != c.auto {
				t.Errorf("got %s (%s, %s), want %s (%s)", got.Kind, Auto(got), got.Why, c.want, c.auto)
			}
			if got.Kind != Person && (got.Why == "" || got.WhyText == "" || got.Believed) {
				t.Errorf("a machine without a reason, or believed: %+v", got)
			}
		})
	}
}

// TestWordsAloneAreNoProof: a rostered city's mail with files is a person's, whatever its subject begins with, unless its header
// says that a machine wrote it.
func TestWordsAloneAreNoProof(t *testing.T) {
	t.Parallel()
	with := func(name, content string, header ...string) string {
		return strings.Join(header, "\r\n") + "\r\nTo: box@example.org\r\nContent-Type: multipart/mixed; boundary=BB\r\n\r\n" +
			"--BB\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n材料见附件。\r\n" +
			"--BB\r\nContent-Type: application/octet-stream; name=" + name + "\r\nContent-Disposition: attachment; filename=" + name + "\r\n\r\n" + content + "\r\n--BB--\r\n"
	}
	const pdf = "%PDF-1.4\r\n%%EOF"
	stranger := "From: wang@other.example"
	for _, c := range []struct {
		name, raw string
		want      Kind
	}{
		{"sent again after it came back", with("a.pdf", pdf, city, "Subject: 退信：合肥市典型案例"), Person},
		{"sent as an automatic reply", with("a.pdf", pdf, city, "Subject: 自动回复：合肥市典型案例"), Person},
		{"sent in a tar.gz", with("a.tgz", "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03", city, "Subject: 自动回复：合肥市典型案例"), Person},
		{"without a file", mail(city, "Subject: 退信：合肥市典型案例"), Bounce},
		{"with a picture", with("logo.png", "\x89PNG\r\n\x1a\n0000", city, "Subject: 自动回复：您好"), AutoReply},
		{"with the mail that came back", with("a.eml", "From: box@example.org\r\nTo: jxj@hefei.example\r\nSubject: x\r\n\r\nx", city, "Subject: 退信：x"), Bounce},
		{"a stranger's", with("a.pdf", pdf, stranger, "Subject: 退信：合肥市典型案例"), Bounce},
		{"empty return path", with("a.pdf", pdf, "Return-Path: <>", city, "Subject: 自动回复：合肥市典型案例"), AutoReply},
		{"Auto-Submitted", with("a.pdf", pdf, city, "Subject: 自动回复：合肥市典型案例", "Auto-Submitted: auto-replied"), AutoReply},
		{"a mail system within the city's domain", with("a.pdf", pdf, "From: postmaster@jx.hefei.example", "Subject: 退信：x"), Bounce},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := Classify(context.Background(), read(t, c.raw), nil, roster(), options())
			if got.Kind != c.want {
				t.Errorf("got %s (%s), want %s", got.Kind, got.Why, c.want)
			}
		})
	}
}

// TestUnit: the roster's exact address, its domain, a county that stands for its city, and what staff assigned.
func TestUnit(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"jxj@hefei.example":       "hefei",
		"JXJ@Hefei.Example":       "hefei",
		"anyone@jx.hefei.example": "hefei",
		"other@hefei.example":     "",
		"jxj@guangde.example":     "xuancheng",
		"li@private.example":      "hefei",
		"wang@private.example":    "",
	} {
		got := Classify(context.Background(), read(t, mail("From: "+address, "Subject: x")), nil, roster(), options())
		if got.Unit != want || got.Believed != (want != "") {
			t.Errorf("%s: unit %q, believed %v; want %q", address, got.Unit, got.Believed, want)
		}
		if want == "" && got.Why != "stranger" {
			t.Errorf("%s: why %q", address, got.Why)
		}
	}
}

func TestReceiptNumber(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"回复：回执 BS-2024-0007 合肥市": "BS-2024-0007",
		"re: bs-2024-0007":       "BS-2024-0007",
		"回执号ＢＳ－２０２４－０００７。":       "BS-2024-0007",
		"BS—2024—0007":           "BS-2024-0007",
		"BS - 2024 - 0012":       "BS-2024-0012",
		"ABS-2024-0007":          "",
		"BS-24-7":                "",
		"BS-2024-12345":          "BS-2024-12345",
		"":                       "",
	} {
		if got := ReceiptNumber(in); got != want {
			t.Errorf("ReceiptNumber(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestNilCall(t *testing.T) {
	t.Parallel()
	got := Classify(context.Background(), read(t, mail(city, "Subject: x")), nil, nil, Options{})
	if got.Kind != Person || got.Unit != "" || got.Believed {
		t.Errorf("got %+v", got)
	}
}

// FuzzClassify: no mail makes it panic, and no machine is believed.
func FuzzClassify(f *testing.F) {
	for _, raw := range []string{dsn, mdn, arf, qmail, mail(city, "Subject: x"), mail(city, "Authentication-Results: mx.example.org; dkim=pass header.d=hefei.example")} {
		f.Add(raw)
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, raw string) {
		m, err := message.Read(strings.NewReader(raw), dir, message.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		o := options()
		o.AuthservID = []string{"mx.example.org"}
		c := Classify(context.Background(), m, nil, roster(), o)
		if c.Believed && (c.Kind != Person || c.Unit == "") {
			t.Errorf("believed: %+v", c)
		}
		if c.Kind == Bounce && (c.Bounced == nil || slices.Contains(c.Bounced.Recipients, "box@example.org")) {
			t.Errorf("bounce: %+v", c.Bounced)
		}
	})
}
