//go:build integration

package integration

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"baosong/parse/call"
	"baosong/sample"
)

const box = "box@example.org"

// everyone are the accounts of the mailbox, of staff, and of all units of the call that ships.
func everyone() []string {
	out := []string{box, "staff@example.org", "security@example.org", "someone@elsewhere.example"}
	for _, u := range call.Default().ActiveUnits() {
		out = append(out, u.Addresses[0])
	}
	return out
}

// house is a baosong as its operator sets it up: a binary, a configuration, a data directory.
type house struct {
	t      *testing.T
	s      *servers
	binary string
	dir    string
	call   *call.Call
}

// buildBinary builds baosong the way the README says.
func buildBinary(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "baosong")
	cmd := exec.Command("go", "build", "-o", binary, "./cmd/baosong")
	cmd.Dir = ".."
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return binary
}

// setUp runs init and fills in the servers, as a newcomer would. The call has no ladder of reminders: the daemon's clock is the
// system's, and what goes must not depend on the hour at which the tests run.
func setUp(t *testing.T, s *servers, binary string) *house {
	t.Helper()
	h := &house{t: t, s: s, binary: binary, dir: t.TempDir()}
	h.must("init", "--dir", h.dir)
	write(t, filepath.Join(h.dir, "secret"), password+"\n", 0o600)
	write(t, filepath.Join(h.dir, "baosong.toml"), fmt.Sprintf(`
data_dir = "data"
calls = ["calls/2024-typical-cases"]
[imap]
host = "127.0.0.1"
port = %d
tls = "implicit"
ca_file = "%s"
username = "%s"
password_file = "secret"
poll = "1s"
timeout = "10s"
answer_since = "2024-06-01T00:00:00+08:00"
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
from = "省中小企业局 <%s>"
pace = "0s"
retry = [%s]
per_address_per_day = 1000
per_hour = 10000
[staff]
digest_to = ["staff@example.org"]
alert_to = ["staff@example.org"]
security_to = ["security@example.org"]
`, s.imaps, s.cert, box, s.smtp, box, strings.Repeat(`"2s",`, 60)), 0o600)
	dir := filepath.Join(h.dir, "calls", "2024-typical-cases")
	text, err := os.ReadFile(filepath.Join(dir, "call.toml"))
	if err != nil {
		t.Fatal(err)
	}
	ladder := regexp.MustCompile(`(?m)^(remind|remind_after) = \[.*\]`)
	write(t, filepath.Join(dir, "call.toml"), ladder.ReplaceAllString(string(text), "$1 = []"), 0o600)
	c, err := call.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Remind)+len(c.RemindAfter) > 0 {
		t.Fatalf("reminders on days %v and %v are left", c.Remind, c.RemindAfter)
	}
	h.call = c
	return h
}

// run runs a command and returns its exit status and output.
func (h *house) run(args ...string) (int, string, string) {
	h.t.Helper()
	cmd := exec.Command(h.binary, args...)
	cmd.Dir = h.dir
	var out, err strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &err
	failure := cmd.Run()
	var exit *exec.ExitError
	if failure != nil && !errors.As(failure, &exit) {
		h.t.Fatalf("baosong %v: %v", args, failure)
	}
	return cmd.ProcessState.ExitCode(), out.String(), err.String()
}

func (h *house) must(args ...string) string {
	h.t.Helper()
	code, out, err := h.run(args...)
	if code != 0 {
		h.t.Fatalf("baosong %s: exit %d\n%s%s", strings.Join(args, " "), code, out, err)
	}
	return out
}

// once runs one round as of a moment within the call.
func (h *house) once(at string) {
	h.t.Helper()
	h.must("serve", "--once", "--at", at)
}

func (h *house) json(into any, args ...string) {
	h.t.Helper()
	if err := json.Unmarshal([]byte(h.must(append(args, "--json")...)), into); err != nil {
		h.t.Fatalf("baosong %v: %v", args, err)
	}
}

type unitStatus struct {
	ID            string   `json:"id"`
	State         string   `json:"state"`
	Rows          int      `json:"rows"`
	CasesAccepted int      `json:"cases_accepted"`
	ErrorsOpen    int      `json:"errors_open"`
	Owed          []string `json:"owed"`
	Receipt       string   `json:"receipt"`
}

type status struct {
	Units   []unitStatus `json:"units"`
	Held    int          `json:"held"`
	Failed  int          `json:"failed"`
	Mailbox struct {
		Server int `json:"server"`
		Ledger int `json:"ledger"`
	} `json:"mailbox"`
	Outbox struct {
		Due  int `json:"due"`
		Sent int `json:"sent"`
		Dead int `json:"dead"`
		Held int `json:"held"`
	} `json:"outbox"`
}

func (h *house) status() status {
	h.t.Helper()
	var s status
	h.json(&s, "status")
	return s
}

func (h *house) unit(id string) unitStatus {
	h.t.Helper()
	for _, u := range h.status().Units {
		if u.ID == id {
			return u
		}
	}
	h.t.Fatalf("status has no unit %q", id)
	return unitStatus{}
}

type messageLine struct {
	ID         int64  `json:"id"`
	SHA256     string `json:"sha256"`
	State      string `json:"state"`
	Why        string `json:"why"`
	Unit       string `json:"unit"`
	Submission *int64 `json:"submission"`
}

type letterLine struct {
	ID        int64  `json:"id"`
	Kind      string `json:"kind"`
	Unit      string `json:"unit"`
	To        string `json:"to"`
	Subject   string `json:"subject"`
	State     string `json:"state"`
	MessageID string `json:"message_id"`
	InReplyTo string `json:"in_reply_to"`
	Message   *int64 `json:"message"`
}

func (h *house) messages() []messageLine {
	h.t.Helper()
	var ms []messageLine
	h.json(&ms, "messages")
	return ms
}

func (h *house) letters() []letterLine {
	h.t.Helper()
	var ls []letterLine
	h.json(&ls, "letters")
	return ls
}

func (h *house) address(unit string) string {
	h.t.Helper()
	u, ok := h.call.Unit(unit)
	if !ok {
		h.t.Fatalf("no unit %q", unit)
	}
	return u.Addresses[0]
}

// material writes a unit's files into a folder and returns their paths: the summary sheet first, then the cases, then
// the measures. mangle changes what stands in the sheet only.
func (h *house) material(unit string, n int, mangle func(cs []sample.Case)) []string {
	h.t.Helper()
	u, ok := h.call.Unit(unit)
	if !ok {
		h.t.Fatalf("no unit %q", unit)
	}
	cases := sample.Cases(h.call, u, n)
	if len(cases) != n {
		h.t.Fatalf("%s has no clusters", unit)
	}
	rows := append([]sample.Case{}, cases...)
	if mangle != nil {
		mangle(rows)
	}
	summary, err := sample.Summary(h.call, u, rows)
	if err != nil {
		h.t.Fatal(err)
	}
	files := []sample.File{summary}
	for _, k := range cases {
		files = append(files, sample.CaseFile(k))
	}
	files = append(files, sample.Measures(u.City))
	dir := h.t.TempDir()
	var paths []string
	for _, f := range files {
		p := filepath.Join(dir, f.Name)
		if err := os.WriteFile(p, f.Data, 0o644); err != nil {
			h.t.Fatal(err)
		}
		paths = append(paths, p)
	}
	return paths
}
