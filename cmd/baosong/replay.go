package main

import (
	"context"
	"flag"
	"fmt"
	"strings"

	"baosong/ledger"
	"baosong/parse"
	"baosong/parse/finding"
)

func replayCommand() command {
	return command{
		name: "replay", args: "[邮件编号|--all] [--apply]",
		short: "按现在的程序和征集重新判断已存邮件",
		long: `用现在的程序和征集设置重新判断已存的邮件，列出结论会有哪些变化：已豁免、试行的问题不计。不加 --apply 时什么都不改、什么都不发。
加 --apply 则处理失败的邮件重新进入处理，结论有变化的按新的结论登记和回复；与 --all 同用时，已被新的报送取代的不动。

示例:
  baosong replay --all
  baosong replay 12 --apply`,
		status: "10   没有这封邮件\n11   状态不允许",
		run:    runReplay,
	}
}

type replayJSON struct {
	Message int64    `json:"message"`
	Unit    string   `json:"unit"`
	Before  string   `json:"before"`
	After   string   `json:"after"`
	Changed bool     `json:"changed"`
	Stands  bool     `json:"stands"` // no newer mail of the unit has taken its place
	Gone    []string `json:"gone"`
	New     []string `json:"new"`
}

func runReplay(ctx context.Context, t *terminal, fs *flag.FlagSet, args []string) error {
	file := configFlag(fs)
	all := fs.Bool("all", false, "全部邮件")
	apply := fs.Bool("apply", false, "按新的结论登记和回复")
	asJSON := fs.Bool("json", false, "输出一个 JSON 值")
	rest, err := parseArgs(fs, args, 0, 1)
	if err != nil {
		return err
	}
	if (len(rest) == 1) == *all {
		return usage("请给出一个邮件编号，或 --all")
	}
	h, err := openHouse(ctx, *file, t)
	if err != nil {
		return err
	}
	defer h.close()
	todo, err := h.replayed(ctx, rest)
	if err != nil {
		return err
	}
	changes, differ := []replayJSON{}, 0
	for _, m := range todo {
		change, err := h.replay(ctx, m, *apply, *all)
		if err != nil {
			return err
		}
		changes = append(changes, change)
		if change.Changed {
			differ++
		}
		if !*asJSON && change.Changed {
			change.print(t)
		}
	}
	if *asJSON {
		return printJSON(t.out, changes)
	}
	if len(rest) == 1 && differ == 0 {
		fmt.Fprintf(t.out, "邮件 %s 重新判断，结论没有变化，没有改动。\n", rest[0])
		return nil
	}
	fmt.Fprintf(t.out, "重新判断 %d 封邮件，结论有变化的 %d 封。\n", len(changes), differ)
	return nil
}

// print says what would change, in the words of check and messages.
func (c replayJSON) print(t *terminal) {
	word := func(s string) string {
		if s == "refetch" {
			return "重新读取"
		}
		return verdictWords[parse.Verdict(s)] + messageWords[ledger.State(s)]
	}
	note := ""
	if !c.Stands {
		note = "（已被新的报送取代）"
	}
	fmt.Fprintf(t.out, "邮件 %d（%s）%s：%s → %s\n", c.Message, c.Unit, note, word(c.Before), word(c.After))
	for _, f := range c.New {
		fmt.Fprintf(t.out, "  + %s\n", f)
	}
	for _, f := range c.Gone {
		fmt.Fprintf(t.out, "  - %s\n", f)
	}
}

// replayed is the one message named, or all whose bytes are kept and that were judged or have failed.
func (h *house) replayed(ctx context.Context, rest []string) ([]ledger.Message, error) {
	if len(rest) == 1 {
		id, err := number(rest[0])
		if err != nil {
			return nil, err
		}
		m, err := h.db.Message(ctx, id)
		if err != nil {
			return nil, err
		}
		if m.Removed {
			return nil, failed(exitConflict, fmt.Errorf("邮件 %d 的内容已按规定移除，不能重新判断", id))
		}
		return []ledger.Message{m}, nil
	}
	ms, err := h.db.Messages(ctx, "")
	if err != nil {
		return nil, err
	}
	var out []ledger.Message
	for _, m := range ms {
		if !m.Removed && m.SHA256 != "" && (m.State == ledger.Failed || m.Submission != 0) {
			out = append(out, m)
		}
	}
	return out, nil
}

// replay judges one mail again and says what would change; with apply it is put back and judged for good. Of many, only
// those that stand or have failed are: the others would only bring letters about what is past.
func (h *house) replay(ctx context.Context, m ledger.Message, apply, many bool) (replayJSON, error) {
	change := replayJSON{Message: m.ID, Unit: m.Unit, Before: string(m.State), Stands: true, Gone: []string{}, New: []string{}}
	if m.SHA256 == "" {
		change.After, change.Changed = "refetch", true
		if !apply {
			return change, nil
		}
		return change, h.db.Reopen(ctx, m.ID, operator(), "replay")
	}
	var before []ledger.Finding
	if m.Submission != 0 {
		s, err := h.db.Submission(ctx, m.Submission)
		if err != nil {
			return change, err
		}
		before, change.Before = s.Findings, verdictOf(s.Findings)
		change.Stands = s.State != ledger.Superseded && s.State != ledger.Withdrawn
	}
	o, err := h.pipeline.Rejudge(ctx, m)
	if err != nil {
		return change, fmt.Errorf("judging message %d again: %w", m.ID, err)
	}
	change.After = string(o.State)
	if o.Submission != nil {
		if err := h.db.Decided(ctx, o.Submission); err != nil {
			return change, err
		}
		change.After = verdictOf(o.Submission.Findings)
		change.New, change.Gone = difference(o.Submission.Findings, before), difference(before, o.Submission.Findings)
	}
	change.Changed = change.Before != change.After || len(change.New)+len(change.Gone) > 0
	if !apply || !change.Changed || many && !change.Stands {
		return change, nil
	}
	if err := h.db.Reopen(ctx, m.ID, operator(), "replay"); err != nil {
		return change, err
	}
	if m, err = h.db.Message(ctx, m.ID); err != nil {
		return change, err
	}
	return change, h.pipeline.Process(ctx, m)
}

// verdictOf is the verdict that findings come to.
func verdictOf(fs []ledger.Finding) string {
	for _, f := range fs {
		if f.Severity == finding.Error && !f.Waived && !f.Trial {
			return string(parse.Correct)
		}
	}
	return string(parse.Accept)
}

// difference lists the findings of a that b has not, each as weight, code and place.
func difference(a, b []ledger.Finding) []string {
	known := map[string]bool{}
	for _, f := range b {
		known[findingKey(f)] = true
	}
	out := []string{}
	for _, f := range a {
		if k := findingKey(f); !known[k] {
			out = append(out, k)
		}
	}
	return out
}

func findingKey(f ledger.Finding) string {
	return strings.TrimSpace(findingMark(f) + " " + string(f.Code) + " " + placeWords(f.Place))
}

// findingMark is a finding's weight for staff: what a city is not asked to mend says so.
func findingMark(f ledger.Finding) string {
	switch {
	case f.Waived:
		return "已豁免"
	case f.Trial:
		return "试行"
	}
	return severityWords[f.Severity]
}
