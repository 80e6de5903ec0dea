package letter

import (
	"time"

	"baosong/ledger"
	"baosong/parse/call"
	"baosong/parse/finding"
)

// digestFacts is a province with every kind of trouble.
func digestFacts() Facts {
	f := baseFacts()
	f.Kind, f.Topic, f.Unit, f.Now, f.Subject, f.ReceivedAt = ledger.Digest, "daily", nil, at(18, 8, 30), "", time.Time{}
	f.Digest = &Digest{
		DaysLeft: 3, Unknown: []int{2027}, Since: at(17, 8, 30),
		Decisions: []Decision{
			{What: "待核实来信", Detail: "第 12 封，自 wang@qq.example：合肥市典型案例报送。内容像是合肥市的", Warning: "合肥市现已报齐 3 个案例，归入后以这封来信为准", Since: at(17, 15, 20), Commands: []string{"baosong assign 12 hefei", "baosong ignore 12"},
				Links: []Link{click("归到合肥市"), click("归到合肥市，记住地址"), click("不作处理")}},
			{What: "疑似密级标志", Grave: true, Detail: "第 14 封，UID 208，自 gxj@suzhou.example。内容未留存，邮箱中的原件请按保密规定处理", Since: at(17, 16, 41), Commands: []string{"baosong ignore 14"}, Links: []Link{click("已按规定处理")}},
			{What: "处理失败", Detail: "第 15 封，自 gxj@bozhou.example：读取附件时超出内存上限", Since: at(17, 17, 2), Commands: []string{"baosong replay 15 --apply"},
				Links: []Link{click("重新核对"), click("不作处理")}},
			{What: "信函未送达", Detail: "致铜陵市经济和信息化局 tljx@tongling.example：邮箱不存在", Since: at(17, 9, 3), Commands: []string{"baosong letters show 40", "baosong release --letter 40"}, Links: []Link{click("再发一次")}},
		},
		Refused: []string{"staff@example.org 于 6月17日 10:12：一键处理没有执行（第 9 封来信不作处理）：此链接此前已经用过。"},
		Balance: Balance{Server: 31, Ledger: 32, Filed: 25, Ignored: 3, Held: 2, Failed: 1, Received: 1, Due: 1, Sent: 41, Dead: 1, LettersHeld: 0, LastPoll: at(18, 8, 29)},
		Arrived: []Arrival{
			{At: at(17, 9, 32), Unit: "芜湖市经济和信息化局", Subject: "芜湖市典型案例报送", State: "已接收", Receipt: "BS-2024-0011"},
			{At: at(17, 14, 5), Unit: "滁州市工业和信息化局", Subject: "Re: 补正通知 BS-2024-0004：Re: 滁州报送", State: "待补正", Receipt: "BS-2024-0012"},
			{At: at(17, 16, 41), Unit: "宿州市经济和信息化局", Subject: "（不显示）", State: "待核实", Receipt: ""},
			{At: at(17, 17, 2), Unit: "亳州市工业和信息化局", Subject: "毫州市 <script>alert(1)</script> 材料 13800138000", State: "处理失败", Receipt: ""},
			{No: 18, At: at(17, 17, 30), Unit: "合肥市工业和信息化局", Subject: "请问案例可以报几个？联系电话 13800138000", State: "来信，无附件", Question: true},
			{At: at(18, 7, 58), Unit: "黄山市经济和信息化局", Subject: "零报告", State: "零报告", Receipt: "BS-2024-0013"},
		},
		Corrections: []OpenCorrection{{"滁州市工业和信息化局", "BS-2024-0012", 3, 1}, {"安庆市经济和信息化局", "BS-2024-0002", 12, 4}},
		Directions:  []Count{{"协作共享", 5}, {"质量品牌", 3}, {"创新提升", 9}, {"数字化升级", 7}, {"绿色化转型", 2}, {"开放合作", 0}, {"治理服务", 1}, {"其他", 1}},
		Trend:       []Count{{"6月13日", 1}, {"6月14日", 2}, {"6月17日", 6}, {"6月18日", 7}},
		Unreached:   []Unreached{{"铜陵市经济和信息化局", "tljx@tongling.example", "550 邮箱不存在", at(17, 9, 3)}},
		Cases:       cases(5),
		Findings: []FindingLine{{"合肥市工业和信息化局", "BS-2024-0007", ledger.Finding{Trial: true, Finding: finding.New("case.pictures", finding.Place{File: "案例1.docx"})}}, {"滁州市工业和信息化局", "BS-2024-0012", ledger.Finding{
			Finding: finding.New("cell.required", finding.Place{File: "汇总表.xlsx", Sheet: "Sheet1", Cell: "J4", Row: 4, Column: "contact"})}}},
		Events: []EventLine{{at(17, 15, 0), "zhangsan", "extend", "汛期值守，延至 6月26日"}},
	}
	f.Digest.Units = digestUnits(f.Call)
	return f
}

// click is a one-click answer as the digest carries it.
func click(label string) Link {
	return Link{Label: label, URL: "mailto:box@example.org?subject=bs1-example&body=x", Token: "bs1-example"}
}

func digestUnits(c *call.Call) []UnitLine {
	states := []string{"accepted", "correct", "none", "accepted", "partial", "accepted", "correct", "accepted", "accepted", "none", "correct", "none", "accepted", "partial", "none", "nil"}
	var out []UnitLine
	for i, u := range c.ActiveUnits() {
		line := UnitLine{Name: u.Name, City: u.City, Tile: u.Tile}
		line.Unit, line.State = u.ID, states[i%len(states)]
		switch line.State {
		case "none":
			line.Owed = []string{"summary", "case", "measures"}
		case "partial":
			line.Owed, line.CasesAccepted = []string{"measures"}, 2
		case "correct":
			line.CasesAccepted, line.ErrorsOpen, line.Receipt = 1, i, "BS-2024-0012"
		case "accepted":
			line.CasesAccepted, line.Receipt, line.ReceivedAt = 2+i%4, "BS-2024-0003", at(14, 10, 0)
		}
		line.Late = i == 6
		out = append(out, line)
	}
	return out
}
