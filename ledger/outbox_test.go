package ledger

import (
	"errors"
	"strings"
	"testing"
	"time"

	"baosong/ledger/blob"
)

func (b *bench) queue(key string, kind Kind, due time.Time) int64 {
	b.t.Helper()
	id, fresh, err := b.Enqueue(b.ctx(), NewLetter{
		Key: key, Kind: kind, Unit: "hefei", To: []string{"Hefei@Example.org"}, CC: []string{"cc@example.org"}, Due: due, Topic: "query",
	})
	b.must(err)
	if !fresh {
		b.t.Errorf("letter %s is not fresh", key)
	}
	return id
}

func TestEnqueueTwiceIsOnce(t *testing.T) {
	t.Parallel()
	b := mustOpen(t)
	id := b.queue("answer:1", Receipt, b.now)
	again, fresh, err := b.Enqueue(b.ctx(), NewLetter{Key: "answer:1", Kind: Correction, To: []string{"x@example.org"}})
	b.must(err)
	if fresh || again != id {
		t.Errorf("second = %d, %v", again, fresh)
	}
	for _, bad := range []NewLetter{{Kind: Receipt, To: []string{"x@example.org"}}, {Key: "k", Kind: Receipt}} {
		if _, _, err := b.Enqueue(b.ctx(), bad); err == nil {
			t.Errorf("%+v was queued", bad)
		}
	}
	l, err := b.LetterByMessageID(b.ctx(), mustLetter(b, id).MessageID)
	b.must(err)
	if l.ID != id || !strings.HasSuffix(l.MessageID, "@example.org>") || l.To[0] != "Hefei@Example.org" || l.CC[0] != "cc@example.org" {
		t.Errorf("letter = %+v", l)
	}
}

func mustLetter(b *bench, id int64) Letter {
	b.t.Helper()
	l, err := b.Letter(b.ctx(), id)
	b.must(err)
	return l
}

func TestClaimOrder(t *testing.T) {
	t.Parallel()
	b := mustOpen(t)
	b.queue("digest", Digest, b.now.Add(-3*time.Hour))
	b.queue("reminder", Reminder, b.now.Add(-2*time.Hour))
	b.queue("later", Receipt, b.now.Add(time.Hour))
	b.queue("second", Receipt, b.now)
	b.queue("first", Correction, b.now.Add(-time.Minute))
	b.queue("alert", Alert, b.now)
	var got []string
	for {
		l, err := b.Claim(b.ctx(), b.now, []time.Duration{time.Hour})
		b.must(err)
		if l == nil {
			break
		}
		got = append(got, l.Key)
	}
	if want := "alert first second reminder digest"; strings.Join(got, " ") != want {
		t.Errorf("order = %v, want %s", got, want)
	}
	next, err := b.NextDue(b.ctx())
	b.must(err)
	if !next.Equal(b.now.Add(time.Hour)) {
		t.Errorf("next = %v", next)
	}
}

func TestRetryUntilDead(t *testing.T) {
	t.Parallel()
	b := mustOpen(t)
	id := b.queue("k", Receipt, b.now)
	retry := []time.Duration{2 * time.Minute, 15 * time.Minute, time.Hour}
	for attempt := 1; attempt <= len(retry)+1; attempt++ {
		l, err := b.Claim(b.ctx(), b.now, retry)
		b.must(err)
		if l == nil || l.Attempts != attempt {
			t.Fatalf("attempt %d claimed %+v", attempt, l)
		}
		if l, err := b.Claim(b.ctx(), b.now, retry); l != nil || err != nil { // already written: nobody else takes it
			t.Fatalf("claimed twice: %+v, %v", l, err)
		}
		if attempt == 1 {
			b.must(b.SetComposed(b.ctx(), id, ref("bytes"), "回执"))
		}
		want := Due
		if attempt > len(retry) {
			want = Dead
		}
		state, err := b.Settle(b.ctx(), id, Again("451 try later"))
		b.must(err)
		if state != want {
			t.Errorf("after attempt %d: %s, want %s", attempt, state, want)
		}
		b.now = mustLetter(b, id).NextAttempt
	}
	if l := mustLetter(b, id); l.LastError != "451 try later" || l.Blob != ref("bytes") {
		t.Errorf("letter = %+v", l)
	}
	if _, err := b.Settle(b.ctx(), id, Delivered()); !errors.Is(err, ErrConflict) {
		t.Errorf("a dead letter was settled: %v", err)
	}
}

// A crash between claiming and settling costs a wait; then the same bytes go again under the same Message-ID.
func TestClaimSurvivesCrash(t *testing.T) {
	t.Parallel()
	b := mustOpen(t)
	id := b.queue("k", Receipt, b.now)
	retry := []time.Duration{2 * time.Minute}
	first, err := b.Claim(b.ctx(), b.now, retry)
	b.must(err)
	b.must(b.SetComposed(b.ctx(), id, ref("bytes"), "回执"))
	db := b.again(b.Dir())
	if l, err := db.Claim(b.ctx(), b.now, retry); l != nil || err != nil {
		t.Fatalf("claimed at once after the crash: %+v, %v", l, err)
	}
	b.now = b.now.Add(2 * time.Minute)
	second, err := db.Claim(b.ctx(), b.now, retry)
	b.must(err)
	if second == nil || second.MessageID != first.MessageID || second.Blob != ref("bytes") || second.State != Composed {
		t.Errorf("after the crash: %+v", second)
	}
}

// A letter that the provider found too large is composed anew: the new bytes take the place of the old ones.
func TestComposedAnew(t *testing.T) {
	t.Parallel()
	b := mustOpen(t)
	id := b.queue("k", Receipt, b.now)
	put := func(text string) blob.Ref {
		ref, _, err := b.blobs().Put(b.ctx(), strings.NewReader(text))
		b.must(err)
		return ref
	}
	large, small := put("a large letter"), put("a small letter")
	b.must(b.SetComposed(b.ctx(), id, large, "补正通知"))
	b.must(b.SetComposed(b.ctx(), id, small, "补正通知"))
	if l := mustLetter(b, id); l.State != Composed || l.Blob != small || b.blobs().Has(large) || !b.blobs().Has(small) {
		t.Errorf("letter = %+v, large kept: %v", l, b.blobs().Has(large))
	}
	damage, err := b.Verify(b.ctx())
	b.must(err)
	if len(damage) > 0 {
		t.Errorf("%+v", damage)
	}
}

func TestDeferTakesTheAttemptBack(t *testing.T) {
	t.Parallel()
	b := mustOpen(t)
	id := b.queue("k", Receipt, b.now)
	for range 5 {
		if _, err := b.Claim(b.ctx(), b.now, []time.Duration{time.Minute}); err != nil {
			t.Fatal(err)
		}
		b.now = b.now.Add(time.Hour)
		b.must(b.Defer(b.ctx(), id, b.now))
	}
	if l := mustLetter(b, id); l.Attempts != 0 || l.State != Due {
		t.Errorf("letter = %+v", l)
	}
}

func TestCounts(t *testing.T) {
	t.Parallel()
	b := mustOpen(t)
	for i, outcome := range []SendResult{Delivered(), DeadNow("550 no such user"), Hold("ceiling"), Again("451")} {
		b.queue(string(rune('a'+i)), Receipt, b.now)
		l, err := b.Claim(b.ctx(), b.now, []time.Duration{time.Hour})
		b.must(err)
		_, err = b.Settle(b.ctx(), l.ID, outcome)
		b.must(err)
	}
	b.queue("planned", Reminder, b.now.Add(24*time.Hour))
	bal, err := b.Balance(b.ctx())
	b.must(err)
	if bal.LettersSent != 1 || bal.LettersDead != 1 || bal.LettersHeld != 1 || bal.LettersDue != 1 || bal.LettersPlanned != 1 {
		t.Errorf("balance = %+v", bal)
	}
	for what, want := range map[string]int{"": 5, "query": 5, "receipt": 4, "reminder": 1, "nil": 0} {
		if n, err := b.AnsweredToday(b.ctx(), "hefei@example.org", what); n != want || err != nil {
			t.Errorf("answered %q = %d, %v, want %d", what, n, err, want)
		}
	}
	if n, err := b.SentTo(b.ctx(), "HEFEI@example.org", b.now.Add(-time.Hour)); n != 1 || err != nil {
		t.Errorf("sent to = %d, %v", n, err)
	}
	if n, err := b.SentSince(b.ctx(), b.now.Add(time.Hour)); n != 0 || err != nil {
		t.Errorf("sent since = %d, %v", n, err)
	}
	b.now = b.now.Add(24 * time.Hour)
	if n, err := b.AnsweredToday(b.ctx(), "hefei@example.org", ""); n != 0 || err != nil {
		t.Errorf("answered the next day = %d, %v", n, err)
	}
}

// An address is dead after its last letter failed, and alive again once something is heard from it or a letter went well.
func TestDeadAddresses(t *testing.T) {
	t.Parallel()
	b := mustOpen(t)
	send := func(key string, how SendResult) {
		t.Helper()
		b.now = b.now.Add(time.Minute)
		b.queue(key, Receipt, b.now)
		l, err := b.Claim(b.ctx(), b.now, nil)
		b.must(err)
		_, err = b.Settle(b.ctx(), l.ID, how)
		b.must(err)
	}
	want := func(n int) {
		t.Helper()
		ds, err := b.DeadAddresses(b.ctx())
		b.must(err)
		if len(ds) != n {
			t.Errorf("dead = %+v, want %d", ds, n)
		}
	}
	send("a", Delivered())
	want(0)
	send("b", DeadNow("550 no such user"))
	want(2) // to and cc
	send("c", Delivered())
	want(0)
	c, err := b.LetterByKey(b.ctx(), "c")
	b.must(err)
	b.must(b.Unreached(b.ctx(), c.ID, []string{"CC@example.org"}, "550 unknown"))
	want(1)
	send("d", DeadNow("550 refused"))
	if ds, err := b.DeadAddresses(b.ctx()); err != nil || len(ds) != 2 || !ds[0].Final {
		t.Errorf("refused for good: %+v, %v", ds, err)
	}
	send("e", Again("connection refused")) // without retries: used up at once
	if ds, err := b.DeadAddresses(b.ctx()); err != nil || len(ds) != 2 || ds[0].Final {
		t.Errorf("retries used up: %+v, %v", ds, err)
	}
	send("f", Delivered())
	b.must(b.CancelLetter(b.ctx(), b.queue("g", Receipt, b.now), "staff", "never mind"))
	want(0)
	bounce := func(status string) {
		t.Helper()
		f, err := b.LetterByKey(b.ctx(), "f")
		b.must(err)
		_, err = b.Record(b.ctx(), Outcome{
			Message: b.mail(status).ID, State: Ignored, Why: "bounce",
			Bounced: &BounceOf{Letter: f.ID, Recipients: []string{"hefei@example.org"}, Status: status},
		})
		b.must(err)
	}
	bounce("4.4.7")
	want(0)
	bounce("5.1.1")
	want(1)
	b.now = b.now.Add(time.Hour)
	b.sends("hefei", sub{cases: "a"})
	want(0)
}

// dead sends hefei a letter that the smarthost takes, lets a bounce of it come from an address, and returns what is dead then.
func (b *bench) dead(from string, of BounceOf) []DeadAddress {
	b.t.Helper()
	id := b.queue("letter", Reminder, b.now)
	_, err := b.Claim(b.ctx(), b.now, nil)
	b.must(err)
	_, err = b.Settle(b.ctx(), id, Delivered())
	b.must(err)
	b.now = b.now.Add(time.Minute)
	of.Letter, of.Recipients = id, []string{"hefei@example.org"}
	_, err = b.Record(b.ctx(), Outcome{Message: b.mail("bounce").ID, State: Ignored, Why: "report", Header: Header{From: from}, Bounced: &of})
	b.must(err)
	ds, err := b.DeadAddresses(b.ctx())
	b.must(err)
	return ds
}

// Some servers let a bounce come from the very address that does not exist: that is no sign of life.
func TestBounceFromTheDeadAddress(t *testing.T) {
	t.Parallel()
	b := mustOpen(t)
	if ds := b.dead("hefei@example.org", BounceOf{Status: "5.1.1", Text: "no such user"}); len(ds) != 1 || !ds[0].Final {
		t.Errorf("dead = %+v, want hefei's address", ds)
	}
}

// A bounce that names nothing but the receipt number can be written by anybody who has seen one: staff see it, and the address
// goes on being written to until a bounce proves that it knows the letter.
func TestWeakBounceIsNotFinal(t *testing.T) {
	t.Parallel()
	b := mustOpen(t)
	ds := b.dead("evil@other.example", BounceOf{Status: "5.1.1", Text: "no such user", Weak: true})
	if len(ds) != 1 || ds[0].Final || !strings.HasPrefix(ds[0].Why, "5.1.1 no such user") || !strings.Contains(ds[0].Why, "未经证实") {
		t.Errorf("after the weak bounce %+v", ds)
	}
	_, err := b.Record(b.ctx(), Outcome{Message: b.mail("again").ID, State: Ignored, Why: "report",
		Bounced: &BounceOf{Letter: ds[0].Letter, Recipients: []string{"hefei@example.org"}, Status: "5.1.1", Text: "no such user"}})
	b.must(err)
	if ds, err := b.DeadAddresses(b.ctx()); err != nil || len(ds) != 1 || !ds[0].Final || strings.Contains(ds[0].Why, "未经证实") {
		t.Errorf("after the proof %+v, %v", ds, err)
	}
	_, err = b.Record(b.ctx(), Outcome{Message: b.mail("weak again").ID, State: Ignored, Why: "report",
		Bounced: &BounceOf{Letter: ds[0].Letter, Recipients: []string{"hefei@example.org"}, Status: "4.4.7", Weak: true}})
	b.must(err)
	if ds, err := b.DeadAddresses(b.ctx()); err != nil || len(ds) != 1 || !ds[0].Final {
		t.Errorf("a weak one took back the proof: %+v, %v", ds, err)
	}
}
