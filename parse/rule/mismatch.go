package rule

import (
	"fmt"
	"strings"

	"baosong/parse/call"
	"baosong/parse/finding"
)

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
	if chosen, boxes := ticked(facts["direction"]); boxes && len(chosen) == 0 {
		return // nothing ticked says nothing else than the summary
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
	at.Where = "案例文件《" + f.Called() + "》"
	p.report(finding.New("case.mismatch", at).Got(row, file).
		Saying(fmt.Sprintf("%s在汇总表第 %d 行是“%s”，在案例文件《%s》中是“%s”，两处不一致。", p.header(id), r.Number, row, f.Called(), file)))
}

func copyRule() Rule {
	return Rule{
		Codes: []finding.Code{"case.copy"},
		Doc:   "同一案例既有 Word 文件又有盖章的 PDF 或扫描件时，以 Word 文件为准，PDF 只作记录。",
		Run: func(p *Pass) {
			for _, f := range p.Files {
				if f.Part == call.PartCase && f.CopyOf != nil && f.Same == nil {
					p.report(finding.New("case.copy", f.At()).Saying("《" + f.Called() + "》与《" + f.CopyOf.Called() + "》是同一案例，以《" + f.CopyOf.Called() + "》为准。"))
				}
			}
		},
	}
}
