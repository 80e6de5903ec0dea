package main

import (
	"context"
	"flag"
	"fmt"

	"baosong/ledger/export"
)

func exportCommand() command {
	return command{
		name: "export", args: "--out 目录 [--zip]",
		short: "生成上报材料：总汇总表、案例、举措、清单",
		long: `把目前有效的案例和举措整理成上报材料：合并的汇总表、按市分列的案例和举措、带校验值的清单。
同样的台账总是生成逐字节相同的材料。加 --zip 另打成一个压缩包。

示例:
  baosong export --out 上报材料 --zip`,
		status: "10   没有这个征集\n11   目录里已有其他文件",
		run: func(ctx context.Context, t *terminal, fs *flag.FlagSet, args []string) error {
			file := configFlag(fs)
			out := fs.String("out", "", "写到这个目录（必填）")
			zip := fs.Bool("zip", false, "另打成压缩包")
			id := fs.String("call", "", "征集编号")
			if _, err := parseArgs(fs, args, 0, 0); err != nil {
				return err
			}
			if *out == "" {
				return usage("请用 --out 给出目录")
			}
			h, err := openHouse(ctx, *file, t)
			if err != nil {
				return err
			}
			defer h.close()
			c, err := h.call(*id)
			if err != nil {
				return err
			}
			m, err := export.Build(ctx, h.db, h.blobs, c, *out, *zip, h.now())
			if err != nil {
				return err
			}
			fmt.Fprintf(t.out, "已写入 %s：案例 %d 个，文件 %d 个。\n", *out, m.Cases, len(m.Files))
			return nil
		},
	}
}
