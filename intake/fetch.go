package intake

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"baosong/intake/mailbox"
	"baosong/ledger"
)

// maxTries is how often a mail that breaks the connection is asked for before it is set aside.
const maxTries = 3

// fetch brings in what has arrived, one mail at a time. A mail that breaks the connection ends the poll; it is counted
// before each try, so that after three it is set aside and the others go on. A try that a broken line cut short is taken back.
func (p *Poller) fetch(ctx context.Context, mb Mailbox, arrived []ledger.NewMessage) error {
	var open ledger.Location
	for _, a := range arrived {
		if err := p.open(ctx, mb, &open, a.Location); err != nil {
			return err
		}
		if err := p.fetchOne(ctx, mb, a); err != nil {
			return err
		}
	}
	return nil
}

// open opens the folder of a mail unless it is open already. A UID means nothing under another UIDVALIDITY than the one it was
// listed under: the next listing puts that right.
func (p *Poller) open(ctx context.Context, mb Mailbox, now *ledger.Location, at ledger.Location) error {
	if now.Folder == at.Folder && now.UIDValidity == at.UIDValidity {
		return nil
	}
	var f mailbox.Folder
	err := p.within(ctx, func(ctx context.Context) (err error) { f, err = mb.Open(ctx, at.Folder, p.ReadOnly); return err })
	if err != nil {
		return fmt.Errorf("opening folder %q: %w", at.Folder, err)
	}
	if f.UIDValidity != at.UIDValidity {
		return fmt.Errorf("folder %q was numbered anew: its UIDVALIDITY was %d and is %d", at.Folder, at.UIDValidity, f.UIDValidity)
	}
	*now = at
	return nil
}

func (p *Poller) fetchOne(parent context.Context, mb Mailbox, a ledger.NewMessage) error {
	tries, err := p.Pipeline.Ledger.BeginFetch(parent, a.Location)
	if err != nil {
		return fmt.Errorf("counting a try: %w", err)
	}
	if tries > maxTries {
		return p.Pipeline.SetAside(parent, a)
	}
	if a.Size > p.Largest {
		return p.outcomeOf(parent, a, p.tooLarge(parent, mb, a))
	}
	// A slow line gets its time: two minutes and a further second for every 50 kB.
	ctx, cancel := context.WithTimeout(parent, p.Timeout+time.Duration(a.Size/50_000)*time.Second)
	defer cancel()
	_, _, err = p.Pipeline.Receive(ctx, a, func(w io.Writer) error {
		_, err := mb.Fetch(ctx, a.UID, &ceiling{w, p.Largest})
		return err
	})
	return p.outcomeOf(parent, a, err)
}

// outcomeOf says what a try that ended in err means: for the poll, and for the count of tries.
func (p *Poller) outcomeOf(parent context.Context, a ledger.NewMessage, err error) error {
	switch {
	case errors.Is(err, mailbox.ErrGone):
		return nil // expunged between listing and fetching
	case err != nil && (noRoom(err) || errors.Is(parent.Err(), context.Canceled) || errors.Is(err, context.Canceled)):
		return errors.Join(err, p.takeBack(parent, a))
	case err != nil && !errors.Is(err, errCeiling) && !p.passes(parent):
		return errors.Join(err, p.takeBack(parent, a))
	}
	return err
}

const (
	soundest = 1 << 20          // bytes; a known mail that proves a connection is no larger
	proving  = 30 * time.Second // and may take no longer
)

// passes reports whether a fresh connection brings a mail that came through before. While it does not, the line is broken and
// not the mail that was asked for. Where nothing has come through yet, nothing speaks for the mail.
func (p *Poller) passes(ctx context.Context) bool {
	if p.sound.UID == 0 {
		return true
	}
	ctx, cancel := context.WithTimeout(ctx, min(proving, p.Timeout))
	defer cancel()
	mb, err := p.Dial(ctx)
	if err != nil {
		return false
	}
	defer mb.Close()
	if _, err = mb.Open(ctx, p.sound.Folder, true); err == nil {
		_, err = mb.Fetch(ctx, p.sound.UID, io.Discard)
	}
	if err != nil {
		p.Log.Warn("the connection brings no other mail either", "folder", p.sound.Folder, "uid", p.sound.UID, "err", err)
	}
	return err == nil
}

// takeBack takes a try back that was cut short by us: after three of those a good mail would be set aside.
func (p *Poller) takeBack(ctx context.Context, a ledger.NewMessage) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second) // the daemon may be stopping
	defer cancel()
	if err := p.Pipeline.Ledger.TakeBackFetch(ctx, a.Location); err != nil {
		return fmt.Errorf("taking back a try: %w", err)
	}
	return nil
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
