package parse

import (
	"regexp"
	"slices"
	"strings"

	"baosong/parse/call"
	"baosong/parse/rule"
)

// presumed says from a file's name which part it is of, for files whose content cannot be read; guessed, when only the
// extension says so.
func presumed(path string) (part call.PartID, guessed bool) {
	parts := strings.Split(strings.ReplaceAll(path, "\\", "/"), "/")
	for i := len(parts) - 1; i >= 0; i-- {
		if p := byName(parts[i]); p != "" {
			return p, false
		}
	}
	switch extension(path) {
	case "xls", "xlsx", "xlsm", "xlsb", "et", "csv", "ods", "fods", "numbers":
		return call.PartSummary, true
	case "doc", "docx", "wps", "pdf", "docm", "rtf", "odt", "pages", "ofd":
		return call.PartCase, true
	}
	return call.PartUnknown, false
}

func byName(name string) call.PartID {
	s := rule.Bare(rule.NameStem(name))
	switch {
	case strings.Contains(s, "汇总表"):
		return call.PartSummary
	case strings.Contains(s, "举措"):
		return call.PartMeasures
	case letterTitle(rule.NameStem(name)):
		return call.PartLetter
	case strings.Contains(s, "案例"):
		return call.PartCase
	case strings.Contains(s, "汇总"):
		return call.PartSummary
	}
	return ""
}

var letterPattern = regexp.MustCompile(`(?:的函|的报告|报送函|的复函|的回函|的请示|的说明函)(?:[(（][^)）]*[)）])?$|^(?:公?函|报送函|复函)$|报送函`)

// letterTitle reports whether a line is the title of a letter to the province.
func letterTitle(line string) bool {
	s := rule.Squeeze(line)
	return len([]rune(s)) <= 80 && letterPattern.MatchString(s)
}

// classify says which part of the call a read file is of, by its content; the name only where the content is silent.
func (f *opened) classify(c *call.Call) {
	defer func() {
		if f.Cut && f.Part == call.PartUnknown { // what would tell may stand in the rest
			f.Presumed, f.Guessed = presumed(f.Path)
		}
	}()
	switch {
	case f.Picture:
		f.classifyPicture()
		return
	case f.Scan:
		f.Part = byNameOr(f.Path, call.PartUnknown)
		return
	case f.Book != nil && f.Doc == nil:
		f.classifyBook(c)
		return
	case f.Doc == nil:
		return
	}
	f.classifyDoc(c)
}

func byNameOr(path string, other call.PartID) call.PartID {
	parts := strings.Split(strings.ReplaceAll(path, "\\", "/"), "/")
	if p := byName(parts[len(parts)-1]); p != "" {
		return p
	}
	return other
}

// classifyPicture takes a scan of the summary or of a letter for what its name says; other pictures wait for the case
// whose name they bear.
func (f *opened) classifyPicture() {
	if p := byName(f.Name); p == call.PartSummary || p == call.PartLetter || p == call.PartMeasures {
		f.Part, f.Scan = p, true
	}
}

func (f *opened) classifyBook(c *call.Call) {
	f.Tables = summaryTables(&f.File, f.Book.Sheets, c, rule.Bare(f.Name))
	if len(f.Tables) > 0 {
		f.Part = call.PartSummary
	}
}

func (f *opened) classifyDoc(c *call.Call) {
	if f.text && f.Book != nil {
		if t := summaryTables(&f.File, f.Book.Sheets, c, ""); len(t) > 0 && t[0].Header > 0 {
			f.Tables, f.Part, f.Doc, f.Lines = t, call.PartSummary, nil, nil
			return
		}
		f.Book = nil
	}
	grids, blocks := docGrids(f.Doc)
	facts := readFacts(f.Doc, c)
	titles := titleLines(f, facts.block)
	own, measures := f.headings(c)
	tables := summaryTables(&f.File, grids, c, "")
	tables = slices.DeleteFunc(tables, func(t *rule.Table) bool { return t.Header == 0 })
	for _, t := range tables {
		t.Block = blocks[t.Grid]
	}
	switch {
	case len(tables) > 0 && facts.count < 3:
		f.Part, f.Tables = call.PartSummary, tables
	case !facts.table && textTable(f, c):
		f.Part = call.PartSummary
	case facts.count >= 3:
		f.Part = call.PartCase
	case measures >= 3 && measures >= own:
		f.Part = call.PartMeasures
	case own >= 3:
		f.Part = call.PartCase
	case slices.ContainsFunc(titles, func(s string) bool { return letterTitle(s) }):
		f.Part = call.PartLetter
	case slices.ContainsFunc(titles, func(s string) bool { return strings.Contains(rule.Bare(s), "培育举措") }):
		f.Part = call.PartMeasures
	case own >= 2 || (own >= 1 && facts.count >= 1):
		f.Part = call.PartCase
	case measures >= 2:
		f.Part = call.PartMeasures
	default:
		f.Part = f.weakly(titles, c)
	}
	if f.Part == call.PartCase {
		f.Case = readCase(f, facts, titles)
		f.Title = f.Case.Title()
	}
	if f.Part == call.PartMeasures {
		f.Title = firstWith(titles, "举措")
	}
	f.Blank = (f.Part == call.PartCase || f.Part == call.PartMeasures) && f.blankForm(c, facts)
}

// weakly is for documents whose content says little: a title line or the name may still tell.
func (f *opened) weakly(titles []string, c *call.Call) call.PartID {
	name := byNameOr(f.Path, "")
	words := 0
	for _, l := range f.Lines {
		words += len([]rune(l.Text))
	}
	head := rule.Bare(strings.Join(titles, ""))
	switch {
	case name == call.PartLetter:
		return name
	case name == call.PartMeasures && strings.Contains(head, "举措"):
		return name
	case name == call.PartCase && (strings.Contains(head, "案例") || mentionsCall(f, c)):
		return name
	case name == call.PartMeasures && mentionsCall(f, c):
		return name
	}
	return call.PartUnknown
}

// mentionsCall reports whether a document speaks of recognised clusters at all.
func mentionsCall(f *opened, _ *call.Call) bool {
	for _, l := range f.Lines {
		if !l.Apart && strings.Contains(rule.Squeeze(l.Text), "产业集群") {
			return true
		}
	}
	return false
}

func firstWith(lines []string, word string) string {
	for _, l := range lines {
		if strings.Contains(l, word) {
			return strings.TrimSpace(l)
		}
	}
	return ""
}

// headings counts how many sections of a case and of the measures a document has.
func (f *opened) headings(c *call.Call) (own, measures int) {
	var heads []string
	for _, l := range f.Lines {
		if h := rule.HeadingOf(l.Text); h != "" && !l.Apart {
			heads = append(heads, h)
		}
	}
	for _, s := range c.Case.Sections {
		if rule.HasSection(heads, s) {
			own++
		}
	}
	for _, s := range c.Measures.Sections {
		if rule.HasSection(heads, s) {
			measures++
		}
	}
	return own, measures
}

// textTable reports whether a document without tables, a PDF as a rule, shows the summary's header in its text.
func textTable(f *opened, c *call.Call) bool {
	if len(f.Doc.Blocks) == 0 {
		return false
	}
	all := ""
	for i, b := range f.Doc.Blocks {
		if i >= 40 || len(all) > 2000 {
			break
		}
		all += rule.Bare(b.Text)
	}
	n, own := 0, 0
	for _, col := range c.Columns {
		if !strings.Contains(all, rule.Bare(col.Header)) {
			continue
		}
		n++
		if !slices.ContainsFunc(c.Case.Facts, func(f call.Fact) bool { return f.ID == col.ID }) {
			own++
		}
	}
	return n >= 6 && own >= 2
}
