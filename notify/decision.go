package notify

import (
	"fmt"

	"baosong/ledger"
	"baosong/notify/letter"
	"baosong/parse/call"
)

// heldDecision is a held mail as the digest puts it to staff. Of one with a suspected secrecy mark nothing is told.
func heldDecision(m ledger.Message, c *call.Call) letter.Decision {
	if m.Why == "secrecy" || m.Removed {
		return letter.Decision{
			What: "疑似密级标志", Grave: true, Since: m.ReceivedAt,
			Detail:   fmt.Sprintf("第 %d 封，UID %d，自 %s。内容没有留存，邮箱中的原件请按保密规定处理", m.ID, m.UID, m.From),
			Commands: []string{fmt.Sprintf("baosong ignore %d", m.ID)},
		}
	}
	unit := m.Hint
	if u, ok := c.UnitByAddress(m.From); ok && unit == "" {
		unit = u.ID
	}
	detail := fmt.Sprintf("第 %d 封，自 %s：%s", m.ID, m.From, m.Subject)
	if m.WhyText != "" {
		detail += "。" + m.WhyText
	}
	if unit == "" {
		unit = "单位代码"
	}
	return letter.Decision{
		What: "待核实来信", Detail: detail, Since: m.ReceivedAt,
		Commands: []string{fmt.Sprintf("baosong assign %d %s", m.ID, unit), fmt.Sprintf("baosong ignore %d", m.ID)},
	}
}

func failedDecision(m ledger.Message) letter.Decision {
	return letter.Decision{
		What: "处理失败", Grave: true, Since: m.ReceivedAt,
		Detail:   fmt.Sprintf("第 %d 封，自 %s：%s", m.ID, m.From, m.WhyText),
		Commands: []string{fmt.Sprintf("baosong replay %d --apply", m.ID)},
	}
}

func arrival(m ledger.Message, s ledger.Submission, c *call.Call) letter.Arrival {
	a := letter.Arrival{At: m.ReceivedAt, Unit: m.From, Subject: m.Subject, State: m.State.Chinese(), Receipt: s.Receipt}
	if u, ok := c.Unit(m.Unit); ok {
		a.Unit = u.Name
	}
	if s.ID != 0 {
		a.State = s.State.Chinese()
	}
	if s.Nil {
		a.State = "零报告"
	}
	if m.Why == "secrecy" || m.Removed {
		a.Subject = "（不显示）"
	}
	return a
}

// eventWord says in Chinese what staff decided, and about what.
func eventWord(e ledger.Event) string {
	words := map[string]string{
		"decision.assign": "指定来信单位", "decision.release": "放行来信", "decision.ignore": "忽略来信", "decision.replay": "重新核对",
		"decision.letter": "决定去信", "decision.waive": "免予更正", "decision.accept": "人工接收", "decision.extend": "延期",
		"decision.postpone": "暂停催报", "decision.withdraw": "撤回案例",
	}
	word, ok := words[e.What]
	if !ok {
		word = e.What
	}
	switch {
	case e.Letter != 0:
		word += fmt.Sprintf("（去信 %d）", e.Letter)
	case e.Message != 0:
		word += fmt.Sprintf("（来信 %d）", e.Message)
	case e.Unit != "":
		word += "（" + e.Unit + "）"
	}
	return word
}
