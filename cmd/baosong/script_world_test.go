package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"baosong/intake/imaptest"
	"baosong/notify/smtptest"
	"baosong/parse/call"
	"baosong/sample"
)

// world is what the commands of one script share: its folder and, once started, its mail servers.
type world struct {
	dir  string
	imap *imaptest.Server
	smtp *smtptest.Server
}

type worldName struct{}

var worldKey = worldName{}

func worldOf(ts *testscript.TestScript) *world {
	w, ok := ts.Value(worldKey).(*world)
	if !ok {
		ts.Fatalf("internal error: no world")
	}
	return w
}

// scriptSample writes what a unit would attach: 汇总表.xlsx, one .docx for each of two cases, 培育举措.docx. A fault spoils it:
// direction (a direction outside the list), no-measures, no-file (the first case file is missing), id-number, secret (a secrecy
// mark), zip (all of it in one archive with names in GBK).
func scriptSample(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 || len(args) > 3 {
		ts.Fatalf("usage: sample UNIT DIR [FAULT]")
	}
	fault := ""
	if len(args) == 3 {
		fault = args[2]
	}
	files, err := material(args[0], fault)
	ts.Check(err)
	dir := ts.MkAbs(args[1])
	ts.Check(os.MkdirAll(dir, 0o755))
	for _, f := range files {
		ts.Check(os.WriteFile(filepath.Join(dir, f.Name), f.Data, 0o644))
	}
}

func material(unit, fault string) ([]sample.File, error) {
	c := call.Default()
	u, ok := c.Unit(unit)
	if !ok {
		return nil, fmt.Errorf("no unit %q", unit)
	}
	cases := sample.Cases(c, u, 2)
	rows := append([]sample.Case{}, cases...)
	switch fault {
	case "direction":
		rows[1].Direction = "数字化转型"
	case "id-number":
		cases[0].Paragraphs, rows[0].Note = 3, "身份证号 11010519491231002X"
	case "secret":
		cases[0].Body = "机密★5年 " + cases[0].Body
	}
	summary, err := sample.Summary(c, u, rows)
	if err != nil {
		return nil, err
	}
	summary.Name = "汇总表.xlsx"
	files := []sample.File{summary}
	for i, k := range cases {
		f := sample.CaseFile(k)
		f.Name = fmt.Sprintf("案例%d.docx", i+1)
		if fault != "no-file" || i > 0 {
			files = append(files, f)
		}
	}
	if fault != "no-measures" {
		m := sample.Measures(u.City)
		m.Name = "培育举措.docx"
		files = append(files, m)
	}
	if fault == "zip" {
		return []sample.File{sample.Zip("报送材料.zip", u.City+"报送材料", files)}, nil
	}
	return files, nil
}

// scriptMail writes a mail of a unit to a file: mail FILE UNIT [key=value ...] [attachments ...]; keys are from, subject, text,
// header, date. A folder among the attachments means all files in it.
func scriptMail(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: mail FILE UNIT [key=value ...] [FILE|DIR ...]")
	}
	u, ok := call.Default().Unit(args[1])
	if !ok {
		ts.Fatalf("no unit %q", args[1])
	}
	m := sample.Mail{From: u.Addresses[0], FromName: u.Name, To: "box@example.org", Subject: u.City + "典型案例报送", Text: "请查收。",
		Date: on("06-13", "10:00")}
	for _, a := range args[2:] {
		key, value, set := strings.Cut(a, "=")
		if !set {
			m.Attachments = append(m.Attachments, filesAt(ts, a)...)
			continue
		}
		switch key {
		case "from":
			m.From, m.FromName = value, ""
		case "subject":
			m.Subject = value
		case "text":
			m.Text = value
		case "header":
			m.Headers = append(m.Headers, value)
		case "date":
			at, err := time.Parse(time.RFC3339, value)
			ts.Check(err)
			m.Date = at
		default:
			ts.Fatalf("no key %q", key)
		}
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), m.Bytes(), 0o644))
}

func filesAt(ts *testscript.TestScript, name string) []sample.File {
	paths := []string{ts.MkAbs(name)}
	if st, err := os.Stat(paths[0]); err == nil && st.IsDir() {
		paths, err = filepath.Glob(filepath.Join(paths[0], "*"))
		ts.Check(err)
	}
	var out []sample.File
	for _, p := range paths {
		data, err := os.ReadFile(p)
		ts.Check(err)
		out = append(out, sample.File{Name: filepath.Base(p), Data: data})
	}
	return out
}

// configText is a whole configuration for servers on loopback ports.
func configText(data string, imapPort, smtpPort int) string {
	return fmt.Sprintf(`data_dir = %q
calls = ["calls/%s"]
[imap]
host = "127.0.0.1"
port = %d
tls = "none"
username = "box@example.org"
password_file = "imap.password"
answer_since = "2024-06-01T00:00:00+08:00"
poll = "1s"
[imap.fates]
filed = "已收"
returned = "待补正"
held = "待核实"
ignored = "不需处理"
failed = "异常"
[smtp]
host = "127.0.0.1"
port = %d
tls = "none"
from = "省中小企业局 <box@example.org>"
pace = "0s"
[staff]
digest_to = ["staff@example.org"]
alert_to = ["staff@example.org"]
security_to = ["security@example.org"]
`, data, shippedCall, imapPort, smtpPort)
}

// scriptServers starts both servers and writes the set-up into the script's folder.
func scriptServers(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: servers")
	}
	w := worldOf(ts)
	var err error
	w.imap, err = imaptest.Start(imaptest.Options{Username: "box@example.org", Password: "secret"})
	ts.Check(err)
	ts.Defer(func() { w.imap.Close() })
	// What is sent to the box itself, such as doctor's probe, arrives there.
	w.smtp, err = smtptest.Start(smtptest.Options{OnMail: func(m smtptest.Mail) {
		if slices.Contains(m.To, "box@example.org") {
			if _, err := w.imap.Deliver("INBOX", m.Raw, on("06-13", "06:00")); err != nil {
				ts.Logf("delivering to the box: %v", err)
			}
		}
	}})
	ts.Check(err)
	ts.Defer(func() { w.smtp.Close() })
	ts.Check(errors.Join(
		call.Write(filepath.Join(w.dir, "calls", shippedCall), call.Default()),
		os.WriteFile(filepath.Join(w.dir, "baosong.toml"), []byte(configText("data", w.imap.Port, w.smtp.Port)), 0o600),
		os.WriteFile(filepath.Join(w.dir, "imap.password"), []byte("secret\n"), 0o600)))
}

func scriptDeliver(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 || len(args) > 3 {
		ts.Fatalf("usage: deliver TIME FILE [FOLDER]")
	}
	at, err := time.Parse(time.RFC3339, args[0])
	ts.Check(err)
	folder := "INBOX"
	if len(args) == 3 {
		folder = args[2]
	}
	raw, err := os.ReadFile(ts.MkAbs(args[1]))
	ts.Check(err)
	_, err = worldOf(ts).imap.Deliver(folder, raw, at)
	ts.Check(err)
}

// scriptReceived counts the letters that went out since the script began, to anybody or to one address.
func scriptReceived(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 || len(args) > 2 {
		ts.Fatalf("usage: received N [ADDRESS]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	n := 0
	var seen bytes.Buffer
	for _, m := range worldOf(ts).smtp.Received() {
		fmt.Fprintf(&seen, "%v\n", m.To)
		if len(args) == 1 || len(m.To) > 0 && m.To[0] == args[1] {
			n++
		}
	}
	if n != want {
		ts.Fatalf("%d letters, want %d; all went to:\n%s", n, want, &seen)
	}
}

// scriptRefuse scripts the SMTP server's refusals.
func scriptRefuse(ts *testscript.TestScript, neg bool, args []string) {
	script := smtptest.Script{}
	if len(args) == 2 {
		code, err := strconv.Atoi(args[1])
		ts.Check(err)
		script.Recipients = map[string]smtptest.Reply{args[0]: {Code: code, Text: "refused by the script"}}
	}
	worldOf(ts).smtp.Script(script)
}

// scriptConnected waits until a client has given the IMAP server a command.
func scriptConnected(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: connected COMMAND")
	}
	deadline, tick := time.After(time.Minute), time.NewTicker(20*time.Millisecond)
	defer tick.Stop()
	for {
		given := worldOf(ts).imap.Commands()
		if slices.ContainsFunc(given, func(c string) bool { return strings.HasPrefix(c, args[0]) }) {
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			ts.Fatalf("no %s within a minute, only %q", args[0], given)
		}
	}
}
