package message

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"baosong/parse/charset"
)

// fixture is one mail of testdata and what must be read from it. Files are "name=content".
type fixture struct {
	name     string
	subject  string
	from     string // name <address>
	text     string
	date     string
	id       string
	files    []string
	links    []Link
	mended   []defect
	other    []string // codes of other findings
	unmended bool     // nothing may be noted
}

func gb(s string) string { return string(charset.GB18030(s)) }

// TestFixtures holds every row of the tables of known damage: one mail each.
func TestFixtures(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, f := range fixtures() {
		seen[f.name+".eml"] = true
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			f.check(t)
		})
	}
	all, err := filepath.Glob("testdata/*.eml")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range all {
		if !seen[filepath.Base(path)] {
			t.Errorf("%s is read by no test", path)
		}
	}
}

func (f fixture) check(t *testing.T) {
	m, err := ReadFile(filepath.Join("testdata", f.name+".eml"), t.TempDir(), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if f.subject != "" && m.Subject != f.subject {
		t.Errorf("subject %q, want %q", m.Subject, f.subject)
	}
	if got := fromText(m); f.from != "" && got != f.from {
		t.Errorf("from %q, want %q", got, f.from)
	}
	if f.text != "" && m.Text != f.text {
		t.Errorf("text %q, want %q", m.Text, f.text)
	}
	if got := dateText(m); f.date != "" && got != f.date {
		t.Errorf("date %q, want %q", got, f.date)
	}
	if f.id != "" && m.MessageID != f.id {
		t.Errorf("message id %q, want %q", m.MessageID, f.id)
	}
	var files []string
	for _, a := range m.Attachments {
		b, err := os.ReadFile(a.Path)
		if err != nil {
			t.Fatal(err)
		}
		if sumOf(b) != a.SHA256 || int64(len(b)) != a.Size {
			t.Errorf("%q: size or SHA-256 does not fit its bytes", a.Name)
		}
		files = append(files, a.Name+"="+string(b))
	}
	if f.files != nil && !slices.Equal(files, f.files) {
		t.Errorf("files %q, want %q", files, f.files)
	}
	if f.links != nil && !slices.Equal(m.Links, f.links) {
		t.Errorf("links %+v, want %+v", m.Links, f.links)
	}
	f.checkFindings(t, m)
}

func (f fixture) checkFindings(t *testing.T, m *Message) {
	var mended, other []string
	for _, x := range m.Findings {
		if x.Code == "mail.defect" {
			mended = append(mended, x.Where)
		} else {
			other = append(other, string(x.Code))
		}
	}
	for _, d := range f.mended {
		if !slices.Contains(mended, string(d)) {
			t.Errorf("mended %q, want %q among them", mended, d)
		}
	}
	if f.unmended && len(mended) > 0 {
		t.Errorf("mended %q, want nothing", mended)
	}
	if !slices.Equal(other, f.other) {
		t.Errorf("findings %q, want %q", other, f.other)
	}
}

func fromText(m *Message) string {
	var all []string
	for _, a := range m.From {
		all = append(all, strings.TrimSpace(a.Name+" <"+a.Address+">"))
	}
	return strings.Join(all, ", ")
}

func dateText(m *Message) string {
	if m.Date.IsZero() {
		return "none"
	}
	return m.Date.In(beijing()).Format(time.DateTime)
}

func named(name string) []string { return []string{name + "=DATA"} }

// TestTypes: attached mails, winmail.dat, pictures and envelopes are told apart, from content first.
func TestTypes(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][]string{
		"attached-rfc822":        {"fw.eml eml attachment"},
		"attached-rfc822-base64": {"fw.eml eml attachment"},
		"attached-eml-octets":    {"fw.eml eml attachment"},
		"attached-digest":        {" eml attachment", " eml attachment"},
		"attached-rfc822-root":   {" eml attachment"},
		"attached-winmail":       {"winmail.dat tnef attachment"},
		"attached-appledouble":   {"a.bin applefile attachment", "a.bin text attachment"},
		"picture-of-body":        {"logo.png png inline"},
		"picture-as-file":        {"photo.png png attachment"},
		"name-inline-file":       {"a.xlsx text attachment"},
		"sealed-smime-encrypted": {"smime.p7m pkcs7-encrypted attachment"},
		"sealed-smime-signature": {"smime.p7s pkcs7-signature attachment"},
		"sealed-pgp-mime":        {" pgp-encrypted attachment", "encrypted.asc pgp-encrypted attachment"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, err := ReadFile(filepath.Join("testdata", name+".eml"), t.TempDir(), Limits{})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, a := range m.Attachments {
				got = append(got, a.Name+" "+a.Type+" "+a.Disposition)
			}
			if !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

// TestAttachedMailReads: an attached mail is whole and can be read in its turn.
func TestAttachedMailReads(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"attached-rfc822", "attached-rfc822-base64", "attached-eml-octets", "attached-rfc822-root"} {
		m, err := ReadFile(filepath.Join("testdata", name+".eml"), t.TempDir(), Limits{})
		if err != nil {
			t.Fatal(err)
		}
		inner, err := ReadFile(m.Attachments[0].Path, t.TempDir(), Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if inner.Subject != "转发" || inner.Text != "inner" || len(inner.Attachments) != 1 || inner.Attachments[0].Name != "a.bin" {
			t.Errorf("%s: inner mail read as %q %q %v", name, inner.Subject, inner.Text, inner.Attachments)
		}
	}
}

func TestReferences(t *testing.T) {
	t.Parallel()
	m, err := ReadFile("testdata/references-tencent.eml", t.TempDir(), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if m.MessageID != "<tencent_ABC@qq.example>" || m.InReplyTo != "<7@example.org>" ||
		!slices.Equal(m.References, []string{"<6@example.org>", "<7@example.org>"}) {
		t.Errorf("got %q %q %q", m.MessageID, m.InReplyTo, m.References)
	}
}

// TestLossIsNoRepair: only what was mended is said to be mended.
func TestLossIsNoRepair(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"boundary-not-closed": "可能没有收全", "uuencode-cut": "可能不完整", "date-junk": "以收到时间为准",
		"boundary-inner-not-closed": "已自动修复", "name-raw-gbk-unquoted": "已自动修复"} {
		m, err := ReadFile(filepath.Join("testdata", name+".eml"), t.TempDir(), Limits{})
		if err != nil {
			t.Fatal(err)
		}
		var said []string
		for _, f := range m.Findings {
			said = append(said, f.Message)
		}
		if all := strings.Join(said, " "); !strings.Contains(all, want) || strings.Contains(all, "已自动修复") && want != "已自动修复" && name != "uuencode-cut" {
			t.Errorf("%s: %q, want %q", name, said, want)
		}
	}
}

// TestLongLines: a line that comes in pieces is decoded as if it were one, wherever a piece ends.
func TestLongLines(t *testing.T) {
	t.Parallel()
	want := strings.Repeat("案例 ", 40000) + "完"
	for shift := range 4 {
		var qp strings.Builder
		qp.WriteString(strings.Repeat("x", shift))
		for _, c := range []byte(want) {
			if c == ' ' {
				qp.WriteByte(c)
				continue
			}
			fmt.Fprintf(&qp, "=%02X", c)
		}
		raw := "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + qp.String() + "=\r\n。\r\n"
		m, err := Read(strings.NewReader(raw), t.TempDir(), Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.TrimLeft(m.Text, "x"); got != want+"。" {
			t.Errorf("shift %d: read %d bytes, want %d", shift, len(got), len(want))
		}
	}
}

// TestReport: what a server says of a mail that it could not deliver is kept apart from the words and from files.
func TestReport(t *testing.T) {
	t.Parallel()
	m, err := ReadFile("testdata/report-dsn.eml", t.TempDir(), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Final-Recipient: rfc822; a@city.example", "Action: failed", "Message-ID: <9@example.org>"} {
		if !strings.Contains(m.Report, want) {
			t.Errorf("report %q, want %q in it", m.Report, want)
		}
	}
}
