package letter

import (
	"fmt"
	"strings"

	"baosong/ledger"
	"baosong/parse/call"
	"baosong/parse/finding"
)

const (
	maxGroups = 20 // findings in the text of a mail; the workbook has them all
	maxPlaces = 8  // places named in a group of like findings
)

// Group is one finding, or several like ones that differ only in their place.
type Group struct {
	No       int
	Place    string // of the first
	Message  string
	Found    string
	Wanted   string
	Hint     string
	N        int    // how many
	Others   string // places of the others, when N > 1
	Severity finding.Severity
}

// Findings is the findings of one weight as a letter lists them.
type Findings struct {
	Total  int
	Groups []Group
	Left   int // findings that found no room
}

// cut tells whether the text does not name every place.
func (f Findings) cut() bool {
	for _, g := range f.Groups {
		if g.N > maxPlaces+1 {
			return true
		}
	}
	return f.Left > 0
}

// told leaves out what is not the city's business: findings on probation and waived ones.
func told(fs []ledger.Finding) []ledger.Finding {
	var out []ledger.Finding
	for _, f := range fs {
		if !f.Trial && !f.Waived {
			out = append(out, f)
		}
	}
	return out
}

// group lists the findings of one severity, like ones together, in the order of their first place.
func group(fs []ledger.Finding, s finding.Severity, c *call.Call) Findings {
	var out Findings
	type kind struct{ code, file, column, message, wanted string }
	at := map[kind]int{}
	var others [][]string
	for _, f := range fs {
		if f.Severity != s {
			continue
		}
		out.Total++
		k := kind{string(f.Code), f.File, f.Column, f.Message, f.Wanted}
		if s == finding.Note {
			k.file = "" // notes ask nothing: one line for all files
		}
		if i, ok := at[k]; ok && (f.Cell+f.Where != "" || s == finding.Note) {
			out.Groups[i].N++
			others[i] = append(others[i], shortPlace(f.Place))
			continue
		}
		at[k] = len(out.Groups)
		others = append(others, nil)
		out.Groups = append(out.Groups, entry(len(out.Groups)+1, f, c))
	}
	for i := range out.Groups {
		out.Groups[i].Others = list(others[i], maxPlaces)
	}
	if len(out.Groups) > maxGroups {
		for _, g := range out.Groups[maxGroups:] {
			out.Left += g.N
		}
		out.Groups = out.Groups[:maxGroups]
	}
	return out
}

// entry words one finding. What its sentences say already is not said again.
func entry(no int, f ledger.Finding, c *call.Call) Group {
	g := Group{
		No: no, N: 1, Severity: f.Severity, Place: place(f.Place, c),
		Message: chinese(said(f.Message, 200)), Found: said(f.Found, 120), Wanted: said(f.Wanted, 200), Hint: chinese(said(f.Hint, 200)),
	}
	if strings.Contains(g.Message, "“"+g.Found+"”") {
		g.Found = ""
	}
	if strings.Contains(g.Hint, g.Wanted) {
		g.Wanted = ""
	}
	return g
}

// place says where a finding is, as one would on the telephone.
func place(p finding.Place, c *call.Call) string {
	var parts []string
	if p.File != "" {
		parts = append(parts, "《"+said(p.File, 80)+"》")
	}
	if p.Sheet != "" && p.Cell != "" {
		parts = append(parts, "工作表“"+said(p.Sheet, 31)+"”")
	}
	switch header := columnHeader(p.Column, c); {
	case p.Cell != "" && header != "":
		parts = append(parts, fmt.Sprintf("%s 单元格（%s）", p.Cell, header))
	case p.Cell != "":
		parts = append(parts, p.Cell+" 单元格")
	case p.Row > 0 && header != "":
		parts = append(parts, fmt.Sprintf("第 %d 行（%s）", p.Row, header))
	case p.Row > 0:
		parts = append(parts, fmt.Sprintf("第 %d 行", p.Row))
	case header != "":
		parts = append(parts, "“"+header+"”列")
	}
	if p.Where != "" {
		parts = append(parts, said(p.Where, 60))
	}
	if len(parts) == 0 {
		return "整封邮件"
	}
	return strings.Join(parts, "，")
}

// shortPlace names only what differs among like findings.
func shortPlace(p finding.Place) string {
	switch {
	case p.Cell != "":
		return p.Cell
	case p.Where != "":
		return said(p.Where, 40)
	case p.Row > 0:
		return fmt.Sprintf("第 %d 行", p.Row)
	default:
		return said(p.File, 80)
	}
}

func columnHeader(id string, c *call.Call) string {
	for _, col := range c.Columns {
		if col.ID == id {
			return col.Header
		}
	}
	return ""
}

// partName is the call's word for a part.
func partName(id string, c *call.Call) string {
	for _, p := range c.Parts {
		if string(p.ID) == id {
			return p.Name
		}
	}
	switch call.PartID(id) {
	case call.PartLetter:
		return "报送函"
	case call.PartUnknown, "":
		return "其他文件"
	}
	return id
}

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

// Words sums up the findings that must be mended: those of the last time, and new ones.
func (c *Changes) Words() string {
	if c.Settled+c.Open+c.Arisen == 0 {
		return "两次都没有"
	}
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
	old := map[string]ledger.Case{}
	for _, c := range before.Cases {
		old[c.Key] = c
	}
	for _, c := range after.Cases {
		was, known := old[c.Key]
		delete(old, c.Key)
		switch {
		case !known:
			out.New = append(out.New, said(c.Title, 60))
		case differs(was, c):
			out.Changed = append(out.Changed, said(c.Title, 60))
		}
	}
	for _, c := range before.Cases {
		if _, left := old[c.Key]; left {
			out.Gone = append(out.Gone, said(c.Title, 60))
			delete(old, c.Key)
		}
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

// differs compares what a clerk would call the case's content.
func differs(a, b ledger.Case) bool {
	return a.SHA256 != b.SHA256 || a.Direction != b.Direction || a.Level != b.Level || a.County != b.County || a.Year != b.Year ||
		a.Body != b.Body || a.Contact != b.Contact || a.Phone != b.Phone || a.Note != b.Note
}
