package main

import (
	"context"
	"flag"
	"fmt"

	"baosong/notify/letter"
	"baosong/parse/call"
	"baosong/parse/sheet/workbook"
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
			if err := workbook.WriteForm(*out, letter.Form(c, unit), nil); err != nil {
				return err
			}
			fmt.Fprintf(t.out, "已写入 %s\n", *out)
			return nil
		},
	}
}
