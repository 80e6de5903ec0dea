package ledger

import (
	"errors"
	"testing"
)

// arrive receives bytes at a place and checks what they turn out to be.
func (b *bench) arrive(loc Location, text string, want Arrival) Message {
	b.t.Helper()
	m, got, err := b.Receive(b.ctx(), NewMessage{Location: loc, SHA256: ref(text), Size: 1, ReceivedAt: b.now})
	b.must(err)
	if got != want {
		b.t.Errorf("%q at %v arrived as %s, want %s", text, loc, got, want)
	}
	return m
}

func (b *bench) vanish(folder string, validity uint32, want int, present ...uint32) {
	b.t.Helper()
	n, err := b.Vanished(b.ctx(), folder, validity, present)
	b.must(err)
	if n != want {
		b.t.Errorf("%d vanished from %s, want %d", n, folder, want)
	}
}

func TestReceive(t *testing.T) {
	t.Parallel()
	b := mustOpen(t)
	in := func(uid uint32) Location { return Location{"INBOX", 1, uid} }
	a := b.arrive(in(1), "a", New)
	if again := b.arrive(in(1), "a", Known); again.ID != a.ID {
		t.Errorf("the same place made message %d", again.ID)
	}
	c := b.arrive(in(2), "a", Copy)
	if c.ID == a.ID || c.State != Ignored || c.Why != "duplicate" {
		t.Errorf("copy = %+v", c)
	}
	b.vanish("INBOX", 1, 1, 2) // staff move a to another folder
	if m := b.arrive(Location{"垃圾邮件", 7, 5}, "a", Moved); m.ID != a.ID || m.Gone || m.Folder != "垃圾邮件" {
		t.Errorf("moved = %+v", m)
	}
	b.vanish("垃圾邮件", 7, 1)
	if m := b.arrive(Location{"垃圾邮件", 7, 5}, "a", Known); m.ID != a.ID || m.Gone {
		t.Errorf("seen again at its own place = %+v", m)
	}
	ms, err := b.Messages(b.ctx(), "")
	b.must(err)
	if len(ms) != 2 {
		t.Errorf("%d messages, want 2", len(ms))
	}
	if _, _, err := b.Receive(b.ctx(), NewMessage{Location: in(3)}); err == nil {
		t.Error("a mail without bytes was received")
	}
}

// After a change of UIDVALIDITY everything is matched by its bytes: no message is new, none is answered again.
func TestUIDValidityChange(t *testing.T) {
	t.Parallel()
	b := mustOpen(t)
	texts := []string{"a", "b", "c"}
	ids := map[string]int64{}
	for i, text := range texts {
		m := b.arrive(Location{"INBOX", 1, uint32(i + 1)}, text, New)
		ids[text] = m.ID
		_, err := b.Record(b.ctx(), outcome(m, "hefei", sub{cases: text}.submission()))
		b.must(err)
	}
	b.must(b.FolderSeen(b.ctx(), "INBOX", 1, 3))
	b.vanish("INBOX", 2, 3, 1, 2, 3)
	for i, text := range []string{"c", "a", "b"} { // in another order
		if m := b.arrive(Location{"INBOX", 2, uint32(i + 1)}, text, Moved); m.ID != ids[text] || m.State != Filed {
			t.Errorf("%q = %+v", text, m)
		}
	}
	b.must(b.FolderSeen(b.ctx(), "INBOX", 2, 3))
	located, err := b.Located(b.ctx(), "INBOX", 2)
	b.must(err)
	if len(located) != 3 || !located[1] {
		t.Errorf("located = %v", located)
	}
	ls, err := b.Letters(b.ctx(), "")
	b.must(err)
	if len(ls) != 3 {
		t.Errorf("%d letters, want 3", len(ls))
	}
	bal, err := b.Balance(b.ctx())
	b.must(err)
	if bal.Server != 3 || bal.Ledger != 3 || bal.Filed != 3 || bal.LettersDue != 3 {
		t.Errorf("balance = %+v", bal)
	}
}

// A server that uses a UID again without saying so: the new mail is new, the old one is gone.
func TestUIDUsedAgain(t *testing.T) {
	t.Parallel()
	b := mustOpen(t)
	a := b.arrive(Location{"INBOX", 1, 1}, "a", New)
	b.arrive(Location{"INBOX", 1, 1}, "b", New)
	got, err := b.Message(b.ctx(), a.ID)
	b.must(err)
	if !got.Gone {
		t.Error("two mails are believed at one place")
	}
}

func TestFetchTries(t *testing.T) {
	t.Parallel()
	b := mustOpen(t)
	loc := Location{"INBOX", 1, 9}
	for want := 1; want <= 3; want++ {
		if n, err := b.BeginFetch(b.ctx(), loc); n != want || err != nil {
			t.Errorf("tries = %d, %v, want %d", n, err, want)
		}
	}
	m, err := b.Unfetched(b.ctx(), NewMessage{Location: loc, Size: 1 << 30, ReceivedAt: b.now}, "too-large", "邮件超过大小上限。",
		NewLetter{Key: "alert:too-large", Kind: Alert, To: []string{"staff@example.org"}})
	b.must(err)
	if m.State != Failed || m.SHA256 != "" || m.Fate != "failed" {
		t.Errorf("unfetched = %+v", m)
	}
	if l, err := b.LetterByKey(b.ctx(), "alert:too-large"); err != nil || l.Message != m.ID {
		t.Errorf("alert = %+v, %v", l, err)
	}
	if _, err := b.Unfetched(b.ctx(), NewMessage{Location: loc}, "too-large", ""); !errors.Is(err, ErrConflict) {
		t.Errorf("recorded twice: %v", err)
	}
	b.must(b.Reopen(b.ctx(), m.ID, "staff", "the limit was raised"))
	if located, err := b.Located(b.ctx(), "INBOX", 1); err != nil || len(located) != 0 {
		t.Errorf("its place is still taken: %v, %v", located, err)
	}
	if n, err := b.BeginFetch(b.ctx(), loc); n != 1 || err != nil {
		t.Errorf("tries after reopening = %d, %v", n, err)
	}
	b.arrive(loc, "now it came", New)
}

func TestFiling(t *testing.T) {
	t.Parallel()
	b := mustOpen(t)
	m1, m2, m3 := b.mail("one"), b.mail("two"), b.mail("three")
	for _, m := range []Message{m1, m2, m3} {
		_, err := b.Record(b.ctx(), outcome(m, "hefei", nil))
		b.must(err)
	}
	b.must(b.Relocate(b.ctx(), m1.ID, Location{"已收", 3, 1}))
	b.must(b.FiledHere(b.ctx(), m2.ID))
	left, err := b.ToFile(b.ctx())
	b.must(err)
	if len(left) != 1 || left[0].ID != m3.ID {
		t.Errorf("to file = %v", left)
	}
	b.must(b.MovedAway(b.ctx(), m3.ID))
	if m := b.arrive(Location{"已收", 3, 2}, "three", Moved); m.ID != m3.ID || !m.FiledIn {
		t.Errorf("found again = %+v", m)
	}
	b.must(b.Relocate(b.ctx(), m2.ID, Location{"已收", 3, 2})) // the server gives a place away twice: the later word counts
	if got, err := b.Message(b.ctx(), m3.ID); err != nil || !got.Gone {
		t.Errorf("two messages at one place: %+v, %v", got, err)
	}
	if err := b.FiledHere(b.ctx(), 99); !errors.Is(err, ErrNotFound) {
		t.Errorf("err = %v", err)
	}
}

func TestPollsAndMoments(t *testing.T) {
	t.Parallel()
	b := mustOpen(t)
	if p, err := b.LastPoll(b.ctx()); err != nil || !p.At.IsZero() {
		t.Errorf("before the first poll: %+v, %v", p, err)
	}
	b.must(b.PollDone(b.ctx(), ""))
	whole := b.now
	b.now = b.now.Add(1e9)
	b.must(b.PollDone(b.ctx(), "connection refused"))
	p, err := b.LastPoll(b.ctx())
	b.must(err)
	if !p.At.Equal(b.now) || !p.Whole.Equal(whole) || p.Err != "connection refused" {
		t.Errorf("poll = %+v", p)
	}
	b.must(b.SetMoment(b.ctx(), "digest", b.now))
	if got, err := b.Moment(b.ctx(), "digest"); err != nil || !got.Equal(b.now) {
		t.Errorf("moment = %v, %v", got, err)
	}
	b.must(b.RedeemToken(b.ctx(), "nonce", "staff@example.org"))
	if err := b.RedeemToken(b.ctx(), "nonce", "staff@example.org"); !errors.Is(err, ErrConflict) {
		t.Errorf("a token was used twice: %v", err)
	}
}
