package rule

import (
	"fmt"
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
