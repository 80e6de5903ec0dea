package rule

import (
	"slices"
	"unicode/utf8"

	"baosong/parse/call"
	"baosong/parse/casedoc"
)

// within returns the document of one of the parts in which a line of its own says the title of something that is missed as a
// file: most likely it was written into that one.
func (p *Pass) within(title string, parts ...call.PartID) *File {
	want := Bare(title)
	if utf8.RuneCountInString(want) < 6 {
		return nil
	}
	for _, f := range p.Files {
		if f.Doc == nil || f.Same != nil || f.CopyOf != nil || !slices.Contains(parts, f.Part) {
			continue
		}
		if slices.ContainsFunc(f.Doc.Blocks, func(b casedoc.Block) bool { return b.Table == nil && Bare(b.Text) == want }) {
			return f
		}
	}
	return nil
}
