package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"baosong/intake/mailbox"
	"baosong/ledger"
)

func serveCommand() command {
	return command{
		name: "serve", args: "[--once] [--dry-run] [--at 时间]",
		short: "运行服务：收件、判断、登记、回复、催报、日报",
		long: `运行服务。--once 只做一轮：读完全部文件夹，处理全部来信，发出全部到期的信，然后退出。
--dry-run 只看不动：不改动邮箱和发件箱，说明将会做什么。
--at 与 --once 同用，按给定时刻（RFC 3339）行事，供演练。

示例:
  baosong serve
  baosong serve --once --dry-run
  baosong serve --once --at 2024-06-19T09:00:00+08:00`,
		status: "11   数据目录正被另一个 serve 使用",
		run:    runServe,
	}
}

func runServe(ctx context.Context, t *terminal, fs *flag.FlagSet, args []string) error {
	file := configFlag(fs)
	once := fs.Bool("once", false, "只做一轮")
	dry := fs.Bool("dry-run", false, "只看不动，说明将会做什么")
	at := atFlag(fs)
	if _, err := parseArgs(fs, args, 0, 0); err != nil {
		return err
	}
	if *at != "" && !*once {
		return usage("--at 只能与 --once 同用").hint("长期运行的服务只看系统时钟。")
	}
	cfg, calls, err := loadConfig(*file)
	if err != nil {
		return err
	}
	if _, err := cfg.IMAPPassword(); err != nil {
		return failed(exitUsage, err)
	}
	if _, err := cfg.SMTPPassword(); err != nil {
		return failed(exitUsage, err)
	}
	log := slog.New(slog.NewTextHandler(t.err, nil))
	if *dry {
		return rehearse(ctx, t, cfg, calls, *at, log)
	}
	unlock, err := ledger.Lock(cfg.DataDir)
	if errors.Is(err, ledger.ErrLocked) {
		return failed(exitConflict, fmt.Errorf("数据目录 %s 正被另一个 baosong serve 使用", cfg.DataDir)).hint("先停掉那一个（systemctl stop baosong），或换一个 data_dir。")
	}
	if err != nil {
		return fmt.Errorf("数据目录 %s 不能使用: %w", cfg.DataDir, err)
	}
	defer unlock()
	sweepScratch(cfg.DataDir, log)
	h, err := assemble(ctx, cfg, calls, cfg.DataDir, time.Now, log)
	if err != nil {
		return err
	}
	defer h.close()
	// What a crash cut short is finished before anything new is taken in.
	if err := h.db.Sweep(ctx); err != nil {
		return fmt.Errorf("清理数据目录: %w", err)
	}
	if err := h.actAs(ctx, *at); err != nil {
		return err
	}
	if err := h.noteFirstStart(ctx); err != nil {
		return err
	}
	if *once {
		return h.once(ctx)
	}
	return h.serve(ctx)
}

// once reads all folders, judges all mail, plans and sends what is due. A letter that must wait is no failure; a
// mailbox that cannot be read is, but does not keep letters from going out.
func (h *house) once(ctx context.Context) error {
	began := h.now()
	err := h.poller.Once(ctx)
	if err == nil {
		h.planner.MailboxRead(began)
		h.balance(ctx)
	} else {
		err = describeFailure(err)
	}
	return errors.Join(err, h.letters(ctx))
}

// letters plans what is due by the calendar and sends what is due now.
func (h *house) letters(ctx context.Context) error {
	if _, err := h.planner.Plan(ctx, h.now()); err != nil {
		return fmt.Errorf("planning letters: %w", err)
	}
	if _, err := h.runner.RunDue(ctx); err != nil {
		return fmt.Errorf("sending letters: %w", err)
	}
	return nil
}

// describeFailure says in words which side failed and what to do.
func describeFailure(err error) error {
	var known *failure
	switch {
	case errors.As(err, &known):
		return err
	case errors.Is(err, mailbox.ErrNoFolder):
		return failed(exitError, fmt.Errorf("读邮箱: %w", err)).hint("请核对 folders 中的文件夹名，名称与网页邮箱中显示的一致，收件箱写 INBOX。")
	case errors.Is(err, mailbox.ErrUnsafeLogin):
		return failed(exitError, err).hint("邮件服务商拒绝：请在邮箱设置中确认已开启 IMAP 服务，并使用有效的授权码。")
	case errors.Is(err, mailbox.ErrAuth):
		return failed(exitError, err).hint("邮箱拒绝了用户名或密码：很多服务商要求使用授权码，修改密码后授权码会失效。")
	case errors.Is(err, ledger.ErrReplaced):
		return failed(exitError, err).hint("运行中不要移动或替换数据目录；先停止服务，恢复或换好之后再启动。")
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EROFS), errors.Is(err, syscall.EACCES):
		return failed(exitError, fmt.Errorf("写数据目录: %w", err)).hint("请检查磁盘空间和目录权限。")
	}
	var server *mailbox.Error
	if errors.As(err, &server) {
		return failed(exitError, fmt.Errorf("读邮箱: %w", err)).hint("请核对 [imap] 的 host、port、tls，并确认本机连得到该服务器。")
	}
	return failed(exitError, fmt.Errorf("处理来信或写数据目录: %w", err)).hint("详情见日志；可用 baosong doctor 逐项检查。")
}

// serve runs until ctx ends: the poller, the outbox and the planner, each in a goroutine of its own.
func (h *house) serve(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var wg sync.WaitGroup
	notifySystemd("STATUS=正在读邮箱，读完一遍即就绪。")
	wake := make(chan struct{}, 1)
	health := &health{house: h, wake: wake}
	polled := make(chan struct{})
	first := sync.OnceFunc(func() { close(polled) })
	h.poller.Polled = func(began time.Time, err error) {
		health.polled(ctx, began, err)
		first()
	}
	// What came while the daemon was down is read before anybody is reminded, and before staff are told how things stand.
	plan := func(ctx context.Context) error {
		select {
		case <-polled:
			return h.planner.Run(ctx)
		case <-ctx.Done():
			return nil
		}
	}
	h.runner.Wake = wake
	h.planner.Wake = health.poke
	errs := make(chan error, 3)
	// Started here, stopped by ctx; joined below.
	for _, run := range []func(context.Context) error{h.poller.Run, h.runner.Run, plan} {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if err := run(ctx); err != nil && ctx.Err() == nil {
				errs <- err
				stop()
			}
		}()
	}
	<-ctx.Done()
	notifySystemd("STOPPING=1")
	h.log.Info("stopping")
	wg.Wait()
	select {
	case err := <-errs:
		return err
	default:
		return nil
	}
}

// health watches the polls: it says ready once, and tells staff when the mailbox cannot be read, and when it can again.
type health struct {
	house    *house
	wake     chan<- struct{}
	ready    bool
	failures int
	alerted  bool
}

// alertAfter is how many polls in a row fail before staff are told; a refused password is told at once.
const alertAfter = 5

func (s *health) polled(ctx context.Context, began time.Time, err error) {
	h := s.house
	if err == nil {
		s.recovered(ctx, began)
		return
	}
	s.failures++
	h.planner.MailboxUnread()
	notifySystemd(fmt.Sprintf("STATUS=邮箱连续 %d 次没有读完：%s", s.failures, oneLine(err)))
	h.log.Error("polling", "failures", s.failures, "err", err)
	if errors.Is(err, ledger.ErrReplaced) {
		s.poke() // the runner meets the same fault, and ends the daemon
		return
	}
	certain := errors.Is(err, mailbox.ErrAuth) || errors.Is(err, mailbox.ErrUnsafeLogin)
	if s.alerted || !certain && s.failures < alertAfter {
		return
	}
	s.alerted = true
	text := "系统已连续多次读不到邮箱，来信暂时收不进来；恢复后会自动补收，不会丢失。恢复之前不催报，以免错催已报送的单位。"
	switch {
	case errors.Is(err, mailbox.ErrNoFolder):
		text = "配置的文件夹中有打不开的，可能已被改名或删除，请核对 folders。其余文件夹照常收信，但恢复之前不催报；首次运行时，要等全部文件夹都打开过才开始收信。\n原因：" + err.Error()
	case certain:
		text = "邮件服务器拒绝了登录。请确认已开启 IMAP 服务、授权码有效（修改密码后授权码会失效），并更新密码文件。恢复后会自动补收，不会丢失；恢复之前不催报。"
	}
	if err := h.planner.Alert(ctx, "mailbox-down:"+h.now().UTC().Format(time.RFC3339), text); err != nil {
		h.log.Error("queueing an alert", "err", err)
	}
}

func (s *health) recovered(ctx context.Context, began time.Time) {
	h := s.house
	if s.alerted {
		if err := h.planner.AllClear(ctx, "mailbox-up:"+h.now().UTC().Format(time.RFC3339), "邮箱已恢复读取，此前的来信正在补收。"); err != nil {
			h.log.Error("queueing an alert", "err", err)
		}
	}
	if s.failures > 0 || !s.ready {
		notifySystemd("STATUS=收信正常。")
	}
	s.failures, s.alerted = 0, false
	h.planner.MailboxRead(began)
	h.balance(ctx)
	s.poke()
	if s.ready {
		return
	}
	s.ready = true
	h.log.Info("ready")
	notifySystemd("READY=1")
}

// balance compares the books after a whole poll: as many mails on the server as the ledger expects there, and every message with
// a fate. A difference goes to the log here, and stands first and in red in the digest (账实不符).
func (h *house) balance(ctx context.Context) {
	b, err := h.db.Balance(ctx, h.poller.Watched()...)
	if err != nil {
		h.log.Error("balancing the books", "err", err)
		return
	}
	if b.Server != b.Ledger || b.Received > 0 {
		h.log.Error("the books do not balance", "server", b.Server, "ledger", b.Ledger, "unjudged", b.Received)
	}
}

// poke tells the runner that there may be something to send.
func (s *health) poke() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// sweepScratch removes what readers of dead processes left behind. The caller holds the lock.
func sweepScratch(dataDir string, log *slog.Logger) {
	dirs, err := fs.Glob(os.DirFS(dataDir), "scratch/run-*") // the directory's own name is no pattern
	if err != nil {
		return
	}
	for _, d := range dirs {
		pid, err := strconv.Atoi(strings.TrimPrefix(filepath.Base(d), "run-"))
		if err == nil && pid != os.Getpid() && syscall.Kill(pid, 0) == nil {
			continue
		}
		if err := os.RemoveAll(filepath.Join(dataDir, d)); err != nil {
			log.Warn("sweeping scratch", "err", err)
		}
	}
}
