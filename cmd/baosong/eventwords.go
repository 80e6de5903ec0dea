package main

import (
	"fmt"
	"strings"

	"baosong/ledger"
	"baosong/notify"
)

// eventWords says an event of the ledger as a sentence. Words that it does not know stay as they are.
func (h *house) eventWords(e ledger.Event) string {
	if strings.HasPrefix(e.What, "decision.") {
		line := notify.InWords(e, h.current())
		return joined(line.What, printable(line.Why))
	}
	sentence, known := eventSentences[e.What]
	switch {
	case !known:
		sentence = e.What
	case strings.HasPrefix(e.What, "letter."):
		sentence = fmt.Sprintf(sentence, e.Letter)
	}
	return joined(sentence, printable(eventReason(e)))
}

// joined puts a colon between two texts, unless one is empty.
func joined(what, why string) string {
	if what == "" || why == "" {
		return what + why
	}
	return what + "：" + why
}

var eventSentences = map[string]string{
	"message.received": "收到来信，待核对", "message.filed": "来信已登记", "message.ignored": "来信不需处理", "message.held": "来信待核实", "message.failed": "来信处理失败",
	"mail.moved": "邮件位于", "mail.gone": "邮件不在原来的位置",
	"submission.checked": "材料合格，未报齐", "submission.returned": "材料待补正", "submission.accepted": "材料已接收",
	"submission.superseded": "已被新的报送取代", "submission.withdrawn": "报送已撤回",
	"letter.due": "去信 %d 排入发件箱", "letter.composed": "去信 %d 已写好", "letter.sent": "去信 %d 已发出", "letter.dead": "去信 %d 没有送达", "letter.held": "去信 %d 暂缓",
	"bytes.removed": "内容已移除", "bounce.received": "收到退信", "bounce.unproved": "收到退信，不能证实", "recipient.refused": "收件地址被拒收",
}

// eventReason is why an event came about, in words; a content address tells people nothing.
func eventReason(e ledger.Event) string {
	switch {
	case e.What == "letter.composed" || e.What == "bytes.removed":
		return ""
	case e.What == "letter.due" || e.What == "letter.held":
		kind, topic, _ := strings.Cut(e.Why, " ")
		if word, ok := kindWords[ledger.Kind(kind)]; ok {
			return letterWord(ledger.Kind(kind), topic, word)
		}
	case e.What == "mail.moved":
		if i := strings.LastIndex(e.Why, " "); i > 0 {
			validity, uid, _ := strings.Cut(e.Why[i+1:], "/")
			return fmt.Sprintf("文件夹 %s，UID %s（UIDVALIDITY %s）", e.Why[:i], uid, validity)
		}
	}
	for english, chinese := range reasonPrefixes {
		if rest, ok := strings.CutPrefix(e.Why, english); ok {
			return fmt.Sprintf(chinese, strings.TrimSuffix(rest, ", which is older and was judged later"))
		}
	}
	if word, ok := reasonWords[e.Why]; ok {
		return word
	}
	return e.Why
}

// letterWord names a letter more closely than its kind does.
func letterWord(k ledger.Kind, topic, kind string) string {
	words := map[string]string{
		"no-attachment": "来信收到", "nil": "零报告登记", "preview": "预审结果", "query": "查询结果", "decision": "办理结果", "done": "办理回告", "refused": "未能办理",
		"deadline-passed": "截止通报", "recovered": "恢复通知",
	}
	if word, ok := words[topic]; ok && k != ledger.Receipt {
		return word
	}
	return kind
}

var reasonPrefixes = map[string]string{
	"revision ": "第 %s 次报送", "assigned to ": "归到 %s", "released for ": "放行，按 %s 处理", "to join message ": "与较早的邮件 %s 合并",
}

var reasonWords = map[string]string{
	"newer revision": "有新的报送", "its mail was judged again": "邮件重新核对", "judged again": "重新核对", "replay": "重新核对",
	"finding waived": "问题已豁免", "accepted by staff": "人工接收", "case withdrawn": "案例已撤回", "submission withdrawn": "报送已撤回",
	"to be fetched again": "将重新收取", "another mail has its place": "原位置上是另一封邮件", "not in its folder any more": "已不在原文件夹",
	"moved to its fate folder, place not told": "已移到归档文件夹，服务器没有告知新位置", "UIDVALIDITY of its folder changed": "文件夹已重建",
	"its content was removed": "内容已移除", "overtaken by a newer reminder": "已有更新的催报",
	"overtaken by a newer decision": "已有更新的决定", "overtaken by what has come or was decided since": "此后已有来信或决定", "nothing is owed any more": "已不欠材料",
	"duplicate": "与另一封邮件相同", "query": "查询", "preview": "预审", "no-attachment": "没有可用的附件", "decision": "一键处理", "decision-refused": "一键处理没有执行",
	"error": "程序出错", "unfetched": "无法读取", "too-large": "超过大小上限", "secrecy": "疑似密级标志", "no-unit": "单位不在名册中", "staff": "由工作人员决定",
	"stranger": "发件地址不在名册中", "several-from": "有不止一个发件人", "from-mended": "发件人写法异常", "from-name": "发件人姓名中写着另一个邮箱地址",
	"reply-to": "回复地址不是该单位的邮箱", "sender-header": "实际发出邮件的邮箱不是该单位的", "dmarc-fail": "身份验证未通过（DMARC）",
	"no-alignment": "不能证实发件域名", "no-authentication": "缺少身份验证结果",
	"report": "邮件系统的投递报告", "feedback-report": "邮件系统的反馈报告", "disposition-notification": "已读回执", "x-failed-recipients": "退信", "daemon": "发件人是邮件系统",
	"no-sender": "没有发件人", "null-return-path": "系统自动发出的邮件", "subject": "主题表明是系统自动发出的邮件", "body": "正文表明是退信", "auto-submitted": "自动发出的邮件",
	"auto-replied": "自动回复", "no-reply": "发件地址不接收回信", "auto-reply-header": "自动回复", "list": "邮件列表", "precedence": "群发邮件",
	"own-address": "发件人是本系统自己的邮箱", "own-message-id": "本系统自己发出的邮件",
}
