package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"time"

	"baosong/config"
	"baosong/notify/letter"
)

func configCommand() command {
	return command{
		name: "config", args: "test | describe | letters 目录",
		short: "检查配置；输出带注释的配置说明和信函文字",
		long: `test 检查配置文件、征集目录和信件模板，有错误则指出文件、行和改法；没有错误但可能并非本意的，以“请留意”列出。
describe 输出全部配置项的说明和默认值，本身就是一份可用的配置。
letters 把全部信函的现行文字（模板）写到一个目录；要改哪一封，就把那个文件放进征集目录的 letters/ 再改。

示例:
  baosong config test --config /etc/baosong/baosong.toml
  baosong config describe
  baosong config letters 信函模板`,
		status: "11   letters 的目录中已有同名文件",
		run: func(ctx context.Context, t *terminal, flags *flag.FlagSet, args []string) error {
			file := configFlag(flags)
			rest, err := parseArgs(flags, args, 1, 2)
			if err != nil {
				return err
			}
			switch {
			case rest[0] == "letters" && len(rest) == 2:
				return writeLetters(t, rest[1])
			case len(rest) == 2 || rest[0] == "letters":
				return usage("config 的参数个数不对").hint("可用：config test、config describe、config letters 目录。")
			}
			switch rest[0] {
			case "describe":
				_, err := fmt.Fprint(t.out, config.Describe())
				return err
			case "test":
				cfg, calls, err := loadConfig(*file)
				if err != nil {
					return err
				}
				fmt.Fprintln(t.out, "配置正确。")
				for _, c := range calls {
					fmt.Fprintf(t.out, "征集 %s：%s，单位 %d 个，集群 %d 个，截止 %s\n", c.ID, c.Title, len(c.ActiveUnits()), len(c.Clusters), c.Deadline.Format("2006-01-02 15:04"))
				}
				for _, line := range notices(cfg, calls, time.Now()) {
					fmt.Fprintln(t.out, "请留意："+line)
				}
				return nil
			}
			return usage("没有 config %s", rest[0]).hint("可用：test、describe、letters。")
		},
	}
}

// writeLetters lays out the embedded letter templates.
func writeLetters(t *terminal, dir string) error {
	names, err := letter.WriteTemplates(dir)
	if errors.Is(err, fs.ErrExist) {
		return failed(exitConflict, fmt.Errorf("%s 中已有同名的文件，没有改动", dir)).hint("换一个目录。")
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(t.out, "已写入 %s：%d 个文件。要改哪一封，就把那个文件放进征集目录的 letters/，改好后运行 baosong config test。\n", dir, len(names))
	return nil
}
