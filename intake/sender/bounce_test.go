package sender

import (
	"context"
	"reflect"
	"strings"
	"testing"
)

// Delivery reports as mail systems write them.
var (
	dsn = lines(`Return-Path: <>
From: MAILER-DAEMON@mx.example (Mail Delivery System)
To: box@example.org
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
Content-Type: multipart/report; report-type=delivery-status; boundary="BB"

--BB
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.example.

<jxj@hefei.example>: host mail.hefei.example said: 550 5.1.1 User unknown

--BB
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; jxj@hefei.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <jxj@hefei.example>:
    User unknown

--BB
Content-Type: message/rfc822

From: box@example.org
To: jxj@hefei.example
Message-ID: <baosong.42@example.org>
Subject: x

hello
--BB--
`)
	dsnHeaders = strings.Replace(strings.Replace(dsn, "Content-Type: message/rfc822", "Content-Type: text/rfc822-headers", 1), "\r\n\r\nhello", "", 1)
	mdn        = lines(`From: jxj@hefei.example
To: box@example.org
Subject: Read: x
Content-Type: multipart/report; report-type=disposition-notification; boundary="BB"

--BB
Content-Type: text/plain

Your message was displayed.
--BB
Content-Type: message/disposition-notification

Final-Recipient: rfc822; jxj@hefei.example
Original-Message-ID: <baosong.42@example.org>
Disposition: manual-action/MDN-sent-manually; displayed
--BB--
`)
	arf = lines(`From: abuse@isp.example
To: box@example.org
Subject: complaint
Content-Type: multipart/report; report-type=feedback-report; boundary="BB"

--BB
Content-Type: text/plain

This is an email abuse report.
--BB
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: x/1
--BB--
`)
	qmail = lines(`From: MAILER-DAEMON@mx.example
To: box@example.org
Subject: failure notice

Hi. This is the qmail-send program at mx.example.
I'm afraid I wasn't able to deliver your message to the following addresses.

<jxj@hefei.example>:
192.0.2.1 does not like recipient.
Remote host said: 550 5.1.1 no such user

--- Below this line is a copy of the message.

Return-Path: <box@example.org>
Message-ID: <baosong.42@example.org>
To: jxj@hefei.example
`)
	chinese = lines(`From: Postmaster@mx.example
To: box@example.org
Subject: =?UTF-8?B?57O757uf6YCA5L+h?=
References: <baosong.42@example.org>
Content-Type: text/html; charset=utf-8

<html><body><p>抱歉，您的邮件被退回来了……</p><table><tr><td>原邮件信息：</td></tr>
<tr><td>收件人：jxj@hefei.example</td></tr><tr><td>退信原因：收件人邮箱不存在 550 5.1.1 Mailbox not found</td></tr></table></body></html>
`)
	// delayed: the system goes on trying.
	delayed = strings.NewReplacer("Status: 5.1.1", "Status: 4.4.1", "Action: failed", "Action: delayed").Replace(dsn)
)

func lines(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }

// TestReturned: a bounce names the letter that it returns, the addresses and the reason.
func TestReturned(t *testing.T) {
	t.Parallel()
	to := []string{"jxj@hefei.example"}
	for _, c := range []struct {
		name, raw string
		want      Returned
	}{
		{"report with the mail", dsn, Returned{"<baosong.42@example.org>", to, "5.1.1", "smtp; 550 5.1.1 <jxj@hefei.example>: User unknown"}},
		{"report with its header", dsnHeaders, Returned{"<baosong.42@example.org>", to, "5.1.1", "smtp; 550 5.1.1 <jxj@hefei.example>: User unknown"}},
		{"delayed", delayed, Returned{"<baosong.42@example.org>", to, "4.4.1", "smtp; 550 5.1.1 <jxj@hefei.example>: User unknown"}},
		{"qmail", qmail, Returned{"<baosong.42@example.org>", to, "5.1.1", "Remote host said: 550 5.1.1 no such user"}},
		{"Chinese provider", chinese, Returned{"<baosong.42@example.org>", to, "5.1.1", "退信原因：收件人邮箱不存在 550 5.1.1 Mailbox not found"}},
		{"failed recipients in the header", mail("From: mailer-daemon@mx.example", "Subject: x", "X-Failed-Recipients: jxj@hefei.example, gxj@mail.example",
			"In-Reply-To: <baosong.42@example.org>"), Returned{"<baosong.42@example.org>", []string{"jxj@hefei.example", "gxj@mail.example"}, "", ""}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := Classify(context.Background(), read(t, c.raw), nil, roster(), options())
			if got.Kind != Bounce || got.Bounced == nil || !reflect.DeepEqual(*got.Bounced, c.want) {
				t.Errorf("got %s %+v, want %+v", got.Kind, got.Bounced, c.want)
			}
		})
	}
}

// TestReturnedThroughTencent: Tencent's enterprise mail puts a tag before the Message-ID of what it hands back.
func TestReturnedThroughTencent(t *testing.T) {
	t.Parallel()
	for name, raw := range map[string]string{"the mail": dsn, "its header": dsnHeaders, "the text": qmail} {
		raw = strings.ReplaceAll(raw, "Message-ID: <baosong", "Message-ID: <0123456789ABCDEF+baosong")
		got := Classify(context.Background(), read(t, raw), nil, roster(), options())
		if got.Bounced == nil || got.Bounced.MessageID != "<baosong.42@example.org>" {
			t.Errorf("%s: got %+v", name, got.Bounced)
		}
	}
}

// TestReturnedOurs: among several ids the one that is ours wins.
func TestReturnedOurs(t *testing.T) {
	t.Parallel()
	raw := mail("From: mailer-daemon@mx.example", "Subject: x", "References: <other@mx.example> <baosong.9@example.org> <third@mx.example>", "In-Reply-To: <other@mx.example>")
	got := Classify(context.Background(), read(t, raw), nil, roster(), options())
	if got.Bounced.MessageID != "<baosong.9@example.org>" {
		t.Errorf("got %q", got.Bounced.MessageID)
	}
}
