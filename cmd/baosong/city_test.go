package main

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"baosong/intake/imaptest"
	"baosong/intake/message"
	"baosong/ledger"
	"baosong/notify/smtptest"
	"baosong/parse/call"
	"baosong/sample"
)

// office is the whole house between two servers of its own, as the daemon runs it: a city writes, one round is done, and
// what comes back to the city is read as the city's mail program would.
type office struct {
	t     *testing.T
	house *house
	imap  *imaptest.Server
	smtp  *smtptest.Server
	file  string // the configuration
	now   time.Time
	read  int // letters taken from the server
	n     int // mails sent
}

// newOffice opens a house on the shipped call; change, when not nil, edits the call's folder first.
func newOffice(t *testing.T, change func(*call.Call)) *office {
	t.Helper()
	o := &office{t: t, now: on("06-14", "10:00")}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	var err error
	o.imap, err = imaptest.Start(imaptest.Options{Username: "box@example.org", Password: "secret"})
	must(err)
	o.smtp, err = smtptest.Start(smtptest.Options{})
	must(err)
	c := call.Default()
	if change != nil {
		change(c)
	}
	must(call.Write(filepath.Join(dir, "calls", shippedCall), c))
	o.file = filepath.Join(dir, "baosong.toml")
	must(os.WriteFile(o.file, []byte(configText("data", o.imap.Port, o.smtp.Port)), 0o600))
	must(os.WriteFile(filepath.Join(dir, "imap.password"), []byte("secret"), 0o600))
	o.open()
	t.Cleanup(func() { o.house.close(); o.smtp.Close(); o.imap.Close() })
	return o
}

// open puts the house together from the configuration as it stands.
func (o *office) open() {
	o.t.Helper()
	cfg, calls, err := loadConfig(o.file)
	if err != nil {
		o.t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(o.t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	if o.house, err = assemble(o.t.Context(), cfg, calls, cfg.DataDir, func() time.Time { return o.now }, log); err != nil {
		o.t.Fatal(err)
	}
}

// recall closes the house and opens it again with another call.
func (o *office) recall(change func(*call.Call)) {
	o.t.Helper()
	if err := o.house.close(); err != nil {
		o.t.Fatal(err)
	}
	c := call.Default()
	change(c)
	dir := filepath.Join(filepath.Dir(o.file), "calls", shippedCall)
	if err := os.RemoveAll(dir); err != nil {
		o.t.Fatal(err)
	}
	if err := call.Write(dir, c); err != nil {
		o.t.Fatal(err)
	}
	o.open()
}

func (o *office) unit(id string) *call.Unit {
	o.t.Helper()
	u, ok := o.house.current().Unit(id)
	if !ok {
		o.t.Fatalf("no unit %q", id)
	}
	return u
}

// send delivers a mail of a unit, does one round, and returns the letters that came back to the unit.
func (o *office) send(unit, subject string, files ...sample.File) []*message.Message {
	o.t.Helper()
	return o.post(unit, subject, "请查收。", files...)
}

func (o *office) post(unit, subject, text string, files ...sample.File) []*message.Message {
	o.t.Helper()
	u := o.unit(unit)
	o.n++
	o.now = o.now.Add(10 * time.Minute)
	m := sample.Mail{From: u.Addresses[0], FromName: u.Name, To: "box@example.org", Subject: subject, Text: text, Date: o.now,
		ID: fmt.Sprintf("city.%d", o.n), Attachments: files}
	return o.raw(m)
}

func (o *office) raw(m sample.Mail) []*message.Message {
	o.t.Helper()
	if _, err := o.imap.Deliver("INBOX", m.Bytes(), m.Date); err != nil {
		o.t.Fatal(err)
	}
	return o.round(m.From)
}

// round does one round and returns the letters that went to an address. A mail whose judging a busy machine put off is
// judged in a further one, as the daemon would.
func (o *office) round(to string) (got []*message.Message) {
	o.t.Helper()
	for range 3 {
		if err := o.house.once(o.t.Context()); err != nil {
			o.t.Fatal(err)
		}
		waiting, err := o.house.db.Messages(o.t.Context(), ledger.Received)
		if err != nil {
			o.t.Fatal(err)
		}
		if len(waiting) == 0 {
			break
		}
		o.t.Logf("%d mails wait to be judged; another round", len(waiting))
	}
	all := o.smtp.Received()
	for _, x := range all[o.read:] {
		if !slices.Contains(x.To, to) {
			continue
		}
		m, err := message.Read(bytes.NewReader(x.Raw), o.t.TempDir(), message.Limits{})
		if err != nil {
			o.t.Fatal(err)
		}
		if m.Header.Get("Auto-Submitted") == "auto-generated" && m.Header.Get("In-Reply-To") == "" && (strings.HasPrefix(m.Subject, "提醒") || strings.HasPrefix(m.Subject, "催报")) {
			continue // a reminder of the day, no answer
		}
		got = append(got, m)
		leave(o.t, fmt.Sprintf("%s-%02d.html", strings.ReplaceAll(o.t.Name(), "/", "-"), o.n), []byte(m.HTML))
	}
	o.read = len(all)
	return got
}

// one returns the only letter.
func (o *office) one(letters []*message.Message) *message.Message {
	o.t.Helper()
	if len(letters) != 1 {
		o.t.Fatalf("%d letters, want 1", len(letters))
	}
	return letters[0]
}

func (o *office) standing(unit string) ledger.UnitStanding {
	o.t.Helper()
	r, err := o.house.db.Province(o.t.Context(), ledger.Facts{Call: shippedCall, Deadline: o.house.current().Deadline,
		Units: []string{unit}, Parts: []string{"summary", "case", "measures"}, Now: o.now})
	if err != nil {
		o.t.Fatal(err)
	}
	return r[0]
}

// material is a unit's whole material as files; spoil changes the rows of the sheet only.
func (o *office) material(unit string, n int, spoil func([]sample.Case)) (summary sample.File, cases []sample.File, measures sample.File) {
	o.t.Helper()
	c, u := o.house.current(), o.unit(unit)
	good := sample.Cases(c, u, n)
	rows := slices.Clone(good)
	if spoil != nil {
		spoil(rows)
	}
	summary, err := sample.Summary(c, u, rows)
	if err != nil {
		o.t.Fatal(err)
	}
	for _, k := range good {
		cases = append(cases, sample.CaseFile(k))
	}
	return summary, cases, sample.Measures(u.City)
}

// run is a command line on the same data directory; the house of this process is shut meanwhile, since the two would
// share a scratch folder that is named for the process.
func (o *office) run(args ...string) (out string, status int) {
	o.t.Helper()
	if err := o.house.close(); err != nil {
		o.t.Fatal(err)
	}
	defer o.open()
	var stdout, stderr bytes.Buffer
	status = run(o.t.Context(), append(args, "--config", o.file), &terminal{in: strings.NewReader(""), out: &stdout, err: &stderr})
	return stdout.String() + stderr.String(), status
}

// says fails unless a letter's text has all the words, and its page too.
func says(t *testing.T, m *message.Message, words ...string) {
	t.Helper()
	var lacks []string
	for _, w := range words {
		if !strings.Contains(m.Subject+"\n"+m.Text, w) {
			lacks = append(lacks, w)
		}
	}
	if len(lacks) > 0 {
		t.Errorf("the letter %q does not say %q:\n%s", m.Subject, lacks, m.Text)
	}
}

func silent(t *testing.T, m *message.Message, words ...string) {
	t.Helper()
	for _, w := range words {
		if strings.Contains(m.Text, w) {
			t.Errorf("the letter %q says %q:\n%s", m.Subject, w, m.Text)
		}
	}
}

// attached returns the bytes of a letter's attachment whose name has a part in it.
func attached(t *testing.T, m *message.Message, part string) (name string, b []byte) {
	t.Helper()
	for _, a := range m.Attachments {
		if strings.Contains(a.Name, part) {
			b, err := os.ReadFile(a.Path)
			if err != nil {
				t.Fatal(err)
			}
			return a.Name, b
		}
	}
	return "", nil
}
