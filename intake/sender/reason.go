package sender

// reason is why a mail was judged as it was: a word for programs and a sentence for staff.
type reason struct{ word, text string }

func whyReport() reason   { return reason{"report", "邮件系统的投递报告"} }
func whyFeedback() reason { return reason{"feedback-report", "邮件系统的反馈报告"} }
func whyRead() reason     { return reason{"disposition-notification", "已读回执"} }
func whyFailed() reason   { return reason{"x-failed-recipients", "邮件系统的退信"} }
func whyDaemon() reason   { return reason{"daemon", "发件人是邮件系统"} }
func whyNoSender() reason {
	return reason{"no-sender", "没有发件人，可能是邮件系统的通知"}
}
func whyNull() reason {
	return reason{"null-return-path", "退回地址为空，是系统自动发出的邮件"}
}
func whySubject() reason  { return reason{"subject", "主题表明是系统自动发出的邮件"} }
func whyBody() reason     { return reason{"body", "正文表明是邮件系统的退信"} }
func whyAuto() reason     { return reason{"auto-submitted", "邮件标明为自动发出"} }
func whyReplied() reason  { return reason{"auto-replied", "邮件标明为自动回复"} }
func whyNoReply() reason  { return reason{"no-reply", "发件地址不接收回信"} }
func whyAutoMark() reason { return reason{"auto-reply-header", "邮件带有自动回复的标记"} }
func whyList() reason     { return reason{"list", "来自邮件列表"} }
func whyBulk() reason     { return reason{"precedence", "群发邮件"} }
func whyOwn() reason      { return reason{"own-address", "发件人是本系统自己的邮箱"} }
func whyOwnID() reason    { return reason{"own-message-id", "本系统自己发出的邮件"} }

func whyStranger() reason { return reason{"stranger", "发件地址不在报送单位名册中"} }
func whySeveral() reason {
	return reason{"several-from", "有不止一个发件人，无法确定是谁发出的"}
}
func whyMended() reason {
	return reason{"from-mended", "发件人写法异常，无法确定是谁发出的"}
}
func whyName() reason    { return reason{"from-name", "发件人姓名中写着另一个邮箱地址"} }
func whyReplyTo() reason { return reason{"reply-to", "回复地址不是该单位的邮箱"} }
func whyStaffReplyTo() reason {
	return reason{"reply-to", "回复地址不是工作人员的邮箱"}
}
func whySender() reason {
	return reason{"sender-header", "实际发出邮件的邮箱不是该单位的"}
}
func whyDMARC() reason {
	return reason{"dmarc-fail", "收信服务器的身份验证未通过（DMARC）"}
}
func whyAlign() reason {
	return reason{"no-alignment", "收信服务器未能证实发件域名（SPF、DKIM 均未通过或不对应）"}
}
func whyRequire() reason {
	return reason{"no-authentication", "缺少收信服务器的身份验证结果"}
}
