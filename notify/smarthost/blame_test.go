package smarthost_test

import (
	"fmt"
	"testing"

	"baosong/notify/smarthost"
	"baosong/notify/smtptest"
)

// TestWhoIsToBlame: a 5xx to MAIL stops all letters only when it is about our account. Postfix says that a letter is too
// large in its answer to MAIL, and that once held up everything.
func TestWhoIsToBlame(t *testing.T) {
	t.Parallel()
	type reply = smtptest.Reply
	mail := func(code int, enhanced [3]int, text string) smtptest.Script {
		return smtptest.Script{Storm: -1, Reply: reply{Code: code, Enhanced: enhanced, Text: text}}
	}
	rcpt := func(code int, enhanced [3]int, text string) smtptest.Script {
		return smtptest.Script{Recipients: map[string]reply{"a@city.example": {Code: code, Enhanced: enhanced, Text: text}}}
	}
	content := func(code int, enhanced [3]int, text string) smtptest.Script {
		return smtptest.Script{Content: map[string]reply{"Subject": {Code: code, Enhanced: enhanced, Text: text}}}
	}
	none := [3]int{}
	for _, row := range []struct {
		name   string
		script smtptest.Script
		want   string
	}{
		{"Postfix's size to MAIL", mail(552, [3]int{5, 3, 4}, "Message size exceeds fixed limit"), "permanent size"},
		{"size without an enhanced code", mail(552, none, "message too large"), "permanent size"},
		{"523", mail(523, none, "message too big"), "permanent size"},
		{"size as 554", mail(554, [3]int{5, 3, 4}, "too big"), "permanent size"},
		{"size for the moment", mail(452, [3]int{4, 3, 4}, "no room for so large a message"), ""},
		{"size after the letter", content(552, [3]int{5, 3, 4}, "too large"), "permanent size"},
		{"163's size after the letter", content(552, none, "Requested mail action aborted: exceeded mailsize limit"), "permanent size"},
		{"one recipient takes smaller ones only", rcpt(552, [3]int{5, 2, 3}, "message length exceeds limit"), "permanent size"},
		{"a full mailbox", rcpt(552, none, "exceeded storage allocation"), "permanent"},
		{"a full mailbox after the letter", content(552, [3]int{5, 2, 2}, "mailbox full"), "permanent"},
		{"unusual parameters", mail(555, none, "parameters not recognised"), "permanent"},
		{"not the account", mail(553, none, "Mail from must equal authorized user"), "auth"},
		{"not the account, as QQ says it", mail(501, none, "mail from address must be same as authorization user"), "auth"},
		{"not now, not ever", mail(503, none, "authentication first"), "auth"},
		{"password too old", mail(534, none, "mechanism too weak"), "auth"},
		{"532", mail(532, none, "account needed"), "auth"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s := start(t, smtptest.Options{Script: row.script})
			r := refused(t, client(s, quick).Send(t.Context(), box, []string{"a@city.example"}, []byte(letter)))
			if got := blame(r); got != row.want {
				t.Errorf("got %q, want %q (%v)", got, row.want, r)
			}
		})
	}
}

// blame lists what a refusal says of itself.
func blame(r *smarthost.Refused) string {
	var words string
	for _, x := range []struct {
		is   bool
		word string
	}{{r.Permanent, "permanent"}, {r.Ours(), "auth"}, {r.Slow(), "limit"}, {r.TooLarge(), "size"}} {
		if x.is {
			words = fmt.Sprint(words, " ", x.word)
		}
	}
	if words == "" {
		return ""
	}
	return words[1:]
}
