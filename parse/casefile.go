package parse

import (
	"regexp"
	"slices"
	"strings"

	"baosong/parse/call"
	"baosong/parse/casedoc"
	"baosong/parse/rule"
)

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
