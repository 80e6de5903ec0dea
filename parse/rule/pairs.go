package rule

import (
	"fmt"
	"slices"
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
	score := make([][]float64, len(rows))
	for i, r := range rows {
		score[i] = make([]float64, len(files))
		for j, f := range files {
			score[i][j] = p.pairScore(r, f)
		}
	}
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

func (p *Pass) pairScore(r *Row, f *File) float64 {
	title := Bare(r.Text("title"))
	if title == "" {
		return p.pairUntitled(r, f)
	}
	s := 0.0
	if f.Case != nil {
		if fact := Bare(f.Case.Facts["title"]); fact != "" {
			u := Unlike(title, fact)
			if u > apart {
				return 0
			}
			s = 1000 * (1 - u)
		} else {
			for _, line := range f.Case.Titles {
				if u := Unlike(title, Bare(line)); u <= apart {
					s = max(s, 1000*(1-u))
				}
			}
		}
	}
	if s == 0 {
		s = p.nameScore(title, r, f)
	}
	if s > 0 {
		s += p.agreement(r, f)
		if !f.Prior {
			s += 150 // what came now replaces what stood
		}
	}
	return s
}

// pairUntitled pairs a row whose title is empty, so that only that fault is told: by cluster and direction, else with
// whatever file is left over.
func (p *Pass) pairUntitled(r *Row, f *File) float64 {
	if f.Case == nil || !p.sameCluster(r, f) {
		return 1 // better than leaving both alone
	}
	return 10 + p.agreement(r, f)/10
}

// nameScore pairs by the file's name, for files whose own title is not readable.
func (p *Pass) nameScore(title string, r *Row, f *File) float64 {
	name := Bare(NameStem(f.Name))
	switch {
	case len([]rune(title)) >= 4 && strings.Contains(name, title):
		return 600
	case Unlike(title, name) <= apart:
		return 500
	}
	if p.sameDirection(r, f) {
		if cluster := p.Register.Key(r.Text("cluster"), p.City()); cluster != "" && strings.Contains(name, cluster) {
			return 200
		}
		if n, ok := Seq(r.Text("seq")); ok && strings.HasSuffix(name, fmt.Sprintf("案例%d", n)) {
			return 100
		}
	}
	return 0
}

func (p *Pass) agreement(r *Row, f *File) float64 {
	s := 0.0
	if p.sameCluster(r, f) {
		s += 300
	}
	if p.sameDirection(r, f) {
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

func (p *Pass) sameDirection(r *Row, f *File) bool {
	d, _ := Direction(r.Text("direction"), p.Call.Directions)
	if d == "" {
		return false
	}
	if f.Case != nil && f.Case.Facts["direction"] != "" {
		own, _ := Direction(f.Case.Facts["direction"], p.Call.Directions)
		return own == d
	}
	return strings.Contains(Bare(f.Name), Bare(d))
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
			"名称相差不超过四分之一的算同一案例；没有汇总表时不作判断；打不开的文件和空白表已另有说明，不再报缺少。",
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
	if part, asked := p.Call.Part(call.PartCase); p.Partial || !asked || !part.Required {
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
		p.report(finding.New("case.file-missing", p.Table.Place(r, "title")).Got(title, "").
			Saying(fmt.Sprintf("第 %d 行的案例“%s”没有对应的案例文件。", r.Number, title)).
			Cured("请补报该案例的 Word 文件；如已报送，请核对文件中的案例名称是否与汇总表一致。"))
	}
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
			x = x.Saying(fmt.Sprintf("《%s》与《%s》的案例名称相同，而汇总表中只有一行。", f.Name, twin.Name)).
				Cured("请确认以哪一个为准并删去另一个，或更正案例名称、在汇总表中补上一行。")
		case title != "":
			x = x.Saying(fmt.Sprintf("案例“%s”（《%s》）在汇总表中没有对应的行。", title, f.Name)).
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

func mismatchRule() Rule {
	return Rule{
		Codes: []finding.Code{"case.mismatch"},
		Doc:   "汇总表与案例文件基本信息表中的案例名称、所属集群、案例方向应一致；标点、空格、全角半角、异体字和集群名称的等同写法不算不同。",
		Run: func(p *Pass) {
			p.rows(func(t *Table, r *Row) {
				if r.Case != nil && r.Case.Case != nil && r.Twin == nil {
					p.mismatches(t, r, r.Case)
				}
			})
		},
	}
}

func (p *Pass) mismatches(t *Table, r *Row, f *File) {
	facts := f.Case.Facts
	if a, b := Bare(r.Text("title")), Bare(facts["title"]); a != "" && b != "" && a != b {
		p.mismatch(t, r, f, "title")
	}
	if facts["cluster"] != "" && (r.Match.Kind == Exact || r.Match.Kind == Near) {
		m := p.Register.Find(facts["cluster"], p.City())
		if m.Name() != r.Match.Name() && !p.sameCluster(r, f) {
			p.mismatch(t, r, f, "cluster")
		}
	}
	d, _ := Direction(r.Text("direction"), p.Call.Directions)
	own, named := Direction(facts["direction"], p.Call.Directions)
	if d == "" || Blank(facts["direction"]) || own == d || (own == "" && named > 0 && strings.Contains(Bare(facts["direction"]), Bare(d))) {
		return
	}
	p.mismatch(t, r, f, "direction")
}

func (p *Pass) mismatch(t *Table, r *Row, f *File, id string) {
	row, file := cut(r.Text(id), 60), cut(f.Case.Facts[id], 60)
	at := t.Place(r, id)
	at.Where = "案例文件《" + f.Name + "》"
	p.report(finding.New("case.mismatch", at).Got(row, file).
		Saying(fmt.Sprintf("%s在汇总表第 %d 行是“%s”，在案例文件《%s》中是“%s”，两处不一致。", p.header(id), r.Number, row, f.Name, file)))
}

func copyRule() Rule {
	return Rule{
		Codes: []finding.Code{"case.copy"},
		Doc:   "同一案例既有 Word 文件又有盖章的 PDF 或扫描件时，以 Word 文件为准，PDF 只作记录。",
		Run: func(p *Pass) {
			for _, f := range p.Files {
				if f.Part == call.PartCase && f.CopyOf != nil && f.Same == nil {
					p.report(finding.New("case.copy", f.At()).Saying("《" + f.Name + "》与《" + f.CopyOf.Name + "》是同一案例，以《" + f.CopyOf.Name + "》为准。"))
				}
			}
		},
	}
}
