package rule

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"baosong/parse/call"
	"baosong/parse/finding"
)

// apart is the greatest part of their characters by which two titles may differ and still be one case's.
const apart = 0.25

// Pair gives each row of the table its case file: by cluster and title together, then by title, then, for files
// without a readable title, by direction and file name. A file that could not be read goes by its name.
func (p *Pass) Pair() {
	if p.Table == nil || p.Table.Header == 0 {
		return
	}
	var rows []*Row
	for _, r := range p.Table.Rows {
		if r.Twin == nil {
			rows = append(rows, r)
		}
	}
	files := p.Cases()
	files = slices.DeleteFunc(files, func(f *File) bool { return f.Blank })
	score := p.scores(rows, files)
	for i, j := range assign(score) {
		if j >= 0 {
			rows[i].Case = files[j]
		}
	}
	for _, r := range p.Table.Rows {
		if r.Twin != nil {
			r.Case = r.Twin.Case
		}
	}
}

// pairing holds what pairs are scored by, so that each name is taken apart once.
type pairing struct {
	title, cluster, direction, seq string
	lines                          []string // of a file without a title of its own: lines that may be it
	name                           string   // of a file
	fresh                          bool
}

func (p *Pass) scores(rows []*Row, files []*File) [][]float64 {
	docs := make([]pairing, len(files))
	for j, f := range files {
		docs[j] = p.filePairing(f)
	}
	score := make([][]float64, len(rows))
	for i, r := range rows {
		x := pairing{title: Bare(r.Text("title")), cluster: p.Register.Key(r.Text("cluster"), p.City())}
		x.direction, _ = Direction(r.Text("direction"), p.Call.Directions)
		if n, ok := Seq(r.Text("seq")); ok {
			x.seq = strconv.Itoa(n)
		}
		score[i] = make([]float64, len(files))
		for j := range docs {
			score[i][j] = pairScore(x, docs[j])
		}
	}
	return score
}

func (p *Pass) filePairing(f *File) pairing {
	d := pairing{name: Bare(NameStem(f.Name)), fresh: !f.Prior}
	for _, x := range p.Call.Directions {
		if strings.Contains(Bare(f.Name), Bare(x)) {
			d.direction = x
		}
	}
	if f.Case == nil {
		return d
	}
	d.title = Bare(f.Case.Facts["title"])
	for _, l := range f.Case.Titles {
		d.lines = append(d.lines, Bare(l))
	}
	if c := f.Case.Facts["cluster"]; Bare(c) != "" {
		d.cluster = p.Register.Key(c, p.City())
	}
	if x := f.Case.Facts["direction"]; x != "" {
		d.direction, _ = Direction(x, p.Call.Directions)
	}
	return d
}

func pairScore(r, d pairing) float64 {
	s := 0.0
	switch {
	case r.title == "" && (d.cluster == "" || d.cluster != r.cluster):
		return 1 // only the empty title shall be told: better than leaving both alone
	case r.title == "":
		return 10 + agreement(r, d)/10
	case d.title != "":
		if s = titleScore(r.title, d.title); s == 0 {
			return 0
		}
	default:
		for _, line := range d.lines {
			s = max(s, titleScore(r.title, line))
		}
	}
	if s == 0 {
		s = nameScore(r, d)
	}
	if s > 0 {
		s += agreement(r, d)
		if d.fresh {
			s += 150 // what came now replaces what stood
		}
	}
	return s
}

// titleScore is up to 1000 for titles that are one, 0 when they differ too much.
func titleScore(a, b string) float64 {
	if a == b {
		return 1000
	}
	ra, rb := []rune(a), []rune(b)
	longest := max(len(ra), len(rb))
	limit := int(apart * float64(longest))
	if d := Distance(ra, rb, limit); d <= limit && longest <= 400 {
		return 1000 * (1 - float64(d)/float64(longest))
	}
	return 0
}

// nameScore pairs by the file's name, for files whose own title is not readable.
func nameScore(r, d pairing) float64 {
	switch {
	case len([]rune(r.title)) >= 4 && strings.Contains(d.name, r.title):
		return 600
	case titleScore(r.title, d.name) > 0:
		return 500
	case r.direction == "" || d.direction != r.direction:
		return 0
	case r.cluster != "" && strings.Contains(d.name, r.cluster):
		return 200
	case r.seq != "" && strings.HasSuffix(d.name, "案例"+r.seq):
		return 100
	}
	return 0
}

func agreement(r, d pairing) float64 {
	s := 0.0
	if d.cluster != "" && r.cluster == d.cluster {
		s += 300
	}
	if r.direction != "" && r.direction == d.direction {
		s += 20
	}
	return s
}

func (p *Pass) sameCluster(r *Row, f *File) bool {
	if f.Case == nil || Bare(f.Case.Facts["cluster"]) == "" {
		return false
	}
	return p.Register.Key(r.Text("cluster"), p.City()) == p.Register.Key(f.Case.Facts["cluster"], p.City())
}

// NameStem returns a file's name without its extension.
func NameStem(name string) string {
	if i := strings.LastIndexByte(name, '.'); i > 0 && len(name)-i <= 6 {
		return name[:i]
	}
	return name
}

func pairRule() Rule {
	return Rule{
		Codes: []finding.Code{"case.file-missing", "case.row-missing"},
		Doc: "汇总表的每一行对应一个案例文件：先按集群和案例名称，再按案例名称，再按方向和文件名对应。" +
			"名称相差不超过四分之一的算同一案例；没有汇总表时不作判断；打不开的文件和空白表已另有说明，不再报缺少；有压缩包打不开时也不报缺少。",
		Run: func(p *Pass) {
			if p.Table == nil || p.Table.Header == 0 || len(p.Table.Rows) == 0 || !p.Table.column("title") {
				return
			}
			p.filesMissing()
			p.rowsMissing()
		},
	}
}

func (p *Pass) filesMissing() {
	if part, asked := p.Call.Part(call.PartCase); p.Partial || !asked || !part.Required || p.opaque() {
		return
	}
	var missing []*Row
	for _, r := range p.Table.Rows {
		if r.Case == nil && r.Twin == nil {
			missing = append(missing, r)
		}
	}
	explain := p.explainers()
	for _, byName := range []bool{true, false} {
		missing = slices.DeleteFunc(missing, func(r *Row) bool {
			i := slices.IndexFunc(explain, func(f *File) bool {
				return !byName || strings.Contains(Bare(NameStem(f.Name)), Bare(r.Text("title"))) && !Blank(r.Text("title"))
			})
			if i >= 0 {
				explain = slices.Delete(explain, i, i+1)
			}
			return i >= 0
		})
	}
	for _, r := range missing {
		title := cut(r.Text("title"), 60)
		if f := p.within(r.Text("title"), call.PartCase); f != nil {
			p.report(finding.New("case.file-missing", p.Table.Place(r, "title")).Got(title, "").
				Saying(fmt.Sprintf("第 %d 行的案例《%s》没有单独的案例文件，像是与别的案例写在同一个文件《%s》里。", r.Number, title, f.Called())).
				Cured("请把每个案例单独存为一个 Word 文件，与改好的《" + f.Called() + "》一并发来。"))
			continue
		}
		p.report(finding.New("case.file-missing", p.Table.Place(r, "title")).Got(title, "").
			Saying(fmt.Sprintf("第 %d 行的案例《%s》没有对应的案例文件。", r.Number, title)).
			Cured("请补报该案例的 Word 文件；如已报送，请核对文件中的案例名称是否与汇总表一致。"))
	}
}

// opaque reports whether something came that could not be opened and may hold whatever is missing.
func (p *Pass) opaque() bool {
	return slices.ContainsFunc(p.Files, func(f *File) bool { return f.Opaque })
}

// explainers returns the files that may be a missing case but could not be read or are not filled in.
func (p *Pass) explainers() []*File {
	paired := map[*File]bool{}
	for _, r := range p.Table.Rows {
		paired[r.Case] = true
	}
	var out []*File
	for _, f := range p.Files {
		if f.Same != nil || f.CopyOf != nil {
			continue
		}
		if f.Presumed == call.PartCase || (f.Part == call.PartCase && !f.Picture && !paired[f] && (f.Blank || f.Scan)) {
			out = append(out, f)
		}
	}
	return out
}

func (p *Pass) rowsMissing() {
	paired := map[*File]*Row{}
	for _, r := range p.Table.Rows {
		if r.Case != nil {
			paired[r.Case] = r
		}
	}
	for _, f := range p.Cases() {
		if paired[f] != nil || f.Blank || f.Scan {
			continue
		}
		title := cut(caseTitle(f), 60)
		x := finding.New("case.row-missing", f.At()).Got(title, "")
		twin := p.sameTitle(f, paired)
		if twin != nil && Alike(f, twin) {
			continue // told as case.duplicate
		}
		switch {
		case twin != nil:
			x = x.Saying(fmt.Sprintf("《%s》与《%s》的案例名称相同，而汇总表中只有一行。", f.Called(), twin.Called())).
				Cured("请确认以哪一个为准并删去另一个，或更正案例名称、在汇总表中补上一行。")
		case title != "":
			x = x.Saying(fmt.Sprintf("案例《%s》（《%s》）在汇总表中没有对应的行。", title, f.Called())).
				Cured("请在汇总表中补上该案例，或核对案例名称是否一致；如不报送此案例请说明。")
		}
		p.report(x)
	}
}

func (p *Pass) sameTitle(f *File, paired map[*File]*Row) *File {
	for _, g := range p.Cases() {
		if paired[g] != nil && Bare(caseTitle(f)) != "" && Bare(caseTitle(f)) == Bare(caseTitle(g)) {
			return g
		}
	}
	return nil
}

func caseTitle(f *File) string {
	if f.Case != nil {
		if t := f.Case.Title(); t != "" {
			return t
		}
	}
	return NameStem(f.Name)
}
