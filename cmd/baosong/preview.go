package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"

	"baosong/notify/letter"
)

func previewCommand() command {
	return command{
		name: "preview", args: "信函 [--unit 编号] [--html 文件]",
		short: "看一封信是什么样子，不发送",
		long: `按现行模板写出一封信来看，不排入发件箱，也不发送。不给 --unit 时用示例内容；给出单位则用该单位目前的报送情况。
信函: receipt 回执, correction 补正通知, no-attachment 来信收到, nil 零报告登记, preview 预审结果, query 查询结果, decision 办理结果（给单位）,
done 办理回告（给工作人员）, reminder 催报, alert 告警, digest 日报
已在发件箱中的信用 baosong letters show 查看。

示例:
  baosong preview reminder --unit hefei
  baosong preview correction --html 补正通知.html`,
		status: "10   没有这个单位\n11   该单位目前不会收到这种信",
		run:    runPreview,
	}
}

func runPreview(ctx context.Context, t *terminal, fs *flag.FlagSet, args []string) error {
	file := configFlag(fs)
	unit := fs.String("unit", "", "用这个单位目前的报送情况")
	html := fs.String("html", "", "写成网页")
	at := atFlag(fs)
	rest, err := parseArgs(fs, args, 1, 1)
	if err != nil {
		return err
	}
	if !slices.Contains(letter.Names(), rest[0]) {
		return usage("没有“%s”这种信", rest[0]).hint("可用：" + strings.Join(letter.Names(), " ") + "。")
	}
	h, err := openHouse(ctx, *file, t)
	if err != nil {
		return err
	}
	defer h.close()
	if err := h.actAs(ctx, *at); err != nil {
		return err
	}
	if *unit != "" {
		if *unit, err = h.unit(*unit); err != nil {
			return err
		}
	}
	c, err := h.runner.Preview(ctx, h.current().ID, rest[0], *unit)
	if err != nil {
		return err
	}
	if *html != "" {
		if err := os.WriteFile(*html, []byte(c.HTML), 0o600); err != nil {
			return err
		}
		fmt.Fprintf(t.out, "已写入 %s\n", *html)
		return nil
	}
	fmt.Fprintf(t.out, "主题：%s\n\n%s", c.Subject, c.Text)
	for _, a := range c.Attachments {
		fmt.Fprintf(t.out, "\n附件：%s（%d 字节）\n", a.Name, len(a.Bytes))
	}
	return nil
}
