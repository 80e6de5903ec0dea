package main

import (
	"bytes"
	"errors"
	"html"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"baosong/intake/imaptest"
	"baosong/intake/message"
	"baosong/notify/smtptest"
	"baosong/parse/call"
	"baosong/sample"
)

// clickOffice is a whole set-up on loopback servers, driven through run alone.
type clickOffice struct {
	t    *testing.T
	dir  string
	imap *imaptest.Server
	smtp *smtptest.Server
}

func newClickOffice(t *testing.T, more string) *clickOffice {
	t.Helper()
	o := &clickOffice{t: t, dir: t.TempDir()}
	var err error
	if o.imap, err = imaptest.Start(imaptest.Options{Username: "box@example.org", Password: "secret"}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.imap.Close() })
	if o.smtp, err = smtptest.Start(smtptest.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.smtp.Close() })
	if err := errors.Join(
		call.Write(filepath.Join(o.dir, "calls", shippedCall), call.Default()),
		os.WriteFile(filepath.Join(o.dir, "baosong.toml"), []byte(configText("data", o.imap.Port, o.smtp.Port)+more), 0o600),
		os.WriteFile(filepath.Join(o.dir, "imap.password"), []byte("secret\n"), 0o600)); err != nil {
		t.Fatal(err)
	}
	return o
}

// run gives one command line, wants its exit status, and returns what it said.
func (o *clickOffice) run(want int, args ...string) string {
	o.t.Helper()
	var stdout, stderr bytes.Buffer
	args = append(args, "--config", filepath.Join(o.dir, "baosong.toml"))
	if got := run(o.t.Context(), args, &terminal{in: strings.NewReader(""), out: &stdout, err: &stderr}); got != want {
		o.t.Fatalf("baosong %v: exit status %d, want %d\n%s%s", args, got, want, &stdout, &stderr)
	}
	return stdout.String()
}

func (o *clickOffice) round(at string) {
	o.t.Helper()
	o.run(exitOK, "serve", "--once", "--at", "2024-06-"+at+":00+08:00")
}

func (o *clickOffice) deliver(at string, m sample.Mail) {
	o.t.Helper()
	when, err := time.Parse(time.RFC3339, "2024-06-"+at+":00+08:00")
	if err != nil {
		o.t.Fatal(err)
	}
	m.To, m.Date = "box@example.org", when
	if _, err := o.imap.Deliver("INBOX", m.Bytes(), when); err != nil {
		o.t.Fatal(err)
	}
}

// mails are the letters that an address has received, read back.
func (o *clickOffice) mails(to string) (out []*message.Message) {
	o.t.Helper()
	for _, m := range o.smtp.Received() {
		if m.To[0] != to {
			continue
		}
		read, err := message.Read(bytes.NewReader(m.Raw), o.t.TempDir(), message.Limits{})
		if err != nil {
			o.t.Fatal(err)
		}
		out = append(out, read)
	}
	return out
}

var mailto = regexp.MustCompile(`<a href="mailto:([^"?]+)\?subject=([^"&]+)&amp;body=([^"]+)"[^>]*>([^<]+)</a>`)

// click does what a mail program does with a link of the newest digest: it writes a mail with that subject and body.
func (o *clickOffice) click(label string) sample.Mail {
	o.t.Helper()
	mails := o.mails("staff@example.org")
	for i := len(mails) - 1; i >= 0; i-- {
		if !strings.HasPrefix(mails[i].Subject, "日报") {
			continue
		}
		for _, l := range mailto.FindAllStringSubmatch(mails[i].HTML, -1) {
			subject, err := url.PathUnescape(html.UnescapeString(l[2]))
			body, err2 := url.PathUnescape(html.UnescapeString(l[3]))
			if err := errors.Join(err, err2); err != nil {
				o.t.Fatal(err)
			}
			if l[1] != "box@example.org" {
				o.t.Fatalf("the answer goes to %s", l[1])
			}
			if html.UnescapeString(l[4]) == label {
				return sample.Mail{From: "staff@example.org", FromName: "业务员", Subject: subject, Text: body}
			}
		}
		o.t.Fatalf("no link %q in the digest:\n%s", label, mails[i].Text)
	}
	o.t.Fatal("no digest")
	return sample.Mail{}
}

func (o *clickOffice) material(unit, fault, from string) sample.Mail {
	o.t.Helper()
	files, err := material(unit, fault)
	if err != nil {
		o.t.Fatal(err)
	}
	return sample.Mail{From: from, Subject: "典型案例报送", Text: "请查收。", Attachments: files}
}

// TestOneClick takes a stranger's mail from the digest's button to the receipt, through the command line alone.
func TestOneClick(t *testing.T) {
	t.Parallel()
	o := newClickOffice(t, "")
	o.deliver("13T10:00", o.material("hefei", "", "wang@elsewhere.example"))
	o.round("13T11:00")
	o.round("14T08:30") // the digest
	answer := o.click("归到合肥市，记住地址")
	if !strings.Contains(answer.Subject, "办理：第 1 封来信归到合肥市，并记住此地址") || !strings.Contains(answer.Text, "只能用一次") || !strings.Contains(answer.Text, "在 6月21日 24 时前有效") {
		t.Errorf("subject %q, body %q", answer.Subject, answer.Text)
	}
	forged := answer
	forged.From = "evil@elsewhere.example"
	o.deliver("14T08:40", forged)
	o.round("14T08:41")
	if s := o.run(exitOK, "status", "--json", "--unit", "hefei"); !strings.Contains(s, `"none"`) {
		t.Fatalf("a stranger decided: %s", s)
	}
	if n := len(o.mails("evil@elsewhere.example")); n > 0 {
		t.Errorf("a stranger got %d letters", n)
	}
	o.deliver("14T08:50", answer)
	o.round("14T08:51")
	if s := o.run(exitOK, "status", "--json", "--unit", "hefei"); !strings.Contains(s, `"accepted"`) {
		t.Fatalf("not carried out: %s", s)
	}
	if got := o.mails("wang@elsewhere.example"); len(got) != 1 || !strings.HasPrefix(got[0].Subject, "回执") {
		t.Errorf("receipt: %d letters", len(got))
	}
	echoes := o.mails("staff@example.org")
	echo := echoes[len(echoes)-1]
	if !strings.HasPrefix(echo.Subject, "已办理：第 1 封来信") || !strings.Contains(echo.Text, "归到合肥市工业和信息化局") || !strings.Contains(echo.Text, "staff@example.org") || echo.InReplyTo == "" {
		t.Errorf("echo %q\n%s", echo.Subject, echo.Text)
	}
	if s := o.run(exitOK, "show", "hefei"); !strings.Contains(s, "staff@example.org  指定来信单位") || !strings.Contains(s, "日报中点选") {
		t.Errorf("history:\n%s", s)
	}
	o.deliver("14T09:30", answer) // once more
	o.round("14T09:31")
	o.round("17T08:30")
	mails := o.mails("staff@example.org")
	digest := mails[len(mails)-1].Text
	for _, want := range []string{"此链接此前已经用过", "可疑的一键处理", "evil@elsewhere.example"} {
		if !strings.Contains(digest, want) {
			t.Errorf("the digest does not say %q:\n%s", want, digest)
		}
	}
	o.run(exitOK, "verify")
	if st, err := os.Stat(filepath.Join(o.dir, "data", "decision.key")); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("the key: %v, %v", st, err)
	}
}

// TestHeldReminders lets staff look at mass mail first, and release it by a click or by the command line.
func TestHeldReminders(t *testing.T) {
	t.Parallel()
	o := newClickOffice(t, "[schedule]\nhold_reminders = true\n")
	o.round("13T08:00")
	o.round("14T09:01") // T-5
	if n := len(o.smtp.Received()); n != 1 {
		t.Fatalf("%d letters went, want the digest alone", n)
	}
	held := o.run(exitOK, "letters", "--state", "held")
	if n := strings.Count(held, "催报"); n != 16 {
		t.Fatalf("%d reminders are held:\n%s", n, held)
	}
	id := strings.Fields(strings.Split(held, "\n")[1])[0]
	if raw := o.run(exitOK, "letters", "show", id); !strings.Contains(raw, "Subject: ") {
		t.Errorf("letters show: %s", raw)
	}
	o.run(exitOK, "release", "--letter", id)
	o.run(exitConflict, "release", "--letter", id)
	o.run(exitNotFound, "release", "--letter", "999")
	if n := strings.Count(o.run(exitOK, "letters", "--state", "due"), "催报"); n != 1 { // due at the hour of the system clock
		t.Fatalf("%d are due after one release", n)
	}
	o.round("17T08:30") // the digest offers the other fifteen
	o.deliver("17T08:35", o.click("全部放行"))
	o.round("17T08:36")
	if n := strings.Count(o.run(exitOK, "letters", "--state", "held"), "催报"); n != 0 {
		t.Errorf("%d are still held", n)
	}
	// The one that was released at the hour of the system clock does not wait for it: to the rehearsal that clock goes far ahead.
	if n := len(o.smtp.Received()); n != 1+1+16+1 {
		t.Errorf("%d letters, want the digest, sixteen reminders and the echo more", n)
	}
	o.round("18T09:01") // T-3: held again
	o.round("20T09:01") // T-1: takes the place of T-3
	if n := strings.Count(o.run(exitOK, "letters", "--state", "held"), "催报"); n != 16 {
		t.Errorf("%d are held, want the newest of each unit", n)
	}
}

// TestDecisionsAreTold follows accept, waive, withdraw, extend and postpone to the letters that they bring about.
func TestDecisionsAreTold(t *testing.T) {
	t.Parallel()
	o := newClickOffice(t, "")
	city := call.Default().Units[2].Addresses[0] // bengbu
	o.deliver("13T10:00", o.material("bengbu", "direction", city))
	o.round("13T11:00")
	o.run(exitNotFound, "accept", "9", "--why", "x")
	o.run(exitOK, "accept", "1", "--why", "领导同意")
	o.run(exitConflict, "accept", "1", "--why", "x")
	o.run(exitNotFound, "waive", "99", "--why", "x")
	o.run(exitOK, "withdraw", "1", "--why", "该市来函撤回")
	o.run(exitConflict, "withdraw", "1", "--why", "x")
	o.run(exitOK, "extend", "all", "--until", "2024-06-26", "--why", "省厅通知延期")
	o.run(exitOK, "postpone", "wuhu", "--until", "2024-06-28", "--why", "已电话确认")
	list := o.run(exitOK, "letters", "--state", "due") // due at the hour of the system clock
	if n := strings.Count(list, "办理结果"); n != 2+16 {
		t.Errorf("%d letters follow:\n%s", n, list)
	}
	var told []string
	for _, line := range strings.Split(list, "\n") {
		if f := strings.Fields(line); len(f) > 3 && f[2] == "bengbu" {
			raw := o.run(exitOK, "letters", "show", f[0])
			m, err := message.Read(strings.NewReader(raw), t.TempDir(), message.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			told = append(told, m.Subject+m.Text)
			if len(m.To) != 1 || m.To[0].Address != city {
				t.Errorf("it goes to %v", m.To)
			}
		}
	}
	for i, want := range []string{"领导同意", "来函撤回", "6月26日"} {
		if i >= len(told) || !strings.HasPrefix(told[i], "办理结果") || !strings.Contains(told[i], want) {
			t.Fatalf("the city is told: %q", told)
		}
	}
}

// TestPreviewCommand words every letter and queues none.
func TestPreviewCommand(t *testing.T) {
	t.Parallel()
	o := newClickOffice(t, "")
	city := call.Default().Units[2].Addresses[0]
	o.deliver("13T10:00", o.material("bengbu", "direction", city))
	o.round("13T11:00")
	for _, kind := range []string{"receipt", "correction", "nil", "preview", "query", "decision", "done", "reminder", "alert", "digest"} {
		if s := o.run(exitOK, "preview", kind); !strings.HasPrefix(s, "主题：") {
			t.Errorf("preview %s: %q", kind, s)
		}
	}
	o.run(exitUsage, "preview", "love-letter")
	o.run(exitNotFound, "preview", "reminder", "--unit", "nowhere")
	o.run(exitConflict, "preview", "receipt", "--unit", "hefei") // has sent nothing
	if s := o.run(exitOK, "preview", "correction", "--unit", "bengbu"); !strings.Contains(s, "蚌埠市工业和信息化局：") || !strings.Contains(s, "BS-2024-0001") || !strings.Contains(s, "附件：") {
		t.Errorf("%s", s)
	}
	if s := o.run(exitOK, "preview", "reminder", "--unit", "hefei", "--at", "2024-06-19T09:00:00+08:00"); !strings.Contains(s, "合肥市工业和信息化局：") || !strings.Contains(s, "距截止还有 2 个工作日") {
		t.Errorf("%s", s)
	}
	page := filepath.Join(o.dir, "page.html")
	o.run(exitOK, "preview", "query", "--unit", "bengbu", "--html", page)
	if b, err := os.ReadFile(page); err != nil || !bytes.Contains(b, []byte("<html")) {
		t.Errorf("%v", err)
	}
	if n := len(o.smtp.Received()); n != 2 {
		t.Errorf("a preview sent something: %d letters", n)
	}
}
