package intake

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
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
	Fates    Fates
	Every    time.Duration // between polls
	Largest  int64         // bytes; larger mail is not fetched
	Timeout  time.Duration // one command on one folder may take no longer, whatever the server does
	ReadOnly bool          // a rehearsal: the mailbox is only looked at
	// Polled is called after every poll with its outcome, nil when all folders were read and all mail was judged.
	Polled func(err error)
	Log    *slog.Logger
}

// maxTries is how often a mail that breaks the connection is asked for before it is set aside.
const maxTries = 3

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
		err := p.poll(ctx, &mb)
		if ctx.Err() != nil {
			return nil
		}
		p.Polled(err)
		if err == nil {
			failures = 0
			p.wait(ctx, mb)
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
func (p *Poller) wait(ctx context.Context, mb Mailbox) {
	until := time.Now().Add(p.Every)
	if err := p.within(ctx, func(ctx context.Context) error { _, err := mb.Open(ctx, p.Folders[0], true); return err }); err == nil {
		if changed, _ := mb.Idle(ctx, time.Until(until)); changed {
			return
		}
	}
	sleep(ctx, time.Until(until))
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
	// What an earlier run received but did not judge comes first: it needs no server.
	if err := p.judge(ctx); err != nil {
		return err
	}
	if *mb == nil {
		c, err := p.Dial(ctx)
		if err != nil {
			return fmt.Errorf("reaching the mailbox: %w", err)
		}
		*mb = c
	}
	if err := p.makeFolders(ctx, *mb); err != nil {
		return err
	}
	arrived, err := p.list(ctx, *mb)
	if err != nil {
		return err
	}
	fetchErr := p.fetch(ctx, *mb, arrived)
	// Mail that has arrived is judged even if the connection broke on the way.
	if err := p.judge(ctx); err != nil {
		return errors.Join(fetchErr, err)
	}
	if fetchErr != nil {
		return fetchErr
	}
	moved, err := p.file(ctx, *mb)
	if err != nil || moved == 0 {
		return err
	}
	_, err = p.list(ctx, *mb) // count again what our own moves have changed
	return err
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
		if err := p.within(ctx, func(ctx context.Context) error { return mb.Create(ctx, f) }); err != nil {
			return fmt.Errorf("creating folder %q: %w", f, err)
		}
	}
	return nil
}

// within bounds one step on the server in time, for a server that drips or hangs.
func (p *Poller) within(ctx context.Context, step func(ctx context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, p.Timeout)
	defer cancel()
	return step(ctx)
}

// list reads every watched folder's UIDs, tells the ledger what has gone, and returns what it does not know yet,
// oldest first.
func (p *Poller) list(ctx context.Context, mb Mailbox) ([]ledger.NewMessage, error) {
	db := p.Pipeline.Ledger
	var arrived []ledger.NewMessage
	for _, name := range p.Watched() {
		var folder mailbox.Folder
		var entries []mailbox.Entry
		err := p.within(ctx, func(ctx context.Context) (err error) {
			if folder, err = mb.Open(ctx, name, p.ReadOnly); err == nil {
				entries, err = mb.UIDs(ctx)
			}
			return err
		})
		if err != nil {
			if p.ReadOnly && !slices.Contains(p.Folders, name) {
				continue // a fate folder that is not there yet
			}
			return nil, fmt.Errorf("reading folder %q: %w", name, err)
		}
		present := make([]uint32, len(entries))
		for i, e := range entries {
			present[i] = e.UID
		}
		if _, err := db.Vanished(ctx, name, folder.UIDValidity, present); err != nil {
			return nil, fmt.Errorf("recording what left folder %q: %w", name, err)
		}
		if err := db.FolderSeen(ctx, name, folder.UIDValidity, len(entries)); err != nil {
			return nil, fmt.Errorf("recording folder %q: %w", name, err)
		}
		known, err := db.Located(ctx, name, folder.UIDValidity)
		if err != nil {
			return nil, fmt.Errorf("reading what is known of folder %q: %w", name, err)
		}
		for _, e := range entries {
			if _, ok := known[e.UID]; !ok {
				arrived = append(arrived, p.arrival(name, folder.UIDValidity, e))
			}
		}
	}
	slices.SortStableFunc(arrived, func(a, b ledger.NewMessage) int {
		return cmp.Or(a.ReceivedAt.Compare(b.ReceivedAt), cmp.Compare(a.UID, b.UID))
	})
	return arrived, nil
}

func (p *Poller) arrival(folder string, validity uint32, e mailbox.Entry) ledger.NewMessage {
	at := e.ReceivedAt
	if at.IsZero() {
		at = p.Pipeline.Now()
	}
	return ledger.NewMessage{Location: ledger.Location{Folder: folder, UIDValidity: validity, UID: e.UID}, Size: e.Size, ReceivedAt: at.UTC()}
}

// fetch brings in what has arrived, one mail at a time. A mail that breaks the connection ends the poll; it is counted
// before each try, so that after three it is set aside and the others go on.
func (p *Poller) fetch(ctx context.Context, mb Mailbox, arrived []ledger.NewMessage) error {
	open := ""
	for _, a := range arrived {
		if open != a.Folder {
			if err := p.within(ctx, func(ctx context.Context) error { _, err := mb.Open(ctx, a.Folder, p.ReadOnly); return err }); err != nil {
				return fmt.Errorf("opening folder %q: %w", a.Folder, err)
			}
			open = a.Folder
		}
		if err := p.fetchOne(ctx, mb, a); err != nil {
			return err
		}
	}
	return nil
}

func (p *Poller) fetchOne(ctx context.Context, mb Mailbox, a ledger.NewMessage) error {
	if a.Size > p.Largest {
		return p.tooLarge(ctx, mb, a)
	}
	tries, err := p.Pipeline.Ledger.BeginFetch(ctx, a.Location)
	if err != nil {
		return fmt.Errorf("counting a try: %w", err)
	}
	if tries > maxTries {
		return p.Pipeline.SetAside(ctx, a)
	}
	// A slow line gets its time: two minutes and a further second for every 50 kB.
	ctx, cancel := context.WithTimeout(ctx, p.Timeout+time.Duration(a.Size/50_000)*time.Second)
	defer cancel()
	_, _, err = p.Pipeline.Receive(ctx, a, func(w io.Writer) error {
		_, err := mb.Fetch(ctx, a.UID, &ceiling{w, p.Largest})
		return err
	})
	if errors.Is(err, mailbox.ErrGone) {
		return nil // expunged between listing and fetching
	}
	return err
}

var errCeiling = errors.New("mail is larger than the limit")

// ceiling ends a mail whose size the server did not tell, or told wrongly. It is set aside after its tries.
type ceiling struct {
	w    io.Writer
	left int64
}

func (c *ceiling) Write(b []byte) (int, error) {
	if c.left -= int64(len(b)); c.left < 0 {
		return 0, errCeiling
	}
	return c.w.Write(b)
}

// tooLarge records a mail that is not fetched; its header alone tells whom to answer.
func (p *Poller) tooLarge(ctx context.Context, mb Mailbox, a ledger.NewMessage) error {
	var header []byte
	err := p.within(ctx, func(ctx context.Context) (err error) { header, err = mb.Header(ctx, a.UID); return err })
	if err != nil {
		return fmt.Errorf("reading the header of uid %d of %q: %w", a.UID, a.Folder, err)
	}
	return p.Pipeline.TooLarge(ctx, a, bytes.NewReader(header), p.Largest)
}

// judge processes what has been received, oldest first.
func (p *Poller) judge(ctx context.Context) error {
	todo, err := p.Pipeline.Ledger.Unfinished(ctx)
	if err != nil {
		return fmt.Errorf("reading what is not judged: %w", err)
	}
	for _, m := range todo {
		if err := p.Pipeline.Process(ctx, m); err != nil {
			return err
		}
	}
	return nil
}
