package rule

import (
	"strings"

	"baosong/parse/call"
	"baosong/parse/finding"
)

func measuresRule() Rule {
	return Rule{
		Codes: []finding.Code{"measures.missing", "measures.section-missing"},
		Doc:   "每市报送一份培育举措，含规定的各部分，标题是本市的。零报告和只核对部分材料时不要求。",
		Run: func(p *Pass) {
			part, asked := p.Call.Part(call.PartMeasures)
			there := p.opaque() || p.unreadUnnamed()
			for _, f := range p.Files {
				if f.Presumed == call.PartMeasures {
					there = true
				}
				if f.Part != call.PartMeasures {
					continue
				}
				there = true
				if f.CopyOf != nil || f.Same != nil || f.Scan || f.Blank || f.Doc == nil {
					continue
				}
				p.measuresCity(f)
				p.measuresSections(f)
			}
			if asked && part.Required && !there && !p.Partial && !p.Nil {
				if f := p.within(p.measuresTitle(), call.PartSummary, call.PartCase); f != nil {
					p.report(finding.New("measures.missing", f.At()).Saying(part.Name + "与别的材料写在同一个文件《" + f.Called() + "》里，没有单独的文件。").
						Cured("请把《" + p.measuresTitle() + "》单独存为一个 Word 文件发来；其余内容不必重发。"))
					return
				}
				p.report(finding.New("measures.missing", finding.Place{}).Saying("尚未收到" + part.Name + "。").Cured("请补报《" + p.measuresTitle() + "》。"))
			}
		},
	}
}

// unreadUnnamed reports whether more files of untold kind could not be read than rows lack a case: one may be it.
func (p *Pass) unreadUnnamed() bool {
	n := 0
	for _, f := range p.Files {
		if f.Guessed && f.Presumed == call.PartCase && f.Same == nil {
			n++
		}
	}
	if n > 0 && p.Table != nil {
		for _, r := range p.Table.Rows {
			if r.Case == nil && r.Twin == nil {
				n--
			}
		}
	}
	return n > 0
}

func (p *Pass) measuresTitle() string {
	if p.Unit == nil {
		return p.Call.Measures.Title
	}
	return p.Unit.City + p.Call.Measures.Title
}

// measuresCity reports measures whose title names another city of the roster: 芜湖市…培育举措 sent by 阜阳市.
func (p *Pass) measuresCity(f *File) {
	if p.Unit == nil {
		return
	}
	for _, u := range p.Call.Units {
		for _, l := range f.Lines {
			title := strings.TrimPrefix(Squeeze(l.Text), "安徽省")
			if u.City != p.Unit.City && u.City != "" && strings.HasPrefix(title, u.City) && strings.Contains(title, p.Call.Measures.Title) {
				p.report(finding.New("city.mismatch", f.At()).Got(cut(title, 40), p.measuresTitle()).
					Saying("《" + f.Called() + "》的标题写的是" + u.City + "，不是" + p.Unit.City + "。").Cured("请核对是否误用了其他市的文件；如是本市的，请更正标题。"))
				return
			}
		}
	}
}

func (p *Pass) measuresSections(f *File) {
	var headings []string
	for _, l := range f.Lines {
		if h := HeadingOf(l.Text); h != "" {
			headings = append(headings, h)
		}
	}
	for _, s := range p.Call.Measures.Sections {
		if !f.Cut && !HasSection(headings, s) {
			p.report(finding.New("measures.section-missing", f.At()).Got("", s.Heading).
				Saying("培育举措《" + f.Called() + "》中没有找到“" + s.Heading + "”部分。").Cured("请补上“" + s.Heading + "”，标题独占一行。"))
		}
	}
}
