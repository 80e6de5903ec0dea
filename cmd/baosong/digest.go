package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"time"

	"baosong/ledger"
)

func digestCommand() command {
	return command{
		name: "digest", args: "[--html 文件] [--send] [--at 时间]",
		short: "今天的日报",
		long: `显示今天的日报；--html 写成网页，--send 排入发件箱（由 serve 发出）。
--at 按给定时刻（RFC 3339）编写，供演练。

示例:
  baosong digest
  baosong digest --html 日报.html`,
		run: runDigest,
	}
}

func runDigest(ctx context.Context, t *terminal, fs *flag.FlagSet, args []string) error {
	file := configFlag(fs)
	html := fs.String("html", "", "写成网页")
	send := fs.Bool("send", false, "排入发件箱")
	at := atFlag(fs)
	if _, err := parseArgs(fs, args, 0, 0); err != nil {
		return err
	}
	h, err := openHouse(ctx, *file, t)
	if err != nil {
		return err
	}
	defer h.close()
	if err := h.actAs(ctx, *at); err != nil {
		return err
	}
	composed, err := h.runner.Digest(ctx, h.current().ID)
	if err != nil {
		return err
	}
	if *html != "" {
		if err := os.WriteFile(*html, []byte(composed.HTML), 0o600); err != nil {
			return err
		}
		fmt.Fprintf(t.out, "已写入 %s\n", *html)
	}
	if *send {
		l := ledger.NewLetter{Key: "digest:asked:" + h.now().UTC().Format(time.RFC3339Nano), Kind: ledger.Digest, Call: h.current().ID, To: h.cfg.Staff.DigestTo, Due: h.now(), State: ledger.Due}
		if _, _, err := h.db.Enqueue(ctx, l); err != nil {
			return err
		}
		fmt.Fprintln(t.out, "日报已排入发件箱。")
	}
	if *html == "" && !*send {
		fmt.Fprintln(t.out, composed.Text)
	}
	return nil
}
