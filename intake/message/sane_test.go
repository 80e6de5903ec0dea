package message

import (
	"os"
	"strings"
	"testing"
	"unicode/utf8"
)

// checkSane holds what must be true of any mail that was read.
func checkSane(t *testing.T, m *Message) {
	t.Helper()
	oneLine := func(what, s string) {
		if !utf8.ValidString(s) || strings.ContainsAny(s, "\r\n\x00") {
			t.Errorf("%s is not clean: %q", what, s)
		}
	}
	oneLine("subject", m.Subject)
	oneLine("message id", m.MessageID)
	for _, f := range m.Header {
		oneLine("header "+f.Name, f.Value)
	}
	for _, list := range [][]Address{m.From, m.To, m.CC, m.ReplyTo, m.Sender} {
		for _, a := range list {
			oneLine("name", a.Name)
			oneLine("address", a.Address)
			if a.Address == "" || strings.ContainsAny(a.Address, " <>") {
				t.Errorf("address %q", a.Address)
			}
		}
	}
	if !utf8.ValidString(m.Text) || !utf8.ValidString(m.HTML) || !utf8.ValidString(m.Report) {
		t.Error("text is not UTF-8")
	}
	for _, l := range m.Links {
		oneLine("link", l.Name+l.URL+l.Size+l.Expires)
	}
	for _, a := range m.Attachments {
		oneLine("name", a.Name)
		oneLine("content id", a.ContentID)
		b, err := os.ReadFile(a.Path)
		if err != nil || int64(len(b)) != a.Size || sumOf(b) != a.SHA256 {
			t.Errorf("%q: %d bytes, sum or size is not true: %v", a.Name, len(b), err)
		}
	}
}
