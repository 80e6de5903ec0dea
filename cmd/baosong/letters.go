package main

import (
	"context"
	"flag"
	"fmt"
	"strings"

	"baosong/ledger"
)

func lettersCommand() command {
	return command{
		name: "letters", args: "[--json] [--state 状态] | show 信件编号",
		short: "发件箱：待发、已发、未通知到、暂缓的信件",
		long: `列出发件箱中的信件；show 输出一封信的 .eml 原文（尚未撰写的会先撰写出来看，但不发送）。
状态: due 待发, composed 已写好, sent 已发, dead 未通知到, held 暂缓

示例:
  baosong letters --state dead
  baosong letters show 12 > 回执.eml`,
		status: "10   没有这封信件",
		run:    runLetters,
	}
}

type letterJSON struct {
	ID         int64  `json:"id"`
	Kind       string `json:"kind"`
	Unit       string `json:"unit"`
	To         string `json:"to"`
	Subject    string `json:"subject"`
	State      string `json:"state"`
	Attempts   int    `json:"attempts"`
	MessageID  string `json:"message_id"`
	InReplyTo  string `json:"in_reply_to"`
	Submission *int64 `json:"submission"`
	Topic      string `json:"topic"`
	Message    *int64 `json:"message"`
	CreatedAt  string `json:"created_at"`
	SentAt     string `json:"sent_at"`
	Bounced    string `json:"bounced"`
	LastError  string `json:"last_error"`
}

func runLetters(ctx context.Context, t *terminal, fs *flag.FlagSet, args []string) error {
	file := configFlag(fs)
	asJSON := fs.Bool("json", false, "输出一个 JSON 值")
	state := fs.String("state", "", "只列出这种状态")
	rest, err := parseArgs(fs, args, 0, 2)
	if err != nil {
		return err
	}
	switch ledger.LetterState(*state) {
	case "", ledger.Due, ledger.Composed, ledger.Sent, ledger.Dead, ledger.HeldLetter:
	default:
		return usage("没有“%s”这种状态", *state).hint("可用：due composed sent dead held。")
	}
	h, err := openHouse(ctx, *file, t)
	if err != nil {
		return err
	}
	defer h.close()
	if len(rest) > 0 {
		return h.showLetter(ctx, t, rest)
	}
	ls, err := h.db.Letters(ctx, ledger.LetterState(*state))
	if err != nil {
		return err
	}
	if *asJSON {
		out := []letterJSON{}
		for _, l := range ls {
			out = append(out, h.letterAsJSON(l))
		}
		return printJSON(t.out, out)
	}
	rows := [][]string{{"编号", "类别", "单位", "收件人", "状态", "次数", "主题"}}
	for _, l := range ls {
		rows = append(rows, []string{fmt.Sprint(l.ID), letterWord(l.Kind, l.Topic, kindWords[l.Kind]), l.Unit, clip(strings.Join(l.To, ","), 32), letterStateWords[l.State], fmt.Sprint(l.Attempts), clip(l.SubjectLine, 50)})
	}
	if len(ls) == 0 {
		fmt.Fprintln(t.out, "没有信件。")
		return nil
	}
	printTable(t.out, rows)
	return nil
}

var kindWords = map[ledger.Kind]string{ledger.Receipt: "回执", ledger.Correction: "补正通知", ledger.Reminder: "催报", ledger.Digest: "日报", ledger.Alert: "告警", ledger.Confirmation: "确认"}

var letterStateWords = map[ledger.LetterState]string{ledger.Due: "待发", ledger.Composed: "待发", ledger.Sent: "已发", ledger.Dead: "未通知到", ledger.HeldLetter: "暂缓"}

func (h *house) letterAsJSON(l ledger.Letter) letterJSON {
	j := letterJSON{ID: l.ID, Kind: string(l.Kind), Unit: l.Unit, To: strings.Join(l.To, ", "), Subject: l.SubjectLine, State: string(l.State),
		Attempts: l.Attempts, MessageID: l.MessageID, InReplyTo: l.InReplyTo, Topic: l.Topic, CreatedAt: rfc3339(l.CreatedAt, h.zone),
		SentAt: rfc3339(l.SentAt, h.zone), Bounced: l.Bounced, LastError: l.LastError}
	if l.Submission != 0 {
		j.Submission = &l.Submission
	}
	if l.Message != 0 {
		j.Message = &l.Message
	}
	return j
}

func (h *house) showLetter(ctx context.Context, t *terminal, rest []string) error {
	if len(rest) != 2 || rest[0] != "show" {
		return usage("letters 的参数不对").hint("用法：baosong letters show 信件编号。")
	}
	id, err := number(rest[1])
	if err != nil {
		return err
	}
	raw, err := h.runner.Compose(ctx, id)
	if err != nil {
		return err
	}
	_, err = t.out.Write(raw)
	return err
}
