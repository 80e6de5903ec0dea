package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"

	"baosong/intake/message"
	"baosong/ledger"
)

func showCommand() command {
	return command{
		name: "show", args: "[--json] 单位编号 | --message 邮件编号 | --submission 报送编号",
		short: "一个单位、一封邮件或一次报送的现状和全部经过",
		long: `显示一个单位的现状：案例（带案例编号）、待改问题（带问题编号）、信件，以及全部经过。
也可以只看一封邮件或一次报送的经过。

示例:
  baosong show hefei
  baosong show --message 12`,
		status: "10   没有这个单位、邮件或报送",
		run:    runShow,
	}
}

func runShow(ctx context.Context, t *terminal, fs *flag.FlagSet, args []string) error {
	file := configFlag(fs)
	message := fs.Int64("message", 0, "邮件编号")
	submission := fs.Int64("submission", 0, "报送编号")
	asJSON := fs.Bool("json", false, "输出一个 JSON 值")
	rest, err := parseArgs(fs, args, 0, 1)
	if err != nil {
		return err
	}
	h, err := openHouse(ctx, *file, t)
	if err != nil {
		return err
	}
	defer h.close()
	var v *view
	switch {
	case *message != 0:
		v, err = h.viewMessage(ctx, *message)
	case *submission != 0:
		v, err = h.viewSubmission(ctx, *submission)
	case len(rest) == 1:
		var unit string
		if unit, err = h.unit(rest[0]); err == nil {
			v, err = h.viewUnit(ctx, unit)
		}
	default:
		return usage("请给出单位编号，或 --message、--submission")
	}
	if err != nil {
		return err
	}
	if *asJSON {
		return printJSON(t.out, v)
	}
	h.printView(t, v)
	return nil
}

// view is what show shows.
type view struct {
	Title       string             `json:"title"`
	Message     *messageJSON       `json:"message,omitempty"`     // of show --message
	Attachments []string           `json:"attachments,omitempty"` // of that message
	Submission  *ledger.Submission `json:"submission"`
	Letters     []letterJSON       `json:"letters"`
	Events      []ledger.Event     `json:"events"`
}

func (h *house) viewUnit(ctx context.Context, unit string) (*view, error) {
	s, err := h.db.Standing(ctx, h.current().ID, unit)
	if err != nil {
		return nil, err
	}
	u, _ := h.current().Unit(unit)
	v := &view{Title: u.Name, Submission: s}
	if v.Events, err = h.db.Events(ctx, ledger.EventFilter{Unit: unit}); err != nil {
		return nil, err
	}
	return v, h.addLetters(ctx, v, func(l ledger.Letter) bool { return l.Unit == unit })
}

func (h *house) viewMessage(ctx context.Context, id int64) (*view, error) {
	m, err := h.db.Message(ctx, id)
	if err != nil {
		return nil, err
	}
	j := messageAsJSON(m, h.zone)
	v := &view{Title: fmt.Sprintf("邮件 %d（%s，%s）", id, messageWords[m.State], m.ReceivedAt.In(h.zone).Format("2006-01-02 15:04")), Message: &j}
	if m.Submission != 0 {
		if v.Submission, err = h.db.Submission(ctx, m.Submission); err != nil {
			return nil, err
		}
	}
	v.Attachments = h.attachments(m, v.Submission)
	if v.Events, err = h.db.Events(ctx, ledger.EventFilter{Message: id}); err != nil {
		return nil, err
	}
	return v, h.addLetters(ctx, v, func(l ledger.Letter) bool { return l.Message == id })
}

// attachments names what a mail brought: the files of its submission, or those that the mail itself names. A mail whose bytes
// are not kept, or cannot be read, names none.
func (h *house) attachments(m ledger.Message, s *ledger.Submission) []string {
	var names []string
	if s != nil && s.Message == m.ID {
		for _, f := range s.Files {
			if !f.Prior {
				names = append(names, f.Path)
			}
		}
		return names
	}
	if m.Removed || !h.blobs.Has(m.SHA256) || os.MkdirAll(h.scratch, 0o700) != nil {
		return nil
	}
	dir, err := os.MkdirTemp(h.scratch, "show-")
	if err != nil {
		return nil
	}
	defer os.RemoveAll(dir)
	read, err := message.ReadFile(h.blobs.Path(m.SHA256), dir, message.Limits{})
	if err != nil {
		return nil
	}
	for _, a := range read.Attachments {
		names = append(names, a.Name)
	}
	return names
}

func (h *house) viewSubmission(ctx context.Context, id int64) (*view, error) {
	s, err := h.db.Submission(ctx, id)
	if err != nil {
		return nil, err
	}
	v := &view{Title: "报送 " + s.Receipt, Submission: s}
	if v.Events, err = h.db.Events(ctx, ledger.EventFilter{Submission: id}); err != nil {
		return nil, err
	}
	return v, h.addLetters(ctx, v, func(l ledger.Letter) bool { return l.Submission == id })
}

func (h *house) addLetters(ctx context.Context, v *view, wanted func(ledger.Letter) bool) error {
	ls, err := h.db.Letters(ctx, "")
	if err != nil {
		return err
	}
	v.Letters = []letterJSON{}
	for _, l := range slices.DeleteFunc(ls, func(l ledger.Letter) bool { return !wanted(l) }) {
		v.Letters = append(v.Letters, h.letterAsJSON(l))
	}
	return nil
}

var submissionWords = map[ledger.SubmissionState]string{ledger.Checked: "合格，未报齐", ledger.Returned: "待补正", ledger.Accepted: "已接收", ledger.Superseded: "已被新的报送取代", ledger.Withdrawn: "已撤回"}

func (h *house) printView(t *terminal, v *view) {
	fmt.Fprintln(t.out, v.Title)
	if v.Message != nil {
		printMessage(t, v)
	}
	if s := v.Submission; s != nil {
		fmt.Fprintf(t.out, "\n报送 %d  回执号 %s  第 %d 次  %s  收件 %s\n", s.ID, s.Receipt, s.Revision, submissionWords[s.State], s.ReceivedAt.In(h.zone).Format("2006-01-02 15:04"))
		rows := [][]string{{"案例编号", "案例", "集群", "方向", "结论"}}
		for _, c := range s.Cases {
			verdict := "合格"
			switch {
			case c.Withdrawn:
				verdict = "已撤回"
			case !c.OK:
				verdict = "待补正"
			}
			rows = append(rows, []string{fmt.Sprint(c.ID), clip(printable(c.Title), 40), clip(printable(c.Cluster), 36), c.Direction, verdict})
		}
		printTable(t.out, rows)
		for _, f := range s.Findings {
			fmt.Fprintf(t.out, "问题 %d  [%s] %s\n", f.ID, findingMark(f), strings.TrimSpace(placeWords(f.Place)+"  "+printable(f.Message)))
		}
	}
	fmt.Fprintln(t.out, "\n信件：")
	for _, l := range v.Letters {
		kind := ledger.Kind(l.Kind)
		fmt.Fprintf(t.out, "  %d  %s  %s  %s\n", l.ID, letterWord(kind, l.Topic, kindWords[kind]), letterStateWords[ledger.LetterState(l.State)], printable(l.Subject))
	}
	fmt.Fprintln(t.out, "\n经过：")
	for _, e := range v.Events {
		who := e.Who
		if who == ledger.Self {
			who = "系统"
		}
		fmt.Fprintf(t.out, "  %s  %s  %s\n", e.At.In(h.zone).Format("2006-01-02 15:04:05"), who, h.eventWords(e))
	}
}

// printMessage prints what a mail says of itself.
func printMessage(t *terminal, v *view) {
	m := v.Message
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(t.out, "%s%s\n", name, printable(value))
		}
	}
	line("发件人：", m.From)
	line("主题：　", m.Subject)
	line("单位：　", m.Unit)
	line("位置：　", fmt.Sprintf("文件夹 %s，UID %d", m.Folder, m.UID))
	line("附件：　", strings.Join(v.Attachments, "、"))
	line("说明：　", m.WhyText)
	if m.Hint != "" {
		line("内容像是：", m.Hint)
	}
}
