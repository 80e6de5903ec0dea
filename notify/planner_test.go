package notify

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"baosong/ledger"
	"baosong/notify/letter"
	"baosong/notify/schedule"
	"baosong/parse/call"
)

func newPlanner(t *testing.T, b *bench) *Planner {
	t.Helper()
	p := &Planner{
		Ledger: b.Ledger, Calls: []*call.Call{b.call}, Calendar: b.Calendar, Log: b.Log,
		DigestTo: []string{"staff@example.org"}, AlertTo: []string{"staff@example.org"},
	}
	var err error
	if p.Reminders, err = schedule.ParseCron("0 9 * * *", b.Calendar.Location()); err != nil {
		t.Fatal(err)
	}
	if p.Digest, err = schedule.ParseCron("30 8 * * *", b.Calendar.Location()); err != nil {
		t.Fatal(err)
	}
	return p
}

func plan(t *testing.T, p *Planner, b *bench, now string) int {
	t.Helper()
	b.set(now)
	p.MailboxRead(b.clock())
	n, err := p.Plan(context.Background(), b.clock())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestPlannerLadder: sixteen cities and the digest, each once; who has sent, was just written to or was extended is spared.
func TestPlannerLadder(t *testing.T) {
	t.Parallel()
	b := newBench(t, "2024-06-12 10:00")
	p := newPlanner(t, b)
	woken := 0
	p.Wake = func() { woken++ }
	steps := []struct {
		now  string
		then func()
		want int
	}{
		{"2024-06-12 10:00", nil, 1},  // the digest
		{"2024-06-14 08:45", nil, 1},  // the digest
		{"2024-06-14 09:00", nil, 16}, // T-5 to all
		{"2024-06-14 09:01", nil, 0},  // twice is once
		{"2024-06-17 10:00", func() { b.submit("hefei", ledger.Receipt, whole()) }, 1}, // Monday: the digest
		{"2024-06-17 11:00", func() { b.submit("wuhu", ledger.Correction, faulty()) }, 0},
		{"2024-06-17 16:00", func() { b.extend("bengbu", "2024-06-28 17:00") }, 0},
		{"2024-06-18 14:00", func() { b.submit("huainan", ledger.Correction, faulty()) }, 1 + 13}, // T-3, late in the day: not hefei, bengbu, huainan
		{"2024-06-18 14:05", nil, 0},
		{"2024-06-19 10:00", nil, 1},
		{"2024-06-20 10:00", nil, 1 + 14},
		{"2024-06-21 09:00", nil, 1 + 15}, // T-0 for fourteen, T-5 for bengbu
		{"2024-06-22 00:00", nil, 1},      // the deadline has passed: staff hear it once
		{"2024-06-22 12:00", nil, 0},
	}
	for _, s := range steps {
		b.set(s.now)
		if s.then != nil {
			s.then()
		}
		if n := plan(t, p, b, s.now); n != s.want {
			t.Errorf("%s: %d new letters, want %d", s.now, n, s.want)
		}
	}
	if woken == 0 {
		t.Error("nobody was woken")
	}
}

func (b *bench) extend(unit, until string) {
	b.t.Helper()
	if err := b.Ledger.Extend(context.Background(), b.call.ID, unit, when(b.t, until), "zhang", "汛期值守", ledger.NewLetter{
		Key: "extend:" + unit + until, Kind: ledger.Confirmation, Topic: letter.TopicDecision, Call: b.call.ID, Unit: unit,
		To: []string{"gxj@" + unit + ".example"}, Facts: `{"text":"报送截止时间延至 ` + until + `。"}`,
	}); err != nil {
		b.t.Fatal(err)
	}
}

func TestPlannerHoldsMassMail(t *testing.T) {
	t.Parallel()
	b := newBench(t, "2024-06-14 09:00")
	p := newPlanner(t, b)
	p.Hold = true
	plan(t, p, b, "2024-06-14 09:00")
	if n := b.due(); n != 1 { // the digest alone
		t.Errorf("sent %d", n)
	}
	held, err := b.Ledger.Letters(context.Background(), ledger.HeldLetter)
	if err != nil || len(held) != 16 {
		t.Fatalf("%d held, %v", len(held), err)
	}
	raw, err := b.Compose(context.Background(), held[0].ID)
	if err != nil || len(raw) == 0 {
		t.Errorf("look at a held letter: %v", err)
	}
	if err := b.Ledger.ReleaseLetter(context.Background(), held[0].ID, "zhang", "fine"); err != nil {
		t.Fatal(err)
	}
	if n := b.due(); n != 1 {
		t.Errorf("released: sent %d", n)
	}
}

func TestPlannerNobodyToWriteTo(t *testing.T) {
	t.Parallel()
	b := newBench(t, "2024-06-14 09:00")
	for i := range b.call.Units {
		b.call.Units[i].Addresses = []string{"@" + b.call.Units[i].ID + ".example"}
	}
	p := newPlanner(t, b)
	p.DigestTo = nil
	if n := plan(t, p, b, "2024-06-14 09:00"); n != 0 {
		t.Errorf("%d letters to nobody", n)
	}
}

func TestPlannerAlert(t *testing.T) {
	t.Parallel()
	b := newBench(t, "2024-06-14 07:00")
	p := newPlanner(t, b)
	for range 2 {
		if err := p.Alert(context.Background(), "mailbox", "邮箱连续 10 分钟无法读取。\n请检查网络。", "baosong doctor"); err != nil {
			t.Fatal(err)
		}
	}
	if n := b.due(); n != 1 {
		t.Fatalf("sent %d", n)
	}
	if _, subject, _ := b.smtp.mails[0].parsed(t); subject != "【告警】邮箱连续 10 分钟无法读取" {
		t.Errorf("subject %q", subject)
	}
}

// TestDigestOfTrouble composes the digest of a province where something of every kind is wrong.
func TestDigestOfTrouble(t *testing.T) {
	t.Parallel()
	b := newBench(t, "2024-06-17 10:00")
	ctx := context.Background()
	b.Folders = []string{"INBOX"}
	b.submit("hefei", ledger.Receipt, whole())
	b.submit("wuhu", ledger.Correction, faulty())
	b.smtp.fail = func(_ int, to []string) error {
		if to[0] == "gxj@wuhu.example" {
			return &refusal{final: true}
		}
		return nil
	}
	b.due()
	b.trouble(ledger.Outcome{State: ledger.Held, Why: "stranger", WhyText: "发件人不在名册中。", Hint: "bengbu", Header: ledger.Header{From: "w@qq.example", Subject: "蚌埠材料"}})
	b.trouble(ledger.Outcome{State: ledger.Held, Why: "secrecy", WhyText: "疑似带有国家秘密标志。", Removed: true, Header: ledger.Header{From: "gxj@suzhou.example", Subject: "不可出现的主题"}})
	b.trouble(ledger.Outcome{State: ledger.Failed, Why: "reader", WhyText: "读取附件时超出内存上限。", Header: ledger.Header{From: "gxj@bozhou.example", Subject: "亳州材料"}})
	if err := b.Ledger.FolderSeen(ctx, "INBOX", 1, 7); err != nil {
		t.Fatal(err)
	}
	b.extend("bengbu", "2024-06-28 17:00")
	b.set("2024-06-18 08:30")
	c, err := b.Digest(ctx, b.call.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"账实不符：邮箱中有 7 封，台账中应有 5 封，邮箱多 2 封", "baosong assign 3 bengbu", "疑似密级标志", "baosong replay 5 --apply", "读取附件时超出内存上限",
		"信函未送达：致芜湖市工业和信息化局 gxj@wuhu.example", "已报齐 1，零报告 0，待补正 1", "数字化升级　1", "6月17日　2", "距截止还有 3 个工作日", "（不显示）",
	} {
		if !strings.Contains(c.Text, want) {
			t.Errorf("the text lacks %q", want)
		}
	}
	if strings.Contains(c.Text+c.HTML, "不可出现的主题") {
		t.Error("a secret subject got into the digest")
	}
	if len(c.Attachments) != 1 || !strings.HasPrefix(c.Subject, "日报 6月18日（星期二）：") {
		t.Errorf("%d attachments, subject %q", len(c.Attachments), c.Subject)
	}
	if t.Failed() {
		t.Log(c.Text)
	}
}

// trouble lets a mail arrive that ends as the outcome says.
func (b *bench) trouble(o ledger.Outcome) {
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
	o.Message, o.Call = m.ID, b.call.ID
	if _, err := b.Ledger.Record(ctx, o); err != nil {
		b.t.Fatal(err)
	}
}
