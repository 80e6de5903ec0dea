package main

import (
	"strings"
	"testing"

	"baosong/intake/message"
	"baosong/parse/call"
	"baosong/sample"
)

// TestQuestion follows a mail without attachments, most likely a question: the city is not asked to mend anything, and staff
// are pointed to it.
func TestQuestion(t *testing.T) {
	t.Parallel()
	o := newClickOffice(t, "")
	city := call.Default().Units[2].Addresses[0] // bengbu
	o.deliver("13T10:00", sample.Mail{From: city, Subject: "请问案例可以报几个", Text: "请问可以报几个案例？"})
	o.round("13T10:01")
	got := o.mails(city)
	if len(got) != 1 || got[0].Subject != "来信收到：Re: 请问案例可以报几个" {
		t.Fatalf("answered by %d letters", len(got))
	}
	for _, no := range []string{"需要更正", "补正通知 "} {
		if strings.Contains(got[0].Text, no) {
			t.Errorf("the answer says %q:\n%s", no, got[0].Text)
		}
	}
	if !strings.Contains(got[0].Text, "· 培育举措") || !strings.Contains(got[0].Text, "零报告") {
		t.Errorf("the answer:\n%s", got[0].Text)
	}
	digests := o.mails("staff@example.org") // the first one of the day is of that very round
	if d := digests[len(digests)-1].Text; !strings.Contains(d, "可能是询问的来信") || !strings.Contains(d, "请问案例可以报几个（第 1 封）") {
		t.Errorf("the digest:\n%s", d)
	}
	if s := o.run(exitOK, "show", "--message", "1"); !strings.Contains(s, "发件人："+city) || !strings.Contains(s, "文件夹 待补正，UID 1") ||
		!strings.Contains(s, "说明：　邮件没有附件") || !strings.Contains(s, "来信已登记") {
		t.Errorf("show:\n%s", s)
	}
}

// TestAcceptedAsItIs: what staff have accepted is no more to be mended, in the letter as in the status.
func TestAcceptedAsItIs(t *testing.T) {
	t.Parallel()
	o := newClickOffice(t, "")
	city := call.Default().Units[2].Addresses[0] // bengbu
	o.deliver("13T10:00", o.material("bengbu", "direction", city))
	o.round("13T11:00")
	o.run(exitOK, "accept", "1", "--why", "领导同意")
	if s := o.run(exitOK, "status", "--json", "--unit", "bengbu"); !strings.Contains(s, `"errors_open": 0`) || !strings.Contains(s, `"accepted"`) {
		t.Errorf("status: %s", s)
	}
	m, err := message.Read(strings.NewReader(o.run(exitOK, "letters", "show", "3")), t.TempDir(), message.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(m.Text, "按现状接收的有：") || strings.Contains(m.Text, "待更正") || len(m.Attachments) > 0 {
		t.Errorf("%d attachments\n%s", len(m.Attachments), m.Text)
	}
}

// TestPhotographs: whether photographs show material of the call nobody has read; the city is told that, and what to send.
func TestPhotographs(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nil)
	l := o.one(o.send("hefei", "材料", sample.File{Name: "IMG_0618.png", Data: []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00:~\x9bU")}))
	says(t, l, "来信收到", "图片里的文字系统读不出来", "请发表格文件", "IMG_0618.png")
	silent(t, l, "不是本次征集的材料")
}
