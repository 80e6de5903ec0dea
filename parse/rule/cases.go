package rule

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"baosong/parse/call"
	"baosong/parse/finding"
)

// readable runs over the case files whose text was read.
func (p *Pass) readable(visit func(*File, *CaseDoc)) {
	for _, f := range p.Cases() {
		if f.Case != nil && !f.Blank && !f.Scan {
			visit(f, f.Case)
		}
	}
}

func sectionRule() Rule {
	return Rule{
		Codes: []finding.Code{"case.section-missing"},
		Doc:   "案例应有表样规定的各部分。标题前有没有序号、用哪种序号都可以，“集群概况”“做法”“主要成效”“推广价值”等写法同样接受。",
		Run: func(p *Pass) {
			p.readable(func(f *File, d *CaseDoc) {
				for _, s := range p.Call.Case.Sections {
					if !f.Cut && !HasSection(d.Headings, s) {
						p.report(finding.New("case.section-missing", f.At()).Got("", s.Heading).
							Saying("《" + f.Called() + "》中没有找到“" + s.Heading + "”部分。").Cured("请按表样补上“" + s.Heading + "”，标题独占一行。"))
					}
				}
			})
		},
	}
}

// HasSection reports whether one of the bare headings is the section's, or one of its variants, alone or joined with
// another by 与, 和, 及.
func HasSection(headings []string, s call.Section) bool {
	variants := []string{Bare(s.Heading)}
	for _, v := range s.Synonyms {
		variants = append(variants, Bare(v))
	}
	return slices.ContainsFunc(headings, func(h string) bool {
		if slices.Contains(variants, h) {
			return true
		}
		for _, piece := range strings.FieldsFunc(h, func(r rune) bool { return strings.ContainsRune("与和及", r) }) {
			if slices.Contains(variants, piece) {
				return true
			}
		}
		return false
	})
}

// HeadingOf returns the bare heading that a line may be, "" when it is a sentence: the text without its number, up to
// a colon or full stop when little stands before it.
func HeadingOf(line string) string {
	s := Numbered(line)
	numbered := s != strings.TrimSpace(Plain(line))
	if i := strings.IndexFunc(s, func(r rune) bool { return strings.ContainsRune(":。\n", r) || (numbered && unicode.IsSpace(r)) }); i > 0 {
		if head := Bare(s[:i]); len([]rune(head)) >= 2 && len([]rune(head)) <= 14 {
			return head
		}
	}
	h := Bare(bracketPattern.ReplaceAllString(s, ""))
	if h == "" { // the heading itself stands in brackets
		h = Bare(s)
	}
	if len([]rune(h)) <= 20 {
		return h
	}
	return ""
}

func wordsRule() Rule {
	return Rule{
		Codes: []finding.Code{"case.too-long", "case.too-short"},
		Doc: "案例正文（基本信息表之后的全部内容，含标题和图注）按 Word 的字数统计：超过上限提示精简，超过上限的一成须精简；过少须补充。" +
			"12.5% 一类的数字算一个字。",
		Run: func(p *Pass) {
			form := p.Call.Case
			p.readable(func(f *File, d *CaseDoc) {
				at := f.At()
				at.Where = "正文"
				found := fmt.Sprintf("%d 字", d.Words)
				switch {
				case d.Words > form.HardWords:
					x := finding.New("case.too-long", at).Got(found, fmt.Sprintf("不超过 %d 字", form.MaxWords))
					x.Severity = finding.Error
					p.report(x.Saying(fmt.Sprintf("《%s》正文 %d 字，超过 %d 字较多。", f.Called(), d.Words, form.MaxWords)).
						Cured(fmt.Sprintf("请精简到 %d 字以内。", form.MaxWords)))
				case d.Words > form.MaxWords:
					p.report(finding.New("case.too-long", at).Got(found, fmt.Sprintf("不超过 %d 字", form.MaxWords)).
						Saying(fmt.Sprintf("《%s》正文 %d 字，超过 %d 字。", f.Called(), d.Words, form.MaxWords)).
						Cured(fmt.Sprintf("请精简到 %d 字以内。", form.MaxWords)))
				case d.Words < form.MinWords && !f.Cut:
					p.report(finding.New("case.too-short", at).Got(found, fmt.Sprintf("至少 %d 字", form.MinWords)).
						Saying(fmt.Sprintf("《%s》正文 %d 字，不足 %d 字。", f.Called(), d.Words, form.MinWords)))
				}
			})
		},
	}
}

func picturesRule() Rule {
	return Rule{
		Codes: []finding.Code{"case.pictures"},
		Doc:   "案例应配图片：正文中内容不同的图片、图表、SmartArt 各算一张，页眉页脚中的不算；单独发来、以案例名称命名的图片也算。",
		Run: func(p *Pass) {
			want := p.Call.Case.Pictures
			p.readable(func(f *File, d *CaseDoc) {
				if d.Pictures < want && !f.Cut {
					p.report(finding.New("case.pictures", f.At()).Got(fmt.Sprintf("%d 张", d.Pictures), fmt.Sprintf("至少 %d 张", want)).
						Saying(fmt.Sprintf("《%s》有图片 %d 张，少于 %d 张。", f.Called(), d.Pictures, want)))
				}
			})
		},
	}
}

var (
	bracketPattern = regexp.MustCompile(`[(（\[【〔<《][^)）\]】〕>》]{0,40}[)）\]】〕>》]`)
	fillInPattern  = regexp.MustCompile(`[(\[【〔<《][^)\]】〕>》]{0,20}(?:请填写|请输入|请简要|请详细|请说明|请在此|此处填写|填写说明|简要介绍|字以内|不超过\d+字|字数)[^)\]】〕>》]{0,80}[)\]】〕>》]|请在此(?:处)?(?:填写|输入|插入)|此处(?:填写|输入|插入)|点击(?:或点按)?此处|单击此处|在此处键入`)
	instruction    = regexp.MustCompile(`^(?:填写说明|填报说明|填表说明)[:：]?`)
)

func placeholderRule() Rule {
	return Rule{
		Codes: []finding.Code{"case.placeholder"},
		Doc:   "案例中还留有代替名称的 XX、××、*** ，或（请填写……）一类表样的说明文字。型号、乘号、打码的电话号码不算。",
		Run: func(p *Pass) {
			p.readable(func(f *File, d *CaseDoc) {
				var shown []string
				var where string
				for _, l := range f.Lines {
					if l.Apart {
						continue
					}
					if s := Placeholder(l.Text); s != "" {
						if where == "" {
							where = l.Where
						}
						if !slices.Contains(shown, s) {
							shown = append(shown, s)
						}
					}
				}
				if len(shown) == 0 {
					return
				}
				at := f.At()
				at.Where = where
				text := strings.Join(shown[:min(len(shown), 3)], "”“")
				p.report(finding.New("case.placeholder", at).Got(text, "").Saying("《" + f.Called() + "》中还留有“" + text + "”，像是表样的说明文字或占位符。"))
			})
		},
	}
}

// Placeholder returns what in a line stands for something still to be written, or "".
func Placeholder(line string) string {
	if !strings.ContainsAny(line, "Xx×*ＸｘX＊请此处击写不字简填") {
		return ""
	}
	s := Plain(line)
	if m := fillInPattern.FindString(s); m != "" {
		return cut(m, 30)
	}
	if m := instruction.FindString(strings.TrimSpace(s)); m != "" {
		return m
	}
	rs := []rune(s)
	for i := 0; i < len(rs); {
		j := i
		for j < len(rs) && placeMark(rs[j]) && unicode.ToLower(rs[j]) == unicode.ToLower(rs[i]) {
			j++
		}
		if j > i && standsForName(rs, i, j) {
			return string(rs[wordStart(rs, i):wordEnd(rs, j)])
		}
		i = max(j, i+1)
	}
	return ""
}

// wordStart and wordEnd take up to two characters before a mark and six behind it, as far as the clause goes.
func wordStart(rs []rune, i int) int {
	for n := 0; n < 2 && i > 0 && Han(rs[i-1]); n++ {
		i--
	}
	return i
}

func wordEnd(rs []rune, j int) int {
	for n := 0; n < 6 && j < len(rs) && Han(rs[j]); n++ {
		j++
	}
	return j
}

func placeMark(r rune) bool { return strings.ContainsRune("Xx×*", r) }

// standsForName reports whether the run rs[i:j] of one mark takes a name's place: XX市, 某××公司, ***企业. A single mark, a run
// within a word or number and a line of marks are something else.
func standsForName(rs []rune, i, j int) bool {
	need := 2
	if rs[i] == '*' {
		need = 3
	}
	if j-i < need || j-i > 6 {
		return false
	}
	before, after := ' ', ' '
	if i > 0 {
		before = rs[i-1]
	}
	if j < len(rs) {
		after = rs[j]
	}
	if alnum(before) || alnum(after) || strings.ContainsRune("-_./@", after) || strings.ContainsRune("-_./@", before) {
		return false
	}
	return Han(before) || Han(after) || (i == 0 && j == len(rs) && rs[i] != '*')
}

func duplicateCaseRule() Rule {
	return Rule{
		Codes: []finding.Code{"case.duplicate"},
		Doc:   "两个案例的正文有八成以上的五字片段相同，提示是否重复报送；同一次报送内逐字比较，与其他市的案例按摘要比较。",
		Run: func(p *Pass) {
			type seen struct {
				f *File
				s []uint32
			}
			var before []seen
			p.readable(func(f *File, d *CaseDoc) {
				s := d.Grams
				for _, b := range before {
					if alike(s, b.s) {
						p.report(finding.New("case.duplicate", f.At()).Got("《"+b.f.Called()+"》", "").
							Saying("《" + f.Called() + "》与《" + b.f.Called() + "》的内容基本相同。"))
						break
					}
				}
				before = append(before, seen{f, s})
			})
		},
	}
}

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
