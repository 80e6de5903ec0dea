package letter

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"baosong/ledger"
	"baosong/parse/call"
	"baosong/parse/finding"
)

var update = flag.Bool("update", false, "write the golden files anew")

func shanghai() *time.Location { return time.FixedZone("Asia/Shanghai", 8*60*60) }

func at(day, hour, minute int) time.Time {
	return time.Date(2024, 6, day, hour, minute, 0, 0, shanghai())
}

// TestGolden sets every kind of letter from rich facts and compares mail, page and text with what was read and approved.
func TestGolden(t *testing.T) {
	t.Parallel()
	for name, f := range goldenFacts() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, err := Compose(f)
			if err != nil {
				t.Fatal(err)
			}
			for i := range c.Attachments { // workbooks have tests of their own
				c.Attachments[i].Bytes = []byte("workbook")
			}
			raw, err := Build(c, Envelope{
				From: "省中小企业局 <box@example.org>", To: []string{"合肥市工业和信息化局 <gxj@hefei.example>"},
				MessageID: "<0123456789abcdef@box.example.org>", InReplyTo: "<tencent_1@qq.example>", Date: f.Now, Auto: AutoReplied,
			})
			if err != nil {
				t.Fatal(err)
			}
			golden(t, name+".eml", string(raw))
			golden(t, name+".html", c.HTML)
			golden(t, name+".txt", c.Subject+"\n\n"+c.Text)
		})
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs from what was approved (-update after reading it); first difference:\n%s", name, firstDifference(got, string(want)))
	}
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return fmt.Sprintf("line %d\n got %s\nwant %s", i+1, g[i], w[i])
		}
	}
	return fmt.Sprintf("got %d lines, want %d", len(g), len(w))
}

func goldenFacts() map[string]Facts {
	return map[string]Facts{
		"receipt-complete":    receiptFacts(true),
		"receipt-partial":     receiptFacts(false),
		"correction":          correctionFacts(),
		"correction-no-files": noFilesFacts(),
		"no-attachment":       noAttachmentFacts(ledger.StateNone),
		"no-attachment-done":  noAttachmentFacts(ledger.StateAccepted),
		"nil":                 confirmationFacts(TopicNil),
		"preview":             previewFacts(),
		"query":               confirmationFacts(TopicQuery),
		"decision":            confirmationFacts(TopicDecision),
		"decision-accepted":   acceptedFacts(),
		"reminder-none":       reminderFacts("none", at(18, 9, 0), 3),
		"reminder-correct":    reminderFacts("correct", at(21, 9, 0), 0),
		"reminder-overdue":    reminderFacts("partial", at(24, 9, 0), -1),
		"alert":               alertFacts(),
		"done":                doneFacts(TopicDone),
		"refused":             doneFacts(TopicRefused),
		"digest":              digestFacts(),
	}
}

func baseFacts() Facts {
	return Facts{
		Call: call.Default(), Now: at(18, 9, 40), DaysLeft: 3, ReceivedAt: at(18, 9, 32), Subject: "报送中小企业特色产业集群典型案例",
		Office: Office{Name: "省中小企业局", Address: "box@example.org"},
		Unit:   &call.Unit{ID: "hefei", Name: "合肥市工业和信息化局", City: "合肥市"},
	}
}

func cases(n int) []ledger.Case {
	titles := []string{"共享检测平台服务集群企业协同发展", "一图一码管生产", "零碳园区的“源网荷储”路径", "小巨人带出大集群", "出海服务站开到生产线"}
	directions := []string{"协作共享", "数字化升级", "绿色化转型", "创新提升", "开放合作"}
	var out []ledger.Case
	for i := range n {
		out = append(out, ledger.Case{
			Key: titles[i], Title: titles[i], Direction: directions[i], OK: true, City: "合肥市", County: "蜀山区", Level: "省级",
			Cluster: "合肥市蜀山区环境智能监测技术与装备制造产业集群", Body: "示例环境技术有限公司",
		})
	}
	return out
}

func receiptFacts(complete bool) Facts {
	f := baseFacts()
	f.Kind = ledger.Receipt
	f.Submission = &ledger.Submission{
		Revision: 1, State: ledger.Accepted, Receipt: "BS-2024-0007", ReceivedAt: f.ReceivedAt, Cases: cases(3),
		Files: []ledger.File{
			{Name: "附件2：汇总表（合肥市）.xlsx", Part: "summary", Format: "xlsx", Used: true},
			{Name: "案例1 共享检测平台服务集群企业协同发展.docx", Path: "合肥材料.zip/案例1 共享检测平台服务集群企业协同发展.docx", Part: "case", Used: true},
			{Name: "案例2 一图一码管生产.docx", Path: "合肥材料.zip/案例2 一图一码管生产.docx", Part: "case", Used: true},
			{Name: "案例3 零碳园区.docx", Path: "合肥材料.zip/案例3 零碳园区.docx", Part: "case", Used: true},
			{Name: "合肥市中小企业特色产业集群培育举措.docx", Part: "measures", Used: true},
			{Name: "合肥市工信局关于报送典型案例的函.pdf", Part: "letter"},
		},
		Findings: []ledger.Finding{
			{Finding: finding.New("case.pictures", finding.Place{File: "案例2 一图一码管生产.docx"}).Got("1 张", "2 张以上")},
			{Finding: finding.New("city.typo", finding.Place{File: "附件2：汇总表（合肥市）.xlsx", Sheet: "Sheet1", Cell: "B4", Row: 4, Column: "city"})},
		},
	}
	f.Standing = &ledger.UnitStanding{State: "accepted", CasesAccepted: 3, Receipt: "BS-2024-0007", ReceivedAt: f.ReceivedAt, Deadline: f.Call.Deadline}
	f.Stands = f.Submission.Cases
	if !complete {
		f.Submission.State, f.Submission.Owed = ledger.Checked, []string{"measures"}
		f.Submission.Files = f.Submission.Files[:4]
		f.Standing.State, f.Standing.Owed = "partial", []string{"measures"}
	}
	return f
}

func correctionFacts() Facts {
	f := baseFacts()
	f.Kind = ledger.Correction
	all := cases(4)
	all[1].OK, all[2].OK = false, false
	sub := &ledger.Submission{
		Revision: 2, State: ledger.Returned, Receipt: "BS-2024-0012", ReceivedAt: f.ReceivedAt, Cases: all, Owed: []string{"measures"},
		Files: []ledger.File{
			{Name: "附件2：汇总表（合肥市）.xlsx", Part: "summary", Format: "xlsx", Used: true, Size: 9000},
			{Name: "案例2 一图一码管生产.docx", Part: "case", Format: "docx", Used: true},
			{Name: "案例5 <b>出海<b>.pdf", Part: "case", Format: "pdf", Used: true},
			{Name: "IMG_20240617.jpg", Part: "unknown", Format: "jpeg"},
			{Name: "案例1 共享检测平台服务集群企业协同发展.docx", Part: "case", Used: true, Prior: true},
		},
	}
	sheetAt := func(cell, column string, row int) finding.Place {
		return finding.Place{File: "附件2：汇总表（合肥市）.xlsx", Sheet: "Sheet1", Cell: cell, Column: column, Row: row}
	}
	add := func(x finding.Finding) { sub.Findings = append(sub.Findings, ledger.Finding{Finding: x}) }
	add(finding.New("cell.not-in-list", sheetAt("H5", "direction", 5)).Got("数字化转型", "协作共享、质量品牌、创新提升、数字化升级、绿色化转型、开放合作、治理服务 之一"))
	add(finding.New("cluster.unknown", sheetAt("D6", "cluster", 6)).Got("合肥市新能源汽车集群", "").Saying("此集群不在国家级、省级认定名单内；名称相近的有：合肥市蜀山区环境智能监测技术与装备制造产业集群。"))
	for row := 4; row < 41; row++ {
		add(finding.New("cell.required", sheetAt(fmt.Sprintf("J%d", row), "contact", row)))
	}
	add(finding.New("content.id-number", finding.Place{File: "案例2 一图一码管生产.docx", Where: "第 3 段"}).Got("110105********002X", ""))
	add(finding.New("case.file-missing", finding.Place{File: "附件2：汇总表（合肥市）.xlsx", Sheet: "Sheet1", Row: 6}).Got("零碳园区的“源网荷储”路径", ""))
	add(finding.New("file.scan-only", finding.Place{File: "案例5 <b>出海<b>.pdf"}))
	add(finding.New("file.unrecognised", finding.Place{File: "IMG_20240617.jpg"}))
	f.Submission = sub
	f.Previous = &ledger.Submission{
		Revision: 1, Receipt: "BS-2024-0007", Cases: append(cases(1), ledger.Case{Key: "旧", Title: "老旧厂房改造"}),
		Findings: []ledger.Finding{
			{Finding: finding.New("cell.not-in-list", sheetAt("H9", "direction", 9)).Got("数字化转型", "")},
			{Finding: finding.New("cell.format", sheetAt("K5", "phone", 5)).Got("1380013", "")},
		},
	}
	f.Standing = &ledger.UnitStanding{State: "correct", CasesAccepted: 2, ErrorsOpen: 41, Owed: sub.Owed, Receipt: sub.Receipt, ReceivedAt: f.ReceivedAt, Deadline: f.Call.Deadline}
	f.Stands = []ledger.Case{all[0], all[3]}
	f.File = func(ledger.File) (string, error) { return "testdata/summary.xlsx", nil }
	return f
}

func noFilesFacts() Facts {
	f := baseFacts()
	f.Kind, f.Subject = ledger.Correction, "典型案例材料（见超大附件）"
	f.Said = Said{Report: &Report{Verdict: "correct", Findings: []finding.Finding{
		finding.New("mail.large-attachment-link", finding.Place{Where: "正文"}).Got("典型案例.zip（128M，6月30日到期）", "普通附件"),
	}}}
	return f
}

func previewFacts() Facts {
	f := correctionFacts()
	f.Kind, f.Topic, f.Subject = ledger.Confirmation, TopicPreview, "【预审】典型案例材料"
	sub := f.Submission
	sub.Receipt, sub.Revision = "", 0
	sub.Findings = append(sub.Findings[:2:2], sub.Findings[39:]...)
	f.Previous, f.Standing, f.Stands = nil, nil, nil
	return f
}

func confirmationFacts(topic string) Facts {
	f := baseFacts()
	f.Kind, f.Topic = ledger.Confirmation, topic
	f.Standing = &ledger.UnitStanding{State: "correct", CasesAccepted: 2, ErrorsOpen: 1, Owed: []string{"measures"}, Receipt: "BS-2024-0012", ReceivedAt: at(17, 16, 5), Deadline: f.Call.Deadline}
	f.Stands = cases(2)
	f.Open = []ledger.Finding{{Finding: finding.New("case.too-short", finding.Place{File: "案例3 零碳园区.docx"}).Got("412 字", "不少于 500 字")}}
	switch topic {
	case TopicNil:
		f.Subject, f.Open, f.Stands = "零报告", nil, nil
		f.Submission = &ledger.Submission{Revision: 1, State: ledger.Accepted, Nil: true, Receipt: "BS-2024-0009"}
		f.Standing = &ledger.UnitStanding{State: "nil", Receipt: "BS-2024-0009", ReceivedAt: f.ReceivedAt, Deadline: f.Call.Deadline}
	case TopicQuery:
		f.Subject = "查询"
	case TopicDecision:
		f.Standing.Deadline = time.Date(2024, 6, 26, 17, 0, 0, 0, shanghai())
		f.Said = Said{Text: "贵单位关于延期报送的说明收悉。经研究，报送截止时间延至 6月26日（星期三）17:00。\n此前已收到的材料继续有效。"}
	}
	return f
}

func reminderFacts(state string, now time.Time, days int) Facts {
	f := baseFacts()
	f.Kind, f.Topic, f.Now, f.DaysLeft, f.Subject, f.ReceivedAt = ledger.Reminder, "before-deadline", now, days, "", time.Time{}
	f.Standing = &ledger.UnitStanding{State: state, Deadline: f.Call.Deadline}
	switch state {
	case "none":
		f.Standing.Owed = []string{"summary", "case", "measures"}
	case "correct":
		f.Standing.Receipt, f.Standing.ReceivedAt, f.Standing.ErrorsOpen = "BS-2024-0012", at(17, 16, 5), 1
		f.Stands = cases(2)
		f.Open = confirmationFacts(TopicQuery).Open
	case "partial":
		f.Standing.Owed, f.Standing.Receipt, f.Standing.ReceivedAt, f.Standing.Late = []string{"measures"}, "BS-2024-0012", at(17, 16, 5), true
		f.Stands = cases(3)
	}
	return f
}

func alertFacts() Facts {
	return Facts{
		Kind: ledger.Alert, Now: at(18, 9, 40), Office: Office{Name: "省中小企业局"},
		Said: Said{Text: "邮件 15 处理失败：读取附件时超出内存上限。\n该邮件由 gxj@bozhou.example 于 6月18日 09:12 发来，已原样保存，其他邮件不受影响。", Commands: []string{"baosong messages --state failed", "baosong replay 15 --apply"}},
	}
}

// doneFacts answers a member of staff who has clicked in the digest.
func doneFacts(topic string) Facts {
	f := SampleFacts(TopicDone, at(18, 9, 40))
	if f.Topic = topic; topic == TopicRefused {
		f.Said.Text = "没有办理：第 12 封来信（自 someone@example.org）不作处理。\n原因：此链接此前已经用过。\n如仍需处理，请用最新一期日报中的链接，或在服务器上使用下面的命令。"
	}
	return f
}
