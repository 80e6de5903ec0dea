package rule

import (
	"regexp"
	"slices"
	"strings"

	"baosong/parse/finding"
)

func internalMarks() []string {
	return []string{"内部资料", "注意保密", "工作秘密", "不得外传"}
}

// internalKin are marks that count only beside one of the first.
func internalKin() []string {
	return []string{"内部文件", "内部材料", "内部使用", "仅供内部使用", "仅限内部使用", "请注意保密", "请勿外传", "严禁外传", "禁止外传", "注意保存", "妥善保管",
		"请妥善保管", "请注意保存", "仅供参考", "供内部参考", "内部", "未经许可不得外传", "未经批准不得外传", "严格保密", "请勿扩散", "不得扩散", "严禁扩散", "属工作秘密", "本资料为内部资料", "此件为内部资料", "不得复制", "不得翻印", "是内部资料"}
}

// InternalMark returns the mark of internal matter that stands on a line or in a sentence of its own, or "".
func InternalMark(line string) string {
	if !strings.ContainsAny(line, "部密传傳") {
		return ""
	}
	s := Plain(line)
	for _, sentence := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("。!?;\n\r\v", r) }) {
		if mark := markAlone(sentence); mark != "" {
			return mark
		}
		if mark := markInBrackets(sentence); mark != "" {
			return mark
		}
	}
	return ""
}

// subject is what a mark may be said of, in a sentence that is nothing but the mark.
var subject = regexp.MustCompile(`^(?:此|本|该)(?:件|材料|资料|文件|文)(?:为|属于?|系|是)?`)

// markAlone returns the mark when the clauses of a sentence are marks and nothing else.
func markAlone(sentence string) string {
	found := ""
	clauses := strings.FieldsFunc(sentence, func(r rune) bool {
		return r == ' ' || r == '\t' || strings.ContainsRune(",、:·|/-—_★☆*※▲●■()[]【】〔〕<>{}\"'", r)
	})
	// Blanks within a mark, as 内 部 资 料, leave single characters.
	if len(clauses) > 0 && len([]rune(clauses[0])) == 1 {
		clauses = []string{strings.Join(clauses, "")}
	}
	for _, c := range clauses {
		mark, ok := markClause(c)
		if !ok {
			mark, ok = markClause(subject.ReplaceAllString(c, ""))
		}
		if !ok {
			return ""
		}
		if mark != "" && found == "" {
			found = mark
		}
	}
	return found
}

// markClause reports whether a clause is made of marks only, and returns the first that counts by itself.
func markClause(c string) (mark string, ok bool) {
	for c != "" {
		rest := ""
		for _, m := range slices.Concat(internalMarks(), internalKin()) {
			after, has := strings.CutPrefix(c, m)
			if !has || (rest != "" && len(after) >= len(rest)) {
				continue
			}
			ok, rest = true, after
			if slices.Contains(internalMarks(), m) && mark == "" {
				mark = m
			} else if i := slices.IndexFunc(internalMarks(), func(x string) bool { return strings.Contains(m, x) }); i >= 0 && mark == "" {
				mark = internalMarks()[i]
			}
			if rest == "" {
				return mark, true
			}
		}
		if !ok || rest == "" || rest == c {
			return "", false
		}
		c, ok = rest, false
	}
	return mark, true
}

// markInBrackets returns the mark that stands in brackets at either end of a line.
func markInBrackets(s string) string {
	s = strings.TrimSpace(s)
	for _, pair := range []string{"()", "[]", "【】", "〔〕"} {
		open, shut := string([]rune(pair)[0]), string([]rune(pair)[1])
		if i := strings.LastIndex(s, open); i >= 0 && strings.HasSuffix(s, shut) {
			if mark := markAlone(s[i:]); mark != "" {
				return mark
			}
		}
		if i := strings.Index(s, shut); i >= 0 && strings.HasPrefix(s, open) {
			if mark := markAlone(s[:i]); mark != "" {
				return mark
			}
		}
	}
	return ""
}

func internalRule() Rule {
	return Rule{
		Codes: []finding.Code{"content.internal-mark"},
		Doc:   "内部资料、注意保密、工作秘密、不得外传一类的标注，独占一行或一句，或放在行首行尾的括号里时提示；句子中间提到这些词不算。",
		Run: func(p *Pass) {
			for _, f := range p.Files {
				seen := map[string]bool{}
				p.pieces(f, func(pc piece) {
					mark := ""
					p.search(pc.text, "internal", func() bool { mark = InternalMark(pc.text); return mark != "" })
					if mark == "" || seen[mark] {
						return
					}
					seen[mark] = true
					p.report(finding.New("content.internal-mark", pc.at).Got(cut(pc.text, 30), "").
						Saying("《" + f.Called() + "》" + pc.at.Where + "标有“" + mark + "”。"))
				})
			}
		},
	}
}
