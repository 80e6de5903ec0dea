package letter

import (
	"fmt"
	"strings"

	"baosong/ledger"
	"baosong/parse/finding"
)

// Changes is what differs from the revision before.
type Changes struct {
	New, Changed, Gone    []string // titles of cases
	Settled, Open, Arisen int      // findings that ask for something
	Against               string   // receipt number of the revision before
}

// Any tells whether there is anything to say.
func (c *Changes) Any() bool {
	return c != nil && len(c.New)+len(c.Changed)+len(c.Gone)+c.Settled+c.Open+c.Arisen > 0
}

// Words sums up the findings that must be mended: those of the last time, and new ones; "" when neither time had any.
func (c *Changes) Words() string {
	var words []string
	for _, w := range []struct {
		format string
		n      int
	}{{"上一次的已改好 %d 处", c.Settled}, {"仍未改 %d 处", c.Open}, {"新出现 %d 处", c.Arisen}} {
		if w.n > 0 {
			words = append(words, fmt.Sprintf(w.format, w.n))
		}
	}
	return strings.Join(words, "，")
}

// changes compares two revisions: cases by their key, findings by what they say, not where, since rows move.
func changes(before, after *ledger.Submission) *Changes {
	if before == nil || after == nil {
		return nil
	}
	out := &Changes{Against: before.Receipt}
	out.compareCases(before.Cases, after.Cases)
	if after.Nil {
		return out // what had to be mended is not mended, it is gone
	}
	type key struct{ code, column, found string }
	count := map[key]int{}
	for _, f := range told(before.Findings) {
		if f.Severity == finding.Error {
			count[key{string(f.Code), f.Column, f.Found}]++
		}
	}
	for _, f := range told(after.Findings) {
		if f.Severity != finding.Error {
			continue
		}
		if k := (key{string(f.Code), f.Column, f.Found}); count[k] > 0 {
			count[k]--
			out.Open++
		} else {
			out.Arisen++
		}
	}
	for _, n := range count {
		out.Settled += n
	}
	return out
}

// compareCases tells new cases, changed ones and those that are not sent any more. A case whose name was mended is known
// again by its file.
func (c *Changes) compareCases(before, after []ledger.Case) {
	old := map[string]ledger.Case{}
	for _, k := range before {
		old[k.Key] = k
	}
	var fresh []ledger.Case
	for _, k := range after {
		was, known := old[k.Key]
		delete(old, k.Key)
		switch {
		case !known:
			fresh = append(fresh, k)
		case differs(was, k):
			c.Changed = append(c.Changed, said(k.Title, 60))
		}
	}
	for _, k := range fresh {
		was, known := renamed(k, before, old)
		if !known {
			c.New = append(c.New, said(k.Title, 60))
			continue
		}
		delete(old, was.Key)
		if was.Title == k.Title {
			c.Changed = append(c.Changed, said(k.Title, 60))
		} else {
			c.Changed = append(c.Changed, said(k.Title, 60)+"（原名“"+said(was.Title, 60)+"”）")
		}
	}
	for _, k := range before {
		if _, left := old[k.Key]; left {
			c.Gone = append(c.Gone, said(k.Title, 60))
			delete(old, k.Key)
		}
	}
}

// renamed finds a case of before that is left over and has the same file, or the same cluster and nearly the same name.
func renamed(k ledger.Case, before []ledger.Case, left map[string]ledger.Case) (ledger.Case, bool) {
	for _, was := range before {
		if _, ok := left[was.Key]; !ok {
			continue
		}
		if was.SHA256 != "" && was.SHA256 == k.SHA256 || was.Cluster == k.Cluster && alike(was.Title, k.Title) {
			return was, true
		}
	}
	return ledger.Case{}, false
}

// alike tells whether two names share most of their pairs of neighbouring characters.
func alike(a, b string) bool {
	x, y := []rune(a), []rune(b)
	pairs := map[[2]rune]int{}
	for i := 1; i < len(x); i++ {
		pairs[[2]rune{x[i-1], x[i]}]++
	}
	both := 0
	for i := 1; i < len(y); i++ {
		if p := [2]rune{y[i-1], y[i]}; pairs[p] > 0 {
			pairs[p]--
			both++
		}
	}
	return 2*both*10 >= (len(x)+len(y)-2)*7 && both > 0
}

// differs compares what a clerk would call the case's content.
func differs(a, b ledger.Case) bool {
	if a.Row == 0 || b.Row == 0 { // without its row only the file can be compared
		return a.SHA256 != b.SHA256
	}
	return a.SHA256 != b.SHA256 || a.Direction != b.Direction || a.Level != b.Level || a.County != b.County || a.Year != b.Year ||
		a.Body != b.Body || a.Contact != b.Contact || a.Phone != b.Phone || a.Note != b.Note
}
