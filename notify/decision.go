package notify

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"net/url"
	"strings"
	"time"

	"baosong/ledger"
	"baosong/ledger/token"
	"baosong/notify/letter"
	"baosong/parse/call"
)

// linkDays is how many days after the digest's own a one-click answer is good for: longer than any holiday but the
// longest, and after those the next digest brings fresh ones.
const linkDays = 7

// linkLetters is how many letters one click decides about at most, so that the subject stays short.
const linkLetters = 100

// link is a one-click answer: a mail to our own box, ready to be sent, whose subject carries the signed decision. All
// links of a day expire together, so that the same answer in two digests of a day is one token.
func (r *Runner) link(label, what string, d token.Decision, now time.Time) []letter.Link {
	box, err := mail.ParseAddress(r.From)
	if err != nil || len(r.Key) == 0 {
		return nil
	}
	d.Expires = r.Calendar.Day(now).AddDate(0, 0, linkDays+1)
	signed := r.Key.Sign(d)
	body := fmt.Sprintf("请直接发出这封邮件，主题不要改动。\n\n%s。\n\n此链接在 %s 24 时前有效，只能用一次。办理结果会回信告知。\n",
		what, d.Expires.AddDate(0, 0, -1).In(r.Calendar.Location()).Format("1月2日"))
	return []letter.Link{{
		Label: label, Token: signed,
		URL: "mailto:" + box.Address + "?subject=" + escape("办理："+what+"（"+signed+"）") + "&body=" + escape(body),
	}}
}

// escape writes a value of a mailto link (RFC 6068): every blank as %20.
func escape(s string) string {
	return strings.ReplaceAll(url.QueryEscape(strings.ReplaceAll(s, "\n", "\r\n")), "+", "%20")
}

// mailLink is a one-click answer about one mail.
func (r *Runner) mailLink(label, what string, verb token.Verb, id int64, unit string, now time.Time) []letter.Link {
	return r.link(label, fmt.Sprintf("第 %d 封来信%s", id, what), token.Decision{Verb: verb, IDs: []int64{id}, Unit: unit}, now)
}

// heldDecision is a held mail as the digest puts it to staff. Of one with a suspected secrecy mark nothing is told.
func (r *Runner) heldDecision(m ledger.Message, c *call.Call, units []letter.UnitLine, now time.Time) letter.Decision {
	ignore := fmt.Sprintf("baosong ignore %d", m.ID)
	if m.Why == "secrecy" || m.Removed {
		return letter.Decision{
			What: "疑似密级标志", Grave: true, Since: m.ReceivedAt,
			Detail:   fmt.Sprintf("第 %d 封，自 %s。内容没有留存，原件在文件夹 %s 中，UID 为 %d，请按保密规定处理", m.ID, m.From, m.Folder, m.UID),
			Commands: []string{ignore}, Links: r.mailLink("已按规定处理", "已按保密规定处理，销去此项", token.Ignore, m.ID, "", now),
		}
	}
	d := letter.Decision{What: "待核实来信", Since: m.ReceivedAt, Commands: []string{ignore},
		Detail: fmt.Sprintf("第 %d 封，自 %s：%s", m.ID, m.From, mailSubject(m))}
	if m.WhyText != "" {
		d.Detail += "。" + m.WhyText
	}
	if m.Why == "decision-refused" {
		d.What, d.Grave = "可疑的一键处理", true
		d.Links = r.mailLink("不作处理", "不作处理", token.Ignore, m.ID, "", now)
		return d
	}
	unit, rostered := m.Hint, false
	if u, ok := c.UnitByAddress(m.From); ok {
		if rostered = true; unit == "" {
			unit = u.ID
		}
	}
	if u, ok := c.Unit(unit); ok {
		name := "归到" + shortName(u)
		d.Warning = replaces(m, u, units)
		d.Links = r.mailLink(name, name, token.Assign, m.ID, unit, now)
		if !rostered {
			d.Links = append(d.Links, r.mailLink(name+"，记住地址", name+"，并记住此地址", token.Remember, m.ID, unit, now)...)
		}
	} else {
		unit = "单位代码"
	}
	d.Commands = []string{fmt.Sprintf("baosong assign %d %s", m.ID, unit), ignore}
	d.Links = append(d.Links, r.mailLink("不作处理", "不作处理", token.Ignore, m.ID, "", now)...)
	return d
}

// mailSubject is a mail's subject without the token of a one-click answer, fit to stand in a sentence.
func mailSubject(m ledger.Message) string {
	s := []rune(strings.TrimSpace(token.Strip(m.Subject)))
	switch {
	case len(s) == 0:
		return "（无主题）"
	case len(s) > 60:
		return string(s[:59]) + "…"
	}
	return string(s)
}

// replaces warns of giving a mail to a unit that has all it owes: as the newest it would take the place of what stands.
func replaces(m ledger.Message, u *call.Unit, units []letter.UnitLine) string {
	for _, x := range units {
		switch {
		case x.Unit != u.ID || m.ReceivedAt.Before(x.ReceivedAt):
		case x.State == ledger.StateAccepted:
			return fmt.Sprintf("%s现已报齐 %d 个案例，归入后以这封来信为准", shortName(u), x.CasesAccepted)
		case x.State == ledger.StateNil:
			return shortName(u) + "已登记零报告，归入后以这封来信为准"
		}
	}
	return ""
}

// shortName is a unit in a button: its city, or its name.
func shortName(u *call.Unit) string {
	switch {
	case u.County != "":
		return u.County
	case u.City != "":
		return u.City
	}
	return u.Name
}

func (r *Runner) failedDecision(m ledger.Message, now time.Time) letter.Decision {
	return letter.Decision{
		What: "处理失败", Grave: true, Since: m.ReceivedAt,
		Detail:   fmt.Sprintf("第 %d 封，自 %s：%s", m.ID, m.From, m.WhyText),
		Commands: []string{fmt.Sprintf("baosong replay %d --apply", m.ID)},
		Links: append(r.mailLink("重新核对", "重新核对", token.Replay, m.ID, "", now),
			r.mailLink("不作处理", "不作处理", token.Ignore, m.ID, "", now)...),
	}
}

// deadDecision is a letter that an address did not get.
func (r *Runner) deadDecision(ctx context.Context, x ledger.DeadAddress, name string, now time.Time) (letter.Decision, error) {
	d := letter.Decision{
		What: "信函未送达", Detail: fmt.Sprintf("致%s %s：%s", name, x.Address, x.Why), Commands: []string{fmt.Sprintf("baosong letters show %d", x.Letter)},
	}
	l, err := r.Ledger.Letter(ctx, x.Letter)
	if errors.Is(err, ledger.ErrNotFound) {
		return d, nil
	}
	if err != nil {
		return d, err
	}
	d.Since = l.CreatedAt
	if l.State == ledger.Dead { // one that was taken and came back cannot be sent as it is
		d.Commands = append(d.Commands, fmt.Sprintf("baosong release --letter %d", l.ID))
		d.Links = r.link("再发一次", fmt.Sprintf("去信 %d 再发一次", l.ID), token.Decision{Verb: token.Send, IDs: []int64{l.ID}}, now)
	}
	return d, nil
}

// heldLetters groups what waits for release by kind and reason.
func (r *Runner) heldLetters(ctx context.Context, d *letter.Digest, now time.Time) error {
	held, err := r.Ledger.Letters(ctx, ledger.HeldLetter)
	if err != nil {
		return err
	}
	groups := map[string][]ledger.Letter{}
	var names []string
	for _, l := range held {
		why := l.LastError
		if why == "" {
			why = "等待查看后放行"
		}
		name := kindWord(l.Kind) + " %d 封：" + why
		if groups[name] == nil {
			names = append(names, name)
		}
		groups[name] = append(groups[name], l)
	}
	for _, name := range names {
		g := groups[name]
		out := letter.Decision{What: "信函暂缓", Detail: fmt.Sprintf(name, len(g)), Since: g[0].CreatedAt,
			Commands: []string{"baosong letters --state held", fmt.Sprintf("baosong letters show %d", g[0].ID)}}
		var ids []int64
		for _, l := range g[:min(len(g), linkLetters)] {
			ids = append(ids, l.ID)
		}
		all := "全部"
		if len(ids) < len(g) {
			all = fmt.Sprintf("前 %d 封", len(ids))
		}
		of := fmt.Sprintf("%d 封%s", len(ids), kindWord(g[0].Kind))
		out.Links = append(r.link(all+"放行", "放行暂缓的 "+of, token.Decision{Verb: token.Send, IDs: ids}, now),
			r.link(all+"不发", "不再发出暂缓的 "+of, token.Decision{Verb: token.Drop, IDs: ids}, now)...)
		d.Decisions = append(d.Decisions, out)
	}
	return nil
}

// kindWord names a kind of letter.
func kindWord(k ledger.Kind) string {
	switch k {
	case ledger.Receipt:
		return "回执"
	case ledger.Correction:
		return "补正通知"
	case ledger.Reminder:
		return "催报"
	case ledger.Digest:
		return "日报"
	case ledger.Alert:
		return "告警"
	}
	return "通知"
}

func arrival(m ledger.Message, s ledger.Submission, c *call.Call) letter.Arrival {
	a := letter.Arrival{No: m.ID, At: m.ReceivedAt, Unit: m.From, Subject: token.Strip(m.Subject), State: m.State.Chinese(), Receipt: s.Receipt}
	if u, ok := c.Unit(m.Unit); ok {
		a.Unit = u.Name
	}
	if s.ID != 0 {
		a.State = s.State.Chinese()
	}
	switch {
	case s.Nil:
		a.State = "零报告"
	case m.Why == "no-attachment":
		a.State, a.Question = "来信，无附件", true
	case m.Why == "query" || m.Why == "preview":
		a.State = m.WhyText
	case m.Why == "decision":
		a.State = "已办理"
	case m.Why == "decision-refused" && m.State == ledger.Ignored:
		a.State = "未办理"
	}
	if m.Why == "secrecy" || m.Removed {
		a.Subject = "（不显示）"
	}
	return a
}

// decisionWord says in Chinese what staff decided.
func decisionWord(what string) string {
	words := map[string]string{
		"decision.assign": "指定来信单位", "decision.release": "放行来信", "decision.ignore": "忽略来信", "decision.replay": "重新核对",
		"decision.letter": "决定去信", "decision.waive": "免予更正", "decision.accept": "人工接收", "decision.extend": "延期",
		"decision.postpone": "暂停催报", "decision.withdraw": "撤回", "decision.retention": "清除原件",
	}
	if word, ok := words[what]; ok {
		return word
	}
	return what
}

// InWords is a decision with what it was about and why, in words for staff.
func InWords(e ledger.Event, c *call.Call) letter.EventLine {
	line := letter.EventLine{At: e.At, Who: e.Who, What: decisionWord(e.What)}
	name := e.Unit
	if u, ok := c.Unit(e.Unit); ok {
		name = u.Name
	}
	switch {
	case e.Letter != 0:
		line.What += fmt.Sprintf("（去信 %d）", e.Letter)
	case e.Message != 0:
		line.What += fmt.Sprintf("（来信 %d）", e.Message)
	case e.Unit != "":
		line.What += "（" + name + "）"
	}
	parts := strings.Split(e.Why, ", ")
	for i, p := range parts {
		switch {
		case i == 0 && strings.HasPrefix(p, "until "):
			parts[i] = untilWords(p, c.Deadline.Location())
		case p == e.Unit && p != "":
			parts[i] = name
		case p == "one-click":
			parts[i] = "日报中点选"
		case strings.HasPrefix(p, "remembering "):
			parts[i] = "记住地址 " + strings.TrimPrefix(p, "remembering ")
		case i == 0 && e.What == "decision.waive":
			parts[i] = strings.Replace(strings.Replace(p, "finding ", "问题 ", 1), ": ", "：", 1)
		case i == 0 && e.What == "decision.withdraw":
			parts[i] = strings.Replace(strings.Replace(p, "case ", "案例 ", 1), ": ", "：", 1)
		}
	}
	line.Why = strings.Join(parts, "，")
	return line
}

// untilWords is "until <UTC time>: reason" with the time as people read it.
func untilWords(s string, zone *time.Location) string {
	at, why, _ := strings.Cut(strings.TrimPrefix(s, "until "), ": ")
	t, err := time.Parse(time.RFC3339, at)
	if err != nil {
		return s
	}
	return "至 " + t.In(zone).Format("2006-01-02 15:04") + "：" + why
}
