package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"

	"baosong/ledger"
	"baosong/notify"
)

func pruneCommand() command {
	return command{
		name: "prune", args: "征集编号 --why 原因 [--apply]",
		short: "清除已结束征集的原始邮件",
		long: `清除一个已结束征集的原始邮件，只留登记、报送的材料、去信和决定。不加 --apply 只说明将清除多少封。
仍待核实或处理失败的来信保留原件。清除由谁、因何，记入台账；清除后这些来信不能重新核对，也不能恢复，请先备份。

示例:
  baosong prune 2024-typical-cases
  baosong prune 2024-typical-cases --why 保存期满一年 --apply`,
		status: "10   台账中没有这个征集的来信\n11   征集尚未截止",
		run:    runPrune,
	}
}

func runPrune(ctx context.Context, t *terminal, fs *flag.FlagSet, args []string) error {
	file := configFlag(fs)
	why := fs.String("why", "", "原因（与 --apply 同用，必填，记入台账）")
	apply := fs.Bool("apply", false, "确实清除")
	rest, err := parseArgs(fs, args, 1, 1)
	if err != nil {
		return err
	}
	if *apply && *why == "" {
		return usage("请用 --why 写明原因").hint("原因记入台账，供日后查考。")
	}
	h, err := openHouse(ctx, *file, t)
	if err != nil {
		return err
	}
	defer h.close()
	id := rest[0]
	if err := h.ended(ctx, id); err != nil {
		return err
	}
	known, n, err := h.prunable(ctx, id)
	switch {
	case err != nil:
		return err
	case !known:
		return failed(exitNotFound, fmt.Errorf("台账中没有征集 %q 的来信", id)).hint("征集编号见征集目录的 call.toml。")
	case !*apply:
		fmt.Fprintf(t.out, "将清除 %d 封来信的原始邮件；加 --apply 和 --why 才会清除。\n", n)
		return nil
	}
	if n, err = h.db.RemoveBytes(ctx, id, operator(), *why); err != nil {
		return err
	}
	fmt.Fprintf(t.out, "已清除 %d 封来信的原始邮件，并记入台账。\n", n)
	return nil
}

// prunable says whether the ledger knows mail of a call, and how many of its raw mails may go.
func (h *house) prunable(ctx context.Context, id string) (known bool, n int, err error) {
	ms, err := h.db.Messages(ctx, "")
	for _, m := range ms {
		if m.Call != id {
			continue
		}
		known = true
		if slices.Contains([]ledger.State{ledger.Filed, ledger.Ignored}, m.State) && !m.Removed && m.SHA256 != "" {
			n++
		}
	}
	return known, n, err
}

// ended refuses a call that somebody may still send to. One that is not configured any more has ended.
func (h *house) ended(ctx context.Context, id string) error {
	c := h.callByID(id)
	if c == nil {
		return nil
	}
	standing, err := h.db.Province(ctx, notify.CallFacts(c, h.now()))
	if err != nil {
		return err
	}
	for _, u := range standing {
		if u.Deadline.After(h.now()) {
			return failed(exitConflict, errors.New("征集尚未截止，不能清除原始邮件")).
				hint(fmt.Sprintf("最晚的截止时间是 %s。", u.Deadline.In(h.zone).Format("2006-01-02 15:04")))
		}
	}
	return nil
}
