package parse

import (
	"regexp"
	"slices"
	"sort"
	"strings"

	"baosong/parse/call"
	"baosong/parse/casedoc"
	"baosong/parse/rule"
)

// facts is the basic facts of a case document: a table, or lines of label and value as PDFs have them.
type facts struct {
	values  map[string]string
	count   int // labels found
	first   int // index of the first block that holds them
	block   int // index of the last; -1 when there are none
	lastRow int // last row of the table that holds a fact
	table   bool
}

func factLabels(c *call.Call) names {
	n := names{}
	for _, f := range c.Case.Facts {
		for _, s := range append([]string{f.Label}, f.Synonyms...) {
			n[rule.Bare(s)] = f.ID
		}
	}
	return n
}

// readFacts finds the basic facts: the table with most of the labels, or, without one, lines that begin with them.
func readFacts(d *casedoc.Document, c *call.Call) facts {
	labels, headers := factLabels(c), headerNames(c)
	best := facts{block: -1}
	for i, b := range d.Blocks {
		if b.Table == nil {
			continue
		}
		if f := tableFacts(b.Table, labels, headers); f.count > best.count {
			f.first, f.block = i, i
			best = f
		}
	}
	if best.count >= 3 {
		return best
	}
	if f := lineFacts(d, c); f.count > best.count {
		return f
	}
	return best
}

func tableFacts(t *casedoc.Table, labels, headers names) facts {
	f := facts{values: map[string]string{}, table: true}
	for i, row := range t.Rows {
		for j, cell := range row {
			id := labels[rule.Bare(cell.Text)]
			value := ""
			switch {
			case id != "" && j+1 < len(row) && headers.lookup(row[j+1].Text) == "" && labels[rule.Bare(row[j+1].Text)] == "":
				value = row[j+1].Text
			case id != "":
				continue
			default:
				if id, value = inlineFact(cell.Text, labels); id == "" {
					continue
				}
			}
			if _, again := f.values[id]; !again {
				f.values[id] = strings.TrimSpace(value)
				f.count++
				f.lastRow = i
			}
		}
	}
	return f
}

// inlineFact reads a cell that holds label and value, set apart by a colon.
func inlineFact(text string, labels names) (id, value string) {
	label, value, ok := strings.Cut(rule.Plain(text), ":")
	if !ok || len([]rune(label)) > 12 {
		return "", ""
	}
	return labels[rule.Bare(label)], value
}

// lineFacts reads facts from the lines before the first section: "案例名称：…", several in a line, values that go on in
// the next line.
func lineFacts(d *casedoc.Document, c *call.Call) facts {
	labels := factLabels(c)
	pattern := labelPattern(labels)
	f := facts{values: map[string]string{}, block: -1}
	current, pending := "", []string(nil)
	for i, b := range d.Blocks {
		if b.Table != nil || i > 60 || rule.HasSection([]string{rule.HeadingOf(b.Text)}, firstSection(c)) {
			if current != "" && len(pending) <= 3 { // the last value stands in lines of its own
				f.values[current] += strings.Join(pending, "")
				f.block = i - 1
			}
			break
		}
		line := rule.Plain(b.Text)
		hits := pattern.FindAllStringSubmatchIndex(line, -1)
		if len(hits) == 0 {
			pending = append(pending, line)
			continue
		}
		if current != "" {
			f.values[current] += strings.Join(pending, "")
		}
		if f.block < 0 {
			f.first = i
		}
		pending, f.block = nil, i
		for k, h := range hits {
			end := len(line)
			if k+1 < len(hits) {
				end = hits[k+1][0]
			}
			id := labels[rule.Bare(line[h[2]:h[3]])]
			if _, again := f.values[id]; !again {
				f.values[id] = strings.TrimSpace(line[h[1]:end])
				f.count++
				current = id
			}
		}
	}
	for id, v := range f.values {
		f.values[id] = strings.TrimSpace(v)
	}
	return f
}

func firstSection(c *call.Call) call.Section {
	if len(c.Case.Sections) == 0 {
		return call.Section{}
	}
	return c.Case.Sections[0]
}

// labelPattern matches a label at the start of a line or after a blank, with the colon or blank behind it.
func labelPattern(labels names) *regexp.Regexp {
	var list []string
	for l := range labels {
		chars := make([]string, 0, len(l))
		for _, r := range l {
			chars = append(chars, regexp.QuoteMeta(string(r)))
		}
		list = append(list, strings.Join(chars, `\s?`))
	}
	sort.Slice(list, func(i, j int) bool {
		return len(list[i]) > len(list[j]) || (len(list[i]) == len(list[j]) && list[i] < list[j])
	})
	return regexp.MustCompile(`(?:^|\s)(` + strings.Join(list, "|") + `)(?:\s*:\s*|\s+|$)`)
}

var formTitle = regexp.MustCompile(`^(?:附件?\d*|附件[一二三四五六七八九十]|中小企业特色产业集群典型案例|特色产业集群典型案例|典型案例|案例|案例\d{1,3}|案例[一二三四五六七八九十]+|参考模板|模板|表样|样表|基本信息|基本情况表|案例基本信息表?|基本信息表|一基本信息|格式|参考格式)$`)

// titleLines returns the lines that may be a document's title: the first ones, before the facts.
func titleLines(f *opened, before int) []string {
	var out []string
	for _, l := range f.Lines {
		if l.Apart || (before >= 0 && l.Block >= before) || len(out) >= 8 {
			break
		}
		if f.Doc.Blocks[l.Block].Table != nil {
			if before < 0 && len(out) > 0 {
				break
			}
			continue
		}
		if s := strings.TrimSpace(l.Text); s != "" {
			out = append(out, s)
		}
	}
	return out
}

func readCase(f *opened, fs facts, lines []string) *rule.CaseDoc {
	d := &rule.CaseDoc{Facts: map[string]string{}, FactAt: fs.block >= 0}
	for id, v := range fs.values {
		d.Facts[id] = strings.TrimSpace(strings.Join(strings.Fields(v), " "))
		if rule.Blank(v) || formValue(v) {
			d.Facts[id] = ""
		}
	}
	d.Titles = caseTitles(lines, fs)
	for i := range f.Lines {
		l := &f.Lines[i]
		l.Facts = !l.Apart && fs.count >= 3 && l.Block >= fs.first && (l.Block < fs.block || (l.Block == fs.block && (f.Doc.Blocks[l.Block].Table == nil || l.Row <= fs.lastRow)))
		if h := rule.HeadingOf(l.Text); h != "" && !l.Apart && !l.Facts {
			d.Headings = append(d.Headings, h)
		}
	}
	d.Words, d.Body = bodyOf(f, fs)
	d.Grams = rule.Shingles(d.Body)
	seen := map[string]bool{}
	for _, p := range f.Doc.Pictures {
		if p.InBody && p.Format != casedoc.Linked && !seen[p.SHA256] { // what is only linked does not come with the file
			seen[p.SHA256] = true
			d.Pictures++
		}
	}
	return d
}

func caseTitles(lines []string, fs facts) []string {
	var out []string
	for i, s := range lines {
		if fs.block < 0 && i >= 4 {
			break
		}
		b := rule.Bare(s)
		if b == "" || formTitle.MatchString(b) || len([]rune(b)) > 90 || strings.HasSuffix(strings.TrimSpace(s), "。") {
			continue
		}
		out = append(out, s)
	}
	for i := len(out) - 1; i > 0; i-- {
		out = append(out, out[i-1]+out[i])
	}
	return out
}

// bodyOf counts what stands after the facts, headings and captions included. When next to nothing stands there, the
// facts are at the end and the rest is the body.
func bodyOf(f *opened, fs facts) (int, string) {
	after, before := 0, 0
	var text, early strings.Builder
	for i, b := range f.Doc.Blocks {
		switch {
		case i < fs.first && fs.block >= 0:
			before += b.Words()
			early.WriteString(b.Text + "\n")
		case i == fs.block && b.Table != nil:
			for _, row := range b.Table.Rows[min(fs.lastRow+1, len(b.Table.Rows)):] {
				for _, c := range row {
					after += casedoc.Words(c.Text)
					text.WriteString(c.Text + "\n")
				}
			}
		case i <= fs.block:
		case b.Table != nil:
			after += b.Words()
			for _, row := range b.Table.Rows {
				for _, c := range row {
					text.WriteString(c.Text + "\n")
				}
			}
		default:
			after += b.Words()
			text.WriteString(b.Text + "\n")
		}
	}
	if before > 200 && before > 2*after {
		return before + after, early.String() + text.String()
	}
	return after, text.String()
}

// formValue reports whether a fact's value is the form's own text: a list of options, an instruction, a placeholder.
func formValue(v string) bool {
	s := rule.Plain(v)
	if strings.ContainsAny(s, "□☐") && !strings.ContainsAny(s, "☑√■☒✓✔") {
		return true
	}
	bare := rule.Bare(v)
	return bare == "国家级省级" || bare == "国家级或省级" || strings.HasPrefix(bare, "请填写") || strings.HasPrefix(bare, "七选一") ||
		(rule.Placeholder(v) != "" && len([]rune(bare)) <= 12)
}

var (
	instructionText = regexp.MustCompile(`[(（\[【][^)）\]】]{0,200}[)）\]】]`)
	instructionLine = regexp.MustCompile(`^(?:注|填写说明|填报说明|说明|要求|格式要求)\s*[:：]`)
)

// blankForm reports whether a case or measures document holds nothing but the form's own text.
func (f *opened) blankForm(c *call.Call, fs facts) bool {
	if f.Case != nil && f.Case.Facts["title"] != "" {
		return false
	}
	filled := 0
	if f.Case != nil {
		for _, v := range f.Case.Facts {
			if v != "" {
				filled++
			}
		}
	}
	sections := slices.Concat(c.Case.Sections, c.Measures.Sections)
	words := 0
	for i, l := range f.Lines {
		if l.Apart || l.Facts {
			continue
		}
		s := instructionText.ReplaceAllString(l.Text, "")
		b := rule.Bare(s)
		if instructionLine.MatchString(strings.TrimSpace(s)) || formTitle.MatchString(b) || (i < 4 && strings.HasSuffix(b, "培育举措")) ||
			slices.ContainsFunc(sections, func(x call.Section) bool { return rule.HasSection([]string{rule.HeadingOf(s)}, x) }) {
			continue
		}
		if rule.Placeholder(s) != "" {
			continue
		}
		words += casedoc.Words(s)
	}
	if f.Part == call.PartMeasures {
		return words < 15
	}
	return filled <= 2 && words < 40
}
