package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"strings"
	"time"

	"baosong/ledger"
	"baosong/notify/letter"
)

func waiveCommand() command {
	return command{
		name: "waive", args: "问题编号 --why 原因",
		short: "一个问题不要求更正",
		long: `豁免一个问题：不再要求该单位更正。若该单位因此没有其他问题，其材料随即视为合格，并通知该单位。
问题编号见 baosong show 单位编号。

示例:
  baosong waive 31 --why 已电话核实`,
		status: "10   没有这个问题\n11   状态不允许",
		run: func(ctx context.Context, t *terminal, fs *flag.FlagSet, args []string) error {
			return decide(ctx, t, fs, args, func(h *house, id int64, why string) (*ledger.Submission, error) {
				return h.db.Waive(ctx, id, operator(), why, h.decided(fmt.Sprintf("waive:%d", id), waived(id, why)))
			})
		},
	}
}

func acceptCommand() command {
	return command{
		name: "accept", args: "报送编号 --why 原因",
		short: "材料按现状接收",
		long: `接收一次报送的材料，不论还有什么问题或欠缺，并通知该单位。

示例:
  baosong accept 7 --why 领导同意`,
		status: "10   没有这次报送\n11   状态不允许（例如已被新的报送取代）",
		run: func(ctx context.Context, t *terminal, fs *flag.FlagSet, args []string) error {
			return decide(ctx, t, fs, args, func(h *house, id int64, why string) (*ledger.Submission, error) {
				then := h.decided(fmt.Sprintf("accept:%d", id), said("贵单位报送的材料已按现状接收，不必再报。", why))
				return h.db.Accept(ctx, id, operator(), why, then)
			})
		},
	}
}

func withdrawCommand() command {
	return command{
		name: "withdraw", args: "案例编号 --why 原因",
		short: "撤回一个案例",
		long: `撤回一个已登记的案例，它不再计入，也不进入上报材料，并通知该单位。
案例编号见 baosong show 单位编号。

示例:
  baosong withdraw 15 --why 该市来函撤回`,
		status: "10   没有这个案例\n11   状态不允许",
		run: func(ctx context.Context, t *terminal, fs *flag.FlagSet, args []string) error {
			return decide(ctx, t, fs, args, func(h *house, id int64, why string) (*ledger.Submission, error) {
				c, err := h.db.Case(ctx, id)
				if err != nil {
					return nil, err
				}
				then := h.decided(fmt.Sprintf("withdraw:%d", id), said(fmt.Sprintf("贵单位的案例《%s》已撤回，不再计入。", c.Title), why))
				return h.db.Withdraw(ctx, id, operator(), why, then)
			})
		},
	}
}

// decide is the frame of the verbs that change a submission's standing: the decision, and in the same transaction the
// letter that follows from it.
func decide(ctx context.Context, t *terminal, fs *flag.FlagSet, args []string, do func(h *house, id int64, why string) (*ledger.Submission, error)) error {
	why := fs.String("why", "", "原因（必填，记入台账并写给该单位）")
	return decideMessage(ctx, t, fs, args, 1, func(h *house, id int64, _ []string) error {
		if *why == "" {
			return usage("请用 --why 写明原因").hint("原因记入台账，并写入给该单位的通知。")
		}
		s, err := do(h, id, *why)
		if err != nil {
			return err
		}
		if s == nil {
			fmt.Fprintln(t.out, "已记录，并将通知该单位。")
			return nil
		}
		fmt.Fprintf(t.out, "已记录，并将通知该单位。单位 %s，回执号 %s，%s。\n", s.Unit, s.Receipt, submissionWords[s.State])
		return nil
	})
}

// said is a decision in words with its reason, whatever stands afterwards.
func said(text, why string) func(*ledger.Submission) string {
	return func(*ledger.Submission) string { return text + "\n说明：" + why }
}

// waived says which finding need not be mended any more.
func waived(id int64, why string) func(*ledger.Submission) string {
	return func(s *ledger.Submission) string {
		for _, f := range s.Findings {
			if f.ID == id {
				return "经核实，下面一处不需要更正。\n" + joined(placeWords(f.Place), f.Message) + "\n说明：" + why
			}
		}
		return "经核实，此前指出的一处不需要更正。\n说明：" + why
	}
}

// decided words the letter that tells a unit of a decision about what it has sent.
func (h *house) decided(key string, words func(*ledger.Submission) string) ledger.Then {
	return func(s *ledger.Submission) []ledger.NewLetter {
		if s == nil {
			return nil
		}
		return h.told(s.Call, s.Unit, key, words(s), s.ID)
	}
}

// told is a letter to a unit's own addresses about a decision.
func (h *house) told(callID, unit, key, text string, submission int64) []ledger.NewLetter {
	c, err := h.call(callID)
	if err != nil {
		return nil
	}
	u, ok := c.Unit(unit)
	if !ok {
		return nil
	}
	to := u.Mailboxes()
	facts, err := json.Marshal(letter.Said{Text: text, AsIs: strings.HasPrefix(key, "accept:")})
	if err != nil || len(to) == 0 {
		return nil
	}
	return []ledger.NewLetter{{Key: "decision:" + key, Kind: ledger.Confirmation, Topic: letter.TopicDecision, Call: callID, Unit: unit, To: to,
		Submission: submission, Facts: string(facts), Due: c.Opened, State: ledger.Due}}
}

func extendCommand() command {
	return command{
		name: "extend", args: "单位编号|all --until 时间 --why 原因",
		short: "延长一个或全部单位的截止时间",
		long: `延长截止时间。时间写作 2024-06-25 或 2024-06-25T17:00；只写日期表示当日结束。催报随之顺延。

示例:
  baosong extend hefei --until 2024-06-25 --why 来函申请
  baosong extend all --until 2024-06-28T17:00 --why 省厅通知延期`,
		status: "10   没有这个单位",
		run: func(ctx context.Context, t *terminal, fs *flag.FlagSet, args []string) error {
			return extendOrPostpone(ctx, t, fs, args, (*house).extend, "%s的截止时间延至 %s")
		},
	}
}

func postponeCommand() command {
	return command{
		name: "postpone", args: "单位编号|all --until 时间 --why 原因",
		short: "某日之前不催",
		long: `在给定时间之前不向该单位发催报，例如已经电话确认。截止时间不变。

示例:
  baosong postpone hefei --until 2024-06-20 --why 已电话确认`,
		status: "10   没有这个单位",
		run: func(ctx context.Context, t *terminal, fs *flag.FlagSet, args []string) error {
			return extendOrPostpone(ctx, t, fs, args, (*house).postpone, "%s在 %s 之前不催报")
		},
	}
}

func extendOrPostpone(ctx context.Context, t *terminal, fs *flag.FlagSet, args []string,
	do func(h *house, ctx context.Context, unit string, until time.Time, why string) error, sentence string) error {
	file := configFlag(fs)
	until := fs.String("until", "", "到什么时间（必填）")
	why := fs.String("why", "", "原因（必填）")
	rest, err := parseArgs(fs, args, 1, 1)
	if err != nil {
		return err
	}
	h, err := openHouse(ctx, *file, t)
	if err != nil {
		return err
	}
	defer h.close()
	at, err := untilTime(*until, h.zone)
	if err != nil {
		return err
	}
	if *why == "" {
		return usage("请用 --why 写明原因")
	}
	unit := ledger.EveryUnit
	if rest[0] != "all" {
		if unit, err = h.unit(rest[0]); err != nil {
			return err
		}
	}
	if err := do(h, ctx, unit, at, *why); err != nil {
		return err
	}
	name := "全部单位"
	if u, ok := h.current().Unit(unit); ok {
		name = u.Name
	}
	fmt.Fprintf(t.out, "已记录："+sentence+"。\n", name, at.In(h.zone).Format("2006-01-02 15:04"))
	return nil
}

// extend tells every unit whose deadline moves.
func (h *house) extend(ctx context.Context, unit string, until time.Time, why string) error {
	c := h.current()
	if until.Before(c.Deadline) {
		return usage("%s 早于征集的截止时间 %s", until.In(h.zone).Format("2006-01-02 15:04"), c.Deadline.In(h.zone).Format("2006-01-02 15:04")).hint("截止时间只能延后，不能提前。")
	}
	text := fmt.Sprintf("贵单位的报送截止时间延至 %s。\n说明：%s\n已经报齐的不必再报。", deadlineWords(until.In(h.zone)), why)
	var letters []ledger.NewLetter
	for _, u := range c.ActiveUnits() {
		if unit == ledger.EveryUnit || unit == u.ID {
			for _, l := range h.told(c.ID, u.ID, fmt.Sprintf("extend:%s:%d:%d", u.ID, until.Unix(), h.now().UnixNano()), text, 0) {
				l.Overtakes = fmt.Sprintf("decision:extend:%s:", u.ID)
				letters = append(letters, l)
			}
		}
	}
	return h.db.Extend(ctx, c.ID, unit, until, operator(), why, letters...)
}

func (h *house) postpone(ctx context.Context, unit string, until time.Time, why string) error {
	return h.db.Postpone(ctx, h.current().ID, unit, until, operator(), why)
}

// deadlineWords writes a deadline as the letters do: the end of a day is the day.
func deadlineWords(t time.Time) string {
	s := t.Format("2006年1月2日") + "（星期" + string([]rune("日一二三四五六")[t.Weekday()]) + "）"
	if t.Hour() != 23 || t.Minute() != 59 {
		s += t.Format("15:04")
	}
	return s
}

// untilTime reads the moment that --until means; a bare date is the end of that day.
func untilTime(s string, zone *time.Location) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04"} {
		if t, err := time.ParseInLocation(layout, s, zone); err == nil {
			return t, nil
		}
	}
	if t, err := time.ParseInLocation("2006-01-02", s, zone); err == nil {
		return t.AddDate(0, 0, 1).Add(-time.Second), nil
	}
	return time.Time{}, usage("--until 的时间 %q 看不懂", s).hint("写作 2024-06-25 或 2024-06-25T17:00。")
}
