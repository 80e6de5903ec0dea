package main

import (
	"context"
	"flag"
	"fmt"
	"strconv"

	"baosong/ledger"
)

func assignCommand() command {
	return command{
		name: "assign", args: "邮件编号 单位编号 [--remember]",
		short: "把待核实的邮件归到某个单位",
		long: `把一封待核实（或失败、不需处理）的邮件归到某个单位，随即按该单位报送的材料处理并回复。
加 --remember 则记住这个发件地址，以后同一地址的来信直接归到该单位。

示例:
  baosong held
  baosong assign 12 hefei --remember`,
		status: "10   没有这封邮件或这个单位\n11   邮件的状态不允许",
		run: func(ctx context.Context, t *terminal, fs *flag.FlagSet, args []string) error {
			remember := fs.Bool("remember", false, "记住这个发件地址")
			return decideMessage(ctx, t, fs, args, 2, func(h *house, id int64, rest []string) error {
				m, err := h.db.Message(ctx, id)
				if err != nil {
					return err
				}
				c := h.callByID(m.Call) // the call that the mail belongs to has its own roster
				if c == nil {
					c = h.current()
				}
				unit, err := unitOf(c, rest[0])
				if err != nil {
					return err
				}
				if err := h.db.Assign(ctx, id, unit, *remember, operator()); err != nil {
					return err
				}
				return h.processNow(ctx, t, id)
			})
		},
	}
}

func ignoreCommand() command {
	return command{
		name: "ignore", args: "邮件编号 [--why 原因]",
		short: "待核实的邮件不作处理",
		long: `把一封待核实或失败的邮件标为不需处理，不回复。

示例:
  baosong ignore 12 --why 广告`,
		status: "10   没有这封邮件\n11   邮件的状态不允许",
		run: func(ctx context.Context, t *terminal, fs *flag.FlagSet, args []string) error {
			why := fs.String("why", "", "原因")
			return decideMessage(ctx, t, fs, args, 1, func(h *house, id int64, _ []string) error {
				if err := h.db.Ignore(ctx, id, operator(), *why); err != nil {
					return err
				}
				fmt.Fprintf(t.out, "邮件 %d 已标为不需处理。\n", id)
				return nil
			})
		},
	}
}

func releaseCommand() command {
	return command{
		name: "release", args: "邮件编号 | --letter 信件编号",
		short: "放行待核实的邮件或暂缓的信件",
		long: `放行一封待核实的邮件：按系统判断的单位（或内容所指的单位）处理并回复。
加 --letter 则放行一封因超过上限或按设置暂缓发送的信件。

示例:
  baosong release 12
  baosong letters --state held
  baosong release --letter 40`,
		status: "10   没有这封邮件或信件\n11   状态不允许，或没有可依据的单位（请用 assign）",
		run: func(ctx context.Context, t *terminal, fs *flag.FlagSet, args []string) error {
			letter := fs.Int64("letter", 0, "放行这封信件")
			why := fs.String("why", "", "原因")
			file := configFlag(fs)
			rest, err := parseArgs(fs, args, 0, 1)
			if err != nil {
				return err
			}
			h, err := openHouse(ctx, *file, t)
			if err != nil {
				return err
			}
			defer h.close()
			if *letter != 0 {
				if err := h.db.ReleaseLetter(ctx, *letter, operator(), *why); err != nil {
					return err
				}
				fmt.Fprintf(t.out, "信件 %d 已放行，将在下一轮发出。\n", *letter)
				return nil
			}
			if len(rest) != 1 {
				return usage("请给出邮件编号").hint("baosong held 列出待核实的邮件。")
			}
			id, err := number(rest[0])
			if err != nil {
				return err
			}
			if err := h.db.ReleaseMessage(ctx, id, operator(), *why); err != nil {
				return err
			}
			return h.processNow(ctx, t, id)
		},
	}
}

// decideMessage is the frame of the verbs that decide on one mail.
func decideMessage(ctx context.Context, t *terminal, fs *flag.FlagSet, args []string, n int, do func(h *house, id int64, rest []string) error) error {
	file := configFlag(fs)
	rest, err := parseArgs(fs, args, n, n)
	if err != nil {
		return err
	}
	id, err := number(rest[0])
	if err != nil {
		return err
	}
	h, err := openHouse(ctx, *file, t)
	if err != nil {
		return err
	}
	defer h.close()
	return do(h, id, rest[1:])
}

func number(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n <= 0 {
		return 0, usage("“%s”不是编号", s)
	}
	return n, nil
}

// processNow judges a mail that staff have just decided on, in this very process; the daemon beside it finds it done.
func (h *house) processNow(ctx context.Context, t *terminal, id int64) error {
	m, err := h.db.Message(ctx, id)
	if err != nil {
		return err
	}
	if err := h.pipeline.Process(ctx, m); err != nil {
		return err
	}
	if m, err = h.db.Message(ctx, id); err != nil {
		return err
	}
	fmt.Fprintf(t.out, "邮件 %d：%s", id, messageWords[m.State])
	if m.State == ledger.Filed {
		fmt.Fprintf(t.out, "，单位 %s；如有回复将在下一轮发出", m.Unit)
	}
	fmt.Fprintln(t.out, "。")
	return nil
}
