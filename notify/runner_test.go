package notify

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"baosong/ledger"
	"baosong/notify/letter"
	"baosong/parse/call"
)

// TestRunnerAnswers goes from a recorded mail to the letter in its sender's thread, once.
func TestRunnerAnswers(t *testing.T) {
	t.Parallel()
	b := newBench(t, "2024-06-18 09:40")
	id, receipt := b.submit("hefei", ledger.Correction, faulty())
	if n := b.due(); n != 1 || len(b.smtp.mails) != 1 {
		t.Fatalf("sent %d, %d mails", n, len(b.smtp.mails))
	}
	h, subject, _ := b.smtp.mails[0].parsed(t)
	l := b.letter(id)
	for got, want := range map[string]string{
		subject:                 "补正通知 " + receipt + "：Re: 报送材料",
		l.SubjectLine:           "补正通知 " + receipt + "：Re: 报送材料",
		string(l.State):         "sent",
		h.Get("In-Reply-To"):    "<m1@hefei.example>",
		h.Get("Auto-Submitted"): "auto-replied",
		h.Get("Message-Id"):     l.MessageID,
		h.Get("Date"):           b.clock().Format("Mon, 02 Jan 2006 15:04:05 -0700"),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	kept, err := b.Runner.Compose(context.Background(), id)
	if err != nil || string(kept) != string(b.smtp.mails[0].raw) {
		t.Errorf("the bytes kept differ from those sent: %v", err)
	}
	if n := b.due(); n != 0 || len(b.smtp.mails) != 1 {
		t.Errorf("sent %d more", n)
	}
}

// TestRunnerBackOff fails a letter until its retries are used up: the waits are those of the table, then staff are told.
func TestRunnerBackOff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newRunningBench(t, "2024-06-18 09:00")
		id := b.queue("hefei", "r1")
		b.smtp.fail = func(_ int, to []string) error {
			if to[0] == "gxj@hefei.example" {
				return &refusal{}
			}
			return nil
		}
		ctx, cancel := context.WithTimeout(context.Background(), 48*time.Hour)
		defer cancel()
		if err := b.Run(ctx); err != nil {
			t.Fatal(err)
		}
		l := b.letter(id)
		if l.State != ledger.Dead || l.Attempts != len(b.Retry)+1 {
			t.Errorf("got state %s after %d attempts", l.State, l.Attempts)
		}
		var waits []string
		for i, try := range b.smtp.tries[1 : len(b.Retry)+1] {
			waits = append(waits, try.at.Sub(b.smtp.tries[i].at).Round(time.Minute).String())
		}
		if got, want := strings.Join(waits, " "), "2m0s 15m0s 1h0m0s 4h0m0s 12h0m0s 24h0m0s"; got != want {
			t.Errorf("waits: got %s, want %s", got, want)
		}
		if got := b.alerts(); got != "dead:1" || len(b.smtp.mails) != 1 {
			t.Errorf("alerts: got %q, %d mails", got, len(b.smtp.mails))
		}
		b.Ledger.Close()
	})
}

// TestRunnerFailsOnTheNth: one letter that fails for the moment does not keep the others back.
func TestRunnerFailsOnTheNth(t *testing.T) {
	t.Parallel()
	b := newBench(t, "2024-06-18 09:00")
	for _, u := range []string{"hefei", "wuhu", "bengbu", "huainan"} {
		b.queue(u, "r:"+u)
	}
	b.smtp.fail = func(n int, _ []string) error {
		if n == 2 {
			return errors.New("connection reset")
		}
		return nil
	}
	if n := b.due(); n != 3 {
		t.Errorf("sent %d, want 3", n)
	}
	b.set("2024-06-18 09:03")
	if n := b.due(); n != 1 || len(b.smtp.mails) != 4 {
		t.Errorf("later sent %d, %d mails in all", n, len(b.smtp.mails))
	}
}

// TestRunnerCrash: a letter claimed by a daemon that died goes later, once, under the same Message-ID; one that the provider
// took without saying so goes again byte for byte.
func TestRunnerCrash(t *testing.T) {
	t.Parallel()
	b := newBench(t, "2024-06-18 09:00")
	id := b.queue("hefei", "r1")
	claimed, err := b.Ledger.Claim(context.Background(), b.clock(), b.Retry)
	if err != nil || claimed == nil {
		t.Fatalf("claim: %v %v", claimed, err)
	}
	if n := b.due(); n != 0 {
		t.Fatalf("sent %d while the claim stands", n)
	}
	b.set("2024-06-18 09:03")
	b.smtp.fail = func(n int, to []string) error {
		if n == 1 {
			return errors.New("reply lost")
		}
		return nil
	}
	var lost []byte
	inner := b.smtp
	b.Transport = transport(func(ctx context.Context, from string, to []string, raw []byte) error {
		if lost == nil {
			lost = raw
		}
		return inner.Send(ctx, from, to, raw)
	})
	b.due()
	b.set("2024-06-18 09:30")
	if n := b.due(); n != 1 || string(inner.mails[0].raw) != string(lost) || b.letter(id).MessageID != claimed.MessageID {
		t.Errorf("sent %d; the second sending differs from the first", n)
	}
}

type transport func(ctx context.Context, from string, to []string, raw []byte) error

func (f transport) Send(ctx context.Context, from string, to []string, raw []byte) error {
	return f(ctx, from, to, raw)
}

func TestRunnerFinalRefusal(t *testing.T) {
	t.Parallel()
	b := newBench(t, "2024-06-18 09:00")
	id := b.queue("hefei", "r1")
	b.smtp.fail = func(_ int, to []string) error {
		if to[0] == "gxj@hefei.example" {
			return &refusal{final: true}
		}
		return nil
	}
	b.due()
	if l := b.letter(id); l.State != ledger.Dead || b.alerts() != "dead:1" {
		t.Errorf("got %s, alerts %q", l.State, b.alerts())
	}
	// the address is left alone from now on
	again := b.queue("hefei", "r2")
	b.due()
	if l := b.letter(again); l.State != ledger.HeldLetter || l.Attempts > 1 {
		t.Errorf("got %s after %d attempts: %s", l.State, l.Attempts, l.LastError)
	}
}

// TestRunnerRefusedAccount: all wait, no letter loses an attempt, one alert, one all-clear.
func TestRunnerRefusedAccount(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newRunningBench(t, "2024-06-18 09:00")
		ids := []int64{b.queue("hefei", "r1"), b.queue("wuhu", "r2")}
		mended := b.clock().Add(5 * time.Hour)
		b.smtp.fail = func(int, []string) error {
			if b.clock().Before(mended) {
				return &refusal{ours: true}
			}
			return nil
		}
		ctx, cancel := context.WithTimeout(context.Background(), 8*time.Hour)
		defer cancel()
		if err := b.Run(ctx); err != nil {
			t.Fatal(err)
		}
		for _, id := range ids {
			if l := b.letter(id); l.State != ledger.Sent || l.Attempts != 1 {
				t.Errorf("letter %d: %s after %d attempts", id, l.State, l.Attempts)
			}
		}
		if n := len(b.smtp.tries); n > 20 {
			t.Errorf("%d tries in eight hours", n)
		}
		keys := strings.Fields(b.alerts())
		if len(keys) != 2 || !strings.HasPrefix(keys[0], "refused:") || !strings.HasPrefix(keys[1], "accepted:") || len(b.smtp.mails) != 4 {
			t.Errorf("alerts %q, %d mails", keys, len(b.smtp.mails))
		}
		b.Ledger.Close()
	})
}

// TestRunnerStorm: after three letters in a row that do not pass, the rest are left alone for a while.
func TestRunnerStorm(t *testing.T) {
	t.Parallel()
	b := newBench(t, "2024-06-18 09:00")
	for _, u := range b.call.ActiveUnits() {
		b.queue(u.ID, "r:"+u.ID)
	}
	b.smtp.fail = func(int, []string) error { return &refusal{} }
	b.due()
	if n := len(b.smtp.tries); n != 3 {
		t.Errorf("%d tries, want 3", n)
	}
	b.smtp.fail = nil
	b.set("2024-06-18 09:20")
	if n := b.due(); n != 16 {
		t.Errorf("sent %d, want 16", n)
	}
	b.set("2024-06-18 10:20")
	b.queue("hefei", "r2")
	b.smtp.fail = func(int, []string) error { return &refusal{slow: true} }
	b.due()
	if got := b.alerts(); got != "slow:2024-06-18" {
		t.Errorf("alerts %q", got)
	}
}

func TestRunnerCeilings(t *testing.T) {
	t.Parallel()
	b := newBench(t, "2024-06-18 09:00")
	b.PerAddressPerDay, b.PerHour = 2, 5
	var ids []int64
	for _, k := range []string{"a", "b", "c", "d"} {
		ids = append(ids, b.queue("hefei", k))
	}
	if n := b.due(); n != 3 { // two to the city, one alert to staff
		t.Errorf("sent %d, want 3", n)
	}
	if got := b.alerts(); got != "ceiling:2024-06-18:gxj@hefei.example" {
		t.Errorf("alerts %q", got)
	}
	if l := b.letter(ids[3]); l.State != ledger.HeldLetter {
		t.Errorf("got %s", l.State)
	}
	if err := b.Ledger.ReleaseLetter(context.Background(), ids[3], "zhang", "looked at"); err != nil {
		t.Fatal(err)
	}
	if n := b.due(); n != 1 || b.letter(ids[3]).State != ledger.Sent {
		t.Errorf("released: sent %d", n)
	}
	b.queue("wuhu", "e") // the fifth of the hour
	b.queue("bengbu", "f")
	if n := b.due(); n != 2 || !strings.Contains(b.alerts(), "ceiling:hour:2024061809") {
		t.Errorf("sent %d, alerts %q", n, b.alerts())
	}
}

func TestRunnerReachesSome(t *testing.T) {
	t.Parallel()
	b := newBench(t, "2024-06-18 09:00")
	id, _, err := b.Ledger.Enqueue(context.Background(), ledger.NewLetter{
		Key: "r1", Kind: ledger.Reminder, Call: b.call.ID, Unit: "hefei", To: []string{"gxj@hefei.example"}, CC: []string{"office@hefei.example"},
	})
	if err != nil {
		t.Fatal(err)
	}
	b.smtp.fail = func(n int, _ []string) error {
		if n == 1 {
			return &refusal{reached: []string{"GXJ@hefei.example"}}
		}
		return nil
	}
	b.due()
	if l := b.letter(id); l.State != ledger.Sent {
		t.Errorf("got %s", l.State)
	}
	b.set("2024-06-18 09:03")
	if n := b.due(); n != 1 || strings.Join(b.smtp.mails[0].to, " ") != "office@hefei.example" {
		t.Errorf("sent %d: %v", n, b.smtp.mails)
	}
}

// TestRunnerNeedless: a reminder that waited is given up when the unit has sent everything meanwhile.
func TestRunnerNeedless(t *testing.T) {
	t.Parallel()
	b := newBench(t, "2024-06-18 09:00")
	id := b.queue("hefei", "r1")
	answer, _ := b.submit("hefei", ledger.Receipt, whole())
	if n := b.due(); n != 1 || b.letter(answer).State != ledger.Sent || b.letter(id).State != ledger.Dead {
		t.Errorf("sent %d; answer %s, reminder %s", n, b.letter(answer).State, b.letter(id).State)
	}
	if b.alerts() != "" {
		t.Errorf("alerts %q", b.alerts())
	}
}

func TestRunnerBrokenTemplate(t *testing.T) {
	t.Parallel()
	b := newBench(t, "2024-06-18 09:00")
	own := call.Default()
	own.LettersDir = t.TempDir()
	b.call = own
	broken := filepath.Join(own.LettersDir, "reminder.txt")
	if err := os.WriteFile(broken, []byte("{{.Nothing}}"), 0o600); err != nil {
		t.Fatal(err)
	}
	id := b.queue("hefei", "r1")
	if n := b.due(); n != 1 || b.alerts() != "compose:1" || b.letter(id).State != ledger.Due {
		t.Errorf("sent %d, alerts %q, letter %s", n, b.alerts(), b.letter(id).State)
	}
	if err := os.Remove(broken); err != nil {
		t.Fatal(err)
	}
	b.set("2024-06-18 09:10")
	if n := b.due(); n != 1 || b.letter(id).State != ledger.Sent {
		t.Errorf("mended: sent %d, letter %s", n, b.letter(id).State)
	}
}

// TestRunnerPace: letters keep their distance, and a daemon told to stop in between loses nothing.
func TestRunnerPace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newRunningBench(t, "2024-06-18 09:00")
		b.Pace = 2 * time.Second
		for _, u := range []string{"hefei", "wuhu", "bengbu"} {
			b.queue(u, "r:"+u)
		}
		ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
		defer cancel()
		n, err := b.RunDue(ctx)
		if n != 2 || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("sent %d, %v", n, err)
		}
		if gap := b.smtp.tries[1].at.Sub(b.smtp.tries[0].at); gap != 2*time.Second {
			t.Errorf("gap %s", gap)
		}
		if l := b.letter(3); l.Attempts != 0 || l.State == ledger.Sent {
			t.Errorf("the third: %s after %d attempts", l.State, l.Attempts)
		}
		if n := b.due(); n != 1 {
			t.Errorf("after the restart sent %d", n)
		}
		b.Ledger.Close()
	})
}

// TestRunnerRunWakes: a queued letter goes at once when Run is told.
func TestRunnerRunWakes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newRunningBench(t, "2024-06-18 09:00")
		wake := make(chan struct{}, 1)
		b.Wake = wake
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error)
		go func() { done <- b.Run(ctx) }()
		synctest.Wait()
		b.queue("hefei", "r1")
		wake <- struct{}{}
		synctest.Wait()
		if n := len(b.smtp.mails); n != 1 {
			t.Errorf("%d mails", n)
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		b.Ledger.Close()
	})
}

// TestGivenUpIsNotUnreached: a letter that staff gave up says nothing against its address.
func TestGivenUpIsNotUnreached(t *testing.T) {
	t.Parallel()
	b := newBench(t, "2024-06-18 09:00")
	if err := b.Ledger.CancelLetter(context.Background(), b.queue("hefei", "r1"), "zhang", "not needed"); err != nil {
		t.Fatal(err)
	}
	dead, err := b.Ledger.DeadAddresses(context.Background())
	if err != nil || len(dead) != 0 {
		t.Errorf("got %v, %v", dead, err)
	}
}

// TestReceiptNamesWhatIsStillOpen: a right part gets a receipt, though an earlier one must still be mended.
func TestReceiptNamesWhatIsStillOpen(t *testing.T) {
	t.Parallel()
	b := newBench(t, "2024-06-18 09:00")
	b.submit("hefei", ledger.Correction, faulty())
	b.set("2024-06-18 10:00")
	s := faulty()
	s.Owed = nil
	s.Files[0].Prior = true
	s.Files = append(s.Files, ledger.File{Name: "培育举措.docx", Path: "培育举措.docx", Part: "measures", Format: "docx", Used: true})
	id, _ := b.submit("hefei", ledger.Receipt, s)
	f, err := b.facts(context.Background(), ptr(b.letter(id)))
	if err != nil {
		t.Fatal(err)
	}
	c, err := letter.Compose(f)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"此前报送中还有 1 处需要更正", "此前报送中仍需更正的内容", "J4", "状态：待补正"} {
		if !strings.Contains(c.Text, want) {
			t.Errorf("no %q in\n%s", want, c.Text)
		}
	}
}

func ptr[T any](v T) *T { return &v }
