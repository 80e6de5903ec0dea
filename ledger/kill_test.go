package ledger

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// killedDir tells the test binary to be the process that TestKilledProcess kills.
const killedDir = "BAOSONG_TEST_KILLED_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(killedDir); dir != "" {
		if err := workUntilKilled(context.Background(), dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// workUntilKilled receives, records and sends as a daemon does, and says what is done.
func workUntilKilled(ctx context.Context, dir string) error {
	release, err := Lock(dir)
	if err != nil {
		return err
	}
	defer release()
	db, err := Open(ctx, dir, Options{})
	if err != nil {
		return err
	}
	if err := db.Sweep(ctx); err != nil {
		return err
	}
	waiting, err := db.Unfinished(ctx)
	if err != nil {
		return err
	}
	all, err := db.Messages(ctx, "")
	if err != nil {
		return err
	}
	for uid := uint32(len(all) + 1); ; uid++ {
		for _, m := range waiting {
			if err := finish(ctx, db, m); err != nil {
				return err
			}
		}
		text := "mail " + strconv.Itoa(int(uid))
		got, _, err := db.blobs().Spool(ctx, strings.NewReader(text))
		if err != nil {
			return err
		}
		m, _, err := db.Receive(ctx, NewMessage{Location: Location{"INBOX", 1, uid}, SHA256: got, ReceivedAt: time.Unix(int64(uid), 0)})
		if err != nil {
			return err
		}
		waiting = []Message{m}
		fmt.Println("received", uid)
	}
}

func finish(ctx context.Context, db *DB, m Message) error {
	if err := db.blobs().Keep(m.SHA256); err != nil {
		return err
	}
	o := outcome(m, "hefei", sub{cases: "a b!"}.submission())
	o.Submission.Files, o.Submission.Cases = nil, nil // no bytes in this test
	if _, err := db.Record(ctx, o); err != nil {
		return err
	}
	l, err := db.Claim(ctx, time.Now(), []time.Duration{time.Millisecond})
	if err != nil || l == nil {
		return errors.Join(err, errors.New("nothing to send"))
	}
	ref, _, err := db.blobs().Put(ctx, strings.NewReader("letter "+l.Key))
	if err != nil {
		return err
	}
	if l.Blob == "" {
		if err := db.SetComposed(ctx, l.ID, ref, "回执"); err != nil {
			return err
		}
	}
	_, err = db.Settle(ctx, l.ID, Delivered())
	return err
}

// A daemon killed in the middle of its work, again and again: whatever it said it had received is there, everything is
// judged once and answered once, and nothing is damaged.
func TestKilledProcess(t *testing.T) {
	t.Parallel()
	b := &bench{t: t, now: time.Now()}
	dir := filepath.Join(t.TempDir(), "data")
	said := 0
	for _, lines := range []int{1, 3, 2, 7, 4} {
		said = runAndKill(t, dir, lines)
	}
	b.DB = b.again(dir)
	ms, err := b.Messages(b.ctx(), "")
	b.must(err)
	if len(ms) < said {
		t.Errorf("%d messages in the ledger, %d were reported", len(ms), said)
	}
	subs, err := b.Submissions(b.ctx(), theCall, "hefei")
	b.must(err)
	answers := map[int64]int{}
	ls, err := b.Letters(b.ctx(), "")
	b.must(err)
	for _, l := range ls {
		answers[l.Message]++
	}
	for i, s := range subs {
		if s.Revision != i+1 || answers[s.Message] != 1 {
			t.Errorf("revision %d of message %d has %d answers", s.Revision, s.Message, answers[s.Message])
		}
	}
	if un, err := b.Unfinished(b.ctx()); err != nil || len(un)+len(subs) != len(ms) {
		t.Errorf("%d unfinished and %d judged of %d, %v", len(un), len(subs), len(ms), err)
	}
	damage, err := b.Verify(b.ctx())
	b.must(err)
	for _, d := range damage {
		if d.Grave() {
			t.Errorf("%+v", d)
		}
	}
}

// runAndKill starts the worker, waits until it has reported so many mails, kills it, and returns the last one reported.
func runAndKill(t *testing.T, dir string, lines int) int {
	t.Helper()
	worker := exec.CommandContext(t.Context(), os.Args[0])
	worker.Env = append(os.Environ(), killedDir+"="+dir)
	worker.Stderr = os.Stderr
	out, err := worker.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := worker.Start(); err != nil {
		t.Fatal(err)
	}
	last := 0
	read := bufio.NewScanner(out)
	for n := 0; n < lines && read.Scan(); n++ {
		if _, err := fmt.Sscanf(read.Text(), "received %d", &last); err != nil {
			t.Fatalf("worker said %q", read.Text())
		}
	}
	if err := worker.Process.Kill(); err != nil {
		t.Error(err)
	}
	for read.Scan() { // what it said before it died counts too
		fmt.Sscanf(read.Text(), "received %d", &last)
	}
	worker.Wait()
	if last == 0 {
		t.Fatal("the worker did nothing")
	}
	return last
}
