package rule

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"baosong/parse/finding"
)

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
