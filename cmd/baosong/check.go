package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"baosong/intake"
	"baosong/intake/message"
	"baosong/intake/unpack"
	"baosong/parse"
	"baosong/parse/call"
	"baosong/parse/finding"
)

func checkCommand() command {
	return command{
		name: "check", args: "[--json] [--call 目录] [--unit 编号] [--partial] 文件...",
		short: "离线检查文件或邮件（.eml），给出结论",
		long: `检查一组文件或邮件，如同由该单位一次报送：哪些合格，哪些要改，怎样改。不联网，不改动任何东西。
不给 --call 时使用随程序附带的征集；不给 --unit 时不核对所在市。
--partial 表示只报了一部分，未报的不算问题。

示例:
  baosong check 汇总表.xlsx 案例1.docx 培育举措.docx
  baosong check --json --unit hefei --partial 来信.eml`,
		status: "3    有必须更正的问题\n10   没有这个单位",
		run:    runCheck,
	}
}

func runCheck(ctx context.Context, t *terminal, fs *flag.FlagSet, args []string) error {
	asJSON := fs.Bool("json", false, "输出一个 JSON 值")
	dir := fs.String("call", "", "征集目录")
	unit := fs.String("unit", "", "按这个单位核对")
	partial := fs.Bool("partial", false, "只报了一部分")
	names, err := parseArgs(fs, args, 1, -1)
	if err != nil {
		return err
	}
	c, err := loadCall(*dir)
	if err != nil {
		return err
	}
	if *unit != "" {
		u, ok := c.Unit(*unit)
		if !ok {
			return failed(exitNotFound, fmt.Errorf("名册中没有单位 %q", *unit)).hint("单位编号见征集目录的 units.csv。")
		}
		*unit = u.ID
	}
	report, err := checkFiles(ctx, names, c, intake.Context{Unit: *unit, Partial: *partial, Today: time.Now()})
	if err != nil {
		return err
	}
	if *asJSON {
		for i := range report.Cases {
			report.Cases[i].Sketch = nil // a working figure of the ledger's
		}
		err = printJSON(t.out, report)
	} else {
		printReport(t, report)
	}
	if err == nil && (report.Verdict != parse.Accept) {
		return errFindings
	}
	return err
}

// loadCall loads a call's folder, or the built-in call when none is named.
func loadCall(dir string) (*call.Call, error) {
	if dir == "" {
		return call.Default(), nil
	}
	c, err := call.Load(dir)
	if err != nil {
		return nil, failed(exitUsage, err)
	}
	return c, nil
}

// checkFiles judges files and mails as one submission, in the cage, on a scratch folder of its own.
func checkFiles(ctx context.Context, names []string, c *call.Call, in intake.Context) (*parse.Report, error) {
	reader, scratch, done, err := openReader(defaultLimits())
	if err != nil {
		return nil, err
	}
	defer done()
	all := &message.Message{}
	for i, name := range names {
		m, err := asMessage(name, filepath.Join(scratch, fmt.Sprintf("mail-%d", i)), reader.Limits)
		if err != nil {
			return nil, err
		}
		all.Attachments = append(all.Attachments, m.Attachments...)
		all.Findings = append(all.Findings, m.Findings...)
		all.Links = append(all.Links, m.Links...)
		all.Subject = strings.TrimSpace(all.Subject + "\n" + m.Subject)
		all.Text = strings.TrimSpace(all.Text + "\n" + m.Text)
		all.HTML += m.HTML
	}
	reading, err := reader.Read(ctx, scratch, all, c, in)
	if err != nil {
		return nil, err
	}
	r := reading.Report
	r.Findings = append(append([]finding.Finding{}, intake.MailFindings(all, c)...), r.Findings...) // never null in JSON
	mailed := slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(filepath.Ext(n), ".eml") })
	if mailed && len(reading.Leaves) == 0 && len(all.Links) == 0 && !r.Nil {
		r.Findings = append(r.Findings, finding.New("mail.no-attachment", finding.Place{Where: "附件"}))
	}
	if r.Verdict == parse.Accept && finding.Worst(r.Findings) == finding.Error {
		r.Verdict = parse.Correct
	}
	return r, nil
}

// asMessage opens an .eml as a mail, and any other file as the only attachment of one.
func asMessage(name, dir string, lim unpack.Limits) (*message.Message, error) {
	st, err := os.Stat(name)
	if err != nil {
		return nil, failed(exitError, err).hint("请核对文件名。")
	}
	if st.IsDir() {
		return nil, usage("%s 是目录", name).hint("请列出其中的文件。")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	if strings.EqualFold(filepath.Ext(name), ".eml") {
		return message.ReadFile(name, dir, lim.Message)
	}
	a, err := message.AttachFile(name, dir)
	if err != nil {
		return nil, err
	}
	return &message.Message{Attachments: []*message.Attachment{a}}, nil
}

var verdictWords = map[parse.Verdict]string{parse.Accept: "合格", parse.Correct: "需要补正", parse.Hold: "疑似涉密，停止处理"}

var severityWords = map[finding.Severity]string{finding.Error: "须更正", finding.Warning: "请核对", finding.Note: "说明"}

func printReport(t *terminal, r *parse.Report) {
	fmt.Fprintf(t.out, "结论：%s\n", verdictWords[r.Verdict])
	if len(r.Files) > 0 {
		fmt.Fprintln(t.out)
		rows := [][]string{{"文件", "属于", "格式"}}
		for _, f := range r.Files {
			rows = append(rows, []string{printable(f.Path), partWords[f.Part], f.Format})
		}
		printTable(t.out, rows)
	}
	for i, f := range r.Findings {
		if place := placeWords(f.Place); place != "" {
			fmt.Fprintf(t.out, "\n%d. [%s] %s\n   %s\n", i+1, severityWords[f.Severity], place, printable(f.Message))
		} else {
			fmt.Fprintf(t.out, "\n%d. [%s] %s\n", i+1, severityWords[f.Severity], printable(f.Message))
		}
		if f.Found != "" {
			fmt.Fprintf(t.out, "   现为：%s\n", printable(f.Found))
		}
		if f.Wanted != "" {
			fmt.Fprintf(t.out, "   应为：%s\n", printable(f.Wanted))
		}
		if f.Hint != "" {
			fmt.Fprintf(t.out, "   %s\n", f.Hint)
		}
	}
	if len(r.Owed) > 0 {
		var owed []string
		for _, p := range r.Owed {
			owed = append(owed, string(p))
		}
		fmt.Fprintf(t.out, "\n尚欠：%s\n", owedWords(owed))
	}
}

var partWords = map[call.PartID]string{call.PartSummary: "汇总表", call.PartCase: "典型案例", call.PartMeasures: "培育举措", call.PartLetter: "来函", call.PartUnknown: "未识别"}

// placeWords names a place as a person would: file, sheet, cell, or whatever else says where.
func placeWords(p finding.Place) string {
	var out []string
	for _, s := range []string{p.File, p.Sheet, p.Cell, p.Where} {
		if s != "" {
			out = append(out, s)
		}
	}
	if p.Cell == "" && p.Row > 0 {
		out = append(out, fmt.Sprintf("第%d行", p.Row))
	}
	return printable(strings.Join(out, " · "))
}
