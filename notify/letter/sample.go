package letter

import (
	"time"

	"baosong/ledger"
	"baosong/parse/call"
	"baosong/parse/finding"
)

// sample makes a page that has something in every place, for Check.
func sample(letter string) *Page {
	now := time.Date(2024, 6, 18, 9, 40, 0, 0, time.FixedZone("Asia/Shanghai", 8*60*60))
	f := SampleFacts(letter, now)
	p := page(f)
	p.Workbook = Workbook{Name: "汇总表（已标注）.xlsx", Marked: true}
	return p
}

// SampleFacts returns made-up facts for a letter of that name (receipt, correction, no-attachment, nil, preview, query, decision, done,
// reminder, alert, digest): for checking templates and for looking at a letter without sending one.
func SampleFacts(letter string, now time.Time) Facts {
	c := call.Default()
	f := Facts{
		Kind: ledger.Confirmation, Topic: letter, Call: c, Now: now, DaysLeft: 3,
		Office:  Office{Name: "省中小企业局", Address: "box@example.org", Contact: "综合处（电话见征集通知）"},
		Subject: "报送典型案例材料", ReceivedAt: now.Add(-8 * time.Minute),
		Unit: &call.Unit{ID: "hefei", Name: "合肥市工业和信息化局", City: "合肥市"},
	}
	standing := &ledger.UnitStanding{
		Unit: "hefei", State: "correct", CasesAccepted: 1, ErrorsOpen: 2, Owed: []string{string(call.PartMeasures)},
		Receipt: "BS-2024-0007", ReceivedAt: f.ReceivedAt, Deadline: c.Deadline,
	}
	switch letter {
	case "receipt", "correction":
		f.Kind, f.Topic = ledger.Kind(letter), ""
	case TopicNoAttachment:
		f.Kind = ledger.Correction
		standing.State, standing.ErrorsOpen = "partial", 0
		f.Standing, f.Said.Report = standing, &Report{Verdict: "correct"}
		return f
	case "reminder":
		f.Kind, f.Topic = ledger.Reminder, "before-deadline"
	case "alert":
		f.Kind, f.Topic, f.Unit = ledger.Alert, "smtp", nil
		f.Said = Said{Text: "发信服务器不接受登录，去信暂停。\n请核对授权码。", Commands: []string{"baosong doctor"}}
		return f
	case TopicDone:
		f.Unit = nil
		f.Said = Said{Text: "已办理：第 12 封来信（自 someone@example.org）归到合肥市工业和信息化局。\n办理人 staff@example.org，6月18日 09:40。已记入台账。系统随即核对该信，并把结果回复给来信单位。",
			Commands: []string{"baosong show --message 12"}}
		return f
	case "digest":
		f.Kind, f.Topic, f.Unit = ledger.Digest, "daily", nil
		f.Digest = sampleDigest(now, *standing)
		return f
	case TopicDecision:
		f.Said = Said{Text: "经研究，贵单位的截止时间延至 6月26日（星期三）。"}
	}
	f.Standing, f.Stands = standing, sampleCases()[:1]
	f.Submission = sampleSubmission(f.ReceivedAt)
	f.Open = f.Submission.Findings
	if f.Kind == ledger.Receipt {
		f.Submission.Findings = f.Submission.Findings[2:]
		f.Submission.State, standing.State, standing.ErrorsOpen = ledger.Checked, "partial", 0
	}
	return f
}

func sampleCases() []ledger.Case {
	return []ledger.Case{
		{Key: "a", Title: "共享检测平台服务集群企业", Cluster: "合肥市蜀山区环境智能监测技术与装备制造产业集群", Direction: "协作共享", OK: true},
		{Key: "b", Title: "一图一码管生产", Cluster: "合肥市蜀山区环境智能监测技术与装备制造产业集群", Direction: "数字化转型"},
	}
}

func sampleSubmission(at time.Time) *ledger.Submission {
	summary := finding.Place{File: "附件2汇总表.xlsx", Sheet: "Sheet1"}
	cell := func(a, column string, row int) finding.Place {
		p := summary
		p.Cell, p.Column, p.Row = a, column, row
		return p
	}
	return &ledger.Submission{
		ID: 7, Revision: 2, State: ledger.Returned, Receipt: "BS-2024-0007", ReceivedAt: at, Owed: []string{string(call.PartMeasures)},
		Files: []ledger.File{
			{Name: "附件2汇总表.xlsx", Part: "summary", Format: "xlsx", Used: true},
			{Name: "材料.zip/案例1共享检测平台.docx", Part: "case", Format: "docx", Used: true},
		},
		Cases: sampleCases(),
		Findings: []ledger.Finding{
			{Finding: finding.New("cell.not-in-list", cell("H7", "direction", 7)).Got("数字化转型", "协作共享、质量品牌、创新提升、数字化升级、绿色化转型、开放合作、治理服务 之一")},
			{Finding: finding.New("cell.format", cell("K7", "phone", 7)).Got("1380013", "11 位手机号码，或带区号的固定电话")},
			{Finding: finding.New("case.pictures", finding.Place{File: "案例1共享检测平台.docx"}).Got("1 张", "2 张以上")},
		},
	}
}

func sampleDigest(now time.Time, u ledger.UnitStanding) *Digest {
	return &Digest{
		Decisions: []Decision{{What: "待核实来信", Detail: "自 someone@example.org：报送材料", Warning: "合肥市现已报齐 1 个案例，归入后以这封来信为准", Since: now, Commands: []string{"baosong assign 12 hefei"}, Links: []Link{{"归到合肥市", "mailto:box@example.org", "bs1-example"}}}},
		Balance:   Balance{Server: 3, Ledger: 4, LastPoll: now, LastPollError: "timeout"},
		Units:     []UnitLine{{UnitStanding: u, Name: "合肥市工业和信息化局", City: "合肥市", Tile: [2]int{2, 1}}},
		DaysLeft:  3,
		Unknown:   []int{2030},
		Arrived: []Arrival{{No: 7, At: now, Unit: "合肥市工业和信息化局", Subject: "报送材料", State: "待补正", Receipt: "BS-2024-0007"},
			{No: 8, At: now, Unit: "合肥市工业和信息化局", Subject: "请问", State: "来信，无附件", Question: true}},
		Corrections: []OpenCorrection{{"合肥市工业和信息化局", "BS-2024-0007", 2, 1}},
		Directions:  []Count{{"协作共享", 1}},
		Trend:       []Count{{"6月18日", 1}},
		Findings:    []FindingLine{{Unit: "合肥市工业和信息化局", Receipt: "BS-2024-0007", Finding: ledger.Finding{Trial: true, Finding: finding.New("case.pictures", finding.Place{File: "案例1.docx"})}}},
		Unreached:   []Unreached{{"宿州市经济和信息化局", "sz@example.org", "邮箱不存在", now}},
	}
}
