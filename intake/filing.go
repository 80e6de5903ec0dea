package intake

import (
	"context"
	"errors"
	"fmt"

	"baosong/intake/mailbox"
	"baosong/ledger"
)

// file marks judged mail with the keyword of its fate, moves it into the folder of its fate, and says how many were moved.
func (p *Poller) file(ctx context.Context, mb Mailbox) (int, error) {
	if p.ReadOnly {
		return 0, nil
	}
	todo, err := p.Pipeline.Ledger.ToFile(ctx)
	if err != nil {
		return 0, fmt.Errorf("reading what is not filed: %w", err)
	}
	moved := 0
	var open ledger.Location
	for _, m := range todo {
		to, keyword := p.Fates.Of(m.Fate), p.Keywords.Of(m.Fate)
		stays := to == "" || to == m.Folder
		if keyword != "" || !stays {
			if err := p.open(ctx, mb, &open, m.Location); err != nil {
				return moved, err
			}
		}
		if keyword != "" {
			if err := p.mark(ctx, mb, m, keyword); err != nil {
				return moved, err
			}
		}
		if stays {
			if err := p.Pipeline.Ledger.FiledHere(ctx, m.ID); err != nil {
				return moved, fmt.Errorf("recording that message %d is filed: %w", m.ID, err)
			}
			continue
		}
		if err := p.move(ctx, mb, m, to); err != nil {
			return moved, err
		}
		moved++
	}
	return moved, nil
}

// mark sets the keyword of a fate in place of those of other fates. A folder that keeps no keywords costs only the mark.
func (p *Poller) mark(ctx context.Context, mb Mailbox, m ledger.Message, keyword string) error {
	k := p.Keywords
	err := p.within(ctx, func(ctx context.Context) error {
		return mb.Keyword(ctx, m.UID, keyword, k.Filed, k.Returned, k.Held, k.Ignored, k.Failed)
	})
	if errors.Is(err, mailbox.ErrKeyword) || refused(err) {
		p.Log.Warn("marking a mail was refused", "folder", m.Folder, "uid", m.UID, "err", err)
		return nil
	}
	if err != nil {
		return fmt.Errorf("marking uid %d of %q: %w", m.UID, m.Folder, err)
	}
	return nil
}

// move files one mail. Where the server does not say the new UID, the next listing matches it again by its bytes.
func (p *Poller) move(ctx context.Context, mb Mailbox, m ledger.Message, to string) error {
	if err := p.Pipeline.step("file.move"); err != nil {
		return err
	}
	var moved mailbox.Moved
	err := p.within(ctx, func(ctx context.Context) (err error) { moved, err = mb.Move(ctx, m.UID, to); return err })
	if errors.Is(err, mailbox.ErrGone) {
		return nil
	}
	if errors.Is(err, mailbox.ErrNoMove) || refused(err) {
		// The server cannot or will not take a single mail out of a folder: it stays where it is.
		p.Log.Warn("filing a mail was refused", "folder", m.Folder, "uid", m.UID, "err", err)
		if err := p.Pipeline.Ledger.FiledHere(ctx, m.ID); err != nil {
			return fmt.Errorf("recording that message %d is filed: %w", m.ID, err)
		}
		return nil
	}
	if err != nil {
		return fmt.Errorf("moving uid %d of %q: %w", m.UID, m.Folder, err)
	}
	if err := p.Pipeline.step("file.row"); err != nil {
		return err
	}
	if !moved.Known {
		if err := p.Pipeline.Ledger.MovedAway(ctx, m.ID); err != nil {
			return fmt.Errorf("recording that message %d was moved: %w", m.ID, err)
		}
		return nil
	}
	at := ledger.Location{Folder: to, UIDValidity: moved.UIDValidity, UID: moved.UID}
	if err := p.Pipeline.Ledger.Relocate(ctx, m.ID, at); err != nil {
		return fmt.Errorf("recording where message %d lies: %w", m.ID, err)
	}
	return nil
}
