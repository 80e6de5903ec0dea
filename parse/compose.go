package parse

import (
	"slices"

	"baosong/parse/call"
	"baosong/parse/container"
	"baosong/parse/rule"
)

// composition puts the files together: what came now, what still stands, what is a copy of what.
type composition struct {
	files []*opened
	pass  *rule.Pass
}

// compose settles which files stand, in the order in which one decision rests on another.
func (m *composition) compose() {
	m.sameBytes()
	m.dropPrior()
	m.chooseTable()
	m.copies()
	m.pictures()
	m.match()
	m.pass.Files = m.standing()
	m.pass.Pair()
	m.comeBack()
	m.looseEnds()
	m.pass.Files = m.standing()
	m.pass.Pair()
	m.twins()
}

// twins tells standing files of one name apart by their paths.
func (m *composition) twins() {
	paths := map[string][]string{}
	for _, f := range m.pass.Files {
		if !slices.Contains(paths[f.Name], f.Path) {
			paths[f.Name] = append(paths[f.Name], f.Path)
		}
	}
	for _, f := range m.pass.Files {
		if f.Twin = len(paths[f.Name]) > 1; !f.Twin {
			continue
		}
		for i := range f.Faults {
			f.Faults[i].Path = f.Path
		}
	}
}

func (m *composition) standing() []*rule.File {
	var out []*rule.File
	for _, f := range m.files {
		if f.used {
			out = append(out, &f.File)
		}
	}
	return out
}

// sameBytes marks files that came twice now, and lets a file that came again take the place of the earlier one.
func (m *composition) sameBytes() {
	for i, f := range m.files {
		if f.SHA256 == "" || f.in.Fault != nil {
			continue
		}
		for _, g := range m.files[:i] {
			if g.SHA256 != f.SHA256 || g.Same != nil || !g.used {
				continue
			}
			switch {
			case g.Prior && !f.Prior:
				g.used = false
			case f.Prior:
				f.used = false
			default:
				f.Same = &g.File
			}
		}
	}
}

// dropPrior takes earlier files out that a new one replaces, and those that stand for nothing.
func (m *composition) dropPrior() {
	newTable, newMeasures := false, false
	for _, f := range m.files {
		newTable = newTable || (!f.Prior && len(f.Tables) > 0 && !f.onlySamples())
		newMeasures = newMeasures || (!f.Prior && f.Part == call.PartMeasures && !f.Blank)
	}
	for _, f := range m.files {
		if !f.Prior || !f.used {
			continue
		}
		switch {
		case f.Part == call.PartUnknown && !f.Picture, f.Blank, f.onlySamples(),
			newTable && f.Part == call.PartSummary,
			newMeasures && f.Part == call.PartMeasures,
			f.Part == call.PartCase && m.replaced(f):
			f.used = false
		}
	}
}

func (f *opened) onlySamples() bool {
	if len(f.Tables) == 0 {
		return false
	}
	samples := 0
	for _, t := range f.Tables {
		if len(t.Rows) > 0 || t.Header == 0 {
			return false
		}
		samples += t.Samples
	}
	return samples > 0
}

func (m *composition) replaced(old *opened) bool {
	return slices.ContainsFunc(m.files, func(f *opened) bool {
		if f.Prior || f.Part != call.PartCase || f.Blank {
			return false
		}
		if rule.Bare(rule.NameStem(f.Name)) == rule.Bare(rule.NameStem(old.Name)) {
			return true
		}
		return f.Case != nil && old.Case != nil && m.caseKey(f) == m.caseKey(old) && f.Case.Title() != ""
	})
}

func (m *composition) caseKey(f *opened) string {
	return m.pass.Register.Key(f.Case.Facts["cluster"], m.pass.City()) + "|" + rule.Bare(f.Case.Title())
}

// setListsAside passes over tables that tell of no case, such as an extract of the register, where another table does.
func (m *composition) setListsAside() {
	list := func(t *rule.Table) bool {
		_, title := t.Columns["title"]
		_, direction := t.Columns["direction"]
		return t.Header > 0 && !title && !direction
	}
	if !slices.ContainsFunc(m.files, func(f *opened) bool {
		return slices.ContainsFunc(f.Tables, func(t *rule.Table) bool { return t.Header > 0 && !list(t) })
	}) {
		return
	}
	for _, f := range m.files {
		n := len(f.Tables)
		if f.Tables = slices.DeleteFunc(f.Tables, list); n > 0 && len(f.Tables) == 0 {
			f.Part = call.PartUnknown
		}
	}
}

// chooseTable takes the first summary table with rows: of an editable file before a PDF's, visible before hidden, new before
// earlier ones. Without rows the first table at all counts.
func (m *composition) chooseTable() {
	m.setListsAside()
	var tables []*rule.Table
	for _, pdf := range []bool{false, true} {
		for _, f := range m.files {
			if f.used && f.Same == nil && (f.format == container.PDF) == pdf {
				tables = append(tables, f.Tables...)
			}
		}
	}
	var best *rule.Table
	for _, grade := range []func(*rule.Table) bool{
		func(t *rule.Table) bool { return len(t.Rows) > 0 && !t.Hidden },
		func(t *rule.Table) bool { return len(t.Rows) > 0 },
		func(t *rule.Table) bool { return t.Header == 0 },
		func(t *rule.Table) bool { return true },
	} {
		if i := slices.IndexFunc(tables, grade); i >= 0 {
			best = tables[i]
			break
		}
	}
	if best == nil {
		return
	}
	for _, f := range m.files {
		if &f.File == best.File && f.onlySamples() {
			f.Blank = true
			return
		}
	}
	m.pass.Table = best
	for _, t := range tables {
		if t != best && len(t.Rows) > 0 && !t.Hidden && !(m.opened(t.File).format == container.PDF && m.opened(best.File).format != container.PDF) {
			m.pass.Others = append(m.pass.Others, t)
		}
	}
}

func (m *composition) opened(f *rule.File) *opened {
	for _, o := range m.files {
		if &o.File == f {
			return o
		}
	}
	return nil
}

// match looks every row's cluster up and marks repeated rows.
func (m *composition) match() {
	t := m.pass.Table
	if t == nil {
		return
	}
	for _, r := range t.Rows {
		r.Match = m.pass.Register.Find(r.Text("cluster"), m.pass.City())
	}
	rule.Twins(t, func(r *rule.Row) string {
		if rule.Blank(r.Text("title")) || rule.Blank(r.Text("cluster")) {
			return ""
		}
		return m.rowKey(r)
	})
}

func (m *composition) rowKey(r *rule.Row) string {
	return m.pass.Register.Key(r.Text("cluster"), m.pass.City()) + "|" + rule.Bare(r.Text("title"))
}

// comeBack lets earlier cases stand again that the summary had left out for a while and that a row without a file names now, unless
// a newer file has taken their place.
func (m *composition) comeBack() {
	if m.pass.Table == nil {
		return
	}
	back := false
	for _, r := range m.pass.Table.Rows {
		if r.Case != nil {
			continue
		}
		for _, f := range m.files {
			if f.in.Spare && !f.used && f.Part == call.PartCase && f.Case != nil && m.caseKey(f) == m.rowKey(r) && !m.superseded(f) {
				f.used, back = true, true
				break
			}
		}
	}
	if back {
		m.pass.Files = m.standing()
		m.pass.Pair()
	}
}

// superseded reports whether a standing case has the name of an earlier one, or much of its text.
func (m *composition) superseded(old *opened) bool {
	return slices.ContainsFunc(m.files, func(f *opened) bool {
		return f != old && f.used && f.Part == call.PartCase && !f.Blank &&
			(rule.Bare(rule.NameStem(f.Name)) == rule.Bare(rule.NameStem(old.Name)) || rule.Alike(&f.File, &old.File))
	})
}

// looseEnds drops earlier case files that a new summary no longer lists or a new case replaces, and takes scans of
// unknown name for the cases that rows still lack.
func (m *composition) looseEnds() {
	t := m.pass.Table
	if t == nil || t.Header == 0 {
		return
	}
	paired, lacking := map[*rule.File]bool{}, 0
	for _, r := range t.Rows {
		paired[r.Case] = true
		if r.Case == nil {
			lacking++
		}
	}
	for _, f := range m.files {
		switch {
		case f.used && f.Scan && f.Part == call.PartUnknown && f.Same == nil && !f.Picture && lacking > 0:
			f.Part = call.PartCase
			lacking--
		case f.Prior && f.used && f.Part == call.PartCase && !f.Picture && f.CopyOf == nil && !paired[&f.File] && (!t.File.Prior || m.resembles(f)):
			f.used = false
		}
	}
	for _, f := range m.files {
		if f.Prior && f.CopyOf != nil && !m.opened(f.CopyOf).used {
			f.used = false
		}
	}
}

// resembles reports whether a new case is a mended form of an earlier one.
func (m *composition) resembles(old *opened) bool {
	return slices.ContainsFunc(m.files, func(f *opened) bool {
		if f.Prior || !f.used || f.Part != call.PartCase || f.Case == nil || old.Case == nil {
			return false
		}
		return rule.Unlike(rule.Bare(f.Case.Title()), rule.Bare(old.Case.Title())) <= 0.25 || rule.Alike(&f.File, &old.File)
	})
}
