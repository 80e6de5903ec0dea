package notify

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"baosong/ledger"
	"baosong/ledger/blob"
	"baosong/ledger/calendar"
	"baosong/notify/schedule"
	"baosong/parse/call"
	"baosong/parse/finding"
)

// bench is a ledger, an outbox runner over it, and a provider that can be told to refuse.
type bench struct {
	*Runner
	t     *testing.T
	call  *call.Call
	smtp  *provider
	start time.Time // what the clock showed at born
	born  time.Time // zero: the clock stands still
	uid   uint32
}

// newRunningBench is for synctest bubbles: the clock runs with the bubble's.
func newRunningBench(t *testing.T, now string) *bench {
	b := newBench(t, now)
	b.born = time.Now()
	return b
}

// newBench stops the clock at a time of 2024.
func newBench(t *testing.T, now string) *bench {
	t.Helper()
	b := &bench{t: t, call: call.Default(), smtp: &provider{}, start: when(t, now)}
	dir := t.TempDir()
	db, err := ledger.Open(context.Background(), dir, ledger.Options{Now: b.clock, Domain: "box.example.org"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	blobs, err := blob.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	b.smtp.clock = b.clock
	b.Runner = &Runner{
		Ledger: db, Blobs: blobs, Transport: b.smtp, Calendar: calendar.Default(nil), Now: b.clock, Log: slog.New(slog.DiscardHandler),
		Call: func(id string) *call.Call {
			if id == b.call.ID {
				return b.call
			}
			return nil
		},
		Options: Options{
			From: "省中小企业局 <box@example.org>", AlertTo: []string{"staff@example.org"},
			Retry: []time.Duration{2 * time.Minute, 15 * time.Minute, time.Hour, 4 * time.Hour, 12 * time.Hour, 24 * time.Hour},
		},
	}
	return b
}

func when(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", s, calendar.Shanghai())
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func (b *bench) clock() time.Time {
	if b.born.IsZero() {
		return b.start
	}
	return b.start.Add(time.Since(b.born))
}

// set moves the stopped clock to a moment.
func (b *bench) set(now string) { b.start = when(b.t, now) }

// queue queues a reminder to a unit, which owes everything.
func (b *bench) queue(unit, key string) int64 {
	b.t.Helper()
	id, fresh, err := b.Ledger.Enqueue(context.Background(), ledger.NewLetter{
		Key: key, Kind: ledger.Reminder, Call: b.call.ID, Unit: unit, Topic: string(schedule.BeforeDeadline), To: []string{"gxj@" + unit + ".example"},
	})
	if err != nil || !fresh {
		b.t.Fatalf("queue %s: fresh %v, %v", key, fresh, err)
	}
	return id
}

// due runs what is due and returns how many letters were sent.
func (b *bench) due() int {
	b.t.Helper()
	n, err := b.RunDue(context.Background())
	if err != nil {
		b.t.Fatal(err)
	}
	return n
}

func (b *bench) letter(id int64) ledger.Letter {
	b.t.Helper()
	l, err := b.Ledger.Letter(context.Background(), id)
	if err != nil {
		b.t.Fatal(err)
	}
	return l
}

// alerts returns the keys of all alerts.
func (b *bench) alerts() string {
	b.t.Helper()
	all, err := b.Ledger.Letters(context.Background(), "")
	if err != nil {
		b.t.Fatal(err)
	}
	var keys []string
	for _, l := range all {
		if l.Kind == ledger.Alert {
			keys = append(keys, strings.TrimPrefix(l.Key, "alert:"))
		}
	}
	return strings.Join(keys, " ")
}

// submit lets a unit's mail arrive and records how it was judged, with the letter that answers it.
func (b *bench) submit(unit string, kind ledger.Kind, s ledger.Submission) (letter int64, receipt string) {
	b.t.Helper()
	ctx := context.Background()
	b.uid++
	ref, size, err := b.Blobs.Put(ctx, strings.NewReader(fmt.Sprintf("mail %d", b.uid)))
	if err != nil {
		b.t.Fatal(err)
	}
	m, _, err := b.Ledger.Receive(ctx, ledger.NewMessage{
		Location: ledger.Location{Folder: "INBOX", UIDValidity: 1, UID: b.uid}, SHA256: ref, Size: size, ReceivedAt: b.clock(),
	})
	if err != nil {
		b.t.Fatal(err)
	}
	sender := "gxj@" + unit + ".example"
	rec, err := b.Ledger.Record(ctx, ledger.Outcome{
		Message: m.ID, State: ledger.Filed, Call: b.call.ID, Unit: unit, Fate: "filed", Submission: &s,
		Header: ledger.Header{MessageID: fmt.Sprintf("<m%d@%s.example>", b.uid, unit), From: sender, Subject: "报送材料"},
		Letters: []ledger.NewLetter{{
			Key: fmt.Sprintf("answer:%d", m.ID), Kind: kind, Call: b.call.ID, Unit: unit, To: []string{sender},
			InReplyTo: fmt.Sprintf("<m%d@%s.example>", b.uid, unit), Subject: "报送材料",
		}},
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return rec.Letters[0], rec.Submission.Receipt
}

// faulty is a submission with one error; whole is one without.
func faulty() ledger.Submission {
	return ledger.Submission{
		Owed:  []string{"measures"},
		Files: []ledger.File{{Name: "汇总表.xlsx", Path: "汇总表.xlsx", Part: "summary", Format: "xlsx", Used: true}},
		Findings: []ledger.Finding{{Finding: finding.New("cell.required", finding.Place{
			File: "汇总表.xlsx", Sheet: "Sheet1", Cell: "J4", Row: 4, Column: "contact"})}},
	}
}

func whole() ledger.Submission {
	return ledger.Submission{
		Files: []ledger.File{{Name: "汇总表.xlsx", Path: "汇总表.xlsx", Part: "summary", Format: "xlsx", Used: true}},
		Cases: []ledger.Case{{Key: "k", Title: "一图一码管生产", Cluster: "合肥市某集群（示例）", Direction: "数字化升级", Row: 4, File: "案例1.docx", SHA256: blob.Ref(strings.Repeat("0", 64)), OK: true}},
	}
}

// provider is a Transport that keeps what it was given and fails as it is told.
type provider struct {
	mu    sync.Mutex
	clock func() time.Time
	fail  func(n int, to []string) error // n counts the tries from 1; nil: takes everything
	tries []try
	mails []sent
}

type try struct {
	at time.Time
	to string
}

type sent struct {
	to  []string
	raw []byte
}

func (p *provider) Send(ctx context.Context, from string, to []string, raw []byte) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tries = append(p.tries, try{p.clock(), to[0]})
	if p.fail != nil {
		if err := p.fail(len(p.tries), to); err != nil {
			return err
		}
	}
	p.mails = append(p.mails, sent{to, raw})
	return ctx.Err()
}

// parsed reads a sent mail's header and its subject.
func (s sent) parsed(t *testing.T) (mail.Header, string, string) {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(s.raw))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(m.Body)
	return m.Header, subject, string(body)
}

// refusal is the provider's no.
type refusal struct {
	final, ours, slow, large bool
	reached                  []string
}

func (r *refusal) Error() string     { return fmt.Sprintf("refused: %+v", *r) }
func (r *refusal) Final() bool       { return r.final }
func (r *refusal) Ours() bool        { return r.ours }
func (r *refusal) Slow() bool        { return r.slow }
func (r *refusal) TooLarge() bool    { return r.large }
func (r *refusal) Reached() []string { return r.reached }
