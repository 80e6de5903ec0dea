package main

import (
	"context"
	"flag"
	"fmt"
	"strings"
	"time"

	"baosong/ledger"
)

func messagesCommand() command {
	return command{
		name: "messages", args: "[--json] [--state 状态]",
		short: "台账中的全部邮件",
		long: `列出台账中的每一封邮件：编号、收件时间、单位、状态、原因。
状态: received 已收未处理, filed 已登记, ignored 不需处理, held 待核实, failed 处理失败

示例:
  baosong messages
  baosong messages --state failed --json`,
		run: func(ctx context.Context, t *terminal, fs *flag.FlagSet, args []string) error {
			state := fs.String("state", "", "只列出这种状态")
			return listMessages(ctx, t, fs, args, func() ledger.State { return ledger.State(*state) })
		},
	}
}

func heldCommand() command {
	return command{
		name: "held", args: "[--json]",
		short: "待核实的邮件，以及怎样处理",
		long: `列出等待工作人员决定的邮件：发件人不在名册中、来源无法确认，或疑似带有国家秘密标志。
用 assign 归到某个单位，用 ignore 置之不理，用 release 按系统的判断放行。

示例:
  baosong held
  baosong assign 12 hefei --remember`,
		run: func(ctx context.Context, t *terminal, fs *flag.FlagSet, args []string) error {
			return listMessages(ctx, t, fs, args, func() ledger.State { return ledger.Held })
		},
	}
}

type messageJSON struct {
	ID          int64  `json:"id"`
	Folder      string `json:"folder"`
	UIDValidity uint32 `json:"uidvalidity"`
	UID         uint32 `json:"uid"`
	MessageID   string `json:"message_id"`
	SHA256      string `json:"sha256"`
	From        string `json:"from"`
	Subject     string `json:"subject"`
	Unit        string `json:"unit"`
	ReceivedAt  string `json:"received_at"`
	State       string `json:"state"`
	Why         string `json:"why"`
	WhyText     string `json:"why_text"`
	Hint        string `json:"hint"`
	Submission  *int64 `json:"submission"`
}

func listMessages(ctx context.Context, t *terminal, fs *flag.FlagSet, args []string, state func() ledger.State) error {
	file := configFlag(fs)
	asJSON := fs.Bool("json", false, "输出一个 JSON 值")
	if _, err := parseArgs(fs, args, 0, 0); err != nil {
		return err
	}
	want := state()
	switch want {
	case "", ledger.Received, ledger.Filed, ledger.Ignored, ledger.Held, ledger.Failed:
	default:
		return usage("没有“%s”这种状态", want).hint("可用：received filed ignored held failed。")
	}
	h, err := openHouse(ctx, *file, t)
	if err != nil {
		return err
	}
	defer h.close()
	ms, err := h.db.Messages(ctx, want)
	if err != nil {
		return err
	}
	if *asJSON {
		out := []messageJSON{}
		for _, m := range ms {
			out = append(out, messageAsJSON(m, h.zone))
		}
		return printJSON(t.out, out)
	}
	printMessages(t, ms, h.zone)
	return nil
}

func messageAsJSON(m ledger.Message, zone *time.Location) messageJSON {
	j := messageJSON{ID: m.ID, Folder: m.Folder, UIDValidity: m.UIDValidity, UID: m.UID, MessageID: m.MessageID, SHA256: string(m.SHA256),
		From: m.From, Subject: m.Subject, Unit: m.Unit, ReceivedAt: rfc3339(m.ReceivedAt, zone), State: string(m.State), Why: m.Why,
		WhyText: m.WhyText, Hint: m.Hint}
	if m.Submission != 0 {
		j.Submission = &m.Submission
	}
	return j
}

func printMessages(t *terminal, ms []ledger.Message, zone *time.Location) {
	if len(ms) == 0 {
		fmt.Fprintln(t.out, "没有邮件。")
		return
	}
	rows := [][]string{{"编号", "收件时间", "发件人", "单位", "状态", "主题", "说明"}}
	for _, m := range ms {
		why := m.WhyText
		if m.Hint != "" {
			why += "（内容像是 " + m.Hint + "）"
		}
		rows = append(rows, []string{fmt.Sprint(m.ID), m.ReceivedAt.In(zone).Format("01-02 15:04"), clip(m.From, 28), m.Unit,
			messageWords[m.State], clip(printable(m.Subject), 30), clip(why, 48)})
	}
	printTable(t.out, rows)
}

var messageWords = map[ledger.State]string{ledger.Received: "待处理", ledger.Filed: "已登记", ledger.Ignored: "不需处理", ledger.Held: "待核实", ledger.Failed: "失败"}

// printable drops control characters, which a subject may carry to a terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 || r >= 0x7F && r < 0xA0 {
			return -1
		}
		return r
	}, s)
}
