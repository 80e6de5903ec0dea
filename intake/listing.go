package intake

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"baosong/intake/mailbox"
	"baosong/ledger"
)

// listing is what one folder holds.
type listing struct {
	name    string
	folder  mailbox.Folder
	entries []mailbox.Entry
}

// list reads every watched folder's UIDs, tells the ledger what has gone, and returns what it does not know yet,
// oldest first. A polled folder that cannot be opened keeps no mail of another from being read; missing says which. But nothing is
// read before everything has been listed once, since until then nobody knows what is old.
func (p *Poller) list(ctx context.Context, mb Mailbox) (arrived []ledger.NewMessage, missing, err error) {
	var all []listing
	for _, name := range p.Watched() {
		l := listing{name: name}
		err := p.within(ctx, func(ctx context.Context) (err error) {
			if l.folder, err = mb.Open(ctx, name, p.ReadOnly); err == nil {
				l.entries, err = mb.UIDs(ctx)
			}
			return err
		})
		if err != nil {
			polled := slices.Contains(p.Folders, name)
			if (p.ReadOnly || refused(err)) && !polled {
				continue // a fate folder that is not there
			}
			err = fmt.Errorf("reading folder %q: %w", name, err)
			if !polled || !refused(err) {
				return nil, nil, err
			}
			missing = errors.Join(missing, err)
			continue
		}
		if err := p.seen(ctx, l); err != nil {
			return nil, nil, err
		}
		all = append(all, l)
	}
	line, err := p.startLine(ctx, all, missing == nil)
	if err != nil || !line.Drawn() && p.Pipeline.AnswerSince.IsZero() {
		return nil, missing, err
	}
	arrived, err = p.arrivals(ctx, all, line)
	return arrived, missing, err
}

// seen tells the ledger what a folder holds.
func (p *Poller) seen(ctx context.Context, l listing) error {
	db := p.Pipeline.Ledger
	present := make([]uint32, len(l.entries))
	for i, e := range l.entries {
		present[i] = e.UID
	}
	if _, err := db.Vanished(ctx, l.name, l.folder.UIDValidity, present); err != nil {
		return fmt.Errorf("recording what left folder %q: %w", l.name, err)
	}
	if err := db.FolderSeen(ctx, l.name, l.folder.UIDValidity, len(l.entries)); err != nil {
		return fmt.Errorf("recording folder %q: %w", l.name, err)
	}
	return nil
}

// arrivals are the mails that the ledger does not know, oldest first.
func (p *Poller) arrivals(ctx context.Context, all []listing, line ledger.StartLine) ([]ledger.NewMessage, error) {
	var arrived []ledger.NewMessage
	var largest int64
	p.sound = ledger.Location{}
	for _, l := range all {
		known, err := p.Pipeline.Ledger.Located(ctx, l.name, l.folder.UIDValidity)
		if err != nil {
			return nil, fmt.Errorf("reading what is known of folder %q: %w", l.name, err)
		}
		for _, e := range l.entries {
			a := p.arrival(l.name, l.folder.UIDValidity, e)
			fetched, ok := known[e.UID]
			switch {
			case !ok:
				a.Old = line.Has(a.Location)
				arrived = append(arrived, a)
			case fetched && a.Size > largest && a.Size <= soundest: // one that was set aside proves nothing
				largest, p.sound = a.Size, a.Location
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

// clockSlack is how far the server's clock may be behind ours before a mail that comes right after the line was drawn is taken
// for one that was moved in.
const clockSlack = 10 * time.Minute

// startLine returns the line between old mail and mail to be answered, and draws it when the mailbox has been listed whole for
// the first time: what lies there is old, and so is what turns up later and was received before; it was moved in from
// elsewhere.
func (p *Poller) startLine(ctx context.Context, all []listing, whole bool) (ledger.StartLine, error) {
	db := p.Pipeline.Ledger
	line, err := db.StartLine(ctx)
	if err != nil || line.Drawn() || !whole || !p.Pipeline.AnswerSince.IsZero() {
		return line, err
	}
	line.Before = p.Pipeline.Now().Add(-clockSlack)
	for _, l := range all {
		mark := ledger.Mark{UIDValidity: l.folder.UIDValidity}
		for _, e := range l.entries {
			mark.UID = max(mark.UID, e.UID)
			if e.ReceivedAt.After(line.Newest) {
				line.Newest = e.ReceivedAt
			}
		}
		line.Old[l.name] = mark
	}
	p.Log.Info("drawing the start line: mail that lies here now, or was received before, is recorded and never answered", "before", line.Before)
	return line, db.DrawStartLine(ctx, line)
}

// answers reports whether a mail is to be answered: it is not older than the start line.
func (p *Pipeline) answers(ctx context.Context, receivedAt time.Time, old bool) (bool, error) {
	if !p.AnswerSince.IsZero() {
		return !receivedAt.Before(p.AnswerSince), nil
	}
	line, err := p.Ledger.StartLine(ctx)
	if err != nil {
		return false, fmt.Errorf("reading the start line: %w", err)
	}
	return !old && !line.Older(receivedAt, p.Now()), nil
}
