package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"

	"baosong/ledger"
)

func backupCommand() command {
	return command{
		name: "backup", args: "文件",
		short: "备份台账和原件（服务运行中也可以）",
		long: `把台账和全部原件写成一个一致的备份文件。服务运行中也可以做。用 baosong verify 文件 检验备份。

示例:
  baosong backup /backup/baosong-20240621.tar`,
		run: func(ctx context.Context, t *terminal, fs *flag.FlagSet, args []string) error {
			file := configFlag(fs)
			rest, err := parseArgs(fs, args, 1, 1)
			if err != nil {
				return err
			}
			h, err := openHouse(ctx, *file, t)
			if err != nil {
				return err
			}
			defer h.close()
			err = h.db.Backup(ctx, rest[0])
			if errors.Is(err, ledger.ErrIncomplete) {
				return failed(exitError, fmt.Errorf("已备份到 %s，但数据目录缺少原件（%w）", rest[0], err)).hint("请用 baosong verify 查明缺少哪些原件，再从更早的备份中找回。")
			}
			if err != nil {
				return err
			}
			fmt.Fprintf(t.out, "已备份到 %s\n", rest[0])
			return nil
		},
	}
}

func restoreCommand() command {
	return command{
		name: "restore", args: "备份文件 目录",
		short: "把备份恢复到一个空目录",
		long: `把备份恢复成一个新的数据目录；先检验备份，目录必须不存在或为空。

示例:
  baosong restore /backup/baosong-20240621.tar /var/lib/baosong`,
		status: "11   目录不是空的",
		run: func(ctx context.Context, t *terminal, fs *flag.FlagSet, args []string) error {
			rest, err := parseArgs(fs, args, 2, 2)
			if err != nil {
				return err
			}
			if err := ledger.Restore(ctx, rest[0], rest[1]); err != nil {
				return unrestored(rest[0], rest[1], err)
			}
			fmt.Fprintf(t.out, "已恢复到 %s\n", rest[1])
			return nil
		},
	}
}

// unrestored words why a backup was not restored: of what the file system says advice knows more.
func unrestored(file, dir string, err error) error {
	var path *fs.PathError
	switch {
	case errors.Is(err, ledger.ErrConflict):
		return failed(exitConflict, fmt.Errorf("目录 %s 不是空的，没有恢复", dir)).hint("请另给一个空目录，或尚不存在的目录。")
	case errors.As(err, &path), errors.Is(err, context.Canceled):
		return err
	}
	return failed(exitError, fmt.Errorf("%s 不是完整的备份，没有恢复（%w）", file, err)).hint("可用 baosong verify 备份文件 检验；请换一份备份。")
}

func verifyCommand() command {
	return command{
		name: "verify", args: "[备份文件]",
		short: "检验台账、原件或备份没有缺失和改动",
		long: `检验台账的事件链、数据库、每个原件的校验值，或一个备份文件；有损坏则逐项列出。

示例:
  baosong verify
  baosong verify /backup/baosong-20240621.tar`,
		status: "3    有损坏或缺失",
		run: func(ctx context.Context, t *terminal, fs *flag.FlagSet, args []string) error {
			file := configFlag(fs)
			rest, err := parseArgs(fs, args, 0, 1)
			if err != nil {
				return err
			}
			var damage []ledger.Damage
			if len(rest) == 1 {
				damage, err = ledger.VerifyBackup(ctx, rest[0])
			} else {
				var h *house
				if h, err = openHouse(ctx, *file, t); err != nil {
					return err
				}
				defer h.close()
				damage, err = h.db.Verify(ctx)
			}
			if err != nil {
				return err
			}
			grave := false
			for _, d := range damage {
				fmt.Fprintf(t.out, "%s %s %s\n", d.Kind, d.Ref, d.Text)
				grave = grave || d.Grave()
			}
			if grave {
				return errFindings
			}
			fmt.Fprintln(t.out, "完好：没有缺失，没有改动。")
			return nil
		},
	}
}
