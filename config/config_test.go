package config_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"baosong/config"
	"baosong/tomlfile"
)

// write puts a configuration into a folder of its own.
func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "baosong.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func load(t *testing.T, text string) *config.Config {
	t.Helper()
	c, err := config.Load(write(t, text))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// least is the shortest file that loads.
const least = `
calls = ["calls/a"]
[imap]
host = "imap.example.org"
username = "box@example.org"
password_file = "imap.password"
[smtp]
host = "smtp.example.org"
from = "box@example.org"
`

func TestDefaults(t *testing.T) {
	t.Parallel()
	path := write(t, least)
	c, err := config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Dir(path)
	if c.Calls[0] != filepath.Join(dir, "calls/a") || c.IMAP.PasswordFile != filepath.Join(dir, "imap.password") {
		t.Errorf("relative paths: %q, %q", c.Calls, c.IMAP.PasswordFile)
	}
	for _, row := range []struct {
		name      string
		got, want any
	}{
		{"data_dir", c.DataDir, "/var/lib/baosong"},
		{"timezone", c.Location.String(), "Asia/Shanghai"},
		{"imap.port", c.IMAP.Port, 993},
		{"imap.tls", c.IMAP.TLS, "implicit"},
		{"folders", c.IMAP.Folders, []string{"INBOX"}},
		{"poll", c.IMAP.Poll, time.Minute},
		{"timeout", c.IMAP.Timeout, 30 * time.Second},
		{"answer_since", c.IMAP.AnswerSince.IsZero(), true},
		{"fates", c.IMAP.Fates, config.Fates{}},
		{"keywords", c.IMAP.Keywords, config.Fates{}},
		{"smtp.port", c.SMTP.Port, 465},
		{"from", c.SMTP.From.Address, "box@example.org"},
		{"pace", c.SMTP.Pace, 2 * time.Second},
		{"ceilings", []int{c.SMTP.PerAddressPerDay, c.SMTP.PerHour}, []int{20, 200}},
		{"retry", c.SMTP.Retry, []time.Duration{2 * time.Minute, 15 * time.Minute, time.Hour, 4 * time.Hour, 12 * time.Hour, 24 * time.Hour}},
		{"cron", []string{c.Schedule.Digest, c.Schedule.Reminders}, []string{"30 8 * * *", "0 9 * * *"}},
		{"limits", c.Limits, config.Limits{Message: 200 << 20, Unpacked: 1 << 30, Files: 2000, Depth: 3, ReaderMemory: 512 << 20, ReaderTime: time.Minute}},
	} {
		if !reflect.DeepEqual(row.got, row.want) {
			t.Errorf("%s = %v, want %v", row.name, row.got, row.want)
		}
	}
}

func TestValues(t *testing.T) {
	t.Parallel()
	c := load(t, `
data_dir = "/srv/报送"
calls = ["/a", "b"]
timezone = "Asia/Urumqi"
[imap]
host = "127.0.0.1"
tls = "none"
username = "box@example.org"
password_file = "/p"
answer_since = "2024-06-01"
folders = ["inbox", "垃圾邮件"]
poll = "1s"
[imap.fates]
filed = "已收"
[imap.keywords]
held = "$Held"
[smtp]
host = "localhost"
tls = "starttls"
from = "省中小企业局 <box@example.org>"
pace = "0s"
[sender]
authserv_id = ["mx.example.org"]
require = true
[staff]
alert_to = ["值班 <duty@example.org>", "staff@example.org"]
[limits]
message = "5000 kb"
`)
	for _, row := range []struct {
		name      string
		got, want any
	}{
		{"ports by tls", []int{c.IMAP.Port, c.SMTP.Port}, []int{143, 587}},
		{"from", c.SMTP.From.Name, "省中小企业局"},
		{"answer_since", c.IMAP.AnswerSince.Format(time.RFC3339), "2024-06-01T00:00:00+06:00"},
		{"alert_to", c.Staff.AlertTo, []string{"duty@example.org", "staff@example.org"}},
		{"security_to falls back", c.Staff.SecurityTo, c.Staff.AlertTo},
		{"size", c.Limits.Message, int64(5000 << 10)},
		{"fate", c.IMAP.Fates.Filed, "已收"},
		{"keyword", c.IMAP.Keywords, config.Fates{Held: "$Held"}},
	} {
		if !reflect.DeepEqual(row.got, row.want) {
			t.Errorf("%s = %v, want %v", row.name, row.got, row.want)
		}
	}
}

// TestFaults reads the files of testdata, each named for its fault. The lines after "# want" at the end say what must be
// reported: line:column, then parts of the text.
func TestFaults(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.toml")
	if err != nil || len(files) < 20 {
		t.Fatalf("testdata holds %d files, %v", len(files), err)
	}
	for _, path := range files {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".toml"), func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			_, wants, ok := strings.Cut(string(data), "# want\n")
			if !ok {
				t.Fatal("no # want")
			}
			c, err := config.Load(path)
			if err == nil {
				t.Fatalf("loaded: %+v", c)
			}
			got := strings.Split(err.Error(), "\n")
			var n int
			for want := range strings.Lines(wants) {
				want = strings.TrimSpace(strings.TrimPrefix(want, "#"))
				place, parts, _ := strings.Cut(want, " ")
				if want == "" {
					continue
				}
				if n++; n > len(got) || !strings.HasPrefix(got[n-1], path+":"+place+": ") || !containsAll(got[n-1], parts) {
					t.Errorf("fault %d: want %q in\n%s", n, want, err)
				}
			}
			if n != len(got) {
				t.Errorf("%d faults, want %d:\n%s", len(got), n, err)
			}
			for _, line := range got {
				if !strings.Contains(line, "（") {
					t.Errorf("no cure in %q", line)
				}
			}
		})
	}
}

func containsAll(s, parts string) bool {
	for _, p := range strings.Fields(parts) {
		if !strings.Contains(s, p) {
			return false
		}
	}
	return true
}

func TestNoFile(t *testing.T) {
	t.Parallel()
	_, err := config.Load(filepath.Join(t.TempDir(), "none.toml"))
	var fault *tomlfile.Error
	if !errors.As(err, &fault) || !strings.Contains(fault.Message, "找不到") {
		t.Errorf("error %v", err)
	}
}

func TestFaultOfOthers(t *testing.T) {
	t.Parallel()
	path := write(t, least+"[schedule]\n  digest = \"61 8 * * *\"\n")
	c, err := config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := c.Fault("schedule.digest", "读不懂。", "请改。").Error(), path+":11:3: 读不懂。（请改）"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestScheduleOfReminders(t *testing.T) {
	t.Parallel()
	c := load(t, least)
	if c.Schedule.HoldReminders || c.Schedule.Holidays != "" {
		t.Errorf("%+v", c.Schedule)
	}
	path := write(t, least+"[schedule]\nhold_reminders = true\nholidays = \"放假安排.json\"\n")
	c, err := config.Load(path)
	if err != nil || !c.Schedule.HoldReminders || c.Schedule.Holidays != filepath.Join(filepath.Dir(path), "放假安排.json") {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestDescribeLoads(t *testing.T) {
	t.Parallel()
	text := config.Describe()
	c := load(t, text)
	if c.SMTP.From.Name != "省中小企业局" || c.IMAP.Host != "127.0.0.1" || len(c.Staff.DigestTo) != 1 {
		t.Errorf("%+v", c)
	}
	keys := 0
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if strings.Contains(line, " = ") && !strings.HasPrefix(line, "#") {
			keys++
			if !strings.HasPrefix(lines[i-1], "# ") {
				t.Errorf("line %d has no explanation: %s", i+1, line)
			}
		}
	}
	if keys != 51 {
		t.Errorf("%d keys described", keys)
	}
	if again := config.Describe(); again != text {
		t.Error("not the same twice")
	}
}

// TestContractLoads loads the sample of the contract, so that its keys and ours cannot part.
func TestContractLoads(t *testing.T) {
	t.Parallel()
	c, err := config.Load("testdata/contract.sample")
	if err != nil {
		t.Fatal(err)
	}
	if c.SMTP.From.Name != "省中小企业局" || c.IMAP.Port != 993 || len(c.SMTP.Retry) != 6 {
		t.Errorf("%+v", c)
	}
}

func TestTemplate(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ address, imap, smtp, note string }{
		{"box@163.com", "imap.163.com", "smtp.163.com", "授权码"},
		{"box@126.com", "imap.126.com", "smtp.126.com", "授权码"},
		{"box@QQ.com", "imap.qq.com", "smtp.qq.com", "授权码"},
		{"box@foxmail.com", "imap.qq.com", "smtp.qq.com", "授权码"},
		{"box@aliyun.com", "imap.aliyun.com", "smtp.aliyun.com", "IMAP"},
		{"box@189.cn", "imap.189.cn", "smtp.189.cn", "IMAP"},
		{"box@139.com", "imap.139.com", "smtp.139.com", "授权码"},
		{"box@sina.com", "imap.sina.com", "smtp.sina.com", "授权码"},
		{"box@city.example", "imap.city.example", "smtp.city.example", "信息中心"},
		{"", "127.0.0.1", "127.0.0.1", ""},
	} {
		text := config.Template(config.TemplateOptions{Address: row.address, Name: `局"办"，<a>`, Staff: []string{"staff@example.org"},
			DataDir: "data", Calls: []string{"calls/2024-typical-cases"}, Secrets: "secrets"})
		path := write(t, text)
		c, err := config.Load(path)
		if err != nil {
			t.Fatalf("%s: %v", row.address, err)
		}
		if c.IMAP.Host != row.imap || c.SMTP.Host != row.smtp || c.SMTP.From.Name != `局"办"，<a>` {
			t.Errorf("%s: %s, %s, from %q", row.address, c.IMAP.Host, c.SMTP.Host, c.SMTP.From)
		}
		if c.DataDir != filepath.Join(filepath.Dir(path), "data") || !strings.Contains(strings.ReplaceAll(text, "\n# ", ""), row.note) {
			t.Errorf("%s: %s\n%s", row.address, c.DataDir, text)
		}
	}
}

func TestPasswords(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "baosong.toml")
	if err := os.WriteFile(path, []byte(least), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if p, err := c.SMTPPassword(); p != "" || err != nil {
		t.Errorf("SMTP without a username: %q, %v", p, err)
	}
	if _, err := c.IMAPPassword(); err == nil || !strings.Contains(err.Error(), ":6:1: 密码文件") {
		t.Errorf("missing file: %v", err)
	}
	for _, row := range []struct{ content, want, fault string }{
		{"授权码 with blank \n", "授权码 with blank ", ""},
		{"abc\r\n", "abc", ""},
		{"\ufeffabc", "abc", ""},
		{"", "", "空的"},
		{"\n", "", "空的"},
		{"abc\ndef\n", "", "不止一行"},
	} {
		if err := os.WriteFile(filepath.Join(dir, "imap.password"), []byte(row.content), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := c.IMAPPassword()
		if got != row.want || (err != nil) != (row.fault != "") || err != nil && !strings.Contains(err.Error(), row.fault) {
			t.Errorf("%q: %q, %v", row.content, got, err)
		}
		if err != nil && strings.Contains(err.Error(), "abc") {
			t.Errorf("password in %v", err)
		}
	}
	credentials := t.TempDir()
	t.Setenv("CREDENTIALS_DIRECTORY", credentials)
	if _, err := c.IMAPPassword(); err == nil {
		t.Error("the file is not used where there is no credential")
	}
	if err := os.WriteFile(filepath.Join(credentials, "imap.password"), []byte("from systemd\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := c.IMAPPassword(); got != "from systemd" || err != nil {
		t.Errorf("credential: %q, %v", got, err)
	}
	if text := fmt.Sprintf("%+v", c); strings.Contains(text, "from systemd") {
		t.Error("password in the printed configuration")
	}
}

func TestFind(t *testing.T) {
	t.Chdir(t.TempDir())
	if got := config.Find("x.toml"); got != "x.toml" {
		t.Errorf("named: %s", got)
	}
	if err := os.WriteFile("baosong.toml", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := config.Find(""); got != "baosong.toml" {
		t.Errorf("found: %s", got)
	}
}

func FuzzConfig(f *testing.F) {
	f.Add(least)
	f.Add(config.Describe())
	for _, path := range []string{"unknown-key", "bad-values", "gbk"} {
		if data, err := os.ReadFile("testdata/" + path + ".toml"); err == nil {
			f.Add(string(data))
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := config.Parse("f.toml", []byte(text))
		if (c == nil) == (err == nil) {
			t.Fatalf("config %v, error %v", c, err)
		}
		if err != nil {
			var fault *tomlfile.Error
			if !errors.As(err, &fault) {
				t.Fatalf("error %T: %v", err, err)
			}
		}
	})
}
