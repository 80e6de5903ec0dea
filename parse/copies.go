package parse

import (
	"regexp"
	"strings"

	"baosong/parse/call"
	"baosong/parse/container"
	"baosong/parse/rule"
)

var stampWords = regexp.MustCompile(`盖章版?|签章版?|扫描版?件?|签字版?|正式版|终稿|定稿|pdf版?|word版?|副本|复印件|电子版`)

func bareStem(f *opened) string {
	return stampWords.ReplaceAllString(rule.Bare(rule.NameStem(f.Name)), "")
}

// copies finds the stamped PDFs and scans of files that are there in an editable form.
func (m *composition) copies() {
	for _, f := range m.files {
		if !f.used || f.Same != nil || len(f.Faults) > 0 && f.Doc == nil && !f.Picture || (f.format != container.PDF && !f.Scan && !f.Picture) {
			continue
		}
		switch f.Part {
		case call.PartSummary:
			if t := m.pass.Table; t != nil && t.File != &f.File {
				f.CopyOf = t.File
			}
		case call.PartMeasures:
			f.CopyOf = m.editable(func(g *opened) bool { return g.Part == call.PartMeasures })
		case call.PartCase, call.PartUnknown:
			if f.Picture && f.Part == call.PartUnknown {
				continue
			}
			if f.CopyOf = m.editable(func(g *opened) bool { return g.Part == call.PartCase && copyOfCase(f, g) }); f.CopyOf != nil {
				f.Part = call.PartCase
			}
		}
	}
}

func (m *composition) editable(fits func(*opened) bool) *rule.File {
	for _, g := range m.files {
		if g.used && g.Doc != nil && g.format != container.PDF && !g.Scan && !g.Blank && fits(g) {
			return &g.File
		}
	}
	return nil
}

// copyOfCase compares by text where both have it, else by name.
func copyOfCase(f, g *opened) bool {
	if g.Case == nil {
		return false
	}
	if f.Case != nil && !f.Scan {
		return rule.Alike(&f.File, &g.File) || (rule.Bare(f.Case.Title()) != "" && rule.Bare(f.Case.Title()) == rule.Bare(g.Case.Title()))
	}
	if f.Part == call.PartUnknown && !f.Scan {
		return false
	}
	name, title := bareStem(f), rule.Bare(g.Case.Title())
	return name != "" && (name == bareStem(g) || (title != "" && strings.Contains(name, title)) || (len([]rune(name)) >= 4 && strings.Contains(title, name)))
}

// pictures gives pictures that came as files to the case whose name they, or the folder they came in, bear.
func (m *composition) pictures() {
	for _, f := range m.files {
		if !f.used || !f.Picture || f.Part != call.PartUnknown || f.Same != nil {
			continue
		}
		for _, g := range m.files {
			if g.used && g.Part == call.PartCase && g.Case != nil && g.CopyOf == nil && !g.Blank && bearsName(f.Path, g) {
				f.Part = call.PartCase
				g.Case.Pictures++
				break
			}
		}
		if f.Prior && f.Part == call.PartUnknown {
			f.used = false
		}
	}
}

func bearsName(path string, g *opened) bool {
	title, own := rule.Bare(g.Case.Title()), rule.Bare(rule.NameStem(g.Name))
	for _, part := range strings.Split(strings.ReplaceAll(path, "\\", "/"), "/") {
		s := rule.Bare(rule.NameStem(part))
		if s == "" {
			continue
		}
		if (len([]rune(title)) >= 4 && strings.Contains(s, title)) || (len([]rune(own)) >= 3 && strings.Contains(s, own)) {
			return true
		}
		trimmed := strings.TrimRight(strings.NewReplacer("图片", "", "配图", "", "照片", "", "图", "").Replace(s), "0123456789一二三四五六七八九十")
		if len([]rune(trimmed)) >= 4 && strings.Contains(title, trimmed) {
			return true
		}
	}
	return false
}
