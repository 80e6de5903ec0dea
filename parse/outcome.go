package parse

import (
	"fmt"

	"baosong/parse/call"
	"baosong/parse/finding"
	"baosong/parse/rule"
)

// owed returns the required parts that are not there at all. A part that came but could not be read is still owed.
func (m *composition) owed() []call.PartID {
	out := []call.PartID{}
	if m.pass.Nil {
		return out
	}
	there := map[call.PartID]bool{call.PartSummary: m.pass.Table != nil && len(m.pass.Table.Rows) > 0}
	for _, f := range m.files {
		if f.used && !f.Blank && (f.Part == call.PartCase && !f.Picture || f.Part == call.PartMeasures) {
			there[f.Part] = true
		}
	}
	for _, p := range m.pass.Call.Parts {
		if p.Required && !there[p.ID] {
			out = append(out, p.ID)
		}
	}
	return out
}

func (m *composition) rows() []Row {
	t := m.pass.Table
	if t == nil {
		return nil
	}
	var out []Row
	for _, r := range t.Rows {
		row := Row{File: t.File.Name, Sheet: t.Sheet, Row: r.Number, Values: map[string]string{}, Cells: map[string]string{}}
		for id, c := range r.Cells {
			row.Values[id], row.Cells[id] = c.Text, c.Address
		}
		if r.Case != nil {
			row.CaseFile = r.Case.Name
		}
		out = append(out, row)
	}
	return out
}

// cases returns one case per row that repeats no other; without a summary, one per case file, none of them in order yet.
func (m *composition) cases(found []finding.Finding) []Case {
	t := m.pass.Table
	var out []Case
	if t == nil || t.Header == 0 {
		for _, f := range m.pass.Cases() {
			if f.Case != nil && !f.Blank {
				out = append(out, m.fileCase(f))
			}
		}
		return out
	}
	for _, r := range t.Rows {
		if r.Twin == nil {
			c := m.rowCase(r)
			c.OK = r.Case != nil && !m.faulty(found, r)
			out = append(out, c)
		}
	}
	return out
}

// faulty reports whether an error stands on a row, on its case file, or on the header above it.
func (m *composition) faulty(found []finding.Finding, r *rule.Row) bool {
	t := m.pass.Table
	for _, x := range found {
		if x.Severity != finding.Error || m.pass.Call.OnProbation(x.Code) {
			continue
		}
		if x.In(t.File.Path) && (x.Sheet == t.Sheet || x.Sheet == "") && (x.Row == r.Number || x.Code == "sheet.column-missing" || m.mergedFault(x, r)) {
			return true
		}
		if r.Case != nil && x.In(r.Case.Path) && r.Case != t.File {
			return true
		}
	}
	return false
}

// mergedFault reports whether a fault was told at the cell that a row shares with others by merging.
func (m *composition) mergedFault(x finding.Finding, r *rule.Row) bool {
	return x.Cell != "" && x.Column != "" && r.Cells[x.Column].Address == x.Cell
}

func (m *composition) rowCase(r *rule.Row) Case {
	c := Case{Key: m.rowKey(r), Title: r.Text("title"), Cluster: r.Text("cluster"), Level: r.Text("level"), Direction: r.Text("direction"),
		City: r.Text("city"), County: r.Text("county"), Year: r.Text("year"), Body: r.Text("body"), Contact: r.Text("contact"),
		Phone: r.Text("phone"), Note: r.Text("note"), Row: r.Number}
	m.canonical(&c)
	if k := r.Match.Clusters; len(k) > 0 && r.Match.Kind != rule.OtherCity {
		c.Cluster = k[0].Name
		if c.County == "" {
			c.County = k[0].County
		}
		if c.Year == "" && k[0].Year > 0 {
			c.Year = fmt.Sprint(k[0].Year)
		}
	}
	if r.Case != nil {
		c.File, c.SHA256 = r.Case.Path, r.Case.SHA256
		if r.Case.Case != nil {
			c.Sketch = rule.SketchOf(r.Case.Case.Grams)
		}
	}
	return c
}

// canonical puts the values that have one wording into it.
func (m *composition) canonical(c *Case) {
	if d, _ := rule.Direction(c.Direction, m.pass.Call.Directions); d != "" {
		c.Direction = d
	}
	if l, _ := rule.Level(c.Level, m.pass.Call.Levels); l != "" {
		c.Level = l
	}
	if city, _, ok := m.pass.Places.City(c.City); ok {
		c.City = city
	} else if c.City == "" && m.pass.Unit != nil {
		c.City = m.pass.Unit.City
	}
	if y, ok := rule.Year(c.Year); ok {
		c.Year = fmt.Sprint(y)
	}
	if kind, name, _ := m.pass.Places.County(c.County, c.City); c.County != "" && kind == rule.CountyKnown && name != "" {
		c.County = name
	}
}

func (m *composition) fileCase(f *rule.File) Case {
	v := f.Case.Facts
	c := Case{Title: f.Case.Title(), Cluster: v["cluster"], Level: v["level"], Direction: v["direction"], Body: v["body"], Contact: v["contact"],
		Phone: v["phone"], File: f.Path, SHA256: f.SHA256, Sketch: rule.SketchOf(f.Case.Grams)}
	m.canonical(&c)
	match := m.pass.Register.Find(c.Cluster, m.pass.City())
	if name := match.Name(); name != "" && match.Kind != rule.OtherCity {
		c.Cluster = name
	}
	c.Key = m.pass.Register.Key(c.Cluster, m.pass.City()) + "|" + rule.Bare(c.Title)
	return c
}

// SimilarSketch estimates, from the sketches of two cases, which part of their texts is the same, from 0 to 1. From 0.8
// on they are one case sent twice.
func SimilarSketch(a, b []uint32) float64 { return rule.SimilarSketch(a, b) }
