package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"baosong/config"
	"baosong/intake"
	"baosong/intake/mailbox"
	"baosong/ledger"
	"baosong/ledger/blob"
	"baosong/ledger/calendar"
	"baosong/ledger/token"
	"baosong/notify"
	"baosong/notify/letter"
	"baosong/notify/schedule"
	"baosong/notify/smarthost"
	"baosong/parse/call"
)

var (
	_ intake.Mailbox   = (*mailbox.Client)(nil)
	_ notify.Transport = (*smarthost.Client)(nil)
)

// house is baosong put together for one configuration. Commands open it, use what they need, and close it.
type house struct {
	cfg      *config.Config
	zone     *time.Location
	calls    []*call.Call
	db       *ledger.DB
	blobs    *blob.Store
	pipeline *intake.Pipeline
	poller   *intake.Poller
	runner   *notify.Runner
	planner  *notify.Planner
	log      *slog.Logger
	clock    func() time.Time
	started  time.Time
	scratch  string
}

// now is the moment the house acts as of.
func (h *house) now() time.Time { return h.clock() }

// configFlag adds --config to a command.
func configFlag(fs *flag.FlagSet) *string {
	return fs.String("config", "", "配置文件（默认 ./baosong.toml，其次 /etc/baosong/baosong.toml）")
}

// atFlag adds --at to a command.
func atFlag(fs *flag.FlagSet) *string {
	return fs.String("at", "", "按这个时刻（RFC 3339）行事，供演练")
}

// loadConfig loads and proves configuration and calls; any fault is an operator's and ends with status 2.
func loadConfig(file string) (*config.Config, []*call.Call, error) {
	cfg, err := config.Load(config.Find(file))
	if err != nil {
		return nil, nil, failed(exitUsage, err)
	}
	for key, spec := range map[string]string{"schedule.digest": cfg.Schedule.Digest, "schedule.reminders": cfg.Schedule.Reminders} {
		if _, err := schedule.ParseCron(spec, cfg.Location); err != nil {
			return nil, nil, failed(exitUsage, cfg.Fault(key, fmt.Sprintf("时间表 %q 看不懂", spec), "写成五段，例如 30 8 * * * 表示每天 8:30。"))
		}
	}
	if _, err := calendar.Load(cfg.Schedule.Holidays, cfg.Location); err != nil {
		return nil, nil, failed(exitUsage, cfg.Fault("schedule.holidays", fmt.Sprintf("放假安排不能使用：%v", err), "写法见 baosong config describe；留空则用程序自带的。"))
	}
	var calls []*call.Call
	for _, dir := range cfg.Calls {
		c, err := call.Load(dir)
		if err != nil {
			return nil, nil, failed(exitUsage, err)
		}
		if err := letter.Check(c.LettersDir); err != nil {
			return nil, nil, failed(exitUsage, err)
		}
		calls = append(calls, c)
	}
	if len(calls) == 0 {
		return nil, nil, failed(exitUsage, cfg.Fault("calls", "没有配置任何征集", "写上征集目录，例如 calls = [\"calls/2024-typical-cases\"]。"))
	}
	return cfg, calls, nil
}

// openHouse loads the configuration and opens the house it describes.
func openHouse(ctx context.Context, file string, t *terminal) (*house, error) {
	cfg, calls, err := loadConfig(file)
	if err != nil {
		return nil, err
	}
	log := slog.New(slog.NewTextHandler(t.err, &slog.HandlerOptions{Level: slog.LevelWarn}))
	return assemble(ctx, cfg, calls, cfg.DataDir, time.Now, log)
}

// unopened words why a data directory cannot be opened: of what the file system says advice knows more.
func unopened(dir string, err error) error {
	var path *fs.PathError
	if errors.As(err, &path) || errors.Is(err, ledger.ErrLocked) || errors.Is(err, ledger.ErrNewerSchema) || errors.Is(err, context.Canceled) {
		return fmt.Errorf("打开数据目录 %s: %w", dir, err)
	}
	return failed(exitError, fmt.Errorf("数据目录 %s 中的台账不能打开，可能已损坏（%w）", dir, err)).hint("请先停止服务，把备份恢复到新的目录（baosong restore），再让配置的 data_dir 指向它。")
}

// assemble puts the house together on a data directory. Nothing is started and nothing is dialled.
func assemble(ctx context.Context, cfg *config.Config, calls []*call.Call, dataDir string, clock func() time.Time, log *slog.Logger) (*house, error) {
	h := &house{cfg: cfg, zone: cfg.Location, calls: calls, log: log, clock: clock, started: clock()}
	db, err := ledger.Open(ctx, dataDir, ledger.Options{Now: func() time.Time { return h.clock() }, Domain: domain(cfg.SMTP.From.Address)})
	if err != nil {
		return nil, unopened(dataDir, err)
	}
	h.db, h.blobs = db, &blob.Store{Dir: dataDir}
	// Several processes may judge mail in one data directory: each has a scratch folder of its own.
	h.scratch = filepath.Join(dataDir, "scratch", fmt.Sprintf("run-%d", os.Getpid()))
	pool, err := readerPool(h.scratch, cfg.Limits, log)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	h.pipeline = &intake.Pipeline{
		Ledger: db, Blobs: h.blobs, Calls: calls, Scratch: pool.Dir,
		Reader:      &intake.Reader{Pool: pool, Limits: unpackLimits(cfg.Limits)},
		Sender:      intake.SenderOptions{AuthservID: cfg.Sender.AuthservID, Require: cfg.Sender.Require, Own: []string{cfg.IMAP.Username, cfg.SMTP.From.Address}, LookupTXT: net.DefaultResolver.LookupTXT},
		Staff:       intake.Staff{Alerts: cfg.Staff.AlertTo, Security: cfg.Staff.SecurityTo, Deciders: append(slices.Clone(cfg.Staff.DigestTo), cfg.Staff.AlertTo...)},
		AnswerSince: cfg.IMAP.AnswerSince, Now: h.now, Zone: h.zone, Log: log,
	}
	h.poller = &intake.Poller{
		Pipeline: h.pipeline, Dial: h.dial, Folders: cfg.IMAP.Folders, Fates: intake.Fates(cfg.IMAP.Fates), Keywords: intake.Fates(cfg.IMAP.Keywords),
		Every:   cfg.IMAP.Poll,
		Largest: cfg.Limits.Message, Timeout: pollLimit, Polled: func(time.Time, error) {}, Log: log,
	}
	if err := h.assembleOutbox(ctx); err != nil {
		return nil, errors.Join(err, h.close())
	}
	return h, nil
}

// pollLimit is how long a silent or dripping server may hold one step of a poll.
const pollLimit = 120 * time.Second

func (h *house) assembleOutbox(ctx context.Context) error {
	cfg := h.cfg
	since, err := h.arrearsSince(ctx)
	if err != nil {
		return err
	}
	cal, err := calendar.Load(cfg.Schedule.Holidays, h.zone)
	if err != nil {
		return failed(exitUsage, err)
	}
	if h.pipeline.Key, err = token.Load(h.blobs.Dir); err != nil {
		return err
	}
	h.runner = &notify.Runner{Ledger: h.db, Blobs: h.blobs, Transport: smarthostOf(cfg), Mark: h.mark, Call: h.callByID, Calendar: cal, Key: h.pipeline.Key, Now: h.now, Log: h.log,
		Options: notify.Options{From: cfg.SMTP.From.String(), Pace: cfg.SMTP.Pace, PerAddressPerDay: cfg.SMTP.PerAddressPerDay, PerHour: cfg.SMTP.PerHour,
			Retry: cfg.SMTP.Retry, AlertTo: cfg.Staff.AlertTo, Folders: h.poller.Watched()}}
	h.planner = &notify.Planner{Ledger: h.db, Calls: h.calls, Calendar: cal, DigestTo: cfg.Staff.DigestTo, AlertTo: cfg.Staff.AlertTo,
		Hold: cfg.Schedule.HoldReminders, Since: since, Now: h.now, Log: h.log}
	h.runner.Planner = h.planner
	if h.planner.Reminders, err = schedule.ParseCron(cfg.Schedule.Reminders, h.zone); err != nil {
		return err
	}
	h.planner.Digest, err = schedule.ParseCron(cfg.Schedule.Digest, h.zone)
	return err
}

// arrearsSince is the day on which baosong was started: what came due before is nobody's arrear.
func (h *house) arrearsSince(ctx context.Context) (time.Time, error) {
	since, err := h.servedSince(ctx)
	if err != nil {
		return time.Time{}, err
	}
	since = since.In(h.zone)
	return time.Date(since.Year(), since.Month(), since.Day(), 0, 0, 0, 0, h.zone), nil
}

// callByID is the call of that id, nil when it is not configured any more.
func (h *house) callByID(id string) *call.Call {
	for _, c := range h.calls {
		if c.ID == id {
			return c
		}
	}
	return nil
}

// smarthostOf is the way out that the configuration describes. The password is read when it is needed: staff commands
// work where only the daemon may read it.
func smarthostOf(cfg *config.Config) *smarthost.Client {
	s := cfg.SMTP
	return &smarthost.Client{Options: smarthost.Options{Host: s.Host, Port: s.Port, TLS: s.TLS, Insecure: s.Insecure, CAFile: s.CAFile,
		Username: s.Username, Secret: cfg.SMTPPassword, From: s.From.Address}}
}

// dial reaches the mailbox.
func (h *house) dial(ctx context.Context) (intake.Mailbox, error) {
	c := h.cfg.IMAP
	password, err := h.cfg.IMAPPassword()
	if err != nil {
		return nil, failed(exitUsage, err)
	}
	return mailbox.Dial(ctx, mailbox.Options{Host: c.Host, Port: c.Port, TLS: c.TLS, Insecure: c.Insecure, CAFile: c.CAFile, Username: c.Username,
		Password: password, Timeout: c.Timeout, PollLimit: pollLimit, Version: version(), Log: h.log})
}

// close ends the readers and closes the ledger.
func (h *house) close() error {
	return errors.Join(h.pipeline.Reader.Pool.Close(), os.RemoveAll(h.scratch), h.db.Close())
}

// firstStart is the moment in the ledger at which this data directory was first served.
const firstStart = "first-start"

// servedSince is the configured start line, else the first start. One that lies ahead was noted under a wrong clock: now is as
// good.
func (h *house) servedSince(ctx context.Context) (time.Time, error) {
	if !h.cfg.IMAP.AnswerSince.IsZero() {
		return h.cfg.IMAP.AnswerSince, nil
	}
	at, err := h.db.Moment(ctx, firstStart)
	if err != nil || at.IsZero() || at.After(h.started) {
		return h.started, err
	}
	return at, nil
}

// noteFirstStart remembers when this data directory was first served.
func (h *house) noteFirstStart(ctx context.Context) error {
	at, err := h.servedSince(ctx)
	if err != nil || !at.Equal(h.started) || !h.cfg.IMAP.AnswerSince.IsZero() {
		return err
	}
	return h.db.SetMoment(ctx, firstStart, h.started)
}

// actAs makes the house act as of a moment, for rehearsals; "" leaves the system clock.
func (h *house) actAs(ctx context.Context, at string) error {
	if at == "" {
		return nil
	}
	moment, err := time.Parse(time.RFC3339, at)
	if err != nil {
		return usage("--at 的时间 %q 看不懂", at).hint("写作 2024-06-21T09:00:00+08:00。")
	}
	h.clock = func() time.Time { return moment }
	h.started = moment
	h.planner.Since, err = h.arrearsSince(ctx)
	return err
}

// current is the call that verbs without --call mean: the last one configured.
func (h *house) current() *call.Call { return h.calls[len(h.calls)-1] }

func (h *house) call(id string) (*call.Call, error) {
	if id == "" {
		return h.current(), nil
	}
	if c := h.callByID(id); c != nil {
		return c, nil
	}
	return nil, failed(exitNotFound, fmt.Errorf("没有征集 %q", id)).hint("征集编号见各征集目录的 call.toml；目录列在配置的 calls 中。")
}

// unit turns an id or a name into the id, through the current call's roster.
func (h *house) unit(s string) (string, error) { return unitOf(h.current(), s) }

func unitOf(c *call.Call, s string) (string, error) {
	if u, ok := c.Unit(s); ok {
		return u.ID, nil
	}
	for _, u := range c.Units {
		if u.Name == s || u.City == s {
			return u.ID, nil
		}
	}
	return "", failed(exitNotFound, fmt.Errorf("名册中没有单位 %q", s)).hint("单位编号见征集目录的 units.csv。")
}

// domain is what stands behind the @ of an address.
func domain(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }

// operator is who decides at the command line.
func operator() string {
	if name := os.Getenv("SUDO_USER"); name != "" {
		return name
	}
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return "unknown"
}
