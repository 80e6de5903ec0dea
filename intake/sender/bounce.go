package sender

import (
	"os"
	"regexp"
	"slices"
	"strings"

	"baosong/intake/message"
)

var (
	finalRecipient = regexp.MustCompile(`(?im)^[ \t>]*(?:final|original)-recipient:\s*(?:[a-z0-9-]+\s*;)?\s*<?([^\s<>;]+@[^\s<>;]+)>?`)
	reportStatus   = regexp.MustCompile(`(?im)^[ \t>]*status:\s*([245]\.\d{1,3}\.\d{1,3})`)
	reportDiag     = regexp.MustCompile(`(?im)^[ \t>]*diagnostic-code:\s*(.+(?:\n[ \t].+)*)`)
	innerID        = regexp.MustCompile(`(?im)^[ \t>]*(?:x-)?(?:original-)?message-id:\s*(<[^<>\s]{3,990}>)`)
	enhancedCode   = regexp.MustCompile(`\b[45]\.\d{1,3}\.\d{1,3}\b`)
	smtpCode       = regexp.MustCompile(`(?:^|[\s:;#(])([45]\d\d)[\s-]`)
	anyAddress     = regexp.MustCompile(`[A-Za-z0-9._%+=/~'-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}`)

	// bounceWords are sentences that only mail systems write.
	bounceWords = regexp.MustCompile(`(?i)(?:could not be delivered|was not delivered|unable to deliver|delivery (?:to the following|has failed|failed|attempt)|` +
		`returned to sender|undeliverable|user unknown|unknown user|no such user|mailbox (?:unavailable|full|is full)|recipient (?:address )?rejected|` +
		`had (?:permanent fatal|transient non-fatal) errors|delivery problems|invalid user address|undelivered|permanent(?: fatal)? error|i'm afraid i wasn't able to deliver|` +
		`host (?:unknown|not found)|message delivery (?:has been )?(?:failed|delayed)|quota exceeded|over quota|` +
		`退信|无法投递|投递失败|发送失败|未能送达|无法送达|收件人不存在|邮箱不存在|被退回)`)
	// returnedStart begins the copy of the letter that a plain bounce brings back.
	returnedStart = regexp.MustCompile(`(?im)^[ \t>-]*(?:error message below:?|message details:?|original mail as follows:?|-+ ?(?:this is a copy of the message|returned message|below this line)|` +
		`-+ the following addresses had|your original message header|you .{1,200} are not member|you are not a member of this mailing list)`)
)

// bounceBody tells the words of a bounce, with a code or a returned letter beside them.
func bounceBody(m *message.Message) bool {
	text := m.Text
	if len(text) > 64<<10 {
		text = text[:64<<10]
	}
	if !bounceWords.MatchString(text) {
		return false
	}
	return enhancedCode.MatchString(text) || smtpCode.MatchString(text) || innerID.MatchString(text) || hasReturned(m) || len(text) < 4000
}

// returnedText tells a bounce without a single mark in its header: the words of a bounce and, set apart, the letter.
func returnedText(m *message.Message) bool {
	text := m.Text
	if len(text) > 64<<10 {
		text = text[:64<<10]
	}
	return returnedStart.MatchString(text) && (bounceWords.MatchString(text) && smtpCode.MatchString(text) || strings.Contains(text, "Duplicated Message-ID"))
}

func hasReturned(m *message.Message) bool {
	return slices.ContainsFunc(m.Attachments, func(a *message.Attachment) bool { return a.Type == message.TypeMail }) ||
		strings.Contains(m.Report, "Message-ID:")
}

// returned reads what a bounce says of the letter it returns.
func returned(m *message.Message, o Options) *Returned {
	r := &Returned{MessageID: returnedID(m, o)}
	for _, v := range strings.FieldsFunc(m.Header.Get("X-Failed-Recipients"), func(r rune) bool { return r == ',' || r == ' ' }) {
		r.add(v, o)
	}
	body := m.Report
	for _, match := range finalRecipient.FindAllStringSubmatch(body, 50) {
		r.add(match[1], o)
	}
	if s := reportStatus.FindStringSubmatch(body); s != nil {
		r.Status = s[1]
	}
	if d := reportDiag.FindStringSubmatch(body); d != nil {
		r.Diagnostic = shorten(d[1])
	}
	r.fromText(m, o)
	return r
}

// fromText fills in from the words of the bounce what its report did not say.
func (r *Returned) fromText(m *message.Message, o Options) {
	text := m.Text
	if len(text) > 64<<10 {
		text = text[:64<<10]
	}
	if i := innerID.FindStringIndex(text); i != nil && len(r.Recipients) > 0 {
		text = text[:i[0]]
	}
	if len(r.Recipients) == 0 {
		for _, a := range anyAddress.FindAllString(text, 20) {
			if !daemon(strings.ToLower(a)) && len(m.From) > 0 && !strings.EqualFold(a, m.From[0].Address) {
				if r.add(a, o); len(r.Recipients) > 0 {
					break
				}
			}
		}
	}
	for line := range strings.Lines(text) {
		code := enhancedCode.FindString(line)
		if code == "" && smtpCode.FindString(line) == "" {
			continue
		}
		if r.Status == "" {
			r.Status = code
		}
		if r.Diagnostic == "" {
			r.Diagnostic = shorten(line)
		}
		if r.Status != "" {
			return
		}
	}
}

func (r *Returned) add(address string, o Options) {
	address = strings.ToLower(strings.Trim(address, "<>,;. "))
	if strings.Contains(address, "@") && !own(address, o) && !slices.Contains(r.Recipients, address) && len(r.Recipients) < 50 {
		r.Recipients = append(r.Recipients, address)
	}
}

// returnedID finds the Message-ID of the letter: in the mail or header that came back, in the text, at last in what the
// bounce refers to. One that is ours wins over the others.
func returnedID(m *message.Message, o Options) string {
	var ids []string
	for _, a := range m.Attachments {
		if a.Type == message.TypeMail || strings.HasPrefix(a.Declared, "message/") || strings.HasPrefix(a.Declared, "text/rfc822") {
			if id := headerID(a.Path); id != "" {
				ids = append(ids, id)
			}
		}
	}
	for _, text := range []string{m.Report, m.Text} {
		for _, match := range innerID.FindAllStringSubmatch(text, 10) {
			ids = append(ids, message.Untag(match[1]))
		}
	}
	if m.InReplyTo != "" {
		ids = append(ids, m.InReplyTo)
	}
	for i := len(m.References) - 1; i >= 0; i-- {
		ids = append(ids, m.References[i])
	}
	for _, id := range ids {
		if o.OwnMessageID != nil && o.OwnMessageID(id) {
			return id
		}
	}
	if len(ids) > 0 {
		return ids[0]
	}
	return ""
}

func headerID(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	h, err := message.ReadHeader(f)
	if err != nil {
		return ""
	}
	if match := innerID.FindStringSubmatch("Message-ID: " + h.Get("Message-ID")); match != nil {
		return message.Untag(match[1])
	}
	return ""
}

func shorten(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 300 {
		s = string(r[:300]) + "…"
	}
	return s
}
