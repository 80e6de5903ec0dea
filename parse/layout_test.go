package parse

import (
	"fmt"
	"slices"
	"strings"

	"baosong/parse/rule"
	"baosong/parse/sheet/grid"
)

// laid is a summary sheet as a layout writes it, and where its cells are.
type laid struct {
	file made
	row  map[int]int    // entry -> row of the sheet
	cell map[string]int // column id -> grid column
}

// address returns the address of an entry's cell, given the first entry of its merged run.
func (l laid) address(n int, id string) string { return grid.Address(l.cell[id], l.row[n]) }

func columnIDs() []string {
	return []string{"seq", "city", "county", "cluster", "level", "year", "title", "direction", "body", "contact", "phone", "note"}
}

type layout struct {
	name  string
	lacks []string // columns that the layout leaves out
	make  func(entries []entry) laid
}

func number(row0 int, n int) map[int]int {
	out := map[int]int{}
	for i := range n {
		out[i] = row0 + i
	}
	return out
}

func columns(ids ...string) map[string]int {
	out := map[string]int{}
	for i, id := range ids {
		out[id] = i + 1
	}
	return out
}

func rowsOf(entries []entry) [][]string {
	var out [][]string
	for _, e := range entries {
		out = append(out, e.row())
	}
	return out
}

func titleRows(city string) [][]string {
	return [][]string{{"附件2"}, {"中小企业特色产业集群典型案例汇总表"}, {"填报单位（盖章）：" + city + "工业和信息化局", "", "", "", "", "", "填表日期：2024年6月18日"}}
}

func wide(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r - '0' + '０'
		}
		return r
	}, s)
}

func layouts() []layout {
	return []layout{
		{name: "plain", make: func(es []entry) laid {
			return laid{made{name: "汇总表.xlsx", bytes: xlsx(page{name: "Sheet1", rows: append([][]string{headerRow()}, rowsOf(es)...)})}, number(2, len(es)), columns(columnIDs()...)}
		}},
		{name: "titles, totals, notes", make: titled},
		{name: "two-row header", make: twoRows},
		{name: "merged downwards", make: mergedDown},
		{name: "second sheet", make: func(es []entry) laid {
			rows := append([][]string{headerRow()}, rowsOf(es)...)
			return laid{made{name: "附件1.xlsx", bytes: xlsx(page{name: "填表说明", rows: [][]string{{"填表说明"}, {"1. 案例方向从七个方向中选择。"}, {"2. 联系电话填写手机号码。"}}},
				page{name: "汇总", rows: rows}, page{name: "Sheet3"})}, number(2, len(es)), columns(columnIDs()...)}
		}},
		{name: "sample row, blank rows", make: sampled},
		{name: "other order and synonyms", make: reordered},
		{name: "csv gb18030", make: func(es []entry) laid {
			return laid{made{name: "汇总表.csv", bytes: csvText(append([][]string{headerRow()}, rowsOf(es)...), true)}, number(2, len(es)), columns(columnIDs()...)}
		}},
		{name: "csv utf-8", make: func(es []entry) laid {
			return laid{made{name: "数据.csv", bytes: csvText(append([][]string{headerRow()}, rowsOf(es)...), false)}, number(2, len(es)), columns(columnIDs()...)}
		}},
		{name: "word table", make: func(es []entry) laid {
			w := word{blocks: para("附件2", "中小企业特色产业集群典型案例汇总表", "填报单位（盖章）：　　　填表日期：2024年6月18日")}
			w.blocks = append(w.blocks, block{table: append([][]string{headerRow()}, rowsOf(es)...)})
			w.blocks = append(w.blocks, para("填表人：李四　　联系电话：13900000000", "注：案例方向从七个方向中选择一个。")...)
			return laid{made{name: "典型案例汇总表.docx", bytes: docx(w)}, number(2, len(es)), columns(columnIDs()...)}
		}},
		{name: "word table, merged", make: wordMerged},
		{name: "html as xls", make: func(es []entry) laid {
			var b strings.Builder
			b.WriteString("<html><head><meta charset=\"utf-8\"></head><body><table border=1>")
			for _, row := range append([][]string{headerRow()}, rowsOf(es)...) {
				b.WriteString("<tr><td>" + strings.Join(row, "</td><td>") + "</td></tr>")
			}
			return laid{made{name: "汇总表.xls", bytes: []byte(b.String() + "</table></body></html>")}, number(2, len(es)), columns(columnIDs()...)}
		}},
		{name: "hints and numbered columns", make: hinted},
		{name: "full width and blanks", make: fullWidth},
		{name: "few columns", lacks: []string{"seq", "city", "county", "year", "note"}, make: fewColumns},
		{name: "numbers as numbers", make: numeric},
	}
}

func titled(es []entry) laid {
	rows := append(titleRows(es[0].city), headerRow())
	rows = append(rows, rowsOf(es)...)
	n := len(rows)
	rows = append(rows, []string{"合计", "", "", "", "", "", fmt.Sprintf("共%d个案例", len(es))}, []string{"填表人：李四", "", "", "联系电话：13900000000"},
		[]string{"注：1.案例方向从七个方向中选择一个；2.联系电话请填写手机号码。"})
	p := page{name: "Sheet1", rows: rows, merges: []string{"A1:L1", "A2:L2", "A3:F3", fmt.Sprintf("A%d:L%d", n+3, n+3)}}
	return laid{made{name: "滁州案例汇总.xlsx", bytes: xlsx(p)}, number(5, len(es)), columns(columnIDs()...)}
}

func twoRows(es []entry) laid {
	rows := [][]string{{"典型案例汇总表"},
		{"序号", "所在地区", "", "集群情况", "", "", "案例情况", "", "", "联系方式", "", "备注"},
		{"", "所在市", "县（市、区）", "集群名称", "级别", "认定年度", "案例名称", "案例方向", "报送单位", "联系人", "电话", ""}}
	rows = append(rows, rowsOf(es)...)
	p := page{name: "Sheet1", rows: rows, merges: []string{"A1:L1", "A2:A3", "B2:C2", "D2:F2", "G2:I2", "J2:K2", "L2:L3"}}
	return laid{made{name: "汇总表.xlsx", bytes: xlsx(p)}, number(4, len(es)), columns(columnIDs()...)}
}

// mergedDown merges the city over all rows; other columns stay, so that a fault in a city cell is told at the top.
func mergedDown(es []entry) laid {
	rows := append([][]string{headerRow()}, rowsOf(es)...)
	merges := []string{}
	same := !slices.ContainsFunc(es, func(e entry) bool { return e.city != es[0].city })
	if same && len(es) > 1 {
		for i := 2; i < len(rows); i++ {
			rows[i][1] = ""
		}
		merges = append(merges, fmt.Sprintf("B2:B%d", len(rows)))
	}
	for i := 2; i < len(rows); i++ {
		if es[i-1].cluster == es[i-2].cluster && es[i-1].level == es[i-2].level && es[i-1].county == es[i-2].county && (i == 2 || es[i-2].cluster != es[max(i-3, 0)].cluster) {
			for col := 2; col <= 4; col++ {
				rows[i][col] = ""
				merges = append(merges, grid.Address(col+1, i)+":"+grid.Address(col+1, i+1))
			}
		}
	}
	return laid{made{name: "汇总表.xlsx", bytes: xlsx(page{name: "Sheet1", rows: rows, merges: merges})}, number(2, len(es)), columns(columnIDs()...)}
}

func sampled(es []entry) laid {
	sample := []string{"示例", "合肥市", "肥西县", "××产业集群", "国家级", "2022", "××案例", "协作共享", "××单位", "张××", "13800000000", ""}
	rows := append([][]string{{"中小企业特色产业集群典型案例汇总表"}, headerRow(), sample}, rowsOf(es)...)
	for i := range 6 {
		rows = append(rows, []string{fmt.Sprint(len(es) + i + 1), es[0].city})
	}
	return laid{made{name: "汇总表.xlsx", bytes: xlsx(page{name: "Sheet1", rows: rows, merges: []string{"A1:L1"}})}, number(4, len(es)), columns(columnIDs()...)}
}

func reordered(es []entry) laid {
	ids := []string{"seq", "title", "direction", "cluster", "level", "year", "city", "county", "body", "contact", "phone", "note"}
	rows := [][]string{{"编号", "典型案例名称", "案例方向（七选一）", "特色产业集群名称", "集群级别（国家级/省级）", "认定时间", "设区市", "县区", "申报单位", "案例联系人", "手机号码", "说明"}}
	from := columns(columnIDs()...)
	for _, e := range es {
		var row []string
		for _, id := range ids {
			row = append(row, e.row()[from[id]-1])
		}
		rows = append(rows, row)
	}
	return laid{made{name: "表.xlsx", bytes: xlsx(page{name: "Sheet1", rows: rows})}, number(2, len(es)), columns(ids...)}
}

func fullWidth(es []entry) laid {
	rows := [][]string{{"序　号", "所 在 市", "县(市、区)", "集群名称 ", "集群级别", "认定年度", "案例名称", "案例方向", "案例报送单位", "联 系 人", "联系电话", "备注"}}
	for _, r := range rowsOf(es) {
		for _, i := range []int{0, 5, 10} {
			r[i] = wide(r[i])
		}
		r[3] = " " + r[3] + "　"
		if !strings.Contains(r[3], "特色") {
			r[3] = strings.Replace(r[3], "产业集群", " 特色产业集群", 1)
		}
		if !rule.Blank(r[7]) {
			r[7] = "方向：" + r[7]
		}
		rows = append(rows, r)
	}
	return laid{made{name: "汇总表.xlsx", bytes: xlsx(page{name: "Sheet1", rows: rows})}, number(2, len(es)), columns(columnIDs()...)}
}

func fewColumns(es []entry) laid {
	ids := []string{"cluster", "level", "title", "direction", "body", "contact", "phone"}
	from := columns(columnIDs()...)
	rows := [][]string{{"集群名称", "集群级别", "案例名称", "案例方向", "案例报送单位", "联系人", "联系电话"}}
	for _, e := range es {
		var row []string
		for _, id := range ids {
			row = append(row, e.row()[from[id]-1])
		}
		rows = append(rows, row)
	}
	return laid{made{name: "汇总表.xlsx", bytes: xlsx(page{name: "Sheet1", rows: rows})}, number(2, len(es)), columns(ids...)}
}

func numeric(es []entry) laid {
	rows := append(titleRows(es[0].city), headerRow())
	for _, r := range rowsOf(es) {
		for _, i := range []int{0, 5, 10} {
			if r[i] != "" && strings.Trim(r[i], "0123456789") == "" {
				r[i] = "#" + r[i]
			}
		}
		rows = append(rows, r)
	}
	return laid{made{name: "汇总表.xlsx", bytes: xlsx(page{name: "Sheet1", rows: rows})}, number(5, len(es)), columns(columnIDs()...)}
}

// wordMerged is a table in a letter, with a header of two rows and the city merged downwards.
func wordMerged(es []entry) laid {
	table := [][]string{{"序号", "所在地区", "<", "集群情况", "<", "<", "案例情况", "<", "<", "联系方式", "<", "备注"},
		{"^", "所在市", "县（市、区）", "集群名称", "集群级别", "认定年度", "案例名称", "案例方向", "报送单位", "联系人", "联系电话", "^"}}
	same := !slices.ContainsFunc(es, func(e entry) bool { return e.city != es[0].city })
	for i, row := range rowsOf(es) {
		if same && i > 0 {
			row[1] = "^"
		}
		table = append(table, row)
	}
	w := word{blocks: append(para("关于报送典型案例的函", "省工业和信息化厅：", "现将汇总表报上。"), block{table: table})}
	return laid{made{name: "报送函.docx", bytes: docx(w)}, number(3, len(es)), columns(columnIDs()...)}
}

func hinted(es []entry) laid {
	rows := [][]string{headerRow(), {"", "（全称）", "（全称）", "（按认定文件填写）", "（国家级/省级）", "（四位数字）", "（不超过60字）", "（七选一）", "（全称）", "（姓名）", "（手机）"},
		{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"}}
	return laid{made{name: "汇总表.xlsx", bytes: xlsx(page{name: "Sheet1", rows: append(rows, rowsOf(es)...)})}, number(4, len(es)), columns(columnIDs()...)}
}
