package smarthost

import (
	"errors"
	"fmt"
	"net/textproto"
	"strings"

	"github.com/emersion/go-smtp"
)

// Refused is why a letter could not be handed over.
type Refused struct {
	Code      int    // SMTP reply code; 0 when the server did not answer (no connection, cut, silence)
	Enhanced  string // enhanced status code such as "5.1.1"; "" when none was given
	Text      string // the server's own words as they came, perhaps GB18030
	Stage     string // connect, tls, greeting, auth, mail, rcpt, data, body, verdict or noop
	Recipient string // whom the refusal concerns, when it concerns one

	// Permanent says that sending this letter again cannot help. Without it, trying again later may.
	Permanent bool
	// Auth says that the fault is our account or set-up: no letter will pass until somebody mends it.
	Auth bool
	// Size says that the letter is too large for the server or the recipient: a smaller one may pass.
	Size bool
	// Limit says that the provider's ceiling on our sending is reached: slow down.
	Limit bool
	// Maybe says that the letter may have been delivered: the connection was lost after its last line, before the answer.
	Maybe bool
	// Delivered names the recipients who got the letter all the same; it must not go to them again.
	Delivered []string

	Err error
}

// Error is for logs; Text may be in any charset and is quoted.
func (r *Refused) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "smtp %s", r.Stage)
	if r.Recipient != "" {
		fmt.Fprintf(&b, " %s", r.Recipient)
	}
	if r.Code != 0 {
		fmt.Fprintf(&b, ": %d %s %q", r.Code, r.Enhanced, r.Text)
	} else {
		fmt.Fprintf(&b, ": %v", r.Err)
	}
	return b.String()
}

// Unwrap gives the cause.
func (r *Refused) Unwrap() error { return r.Err }

// Final says that trying this letter again cannot help.
func (r *Refused) Final() bool { return r.Permanent }

// Ours says that our account or set-up is at fault.
func (r *Refused) Ours() bool { return r.Auth }

// Slow says that the provider's ceiling on our sending is reached.
func (r *Refused) Slow() bool { return r.Limit }

// TooLarge says that a smaller letter may pass.
func (r *Refused) TooLarge() bool { return r.Size }

// Reached names who got the letter all the same.
func (r *Refused) Reached() []string { return r.Delivered }

// refused makes a *Refused of what the client returned at a stage.
func (s *session) refused(stage string, err error) *Refused {
	reply, ok := replyIn(err)
	if !ok {
		// Whatever the client says of a lost connection, the wire knows better why it was lost.
		if cause := s.wire.why(); cause != nil {
			err = cause
		}
		return &Refused{Stage: stage, Err: err}
	}
	r := &Refused{Code: reply.Code, Text: reply.Message, Stage: stage, Err: err}
	if e := reply.EnhancedCode; e[0] > 0 {
		r.Enhanced = fmt.Sprintf("%d.%d.%d", e[0], e[1], e[2])
	}
	r.classify()
	return r
}

// replyIn finds the server's reply in an error. A bare code without text is a reply too (RFC 5321, 4.2), though
// net/textproto calls it short.
func replyIn(err error) (*smtp.SMTPError, bool) {
	var reply *smtp.SMTPError
	if errors.As(err, &reply) {
		return reply, true
	}
	var protocol textproto.ProtocolError
	if errors.As(err, &protocol) {
		var code int
		if n, _ := fmt.Sscanf(string(protocol), "short response: \"%d", &code); n == 1 && code >= 400 && code <= 599 {
			return &smtp.SMTPError{Code: code}, true
		}
	}
	return nil, false
}

// classify decides what a reply means. 4xx passes by itself. A 5xx is about this letter, but for those that say that our
// account will not do: held to be so too easily, one letter would stop all others.
func (r *Refused) classify() {
	r.Limit = ceiling(r.Code, r.Text)
	if r.Code < 500 || r.Code > 599 || r.Limit {
		return
	}
	r.Size = r.tooLarge()
	switch {
	case r.Size:
		r.Permanent = true
	case r.Code == 530, r.Code == 534, r.Code == 535, r.Code == 538, r.Stage == "auth":
		r.Auth = true
	case r.Stage == "mail":
		r.Auth = account(r.Code)
		r.Permanent = !r.Auth
	case r.Stage == "rcpt", r.Stage == "data", r.Stage == "body", r.Stage == "verdict":
		r.Permanent = true
	}
}

// account tells the refusals of MAIL that are about us: 501 and 553 say that MAIL FROM is not the account, as 163 and QQ
// demand, 503 and 530 to 538 that we have not logged in as we should.
func account(code int) bool {
	return code == 501 || code == 503 || code == 553 || code >= 530 && code <= 538
}

// tooLarge tells a refusal for the letter's size (RFC 1870, 6.1; RFC 3463, 5.2.3 and 5.3.4). A bare 552 to RCPT is a full
// mailbox.
func (r *Refused) tooLarge() bool {
	switch r.Stage {
	case "mail", "rcpt", "data", "body", "verdict":
	default:
		return false
	}
	if r.Enhanced != "" {
		return strings.HasSuffix(r.Enhanced, ".3.4") || strings.HasSuffix(r.Enhanced, ".2.3")
	}
	return (r.Code == 552 || r.Code == 523) && r.Stage != "rcpt"
}

// ceiling says whether the reply means that we sent too much: the codes of 163 and 126, and the words of QQ and Aliyun.
// QQ says so with 550, which would otherwise be final.
func ceiling(code int, text string) bool {
	if code == 421 {
		return true
	}
	upper := strings.ToUpper(text)
	for _, mark := range []string{"HL:ICC", "HL:IFC", "HL:IRC", "MI:DMC", "MI:SFQ", "RP:DRC", "RP:CEL", "RP:TRC", "DT:SUM",
		"FREQUENCY LIMITED", "FREQUENCY IS LIMITED", "RATE LIMIT", "TOO MANY MAILS", "TOO MUCH MAIL", "ANTISPAM_BAT"} {
		if strings.Contains(upper, mark) {
			return true
		}
	}
	return false
}
