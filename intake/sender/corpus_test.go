package sender

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"baosong/intake/message"
)

func corpusDir(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("go.mod not found")
		}
		dir = parent
	}
	corpus := filepath.Join(filepath.Dir(dir), "shared", "corpus")
	if _, err := os.Stat(corpus); err != nil {
		if os.Getenv("BAOSONG_CORPUS") == "required" {
			t.Fatalf("BAOSONG_CORPUS=required, but there is no %s", corpus)
		}
		t.Skip("NOT TESTED AGAINST OTHER PEOPLE'S BOUNCES: ../shared/corpus is not there")
	}
	return corpus
}

// TestCorpusNeverAnswered: of some four hundred bounces, automatic replies and reports not one is taken for a person.
func TestCorpusNeverAnswered(t *testing.T) {
	t.Parallel()
	corpus := corpusDir(t)
	f, err := os.Open(filepath.Join(corpus, "expectations-dsn.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	got := map[string]map[Kind]int{}
	withID, withRecipient, bounces := 0, 0, 0
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		var e struct{ File, Label, Source string }
		if err := json.Unmarshal(sc.Bytes(), &e); err != nil {
			t.Fatal(err)
		}
		m, err := message.ReadFile(filepath.Join(corpus, e.File), t.TempDir(), message.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		c := Classify(context.Background(), m, nil, nil, Options{})
		key := e.Source + " " + e.Label
		if got[key] == nil {
			got[key] = map[Kind]int{}
		}
		got[key][c.Kind]++
		if c.Kind == Person {
			t.Errorf("%s: %s taken for a person: %q from %q", e.File, e.Label, m.Subject, c.Address)
		}
		if e.Label == "bounce" && c.Kind != Bounce {
			t.Logf("%s: bounce taken for %s (%s): %q from %q", e.File, c.Kind, c.Why, m.Subject, c.Address)
		}
		if c.Kind == Bounce && e.Label == "bounce" {
			bounces++
			if c.Bounced.MessageID != "" {
				withID++
			}
			if len(c.Bounced.Recipients) > 0 {
				withRecipient++
			}
		}
	}
	table(t, got)
	t.Logf("of %d bounces: letter's id %d, recipient %d", bounces, withID, withRecipient)
}

func table(t *testing.T, got map[string]map[Kind]int) {
	var keys []string
	for k := range got {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	out := []string{fmt.Sprintf("%-28s %7s %10s %5s %9s %7s", "source and label", "bounce", "auto-reply", "list", "ourselves", "person")}
	for _, k := range keys {
		n := got[k]
		out = append(out, fmt.Sprintf("%-28s %7d %10d %5d %9d %7d", k, n[Bounce], n[AutoReply], n[List], n[Ourselves], n[Person]))
	}
	t.Log("\n" + strings.Join(out, "\n"))
}
