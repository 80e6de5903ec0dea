package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"baosong/ledger/blob"
	"baosong/parse/finding"
)

const secretWords = "独一无二的哨兵语句"

// marked is a unit's mail that was judged in the ordinary way, with its answer sent, and a newer one that joined its files.
func marked(t *testing.T) (b *bench, secret, newer Message, files map[string]blob.Ref) {
	t.Helper()
	b = mustOpen(t)
	files = map[string]blob.Ref{}
	put := func(name, text string) blob.Ref {
		r, _, err := b.blobs().Put(b.ctx(), strings.NewReader(text))
		b.must(err)
		files[name] = r
		return r
	}
	put("raw", "raw "+secretWords)
	put("shared", "a blank measure")
	put("newer", "newer raw")
	secret = b.mail("raw " + secretWords)
	s := sub{cases: "a", owed: "measures"}.submission()
	s.Files = []File{
		{Name: secretWords + ".docx", Path: secretWords + ".docx", Part: "case", SHA256: put("case", secretWords), Used: true},
		{Name: "培育举措.docx", Path: "培育举措.docx", Part: "measures", SHA256: files["shared"], Used: true},
	}
	s.Rows[0].Values["title"], s.Rows[0].CaseFile = secretWords, secretWords+".docx"
	s.Cases[0].Title, s.Cases[0].Key, s.Cases[0].SHA256, s.Cases[0].File = secretWords, secretWords, files["case"], secretWords+".docx"
	s.Findings = append(s.Findings, Finding{Finding: finding.New("case.too-short", finding.Place{File: secretWords + ".docx", Where: secretWords}).Got(secretWords, "")})
	o := outcome(secret, "hefei", s)
	o.Header.Subject, o.Letters[0].Subject, o.Letters[0].Facts = secretWords, secretWords, `{"text":"`+secretWords+`"}`
	r, err := b.Record(b.ctx(), o)
	b.must(err)
	_, err = b.Waive(b.ctx(), r.Submission.Findings[0].ID, "staff", "可以")
	b.must(err)
	b.letterWith(put("letter", "letter "+secretWords), "补正通知 "+secretWords)
	b.now = b.now.Add(time.Hour)
	newer = b.mail("newer raw")
	joined := b.join(newer, "hefei", sub{})
	joined.Submission.Files = append(joined.Submission.Files, File{Name: "培育举措.docx", Path: "培育举措.docx", Part: "measures", SHA256: files["shared"], Used: true})
	_, err = b.Record(b.ctx(), joined)
	b.must(err)
	b.must(keepOld(b.ctx(), b.w, 1)) // as an upgrade leaves it
	return b, secret, newer, files
}

// letterWith sends the next letter with these bytes.
func (b *bench) letterWith(ref blob.Ref, subject string) {
	b.t.Helper()
	l, err := b.Claim(b.ctx(), b.now, nil)
	b.must(err)
	b.must(b.SetComposed(b.ctx(), l.ID, ref, subject))
	_, err = b.Settle(b.ctx(), l.ID, Delivered())
	b.must(err)
}

// holdSecret judges a mail again, and a secrecy mark is found.
func (b *bench) holdSecret(m Message) error {
	b.t.Helper()
	b.must(b.Reopen(b.ctx(), m.ID, "staff", "replay"))
	_, err := b.Record(b.ctx(), Outcome{
		Message: m.ID, State: Held, Why: "secrecy", Removed: true, Call: theCall, Unit: "hefei", Header: Header{From: "hefei@example.org", Subject: secretWords},
		Letters: []NewLetter{{Key: "secrecy", Kind: Alert, To: []string{"security@example.org"}, Facts: `{"text":"疑似"}`}},
	})
	return err
}

// leftovers names the files of the data directory that hold the words.
func (b *bench) leftovers() []string {
	b.t.Helper()
	var found []string
	b.must(filepath.WalkDir(b.Dir(), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		if bytes.Contains(raw, []byte(secretWords)) {
			found = append(found, filepath.Base(path))
		}
		return err
	}))
	return found
}

// A mark that is found only when a mail is judged again: what was kept of it before goes too, also where a newer mail joined it.
func TestSecretFoundLater(t *testing.T) {
	t.Parallel()
	b, secret, newer, files := marked(t)
	if len(b.leftovers()) == 0 {
		t.Fatal("the words were never there")
	}
	b.must(b.holdSecret(secret))
	if left := b.leftovers(); len(left) > 0 {
		t.Errorf("still in %q", left)
	}
	for name, want := range map[string]bool{"raw": false, "case": false, "letter": false, "shared": true, "newer": true} {
		if b.blobs().Has(files[name]) != want {
			t.Errorf("bytes of %s are there: %v, want %v", name, !want, want)
		}
	}
	if got := kinds(b); got != "" {
		t.Errorf("verify: %s", got)
	}
	if ls, err := b.Letters(b.ctx(), ""); err != nil || len(ls) != 3 || ls[0].State != Sent || ls[2].Facts == "" {
		t.Errorf("letters %+v, %v", ls, err)
	}
	m, err := b.Message(b.ctx(), newer.ID)
	b.must(err)
	// Its answer spoke of the mail and had not gone: it is given up, and the mail will have another.
	if m.State != Received || m.Rejoined {
		t.Errorf("the newer mail: %+v", m)
	}
	if before, err := b.Before(b.ctx(), theCall, "hefei", m); err != nil || before != nil {
		t.Errorf("before it stands %+v, %v", before, err)
	}
	o := outcome(m, "hefei", sub{owed: "summary"}.submission())
	o.Letters[0].Key += fmt.Sprintf(":again:%d", m.Submission)
	_, err = b.Record(b.ctx(), o)
	b.must(err)
	if l, err := b.Claim(b.ctx(), b.now, nil); err != nil || l == nil || l.Kind != Alert {
		t.Errorf("claimed %+v, %v", l, err)
	}
	if l, err := b.Claim(b.ctx(), b.now, nil); err != nil || l == nil || l.Key != o.Letters[0].Key {
		t.Errorf("claimed %+v, %v", l, err)
	}
	if u := b.standing("hefei"); u.State != StatePartial || u.CasesAccepted != 0 {
		t.Errorf("hefei = %+v", u)
	}
}

// A newer mail that has had its answer is judged again in silence.
func TestSecretFoundLaterAnswered(t *testing.T) {
	t.Parallel()
	b, secret, newer, _ := marked(t)
	answer, _, err := b.blobs().Put(b.ctx(), strings.NewReader("answer "+secretWords))
	b.must(err)
	b.letterWith(answer, "回执")
	b.must(b.holdSecret(secret))
	if m, err := b.Message(b.ctx(), newer.ID); err != nil || !m.Rejoined || b.blobs().Has(answer) || len(b.leftovers()) > 0 {
		t.Errorf("the newer mail %+v, %v; left in %q", m, err, b.leftovers())
	}
}

// A crash between the rows and the bytes: the next start removes what no row names any more.
func TestSecretFoundLaterCrash(t *testing.T) {
	t.Parallel()
	b, secret, _, files := marked(t)
	kept := map[string][]byte{}
	for _, name := range []string{"raw", "case", "letter"} {
		raw, err := os.ReadFile(b.blobs().Path(files[name]))
		b.must(err)
		kept[name] = raw
	}
	b.must(b.holdSecret(secret))
	for name, raw := range kept {
		b.must(os.WriteFile(b.blobs().Path(files[name]), raw, 0o600))
	}
	b.must(b.Sweep(b.ctx()))
	if left := b.leftovers(); len(left) > 0 {
		t.Errorf("still in %q", left)
	}
}

// TestDropOldInAnyDirectory: a data directory may have any name, also one that reads as a pattern.
func TestDropOldInAnyDirectory(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "[2024] 报送")
	kept := filepath.Join(dir, "ledger-schema1.db")
	if err := errors.Join(os.Mkdir(dir, 0o700), os.WriteFile(kept, nil, 0o600), dropOld(dir)); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(kept); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the copy is still there: %v", err)
	}
}
