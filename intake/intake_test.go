package intake

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"baosong/intake/cage"
	"baosong/intake/imaptest"
	"baosong/intake/mailbox"
	"baosong/intake/unpack"
	"baosong/ledger"
	"baosong/ledger/blob"
	"baosong/parse/call"
	"baosong/sample"
)

// TestMain lets the test binary be its own caged reader.
func TestMain(m *testing.M) {
	if len(os.Args) >= 3 && os.Args[1] == "_reader" {
		if _, err := cage.Confine(os.Args[2], cage.Limits{}); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		if err := cage.Serve(context.Background(), os.Stdin, os.Stdout, mortal(os.Args[3:])); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

var fates = Fates{Filed: "已收", Returned: "待补正", Held: "待核实", Ignored: "不需处理", Failed: "异常"}

// bench is a mailbox, a ledger and the two halves of intake between them.
type bench struct {
	t      *testing.T
	imap   *imaptest.Server
	db     *ledger.DB
	poller *Poller
	call   *call.Call
	now    time.Time
	crash  string // step at which the next run stops
}

func newBench(t *testing.T) *bench { return newBenchOn(t, imaptest.Options{}) }

// newBenchOn is a bench on a server that lacks something.
func newBenchOn(t *testing.T, o imaptest.Options) *bench {
	t.Helper()
	b := &bench{t: t, call: call.Default(), now: at("2024-06-18 10:00")}
	var err error
	if b.imap, err = imaptest.Start(o); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if b.db, err = ledger.Open(t.Context(), dir, ledger.Options{Now: func() time.Time { return b.now }}); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	scratch := filepath.Join(dir, "scratch", "test")
	if err := os.MkdirAll(scratch, 0o700); err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	pool := &cage.Pool{Command: []string{self, "_reader", scratch}, Dir: scratch, Size: 1, Log: log}
	t.Cleanup(func() { pool.Close(); b.db.Close(); b.imap.Close() })
	p := &Pipeline{Ledger: b.db, Blobs: &blob.Store{Dir: dir}, Reader: &Reader{Pool: pool, Limits: unpack.Limits{}}, Calls: []*call.Call{b.call},
		Sender: SenderOptions{Own: []string{b.imap.Username}}, Staff: Staff{Alerts: []string{"staff@example.org"}, Security: []string{"security@example.org"}},
		Scratch: scratch, AnswerSince: at("2024-06-01 00:00"),
		Now: func() time.Time { return b.now }, Zone: call.Zone(), Log: log, Step: b.step}
	b.poller = &Poller{Pipeline: p, Folders: []string{"INBOX"}, Fates: fates, Every: time.Second, Largest: 200 << 20, Timeout: time.Minute, Log: log,
		Polled: func(time.Time, error) {}, Dial: func(ctx context.Context) (Mailbox, error) {
			return mailbox.Dial(ctx, mailbox.Options{Host: b.imap.Host, Port: b.imap.Port, TLS: "none", Username: b.imap.Username, Password: b.imap.Password})
		}}
	return b
}

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, call.Zone())
	if err != nil {
		panic(err)
	}
	return t
}

func (b *bench) step(name string) error {
	if name == b.crash {
		return fmt.Errorf("%s: %w", name, ErrStopped)
	}
	return nil
}

func (b *bench) poll() error { return b.poller.Once(b.t.Context()) }

func (b *bench) mustPoll() {
	b.t.Helper()
	if err := b.poll(); err != nil {
		b.t.Fatalf("poll: %v", err)
	}
}

func (b *bench) unit(id string) *call.Unit {
	b.t.Helper()
	u, ok := b.call.Unit(id)
	if !ok {
		b.t.Fatalf("no unit %q", id)
	}
	return u
}

// mail is a mail of a unit with files.
func (b *bench) mail(unit, subject string, when time.Time, files ...sample.File) sample.Mail {
	u := b.unit(unit)
	return sample.Mail{From: u.Addresses[0], FromName: u.Name, To: b.imap.Username, Subject: subject, Text: "请查收。", Date: when, Attachments: files}
}

func (b *bench) deliver(folder string, m sample.Mail) {
	b.t.Helper()
	if _, err := b.imap.Deliver(folder, m.Bytes(), m.Date); err != nil {
		b.t.Fatal(err)
	}
}

// files makes a unit's whole material; mangle changes what stands in the sheet only.
func (b *bench) files(unit string, n int, mangle func([]sample.Case)) []sample.File {
	b.t.Helper()
	u := b.unit(unit)
	cases := sample.Cases(b.call, u, n)
	rows := slices.Clone(cases)
	if mangle != nil {
		mangle(rows)
	}
	f, err := sample.Summary(b.call, u, rows)
	if err != nil {
		b.t.Fatal(err)
	}
	out := []sample.File{f}
	for _, k := range cases {
		out = append(out, sample.CaseFile(k))
	}
	return append(out, sample.Measures(u.City))
}

func (b *bench) messages() []ledger.Message {
	b.t.Helper()
	ms, err := b.db.Messages(b.t.Context(), "")
	if err != nil {
		b.t.Fatal(err)
	}
	return ms
}

func (b *bench) letters() []ledger.Letter {
	b.t.Helper()
	ls, err := b.db.Letters(b.t.Context(), "")
	if err != nil {
		b.t.Fatal(err)
	}
	return ls
}

func (b *bench) standing(unit string) ledger.UnitStanding {
	b.t.Helper()
	us, err := b.db.Province(b.t.Context(), ledger.Facts{Call: b.call.ID, Deadline: b.call.Deadline, Units: []string{unit}, Parts: []string{"summary", "measures"}, Now: b.now})
	if err != nil {
		b.t.Fatal(err)
	}
	return us[0]
}

func (b *bench) count(folder string) int {
	b.t.Helper()
	ms, err := b.imap.Messages(folder)
	if err != nil {
		return 0
	}
	return len(ms)
}

func TestMailBecomesOutcome(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		mail   func(b *bench) sample.Mail
		state  ledger.State
		folder string
		kind   ledger.Kind // of the only letter; "" for none
		topic  string
		stands string
	}{
		{"whole submission", func(b *bench) sample.Mail { return b.mail("hefei", "报送", b.now, b.files("hefei", 2, nil)...) },
			ledger.Filed, "已收", ledger.Receipt, "", "accepted"},
		{"fault in a cell", func(b *bench) sample.Mail {
			return b.mail("hefei", "报送", b.now, b.files("hefei", 1, func(cs []sample.Case) { cs[0].Direction = "数字化转型" })...)
		}, ledger.Filed, "待补正", ledger.Correction, "", "correct"},
		{"measures still owed", func(b *bench) sample.Mail {
			fs := b.files("hefei", 1, nil)
			return b.mail("hefei", "报送", b.now, fs[:2]...)
		}, ledger.Filed, "已收", ledger.Receipt, "", "partial"},
		{"a case file missing among others", func(b *bench) sample.Mail {
			fs := b.files("hefei", 2, nil)
			return b.mail("hefei", "报送", b.now, fs[0], fs[1], fs[3])
		}, ledger.Filed, "待补正", ledger.Correction, "", "correct"},
		{"cases still owed", func(b *bench) sample.Mail {
			fs := b.files("hefei", 2, nil)
			return b.mail("hefei", "报送", b.now, fs[0], fs[3])
		}, ledger.Filed, "已收", ledger.Receipt, "", "partial"},
		{"cases without a sheet yet", func(b *bench) sample.Mail {
			return b.mail("hefei", "报送", b.now, b.files("hefei", 2, nil)[1])
		}, ledger.Filed, "已收", ledger.Receipt, "", "partial"},
		{"a picture alone is no submission", func(b *bench) sample.Mail {
			return b.mail("hefei", "照片", b.now, sample.File{Name: "a.png", Data: []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")})
		}, ledger.Filed, "待补正", ledger.Correction, "no-attachment", "none"},
		{"nil return", func(b *bench) sample.Mail { return b.mail("hefei", "零报告", b.now) },
			ledger.Filed, "已收", ledger.Confirmation, "nil", "nil"},
		{"no attachment", func(b *bench) sample.Mail { return b.mail("hefei", "请问何时截止", b.now) },
			ledger.Filed, "待补正", ledger.Correction, "no-attachment", "none"},
		{"query", func(b *bench) sample.Mail { return b.mail("hefei", "查询", b.now) },
			ledger.Filed, "已收", ledger.Confirmation, "query", "none"},
		{"preview changes nothing", func(b *bench) sample.Mail { return b.mail("hefei", "预审", b.now, b.files("hefei", 1, nil)...) },
			ledger.Filed, "已收", ledger.Confirmation, "preview", "none"},
		{"stranger", func(b *bench) sample.Mail {
			m := b.mail("hefei", "报送", b.now, b.files("hefei", 1, nil)...)
			m.From = "someone@elsewhere.example"
			return m
		}, ledger.Held, "待核实", "", "", "none"},
		{"reply-to elsewhere", func(b *bench) sample.Mail {
			m := b.mail("hefei", "零报告", b.now)
			m.Headers = []string{"Reply-To: <someone@elsewhere.example>"}
			return m
		}, ledger.Held, "待核实", "", "", "none"},
		{"auto-reply", func(b *bench) sample.Mail {
			m := b.mail("hefei", "自动回复：出差", b.now)
			m.Headers = []string{"Auto-Submitted: auto-replied"}
			return m
		}, ledger.Ignored, "不需处理", "", "", "none"},
		{"before the start line", func(b *bench) sample.Mail {
			return b.mail("hefei", "报送", at("2024-05-30 09:00"), b.files("hefei", 1, nil)...)
		}, ledger.Filed, "已收", "", "", "accepted"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.deliver("INBOX", tt.mail(b))
			b.mustPoll()
			ms, ls := b.messages(), b.letters()
			if len(ms) != 1 || ms[0].State != tt.state {
				t.Fatalf("messages %+v, want one %s", ms, tt.state)
			}
			if n := b.count(tt.folder); n != 1 || b.count("INBOX") != 0 {
				t.Errorf("%d mails in %s and %d in INBOX, want 1 and 0", n, tt.folder, b.count("INBOX"))
			}
			if got := b.standing("hefei").State; got != tt.stands {
				t.Errorf("hefei stands at %s, want %s", got, tt.stands)
			}
			if tt.kind == "" {
				if len(ls) != 0 {
					t.Errorf("letters %+v, want none", ls)
				}
				return
			}
			if len(ls) != 1 || ls[0].Kind != tt.kind || ls[0].Topic != tt.topic || ls[0].To[0] != "gxj@hefei.example" {
				t.Errorf("letters %+v, want one %s %q to the sender", ls, tt.kind, tt.topic)
			}
		})
	}
}

// TestCrashMatrix stops at each step once and runs again: one message, one submission, one letter, one mail filed.
func TestCrashMatrix(t *testing.T) {
	t.Parallel()
	for _, step := range []string{"receive.spool", "receive.row", "receive.done", "process.read", "process.keep", "process.record", "process.done", "file.move", "file.row"} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.deliver("INBOX", b.mail("hefei", "报送", b.now, b.files("hefei", 1, nil)...))
			b.crash = step
			if err := b.poll(); !errors.Is(err, ErrStopped) {
				t.Fatalf("poll with a crash at %s: %v", step, err)
			}
			b.crash = ""
			b.mustPoll()
			b.mustPoll()
			ms, ls := b.messages(), b.letters()
			if len(ms) != 1 || ms[0].State != ledger.Filed || ms[0].Folder != fates.Filed || ms[0].Gone {
				t.Errorf("messages %+v, want one filed", ms)
			}
			if len(ls) != 1 || ls[0].Kind != ledger.Receipt {
				t.Errorf("letters %+v, want one receipt", ls)
			}
			if b.count(fates.Filed) != 1 || b.count("INBOX") != 0 {
				t.Errorf("%d filed, %d in the inbox", b.count(fates.Filed), b.count("INBOX"))
			}
			balance, err := b.db.Balance(t.Context(), b.poller.Watched()...)
			if err != nil || balance.Server != 1 || balance.Ledger != 1 {
				t.Errorf("balance %+v, %v", balance, err)
			}
			if damage, err := b.db.Verify(t.Context()); err != nil || len(damage) > 0 {
				t.Errorf("verify: %v, %v", damage, err)
			}
		})
	}
}

func TestSameMailTwiceIsOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	m := b.mail("hefei", "报送", b.now, b.files("hefei", 1, nil)...)
	b.deliver("INBOX", m)
	b.mustPoll()
	b.deliver("INBOX", m)
	b.mustPoll()
	if ls := b.letters(); len(ls) != 1 {
		t.Errorf("%d letters, want 1", len(ls))
	}
	ms := b.messages()
	if len(ms) != 2 || ms[1].State != ledger.Ignored || ms[1].Why != "duplicate" {
		t.Errorf("messages %+v, want the second an ignored duplicate", ms)
	}
	if err := b.imap.Recreate(fates.Filed); err != nil {
		t.Fatal(err)
	}
	b.deliver(fates.Filed, m)
	b.mustPoll()
	if ls := b.letters(); len(ls) != 1 {
		t.Errorf("%d letters after UIDVALIDITY changed, want 1", len(ls))
	}
}

// TestMendedFileJoins sends a faulty sheet, then only the mended one.
func TestMendedFileJoins(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.deliver("INBOX", b.mail("hefei", "报送", b.now, b.files("hefei", 2, func(cs []sample.Case) { cs[1].Phone = "123" })...))
	b.mustPoll()
	if s := b.standing("hefei"); s.State != "correct" || s.CasesAccepted != 1 {
		t.Fatalf("after the faulty one %+v, want correct with 1 case", s)
	}
	b.now = b.now.Add(time.Hour)
	b.deliver("INBOX", b.mail("hefei", "补正", b.now, b.files("hefei", 2, nil)[0]))
	b.mustPoll()
	if s := b.standing("hefei"); s.State != "accepted" || s.CasesAccepted != 2 || s.ErrorsOpen != 0 {
		t.Errorf("after the mended one %+v, want accepted with 2 cases", s)
	}
	if ls := b.letters(); len(ls) != 2 || ls[1].Kind != ledger.Receipt {
		t.Errorf("letters %+v, want a correction and a receipt", ls)
	}
}

// TestOlderMailDoesNotSupersede judges a mail that lay in another folder after a newer one.
func TestOlderMailDoesNotSupersede(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	older := b.mail("hefei", "旧", b.now.Add(-time.Hour), b.files("hefei", 1, func(cs []sample.Case) { cs[0].Phone = "123" })...)
	b.deliver("INBOX", b.mail("hefei", "新", b.now, b.files("hefei", 1, nil)...))
	b.mustPoll()
	b.deliver("INBOX", older)
	b.mustPoll()
	if s := b.standing("hefei"); s.State != "accepted" {
		t.Errorf("hefei stands at %+v, want accepted", s)
	}
	if ls := b.letters(); len(ls) != 2 {
		t.Errorf("%d letters, want one for each mail", len(ls))
	}
}

// TestSecrecyLeavesNothing looks for the content in every file of the data directory.
func TestSecrecyLeavesNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	const sentinel = "独一无二的哨兵语句七八九"
	k := sample.Cases(b.call, b.unit("hefei"), 1)[0]
	k.Title, k.Body = "机密★5年"+sentinel, sentinel
	m := b.mail("hefei", "报送", b.now, sample.CaseFile(k))
	m.Text = sentinel
	b.deliver("INBOX", m)
	b.mustPoll()
	ms, ls := b.messages(), b.letters()
	if len(ms) != 1 || ms[0].State != ledger.Held || ms[0].Why != "secrecy" || ms[0].Subject != "" || !ms[0].Removed {
		t.Fatalf("messages %+v", ms)
	}
	if len(ls) != 1 || ls[0].Kind != ledger.Alert || ls[0].To[0] != "security@example.org" {
		t.Errorf("letters %+v, want one alert to security", ls)
	}
	if b.standing("hefei").State != "none" {
		t.Error("the standing has changed")
	}
	raw := m.Bytes()
	err := filepath.WalkDir(b.db.Dir(), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if bytes.Contains(content, []byte(sentinel)) || bytes.Contains(content, raw[:200]) || strings.Contains(path, sentinel) {
			t.Errorf("%s holds the content", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if damage, err := b.db.Verify(t.Context()); err != nil || len(damage) > 0 {
		t.Errorf("verify: %v, %v", damage, err)
	}
}
