package parse

import (
	"regexp"
	"strings"

	"baosong/parse/call"
	"baosong/parse/rule"
	"baosong/parse/sheet/grid"
)

const (
	headerScan   = 60 // filled rows from the top among which the header is looked for
	headerColumn = 60 // columns that are looked at
	headerLeast  = 4  // known columns that make a row a header
)

// header is what was found of a table's header.
type header struct {
	top, bottom int
	columns     map[string]int
	texts       map[int]string // all header texts by grid column
	score       int
	choices     map[string]choiceColumns // by column id: questions that have a column for each choice
}

var (
	headerNoise  = regexp.MustCompile(`[(（\[【][^)）\]】]*[)）\]】]`)
	headerNumber = regexp.MustCompile(`^[0-9]{1,2}[.、]?`)
)

// names maps header texts, bare, to column ids.
type names map[string]string

func headerNames(c *call.Call) names {
	n := names{}
	add := func(text, id string) {
		if b := rule.Bare(text); b != "" {
			if _, taken := n[b]; !taken {
				n[b] = id
			}
		}
	}
	for _, col := range c.Columns {
		add(col.Header, col.ID)
		for _, s := range col.Synonyms {
			add(s, col.ID)
		}
	}
	for _, col := range c.Columns {
		for _, s := range familiar(col.ID) {
			add(s, col.ID)
		}
	}
	return n
}

// familiar are further ways clerks write a header, beyond those that the call accepts by name.
func familiar(id string) []string {
	return map[string][]string{
		"seq": {"序 号", "顺序号"}, "city": {"所属地市", "所在地市", "市别", "城市"}, "county": {"县市区", "所属县区", "区县", "所属县市区", "所在区县", "县", "县区市", "市县区", "所在县市", "所在县"},
		"cluster": {"集群全称", "所属集群名称", "所属产业集群", "中小企业特色产业集群名称", "中小企业特色产业集群"}, "level": {"所属集群级别", "集群等级"},
		"year": {"认定年", "认定日期", "集群认定年度", "集群认定时间"}, "title": {"案例题名", "案例全称"}, "direction": {"案例所属方向", "案例方向类别"},
		"body": {"案例申报单位", "报送单位名称", "案例报送单位名称"}, "contact": {"联系人姓名", "姓名", "单位联系人"},
		"phone": {"联系人电话", "联系人手机", "手机号", "联系人联系方式", "电话号码", "联系电话手机"}, "note": {"其他说明"},
	}[id]
}

// lookup returns the column of a header text, tried as written, without brackets and without a number.
func (n names) lookup(text string) string {
	if text == "" || len(text) > 150 {
		return ""
	}
	for _, s := range []string{text, headerNoise.ReplaceAllString(text, ""), headerNumber.ReplaceAllString(strings.TrimSpace(text), "")} {
		if id, ok := n[rule.Bare(s)]; ok {
			return id
		}
	}
	return ""
}

// findHeader returns the best header of a grid; score is 0 when there is none.
func findHeader(g *grid.Grid, n names) header {
	best := header{}
	for i := 0; i < len(g.Rows) && i < headerScan; i++ {
		top := g.Rows[i].Number
		single := readHeader(g, n, top, top)
		if single.score > best.score {
			best = single
		}
		if single.score >= 2 && i+1 < len(g.Rows) && g.Rows[i+1].Number == top+1 {
			double := readHeader(g, n, top, top+1)
			if double.score > best.score && double.score > single.score {
				best = double
			}
		}
	}
	if best.score < headerLeast {
		return header{score: best.score}
	}
	best.bottom = max(best.bottom, mergedBottom(g, best))
	return best
}

// readHeader reads the header that the rows from top to bottom would make. The lower row speaks where it says
// something; alone it may be too short (名称), then the words above it are put in front.
func readHeader(g *grid.Grid, n names, top, bottom int) header {
	h := header{top: top, bottom: bottom, columns: map[string]int{}, texts: map[int]string{}}
	above := ""
	for col := 1; col <= headerColumn; col++ {
		upper, own := headerText(g, top, col)
		if own || upper != "" {
			above = upper
		}
		text, id := upper, n.lookup(upper)
		if bottom > top {
			if lower, _ := headerText(g, bottom, col); lower != "" && lower != upper {
				text, id = joinHeader(n, above, lower)
			}
		}
		if text == "" {
			continue
		}
		h.texts[col] = text
		if _, taken := h.columns[id]; id != "" && !taken {
			h.columns[id] = col
			h.score++
		}
	}
	return h
}

// headerText returns the text at a place; own tells that it stands there and not in a merged area's corner elsewhere.
func headerText(g *grid.Grid, row, col int) (text string, own bool) {
	c, ok := g.At(row, col)
	if !ok {
		return "", false
	}
	r0, c0 := g.Anchor(row, col)
	return strings.TrimSpace(c.Text), r0 == row && c0 == col
}

func joinHeader(n names, above, lower string) (text, id string) {
	for _, s := range []string{above + lower, lower} {
		if id = n.lookup(s); id != "" {
			return s, id
		}
	}
	if b := rule.Bare(lower); b == "姓名" || b == "名称" || b == "全称" {
		return above + lower, n.lookup(above)
	}
	return lower, ""
}

// mergedBottom returns the last row that a merged cell of the header reaches.
func mergedBottom(g *grid.Grid, h header) int {
	bottom := h.bottom
	for _, m := range g.Merges {
		if m.Row1 < h.top || m.Row1 > h.bottom || m.Row2 > h.top+2 {
			continue
		}
		for _, col := range h.columns {
			if col >= m.Col1 && col <= m.Col2 {
				bottom = max(bottom, m.Row2)
			}
		}
	}
	return bottom
}
