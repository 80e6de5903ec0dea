package rule

import (
	"fmt"
	"strings"

	"baosong/parse/casedoc"
	"baosong/parse/finding"
)

func requiredRule() Rule {
	return Rule{
		Codes: []finding.Code{"cell.required"},
		Doc:   "必填的列每行都要填写；合并单元格的内容对其中每一行有效；“同上”“〃”按上一行的内容读取；只画一道斜线或横线、显示为错误值（如 #REF!）、公式没有保存结果都算未填。",
		Run: func(p *Pass) {
			p.rows(func(t *Table, r *Row) {
				for _, c := range p.Call.Columns {
					if !c.Required || !t.column(c.ID) || !Blank(r.Text(c.ID)) {
						continue
					}
					x := finding.New("cell.required", t.Place(r, c.ID)).Got("", c.Header)
					switch fault := r.Cells[c.ID].Fault; fault {
					case "":
						x = x.Saying(fmt.Sprintf("第 %d 行的“%s”没有填写。", r.Number, c.Header)).Cured("请填写" + c.Header + "。")
					case NoResult:
						x = x.Saying(fmt.Sprintf("第 %d 行的“%s”是公式，文件里没有保存它的结果。", r.Number, c.Header)).
							Cured("请用 Excel 或 WPS 打开汇总表，保存后重新发送，或直接填写" + c.Header + "。")
					default:
						x = x.Got(fault, c.Header).Saying(fmt.Sprintf("第 %d 行的“%s”显示为错误值 %s。", r.Number, c.Header, fault)).
							Cured("请改正公式，或直接填写" + c.Header + "。")
					}
					p.report(x)
				}
			})
		},
	}
}

func listRule() Rule {
	return Rule{
		Codes: []finding.Code{"cell.not-in-list"},
		Doc: "案例方向只能是通知所列方向之一，集群级别只能是国家级或省级。方向前的序号、后面的“方向”二字，级别写作“国家”“省”，都可以；" +
			"“□国家级 ☑省级”一类的方框按勾选的一项读取；每个方向（级别）各占一列、在其中打√的，读取打√（☑、1、是）的一列，×等含义不明的标记不猜。“数字化”“数字化转型”一类的近似写法不可以，同时填几个也不可以。",
		Run: func(p *Pass) {
			p.rows(func(t *Table, r *Row) {
				p.inList(t, r, "direction", p.Call.Directions, Direction)
				p.inList(t, r, "level", p.Call.Levels, Level)
			})
		},
	}
}

func (p *Pass) inList(t *Table, r *Row, id string, list []string, read func(string, []string) (string, int)) {
	text := r.Text(id)
	if Blank(text) {
		return
	}
	value, named := read(text, list)
	if value != "" {
		return
	}
	header := p.header(id)
	x := finding.New("cell.not-in-list", t.Place(r, id)).Got(cut(text, 40), strings.Join(list, "、")).
		Cured("请改为：" + strings.Join(list, "、") + "之一。")
	if chosen, boxes := ticked(text); boxes && len(chosen) == 0 {
		x = x.Saying(fmt.Sprintf("%s填写为“%s”，没有勾选任何一项。", header, cut(text, 40))).
			Cured("请勾选一项，或直接填写：" + strings.Join(list, "、") + "之一。")
	} else if named > 1 {
		x = x.Saying(fmt.Sprintf("%s填写为“%s”，同时选了 %d 项，只能选一项。", header, cut(text, 40), named))
	} else {
		x = x.Saying(fmt.Sprintf("%s填写为“%s”，不在%d个可选项之内。", header, cut(text, 40), len(list)))
	}
	p.report(x)
}

func (p *Pass) header(id string) string {
	if c, ok := p.Call.Column(id); ok {
		return c.Header
	}
	return id
}

func formatRule() Rule {
	return Rule{
		Codes: []finding.Code{"cell.format"},
		Doc: "联系电话：手机号码、带或不带区号的固定电话、400 电话都可以，允许横线、空格、括号、+86、分机，一格可填几个。" +
			"认定年度：2022、2022年、2022.12、日期都可以。选填的列显示为错误值，或公式没有保存结果，请核对。",
		Run: func(p *Pass) {
			p.rows(func(t *Table, r *Row) {
				p.phoneFormat(t, r)
				p.yearFormat(t, r)
				p.optionalFaults(t, r)
			})
		},
	}
}

// optionalFaults tells of values that are lost in columns that may be empty; requiredRule tells of the others.
func (p *Pass) optionalFaults(t *Table, r *Row) {
	for _, c := range p.Call.Columns {
		fault := r.Cells[c.ID].Fault
		if c.Required || fault == "" || c.ID == "seq" { // running numbers say nothing
			continue
		}
		x := finding.New("cell.format", t.Place(r, c.ID)).Cured("如有内容，请直接填写；没有请清空该单元格。")
		x.Severity = finding.Warning
		if fault == NoResult {
			x = x.Saying(fmt.Sprintf("第 %d 行的“%s”是公式，文件里没有保存它的结果，按未填处理。", r.Number, c.Header))
		} else {
			x = x.Got(fault, "").Saying(fmt.Sprintf("第 %d 行的“%s”显示为错误值 %s，按未填处理。", r.Number, c.Header, fault))
		}
		p.report(x)
	}
}

func (p *Pass) phoneFormat(t *Table, r *Row) {
	c := r.Cells["phone"]
	if Blank(c.Text) || c.Lost || Phones(c.Text) {
		return
	}
	found := MaskNumber(cut(c.Text, 40))
	x := finding.New("cell.format", t.Place(r, "phone")).Got(found, "11 位手机号码，或带区号的固定电话").
		Cured("请填写 11 位手机号码，或如 0551-62800000 的固定电话；多个号码用顿号隔开。")
	n := 0
	for _, ch := range Plain(c.Text) {
		if digit(ch) {
			n++
		}
	}
	p.report(x.Saying(fmt.Sprintf("%s填写为“%s”（共 %d 位数字），不是手机号码或固定电话。", p.header("phone"), found, n)))
}

func (p *Pass) yearFormat(t *Table, r *Row) {
	c := r.Cells["year"]
	if Blank(c.Text) || c.Lost || c.Year > 0 {
		return
	}
	if _, ok := Year(c.Text); !ok {
		p.report(finding.New("cell.format", t.Place(r, "year")).Got(cut(c.Text, 30), "四位数字的年份").
			Saying(p.header("year") + "填写为“" + cut(c.Text, 30) + "”，不是四位数字的年份。").Cured("请填写认定的年份，例如 2022。"))
	}
}

func lengthRule() Rule {
	return Rule{
		Codes: []finding.Code{"cell.too-long"},
		Doc:   "有字数上限的列（案例名称 60 字）按 Word 的字数统计。",
		Run: func(p *Pass) {
			p.rows(func(t *Table, r *Row) {
				for _, c := range p.Call.Columns {
					n := casedoc.Words(r.Text(c.ID))
					if c.MaxWords > 0 && n > c.MaxWords {
						p.report(finding.New("cell.too-long", t.Place(r, c.ID)).Got(cut(r.Text(c.ID), 80), fmt.Sprintf("不超过 %d 字", c.MaxWords)).
							Saying(fmt.Sprintf("%s有 %d 字，超过 %d 字。", c.Header, n, c.MaxWords)).Cured(fmt.Sprintf("请精简到 %d 字以内。", c.MaxWords)))
					}
				}
			})
		},
	}
}

func precisionRule() Rule {
	return Rule{
		Codes: []finding.Code{"cell.precision-lost"},
		Doc: "长数字被表格软件改成 1.10105E+17 一类的科学记数法，后几位可能已经丢失；同一格不再报格式错误。" +
			"文件里还存着全部数字的（单元格只是显示成这样），按全部数字读取，不提示。",
		Run: func(p *Pass) {
			p.rows(func(t *Table, r *Row) {
				seen := map[string]bool{}
				for _, c := range p.Call.Columns {
					cell := r.Cells[c.ID]
					if !cell.Lost || seen[cell.Address] {
						continue
					}
					seen[cell.Address] = true
					p.report(digitsLost(t, cell, t.Place(r, c.ID), c.Header))
				}
				for _, cell := range r.Extra {
					if cell.Lost {
						at := t.At()
						at.Row, at.Cell = r.Number, cell.Address
						p.report(digitsLost(t, cell, at, cell.Address))
					}
				}
			})
		},
	}
}

func digitsLost(t *Table, c Cell, at finding.Place, header string) finding.Finding {
	found := MaskNumber(cut(c.Text, 30))
	x := finding.New("cell.precision-lost", at).Got(found, "").
		Saying(header + "显示为“" + found + "”，数字的后几位可能已经丢失。")
	if b := t.File.Book; b != nil && b.Format == "csv" {
		return x.Cured("请先把这一列设为文本格式，再按原来的数字重新填写，并另存为 .xlsx 发送；CSV 文件每次用表格软件打开再保存，都会这样丢失数字。")
	}
	return x.Cured("请先把单元格设为文本格式，再按原来的数字重新填写；丢失的数字改格式找不回来。")
}
