package intake

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"baosong/intake/mailbox"
	"baosong/ledger"
)

// Poller reads the mailbox. All fields are set by cmd before the first call.
type Poller struct {
	Pipeline *Pipeline
	Dial     func(ctx context.Context) (Mailbox, error)
	Folders  []string
	Fates    Fates // folders
	Keywords Fates
	Every    time.Duration // between polls
	Largest  int64         // bytes; larger mail is not fetched
	Timeout  time.Duration // one command on one folder may take no longer, whatever the server does
	ReadOnly bool          // a rehearsal: the mailbox is only looked at
	// Polled is called after every poll with its outcome, nil when all folders were read and all mail was judged that had come
	// before it began.
	Polled func(began time.Time, err error)
	Log    *slog.Logger

	sound ledger.Location // a mail that came through before, as the last listing found it; zero: there is none
}

// Run polls until ctx ends: at once, then after each interval, sooner when the server announces new mail. It returns nil
// when ctx ends. A failing server is tried again at growing intervals; each outcome goes to Polled.
func (p *Poller) Run(ctx context.Context) error {
	var mb Mailbox
	defer func() {
		if mb != nil {
			mb.Close()
		}
	}()
	for failures := 0; ctx.Err() == nil; {
		began := p.Pipeline.Now()
		err := p.poll(ctx, &mb)
		if ctx.Err() != nil {
			return nil
		}
		p.Polled(began, err)
		if err == nil {
			failures = 0
			p.wait(ctx, &mb)
			continue
		}
		failures++
		if mb != nil {
			mb.Close()
			mb = nil
		}
		sleep(ctx, min(p.Every<<min(failures-1, 6), max(p.Every, 15*time.Minute)))
	}
	return nil
}

// Once polls a single time on a connection of its own.
func (p *Poller) Once(ctx context.Context) error {
	var mb Mailbox
	err := p.poll(ctx, &mb)
	if mb != nil {
		mb.Close()
	}
	return err
}

// wait passes the time to the next poll, cut short by the server's word that something has changed in the first folder.
// A connection that does not survive the wait is given up here, so that it does not cost the next poll.
func (p *Poller) wait(ctx context.Context, mb *Mailbox) {
	until := time.Now().Add(p.Every)
	changed := false
	err := p.within(ctx, func(ctx context.Context) error { _, err := (*mb).Open(ctx, p.Folders[0], true); return err })
	if err == nil {
		changed, err = (*mb).Idle(ctx, time.Until(until))
	}
	if err != nil && !errors.Is(err, mailbox.ErrNoIdle) {
		(*mb).Close()
		*mb = nil
	}
	if !changed {
		sleep(ctx, time.Until(until))
	}
}

func sleep(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// poll reads all folders, judges what came, and files it. The first error that concerns the whole mailbox or the whole
// ledger ends it; the next poll takes up where this one stopped.
func (p *Poller) poll(ctx context.Context, mb *Mailbox) error {
	err := p.pollSteps(ctx, mb)
	text := ""
	if err != nil {
		text = err.Error()
	}
	if ctx.Err() != nil {
		return err
	}
	return errors.Join(err, p.Pipeline.Ledger.PollDone(ctx, text))
}

func (p *Poller) pollSteps(ctx context.Context, mb *Mailbox) error {
	// What an earlier run received but did not judge comes first: it needs no server. A mail that still cannot be judged is no
	// reason to leave the mailbox unread; it is tried, and its error told, again below.
	waiting := p.judge(ctx)
	if ctx.Err() != nil {
		return waiting
	}
	if *mb == nil {
		c, err := p.Dial(ctx)
		if err != nil {
			return errors.Join(waiting, fmt.Errorf("reaching the mailbox: %w", err))
		}
		*mb = c
	}
	if err := p.makeFolders(ctx, *mb); err != nil {
		return err
	}
	var missing error
	for range maxRounds {
		var arrived []ledger.NewMessage
		var err error
		if arrived, missing, err = p.list(ctx, *mb); err != nil {
			return err
		}
		moved, err := p.bring(ctx, *mb, arrived)
		if err != nil || moved == 0 {
			return errors.Join(missing, err)
		}
	}
	return missing
}

// maxRounds is how often one poll lists the folders. It lists them anew after its own moves, which change the count and, on
// some servers, the UIDs; what has come meanwhile is brought in too, so that the books balance at the end of each poll.
const maxRounds = 10

// bring fetches, judges and files what has arrived, and says how many mails were moved.
func (p *Poller) bring(ctx context.Context, mb Mailbox, arrived []ledger.NewMessage) (moved int, err error) {
	fetchErr := p.fetch(ctx, mb, arrived)
	// Mail that has arrived is judged even if the connection broke on the way.
	judgeErr := p.judge(ctx)
	if fetchErr != nil || ctx.Err() != nil {
		return 0, errors.Join(fetchErr, judgeErr)
	}
	moved, err = p.file(ctx, mb)
	return moved, errors.Join(judgeErr, err)
}

// Watched are the folders polled and the folders filed into, each once.
func (p *Poller) Watched() []string {
	var out []string
	for _, f := range append(slices.Clone(p.Folders), p.Fates.Filed, p.Fates.Returned, p.Fates.Held, p.Fates.Ignored, p.Fates.Failed) {
		if f != "" && !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out
}

// makeFolders creates the fate folders; a server answers an existing one with NO, which is fine.
func (p *Poller) makeFolders(ctx context.Context, mb Mailbox) error {
	if p.ReadOnly {
		return nil
	}
	for _, f := range p.Watched() {
		if slices.Contains(p.Folders, f) {
			continue
		}
		err := p.within(ctx, func(ctx context.Context) error { return mb.Create(ctx, f) })
		switch {
		case refused(err):
			// Mail that cannot be filed is still read, judged and answered.
			p.Log.Warn("creating a fate folder was refused, its mail stays where it is", "folder", f, "err", err)
		case err != nil:
			return fmt.Errorf("creating folder %q: %w", f, err)
		}
	}
	return nil
}

// refused reports whether the server answered and said no; the connection lives on then.
func refused(err error) bool {
	var e *mailbox.Error
	return errors.As(err, &e) && e.Text != "" && !errors.Is(err, mailbox.ErrAuth)
}

// within bounds one step on the server in time, for a server that drips or hangs.
func (p *Poller) within(ctx context.Context, step func(ctx context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, p.Timeout)
	defer cancel()
	return step(ctx)
}

// judge processes what has been received, oldest first, and then what that has sent back to be joined with it. A mail for
// which there is no room waits, and those after it are judged all the same; a ledger that fails again and again ends it.
func (p *Poller) judge(ctx context.Context) error {
	err := p.judgeReceived(ctx, func(ledger.Message) bool { return true })
	if err != nil || ctx.Err() != nil {
		return err
	}
	return p.judgeReceived(ctx, func(m ledger.Message) bool { return m.Rejoined })
}

func (p *Poller) judgeReceived(ctx context.Context, wanted func(ledger.Message) bool) error {
	todo, err := p.Pipeline.Ledger.Unfinished(ctx)
	if err != nil {
		return fmt.Errorf("reading what is not judged: %w", err)
	}
	var errs []error
	for _, m := range todo {
		if !wanted(m) {
			continue
		}
		if err := p.Pipeline.Process(ctx, m); err != nil {
			errs = append(errs, err)
		}
		if len(errs) == maxFaults || ctx.Err() != nil {
			break
		}
	}
	return errors.Join(errs...)
}

// maxFaults is how many mails may fail for want of room until the disk is taken to be at fault and not a mail.
const maxFaults = 3
