package main

import (
	"context"
	"flag"
	"fmt"

	"baosong/config"
)

func configCommand() command {
	return command{
		name: "config", args: "test | describe",
		short: "检查配置；输出带注释的配置说明",
		long: `test 检查配置文件、征集目录和信件模板，有错误则指出文件、行和改法。
describe 输出全部配置项的说明和默认值，本身就是一份可用的配置。

示例:
  baosong config test --config /etc/baosong/baosong.toml
  baosong config describe`,
		run: func(ctx context.Context, t *terminal, fs *flag.FlagSet, args []string) error {
			file := configFlag(fs)
			rest, err := parseArgs(fs, args, 1, 1)
			if err != nil {
				return err
			}
			switch rest[0] {
			case "describe":
				_, err := fmt.Fprint(t.out, config.Describe())
				return err
			case "test":
				_, calls, err := loadConfig(*file)
				if err != nil {
					return err
				}
				fmt.Fprintln(t.out, "配置正确。")
				for _, c := range calls {
					fmt.Fprintf(t.out, "征集 %s：%s，单位 %d 个，集群 %d 个，截止 %s\n", c.ID, c.Title, len(c.ActiveUnits()), len(c.Clusters), c.Deadline.Format("2006-01-02 15:04"))
				}
				return nil
			}
			return usage("没有 config %s", rest[0]).hint("可用：test、describe。")
		},
	}
}
