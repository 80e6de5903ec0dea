package main

import (
	"context"
	"flag"
	"fmt"

	"baosong/parse/call"
	"baosong/parse/sheet"
)

func formCommand() command {
	return command{
		name: "form", args: "[--call 目录] [--unit 编号] --out 汇总表.xlsx",
		short: "生成带下拉选项的空白汇总表",
		long: `生成空白汇总表：案例方向、集群级别、已认定集群可下拉选择，每列有填写说明。
给出 --unit 时，集群只列该市的。

示例:
  baosong form --out 汇总表.xlsx
  baosong form --unit hefei --out 合肥汇总表.xlsx`,
		status: "10   没有这个单位",
		run: func(ctx context.Context, t *terminal, fs *flag.FlagSet, args []string) error {
			dir := fs.String("call", "", "征集目录")
			id := fs.String("unit", "", "只列这个单位的集群")
			out := fs.String("out", "", "写到这个文件（必填）")
			if _, err := parseArgs(fs, args, 0, 0); err != nil {
				return err
			}
			if *out == "" {
				return usage("请用 --out 给出文件名")
			}
			c, err := loadCall(*dir)
			if err != nil {
				return err
			}
			var unit *call.Unit
			if *id != "" {
				var ok bool
				if unit, ok = c.Unit(*id); !ok {
					return failed(exitNotFound, fmt.Errorf("名册中没有单位 %q", *id)).hint("单位编号见征集目录的 units.csv。")
				}
			}
			if err := sheet.WriteForm(*out, formSpec(c, unit), nil); err != nil {
				return err
			}
			fmt.Fprintf(t.out, "已写入 %s\n", *out)
			return nil
		},
	}
}

// formSpec is the blank summary sheet of a call, for one unit or for all.
func formSpec(c *call.Call, u *call.Unit) sheet.FormSpec {
	spec := sheet.FormSpec{Title: "中小企业特色产业集群典型案例汇总表", Version: c.ID, Rows: 50}
	city := ""
	if u != nil {
		city = u.City
		spec.Title = u.City + spec.Title
	}
	for _, col := range c.Columns {
		f := sheet.FormColumn{Header: col.Header, Width: columnWidths[col.ID], List: formList(c, col.ID, city), Prompt: columnPrompts[col.ID], Text: col.ID != "seq"}
		spec.Columns = append(spec.Columns, f)
	}
	return spec
}

var columnWidths = map[string]float64{"seq": 6, "city": 10, "county": 14, "cluster": 36, "level": 10, "year": 10, "title": 40, "direction": 14,
	"body": 26, "contact": 10, "phone": 16, "note": 16}

var columnPrompts = map[string]string{
	"seq": "从 1 起连续编号", "city": "填本市名称", "county": "填本市所辖县（市、区）", "cluster": "从已认定的集群中选择，名称与认定文件一致",
	"level": "国家级或省级，与认定文件一致", "year": "四位数字，如 2023", "title": "不超过 60 字，与案例文件标题一致", "direction": "七个方向中选择一个",
	"body": "案例的报送单位", "contact": "联系人姓名", "phone": "手机或带区号的座机", "note": "可不填"}

func formList(c *call.Call, column, city string) []string {
	switch column {
	case "direction":
		return c.Directions
	case "level":
		return c.Levels
	case "cluster":
		var names []string
		for _, k := range c.Clusters {
			if city == "" || k.City == city {
				names = append(names, k.Name)
			}
		}
		return names
	}
	return nil
}
