package notify

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"baosong/ledger"
	"baosong/ledger/token"
	"baosong/notify/letter"
)

// TestDecisionsHaveAnswers: each thing that waits for staff has the buttons that fit it, and each button's token says what
// the button says.
func TestDecisionsHaveAnswers(t *testing.T) {
	t.Parallel()
	b := newBench(t, "2024-06-17 09:00")
	b.Key = token.Key(strings.Repeat("k", 32))
	b.letsArrive(ledger.Outcome{State: ledger.Held, Why: "stranger", Hint: "hefei", Header: ledger.Header{From: "wang@other.example", Subject: "报送"}}) // 1
	b.letsArrive(ledger.Outcome{State: ledger.Held, Why: "stranger", Header: ledger.Header{From: "shop@other.example", Subject: "广告"}})                // 2
	b.letsArrive(ledger.Outcome{State: ledger.Held, Why: "secrecy", Removed: true, Unit: "wuhu", Header: ledger.Header{From: "gxj@wuhu.example"}})     // 3
	b.letsArrive(ledger.Outcome{State: ledger.Failed, Why: "error", Unit: "wuhu", Header: ledger.Header{From: "gxj@wuhu.example"}})                    // 4
	b.letsArrive(ledger.Outcome{State: ledger.Held, Why: "decision-refused", Header: ledger.Header{From: "evil@other.example", Subject: "办理（bs1-x）"}}) // 5
	b.letsArrive(ledger.Outcome{State: ledger.Ignored, Why: "decision-refused", WhyText: "一键处理没有执行：此链接此前已经用过。", Header: ledger.Header{From: "staff@example.org"}})
	dead := b.queue("bengbu", "dead")
	b.smtp.fail = func(_ int, to []string) error {
		if strings.Contains(to[0], "bengbu") {
			return &refusal{final: true}
		}
		return nil
	}
	b.due()
	for i := range 3 {
		if _, err := b.Ledger.Settle(context.Background(), b.queue("huainan", fmt.Sprint("held", i)), ledger.Hold("先看一看")); err != nil {
			t.Fatal(err)
		}
	}
	d, err := b.digest(context.Background(), b.call, b.clock())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, x := range d.Decisions {
		for _, l := range x.Links {
			got = append(got, x.What+" "+b.opened(l))
		}
	}
	want := []string{
		"待核实来信 归到合肥市 = 1 [1] hefei", "待核实来信 归到合肥市，记住地址 = 2 [1] hefei", "待核实来信 不作处理 = 4 [1] ",
		"待核实来信 不作处理 = 4 [2] ", "疑似密级标志 已按规定处理 = 4 [3] ", "处理失败 重新核对 = 5 [4] ", "处理失败 不作处理 = 4 [4] ",
		"可疑的一键处理 不作处理 = 4 [5] ", fmt.Sprintf("信函未送达 再发一次 = 6 [%d] ", dead), "信函暂缓 全部放行 = 6 [3 4 5] ", "信函暂缓 全部不发 = 7 [3 4 5] ",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if len(d.Refused) != 1 || !strings.Contains(d.Refused[0], "staff@example.org") {
		t.Errorf("refused: %q", d.Refused)
	}
	b.Key = nil
	if d, err = b.digest(context.Background(), b.call, b.clock()); err != nil || slices.ContainsFunc(d.Decisions, func(x letter.Decision) bool { return len(x.Links) > 0 }) {
		t.Errorf("links without a key, %v", err)
	}
}

// opened reads a link's token back: what the button says, verb, ids, unit.
func (b *bench) opened(l letter.Link) string {
	b.t.Helper()
	d, err := b.Key.Open(l.Token, when(b.t, "2024-06-24 23:59"))
	if err != nil || !strings.HasPrefix(l.URL, "mailto:box@example.org?subject=") || !strings.Contains(l.URL, l.Token) || strings.ContainsAny(l.URL, " +\n") {
		b.t.Errorf("%+v: %v", l, err)
	}
	if _, err := b.Key.Open(l.Token, when(b.t, "2024-06-25 00:00")); err == nil {
		b.t.Errorf("%s is good for ever", l.Label)
	}
	return fmt.Sprintf("%s = %d %v %s", l.Label, d.Verb, d.IDs, d.Unit)
}

// letsArrive lets a mail arrive and records what became of it.
func (b *bench) letsArrive(o ledger.Outcome) {
	b.t.Helper()
	b.uid++
	ref, size, err := b.Blobs.Put(context.Background(), strings.NewReader(fmt.Sprintf("mail %d", b.uid)))
	if err != nil {
		b.t.Fatal(err)
	}
	m, _, err := b.Ledger.Receive(context.Background(), ledger.NewMessage{
		Location: ledger.Location{Folder: "INBOX", UIDValidity: 1, UID: b.uid}, SHA256: ref, Size: size, ReceivedAt: b.clock(),
	})
	if err != nil {
		b.t.Fatal(err)
	}
	o.Message = m.ID
	if _, err := b.Ledger.Record(context.Background(), o); err != nil {
		b.t.Fatal(err)
	}
}

func TestEventInWords(t *testing.T) {
	t.Parallel()
	b := newBench(t, "2024-06-17 09:00")
	for _, c := range []struct {
		event     ledger.Event
		what, why string
	}{
		{ledger.Event{What: "decision.assign", Message: 5, Unit: "hefei", Why: "hefei, remembering wang@other.example, one-click"}, "指定来信单位（来信 5）", "合肥市工业和信息化局，记住地址 wang@other.example，日报中点选"},
		{ledger.Event{What: "decision.ignore", Message: 6, Why: "one-click"}, "忽略来信（来信 6）", "日报中点选"},
		{ledger.Event{What: "decision.waive", Unit: "wuhu", Why: "finding 31 cell.format: 已电话核实"}, "免予更正（芜湖市工业和信息化局）", "问题 31 cell.format：已电话核实"},
		{ledger.Event{What: "decision.withdraw", Unit: "wuhu", Why: "case 15: 来函撤回"}, "撤回（芜湖市工业和信息化局）", "案例 15：来函撤回"},
		{ledger.Event{What: "decision.extend", Unit: "wuhu", Why: "until 2024-06-25T15:59:59.000Z: 来函申请, 已同意"}, "延期（芜湖市工业和信息化局）", "至 2024-06-25 23:59：来函申请，已同意"},
		{ledger.Event{What: "decision.letter", Letter: 40, Unit: "wuhu", Why: ""}, "决定去信（去信 40）", ""},
	} {
		if got := InWords(c.event, b.call); got.What != c.what || got.Why != c.why {
			t.Errorf("got %q, %q; want %q, %q", got.What, got.Why, c.what, c.why)
		}
	}
}
