package sender

import (
	"regexp"
	"slices"
	"strings"

	"baosong/intake/message"
	"baosong/parse/charset"
)

// automatic tells mails that no person wrote. Person means that it found nothing. From a unit that is known words alone
// are no proof: its people forward us their bounces, and send again under the same subject what came back.
func automatic(m *message.Message, from string, known bool, o Options) (Kind, reason) {
	if kind, why := report(m); kind != Person {
		return kind, why
	}
	if m.Header.Get("X-Failed-Recipients") != "" {
		return Bounce, whyFailed()
	}
	if o.OwnMessageID != nil && m.MessageID != "" && o.OwnMessageID(m.MessageID) {
		return Ourselves, whyOwnID()
	}
	if own(from, o) {
		return Ourselves, whyOwn()
	}
	sys, null, why := daemon(from), nullReturnPath(m), autoHeader(m)
	words := !known || sys || null || why != reason{} || !material(m) // whether the subject's words are to be believed
	switch {
	case sys && (bounceSubject(m.Subject) || bounceBody(m) || !autoSubject(m.Subject)):
		return Bounce, whyDaemon()
	case from == "" && len(m.From) == 0 && (bounceSubject(m.Subject) || bounceBody(m)):
		return Bounce, whyNoSender()
	case words && bounceSubject(m.Subject):
		return Bounce, whySubject()
	case null && bounceBody(m):
		return Bounce, whyNull()
	case words && autoSubject(m.Subject):
		return AutoReply, whySubject()
	}
	if why != (reason{}) {
		if bounceBody(m) {
			return Bounce, why
		}
		return AutoReply, why
	}
	switch {
	case null:
		return AutoReply, whyNull()
	case listHeader(m):
		return List, whyList()
	case bulk(m):
		return List, whyBulk()
	case !known && returnedText(m):
		return Bounce, whyBody()
	case len(m.From) == 0 && m.Header.Has("From") && strings.Trim(m.Header.Get("From"), "<> \t") == "":
		return AutoReply, whyNoSender()
	}
	return Person, reason{}
}

// material tells a file such as a unit sends us: a workbook, a document or an archive, but no picture and no mail.
func material(m *message.Message) bool {
	return slices.ContainsFunc(m.Attachments, func(a *message.Attachment) bool {
		switch a.Type {
		case "xlsx", "xlsm", "xlsb", "xls", "biff", "ods", "fods", "csv", "xml-spreadsheet-2003", "encrypted-ooxml",
			"docx", "docm", "doc", "doc95", "word-2003-xml", "odt", "rtf", "works-wps", "pdf", "ofd", "pages", "numbers",
			"zip", "rar", "7z", "tar", "gzip", "bzip2", "xz", "zstd":
			return a.Disposition != message.DispositionInline
		}
		return false
	})
}

// report tells multipart/report and what its machine-readable part is about (RFC 6522).
func report(m *message.Message) (Kind, reason) {
	ct := strings.ToLower(m.Header.Get("Content-Type"))
	kinds := ct
	for _, a := range m.Attachments {
		kinds += " " + a.Declared
	}
	switch {
	case strings.Contains(kinds, "feedback-report"):
		return AutoReply, whyFeedback()
	case strings.Contains(kinds, "disposition-notification"):
		return AutoReply, whyRead()
	case strings.Contains(kinds, "delivery-status") || finalRecipient.MatchString(m.Report):
		return Bounce, whyReport()
	case strings.HasPrefix(ct, "multipart/report"):
		if feedbackType.MatchString(m.Report) {
			return AutoReply, whyFeedback()
		}
		return Bounce, whyReport()
	}
	return Person, reason{}
}

var feedbackType = regexp.MustCompile(`(?im)^feedback-type:`)

// daemon tells addresses that mail systems write from.
func daemon(address string) bool {
	local, domain, _ := strings.Cut(address, "@")
	local, _, _ = strings.Cut(local, "+")
	switch local {
	case "mailer-daemon", "mailerdaemon", "mailer_daemon", "postmaster", "post_master", "post-master", "mail-daemon", "maildaemon",
		"mdaemon", "double-bounce", "mail-delivery-subsystem", "bounce", "bounces", "mailsystem", "mail-system":
		return true
	case "10000":
		return domain == "qq.com" // QQ's own notices
	}
	return strings.HasPrefix(local, "mailer-daemon") || strings.HasPrefix(local, "postmaster-") || strings.HasPrefix(local, "prvs=") && strings.HasSuffix(local, "mailer-daemon")
}

// noReply tells addresses that say themselves that nobody reads them.
func noReply(address string) bool {
	local, _, _ := strings.Cut(address, "@")
	local = strings.NewReplacer("-", "", "_", "", ".", "").Replace(local)
	return strings.HasPrefix(local, "noreply") || strings.HasPrefix(local, "donotreply") || strings.HasSuffix(local, "noreply")
}

func nullReturnPath(m *message.Message) bool {
	for _, v := range m.Header.All("Return-Path") {
		if strings.ReplaceAll(v, " ", "") == "<>" {
			return true
		}
	}
	return false
}

// autoHeader tells the marks of machines: RFC 3834's and older ones. X-Auto-Response-Suppress is none of them: people's
// mail programs set it too.
func autoHeader(m *message.Message) reason {
	if v := m.Header.Get("Auto-Submitted"); v != "" {
		word := strings.ToLower(strings.TrimSpace(strings.FieldsFunc(v+";", func(r rune) bool { return r == ';' || r == '(' })[0]))
		switch {
		case word == "no":
		case strings.HasPrefix(word, "auto-replied"):
			return whyReplied()
		default:
			return whyAuto()
		}
	}
	for _, name := range []string{"X-Autoreply", "X-Auto-Reply", "X-Autorespond", "X-Autoresponder", "X-Auto-Response", "X-Mail-Autoreply",
		"X-Autoreply-From", "X-AutoReply-Domain", "X-Autogenerated", "X-FC-MachineGenerated", "X-POST-MessageClass", "X-QQ-Auto-Reply"} {
		switch v := strings.ToLower(m.Header.Get(name)); v {
		case "", "no", "none", "false", "0":
		default:
			return whyAutoMark()
		}
	}
	if strings.EqualFold(m.Header.Get("X-Apple-Action"), "VACATION") || strings.EqualFold(m.Header.Get("Delivered-To"), "Autoresponder") {
		return whyAutoMark()
	}
	if p := precedence(m); p == "auto_reply" || p == "auto-reply" || p == "autoreply" {
		return whyAutoMark()
	}
	return reason{}
}

func precedence(m *message.Message) string {
	for _, name := range []string{"Precedence", "X-Precedence"} {
		if v := strings.ToLower(strings.TrimSpace(m.Header.Get(name))); v != "" {
			return v
		}
	}
	return ""
}

func bulk(m *message.Message) bool {
	switch precedence(m) {
	case "bulk", "list", "junk":
		return true
	}
	return false
}

func listHeader(m *message.Message) bool {
	for _, name := range []string{"List-Id", "List-Post", "List-Help", "List-Subscribe", "List-Unsubscribe", "List-Owner", "Mailing-List",
		"X-Mailing-List", "X-MLServer", "X-ML-Name", "X-BeenThere", "X-Listserver"} {
		if m.Header.Has(name) {
			return true
		}
	}
	return false
}

// A subject counts by how it begins, and only when the phrase ends there: 自动回复设置请教 is a person's.
var (
	autoBegin = regexp.MustCompile(`(?i)^[\[【(（<《]?\s*(?:自动回复|自动答复|自動回覆|自動回復|自動返信|系统自动回复|邮件自动回复|休假自动回复|不在办公室|外出自动回复|` +
		`automatic reply|auto[- ]?reply|auto[- ]?response|autoresponse|autoreply|automated reply|automated response|automatische antwort|réponse automatique|respuesta automática|` +
		`risposta automatica|out[- ]of[- ](?:the[- ])?office(?: auto[- ]?reply)?|vacation (?:reply|notice|message)|i am out of the office|away from (?:my mail|the office)|已读回执)\s*(?:$|[:：\]】)）>》,，。!！;；-]|\s)`)
	bounceBegin = regexp.MustCompile(`(?i)^[\[【(（]?\s*(?:系统退信|退信通知|邮件退信|退信|邮件被退回|邮件退回|退回邮件|邮件投递失败|投递失败|邮件发送失败|无法投递|邮件无法投递|发送失败通知|未送达|未送达邮件|未投递|邮件延迟|` +
		`undelivered(?: mail(?: returned to sender)?)?|undeliverable(?: mail| message)?|undeliver(?:ed|able) mail|returned mail|returned message|mail returned|` +
		`failure notice|mail failure|message failure|mail delivery (?:failed|failure|problem|error|system|subsystem|status notification)|delivery (?:failure|failed|status notification|notification|report|error|status)|` +
		`mail delivery status|message delivery (?:failure|failed|delayed)|message (?:could not be|not) delivered|mail could not be delivered|` +
		`non[- ]?delivery(?: notification| report)?|warning: (?:could not send message|message)[^\n]*|mail system error|mail error|mdn: mail error|` +
		`delayed mail|nondeliverable mail|error sending message|unable to deliver|permanent delivery failure)(?:\s*$|\s*[:：\]】)）,，。!！;；(（-]|\s)`)
	bounceFrom = regexp.MustCompile(`^来自\s?\S{1,80}的退信`)
)

func autoSubject(subject string) bool {
	s := strings.TrimSpace(charset.Fold(subject))
	return autoBegin.MatchString(s)
}

func bounceSubject(subject string) bool {
	s := strings.TrimSpace(charset.Fold(subject))
	return bounceBegin.MatchString(s) || bounceFrom.MatchString(s)
}
