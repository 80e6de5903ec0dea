package intake

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"baosong/intake/imaptest"
	"baosong/intake/mailbox"
	"baosong/ledger"
)

// balanced asks that the books balance after a poll: server and ledger count n, and every message has a fate.
func (b *bench) balanced(n int) {
	b.t.Helper()
	balance, err := b.db.Balance(b.t.Context(), b.poller.Watched()...)
	if err != nil {
		b.t.Fatal(err)
	}
	if balance.Server != n || balance.Ledger != n || balance.Received != 0 {
		b.t.Errorf("balance %+v, want %d on both sides and nothing unjudged", balance, n)
	}
}

// options reaches the bench's server.
func (b *bench) options() mailbox.Options {
	return mailbox.Options{Host: b.imap.Host, Port: b.imap.Port, TLS: "none", Username: b.imap.Username, Password: b.imap.Password}
}

// poisoned breaks the connection when one mail is asked for, as a server does that falls over a mail.
type poisoned struct {
	Mailbox
	uid  uint32
	asks *int
}

func (m poisoned) Fetch(ctx context.Context, uid uint32, w io.Writer) (int64, error) {
	if uid != m.uid {
		return m.Mailbox.Fetch(ctx, uid, w)
	}
	*m.asks++
	m.Close()
	return 0, &mailbox.Error{Op: "fetch", Temporary: true, Err: io.ErrUnexpectedEOF}
}

// TestPoisonMail: a mail that breaks the connection is asked for three times, then set aside with one alert; the mails
// before and after it are answered, and it is never asked for again.
func TestPoisonMail(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for i, unit := range []string{"hefei", "wuhu", "bengbu"} {
		b.deliver("INBOX", b.mail(unit, "零报告", b.now.Add(time.Duration(i)*time.Minute)))
	}
	asks, dial := 0, b.poller.Dial
	b.poller.Dial = func(ctx context.Context) (Mailbox, error) {
		mb, err := dial(ctx)
		return poisoned{mb, 2, &asks}, err
	}
	failures := 0
	for b.poll() != nil {
		if failures++; failures > 5 {
			t.Fatal("the mail is never set aside")
		}
	}
	b.mustPoll()
	if asks != maxTries || failures != maxTries {
		t.Errorf("asked %d times in %d failed polls, want %d", asks, failures, maxTries)
	}
	byState := map[ledger.State]int{}
	for _, m := range b.messages() {
		byState[m.State]++
	}
	if byState[ledger.Filed] != 2 || byState[ledger.Failed] != 1 {
		t.Errorf("states %v, want two filed and one failed", byState)
	}
	answers, alerts := 0, 0
	for _, l := range b.letters() {
		switch l.Kind {
		case ledger.Confirmation:
			answers++
		case ledger.Alert:
			alerts++
		}
	}
	if answers != 2 || alerts != 1 {
		t.Errorf("%d answers and %d alerts, want 2 and 1", answers, alerts)
	}
	b.balanced(3)
}

// TestSecondPoisonMail: a mail that was set aside, however large, is no proof of a connection: the next one is set aside as well.
func TestSecondPoisonMail(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	first := b.mail("wuhu", "零报告", b.now.Add(time.Minute))
	first.Text = strings.Repeat("较长的正文。", 1000)
	b.deliver("INBOX", b.mail("hefei", "零报告", b.now))
	b.deliver("INBOX", first)
	b.deliver("INBOX", b.mail("bengbu", "零报告", b.now.Add(2*time.Minute)))
	b.poller.Fates = Fates{}
	asks, dial := 0, b.poller.Dial
	b.poller.Dial = func(ctx context.Context) (Mailbox, error) {
		mb, err := dial(ctx)
		return poisoned{poisoned{mb, 2, &asks}, 3, &asks}, err
	}
	for failures := 0; b.poll() != nil; failures++ {
		if failures > 3*maxTries {
			t.Fatal("the second mail is never set aside")
		}
	}
	if asks != 2*maxTries {
		t.Errorf("asked %d times, want %d", asks, 2*maxTries)
	}
	b.balanced(3)
}

// severed lets listings through and breaks the connection at every mail, as a line does that loses its large packets.
type severed struct {
	Mailbox
	open *bool
}

func (m severed) Fetch(ctx context.Context, uid uint32, w io.Writer) (int64, error) {
	if *m.open {
		return m.Mailbox.Fetch(ctx, uid, w)
	}
	m.Close()
	return 0, &mailbox.Error{Op: "fetch", Temporary: true, Err: io.ErrUnexpectedEOF}
}

// TestBrokenLineIsNoPoison: while the connection brings no mail at all, however often, none is set aside.
func TestBrokenLineIsNoPoison(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	open, dial := true, b.poller.Dial
	b.poller.Dial = func(ctx context.Context) (Mailbox, error) {
		mb, err := dial(ctx)
		return severed{mb, &open}, err
	}
	b.deliver("INBOX", b.mail("hefei", "零报告", b.now))
	b.mustPoll()
	b.deliver("INBOX", b.mail("wuhu", "零报告", b.now.Add(time.Minute)))
	open = false
	for range 3 * maxTries {
		if b.poll() == nil {
			t.Fatal("nobody hears of the broken line")
		}
	}
	open = true
	b.mustPoll()
	for _, m := range b.messages() {
		if m.State != ledger.Filed {
			t.Errorf("message %+v, want filed", m)
		}
	}
	b.balanced(2)
}

// TestFullDiskIsNoPoison: tries that our own full disk or our own end cut short are not held against the mail.
func TestFullDiskIsNoPoison(t *testing.T) {
	t.Parallel()
	for _, cause := range []error{syscall.ENOSPC, context.Canceled} {
		b := newBench(t)
		b.deliver("INBOX", b.mail("hefei", "零报告", b.now))
		full := func(string) error { return nil }
		b.poller.Pipeline.Step = func(name string) error { return full(name) }
		dial := b.poller.Dial
		b.poller.Dial = func(ctx context.Context) (Mailbox, error) {
			mb, err := dial(ctx)
			return failing{mb, &full}, err
		}
		full = func(string) error { return fmt.Errorf("writing the spool: %w", cause) }
		for range maxTries + 2 {
			if err := b.poll(); !errors.Is(err, cause) {
				t.Fatalf("poll: %v", err)
			}
		}
		full = func(string) error { return nil }
		b.mustPoll()
		if ms := b.messages(); len(ms) != 1 || ms[0].State != ledger.Filed {
			t.Errorf("%v: messages %+v, want one filed", cause, ms)
		}
	}
}

// failing fails each fetch as it is told.
type failing struct {
	Mailbox
	how *func(string) error
}

func (m failing) Fetch(ctx context.Context, uid uint32, w io.Writer) (int64, error) {
	if err := (*m.how)("fetch"); err != nil {
		return 0, err
	}
	return m.Mailbox.Fetch(ctx, uid, w)
}

// TestOneMailWithoutRoom: a mail for which there is no room waits, and the others are judged all the same.
func TestOneMailWithoutRoom(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.deliver("INBOX", b.mail("hefei", "零报告", b.now))
	b.deliver("INBOX", b.mail("wuhu", "零报告", b.now.Add(time.Minute)))
	first := true
	b.poller.Pipeline.Step = func(name string) error {
		if name == "process.read" && first {
			first = false
			return fmt.Errorf("unpacking: %w", syscall.ENOSPC)
		}
		return nil
	}
	if err := b.poll(); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("poll: %v", err)
	}
	ms := b.messages()
	if len(ms) != 2 || ms[0].State != ledger.Received || ms[1].State != ledger.Filed {
		t.Errorf("messages %+v, want the first waiting and the second filed", ms)
	}
	b.mustPoll()
	if ms := b.messages(); ms[0].State != ledger.Filed || len(b.letters()) != 2 {
		t.Errorf("messages %+v, %d letters", ms, len(b.letters()))
	}
	b.balanced(2)
}

// TestUnrecordableMail: a mail whose outcome the ledger will not take keeps no other mail back, and after some tries it is recorded as
// failed and told to staff.
func TestUnrecordableMail(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	db, err := sql.Open("sqlite", filepath.Join(b.db.Dir(), "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	_, err = db.ExecContext(t.Context(), `CREATE TRIGGER broken BEFORE INSERT ON submission WHEN new.unit = 'hefei' BEGIN SELECT RAISE(ABORT, 'no such outcome'); END`)
	if err != nil {
		t.Fatal(err)
	}
	b.deliver("INBOX", b.mail("hefei", "报送", b.now, b.files("hefei", 1, nil)...))
	b.deliver("INBOX", b.mail("wuhu", "零报告", b.now.Add(time.Minute)))
	if err := b.poll(); err == nil {
		t.Error("nobody hears of it")
	}
	b.deliver("INBOX", b.mail("bengbu", "零报告", b.now.Add(2*time.Minute)))
	failures := 0
	for b.poll() != nil {
		if failures++; failures > 2*patience {
			t.Fatal("the mail is never given up")
		}
		if ms := b.messages(); len(ms) != 3 || ms[1].State != ledger.Filed || ms[2].State != ledger.Filed {
			t.Fatalf("the others are kept back: %+v", ms)
		}
	}
	if ms := b.messages(); ms[0].State != ledger.Failed || ms[0].Unit != "hefei" {
		t.Errorf("message %+v, want hefei's failed", ms[0])
	}
	alerts := 0
	for _, l := range b.letters() {
		if l.Kind == ledger.Alert {
			alerts++
		}
	}
	if alerts != 1 {
		t.Errorf("%d alerts, want 1", alerts)
	}
	b.balanced(3)
}

// TestConnectionFaults breaks the connection in each way a server can, and asks that the next poll puts all right.
func TestConnectionFaults(t *testing.T) {
	t.Parallel()
	faults := map[string]imaptest.Fault{
		"silent after LOGIN": {SilentAfter: "LOGIN"}, "silent in SELECT": {SilentAfter: "SELECT"}, "silent in UID FETCH": {SilentAfter: "UID FETCH"},
		"silent in UID MOVE": {SilentAfter: "UID MOVE"}, "dropped in UID MOVE": {DropOn: "UID MOVE"}, "dropped in FETCH": {DropOn: "FETCH"},
		"dropped in UID FETCH": {DropOn: "UID FETCH"}, "Unsafe Login": {Refuse: map[string]string{"SELECT": "NO SELECT Unsafe Login. Please contact kefu@188.com for help"}},
		"wrong password": {Refuse: map[string]string{"LOGIN": "NO [AUTHENTICATIONFAILED] no"}}, "slow drip": {Drip: 40 * time.Millisecond},
	}
	for _, cut := range []int64{1, 50, 200, 400, 600, 800, 1000, 1300, 1700, 2200, 3000, 5000} {
		faults[fmt.Sprintf("cut after %d", cut)] = imaptest.Fault{CutAfter: cut}
	}
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.deliver("INBOX", b.mail("hefei", "报送", b.now, b.files("hefei", 1, nil)...))
			b.deliver("INBOX", b.mail("wuhu", "零报告", b.now.Add(time.Minute)))
			o := b.options()
			o.Timeout, o.PollLimit = 300*time.Millisecond, time.Second
			b.poller.Dial = func(ctx context.Context) (Mailbox, error) { return mailbox.Dial(ctx, o) }
			b.imap.SetFault(fault)
			for range maxTries - 1 { // a third try would count against the mail, as it should
				if err := b.poll(); err == nil {
					break // the fault lies behind the session's end
				}
			}
			b.imap.SetFault(imaptest.Fault{})
			b.poller.Dial = func(ctx context.Context) (Mailbox, error) { return mailbox.Dial(ctx, b.options()) }
			b.mustPoll()
			for _, m := range b.messages() {
				if m.State != ledger.Filed {
					t.Errorf("message %+v", m)
				}
			}
			if len(b.messages()) != 2 || len(b.letters()) != 2 || b.count(fates.Filed) != 2 {
				t.Errorf("%d messages, %d letters, %d filed", len(b.messages()), len(b.letters()), b.count(fates.Filed))
			}
			b.balanced(2)
		})
	}
}

// TestPollBacksOff lets the server refuse for an hour: the tries grow apart, up to a quarter of an hour, and the first
// success brings back the pace.
func TestPollBacksOff(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(context.Background(), 3*time.Hour+time.Minute)
		defer cancel()
		var tries []time.Duration
		begun := time.Now()
		p := *b.poller
		p.Every = time.Minute
		p.Dial = func(context.Context) (Mailbox, error) {
			tries = append(tries, time.Since(begun))
			return nil, fmt.Errorf("login: %w", mailbox.ErrAuth)
		}
		db, err := ledger.Open(ctx, t.TempDir(), ledger.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		pipeline := *p.Pipeline
		pipeline.Ledger = db
		p.Pipeline = &pipeline
		outcomes := 0
		p.Polled = func(_ time.Time, err error) {
			outcomes++
			if !errors.Is(err, mailbox.ErrAuth) {
				t.Errorf("outcome %v", err)
			}
		}
		if err := p.Run(ctx); err != nil {
			t.Fatal(err)
		}
		var waits []string
		for i := range len(tries) - 1 {
			waits = append(waits, (tries[i+1] - tries[i]).String())
		}
		if got := strings.Join(waits[:6], " "); got != "1m0s 2m0s 4m0s 8m0s 15m0s 15m0s" || outcomes != len(tries) {
			t.Errorf("waits %s, %d outcomes of %d tries", got, outcomes, len(tries))
		}
		poll, err := db.LastPoll(context.Background())
		if err != nil || poll.Err == "" || !poll.Whole.IsZero() {
			t.Errorf("last poll %+v, %v: a failed poll is no sign of life", poll, err)
		}
	})
}

// TestPolledSinceItsBeginning: a poll tells of the mail that had come before it began. What comes while a long one is under way may
// lie in a folder that was listed already.
func TestPolledSinceItsBeginning(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	start := b.now
	b.deliver("INBOX", b.mail("hefei", "零报告", b.now))
	b.poller.Pipeline.Step = func(string) error {
		b.now = b.now.Add(time.Minute)
		return nil
	}
	ctx, stop := context.WithCancel(t.Context())
	b.poller.Polled = func(began time.Time, err error) {
		if err != nil || !began.Equal(start) || b.now.Equal(start) {
			t.Errorf("%v, began at %v, want %v", err, began, start)
		}
		stop()
	}
	if err := b.poller.Run(ctx); err != nil {
		t.Error(err)
	}
}

// TestBalanceAfterOnePoll: the books balance at the end of each poll, also where the server does not say where a moved mail
// went, and where mail comes in while others are being filed.
func TestBalanceAfterOnePoll(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]imaptest.Options{"usual": {}, "no UIDPLUS": {NoPlus: true}, "no MOVE": {NoMove: true}, "neither": {NoMove: true, NoPlus: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBenchOn(t, o)
			b.deliver("INBOX", b.mail("hefei", "零报告", b.now))
			b.deliver("INBOX", b.mail("wuhu", "零报告", b.now.Add(time.Minute)))
			late := b.mail("bengbu", "零报告", b.now.Add(2*time.Minute))
			come := false
			b.poller.Pipeline.Step = func(step string) error {
				if step == "file.move" && !come {
					come = true
					b.deliver("INBOX", late)
				}
				return nil
			}
			b.mustPoll()
			b.balanced(3)
			b.mustPoll()
			b.balanced(3)
			if ms := b.messages(); len(ms) != 3 || len(b.letters()) != 3 {
				t.Errorf("%d messages, %d letters, want 3 and 3", len(ms), len(b.letters()))
			}
		})
	}
}
