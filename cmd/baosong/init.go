package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"net/mail"
	"os"
	"path/filepath"
	"strings"

	"baosong/config"
	"baosong/notify/letter"
	"baosong/parse/call"
	"baosong/parse/sheet/workbook"
)

const shippedCall = "2024-typical-cases"

func initCommand() command {
	return command{
		name: "init", args: "[--dir 目录] [--address 邮箱地址]",
		short: "生成配置文件和征集目录",
		long: `在目录中写入带注释的 baosong.toml 和征集目录 calls/` + shippedCall + `（征集、名册、集群、空白表）。
已有的文件一律不覆盖。给出 --address 时，按常见服务商填好服务器地址。
终端上运行且没有给出 --address 时会询问一次；不是终端时什么都不问。

示例:
  baosong init --dir /etc/baosong --address zhengji@163.com`,
		status: "11   文件已存在",
		run:    runInit,
	}
}

func runInit(_ context.Context, t *terminal, fs *flag.FlagSet, args []string) error {
	dir := fs.String("dir", ".", "写到这个目录")
	address := fs.String("address", "", "收件邮箱地址")
	if _, err := parseArgs(fs, args, 0, 0); err != nil {
		return err
	}
	file := filepath.Join(*dir, "baosong.toml")
	folder := filepath.Join(*dir, "calls", shippedCall)
	for _, p := range []string{file, folder} {
		if _, err := os.Stat(p); err == nil {
			return failed(exitConflict, fmt.Errorf("%s 已存在，没有改动任何文件", p)).hint("换一个目录，或先移走原有的文件。")
		}
	}
	if *address == "" && isTerminal(t) {
		fmt.Fprint(t.out, "收件邮箱地址（直接回车跳过）：")
		line, err := bufio.NewReader(t.in).ReadString('\n')
		if err == nil {
			*address = strings.TrimSpace(line)
		}
	}
	if a, err := mail.ParseAddress(*address); *address != "" && (err != nil || a.Address != *address) {
		return usage("“%s”不是邮箱地址", *address).hint("写作 zhengji@163.com，不带姓名和尖括号。")
	}
	return writeSetup(t, *dir, file, folder, *address)
}

func writeSetup(t *terminal, dir, file, folder, address string) error {
	// Paths start at the file's folder; the system's own folder gets the system's own places.
	o := config.TemplateOptions{Address: address, DataDir: "data", Calls: []string{"calls/" + shippedCall}, Secrets: "."}
	if abs, err := filepath.Abs(dir); err == nil && abs == "/etc/baosong" {
		o.DataDir, o.Secrets = "/var/lib/baosong", abs
	}
	text := config.Template(o)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	c := call.Default()
	if err := call.Write(folder, c); err != nil {
		return err
	}
	if err := workbook.WriteForm(filepath.Join(folder, "汇总表（空白）.xlsx"), letter.Form(c, nil), nil); err != nil {
		return err
	}
	if err := writeNew(file, text); err != nil {
		return err
	}
	fmt.Fprintf(t.out, "已写入：\n  %s\n  %s/（征集、名册、集群、空白汇总表）\n\n下一步：\n", file, folder)
	fmt.Fprintf(t.out, "  1. 在 %s 中填写邮箱服务器，把授权码写入 password_file 所指的文件（权限 0600）。\n", file)
	fmt.Fprintf(t.out, "  2. 在 %s/units.csv 中填写各单位的邮箱地址。\n", folder)
	fmt.Fprintf(t.out, "  3. baosong doctor --config %s\n  4. baosong serve --config %s\n", file, file)
	return nil
}

// writeNew writes a file that must not be there yet.
func writeNew(path, text string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return failed(exitConflict, fmt.Errorf("%s 已存在", path))
	}
	if err != nil {
		return err
	}
	if _, err := f.WriteString(text); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

func isTerminal(t *terminal) bool {
	f, ok := t.in.(*os.File)
	if !ok {
		return false
	}
	st, err := f.Stat()
	if err != nil || st.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	null, err := os.Stat(os.DevNull) // a device as well, and what services have for stdin
	return err != nil || !os.SameFile(st, null)
}
