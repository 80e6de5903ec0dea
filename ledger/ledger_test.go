package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"baosong/ledger/blob"
	"baosong/ledger/calendar"
	"baosong/parse/finding"
)

var update = flag.Bool("update", false, "write the golden files anew")

// bench is a ledger under test with its clock and a place that mails come to.
type bench struct {
	*DB
	t   testing.TB
	now time.Time
	uid uint32
}

const theCall = "2024-typical-cases"

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, calendar.Shanghai())
	if err != nil {
		panic("internal error: " + err.Error())
	}
	return t
}

func mustOpen(t testing.TB) *bench {
	t.Helper()
	b := &bench{t: t, now: at("2024-06-17 09:00")}
	b.DB = b.again(filepath.Join(t.TempDir(), "data"))
	return b
}

// again opens a further handle on the same directory, with the same clock.
func (b *bench) again(dir string) *DB {
	b.t.Helper()
	db, err := Open(context.Background(), dir, Options{Now: func() time.Time { return b.now }, Domain: "example.org"})
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { db.Close() })
	return db
}

func (b *bench) ctx() context.Context { return context.Background() }

func (b *bench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func ref(text string) blob.Ref {
	sum := sha256.Sum256([]byte(text))
	return blob.Ref(hex.EncodeToString(sum[:]))
}

// mail receives a new mail in INBOX at the clock's time.
func (b *bench) mail(text string) Message {
	b.t.Helper()
	b.uid++
	m, arrival, err := b.Receive(b.ctx(), NewMessage{
		Location: Location{"INBOX", 1, b.uid}, SHA256: ref(text), Size: int64(len(text)), ReceivedAt: b.now,
	})
	b.must(err)
	if arrival != New {
		b.t.Fatalf("arrival of %q = %s", text, arrival)
	}
	return m
}

// sub is a submission in short words: cases "a b!" (! is one with an error), what is owed.
type sub struct {
	cases  string
	owed   string
	errors string // codes of further errors without a place
	isNil  bool
}

func (s sub) submission() *Submission {
	out := &Submission{Nil: s.isNil, Owed: strings.Fields(s.owed)}
	for i, name := range strings.Fields(s.cases) {
		title, faulty := strings.CutSuffix(name, "!")
		file := File{Name: title + ".docx", Path: "材料.zip/" + title + ".docx", Part: "case", SHA256: ref(name), Size: 9, Used: true}
		out.Files = append(out.Files, file)
		out.Rows = append(out.Rows, Row{File: "汇总表.xlsx", Sheet: "Sheet1", Row: i + 4, CaseFile: file.Path, Values: map[string]string{"title": title}})
		out.Cases = append(out.Cases, Case{Key: title, Title: title, Row: i + 4, File: file.Path, SHA256: file.SHA256, OK: !faulty, Sketch: []uint32{1, 1 << 31}})
		if faulty {
			out.Findings = append(out.Findings, Finding{Finding: finding.New("case.too-short", finding.Place{File: file.Name, Where: "正文"})})
		}
	}
	for _, code := range strings.Fields(s.errors) {
		out.Findings = append(out.Findings, Finding{Finding: finding.New(finding.Code(code), finding.Place{})})
	}
	if len(out.Rows) > 0 {
		out.Files = append(out.Files, File{Name: "汇总表.xlsx", Path: "汇总表.xlsx", Part: "summary", SHA256: ref("sheet" + s.cases), Used: true})
	}
	return out
}

// outcome is what intake would decide about a good mail of a unit.
func outcome(m Message, unit string, s *Submission) Outcome {
	return Outcome{
		Message: m.ID, State: Filed, Call: theCall, Unit: unit, Fate: "filed", Submission: s,
		Header: Header{MessageID: fmt.Sprintf("<%d@example.org>", m.ID), From: unit + "@example.org", Subject: "报送"},
		Letters: []NewLetter{{
			Key: fmt.Sprintf("answer:%d", m.ID), Kind: Receipt, Call: theCall, Unit: unit, To: []string{unit + "@example.org"},
		}},
	}
}

// sends is a unit sending a mail that is recorded at once; a minute passes.
func (b *bench) sends(unit string, s sub) Recorded {
	b.t.Helper()
	m := b.mail(fmt.Sprintf("%s %v %d", unit, s, b.uid))
	r, err := b.Record(b.ctx(), outcome(m, unit, s.submission()))
	b.must(err)
	b.now = b.now.Add(time.Minute)
	return r
}

func (b *bench) facts(units ...string) Facts {
	return Facts{Call: theCall, Deadline: at("2024-06-21 23:59"), Units: units, Parts: []string{"summary", "measures"}, Now: b.now}
}

func (b *bench) standing(unit string) UnitStanding {
	b.t.Helper()
	us, err := b.Province(b.ctx(), b.facts(unit))
	b.must(err)
	return us[0]
}

func (b *bench) titles(unit string) string {
	b.t.Helper()
	cs, err := b.Cases(b.ctx(), theCall)
	b.must(err)
	var titles []string
	for _, c := range cs {
		if c.Unit == unit {
			titles = append(titles, c.Title)
		}
	}
	return strings.Join(titles, " ")
}

func TestSchemaGolden(t *testing.T) {
	t.Parallel()
	b := mustOpen(t)
	got, err := dumpSchema(b.ctx(), b.r)
	b.must(err)
	const golden = "schema.golden.sql"
	if *update {
		b.must(os.WriteFile(golden, []byte(got), 0o644))
	}
	want, err := os.ReadFile(golden)
	b.must(err)
	if got != string(want) {
		t.Errorf("the migrations no longer make %s: run go test ./ledger -update and read the difference", golden)
	}
}
