package message

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"baosong/parse/charset"
	"baosong/sample/corpus"
)

// expected is one row of expectations.jsonl; each source says other things.
type expected struct {
	Source      string
	File        string
	Grade       string
	Subject     *string
	Attachments []struct {
		Name   *string
		Size   *int64
		SHA256 string
		MIME   string
		Kind   string
	}
	AttachmentCount *int `json:"attachment_count"`
	Asserted        struct {
		Names  []string
		SHA256 []string
	} `json:"attachments_asserted"`
	Parts []struct {
		File   string
		SHA256 string
	}
	Leaves []struct {
		Name *string
		MIME string
	}
	TextEqualsFile string `json:"text_equals_file"`
	// hand-checked rows
	Kind         string
	FromName     string `json:"from_name"`
	Text         string
	TextContains string `json:"text_contains"`
}

// unpackDepth is how far intake/unpack opens attached mails by its default limit: what lies deeper counts as missing.
const unpackDepth = 3

// opened is a mail with all that hangs in it, attached mails read as intake/unpack reads them.
type opened struct {
	top   *Message
	texts []string
	files []*Attachment
}

func open(t testing.TB, path string) *opened {
	t.Helper()
	m, err := ReadFile(path, t.TempDir(), Limits{})
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	o := &opened{top: m}
	o.add(t, m, 0)
	return o
}

func (o *opened) add(t testing.TB, m *Message, depth int) {
	o.texts = append(o.texts, m.Text, m.HTML, stripHTML(m.HTML), m.Report)
	for _, a := range m.Attachments {
		o.files = append(o.files, a)
		if a.Type != TypeMail || depth >= unpackDepth {
			continue
		}
		inner, err := ReadFile(a.Path, t.TempDir(), Limits{})
		if err != nil {
			t.Fatal(err)
		}
		o.add(t, inner, depth+1)
	}
}

// bySum finds a file by the sum of its bytes; a text also by the sum of its words in UTF-8, or as part of the body,
// which is how some sources write their texts down. Of attached mails, which are lines, either line end will do.
func (o *opened) bySum(sum string) *Attachment {
	for _, a := range o.files {
		if a.SHA256 == sum {
			return a
		}
		if !strings.HasPrefix(a.Declared, "text/") && a.Type != TypeMail {
			continue
		}
		b, _ := os.ReadFile(a.Path)
		if a.Type == TypeMail {
			if sameLines(b, sum) {
				return a
			}
			continue
		}
		latin, _ := charset.Decode(b, "windows-1252")
		for _, s := range []string{latin, rawText(string(b))} {
			if sumOf([]byte(s)) == sum || sumOf([]byte(strings.ReplaceAll(s, "\r\n", "\n"))) == sum {
				return a
			}
		}
	}
	for _, s := range o.texts {
		for _, end := range []string{"", "\n", "\r\n"} {
			if sumOf([]byte(s+end)) == sum || sumOf([]byte(strings.ReplaceAll(s, "\n", "\r\n")+end)) == sum {
				return &Attachment{}
			}
		}
	}
	return nil
}

// sameLines tells whether b has this sum with one kind of line end or the other, and however many at its end: the last
// one belongs to the boundary that follows (RFC 2046, 5.1.1), which sources count differently.
func sameLines(b []byte, sum string) bool {
	lf := strings.TrimRight(strings.ReplaceAll(string(b), "\r\n", "\n"), "\n")
	for _, s := range []string{lf, lf + "\n", lf + "\n\n"} {
		if sumOf([]byte(s)) == sum || sumOf([]byte(strings.ReplaceAll(s, "\n", "\r\n"))) == sum {
			return true
		}
	}
	return false
}

func (o *opened) holdsText(want string) bool {
	want = stripSpace(want)
	for _, s := range o.texts {
		if strings.Contains(stripSpace(s), want) {
			return true
		}
	}
	return false
}

func (o *opened) names() []string {
	var all []string
	for _, a := range o.files {
		all = append(all, a.Name)
	}
	return all
}

func stripSpace(s string) string { return strings.Join(strings.Fields(s), " ") }

// share is how many of what a source expects were found, and how many of the others allowed explains.
type share struct{ found, all, justified int }

func (s *share) add(more share, justified bool) {
	s.found, s.all, s.justified = s.found+more.found, s.all+more.all, s.justified+more.justified
	if justified {
		s.justified += more.all - more.found
	}
}

// under tells that less than percent were found of what is not justified.
func (s share) under(percent int) bool { return s.found*100 < (s.all-s.justified)*percent }

func (s share) String() string { return fmt.Sprintf("%d/%d +%d", s.found, s.all, s.justified) }

// tally counts one source. justified are the mails with a difference that allowed explains.
type tally struct {
	mails, justified      int
	subjects, atts, names share
}

func (t *tally) add(s tally, justified bool) {
	t.mails, t.justified = t.mails+s.mails, t.justified+s.justified
	t.subjects.add(s.subjects, justified)
	t.atts.add(s.atts, justified)
	t.names.add(s.names, justified)
	if justified {
		t.justified++
	}
}

// TestCorpus scores the reader against other people's expectations and holds the bars: every grade A row, 97 % of the
// attachments byte for byte, 95 % of the names. Where baosong differs and is right, allowed says why.
func TestCorpus(t *testing.T) {
	t.Parallel()
	root := corpus.Dir(t)
	score := map[string]*tally{}
	allowed, unused := allowed(), map[string]bool{}
	for k := range allowed {
		unused[k] = true
	}
	for _, e := range corpus.Rows[expected](t, "expectations.jsonl") {
		o := open(t, filepath.Join(root, e.File))
		var s tally
		s.mails++
		wrong := judge(&s, root, e, o)
		if score[e.Source] == nil {
			score[e.Source] = &tally{}
		}
		if len(wrong) == 0 {
			score[e.Source].add(s, false)
			continue
		}
		key := strings.TrimPrefix(e.File, "mime/")
		delete(unused, key)
		why, ok := allowed[key]
		score[e.Source].add(s, ok)
		if ok {
			t.Logf("differs: %s (grade %s)\n    %s\n    baosong is right: %s", key, e.Grade, strings.Join(wrong, "\n    "), why)
			continue
		}
		t.Errorf("%s (grade %s):\n    %s", key, e.Grade, strings.Join(wrong, "\n    "))
	}
	for k := range unused {
		t.Errorf("allowed[%q] is not needed", k)
	}
	printScore(t, score)
}

// judge compares one mail with its row and says what is wrong.
func judge(s *tally, root string, e expected, o *opened) (wrong []string) {
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	if e.Subject != nil {
		s.subjects.all++
		if got, want := stripSpace(o.top.Subject), stripSpace(*e.Subject); got == want {
			s.subjects.found++
		} else {
			say("subject %q, want %q", got, want)
		}
	}
	for _, a := range e.Attachments {
		s.atts.all++
		var got *Attachment
		if a.Kind == "Message" || a.SHA256 == "" {
			if i := slices.IndexFunc(o.files, func(f *Attachment) bool { return f.Type == TypeMail }); i >= 0 {
				got = o.files[i]
			}
		} else {
			got = o.bySum(a.SHA256)
		}
		if got == nil {
			say("no attachment %s %s of %d bytes (has %s)", str(a.Name), a.MIME, num(a.Size), o.list())
			continue
		}
		s.atts.found++
		if s.names.all++; str(a.Name) == got.Name || slices.Contains(o.names(), str(a.Name)) {
			s.names.found++
		} else {
			say("name %q, want %q", got.Name, str(a.Name))
		}
	}
	wrong = append(wrong, judgeAsserted(s, e, o)...)
	wrong = append(wrong, judgeParts(s, root, e, o)...)
	if e.TextEqualsFile != "" {
		if b, err := os.ReadFile(filepath.Join(root, e.TextEqualsFile)); err == nil && !o.holdsText(string(b)) {
			say("text differs from %s", filepath.Base(e.TextEqualsFile))
		}
	}
	if e.AttachmentCount != nil && e.Source == "mail-mime-parser" {
		s.atts.all += *e.AttachmentCount
		got := len(o.top.Attachments)
		s.atts.found += min(got, *e.AttachmentCount)
		if got != *e.AttachmentCount {
			say("%d attachments, want %d (%s)", got, *e.AttachmentCount, o.list())
		}
	}
	return wrong
}

func judgeAsserted(s *tally, e expected, o *opened) (wrong []string) {
	for _, sum := range e.Asserted.SHA256 {
		if s.atts.all++; o.bySum(sum) != nil {
			s.atts.found++
		} else {
			wrong = append(wrong, fmt.Sprintf("no attachment with %.12s (has %s)", sum, o.list()))
		}
	}
	names := e.Asserted.Names
	for _, l := range e.Leaves {
		if l.Name != nil && *l.Name != "" {
			names = append(names, *l.Name)
		}
	}
	for _, n := range names {
		if s.names.all++; slices.Contains(o.names(), n) {
			s.names.found++
		} else {
			wrong = append(wrong, fmt.Sprintf("no attachment named %q (has %s)", n, o.list()))
		}
	}
	return wrong
}

// judgeParts compares decoded leaves: a file byte for byte but for line ends, a text by its words.
func judgeParts(s *tally, root string, e expected, o *opened) (wrong []string) {
	for _, p := range e.Parts {
		want, err := os.ReadFile(filepath.Join(root, p.File))
		if err != nil {
			continue
		}
		s.atts.all++
		latin, _ := charset.Decode(want, "windows-1252")
		if o.bySum(p.SHA256) != nil || o.holdsText(decodedText(want)) || o.holdsText(latin) || slices.ContainsFunc(o.files, func(a *Attachment) bool {
			got, _ := os.ReadFile(a.Path)
			return bytes.Equal(bytes.TrimSpace(bytes.ReplaceAll(got, []byte("\r\n"), []byte("\n"))), bytes.TrimSpace(bytes.ReplaceAll(want, []byte("\r\n"), []byte("\n"))))
		}) {
			s.atts.found++
			continue
		}
		wrong = append(wrong, fmt.Sprintf("no leaf like %s (%d bytes; has %s)", filepath.Base(p.File), len(want), o.list()))
	}
	return wrong
}

func decodedText(b []byte) string { return rawText(string(b)) }

func (o *opened) list() string {
	var all []string
	for _, a := range o.files {
		all = append(all, fmt.Sprintf("%q %s/%s %d %.8s", a.Name, a.Declared, a.Type, a.Size, a.SHA256))
	}
	return strings.Join(all, "; ")
}

func printScore(t *testing.T, score map[string]*tally) {
	var names []string
	for n := range score {
		names = append(names, n)
	}
	sort.Strings(names)
	sum := tally{}
	line := func(n string, s tally) string {
		return fmt.Sprintf("%-18s %5d %14s %14s %14s %9d", n, s.mails, s.subjects, s.atts, s.names, s.justified)
	}
	out := []string{"found/expected as the sources have it, +those that allowed explains; at the end the mails concerned",
		fmt.Sprintf("%-18s %5s %14s %14s %14s %9s", "source", "mails", "subjects", "attachments", "names", "justified")}
	for _, n := range names {
		out = append(out, line(n, *score[n]))
		sum.add(*score[n], false)
	}
	out = append(out, line("all", sum))
	t.Log("\n" + strings.Join(out, "\n"))
	if sum.atts.under(97) {
		t.Errorf("attachments %s: under 97 %%", sum.atts)
	}
	if sum.names.under(95) {
		t.Errorf("names %s: under 95 %%", sum.names)
	}
}

func str(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func num(n *int64) int64 {
	if n == nil {
		return -1
	}
	return *n
}

// TestCorpusByHand checks the rows that were read by hand.
func TestCorpusByHand(t *testing.T) {
	t.Parallel()
	root := corpus.Dir(t)
	for _, e := range corpus.Rows[expected](t, "expectations-hand.jsonl") {
		if !strings.HasPrefix(e.File, "mime/") {
			continue
		}
		o := open(t, filepath.Join(root, e.File))
		if e.Subject != nil && o.top.Subject != *e.Subject {
			t.Errorf("%s: subject %q, want %q", e.File, o.top.Subject, *e.Subject)
		}
		if e.FromName != "" && (len(o.top.From) == 0 || o.top.From[0].Name != e.FromName) {
			t.Errorf("%s: from %v, want %q", e.File, o.top.From, e.FromName)
		}
		if !o.holdsText(e.Text) || !o.holdsText(e.TextContains) {
			t.Errorf("%s: text %q, want %q", e.File, o.top.Text, e.Text+e.TextContains)
		}
	}
}

func sumOf(b []byte) string { s := sha256.Sum256(b); return hex.EncodeToString(s[:]) }
