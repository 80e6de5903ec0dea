package intake

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"baosong/intake/mailbox"
	"baosong/ledger"
)

// headless breaks the connection when the header of one mail is asked for.
type headless struct {
	Mailbox
	uid  uint32
	asks *int
}

func (m headless) Header(ctx context.Context, uid uint32) ([]byte, error) {
	if uid != m.uid {
		return m.Mailbox.Header(ctx, uid)
	}
	*m.asks++
	m.Close()
	return nil, &mailbox.Error{Op: "fetch", Temporary: true, Err: io.ErrUnexpectedEOF}
}

// TestPoisonHeader: a mail that is too large to be fetched, and breaks the connection when its header is asked for, is set aside
// like any other that does; those behind it are answered.
func TestPoisonHeader(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	large := b.mail("hefei", "报送", b.now)
	large.Text = strings.Repeat("很长的正文。", 20_000)
	b.deliver("INBOX", large)
	b.deliver("INBOX", b.mail("wuhu", "零报告", b.now.Add(time.Minute)))
	b.poller.Largest = 100_000
	asks, dial := 0, b.poller.Dial
	b.poller.Dial = func(ctx context.Context) (Mailbox, error) {
		mb, err := dial(ctx)
		return headless{mb, 1, &asks}, err
	}
	failures := 0
	for b.poll() != nil {
		if failures++; failures > 5 {
			t.Fatal("the mail is never set aside")
		}
	}
	if ms := b.messages(); len(ms) != 2 || ms[0].State != ledger.Failed || ms[1].State != ledger.Filed || asks != maxTries {
		t.Errorf("messages %+v after %d tries", ms, asks)
	}
	b.balanced(2)
}

// TestFolderGone: a folder that staff have renamed keeps no mail of another one from being read; the poll says what is missing.
func TestFolderGone(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.poller.Folders = []string{"垃圾邮件", "INBOX"}
	b.deliver("INBOX", b.mail("wuhu", "零报告", b.now))
	for range 2 {
		if err := b.poll(); !errors.Is(err, mailbox.ErrNoFolder) || !strings.Contains(err.Error(), "垃圾邮件") {
			t.Fatalf("poll: %v", err)
		}
	}
	if ms := b.messages(); len(ms) != 1 || ms[0].State != ledger.Filed || len(b.letters()) != 1 {
		t.Errorf("messages %+v, %d letters", ms, len(b.letters()))
	}
	if poll, err := b.db.LastPoll(t.Context()); err != nil || !poll.Whole.IsZero() {
		t.Errorf("the poll counts as whole: %+v, %v", poll, err)
	}
}

// TestFolderGoneAtTheFirstListing: before everything has been listed once, nobody knows what is old, and nothing is read.
func TestFolderGoneAtTheFirstListing(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.poller.Pipeline.AnswerSince = time.Time{}
	b.poller.Folders = []string{"INBOX", "垃圾邮件"}
	b.deliver("INBOX", b.mail("wuhu", "零报告", b.now.Add(-time.Hour)))
	if err := b.poll(); !errors.Is(err, mailbox.ErrNoFolder) {
		t.Fatalf("poll: %v", err)
	}
	if ms := b.messages(); len(ms) != 0 {
		t.Errorf("messages %+v", ms)
	}
	if err := b.imap.AddMailbox("垃圾邮件"); err != nil {
		t.Fatal(err)
	}
	b.mustPoll()
	if ms := b.messages(); len(ms) != 1 || len(b.letters()) != 0 {
		t.Errorf("messages %+v, %d letters", ms, len(b.letters()))
	}
}
