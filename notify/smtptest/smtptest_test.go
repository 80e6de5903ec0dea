package smtptest_test

import (
	"net/smtp"
	"strings"
	"testing"

	"baosong/notify/smtptest"
)

// TestPlainClient uses the standard library's client, which shares no code with the server.
func TestPlainClient(t *testing.T) {
	t.Parallel()
	s, err := smtptest.Start(smtptest.Options{Script: smtptest.Script{
		Storm:      1,
		Recipients: map[string]smtptest.Reply{"no@city.example": {Code: 550, Text: "no such user"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	send := func(to string) error {
		return smtp.SendMail(s.Addr, nil, "box@example.org", []string{to}, []byte("Subject: x\r\n\r\n.\r\n"))
	}
	if err := send("a@city.example"); err == nil || !strings.HasPrefix(err.Error(), "451") {
		t.Errorf("storm: %v", err)
	}
	if err := send("No@city.example"); err == nil || !strings.HasPrefix(err.Error(), "550") {
		t.Errorf("recipient: %v", err)
	}
	if err := send("a@city.example"); err != nil {
		t.Error(err)
	}
	s.Script(smtptest.Script{DropAfterDot: 1})
	if err := send("a@city.example"); err == nil {
		t.Error("no error after a dropped connection")
	}
	got := s.Received()
	if len(got) != 2 || string(got[0].Raw) != "Subject: x\r\n\r\n.\r\n" || s.Attempts() != 4 {
		t.Errorf("%+v, %d attempts", got, s.Attempts())
	}
}
