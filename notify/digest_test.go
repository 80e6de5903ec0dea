package notify

import (
	"context"
	"strings"
	"testing"

	"baosong/ledger"
)

// TestDigestPointsAtPeople: questions are pointed out, a held mail warns before it takes the place of what stands, directions
// outside the list are counted, and what the box sent to itself is nobody's concern.
func TestDigestPointsAtPeople(t *testing.T) {
	t.Parallel()
	b := newBench(t, "2024-06-17 09:00")
	b.submit("hefei", ledger.Receipt, ledger.Submission{Cases: []ledger.Case{
		{Key: "a", Title: "甲", Direction: "协作共享", OK: true}, {Key: "b", Title: "乙", Direction: "数字化转型", OK: true},
	}})
	b.letsArrive(ledger.Outcome{State: ledger.Held, Why: "stranger", WhyText: "发件地址不在名册中", Hint: "hefei", Header: ledger.Header{From: "wang@other.example"}})
	b.letsArrive(ledger.Outcome{State: ledger.Held, Why: "stranger", Hint: "wuhu", Header: ledger.Header{From: "li@other.example", Subject: "报送"}})
	b.letsArrive(ledger.Outcome{State: ledger.Filed, Why: "no-attachment", Unit: "hefei", Header: ledger.Header{From: "gxj@hefei.example", Subject: "请问"}})
	b.letsArrive(ledger.Outcome{State: ledger.Ignored, Why: "own-address", Header: ledger.Header{From: "box@example.org", Subject: "baosong doctor"}})
	d, err := b.digest(context.Background(), b.call, b.clock())
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Decisions) != 2 || d.Decisions[0].Warning != "合肥市现已报齐 2 个案例，归入后以这封来信为准" || d.Decisions[1].Warning != "" ||
		!strings.Contains(d.Decisions[0].Detail, "：（无主题）。发件地址") {
		t.Errorf("decisions %+v", d.Decisions)
	}
	if n := len(d.Directions); d.Directions[n-1].Name != "其他" || d.Directions[n-1].N != 1 {
		t.Errorf("directions %+v", d.Directions)
	}
	questions := 0
	for _, a := range d.Arrived {
		if a.Subject == "baosong doctor" {
			t.Error("the probe is listed as arrived")
		}
		if a.Question {
			questions++
		}
	}
	if questions != 1 {
		t.Errorf("%d questions in %+v", questions, d.Arrived)
	}
}
