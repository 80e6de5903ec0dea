package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"baosong/intake/message"
	"baosong/intake/sender"
	"baosong/intake/unpack"
	"baosong/parse/call"
	"baosong/parse/finding"
)

func unpackCommand() command {
	return command{
		name: "unpack", args: "[--json] [--out 目录] 来信.eml",
		short: "拆开一封邮件，显示系统看到的内容",
		long: `拆开一封保存为 .eml 的邮件：发件人、主题、正文、附件（压缩包逐层展开）、超大附件链接、修复过的格式问题。
加 --out 则把附件写入该目录。

示例:
  baosong unpack 来信.eml
  baosong unpack --json --out 附件 来信.eml`,
		run: runUnpack,
	}
}

type addressJSON struct {
	Name    string `json:"name"`
	Address string `json:"address"`
}

type unpacked struct {
	MessageID   string            `json:"message_id"`
	Subject     string            `json:"subject"`
	From        []addressJSON     `json:"from"`
	To          []addressJSON     `json:"to"`
	CC          []addressJSON     `json:"cc"`
	Date        string            `json:"date"`
	Auto        string            `json:"auto"`
	Text        string            `json:"text"`
	Attachments []*unpack.Node    `json:"attachments"`
	Links       []message.Link    `json:"links"`
	Findings    []finding.Finding `json:"findings"`
}

func runUnpack(ctx context.Context, t *terminal, fs *flag.FlagSet, args []string) error {
	asJSON := fs.Bool("json", false, "输出一个 JSON 值")
	out := fs.String("out", "", "把附件写入这个目录")
	names, err := parseArgs(fs, args, 1, 1)
	if err != nil {
		return err
	}
	if st, err := os.Stat(names[0]); err == nil && st.IsDir() {
		return usage("%s 是目录", names[0]).hint("请给出一封保存为 .eml 的邮件。")
	}
	reader, scratch, done, err := openReader(defaultLimits())
	if err != nil {
		return err
	}
	defer done()
	dir := filepath.Join(scratch, "mail")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	m, err := message.ReadFile(names[0], dir, reader.Limits.Message)
	if err != nil {
		return err
	}
	parts, err := reader.Unpack(ctx, scratch, m.Attachments)
	if err != nil {
		return err
	}
	u := describe(m, parts.Nodes, append(m.Findings, parts.Findings...))
	forgetPaths(u.Attachments)
	u.Auto = sender.Auto(sender.Classify(ctx, m, nil, &call.Call{}, sender.Options{}))
	if *out != "" {
		if err := writeLeaves(*out, parts.Leaves); err != nil {
			return err
		}
	}
	if *asJSON {
		return printJSON(t.out, u)
	}
	u.print(t)
	return nil
}

func describe(m *message.Message, nodes []*unpack.Node, found []finding.Finding) *unpacked {
	u := &unpacked{MessageID: m.MessageID, Subject: m.Subject, From: addresses(m.From), To: addresses(m.To), CC: addresses(m.CC), Text: m.Text,
		Attachments: nodes, Links: m.Links, Findings: found}
	if u.Attachments == nil {
		u.Attachments = []*unpack.Node{}
	}
	if u.Links == nil {
		u.Links = []message.Link{}
	}
	if u.Findings == nil {
		u.Findings = []finding.Finding{}
	}
	if !m.Date.IsZero() {
		u.Date = m.Date.Format("2006-01-02T15:04:05Z07:00")
	}
	return u
}

func addresses(as []message.Address) []addressJSON {
	out := []addressJSON{}
	for _, a := range as {
		out = append(out, addressJSON{a.Name, a.Address})
	}
	return out
}

// forgetPaths leaves out where the pieces lay on this machine.
func forgetPaths(nodes []*unpack.Node) {
	for _, n := range nodes {
		n.Path = ""
		forgetPaths(n.Children)
	}
}

// writeLeaves writes the leaves flat into dir. Names of the mail are never used as paths: separators and control
// characters go, and a number in front keeps equal names apart.
func writeLeaves(dir string, leaves []unpack.Leaf) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for i, l := range leaves {
		if l.Path == "" {
			continue
		}
		if err := copyFile(l.Path, filepath.Join(dir, fmt.Sprintf("%03d_%s", i+1, safeName(l.Name)))); err != nil {
			return err
		}
	}
	return nil
}

func safeName(name string) string {
	name = filepath.Base(strings.ReplaceAll(printable(name), "\\", "/"))
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) {
			return '_'
		}
		return r
	}, name)
	for len(name) > 180 {
		runes := []rune(name)
		name = string(runes[len(runes)/8:]) // the end with the extension matters more
	}
	if strings.Trim(name, ". ") == "" {
		return "unnamed"
	}
	return name
}

func copyFile(from, to string) error {
	src, err := os.Open(from)
	if err != nil {
		return err
	}
	defer src.Close()
	dst, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if _, err := io.Copy(dst, src); err != nil {
		dst.Close()
		return err
	}
	return dst.Close()
}

func (u *unpacked) print(t *terminal) {
	fmt.Fprintf(t.out, "主题：%s\n", printable(u.Subject))
	for _, a := range u.From {
		fmt.Fprintf(t.out, "发件人：%s <%s>\n", printable(a.Name), printable(a.Address))
	}
	fmt.Fprintf(t.out, "日期：%s\n", u.Date)
	if u.Auto != "none" {
		fmt.Fprintf(t.out, "类别：%s\n", u.Auto)
	}
	fmt.Fprintf(t.out, "正文：%s\n附件：\n", clip(printable(u.Text), 200))
	printNodes(t.out, u.Attachments, "  ")
	for _, l := range u.Links {
		fmt.Fprintf(t.out, "链接：%s %s %s\n", printable(l.Name), l.Size, l.Expires)
	}
	for _, f := range u.Findings {
		fmt.Fprintf(t.out, "[%s] %s %s\n", severityWords[f.Severity], placeWords(f.Place), printable(f.Message))
	}
}

func printNodes(w io.Writer, nodes []*unpack.Node, indent string) {
	for _, n := range nodes {
		fmt.Fprintf(w, "%s%s  %d 字节  %s", indent, printable(n.Name), n.Size, n.Type)
		if n.Finding != nil {
			fmt.Fprintf(w, "  [%s] %s", severityWords[n.Finding.Severity], n.Finding.Message)
		}
		fmt.Fprintln(w)
		printNodes(w, n.Children, indent+"  ")
	}
}
