package main

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"baosong/ledger"
	"baosong/parse/finding"
	"baosong/sample"
)

// TestEverythingBesideServe runs staff's commands as processes of their own, again and again, beside a daemon that receives mail. None
// hangs or fails but by a refusal in words, each decision stands in the ledger once, each mail has its fate and its one answer.
func TestEverythingBesideServe(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	daemon, log := s.start()
	units := []string{"hefei", "wuhu", "bengbu", "huainan", "maanshan", "huaibei"}
	s.await("a ledger", func() bool { code, _ := s.run("status"); return code == 0 })
	d := &deciders{site: s, db: s.ledger(), done: map[string]int{}}
	works := []func(i int){
		func(i int) {
			file := fmt.Sprintf("b%d.tar", i)
			d.do(false, "backup", file)
			d.do(false, "verify", file)
		},
		func(int) { d.do(false, "verify") },
		func(i int) { d.do(false, "export", "--out", filepath.Join(s.dir, fmt.Sprintf("package%d", i))) },
		func(int) { d.do(true, "prune", shippedCall, "--apply", "--why", "保存期满") },
		func(i int) {
			d.do(true, "extend", units[i%len(units)], "--until", "2024-07-15", "--why", "来函申请")
			d.do(true, "postpone", units[i%len(units)], "--until", "2024-07-15", "--why", "已电话确认")
		},
		func(int) {
			for _, u := range units {
				d.waive(u)
			}
		},
		func(i int) { d.sort(units[i%len(units)], i) },
	}
	var wg sync.WaitGroup
	var over atomic.Bool
	defer over.Store(true)
	for _, work := range works {
		wg.Go(func() {
			tick := time.NewTicker(50 * time.Millisecond)
			defer tick.Stop()
			for i := 0; !over.Load(); i++ {
				work(i)
				<-tick.C
			}
			work(0) // and once when all is there
		})
	}
	mails := 0
	for i, unit := range units {
		at := on("06-18", "07:00").Add(time.Duration(i) * time.Minute)
		s.faulty(unit, at)
		stranger := sample.Mail{From: unit + "@elsewhere.example", To: "box@example.org", Subject: "零报告", Text: "零报告", Date: at}
		s.put(stranger.Bytes(), at)
		mails += 2
		if i%2 == 0 {
			s.deliver(unit, at.Add(time.Hour), true)
			mails++
		}
	}
	s.await("all mail", func() bool { return s.judged() == mails })
	over.Store(true)
	wg.Wait()
	s.await("all decisions carried out", func() bool { return s.judged() == mails })
	s.await("all answers", func() bool { return s.unsent() == 0 })
	s.stop(daemon, log)
	if strings.Contains(log.String(), "locked") || strings.Contains(log.String(), "SQLITE") {
		t.Errorf("the daemon met a lock\n%s", log)
	}
	d.recorded()
	seen := map[string]bool{}
	for _, m := range s.smtp.Received() {
		if id := messageID(m.Raw); seen[id] {
			t.Errorf("%s was sent twice", id)
		} else {
			seen[id] = true
		}
	}
	for _, unit := range units {
		if n := s.keyedTo("answer:", unit); n < 1 {
			t.Errorf("%s got %d answers", unit, n)
		}
	}
	s.whole(mails)
}

// judged counts the mails that have a fate.
func (s *site) judged() (n int) {
	s.t.Helper()
	for _, m := range s.messages() {
		if m.State != "received" {
			n++
		}
	}
	return n
}

// unsent counts the letters that are still to go.
func (s *site) unsent() int {
	s.t.Helper()
	var st statusReport
	s.json(&st, "status")
	return st.Outbox.Due
}

// deciders run commands and remember which decisions were taken.
type deciders struct {
	*site
	db   *ledger.DB // to look at
	mu   sync.Mutex
	done map[string]int // by verb
}

// do runs a command. A decision may be refused: somebody else was faster, or the mail is not there yet.
func (d *deciders) do(decision bool, args ...string) {
	code, out := d.run(args...)
	refused := code == exitConflict || code == exitNotFound
	if code != exitOK && !(decision && refused) {
		d.t.Errorf("%v: exit %d\n%s", args, code, out)
	}
	if code == exitOK && decision {
		d.mu.Lock()
		d.done[args[0]]++
		d.mu.Unlock()
	}
}

// waive waives what is wrong with a unit's submission.
func (d *deciders) waive(unit string) {
	sub, err := d.db.Standing(d.t.Context(), shippedCall, unit)
	if err != nil {
		d.t.Error(err)
	}
	if sub == nil {
		return
	}
	for _, f := range sub.Findings {
		if f.Open() && f.Severity == finding.Error {
			d.do(true, "waive", strconv.FormatInt(f.ID, 10), "--why", "口径已说明")
		}
	}
}

// sort gives held mails to a unit, and ignores every other.
func (d *deciders) sort(unit string, i int) {
	held, err := d.db.Messages(d.t.Context(), ledger.Held)
	if err != nil {
		d.t.Error(err)
	}
	for _, m := range held {
		id := strconv.FormatInt(m.ID, 10)
		if i++; i%2 == 0 {
			d.do(true, "assign", id, unit)
		} else {
			d.do(true, "ignore", id, "--why", "重复")
		}
	}
}

// recorded asks that the ledger has all decisions that were said to be taken, and no more.
func (d *deciders) recorded() {
	d.t.Helper()
	es, err := d.db.Events(d.t.Context(), ledger.EventFilter{What: "decision."})
	if err != nil {
		d.t.Error(err)
	}
	got := map[string]int{}
	for _, e := range es {
		if e.Who != ledger.Self {
			got[strings.TrimPrefix(e.What, "decision.")]++
		}
	}
	d.t.Logf("decisions: %v; in the ledger: %v", d.done, got)
	for _, verb := range []string{"extend", "postpone", "waive", "assign", "ignore"} {
		n := d.done[verb]
		if n == 0 {
			d.t.Errorf("nothing was decided by %s", verb)
		}
		if got[verb] != n {
			d.t.Errorf("%s: %d were said to be taken, %d stand in the ledger", verb, n, got[verb])
		}
	}
}
