package casedoc

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"baosong/parse/charset"
	"baosong/parse/container"
	"baosong/sample/corpus"
)

// expectation is one line of the collection's expectations.
type expectation struct {
	Source, A, B   string
	File           string
	Role, Password string
}

// pairThreshold is the share of 3-grams that the same content must have in common in two formats.
const pairThreshold = 0.97

// TestCorpusPairs compares the same content in two formats.
func TestCorpusPairs(t *testing.T) {
	root := corpus.Dir(t)
	differ := map[string]string{
		"docs/poi/documentProperties.doc":  "two documents of the same name: this is document text, and Hello World",
		"docs/tika/testWORD_no_format.doc": "two documents of the same name: the texts about an exception differ in the files themselves",
	}
	for _, e := range corpus.Rows[expectation](t, "expectations-pairs.jsonl") {
		if !strings.HasPrefix(e.A, "docs/") && !strings.HasPrefix(e.A, "pdf/") {
			continue
		}
		a, _, errA := toolRead(t, filepath.Join(root, e.A))
		b, _, errB := toolRead(t, filepath.Join(root, e.B))
		if errA != nil || errB != nil {
			t.Errorf("%s: %v; %v", e.A, errA, errB)
			continue
		}
		s := similarity(everything(a), everything(b))
		t.Logf("%-20s %-34s words %6d %6d  tables %3d %3d  pictures %2d %2d  similar %.4f", e.Source, filepath.Base(e.A),
			Words(a.Text()), Words(b.Text()), tables(a), tables(b), pictured(a), pictured(b), s)
		why := differ[e.A]
		switch {
		case s < pairThreshold && why != "":
			t.Logf("%s differs rightly: %s", e.A, why)
		case s < pairThreshold:
			t.Errorf("%s: similarity %.4f", e.A, s)
		}
	}
}

func tables(d *Document) int {
	n := 0
	for _, b := range d.Blocks {
		if b.Table != nil {
			n++
		}
	}
	return n
}

func everything(d *Document) string {
	parts := append([]string{d.Text()}, d.Headers...)
	parts = append(append(parts, d.Footers...), d.Notes...)
	return strings.Join(parts, "\n")
}

// similarity is Dice's measure over 3-grams of the folded text without blanks.
func similarity(a, b string) float64 {
	ga, na := grams(a)
	gb, nb := grams(b)
	if na+nb == 0 {
		return 1
	}
	common := 0
	for g, n := range ga {
		common += min(n, gb[g])
	}
	return 2 * float64(common) / float64(na+nb)
}

func grams(s string) (map[string]int, int) {
	rs := []rune(strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsControl(r) {
			return -1
		}
		return r
	}, charset.Fold(s)))
	out := map[string]int{}
	n := 0
	for i := 0; i+3 <= len(rs); i++ {
		out[string(rs[i:i+3])]++
		n++
	}
	return out, n
}

// TestCorpusEncrypted tells encrypted files from others.
func TestCorpusEncrypted(t *testing.T) {
	root := corpus.Dir(t)
	for _, e := range corpus.Rows[expectation](t, "expectations-encrypted.jsonl") {
		switch filepath.Ext(e.File) {
		case ".doc", ".docx", ".pdf", ".odt":
		default:
			continue
		}
		_, format, err := toolRead(t, filepath.Join(root, e.File))
		want := e.Password != ""
		got := errors.Is(err, container.ErrEncrypted)
		t.Logf("%-70s %-16s encrypted=%v err=%v", e.File, format, got, err)
		if got != want {
			t.Errorf("%s: encrypted %v, want %v (%v)", e.File, got, want, err)
		}
	}
}
