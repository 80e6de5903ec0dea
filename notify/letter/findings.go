package letter

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"baosong/ledger"
	"baosong/parse/call"
	"baosong/parse/finding"
)

const (
	maxGroups = 20 // findings in the text of a mail; the workbook has them all
	maxPlaces = 8  // places named in a group of like findings
	minRepeat = 6  // characters of a place that would be read twice
	maxAlike  = 3  // findings that differ only in what was found and are still told one by one
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

// told leaves out what is not the city's business: findings on probation and waived ones, what its mail program did wrong,
// and that the mail came late, which the letter says in its own words.
func told(fs []ledger.Finding) []ledger.Finding {
	var out []ledger.Finding
	for _, f := range fs {
		if !f.Trial && !f.Waived && f.Code != "mail.defect" && f.Code != "mail.late" {
			out = append(out, f)
		}
	}
	return out
}

// kind is what makes findings alike. Strictly alike ones say the same of different places; loosely alike ones are of one
// code and one cure, and differ in what was found.
type kind struct{ code, file, column, message, wanted, hint string }

func kindOf(f ledger.Finding, loose bool) kind {
	k := kind{string(f.Code), f.Called(), f.Column, f.Message, f.Wanted, f.Hint}
	if loose {
		k.message = ""
	}
	if f.Severity == finding.Note {
		k.file = "" // notes ask nothing: one line for all files
	}
	return k
}

// group lists the findings of one severity, like ones together, in the order of their first place. Where more than a few
// say nearly the same, they are one entry too: nobody reads thirty of them.
func group(fs []ledger.Finding, s finding.Severity, c *call.Call) Findings {
	var out Findings
	variants := map[kind]map[string]bool{}
	for _, f := range fs {
		if k := kindOf(f, true); f.Severity == s {
			if variants[k] == nil {
				variants[k] = map[string]bool{}
			}
			variants[k][f.Message] = true
		}
	}
	at := map[kind]int{}
	var others [][]string
	for _, f := range fs {
		if f.Severity != s {
			continue
		}
		out.Total++
		loose := len(variants[kindOf(f, true)]) > maxAlike
		k := kindOf(f, loose)
		if i, ok := at[k]; ok && (shortPlace(f.Place) != "" || s == finding.Note) {
			out.Groups[i].N++
			others[i] = append(others[i], otherPlace(f, loose))
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

// otherPlace names a further place of a group, with what was found there when the group's members differ in it.
func otherPlace(f ledger.Finding, loose bool) string {
	p := shortPlace(f.Place)
	if found := said(f.Found, 20); loose && found != "" && found != p {
		p += "（" + found + "）"
	}
	return p
}

// entry words one finding. What its sentences say already is not said again.
func entry(no int, f ledger.Finding, c *call.Call) Group {
	if utf8.RuneCountInString(f.Where) >= minRepeat && strings.Contains(f.Message, f.Where) {
		f.Where = "" // the message tells the place
	}
	g := Group{
		No: no, N: 1, Severity: f.Severity, Place: place(f.Place, c),
		Message: chinese(said(f.Message, 200)), Found: said(f.Found, 120), Wanted: said(f.Wanted, 200), Hint: chinese(said(f.Hint, 200)),
	}
	if f.Severity == finding.Note && strings.HasPrefix(g.Message, g.Place) {
		g.Place = ""
	}
	if strings.Contains(g.Message, "“"+g.Found+"”") || strings.Contains(g.Message, "《"+g.Found+"》") {
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
		parts = append(parts, "《"+said(p.Called(), 80)+"》")
	}
	switch {
	case p.Sheet == "" || p.Cell == "":
	case isDocument(p.File): // its tables have rows and headers, but no cells to look up
		parts = append(parts, said(p.Sheet, 31))
		p.Cell = ""
	default:
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
	case p.Cell != "" && !isDocument(p.File):
		return p.Cell
	case p.Where != "":
		return said(p.Where, 40)
	case p.Row > 0:
		return fmt.Sprintf("第 %d 行", p.Row)
	default:
		return said(p.Called(), 80)
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
