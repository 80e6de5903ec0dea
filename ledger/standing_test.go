package ledger

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestWhatCounts(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		sent   []sub
		state  string
		cases  string
		errors int
		owed   string
	}{
		{name: "nothing", state: StateNone, owed: "summary measures"},
		{name: "clean and whole", sent: []sub{{cases: "a b"}}, state: StateAccepted, cases: "a b"},
		{name: "something owed", sent: []sub{{cases: "a", owed: "measures"}}, state: StatePartial, cases: "a", owed: "measures"},
		{name: "faulty from the start", sent: []sub{{cases: "a b!"}}, state: StateCorrect, cases: "a", errors: 1},
		{name: "mended", sent: []sub{{cases: "a b!"}, {cases: "a b"}}, state: StateAccepted, cases: "a b"},
		{name: "clean one replaces all", sent: []sub{{cases: "a b"}, {cases: "c"}}, state: StateAccepted, cases: "c"},
		{name: "faulty one adds its right cases", sent: []sub{{cases: "a b"}, {cases: "b! c"}}, state: StateCorrect, cases: "a b c", errors: 1},
		{name: "faulty after faulty", sent: []sub{{cases: "a!"}, {cases: "b c!"}, {cases: "d e!"}}, state: StateCorrect, cases: "b d", errors: 1},
		{name: "errors without place", sent: []sub{{cases: "a", errors: "sheet.missing"}}, state: StateCorrect, cases: "a", errors: 1},
		{name: "nil", sent: []sub{{isNil: true}}, state: StateNil},
		{name: "nil empties", sent: []sub{{cases: "a"}, {isNil: true}}, state: StateNil},
		{name: "nil is undone by a case", sent: []sub{{isNil: true}, {cases: "a"}}, state: StateAccepted, cases: "a"},
		{name: "faulty after nil after clean", sent: []sub{{cases: "a"}, {isNil: true}, {cases: "b c!"}}, state: StateCorrect, cases: "b", errors: 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := mustOpen(t)
			b.sends("huangshan", sub{cases: "other"}) // of no concern
			for _, s := range tt.sent {
				b.sends("hefei", s)
			}
			u := b.standing("hefei")
			if u.State != tt.state || u.ErrorsOpen != tt.errors || strings.Join(u.Owed, " ") != tt.owed {
				t.Errorf("standing = %+v, want %s, %d errors, owed %q", u, tt.state, tt.errors, tt.owed)
			}
			if got := b.titles("hefei"); got != tt.cases {
				t.Errorf("cases that stand = %q, want %q", got, tt.cases)
			}
			if u.CasesAccepted != len(strings.Fields(tt.cases)) {
				t.Errorf("cases accepted = %d", u.CasesAccepted)
			}
		})
	}
}

func TestTrialAndWaivedDoNotCount(t *testing.T) {
	t.Parallel()
	b := mustOpen(t)
	s := sub{cases: "a", errors: "sheet.missing measures.missing"}.submission()
	s.Findings[0].Trial = true
	s.Findings[1].Waived = true
	_, err := b.Record(b.ctx(), outcome(b.mail("x"), "hefei", s))
	b.must(err)
	if u := b.standing("hefei"); u.State != StateAccepted || u.ErrorsOpen != 0 {
		t.Errorf("standing = %+v", u)
	}
}

func TestLate(t *testing.T) {
	t.Parallel()
	const before, after = "2024-06-21 12:00", "2024-06-22 12:00"
	for _, tt := range []struct {
		name     string
		at       string // of the mail; empty: none
		send     sub
		now      string
		extended string // unit or *, and until
		want     bool
	}{
		{"in time", before, sub{cases: "a"}, after, "", false},
		{"after it", after, sub{cases: "a"}, after, "", true},
		{"nil in time", before, sub{isNil: true}, after, "", false},
		{"nothing, before", "", sub{}, before, "", false},
		{"nothing, after", "", sub{}, after, "", true},
		{"partial, before", before, sub{cases: "a", owed: "measures"}, before, "", false},
		{"partial, after", before, sub{cases: "a", owed: "measures"}, after, "", true},
		{"faulty, after", before, sub{cases: "a!"}, after, "", true},
		{"extended for it", after, sub{cases: "a"}, after, "hefei 2024-06-24 17:00", false},
		{"extended for all", after, sub{cases: "a"}, after, "* 2024-06-24 17:00", false},
		{"extended for another", after, sub{cases: "a"}, after, "wuhu 2024-06-24 17:00", true},
		{"extension too short", after, sub{cases: "a"}, after, "hefei 2024-06-22 08:00", true},
		{"nothing, extended", "", sub{}, after, "* 2024-06-24 17:00", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := mustOpen(t)
			if tt.at != "" {
				b.now = at(tt.at)
				b.sends("hefei", tt.send)
			}
			b.now = at(tt.now)
			if tt.extended != "" {
				unit, until, _ := strings.Cut(tt.extended, " ")
				b.must(b.Extend(b.ctx(), theCall, unit, at(until), "staff", "电话请示"))
			}
			if u := b.standing("hefei"); u.Late != tt.want {
				t.Errorf("late = %v, want %v: %+v", u.Late, tt.want, u)
			}
		})
	}
}

// TestExtensionOvertakes: the letter of a newer extension takes the place of the older one's, of the same call only; and a unit
// whose own deadline stays later hears nothing of an earlier one for all.
func TestExtensionOvertakes(t *testing.T) {
	t.Parallel()
	b := mustOpen(t)
	n := 0
	extend := func(callID, unit, until string) {
		t.Helper()
		n++
		b.must(b.Extend(b.ctx(), callID, unit, at(until), "staff", "来函申请", NewLetter{
			Key: fmt.Sprintf("decision:extend:hefei:%d", n), Overtakes: "decision:extend:hefei:", Kind: Confirmation, Call: callID, Unit: "hefei",
			To: []string{"gxj@hefei.example"}, Subject: until}))
	}
	extend("another", "hefei", "2024-08-01 17:00")
	extend(theCall, "hefei", "2024-06-25 17:00")
	extend(theCall, "hefei", "2024-06-28 17:00")
	extend(theCall, EveryUnit, "2024-06-26 17:00")
	due, err := b.Letters(b.ctx(), Due)
	b.must(err)
	var told []string
	for _, l := range due {
		told = append(told, l.Call+" "+l.Subject)
	}
	slices.Sort(told)
	if want := []string{theCall + " 2024-06-28 17:00", "another 2024-08-01 17:00"}; !slices.Equal(told, want) {
		t.Errorf("told of %q, want %q", told, want)
	}
}

func TestTermsLatestCounts(t *testing.T) {
	t.Parallel()
	b := mustOpen(t)
	want := func(deadline string) {
		t.Helper()
		if u := b.standing("hefei"); !u.Deadline.Equal(at(deadline)) {
			t.Errorf("deadline = %v, want %s", u.Deadline, deadline)
		}
	}
	want("2024-06-21 23:59")
	b.must(b.Extend(b.ctx(), theCall, "hefei", at("2024-06-28 17:00"), "staff", "误填"))
	b.must(b.Extend(b.ctx(), theCall, "hefei", at("2024-06-25 17:00"), "staff", "更正"))
	want("2024-06-25 17:00")
	b.must(b.Extend(b.ctx(), theCall, EveryUnit, at("2024-06-24 17:00"), "staff", "全省顺延"))
	want("2024-06-25 17:00") // its own is the later one
	b.must(b.Extend(b.ctx(), theCall, "hefei", at("2024-06-20 17:00"), "staff", "取消"))
	want("2024-06-24 17:00")
	b.must(b.Postpone(b.ctx(), theCall, "hefei", at("2024-06-19 09:00"), "staff", "已电话确认"))
	if u := b.standing("hefei"); !u.PostponedUntil.Equal(at("2024-06-19 09:00")) {
		t.Errorf("postponed until %v", u.PostponedUntil)
	}
	if u := b.standing("wuhu"); !u.PostponedUntil.IsZero() {
		t.Errorf("postponed until %v", u.PostponedUntil)
	}
}

func TestProvinceFields(t *testing.T) {
	t.Parallel()
	b := mustOpen(t)
	first := b.now
	b.sends("hefei", sub{cases: "a"})
	b.now = b.now.Add(time.Hour)
	second := b.now
	r := b.sends("hefei", sub{cases: "a b", owed: "measures"})
	u := b.standing("hefei")
	if !u.FirstReceived.Equal(first) || !u.ReceivedAt.Equal(second) || u.Rows != 2 || u.Receipt != r.Submission.Receipt || u.Submission != r.Submission.ID {
		t.Errorf("standing = %+v", u)
	}
	us, err := b.Province(b.ctx(), b.facts("wuhu", "hefei", "bozhou"))
	b.must(err)
	if len(us) != 3 || us[1].Unit != "hefei" || us[0].State != StateNone {
		t.Errorf("province = %+v", us)
	}
	if cs, err := b.Sketches(b.ctx(), theCall, "hefei"); err != nil || len(cs) != 0 {
		t.Errorf("sketches of the others = %v, %v", cs, err)
	}
	if cs, err := b.Sketches(b.ctx(), theCall, "wuhu"); err != nil || len(cs) != 2 || len(cs[0].Sketch) != 2 {
		t.Errorf("sketches of the others = %v, %v", cs, err)
	}
}

func TestSubmissionView(t *testing.T) {
	t.Parallel()
	b := mustOpen(t)
	first := b.sends("hefei", sub{cases: "a b! c!"})
	second := b.sends("hefei", sub{cases: "a b c! d", errors: "measures.missing"})
	v, err := b.SubmissionView(b.ctx(), second.Submission.ID)
	b.must(err)
	codes := func(fs []Finding) string {
		var all []string
		for _, f := range fs {
			all = append(all, string(f.Code)+" "+f.File)
		}
		return strings.Join(all, ", ")
	}
	if v.Previous == nil || v.Previous.ID != first.Submission.ID || v.Standing.ID != second.Submission.ID || len(v.Cases) != 3 {
		t.Errorf("view = %+v", v)
	}
	if got := codes(v.Changes.Solved); got != "case.too-short b.docx" {
		t.Errorf("solved = %q", got)
	}
	if got := codes(v.Changes.Left); got != "case.too-short c.docx" {
		t.Errorf("left = %q", got)
	}
	if got := codes(v.Changes.Arisen); got != "measures.missing " {
		t.Errorf("arisen = %q", got)
	}
	if len(v.Changes.Added) != 3 { // b, d, and the sheet
		t.Errorf("added = %+v", v.Changes.Added)
	}
	old, err := b.SubmissionView(b.ctx(), first.Submission.ID)
	b.must(err)
	if old.Previous != nil || old.Standing.ID != second.Submission.ID {
		t.Errorf("view of the superseded one = %+v", old)
	}
}
