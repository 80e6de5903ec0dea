package main

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"baosong/ledger"
	"baosong/sample"
)

// TestResubmission walks one city through its correspondence: each letter says what changed against the last mail, which
// revision stands and what is owed; nothing that was right is asked for twice.
func TestResubmission(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nil)
	sheet, cases, measures := o.material("hefei", 3, func(r []sample.Case) { r[0].Direction, r[2].Phone = "数字化转型", "123" })

	l := o.one(o.send("hefei", "报送", sheet, cases[0], cases[1], cases[2]))
	says(t, l, "第 1 次报送", "2 处需要更正", "还缺的材料", "培育举措", "有效案例：1 个", "以此次为准：BS-2024-0001")
	silent(t, l, "与上一次报送相比")

	l = o.one(o.send("hefei", "补报举措", measures))
	says(t, l, "回执 BS-2024-0002", "这次发来的材料符合要求", "此前报送中还有 2 处需要更正", "仍未改 2 处", "以此次为准：BS-2024-0002", "尚缺：无", "待更正：2 处")

	sheet, _, _ = o.material("hefei", 3, func(r []sample.Case) { r[2].Phone = "123" })
	l = o.one(o.send("hefei", "补正", sheet))
	says(t, l, "1 处需要更正", "有改动的案例：", "上一次的已改好 1 处，仍未改 1 处", "有效案例：2 个", "以此次为准：BS-2024-0003")
	silent(t, l, "还缺的材料", "新增案例", "不再报送的案例")

	// A case more, a case less, a name mended, in one mail with only the sheet and the new file.
	all := sample.Cases(o.house.current(), o.unit("hefei"), 4)
	renamed := all[1]
	renamed.Title = "合肥共建共享检测平台提升产品质量"
	rows := []sample.Case{all[0], renamed, all[3]}
	sheet, err := sample.Summary(o.house.current(), o.unit("hefei"), rows)
	if err != nil {
		t.Fatal(err)
	}
	l = o.one(o.send("hefei", "调整", sheet, sample.CaseFile(renamed), sample.CaseFile(all[3])))
	says(t, l, "回执 BS-2024-0004", "材料齐全，符合要求", "新增案例："+all[3].Title, "（原名“"+all[1].Title+"”）", "不再报送的案例："+all[2].Title, "已改好 1 处", "有效案例：3 个")

	// Nothing but a nil return after cases: it says that they do not count any more.
	l = o.one(o.post("hefei", "零报告", "我市本次不报送案例。"))
	says(t, l, "零报告", "不再报送的案例", "此后又有案例要报，请直接把材料发来")
	if s := o.standing("hefei"); s.State != ledger.StateNil || s.CasesAccepted != 0 {
		t.Errorf("after the nil return %+v", s)
	}
	// A later case undoes it.
	sheet, cases, measures = o.material("hefei", 1, nil)
	l = o.one(o.send("hefei", "报送", sheet, cases[0], measures))
	says(t, l, "材料齐全，符合要求", "新增案例")
	if s := o.standing("hefei"); s.State != ledger.StateAccepted || s.CasesAccepted != 1 {
		t.Errorf("after a later case %+v", s)
	}
}

// TestCaseComesBack: a case is left out of one summary, and of a second, and stands in the third again. Its file was received and
// passed: nobody is asked for it once more. A file that a newer one of its name has replaced does not come back.
func TestCaseComesBack(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nil)
	full, cases, measures := o.material("hefei", 3, nil)
	fewer, _, _ := o.material("hefei", 2, nil)
	says(t, o.one(o.send("hefei", "报送", full, cases[0], cases[1], cases[2], measures)), "材料齐全，符合要求", "有效案例：3 个")
	says(t, o.one(o.send("hefei", "撤下一个", fewer)), "材料齐全，符合要求", "有效案例：2 个")
	another, _, _ := o.material("hefei", 2, func(r []sample.Case) { r[0].Phone = "0551-62800009" })
	says(t, o.one(o.send("hefei", "改电话", another)), "材料齐全，符合要求", "有效案例：2 个")
	l := o.one(o.send("hefei", "还是报三个", full))
	says(t, l, "材料齐全，符合要求", "有效案例：3 个")
	silent(t, l, "没有对应的案例文件")

	all := sample.Cases(o.house.current(), o.unit("hefei"), 4)
	other := sample.CaseFile(all[3])
	other.Name = cases[2].Name
	l = o.one(o.send("hefei", "换成另一个案例", other))
	says(t, l, "需要更正", all[2].Title, "没有对应的案例文件")
}

// TestWaivedBesideReplaced: what staff waived in a mended sheet of the same name as the one before stays waived in the next mail.
func TestWaivedBesideReplaced(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nil)
	sheet, cases, measures := o.material("hefei", 2, func(r []sample.Case) { r[0].Direction, r[1].Phone = "数字化转型", "123" })
	says(t, o.one(o.send("hefei", "报送", sheet, cases[0], cases[1], measures)), "2 处需要更正")
	sheet, _, _ = o.material("hefei", 2, func(r []sample.Case) { r[1].Phone = "123" })
	says(t, o.one(o.send("hefei", "补正", sheet)), "1 处需要更正")
	if err := waiveAll(t.Context(), o.house, "hefei"); err != nil {
		t.Fatal(err)
	}
	o.round("nobody@example.org")
	l := o.one(o.send("hefei", "换一个案例文件", sample.File{Name: cases[0].Name, Data: append(cases[0].Data[:len(cases[0].Data):len(cases[0].Data)], 0)}))
	says(t, l, "材料齐全，符合要求")
	silent(t, l, "需要更正", "联系电话")
}

// TestWithdrawal: a case that staff took out is told as withdrawn, stays out when the same file comes again, and counts
// again when the city sends it anew.
func TestWithdrawal(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nil)
	sheet, cases, measures := o.material("hefei", 2, nil)
	o.one(o.send("hefei", "报送", sheet, cases[0], cases[1], measures))
	s, err := o.house.db.Standing(t.Context(), shippedCall, "hefei")
	if err != nil {
		t.Fatal(err)
	}
	title := s.Cases[1].Title
	if out, status := o.run("withdraw", strconv.FormatInt(s.Cases[1].ID, 10), "--why", "该市来函撤回"); status != exitOK {
		t.Fatalf("withdraw: %d %s", status, out)
	}
	now := o.now
	o.now = time.Now().Add(time.Minute) // the command line goes by the system's clock
	u := o.unit("hefei")
	l := o.one(o.round(u.Addresses[0]))
	o.now = now
	says(t, l, "已撤回，不再计入", "该市来函撤回", "有效案例：1 个", "已撤回的案例："+title)
	if x := o.standing("hefei"); x.CasesAccepted != 1 {
		t.Errorf("after the withdrawal %+v", x)
	}
	l = o.one(o.post("hefei", "再次报送", "再发一次。", sheet, cases[0], cases[1], measures))
	says(t, l, "有效案例：1 个", "已撤回的案例："+title)
	if x := o.standing("hefei"); x.CasesAccepted != 1 {
		t.Errorf("after the same file again %+v", x)
	}
	again := sample.Cases(o.house.current(), u, 2)[1]
	again.Paragraphs = 4
	l = o.one(o.send("hefei", "修改后重报", sample.CaseFile(again)))
	says(t, l, "材料齐全，符合要求", "有效案例：2 个")
	silent(t, l, "已撤回的案例")
	if x := o.standing("hefei"); x.CasesAccepted != 2 || x.State != ledger.StateAccepted {
		t.Errorf("after a new file %+v", x)
	}
}

// TestPreview gives the verdict, carries the marked workbook, and changes nothing: for verified senders only, so often a day.
func TestPreview(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nil)
	sheet, cases, measures := o.material("hefei", 2, func(r []sample.Case) { r[0].Direction = "数字化转型" })
	l := o.one(o.send("hefei", "预审：典型案例", sheet, cases[0], cases[1], measures))
	says(t, l, "预审结果", "1 处需要更正", "没有登记", "合肥市汇总表（已标注）.xlsx")
	_, marked := attached(t, l, "已标注")
	if len(checkMarked(t, sheet.Data, marked, 1)) != 1 {
		t.Error("the preview's workbook is not marked")
	}
	if s := o.standing("hefei"); s.State != ledger.StateNone {
		t.Errorf("after a preview %+v", s)
	}
	if out, status := o.run("verify"); status != exitOK {
		t.Errorf("verify after a preview: %d %s", status, out)
	}
	o.one(o.send("hefei", "报送", sheet, cases[0], cases[1], measures))
	before := o.standing("hefei")
	good, _, _ := o.material("hefei", 2, nil)
	l = o.one(o.send("hefei", "Re: 预审结果：Re: 典型案例", good))
	says(t, l, "没有登记", "材料齐全，符合要求")
	if s := o.standing("hefei"); s.State != before.State || s.Submission != before.Submission {
		t.Errorf("a preview moved the standing from %+v to %+v", before, s)
	}
	l = o.one(o.post("hefei", "预审", "忘了附件。"))
	says(t, l, "没有附件")
	l = o.one(o.post("hefei", "预审", "本次零报告。"))
	says(t, l, "正式发来即按“零报告”登记")
	n := 3
	for i := range 10 {
		got := o.post("hefei", "预审 "+strconv.Itoa(i), "请预审。", good)
		if n += len(got); len(got) == 1 && n == 10 {
			says(t, got[0], "今天的预审次数已用完")
		} else if len(got) == 1 {
			silent(t, got[0], "今天的预审次数已用完")
		}
	}
	if n != 10 {
		t.Errorf("%d answers to previews in a day, want 10", n)
	}
	if got := o.send("hefei", "正式报送", good); len(got) != 1 {
		t.Errorf("a submission after the last preview got %d letters", len(got))
	}
	m := sample.Mail{From: "someone@elsewhere.example", FromName: "合肥市工信局", To: "box@example.org", Subject: "预审", Text: "请预审", Date: o.now, Attachments: []sample.File{good}}
	if got := o.raw(m); len(got) != 0 {
		t.Errorf("a stranger's preview got %d letters", len(got))
	}
}

// TestQuery answers with the unit's standing: to verified senders only, so often a day.
func TestQuery(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nil)
	l := o.one(o.post("hefei", "查询", ""))
	says(t, l, "状态：未报", "尚缺：汇总表、典型案例、培育举措")
	sheet, cases, _ := o.material("hefei", 2, func(r []sample.Case) { r[0].Direction = "数字化转型" })
	l = o.one(o.send("hefei", "报送", sheet, cases[0], cases[1]))
	says(t, l, "“预审”", "“查询”")
	l = o.one(o.post("hefei", "查询", "请告知情况"))
	says(t, l, "状态：待补正", "有效案例：1 个", "尚缺：培育举措", "待更正：1 处", "案例方向")
	got := 2
	for range 6 {
		got += len(o.post("hefei", "查询", "再问"))
	}
	if got != 5 {
		t.Errorf("%d answers to queries in a day, want 5", got)
	}
	m := sample.Mail{From: o.unit("hefei").Addresses[0], FromName: "合肥", To: "box@example.org", Subject: "查询", Text: "", Date: o.now, Headers: []string{"Reply-To: <someone@elsewhere.example>"}}
	if l := o.raw(m); len(l) != 0 {
		t.Errorf("a doubtful query was answered: %v", strings.Join(l[0].References, " "))
	}
}

// TestLate: a mail after the deadline is registered and told so once, and nobody is told that it was accepted.
func TestLate(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nil)
	o.now = on("06-22", "09:00")
	sheet, cases, measures := o.material("hefei", 1, nil)
	l := o.one(o.send("hefei", "报送", sheet, cases[0], measures))
	says(t, l, "材料齐全，符合要求，已予登记", "在截止时间 6月21日（星期五）之后收到", "（已逾期）")
	silent(t, l, "已予接收", "请留意", "现在写的", "在截止前直接回复")
}

// TestNilReturnAfterFaults: a nil return leaves nothing of a faulty submission open, and a case after it undoes it: what was
// sent before counts again.
func TestNilReturnAfterFaults(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nil)
	sheet, cases, measures := o.material("hefei", 2, func(r []sample.Case) { r[0].Direction = "数字化转型" })
	o.one(o.send("hefei", "报送", sheet, cases[0], cases[1], measures))
	l := o.one(o.post("hefei", "零报告", "我市本次不报送案例。"))
	says(t, l, "零报告登记", "不再报送的案例", "零报告即自动撤销，此前报送的材料一并恢复")
	silent(t, l, "改好")
	if s := o.standing("hefei"); s.State != ledger.StateNil || s.ErrorsOpen != 0 || s.Rows != 0 {
		t.Errorf("after the nil return %+v", s)
	}
	l = o.one(o.send("hefei", "又有一个案例", cases[1]))
	says(t, l, "已予登记", "此前报送中还有 1 处需要更正", "继续有效的文件：合肥市汇总表.xlsx", "尚缺：无")
	if s := o.standing("hefei"); s.State != ledger.StateCorrect || s.CasesAccepted != 1 {
		t.Errorf("after a later case %+v", s)
	}
}

// TestOlderMailLater: a mail that is read after a newer one is judged for itself, and its letter says which one stands.
func TestOlderMailLater(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nil)
	good, cases, measures := o.material("hefei", 1, nil)
	o.one(o.send("hefei", "新", good, cases[0], measures))
	bad, _, _ := o.material("hefei", 1, func(r []sample.Case) { r[0].Phone = "123" })
	u := o.unit("hefei")
	l := o.one(o.raw(sample.Mail{From: u.Addresses[0], FromName: u.Name, To: "box@example.org", Subject: "旧", Text: "请查收。", Date: o.now.Add(-time.Hour),
		Attachments: []sample.File{bad, cases[0], measures}}))
	says(t, l, "1 处需要更正", "此后又发来更新的材料", "只说明这一封邮件", "状态：已报齐", "以此次为准：BS-2024-0001")
	if s := o.standing("hefei"); s.State != ledger.StateAccepted || s.Receipt != "BS-2024-0001" {
		t.Errorf("hefei stands at %+v", s)
	}
}

// TestTwoMailsAtOnce: the first of two mails that one round finds is not answered by a demand for what the second brought.
func TestTwoMailsAtOnce(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nil)
	sheet, cases, measures := o.material("hefei", 1, nil)
	u := o.unit("hefei")
	first := sample.Mail{From: u.Addresses[0], FromName: u.Name, To: "box@example.org", Subject: "一", Text: "分两封发。", Date: o.now, ID: "one", Attachments: []sample.File{sheet}}
	if _, err := o.imap.Deliver("INBOX", first.Bytes(), first.Date); err != nil {
		t.Fatal(err)
	}
	got := o.send("hefei", "二", cases[0], measures)
	if len(got) != 2 {
		t.Fatalf("%d letters", len(got))
	}
	says(t, got[0], "此后又发来更新的材料", "状态：已报齐")
	silent(t, got[0], "还缺的材料", "补报")
	says(t, got[1], "材料齐全，符合要求")
}

// TestMissingFileOnce: the title of a case without a file stands in the sentence that says so, and not below it again.
func TestMissingFileOnce(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nil)
	sheet, cases, measures := o.material("hefei", 2, nil)
	l := o.one(o.send("hefei", "报送", sheet, cases[0], measures))
	says(t, l, "1 处需要更正", "没有对应的案例文件")
	silent(t, l, "现在写的")
}

// TestNilWithMeasures: what comes with a nil return is named in its answer.
func TestNilWithMeasures(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nil)
	_, _, measures := o.material("hefei", 1, nil)
	l := o.one(o.post("hefei", "材料", "本次无案例报送，只报培育举措。", measures))
	says(t, l, "零报告登记", measures.Name+"（培育举措）：无误")
}

// TestPartsStand: what was right needs no second sending, whatever the order of the parts.
func TestPartsStand(t *testing.T) {
	t.Parallel()
	type mail struct {
		parts string // s the sheet, x the sheet with a fault, c the cases, m the measures
		kind  string
		state string
		owed  string
	}
	for name, mails := range map[string][]mail{
		"measures first": {{"m", "回执", "partial", "汇总表、典型案例"}, {"c", "回执", "partial", "汇总表"}, {"s", "回执", "accepted", ""}},
		"cases first":    {{"c", "回执", "partial", "汇总表、培育举措"}, {"sm", "回执", "accepted", ""}},
		"sheet first":    {{"s", "回执", "partial", "典型案例、培育举措"}, {"cm", "回执", "accepted", ""}},
		"faulty sheet":   {{"xcm", "补正通知", "correct", ""}, {"s", "回执", "accepted", ""}},
		"faulty again":   {{"xcm", "补正通知", "correct", ""}, {"x", "补正通知", "correct", ""}, {"m", "回执", "correct", ""}, {"s", "回执", "accepted", ""}},
		"fault later":    {{"scm", "回执", "accepted", ""}, {"x", "补正通知", "correct", ""}, {"s", "回执", "accepted", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t, nil)
			good, cases, measures := o.material("hefei", 2, nil)
			bad, _, _ := o.material("hefei", 2, func(r []sample.Case) { r[0].Direction = "数字化转型" })
			for i, m := range mails {
				var files []sample.File
				for _, p := range m.parts {
					files = append(files, map[rune][]sample.File{'s': {good}, 'x': {bad}, 'c': cases, 'm': {measures}}[p]...)
				}
				l := o.one(o.send("hefei", "报送 "+strconv.Itoa(i), files...))
				says(t, l, m.kind)
				if m.owed != "" {
					says(t, l, "尚缺："+m.owed)
				}
				if s := o.standing("hefei"); s.State != m.state {
					t.Errorf("after mail %d (%s) hefei stands at %+v, want %s", i+1, m.parts, s, m.state)
				}
			}
			if s := o.standing("hefei"); s.CasesAccepted != 2 {
				t.Errorf("%d cases stand at the end, want 2", s.CasesAccepted)
			}
		})
	}
}
