package sender

import (
	"context"
	"fmt"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"baosong/intake/message"
	"baosong/sample/corpus"
)

// TestCorpusNeverAnswered: of some four hundred bounces, automatic replies and reports not one is taken for a person.
func TestCorpusNeverAnswered(t *testing.T) {
	t.Parallel()
	root := corpus.Dir(t)
	got := map[string]map[Kind]int{}
	withID, withRecipient, bounces := 0, 0, 0
	for _, e := range corpus.Rows[struct{ File, Label, Source string }](t, "expectations-dsn.jsonl") {
		m, err := message.ReadFile(filepath.Join(root, e.File), t.TempDir(), message.Limits{})
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
