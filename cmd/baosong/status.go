package main

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"strings"
	"time"

	"baosong/ledger"
	"baosong/notify"
	"baosong/parse/call"
)

func statusCommand() command {
	return command{
		name: "status", args: "[--json] [--unit ID]",
		short: "各单位报送情况、尚欠材料、收发平衡",
		long: `显示各单位报了什么、还欠什么，以及邮箱与台账、发件箱的数目是否一致。

示例:
  baosong status
  baosong status --unit hefei --json`,
		status: "10   没有这个单位或征集",
		run:    runStatus,
	}
}

type statusUnit struct {
	ID            string   `json:"id"`
	Name          string   `json:"name"`
	State         string   `json:"state"`
	Late          bool     `json:"late"`
	Rows          int      `json:"rows"`
	CasesAccepted int      `json:"cases_accepted"`
	ErrorsOpen    int      `json:"errors_open"`
	WarningsOpen  int      `json:"warnings_open"`
	Owed          []string `json:"owed"`
	ReceivedAt    string   `json:"received_at"`
	Receipt       string   `json:"receipt"`
	Deadline      string   `json:"deadline"`
}

type statusReport struct {
	Call     string       `json:"call"`
	Title    string       `json:"title"`
	Deadline string       `json:"deadline"`
	Units    []statusUnit `json:"units"`
	Held     int          `json:"held"`
	Failed   int          `json:"failed"`
	Mailbox  struct {
		Server int `json:"server"`
		Ledger int `json:"ledger"`
	} `json:"mailbox"`
	Outbox struct {
		Due  int `json:"due"`
		Sent int `json:"sent"`
		Dead int `json:"dead"`
		Held int `json:"held"`
	} `json:"outbox"`
	LastPoll string `json:"last_poll"`
}

func runStatus(ctx context.Context, t *terminal, fs *flag.FlagSet, args []string) error {
	file := configFlag(fs)
	asJSON := fs.Bool("json", false, "输出一个 JSON 值")
	unit := fs.String("unit", "", "只看这个单位")
	id := fs.String("call", "", "征集编号，默认为配置中的最后一个")
	if _, err := parseArgs(fs, args, 0, 0); err != nil {
		return err
	}
	h, err := openHouse(ctx, *file, t)
	if err != nil {
		return err
	}
	defer h.close()
	c, err := h.call(*id)
	if err != nil {
		return err
	}
	r, err := h.status(ctx, c, time.Now())
	if err != nil {
		return err
	}
	if *unit != "" {
		r.Units = slices.DeleteFunc(r.Units, func(u statusUnit) bool { return u.ID != *unit && u.Name != *unit })
		if len(r.Units) == 0 {
			return failed(exitNotFound, fmt.Errorf("名册中没有单位 %q", *unit)).hint("单位编号见 units.csv。")
		}
	}
	if *asJSON {
		return printJSON(t.out, r)
	}
	r.print(t, h.zone)
	return nil
}

// status gathers what the ledger knows about a call.
func (h *house) status(ctx context.Context, c *call.Call, now time.Time) (*statusReport, error) {
	units, err := h.db.Province(ctx, notify.CallFacts(c, now))
	if err != nil {
		return nil, err
	}
	b, err := h.db.Balance(ctx, h.poller.Watched()...)
	if err != nil {
		return nil, err
	}
	r := &statusReport{Call: c.ID, Title: c.Title, Deadline: c.Deadline.In(h.zone).Format(time.RFC3339), Units: []statusUnit{}, Held: b.Held, Failed: b.Failed}
	r.Mailbox.Server, r.Mailbox.Ledger = b.Server, b.Ledger
	r.Outbox.Due, r.Outbox.Sent, r.Outbox.Dead, r.Outbox.Held = b.LettersDue, b.LettersSent, b.LettersDead, b.LettersHeld
	poll, err := h.db.LastPoll(ctx)
	if err != nil {
		return nil, err
	}
	r.LastPoll = rfc3339(poll.Whole, h.zone)
	for _, u := range units {
		s := statusUnit{ID: u.Unit, State: u.State, Late: u.Late, Rows: u.Rows, CasesAccepted: u.CasesAccepted, ErrorsOpen: u.ErrorsOpen,
			WarningsOpen: u.WarningsOpen, Owed: append([]string{}, u.Owed...), Receipt: u.Receipt, Deadline: u.Deadline.In(h.zone).Format(time.RFC3339)}
		if unit, ok := c.Unit(u.Unit); ok {
			s.Name = unit.Name
		}
		if !u.ReceivedAt.IsZero() {
			s.ReceivedAt = u.ReceivedAt.In(h.zone).Format(time.RFC3339)
		}
		r.Units = append(r.Units, s)
	}
	return r, nil
}

var stateWords = map[string]string{"none": "未报", "partial": "未报齐", "correct": "待补正", "accepted": "已报齐", "nil": "零报告"}

func (r *statusReport) print(t *terminal, zone *time.Location) {
	fmt.Fprintf(t.out, "%s\n截止 %s\n\n", r.Title, localTime(r.Deadline, zone))
	rows := [][]string{{"编号", "单位", "状态", "案例", "待改", "尚欠", "最近收件", "回执号"}}
	for _, u := range r.Units {
		state := stateWords[u.State]
		if u.Late {
			state += "(逾期)"
		}
		owed := owedWords(u.Owed)
		if owed != "" && u.State == ledger.StateAccepted {
			owed += "（不再要求）" // staff have accepted what is there
		}
		rows = append(rows, []string{u.ID, u.Name, state, fmt.Sprint(u.CasesAccepted), fmt.Sprint(u.ErrorsOpen), owed, localTime(u.ReceivedAt, zone), u.Receipt})
	}
	printTable(t.out, rows)
	balance := "一致"
	if r.Mailbox.Server != r.Mailbox.Ledger {
		balance = "不一致，请查看日志"
	}
	fmt.Fprintf(t.out, "\n邮箱 %d 封，台账 %d 封（%s）；待核实 %d 封，处理失败 %d 封\n", r.Mailbox.Server, r.Mailbox.Ledger, balance, r.Held, r.Failed)
	fmt.Fprintf(t.out, "发件：待发 %d，已发 %d，未通知到 %d，暂缓 %d\n", r.Outbox.Due, r.Outbox.Sent, r.Outbox.Dead, r.Outbox.Held)
}

func owedWords(parts []string) string {
	names := map[string]string{"summary": "汇总表", "case": "典型案例", "measures": "培育举措"}
	var out []string
	for _, p := range parts {
		if n := names[p]; n != "" {
			p = n
		}
		out = append(out, p)
	}
	return strings.Join(out, "、")
}
