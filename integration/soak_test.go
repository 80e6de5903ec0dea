//go:build integration

package integration

import (
	"bytes"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/smtp"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"baosong/parse/call"
	"baosong/sample"
)

// soak is a run of many mails through bad weather. Its size comes from the environment: BAOSONG_SOAK_MAILS and
// BAOSONG_SOAK_MINUTES; bench/soak.sh sets them. Without them it is the short form that .ci/run runs.
type soak struct {
	*house
	r     *rand.Rand
	mails int
	last  time.Duration // how long mails keep coming

	imapLine, smtpLine *line
	daemon             *exec.Cmd
	fed                map[string]int // by kind
	kills, storms      int
	peak               int // kB, the daemon's largest resident size
	begun, quiet       time.Time
}

// answered says for each kind of mail whether every one gets exactly one answer.
func answered() map[string]bool {
	return map[string]bool{"材料齐全": true, "有错误": true, "零报告": true, "自动回复": false, "名册外": false, "退信": false, "同一编号": true}
}

// TestSoak feeds mails over Postfix and Dovecot while the daemon is killed and both its lines have bad weather, and then asks that
// every mail stands in the ledger once, every answer that is due was sent once, and the books balance.
func TestSoak(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	s := startServers(t, everyone()...)
	k := &soak{house: setUp(t, s, buildBinary(t)), r: rand.New(rand.NewPCG(seed, 3)), fed: map[string]int{}}
	k.mails, k.last = setting("BAOSONG_SOAK_MAILS", 80), time.Duration(setting("BAOSONG_SOAK_MINUTES", 0))*time.Minute
	if k.last == 0 {
		k.last = 25 * time.Second
	}
	k.imapLine, k.smtpLine = newLine(t, s.imaps, seed), newLine(t, s.smtp, seed+1)
	k.reconfigure()
	k.begun = time.Now()
	k.daemon = k.start()
	k.feed()
	k.settle()
	k.check()
	k.table()
}

func setting(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil && n > 0 {
		return n
	}
	return otherwise
}

// reconfigure puts the lines between the daemon and the servers, and shortens the waits.
func (k *soak) reconfigure() {
	k.t.Helper()
	file := filepath.Join(k.dir, "baosong.toml")
	text, err := os.ReadFile(file)
	if err != nil {
		k.t.Fatal(err)
	}
	for old, with := range map[string]string{
		fmt.Sprintf("port = %d", k.s.imaps): fmt.Sprintf("port = %d", k.imapLine.port),
		fmt.Sprintf("port = %d", k.s.smtp):  fmt.Sprintf("port = %d", k.smtpLine.port),
		`timeout = "10s"`:                   `timeout = "3s"`,
		"per_address_per_day = 1000":        "per_address_per_day = 10000",
	} {
		if !bytes.Contains(text, []byte(old)) {
			k.t.Fatalf("no %q in the configuration", old)
		}
		text = bytes.Replace(text, []byte(old), []byte(with), 1)
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		k.t.Fatal(err)
	}
}

// feed sends the mails, evenly over the time, and makes the weather meanwhile.
func (k *soak) feed() {
	k.t.Helper()
	units := call.Default().ActiveUnits()
	gap := k.last / time.Duration(k.mails)
	tick := time.NewTicker(max(gap, time.Millisecond))
	defer tick.Stop()
	for i := range k.mails {
		u := units[k.r.IntN(len(units))]
		kind := k.kind()
		raw := k.mail(i, kind, &u)
		k.send(kind, u.Addresses[0], raw)
		k.fed[kind]++
		k.disturb(i)
		<-tick.C
	}
}

func (k *soak) kind() string {
	switch n := k.r.IntN(100); {
	case n < 12:
		return "材料齐全"
	case n < 20:
		return "有错误"
	case n < 80:
		return "零报告"
	case n < 88:
		return "自动回复"
	case n < 94:
		return "名册外"
	case n < 97:
		return "退信"
	}
	return "同一编号"
}

// mail makes the i-th mail; no two are alike, as no two mails are.
func (k *soak) mail(i int, kind string, u *call.Unit) []byte {
	k.t.Helper()
	m := sample.Mail{Style: sample.Style(i % 3), From: u.Addresses[0], FromName: u.Name, To: box, Subject: fmt.Sprintf("%s 第 %d 封", kind, i), Text: "零报告。",
		ID: fmt.Sprintf("soak-%d", i), Date: time.Now()}
	switch kind {
	case "材料齐全", "有错误":
		cases := sample.Cases(k.call, u, 1)
		rows := append([]sample.Case{}, cases...)
		if kind == "有错误" {
			rows[0].Direction = "数字化转型"
		}
		f, err := sample.Summary(k.call, u, rows)
		if err != nil {
			k.t.Fatal(err)
		}
		m.Text = "请查收。"
		m.Attachments = []sample.File{f, sample.CaseFile(cases[0]), sample.Measures(u.City)}
	case "自动回复":
		m.Headers = []string{"Auto-Submitted: auto-replied"}
	case "同一编号":
		m.ID = "the-same" // two mails may carry one Message-ID
	case "名册外":
		m.From, m.FromName = "someone@elsewhere.example", "某人"
	case "退信":
		m.Subject, m.Headers = "Undelivered Mail Returned to Sender", []string{"Auto-Submitted: auto-replied"}
	}
	return m.Bytes()
}

func (k *soak) send(kind, from string, raw []byte) {
	k.t.Helper()
	if kind == "名册外" {
		from = "someone@elsewhere.example"
	}
	if err := smtp.SendMail(fmt.Sprintf("127.0.0.1:%d", k.s.smtp), nil, from, []string{box}, raw); err != nil {
		k.t.Fatalf("postfix: %v", err)
	}
}

// disturb is called after each mail: about one in twelve times something breaks, or a storm ends.
func (k *soak) disturb(i int) {
	k.t.Helper()
	k.sample()
	switch k.r.IntN(36) {
	case 0:
		k.again()
	case 1:
		k.imapLine.turn([]weather{cutting, silent, gone}[k.r.IntN(3)])
	case 2:
		k.smtpLine.turn([]weather{cutting, silent, gone, busy}[k.r.IntN(4)])
		k.storms++
	case 3, 4, 5, 6:
		k.imapLine.turn(fair)
	case 7, 8, 9, 10:
		k.smtpLine.turn(fair)
	}
	if i == k.mails/2 {
		k.again() // at least once, also in the short form
	}
}

// again kills the daemon and starts it anew.
func (k *soak) again() {
	k.t.Helper()
	err := kill(k.t, k.daemon, syscall.SIGKILL)
	if ws, ok := k.daemon.ProcessState.Sys().(syscall.WaitStatus); !ok || !ws.Signaled() {
		k.t.Fatalf("the daemon ended by itself: %v", err)
	}
	k.kills++
	k.daemon = k.start()
}

// sample reads the daemon's largest resident size.
func (k *soak) sample() {
	if n := residentPeak(k.daemon.Process.Pid); n > k.peak {
		k.peak = n
	}
}

// residentPeak is a process's largest resident size in kB, 0 when it has ended.
func residentPeak(pid int) int {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(b), "VmHWM:")
	n := 0
	fmt.Sscan(rest, &n)
	return n
}

// total is how many mails were sent.
func (k *soak) total() int {
	n := 0
	for _, m := range k.fed {
		n += m
	}
	return n
}

// settle lets the weather clear up and waits until all is judged and sent.
func (k *soak) settle() {
	k.t.Helper()
	k.imapLine.turn(fair)
	k.smtpLine.turn(fair)
	k.quiet = time.Now()
	patience := time.NewTimer(10*time.Minute + k.last)
	defer patience.Stop()
	tick := time.NewTicker(2 * time.Second)
	defer tick.Stop()
	for {
		k.sample()
		st := k.status()
		if st.Mailbox.Server == k.total() && st.Mailbox.Ledger == k.total() && st.Outbox.Due == 0 && len(k.unjudged()) == 0 {
			break
		}
		select {
		case <-patience.C:
			k.t.Fatalf("not settled: %+v %+v", st.Mailbox, st.Outbox)
		case <-tick.C:
		}
	}
	if err := kill(k.t, k.daemon, syscall.SIGTERM); err != nil {
		k.t.Errorf("ending on SIGTERM: %v", err)
	}
}

func (k *soak) unjudged() (out []messageLine) {
	for _, m := range k.messages() {
		if m.State == "received" {
			out = append(out, m)
		}
	}
	return out
}

// check is what is promised.
func (k *soak) check() {
	k.t.Helper()
	states := map[string]int{}
	due := map[int64]bool{}
	for _, m := range k.messages() {
		states[m.State]++
		if m.State == "filed" {
			due[m.ID] = true
		}
	}
	if n := states["filed"] + states["held"] + states["ignored"] + states["failed"]; n != k.total() {
		k.t.Errorf("%v in the ledger, %d mails were sent", states, k.total())
	}
	answers := map[int64]int{}
	for _, l := range k.letters() {
		if l.Message == nil || l.Kind == "alert" {
			continue
		}
		answers[*l.Message]++
		if l.State != "sent" {
			k.t.Errorf("letter %d is %s", l.ID, l.State)
		}
	}
	for id := range due {
		if answers[id] != 1 {
			k.t.Errorf("message %d has %d answers", id, answers[id])
		}
	}
	for id, n := range answers {
		if !due[id] {
			k.t.Errorf("message %d, which nobody should answer, has %d answers", id, n)
		}
	}
	promised := 0
	for kind, yes := range answered() {
		if yes {
			promised += k.fed[kind]
		}
	}
	// A mail that was cut or killed at three fetches in a row is set aside and told to staff: the only way not to be answered.
	if len(due) > promised || len(due)+states["failed"] < promised {
		k.t.Errorf("%d mails answered and %d set aside, %d want an answer", len(due), states["failed"], promised)
	}
	k.must("verify")
}

// arrivals counts the answers in the cities' mailboxes: different ones, and those that came again under the same Message-ID.
func (k *soak) arrivals() (different, again int) {
	k.t.Helper()
	for _, u := range call.Default().ActiveUnits() {
		ids := map[string]bool{}
		for _, raw := range k.s.inbox(k.t, u.Addresses[0], "") {
			id := headerOf(raw, "Message-Id")
			if ids[id] {
				again++
			} else {
				different++
			}
			ids[id] = true
		}
	}
	return different, again
}

// table tells the figures, to the test's log and to the file that BAOSONG_SOAK_OUT names.
func (k *soak) table() {
	k.t.Helper()
	await(k.t, "Postfix to deliver", func() bool {
		n, _ := k.arrivals()
		return n >= k.toUnits()
	})
	different, again := k.arrivals()
	if different != k.toUnits() {
		k.t.Errorf("%d different letters arrived, %d were sent", different, k.toUnits())
	}
	states := map[string]int{}
	for _, m := range k.messages() {
		states[m.State]++
	}
	var size int64
	filepath.WalkDir(filepath.Join(k.dir, "data"), func(_ string, d fs.DirEntry, err error) error {
		if st, ierr := d.Info(); err == nil && ierr == nil && !d.IsDir() {
			size += st.Size()
		}
		return nil
	})
	rows := [][2]string{
		{"开始", k.begun.UTC().Format("2006-01-02 15:04 UTC")},
		{"来信持续", k.quiet.Sub(k.begun).Round(time.Second).String()},
		{"此后到全部处理完", time.Since(k.quiet).Round(time.Second).String()},
		{"来信", fmt.Sprintf("%d（%s）", k.total(), k.kinds())},
		{"SIGKILL", fmt.Sprint(k.kills)},
		{"收信连接中断、无声、拒绝", fmt.Sprint(k.imapLine.faults.Load())},
		{"发信风暴（次），受影响的连接", fmt.Sprintf("%d，%d", k.storms, k.smtpLine.faults.Load())},
		{"台账：已登记、待核实、已忽略、失败", fmt.Sprintf("%d、%d、%d、%d", states["filed"], states["held"], states["ignored"], states["failed"])},
		{"邮箱与台账", fmt.Sprintf("%d = %d", k.status().Mailbox.Server, k.status().Mailbox.Ledger)},
		{"丢失的来信", fmt.Sprint(k.total() - states["filed"] - states["held"] - states["ignored"] - states["failed"])},
		{"发给各市的信", fmt.Sprint(k.toUnits())},
		{"送达（不同的信）", fmt.Sprint(different)},
		{"因回应丢失以同一 Message-ID 再次送达", fmt.Sprint(again)},
		{"守护进程最大常驻内存", fmt.Sprintf("%d MB", k.peak>>10)},
		{"数据目录", fmt.Sprintf("%d MB", size>>20)},
	}
	var b strings.Builder
	b.WriteString("| 项目 | 数值 |\n| --- | --- |\n")
	for _, r := range rows {
		fmt.Fprintf(&b, "| %s | %s |\n", r[0], r[1])
	}
	k.t.Logf("\n%s", b.String())
	if out := os.Getenv("BAOSONG_SOAK_OUT"); out != "" {
		if err := os.WriteFile(out, []byte(b.String()), 0o644); err != nil {
			k.t.Error(err)
		}
	}
}

// toUnits counts the letters that were sent to units.
func (k *soak) toUnits() int {
	n := 0
	for _, l := range k.letters() {
		if l.State == "sent" && l.Unit != "" && l.Kind != "alert" {
			n++
		}
	}
	return n
}

func (k *soak) kinds() string {
	var out []string
	for _, kind := range []string{"材料齐全", "有错误", "零报告", "自动回复", "名册外", "退信", "同一编号"} {
		out = append(out, fmt.Sprintf("%s %d", kind, k.fed[kind]))
	}
	return strings.Join(out, "，")
}
