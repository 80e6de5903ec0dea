package parse

import (
	"regexp"
	"slices"
	"strings"

	"baosong/parse/rule"
	"baosong/parse/sheet/grid"
)

var (
	totalPattern  = regexp.MustCompile(`^[(（\[]?(?:合计|总计|共计|小计|累计|总数)`)
	footPattern   = regexp.MustCompile(`^(?:注|备注|说明|附注|填表说明|填表人|填报人|制表人?|审核人?|复核人?|联系人|联系电话|填表日期|填报日期|报送日期|填报时间|填表时间|填报单位|报送单位|填表单位|单位负责人|负责人|分管领导|主管领导|分管负责人|经办人|单位(?:盖章|公章)|日期)(?:[(（][^)）]*[)）])?\s*[:：]`)
	notePattern   = regexp.MustCompile(`^(?:注\s*\d|\*|※|[1-9][.、．]\s*\S{12,})`)
	stampPattern  = regexp.MustCompile(`^(?:\d{4}年\d{1,2}月\d{1,2}日|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|(?:单位)?[(（]?(?:加盖|单位)?(?:盖章|公章|签章|印章)处?[)）]?)$`) // no case's words, wherever they stand
	signPattern   = regexp.MustCompile(`^.{2,20}(?:局|委|委员会|厅|政府|中心)(?:[(（].{1,6}[)）])?$`)                                                         // who signs
	samplePattern = regexp.MustCompile(`^[(（\[【<《]?(?:填写)?(?:示例|样例|例\s*\d{0,2}\s*[)）\]】]?\s*[:：])|^[(（\[【]例\s*\d{0,2}[)）\]】]|^例\s*\d{0,2}$`)
)

func isSample(own []grid.Cell) bool {
	return slices.ContainsFunc(own[:min(len(own), 2)], sampleWord)
}

func sampleWord(c grid.Cell) bool {
	return samplePattern.MatchString(strings.TrimSpace(rule.Plain(c.Text)))
}

// isFoot tells totals, notes and signatures from cases.
func isFoot(t *rule.Table, row *grid.Row, own []grid.Cell, h header) bool {
	for i := 0; i < len(own) && i < 2; i++ {
		s := rule.Squeeze(own[i].Text)
		if totalPattern.MatchString(s) && own[i].Col != h.columns["title"] && own[i].Col != h.columns["cluster"] || totalWord(s) {
			return true
		}
	}
	first := rule.Squeeze(own[0].Text)
	if footPattern.MatchString(first) {
		return true
	}
	wide := spans(t.Grid, row.Number, own[0].Col)
	if len(own) <= 2 && notePattern.MatchString(first) && (wide >= 3 || own[0].Col == 1) {
		return true
	}
	if len(own) == 1 && wide >= 3 {
		return true
	}
	if len(own) == 1 && own[0].Col != h.columns["title"] && own[0].Col != h.columns["cluster"] && alone(own[0], h) {
		return true
	}
	return len(own) <= 2 && !slices.ContainsFunc(own, func(c grid.Cell) bool {
		if stampPattern.MatchString(rule.Squeeze(c.Text)) {
			return false
		}
		return c.Col == h.columns["title"] || c.Col == h.columns["cluster"] || !signPattern.MatchString(rule.Squeeze(c.Text))
	})
}

var (
	hintPattern  = regexp.MustCompile(`^(?:[(（\[【].*[)）\]】]|.*(?:填写全称|请填写|必填|选填|七选一|下拉选择|不超过\d+字).*)$`)
	hintWord     = regexp.MustCompile(`^[(（\[【]?(?:填写|填表|填报)(?:说明|要求|提示|须知|规范|格式)[)）\]】]?[:：]?$`)
	indexPattern = regexp.MustCompile(`^[(（]?(?:\d{1,2}|[A-L]|[甲乙丙丁戊己庚辛壬癸])[)）]?$`)
)

// isHint tells rows that explain or number the columns from cases.
func isHint(own []grid.Cell) bool {
	if len(own) > 0 && hintWord.MatchString(rule.Squeeze(own[0].Text)) {
		return true
	}
	hints, indexes := 0, 0
	for _, c := range own {
		s := rule.Squeeze(c.Text)
		if hintPattern.MatchString(s) {
			hints++
		}
		if indexPattern.MatchString(s) {
			indexes++
		}
	}
	return (len(own) >= 3 && hints*3 >= len(own)*2) || (len(own) >= 5 && indexes == len(own))
}

func totalWord(s string) bool {
	return s == "合计" || s == "总计" || s == "共计" || s == "小计" || strings.HasPrefix(s, "合计:") || strings.HasPrefix(s, "合计共")
}

// alone reports whether the only cell of a row makes no case: a group's heading, a stray note.
func alone(c grid.Cell, h header) bool {
	for _, id := range []string{"body", "contact", "phone", "direction", "level"} {
		if h.columns[id] == c.Col {
			return false
		}
	}
	return true
}

func spans(g *grid.Grid, row, col int) int {
	for _, m := range g.Merges {
		if m.Row1 == row && m.Col1 == col {
			return m.Col2 - m.Col1 + 1
		}
	}
	return 1
}

func repeatsHeader(row *grid.Row, h header, n names) bool {
	hits := 0
	for _, c := range row.Cells {
		if id := n.lookup(c.Text); id != "" && h.columns[id] == c.Col {
			hits++
		}
	}
	return hits >= 4
}

// emptyRow reports whether a row holds nothing of a case: only its number, or what was filled down beforehand.
func emptyRow(row *grid.Row, h header) bool {
	for _, id := range []string{"cluster", "title", "direction", "body", "contact", "phone"} {
		if col, ok := h.columns[id]; ok {
			if c, has := row.At(col); has && !rule.Blank(c.Text) {
				return false
			}
		}
	}
	return true
}
