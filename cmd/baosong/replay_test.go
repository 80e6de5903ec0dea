package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"baosong/ledger"
	"baosong/parse/call"
	"baosong/parse/finding"
	"baosong/sample"
)

// TestProbation: what a rule on trial finds is shown to staff and to no city, and stands in no case's way.
func TestProbation(t *testing.T) {
	t.Parallel()
	o := newOffice(t, func(c *call.Call) { c.Probation = []finding.Code{"cell.not-in-list", "case.pictures"} })
	sheet, cases, measures := o.material("hefei", 2, func(r []sample.Case) { r[0].Direction = "数字化转型" })
	bare := sample.Cases(o.house.current(), o.unit("hefei"), 2)[1]
	bare.Pictures = -1
	files := []sample.File{sheet, cases[0], sample.CaseFile(bare), measures}
	for _, subject := range []string{"预审", "报送"} {
		l := o.one(o.send("hefei", subject, files...))
		says(t, l, "材料齐全，符合要求")
		silent(t, l, "不在7个可选项", "需要更正", "请留意", "图片")
		if len(l.Attachments) != 0 {
			t.Errorf("%s carries %s", l.Subject, l.Attachments[0].Name)
		}
	}
	if s := o.standing("hefei"); s.State != ledger.StateAccepted || s.CasesAccepted != 2 || s.ErrorsOpen != 0 {
		t.Errorf("hefei stands at %+v", s)
	}
	if out, status := o.run("show", "hefei"); status != exitOK || !strings.Contains(out, "[试行]") || !strings.Contains(out, "不在7个可选项之内") || strings.Contains(out, "[须更正]") {
		t.Errorf("show: %d %s", status, out)
	}
	c, err := o.house.runner.Digest(t.Context(), shippedCall)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(c.Text, "试行") || !strings.Contains(c.HTML, "试行") {
		t.Errorf("the digest does not speak of the trial:\n%s", c.Text)
	}
}

// TestRuleSeverity: a call may lower, raise or switch off a rule, and the standing of cases follows.
func TestRuleSeverity(t *testing.T) {
	t.Parallel()
	tests := []struct {
		rules    map[finding.Code]finding.Severity
		state    string
		accepted int
		says     string
	}{
		{nil, ledger.StateCorrect, 1, "1 处需要更正"},
		{map[finding.Code]finding.Severity{"cell.not-in-list": finding.Warning}, ledger.StateAccepted, 2, "请留意的地方"},
		{map[finding.Code]finding.Severity{"cell.not-in-list": call.Off}, ledger.StateAccepted, 2, "材料齐全，符合要求"},
		{map[finding.Code]finding.Severity{"cell.not-in-list": finding.Note, "case.pictures": finding.Error}, ledger.StateCorrect, 1, "图片"},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.rules), func(t *testing.T) {
			t.Parallel()
			o := newOffice(t, func(c *call.Call) { c.Rules = tt.rules })
			sheet, cases, measures := o.material("hefei", 2, func(r []sample.Case) { r[0].Direction = "数字化转型" })
			bare := sample.Cases(o.house.current(), o.unit("hefei"), 2)[1]
			bare.Pictures = -1
			l := o.one(o.send("hefei", "报送", sheet, cases[0], sample.CaseFile(bare), measures))
			says(t, l, tt.says)
			if s := o.standing("hefei"); s.State != tt.state || s.CasesAccepted != tt.accepted {
				t.Errorf("hefei stands at %s with %d cases, want %s with %d", s.State, s.CasesAccepted, tt.state, tt.accepted)
			}
		})
	}
}

// TestReplay: after a rule was changed, replay names the mails whose verdict would change and changes nothing; --apply
// records and answers those that stand. What staff have waived is no change.
func TestReplay(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nil)
	sheet, cases, measures := o.material("hefei", 2, func(r []sample.Case) { r[0].Direction = "数字化转型" })
	o.one(o.send("hefei", "报送", sheet, cases[0], cases[1]))
	o.one(o.send("hefei", "补报", measures))
	sheet, cases, measures = o.material("wuhu", 1, nil)
	o.one(o.send("wuhu", "报送", sheet, cases[0], measures))
	sheet, cases, measures = o.material("bengbu", 1, func(r []sample.Case) { r[0].Phone = "123" })
	o.one(o.send("bengbu", "报送", sheet, cases[0], measures))
	s, err := o.house.db.Standing(t.Context(), shippedCall, "bengbu")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.house.db.Waive(t.Context(), s.Findings[0].ID, "staff", "已电话核实"); err != nil {
		t.Fatal(err)
	}
	if got := o.replay("--all"); len(got) != 4 || got[0].Changed || got[1].Changed || got[2].Changed || got[3].Changed {
		t.Errorf("nothing was changed, and replay says %+v", got)
	}
	letters := len(o.smtp.Received())
	o.recall(func(c *call.Call) { c.Rules = map[finding.Code]finding.Severity{"cell.not-in-list": finding.Warning} })
	got := o.replay("--all")
	if len(got) != 4 || !got[0].Changed || got[0].Before != "correct" || got[0].After != "accept" || got[0].Stands || !got[1].Changed || !got[1].Stands || got[2].Changed || got[3].Changed {
		t.Errorf("replay says %+v", got)
	}
	if out, _ := o.run("replay", "--all"); !strings.Contains(out, "需要补正 → 合格") || !strings.Contains(out, "+ 请核对 cell.not-in-list") || !strings.Contains(out, "- 须更正 cell.not-in-list") || !strings.Contains(out, "结论有变化的 2 封") {
		t.Errorf("replay says %s", out)
	}
	o.round("")
	if n := len(o.smtp.Received()); n != letters || o.standing("hefei").State != ledger.StateCorrect {
		t.Errorf("replay without --apply: %d letters more, hefei %s", n-letters, o.standing("hefei").State)
	}
	o.replay("--all", "--apply")
	l := o.one(o.round(o.unit("hefei").Addresses[0]))
	says(t, l, "材料齐全，符合要求", "请留意的地方")
	if x := o.standing("hefei"); x.State != ledger.StateAccepted || x.CasesAccepted != 2 {
		t.Errorf("hefei stands at %+v", x)
	}
	if x := o.standing("bengbu"); x.State != ledger.StateAccepted {
		t.Errorf("bengbu stands at %+v", x)
	}
}

func (o *office) replay(args ...string) (changes []replayJSON) {
	o.t.Helper()
	out, status := o.run(append([]string{"replay", "--json"}, args...)...)
	if err := json.Unmarshal([]byte(out), &changes); err != nil || status != exitOK {
		o.t.Fatalf("replay: %d %v %s", status, err, out)
	}
	return changes
}
