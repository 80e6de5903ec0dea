package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"baosong/config"
	"baosong/intake"
	"baosong/intake/cage"
	"baosong/intake/mailbox"
	"baosong/parse/call"
)

func doctorCommand() command {
	return command{
		name: "doctor", args: "[--no-probe]",
		short: "逐项检验安装和设置，指出毛病和治法",
		long: `逐项检验：配置、征集、数据目录、读取文件的隔离、收件服务器、发件服务器，最后给自己发一封试验邮件并在 60 秒内从收件箱看到它。
加 --no-probe 不发试验邮件。

示例:
  baosong doctor --config /etc/baosong/baosong.toml`,
		status: "3    有一项没有通过",
		run:    runDoctor,
	}
}

// examination prints each step's outcome and remembers whether one failed.
type examination struct {
	t      *terminal
	failed bool
}

func (e *examination) step(name string, err error, note string) bool {
	if err == nil {
		fmt.Fprintf(e.t.out, "✓ %s", name)
		if note != "" {
			fmt.Fprintf(e.t.out, "：%s", note)
		}
		fmt.Fprintln(e.t.out)
		return true
	}
	e.failed = true
	fmt.Fprintf(e.t.out, "✗ %s：%v\n", name, err)
	var f *failure
	if errors.As(err, &f) && f.tip != "" {
		fmt.Fprintf(e.t.out, "    %s\n", f.tip)
	}
	return false
}

func runDoctor(ctx context.Context, t *terminal, fs *flag.FlagSet, args []string) error {
	file := configFlag(fs)
	noProbe := fs.Bool("no-probe", false, "不发试验邮件")
	if _, err := parseArgs(fs, args, 0, 0); err != nil {
		return err
	}
	cfg, calls, err := loadConfig(*file)
	if err != nil {
		return err
	}
	e := &examination{t: t}
	e.step("配置", nil, "")
	for _, c := range calls {
		e.step("征集 "+c.ID, nil, fmt.Sprintf("单位 %d 个，集群 %d 个，截止 %s", len(c.ActiveUnits()), len(c.Clusters), c.Deadline.In(cfg.Location).Format("2006-01-02 15:04")))
	}
	for _, line := range notices(cfg, calls, time.Now()) {
		fmt.Fprintf(t.out, "    请留意：%s\n", line)
	}
	e.step("数据目录 "+cfg.DataDir, writable(cfg.DataDir), "")
	e.step("隔离读取", e.reads(ctx, calls[len(calls)-1], cfg.Limits), "")
	for _, note := range cage.Probe() {
		fmt.Fprintf(t.out, "    %s\n", note)
	}
	canRead := e.examineMailbox(ctx, cfg)
	canSend := e.examineSmarthost(ctx, cfg)
	if canRead && canSend && !*noProbe {
		e.step("试验邮件", probe(ctx, cfg), "已发出并从收件箱看到")
	}
	if e.failed {
		return errFindings
	}
	fmt.Fprintln(t.out, "全部通过。")
	return nil
}

// writable proves that the data directory can be made and written.
func writable(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return failed(exitError, err).hint("请以有权限的用户创建该目录，或修改 data_dir。")
	}
	f, err := os.CreateTemp(dir, ".doctor-")
	if err != nil {
		return failed(exitError, err).hint("请检查目录的所有者和权限（应为 0700，归运行服务的用户）。")
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// reads proves that the caged reader works, on a file of our own.
func (e *examination) reads(ctx context.Context, c *call.Call, l config.Limits) error {
	dir, err := os.MkdirTemp("", "baosong-doctor-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "probe.csv")
	if err := os.WriteFile(file, []byte("序号,集群名称\n"), 0o600); err != nil {
		return err
	}
	_, err = checkFiles(ctx, []string{file}, c, intake.Context{Partial: true, Today: time.Now()})
	return err
}

func (e *examination) examineMailbox(ctx context.Context, cfg *config.Config) bool {
	h := &house{cfg: cfg, log: quiet()}
	name := fmt.Sprintf("收件 %s:%d", cfg.IMAP.Host, cfg.IMAP.Port)
	mb, err := h.dial(ctx)
	if err != nil {
		return e.step(name, describeFailure(err), "")
	}
	defer mb.Close()
	for _, folder := range cfg.IMAP.Folders {
		f, err := mb.Open(ctx, folder, true)
		if err != nil {
			return e.step(name+" "+folder, describeFailure(err), "")
		}
		entries, err := mb.UIDs(ctx)
		if err != nil {
			return e.step(name+" "+folder, describeFailure(err), "")
		}
		note := fmt.Sprintf("%d 封", f.Exists)
		if oldest := oldestOf(entries); !oldest.IsZero() {
			note += "，最早 " + oldest.In(cfg.Location).Format("2006-01-02") + "（有的服务商默认只给最近 30 天，可在邮箱设置中改为全部）"
		}
		e.step(name+" "+folder, nil, note)
	}
	return true
}

func oldestOf(entries []mailbox.Entry) time.Time {
	var oldest time.Time
	for _, m := range entries {
		if !m.ReceivedAt.IsZero() && (oldest.IsZero() || m.ReceivedAt.Before(oldest)) {
			oldest = m.ReceivedAt
		}
	}
	return oldest
}

func (e *examination) examineSmarthost(ctx context.Context, cfg *config.Config) bool {
	name := fmt.Sprintf("发件 %s:%d", cfg.SMTP.Host, cfg.SMTP.Port)
	if _, err := cfg.SMTPPassword(); err != nil {
		return e.step(name, err, "") // no password: the error says what to do
	}
	err := smarthostOf(cfg).Check(ctx)
	if err != nil {
		err = failed(exitError, err).hint("请核对发件服务器、端口、tls 设置和授权码；部分服务商须单独开启 SMTP 服务。")
	}
	return e.step(name, err, "")
}

// probe sends a mail to the mailbox itself and waits until IMAP shows it.
func probe(ctx context.Context, cfg *config.Config) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	client, token := smarthostOf(cfg), rand.Text()
	to := mailboxAddress(cfg)
	raw := fmt.Sprintf("From: <%s>\r\nTo: <%s>\r\nSubject: baosong doctor %s\r\nDate: %s\r\nMessage-ID: <%s@baosong.invalid>\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"+
		"Content-Type: text/plain; charset=us-ascii\r\n\r\nProbe of baosong doctor. It may be deleted.\r\n", cfg.SMTP.From.Address, to, token, time.Now().Format(time.RFC1123Z), token)
	if err := client.Send(ctx, cfg.SMTP.From.Address, []string{to}, []byte(raw)); err != nil {
		return err
	}
	for ctx.Err() == nil {
		seen, err := probeSeen(ctx, cfg, token)
		if seen || err != nil && ctx.Err() == nil {
			return err
		}
		pause(ctx, time.Second)
	}
	return failed(exitError, errors.New("60 秒内没有从收件箱看到试验邮件")).hint("邮件可能进了垃圾邮件文件夹，或发件邮箱与收件邮箱不是同一个；可把该文件夹加入 folders。")
}

// mailboxAddress is the address of the mailbox that is read: its account, or the sender's when the account is no address.
func mailboxAddress(cfg *config.Config) string {
	if strings.Contains(cfg.IMAP.Username, "@") {
		return cfg.IMAP.Username
	}
	return cfg.SMTP.From.Address
}

// probeSeen looks for this very probe in the folders, among the newest mail of each. Providers may replace a Message-ID, so
// the token stands in the subject as well.
func probeSeen(ctx context.Context, cfg *config.Config, token string) (bool, error) {
	h := &house{cfg: cfg, log: quiet()}
	mb, err := h.dial(ctx)
	if err != nil {
		return false, err
	}
	defer mb.Close()
	for _, folder := range cfg.IMAP.Folders {
		if _, err := mb.Open(ctx, folder, true); err != nil {
			return false, err
		}
		entries, err := mb.UIDs(ctx)
		if err != nil {
			return false, err
		}
		for _, m := range entries[max(0, len(entries)-5):] {
			header, err := mb.Header(ctx, m.UID)
			if err != nil {
				return false, err
			}
			if bytes.Contains(header, []byte(token)) {
				return true, nil
			}
		}
	}
	return false, nil
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }
