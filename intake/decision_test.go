package intake

import (
	"strings"
	"testing"
	"time"

	"baosong/ledger"
	"baosong/ledger/token"
	"baosong/sample"
)

// newStaffBench is a bench with a key, two members of staff and a stranger's mail that is held: message 1.
func newStaffBench(t *testing.T) *bench {
	t.Helper()
	b := newBench(t)
	key, err := token.Load(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	p := b.poller.Pipeline
	p.Key, p.Staff.Deciders, p.Sender.AuthservID = key, []string{"Staff@example.org", "chief@example.org"}, []string{"mx.example.org"}
	m := b.mail("hefei", "合肥市报送材料", at("2024-06-18 09:00"), b.files("hefei", 1, nil)...)
	m.From, m.FromName = "wang@other.example", "王"
	b.deliver("INBOX", m)
	b.mustPoll()
	if ms := b.messages(); len(ms) != 1 || ms[0].State != ledger.Held || ms[0].Hint != "hefei" {
		t.Fatalf("%+v", ms)
	}
	return b
}

// click is a member of staff's mail with a token, as a mail program makes it of the digest's link.
func (b *bench) click(signed string, when time.Time, change ...func(*sample.Mail)) {
	b.t.Helper()
	m := sample.Mail{From: "staff@example.org", FromName: "业务员", To: b.imap.Username, Subject: "办理：第 1 封来信归到合肥 [" + signed + "]", Text: "请直接发送。", Date: when}
	for _, c := range change {
		c(&m)
	}
	b.deliver("INBOX", m)
	b.mustPoll()
}

func (b *bench) sign(d token.Decision) string {
	if d.Expires.IsZero() {
		d.Expires = at("2024-06-25 08:30")
	}
	return b.poller.Pipeline.Key.Sign(d)
}

func (b *bench) lettersTo(address string) (out []ledger.Letter) {
	for _, l := range b.letters() {
		if strings.EqualFold(l.To[0], address) {
			out = append(out, l)
		}
	}
	return out
}

func TestClickIsCarriedOut(t *testing.T) {
	t.Parallel()
	b := newStaffBench(t)
	signed := b.sign(token.Decision{Verb: token.Remember, IDs: []int64{1}, Unit: "hefei"})
	b.click(signed, at("2024-06-18 10:00"))
	ms := b.messages()
	if ms[0].State != ledger.Filed || ms[0].Unit != "hefei" || ms[0].Submission == 0 {
		t.Errorf("the mail decided on: %+v", ms[0])
	}
	if ms[1].State != ledger.Filed || ms[1].Why != "decision" || ms[1].Submission != 0 || ms[1].Unit != "" {
		t.Errorf("the decision mail: %+v", ms[1])
	}
	if u := b.standing("hefei"); u.State != ledger.StateAccepted {
		t.Errorf("hefei = %+v", u)
	}
	ls := b.lettersTo("staff@example.org")
	if len(ls) != 1 || ls[0].Topic != "done" || !strings.Contains(ls[0].Facts, "已办理：第 1 封来信（自 wang@other.example）归到合肥市") || ls[0].InReplyTo == "" {
		t.Errorf("echo: %+v", ls)
	}
	if ls := b.lettersTo("wang@other.example"); len(ls) != 1 || ls[0].Kind != ledger.Receipt {
		t.Errorf("receipt: %+v", ls)
	}
	es, err := b.db.Events(t.Context(), ledger.EventFilter{What: "decision."})
	if err != nil || len(es) != 1 || es[0].Who != "staff@example.org" || !strings.Contains(es[0].Why, "one-click") {
		t.Errorf("events %+v, %v", es, err)
	}
	b.click(signed, at("2024-06-18 11:00")) // again
	if m := b.messages()[2]; m.State != ledger.Ignored || m.Why != "decision-refused" || !strings.Contains(m.WhyText, "此前已经用过") {
		t.Errorf("replayed: %+v", m)
	}
	if ls := b.lettersTo("staff@example.org"); len(ls) != 2 || ls[1].Topic != "refused" {
		t.Errorf("after the replay: %+v", ls)
	}
}

// TestClickRefused: nothing changes, and nobody hears of it whom we do not believe.
func TestClickRefused(t *testing.T) {
	t.Parallel()
	other, err := token.Load(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	good := token.Decision{Verb: token.Ignore, IDs: []int64{1}, Expires: at("2024-06-25 08:30")}
	expired := good
	expired.Expires = at("2024-06-18 09:30")
	from := func(address string) func(*sample.Mail) { return func(m *sample.Mail) { m.From = address } }
	header := func(line string) func(*sample.Mail) {
		return func(m *sample.Mail) { m.Headers = append(m.Headers, line) }
	}
	tests := []struct {
		name    string
		sign    func(b *bench) string
		change  func(*sample.Mail)
		require bool
		state   ledger.State
		why     string
		answers int // to the sender
	}{
		{name: "forged", sign: func(*bench) string { return other.Sign(good) }, state: ledger.Ignored, why: "签名不对", answers: 1},
		{name: "expired", sign: func(b *bench) string { return b.sign(expired) }, state: ledger.Ignored, why: "已过有效期（6月18日 09:30）", answers: 1},
		{name: "stranger", change: from("evil@other.example"), state: ledger.Held, why: "发件人不是工作人员"},
		{name: "city", change: from("gxj@city.example"), state: ledger.Held, why: "发件人不是工作人员"},
		{name: "dmarc fails", change: header("Authentication-Results: mx.example.org; dmarc=fail header.from=example.org"), state: ledger.Held, why: "DMARC"},
		{name: "proof required", require: true, state: ledger.Held, why: "缺少收信服务器的身份验证结果"},
		{name: "proof given", require: true, change: header("Authentication-Results: mx.example.org; dmarc=pass header.from=example.org"), state: ledger.Filed, why: "不作处理", answers: 1},
		{name: "Reply-To elsewhere", change: header("Reply-To: evil@other.example"), state: ledger.Held, why: "回复地址不是工作人员的邮箱"},
		{name: "two senders", change: header("From: chief@example.org"), state: ledger.Held, why: "不止一个发件人"},
		{name: "out of office", change: header("Auto-Submitted: auto-replied"), state: ledger.Ignored, why: "自动回复"},
		{name: "other member of staff", change: from("CHIEF@example.org"), state: ledger.Filed, why: "不作处理", answers: 1},
		{name: "quoted in the body only", change: func(m *sample.Mail) { m.Text, m.Subject = "> "+m.Subject, "Re: 日报" }, state: ledger.Held, why: "不在报送单位名册中"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := newStaffBench(t)
			b.poller.Pipeline.Sender.Require = tt.require
			if tt.sign == nil {
				tt.sign = func(b *bench) string { return b.sign(good) }
			}
			var sender string
			b.click(tt.sign(b), at("2024-06-18 10:00"), func(m *sample.Mail) {
				if tt.change != nil {
					tt.change(m)
				}
				sender = m.From
			})
			ms := b.messages()
			if m := ms[1]; m.State != tt.state || !strings.Contains(m.WhyText, tt.why) {
				t.Errorf("state %s, why %q", m.State, m.WhyText)
			}
			if want := tt.state == ledger.Filed; (ms[0].State == ledger.Ignored) != want {
				t.Errorf("the held mail is %s", ms[0].State)
			}
			if ls := b.lettersTo(sender); len(ls) != tt.answers {
				t.Errorf("%d letters to %s, want %d", len(ls), sender, tt.answers)
			}
			if ls := b.letters(); len(ls) != tt.answers {
				t.Errorf("%d letters in all", len(ls))
			}
		})
	}
}

// TestClickCrashes: a crash at any step neither loses a decision nor makes it twice.
func TestClickCrashes(t *testing.T) {
	t.Parallel()
	for _, step := range []string{"receive.row", "receive.done", "process.read", "process.keep", "process.record", "process.done", "file.move", "file.row"} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			b := newStaffBench(t)
			m := sample.Mail{From: "staff@example.org", To: b.imap.Username, Subject: b.sign(token.Decision{Verb: token.Assign, IDs: []int64{1}, Unit: "hefei"}), Date: at("2024-06-18 10:00")}
			b.deliver("INBOX", m)
			b.crash = step
			if err := b.poll(); err == nil {
				t.Fatal("no crash")
			}
			b.crash = ""
			b.mustPoll()
			b.mustPoll()
			if ms := b.messages(); len(ms) != 2 || ms[0].State != ledger.Filed || ms[1].Why != "decision" {
				t.Errorf("%+v", ms)
			}
			if ls := b.letters(); len(ls) != 2 {
				t.Errorf("%d letters, want the echo and the receipt", len(ls))
			}
		})
	}
}

// TestRefusalsAreNotAMailBomb: a believed address is told of few refusals a day.
func TestRefusalsAreNotAMailBomb(t *testing.T) {
	t.Parallel()
	b := newStaffBench(t)
	for i := range refusalsPerDay + 2 {
		b.click("bs1-"+strings.Repeat("a", 50+i), at("2024-06-18 10:00").Add(time.Duration(i)*time.Minute))
	}
	if ls := b.lettersTo("staff@example.org"); len(ls) != refusalsPerDay {
		t.Errorf("%d letters", len(ls))
	}
}
