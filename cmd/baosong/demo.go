package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"baosong/intake/imaptest"
	"baosong/ledger"
	"baosong/notify/smtptest"
	"baosong/parse/call"
)

func demoCommand() command {
	return command{
		name: "demo", args: "[--dir 目录]",
		short: "离线演示：十六个市两周的报送全过程",
		long: `用内置的收发邮件服务器演示全过程：十六个市在两周里报送材料，有对有错，有零报告、自动回复、陌生来信、补正、逾期。
不联网，不需要任何设置。结束时在目录中留下信件、日报、汇总表和上报材料，并说明先看什么。

示例:
  baosong demo
  baosong demo --dir 演示`,
		run: runDemo,
	}
}

func runDemo(ctx context.Context, t *terminal, fs *flag.FlagSet, args []string) error {
	dir := fs.String("dir", "baosong-demo", "留下结果的目录")
	if _, err := parseArgs(fs, args, 0, 0); err != nil {
		return err
	}
	if err := emptyDemo(*dir); err != nil {
		return err
	}
	d, err := openDemo(ctx, *dir, t)
	if err != nil {
		return err
	}
	defer d.close()
	if err := d.play(ctx); err != nil {
		return err
	}
	return d.finish(ctx)
}

// emptyDemo makes the folder, or empties one that an earlier demo has left; any other folder is refused.
func emptyDemo(dir string) error {
	entries, err := os.ReadDir(dir)
	if err == nil && len(entries) > 0 {
		if _, err := os.Stat(filepath.Join(dir, demoMark)); err != nil {
			return failed(exitConflict, fmt.Errorf("目录 %s 不是空的", dir)).hint("用 --dir 换一个目录。")
		}
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, demoMark), nil, 0o644)
}

// demoMark tells a folder of ours from a folder that holds somebody's files.
const demoMark = ".baosong-demo"

// demo is the house between two servers of its own, with a clock that the script sets.
type demo struct {
	dir   string
	t     *terminal
	imap  *imaptest.Server
	smtp  *smtptest.Server
	house *house
	now   time.Time
	known map[int64]bool // messages told of
	sent  map[int64]bool // letters told of
}

func openDemo(ctx context.Context, dir string, t *terminal) (*demo, error) {
	d := &demo{dir: dir, t: t, now: on("06-11", "18:00"), known: map[int64]bool{}, sent: map[int64]bool{}}
	var err error
	if d.imap, err = imaptest.Start(imaptest.Options{}); err != nil {
		return nil, err
	}
	if d.smtp, err = smtptest.Start(smtptest.Options{}); err != nil {
		return nil, err
	}
	if err := call.Write(filepath.Join(dir, "calls", shippedCall), call.Default()); err != nil {
		return nil, err
	}
	file := filepath.Join(dir, "baosong.toml")
	if err := os.WriteFile(file, []byte(d.configText()), 0o600); err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(dir, "imap.password"), []byte(d.imap.Password), 0o600); err != nil {
		return nil, err
	}
	cfg, calls, err := loadConfig(file)
	if err != nil {
		return nil, err
	}
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	if d.house, err = assemble(ctx, cfg, calls, cfg.DataDir, func() time.Time { return d.now }, log); err != nil {
		return nil, err
	}
	return d, nil
}

func (d *demo) configText() string {
	return fmt.Sprintf(`# 演示用的配置:服务器在演示程序之内,演示结束就不在了;台账和信件仍可用各命令查看。
data_dir = "data"
calls = ["calls/%s"]

[imap]
host = "127.0.0.1"
port = %d
tls = "none"
username = "%s"
password_file = "imap.password"
answer_since = "2024-06-01T00:00:00+08:00"
[imap.fates]
filed = "已收"
returned = "待补正"
held = "待核实"
ignored = "不需处理"
failed = "异常"

[smtp]
host = "127.0.0.1"
port = %d
tls = "none"
from = "省中小企业局 <box@example.org>"
pace = "0s"

[staff]
digest_to = ["staff@example.org"]
alert_to = ["staff@example.org"]
security_to = ["security@example.org"]
`, shippedCall, d.imap.Port, d.imap.Username, d.smtp.Port)
}

func (d *demo) close() {
	d.house.close()
	d.imap.Close()
	d.smtp.Close()
}

// play runs the script: each scene happens, the house does one round of its work, and the outcome is told.
func (d *demo) play(ctx context.Context) error {
	c := d.house.current()
	scenes, err := writeScript(c, d.imap.Username)
	if err != nil {
		return err
	}
	scenes = days(scenes)
	fmt.Fprintf(d.t.out, "%s\n截止 %s。以下是两周的经过，每一步都由正式程序处理：\n\n", c.Title, c.Deadline.In(d.house.zone).Format("2006-01-02 15:04"))
	told, total := 0, len(slices.DeleteFunc(slices.Clone(scenes), func(sc scene) bool { return sc.says == "" }))
	for _, sc := range scenes {
		d.now = sc.at
		if sc.says != "" {
			told++
		}
		if err := d.scene(ctx, sc, fmt.Sprintf("[%2d/%d]", told, total)); err != nil {
			return fmt.Errorf("%s %s: %w", sc.at.Format("01-02 15:04"), sc.says, err)
		}
	}
	return nil
}

func (d *demo) scene(ctx context.Context, sc scene, progress string) error {
	if sc.says != "" {
		fmt.Fprintf(d.t.out, "%s %s  %s\n", progress, sc.at.Format("01-02 15:04"), sc.says)
	}
	if sc.mail != nil {
		if _, err := d.imap.Deliver("INBOX", sc.mail, sc.at); err != nil {
			return err
		}
	}
	if sc.staff != nil {
		if err := d.staff(ctx, sc.staff); err != nil {
			return err
		}
	}
	if err := d.house.once(ctx); err != nil {
		return err
	}
	return d.tell(ctx)
}

// staff carries out a decision as the command line would.
func (d *demo) staff(ctx context.Context, args []string) error {
	held, err := d.house.db.Messages(ctx, ledger.Held)
	if err != nil || len(held) == 0 {
		return fmt.Errorf("nothing is held: %w", err)
	}
	m := held[len(held)-1]
	if err := d.house.db.Assign(ctx, m.ID, args[2], true, "staff"); err != nil {
		return err
	}
	if m, err = d.house.db.Message(ctx, m.ID); err != nil {
		return err
	}
	return d.house.pipeline.Process(ctx, m)
}

// tell narrates what the round has brought: what became of each mail, and each letter that went out.
func (d *demo) tell(ctx context.Context) error {
	ms, err := d.house.db.Messages(ctx, "")
	if err != nil {
		return err
	}
	for _, m := range ms {
		if m.State != ledger.Received && m.State != ledger.Filed && !d.known[m.ID] {
			fmt.Fprintf(d.t.out, "%24s%s：%s\n", "", messageWords[m.State], m.WhyText)
		}
		d.known[m.ID] = true
	}
	letters, err := d.house.db.Letters(ctx, ledger.Sent)
	if err != nil {
		return err
	}
	var reminded []string
	for _, l := range letters {
		if d.sent[l.ID] {
			continue
		}
		d.sent[l.ID] = true
		if l.Kind == ledger.Reminder {
			reminded = append(reminded, d.unitName(l.Unit))
			continue
		}
		if l.Kind == ledger.Digest {
			fmt.Fprintf(d.t.out, "%8s%s  日报已发给工作人员\n", "", d.now.Format("01-02 15:04"))
			continue
		}
		fmt.Fprintf(d.t.out, "%24s→ %s\n", "", l.SubjectLine)
	}
	if len(reminded) > 0 {
		fmt.Fprintf(d.t.out, "%8s%s  催报 %d 个市：%s\n", "", d.now.Format("01-02 15:04"), len(reminded), strings.Join(reminded, "、"))
	}
	return nil
}

func (d *demo) unitName(id string) string {
	if u, ok := d.house.current().Unit(id); ok {
		return strings.TrimSuffix(u.City, "市")
	}
	return id
}
