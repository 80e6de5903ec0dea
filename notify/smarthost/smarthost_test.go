package smarthost_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"baosong/notify/smarthost"
	"baosong/notify/smtptest"
)

// quick are the deadlines of the tests that must run into none; short of those that must.
const (
	quick = 10 * time.Second
	short = 150 * time.Millisecond
)

const (
	box    = "box@example.org"
	letter = "From: <box@example.org>\r\nTo: <a@city.example>\r\nSubject: 1\r\n\r\n您好\r\n.\r\n..两点\r\n.单点开头\r\n"
)

func start(t *testing.T, o smtptest.Options) *smtptest.Server {
	t.Helper()
	s, err := smtptest.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func client(s *smtptest.Server, timeout time.Duration) *smarthost.Client {
	return &smarthost.Client{Options: smarthost.Options{Host: s.Host, Port: s.Port, TLS: "none", Timeout: timeout, From: box,
		LocalName: "baosong.example.org"}}
}

func refused(t *testing.T, err error) *smarthost.Refused {
	t.Helper()
	var r *smarthost.Refused
	if !errors.As(err, &r) {
		t.Fatalf("error is %T %v, want *Refused", err, err)
	}
	return r
}

func TestSendKeepsBytes(t *testing.T) {
	t.Parallel()
	var seen []smtptest.Mail
	s := start(t, smtptest.Options{UTF8: true, OnMail: func(m smtptest.Mail) { seen = append(seen, m) }})
	if err := client(s, quick).Send(t.Context(), "", []string{"a@city.example", "b@city.example"}, []byte(letter)); err != nil {
		t.Fatal(err)
	}
	got := s.Received()
	if len(got) != 1 || string(got[0].Raw) != letter || got[0].From != box || !slices.Equal(got[0].To, []string{"a@city.example", "b@city.example"}) {
		t.Errorf("received %+v", got)
	}
	if len(seen) != 1 {
		t.Errorf("OnMail saw %d mails", len(seen))
	}
	if s.UTF8Asked() != 0 {
		t.Error("asked for SMTPUTF8")
	}
}

func TestAuth(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, password string
		loginOnly, ok  bool
	}{
		{"plain", "授权码", false, true},
		{"login", "授权码", true, true},
		{"wrong", "no", false, false},
		{"wrong by login", "no", true, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s := start(t, smtptest.Options{Username: box, Password: "授权码", LoginOnly: row.loginOnly})
			c := client(s, quick)
			c.Username, c.Password = box, row.password
			for _, err := range []error{c.Check(t.Context()), c.Send(t.Context(), box, []string{"a@city.example"}, []byte(letter))} {
				if (err == nil) != row.ok {
					t.Fatalf("error %v", err)
				}
				if row.ok {
					continue
				}
				if r := refused(t, err); !r.Auth || r.Permanent || r.Code != 535 || r.Stage != "auth" {
					t.Errorf("%+v", r)
				}
				if strings.Contains(err.Error(), row.password) && row.password != "no" {
					t.Errorf("password in %q", err)
				}
			}
		})
	}
}

func TestAuthNotOffered(t *testing.T) {
	t.Parallel()
	s := start(t, smtptest.Options{})
	c := client(s, quick)
	c.Username, c.Password = box, "授权码"
	if r := refused(t, c.Check(t.Context())); !r.Auth || r.Permanent {
		t.Errorf("%+v", r)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	storm := func(code int, text string) smtptest.Script {
		return smtptest.Script{Storm: -1, Reply: smtptest.Reply{Code: code, Text: text}}
	}
	rcpt := func(code int, text string) smtptest.Script {
		return smtptest.Script{Recipients: map[string]smtptest.Reply{"a@city.example": {Code: code, Enhanced: [3]int{code / 100, 1, 1}, Text: text}}}
	}
	content := func(code int, text string) smtptest.Script {
		return smtptest.Script{Content: map[string]smtptest.Reply{"Subject": {Code: code, Text: text}}}
	}
	type want struct {
		code                   int
		stage                  string
		permanent, auth, limit bool
	}
	for _, row := range []struct {
		name   string
		script smtptest.Script
		want   want
	}{
		{"451 storm", smtptest.Script{Storm: -1}, want{451, "mail", false, false, false}},
		{"421 of 163", storm(421, "HL:ICC 163 smtp"), want{421, "mail", false, false, true}},
		{"450 of 163", storm(450, "MI:DMC 163 smtp"), want{450, "mail", false, false, true}},
		{"550 of QQ means slower", rcpt(550, "Mail content denied or frequency limited"), want{550, "rcpt", false, false, true}},
		{"no such user", rcpt(550, "Mailbox not found"), want{550, "rcpt", true, false, false}},
		{"greylisting", smtptest.Script{Greylist: true}, want{450, "rcpt", false, false, false}},
		{"mailbox full", rcpt(452, "over quota"), want{452, "rcpt", false, false, false}},
		{"spam", content(554, "DT:SPM 163 smtp"), want{554, "verdict", true, false, false}},
		{"too large", content(552, "too large"), want{552, "verdict", true, false, false}},
		{"later", content(451, "MI:SFQ"), want{451, "verdict", false, false, true}},
		{"sender is not the account", storm(553, "Mail from must equal authorized user"), want{553, "mail", false, true, false}},
		{"550 to the sender", storm(550, "sender denied"), want{550, "mail", true, false, false}},
		{"530", storm(530, "Authentication required"), want{530, "mail", false, true, false}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s := start(t, smtptest.Options{Script: row.script})
			r := refused(t, client(s, quick).Send(t.Context(), box, []string{"a@city.example"}, []byte(letter)))
			if got := (want{r.Code, r.Stage, r.Permanent, r.Auth, r.Limit}); got != row.want {
				t.Errorf("got %+v, want %+v (%v)", got, row.want, r)
			}
			if r.Maybe || len(s.Received()) != 0 {
				t.Errorf("Maybe = %v, %d mails received", r.Maybe, len(s.Received()))
			}
		})
	}
}

func TestReplyInGBKSurvives(t *testing.T) {
	t.Parallel()
	gbk := "\xd3\xc3\xbb\xa7\xb2\xbb\xb4\xe6\xd4\xda" // 用户不存在
	s := start(t, smtptest.Options{Script: smtptest.Script{Recipients: map[string]smtptest.Reply{
		"a@city.example": {Code: 550, Enhanced: [3]int{5, 1, 1}, Text: gbk}}}})
	r := refused(t, client(s, quick).Send(t.Context(), box, []string{"a@city.example"}, []byte(letter)))
	if r.Text != gbk || r.Enhanced != "5.1.1" || r.Recipient != "a@city.example" {
		t.Errorf("%+v", r)
	}
}

func TestOneOfTwoRecipientsRefused(t *testing.T) {
	t.Parallel()
	s := start(t, smtptest.Options{Script: smtptest.Script{Recipients: map[string]smtptest.Reply{"gone@city.example": {Code: 550, Text: "no"}}}})
	r := refused(t, client(s, quick).Send(t.Context(), box, []string{"gone@city.example", "a@city.example"}, []byte(letter)))
	if !r.Permanent || r.Recipient != "gone@city.example" || !slices.Equal(r.Delivered, []string{"a@city.example"}) {
		t.Errorf("%+v", r)
	}
	if got := s.Received(); len(got) != 1 || !slices.Equal(got[0].To, []string{"a@city.example"}) {
		t.Errorf("received %+v", got)
	}
}

func TestStormPasses(t *testing.T) {
	t.Parallel()
	s := start(t, smtptest.Options{Script: smtptest.Script{Storm: 3, Greylist: true}})
	c := client(s, quick)
	var codes []int
	for range 5 {
		err := c.Send(t.Context(), box, []string{"a@city.example"}, []byte(letter))
		if err == nil {
			codes = append(codes, 250)
			break
		}
		codes = append(codes, refused(t, err).Code)
	}
	if !slices.Equal(codes, []int{451, 451, 451, 450, 250}) || s.Attempts() != 5 {
		t.Errorf("codes %v, %d attempts", codes, s.Attempts())
	}
}

func TestLostConnection(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name     string
		script   smtptest.Script
		maybe    bool
		received int
	}{
		{"in the letter", smtptest.Script{DropInData: -1}, true, 0},
		{"after the last dot", smtptest.Script{DropAfterDot: -1}, true, 1},
		{"silent at once", smtptest.Script{SilentAt: "connect"}, false, 0},
		{"silent at MAIL", smtptest.Script{SilentAt: "mail"}, false, 0},
		{"silent at RCPT", smtptest.Script{SilentAt: "rcpt"}, false, 0},
		{"silent after the last dot", smtptest.Script{SilentAt: "data"}, true, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s := start(t, smtptest.Options{Script: row.script})
			r := refused(t, client(s, short).Send(t.Context(), box, []string{"a@city.example"}, []byte(letter)))
			if r.Permanent || r.Auth || r.Code != 0 || r.Maybe != row.maybe {
				t.Errorf("%+v", r)
			}
			if len(s.Received()) != row.received {
				t.Errorf("%d mails received", len(s.Received()))
			}
		})
	}
}

func TestCancel(t *testing.T) {
	t.Parallel()
	s := start(t, smtptest.Options{Script: smtptest.Script{SilentAt: "rcpt"}})
	ctx, cancel := context.WithTimeout(t.Context(), short)
	defer cancel()
	err := client(s, quick).Send(ctx, box, []string{"a@city.example"}, []byte(letter))
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
}

func TestAddressesThatCannotBeSent(t *testing.T) {
	t.Parallel()
	s := start(t, smtptest.Options{UTF8: true})
	for _, to := range []string{"", "nobody", "@city.example", "a@", "市局@city.example", "a@b.example>\r\nRCPT TO:<x@y.example", "a b@city.example"} {
		r := refused(t, client(s, quick).Send(t.Context(), box, []string{to}, []byte(letter)))
		if !r.Permanent || r.Stage != "rcpt" {
			t.Errorf("%q: %+v", to, r)
		}
	}
	if r := refused(t, client(s, quick).Send(t.Context(), "盒子@example.org", []string{"a@city.example"}, []byte(letter))); r.Permanent || !r.Auth {
		t.Errorf("%+v", r)
	}
	if s.Attempts() != 0 {
		t.Error("spoke to the server")
	}
}

func TestNoServer(t *testing.T) {
	t.Parallel()
	s := start(t, smtptest.Options{})
	s.Close()
	if r := refused(t, client(s, quick).Check(t.Context())); r.Permanent || r.Auth || r.Stage != "connect" {
		t.Errorf("%+v", r)
	}
}
