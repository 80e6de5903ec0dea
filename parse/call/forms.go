package call

import (
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"

	"baosong/parse/finding"
	"baosong/tomlfile"
)

func (l *loading) caseForm() *tomlfile.Error {
	cf, to := &l.f.Case, &l.c.Case
	for _, n := range []struct {
		name string
		from *int
		to   *int
	}{{"min_words", cf.MinWords, &to.MinWords}, {"max_words", cf.MaxWords, &to.MaxWords},
		{"hard_words", cf.HardWords, &to.HardWords}, {"pictures", cf.Pictures, &to.Pictures}} {
		if n.from == nil {
			continue
		}
		if *n.from < 0 {
			return l.keys.Fault(n.name+" 不能是负数。", "请填写 0 或更大的整数。", "case", n.name)
		}
		*n.to = *n.from
	}
	if cf.HardWords == nil && cf.MaxWords != nil {
		to.HardWords = max(to.MaxWords, to.MaxWords+to.MaxWords/10)
	}
	if to.MinWords > to.MaxWords || to.MaxWords > to.HardWords {
		return l.keys.Fault(fmt.Sprintf("字数的界限次序不对：min_words=%d，max_words=%d，hard_words=%d。", to.MinWords, to.MaxWords, to.HardWords),
			"应满足 min_words ≤ max_words ≤ hard_words。", "case", "max_words")
	}
	if cf.Facts != nil {
		to.Facts = nil
		for i, f := range cf.Facts {
			if _, ok := l.c.Column(f.ID); !ok {
				return l.keys.Fault("基本信息表中的 id "+quote(f.ID)+"不是汇总表的列。", "可用的列："+strings.Join(columnIDs(l.c.Columns), "、")+"。", "case", "facts", strconv.Itoa(i), "id")
			}
			if f.Label == "" {
				return l.keys.Fault("基本信息表的第 "+strconv.Itoa(i+1)+" 项没有 label。", "请填写表中的项目名称。", "case", "facts", strconv.Itoa(i))
			}
			to.Facts = append(to.Facts, Fact(f))
		}
	}
	var e *tomlfile.Error
	to.Sections, e = l.sections(cf.Sections, to.Sections, "case")
	return e
}

func (l *loading) measuresForm() *tomlfile.Error {
	if l.f.Measures.Title != "" {
		l.c.Measures.Title = l.f.Measures.Title
	}
	var e *tomlfile.Error
	l.c.Measures.Sections, e = l.sections(l.f.Measures.Sections, l.c.Measures.Sections, "measures")
	return e
}

func (l *loading) sections(from []fileSection, dflt []Section, table string) ([]Section, *tomlfile.Error) {
	if from == nil {
		return dflt, nil
	}
	var out []Section
	for i, s := range from {
		if s.Heading == "" {
			return nil, l.keys.Fault("第 "+strconv.Itoa(i+1)+" 个部分没有 heading。", "请填写该部分的标题。", table, "sections", strconv.Itoa(i))
		}
		out = append(out, Section(s))
	}
	return out, nil
}

func (l *loading) rules() *tomlfile.Error {
	flat := map[string]any{}
	flatten(l.f.Rules, "", flat)
	names := make([]string, 0, len(flat))
	for n := range flat {
		names = append(names, n)
	}
	sort.Strings(names)
	for _, n := range names {
		if e := l.knownCode(n, l.ruleKey(n)); e != nil {
			return e
		}
		s, _ := flat[n].(string)
		if !slices.Contains(severities(), s) {
			return l.keys.Fault(fmt.Sprintf("%s 的值“%v”读不懂。", n, flat[n]), "可填写："+strings.Join(severities(), "、")+"（off 表示停用）。", l.ruleKey(n)...)
		}
		if finding.Code(n) == "content.classified-mark" && s != string(finding.Error) {
			return l.keys.Fault("疑似国家秘密标志的检查不能降级或停用。", "请删除这一行。", l.ruleKey(n)...)
		}
		l.c.Rules[finding.Code(n)] = finding.Severity(s)
	}
	for i, n := range l.f.Probation {
		if e := l.knownCode(n, []string{"probation", strconv.Itoa(i)}); e != nil {
			return e
		}
		l.c.Probation = append(l.c.Probation, finding.Code(n))
	}
	return nil
}

// ruleKey finds how a code was written: "cell.format" = or cell.format =.
func (l *loading) ruleKey(code string) []string {
	if l.keys.Has("rules", code) {
		return []string{"rules", code}
	}
	return append([]string{"rules"}, strings.Split(code, ".")...)
}

func (l *loading) knownCode(code string, at []string) *tomlfile.Error {
	if _, ok := finding.Lookup(finding.Code(code)); ok {
		return nil
	}
	var all []string
	for _, e := range finding.Catalogue() {
		all = append(all, string(e.Code))
	}
	hint := "全部代码见 docs/findings.md。"
	if near := tomlfile.Near(code, all); len(near) > 0 {
		hint = "是否应为：" + strings.Join(near, "、") + "？"
	}
	return l.keys.Fault("不认识的检查代码 "+quote(code)+"。", hint, at...)
}

func flatten(in map[string]any, prefix string, out map[string]any) {
	for k, v := range in {
		if m, ok := v.(map[string]any); ok {
			flatten(m, prefix+k+".", out)
			continue
		}
		out[prefix+k] = v
	}
}

func (l *loading) remind() *tomlfile.Error {
	for _, x := range []struct {
		name string
		from []int
		to   *[]int
	}{{"remind", l.f.Remind, &l.c.Remind}, {"remind_after", l.f.RemindAfter, &l.c.RemindAfter}} {
		if x.from == nil {
			continue
		}
		for i, n := range x.from {
			if n < 0 || n > 365 {
				return l.keys.Fault(fmt.Sprintf("%s 中的 %d 不能使用。", x.name, n), "请填写工作日天数，0 表示截止当日。", x.name, strconv.Itoa(i))
			}
		}
		*x.to = x.from
	}
	return nil
}
