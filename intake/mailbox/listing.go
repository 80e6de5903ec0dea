package mailbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

const (
	// listChunk is how many mails one command lists: a broken answer costs little, a big folder no great answer.
	listChunk = 500
	// listRedials is how often UIDs reconnects to find the mails whose answers end the connection; after that it asks
	// for the UIDs alone.
	listRedials = 16
	// listTries is how often UIDs starts over when mails vanish meanwhile.
	listTries = 3
)

// Entry is one mail of the open folder.
type Entry struct {
	UID        uint32
	Size       int64     // RFC822.SIZE; -1 when the server did not tell
	ReceivedAt time.Time // INTERNALDATE; zero when the server did not tell or told nonsense
	Flags      []string
	Seen       bool
}

// levels are what is asked about a mail, from everything to the least.
func levels() []imap.FetchOptions {
	return []imap.FetchOptions{
		{UID: true, RFC822Size: true, InternalDate: true, Flags: true},
		{UID: true, RFC822Size: true, InternalDate: true},
		{UID: true, RFC822Size: true},
		{UID: true},
	}
}

// UIDs lists the open folder, ascending by UID. Every mail there is in the answer, or there is an error: the caller may
// conclude from a missing UID that the mail is gone.
//
// The list is asked for by sequence number, because go-imap drops answers to UID FETCH that lack the UID or have it late,
// and because sequence numbers cannot change during FETCH (RFC 3501, 7.4.1). When an answer ends the connection, UIDs
// reconnects, narrows the question down to the mail that does it, and asks less about that one.
func (c *Client) UIDs(ctx context.Context) ([]Entry, error) {
	if c.folder.Name == "" {
		return nil, &Error{Op: "list", Err: errors.New("no folder is open")}
	}
	c.redials = 0
	if now := c.imap.Mailbox(); now != nil && now.Name == c.folder.Name {
		c.folder.Exists = now.NumMessages // what came and went since Open, as far as the server has told
	}
	for try := 1; ; try++ {
		entries, complete, err := c.listAll(ctx)
		if complete || err != nil && (c.Lost() || ctx.Err() != nil || try == listTries) {
			return entries, err
		}
		if try == listTries {
			return nil, &Error{Op: "list", Temporary: true, Err: fmt.Errorf("server lists %d mails of %d", len(entries), c.folder.Exists)}
		}
		// Something vanished meanwhile, over which some servers refuse: look at the folder afresh.
		if err := c.reopen(ctx); err != nil {
			return nil, err
		}
	}
}

// listAll lists the folder once. It is complete when nothing vanished meanwhile and every mail answered.
func (c *Client) listAll(ctx context.Context) ([]Entry, bool, error) {
	before, exists := c.expunges.get(), c.folder.Exists
	found := make(map[uint32]Entry, min(exists, 1<<16))
	for from := uint32(1); from <= exists; from += listChunk {
		if err := c.listRange(ctx, from, min(from+listChunk-1, exists), 0, found); err != nil {
			return nil, false, err
		}
	}
	entries := make([]Entry, 0, len(found))
	for _, e := range found {
		entries = append(entries, e)
	}
	slices.SortFunc(entries, func(a, b Entry) int { return int(int64(a.UID) - int64(b.UID)) })
	return entries, c.expunges.get() == before && len(entries) == int(exists), nil
}

// listRange lists the mails from..to by sequence number and asks for less where an answer is refused or ends the
// connection.
func (c *Client) listRange(ctx context.Context, from, to uint32, level int, found map[uint32]Entry) error {
	level = max(level, c.floor)
	err := c.list(ctx, from, to, level, found)
	if err == nil || ctx.Err() != nil || !c.curable(err) {
		return err
	}
	if c.Lost() {
		if c.redials++; c.redials > 2*listRedials {
			return err
		}
		validity := c.folder.UIDValidity
		if dialErr := c.redial(ctx); dialErr != nil {
			return dialErr
		}
		if c.folder.UIDValidity != validity || c.folder.Exists < to {
			return nil // the folder changed: listAll sees that it is incomplete
		}
	}
	least := len(levels()) - 1
	switch {
	case c.redials >= listRedials && level < least:
		c.floor = least
		return c.listRange(ctx, from, to, least, found)
	case to > from && level < least:
		middle := from + (to-from)/2
		if err := c.listRange(ctx, from, middle, level, found); err != nil {
			return err
		}
		return c.listRange(ctx, middle+1, to, level, found)
	case level < least:
		c.o.Log.Warn("imap server's answer about a mail is no good, asking for less", "folder", c.folder.Name,
			"from", from, "to", to, "err", err)
		return c.listRange(ctx, from, to, level+1, found)
	}
	return err
}

// curable says whether asking for less may help: the server refused, said nonsense or hung up. Silence is no such sign,
// nor is an answer without end.
func (c *Client) curable(err error) bool {
	var fault *Error
	if !errors.As(err, &fault) || fault.Silent() || errors.Is(err, errExcess) {
		return false
	}
	return errors.Is(err, ErrMalformed) || errors.Is(err, io.EOF) || !c.Lost()
}

// list asks once.
func (c *Client) list(ctx context.Context, from, to uint32, level int, found map[uint32]Entry) error {
	var set imap.SeqSet
	set.AddRange(from, to)
	ask := levels()[level]
	return c.do(ctx, "list", c.o.PollLimit, func(*timer) error {
		f := c.imap.Fetch(set, &ask)
		for m := f.Next(); m != nil; m = f.Next() {
			if e := entry(m); e.UID != 0 {
				found[e.UID] = e
			}
		}
		return f.Close()
	})
}

// entry reads one answer.
func entry(m *imapclient.FetchMessageData) Entry {
	e := Entry{Size: -1}
	for item := m.Next(); item != nil; item = m.Next() {
		switch item := item.(type) {
		case imapclient.FetchItemDataUID:
			e.UID = uint32(item.UID)
		case imapclient.FetchItemDataRFC822Size:
			e.Size = item.Size
		case imapclient.FetchItemDataInternalDate:
			e.ReceivedAt = item.Time
		case imapclient.FetchItemDataFlags:
			for _, f := range item.Flags {
				e.Flags = append(e.Flags, string(f))
				e.Seen = e.Seen || f == imap.FlagSeen
			}
		}
	}
	return e
}

// reopen selects the open folder again. ErrGone when it is not the same folder any more (UIDVALIDITY).
func (c *Client) reopen(ctx context.Context) error {
	was := c.folder
	now, err := c.Open(ctx, was.Name, c.readOnly)
	if err != nil {
		return err
	}
	if now.UIDValidity != was.UIDValidity {
		return &Error{Op: "list", Temporary: true, Err: fmt.Errorf("folder was recreated meanwhile: %w", ErrGone)}
	}
	return nil
}

// redial replaces a lost connection and opens the same folder again.
func (c *Client) redial(ctx context.Context) error {
	was, readOnly := c.folder, c.readOnly
	c.imap.Close()
	if err := c.connect(ctx); err != nil {
		return err
	}
	_, err := c.Open(ctx, was.Name, readOnly)
	return err
}
