package parse

import (
	"regexp"
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
