package mailbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// slowest is the slowest transfer of a body that is waited for, in bytes a second.
const slowest = 8 << 10

// bodyLimit is how long the transfer of size bytes may take.
func (c *Client) bodyLimit(size int64) time.Duration {
	return c.o.PollLimit + time.Duration(size/slowest)*time.Second
}

// Fetch streams the whole mail to w and does not mark it read. Unless the error is nil, what was written must be thrown
// away. ErrGone when the mail is not in the folder any more, ErrTruncated when less came than announced; an error of w is
// handed back as it is and ends the connection.
func (c *Client) Fetch(ctx context.Context, uid uint32, w io.Writer) (int64, error) {
	if uid == 0 || c.folder.Name == "" {
		return 0, &Error{Op: "fetch", Err: errors.New("no folder is open, or the UID is 0")}
	}
	return c.section(ctx, uid, &imap.FetchItemBodySection{Peek: true}, w)
}

// section streams the whole mail or its header.
func (c *Client) section(ctx context.Context, uid uint32, what *imap.FetchItemBodySection, w io.Writer) (int64, error) {
	if !c.bySequence {
		var set imap.UIDSet
		set.AddNum(imap.UID(uid))
		got, err := c.body(ctx, set, what, w)
		if err != nil {
			return got.n, err
		}
		if got.came {
			return got.n, got.of(uid)
		}
	}
	// Nothing came. Either the mail is gone, or the server puts the UID after the body, where go-imap looks too late.
	number, err := c.sequenceNumber(ctx, uid)
	if err != nil {
		return 0, err
	}
	var set imap.SeqSet
	set.AddNum(number)
	got, err := c.body(ctx, set, what, w)
	switch {
	case err != nil:
		return got.n, err
	case !got.came:
		return 0, &Error{Op: "fetch", Temporary: true, Err: fmt.Errorf("server sends nothing for UID %d though it lists it", uid)}
	}
	c.bySequence = true
	return got.n, got.of(uid)
}

// headerLimit is the longest header that is kept.
const headerLimit = 1 << 20

// Header gives the header of a mail that is too large to be fetched whole; at most 1 MiB of it. ErrGone when the mail is
// not there any more.
func (c *Client) Header(ctx context.Context, uid uint32) ([]byte, error) {
	var head capped
	if uid == 0 || c.folder.Name == "" {
		return nil, &Error{Op: "fetch", Err: errors.New("no folder is open, or the UID is 0")}
	}
	section := &imap.FetchItemBodySection{Peek: true, Specifier: imap.PartSpecifierHeader}
	if _, err := c.section(ctx, uid, section, &head); err != nil {
		return nil, err
	}
	return head.b, nil
}

// capped keeps the first headerLimit bytes.
type capped struct{ b []byte }

func (h *capped) Write(p []byte) (int, error) {
	h.b = append(h.b, p[:min(len(p), headerLimit-len(h.b))]...)
	return len(p), nil
}

// received is what one answer to a FETCH of a body brought.
type received struct {
	came bool
	uid  uint32
	n    int64
}

// of proves that what came is the mail that was asked for.
func (r received) of(uid uint32) error {
	if r.uid != uid {
		return &Error{Op: "fetch", Temporary: true, Err: fmt.Errorf("server sends UID %d for UID %d", r.uid, uid)}
	}
	return nil
}

// body fetches one body by UID or sequence number.
func (c *Client) body(ctx context.Context, set imap.NumSet, what *imap.FetchItemBodySection, w io.Writer) (received, error) {
	var got received
	keep := &keeper{w: w}
	err := c.do(ctx, "fetch", c.o.PollLimit, func(t *timer) error {
		f := c.imap.Fetch(set, &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{what}})
		for m := f.Next(); m != nil; m = f.Next() {
			for item := m.Next(); item != nil; item = m.Next() {
				switch item := item.(type) {
				case imapclient.FetchItemDataUID:
					got.uid = uint32(item.UID)
				case imapclient.FetchItemDataBodySection:
					if got.came || item.Literal == nil {
						continue
					}
					got.came = true
					t.longer(c.bodyLimit(item.Literal.Size()))
					if err := c.copyBody(&got, keep, item.Literal); err != nil {
						return err
					}
				}
			}
		}
		return f.Close()
	})
	if keep.err != nil {
		// The rest of the mail is of no use and may be long: the connection is ended.
		return got, keep.err
	}
	return got, err
}

// copyBody copies a literal and compares what came with what was announced: a connection cut in the middle looks like a
// clean end. After a literal that came short the command must not be touched again: go-imap would read on beside its own
// reader. Ending the client ends the command too.
func (c *Client) copyBody(got *received, keep *keeper, literal imap.LiteralReader) error {
	var err error
	got.n, err = io.Copy(keep, literal)
	switch {
	case keep.err != nil:
		c.wire.abort(keep.err)
		_, _ = io.Copy(io.Discard, literal) // lets go-imap's reader see that the connection is gone
		c.imap.Close()
		return keep.err
	case err != nil || got.n != literal.Size():
		c.wire.abort(ErrTruncated)
		c.imap.Close()
		return c.wire.truncated(got.n, literal.Size())
	}
	return nil
}

// keeper remembers the error of its writer, which io.Copy mixes up with the reader's.
type keeper struct {
	w   io.Writer
	err error
}

func (k *keeper) Write(p []byte) (int, error) {
	n, err := k.w.Write(p)
	if err == nil && n < len(p) {
		err = io.ErrShortWrite
	}
	k.err = err
	return n, err
}

// sequenceNumber finds the sequence number of a UID, ErrGone when the folder does not list it.
func (c *Client) sequenceNumber(ctx context.Context, uid uint32) (uint32, error) {
	if err := c.reopen(ctx); err != nil {
		return 0, err
	}
	var number uint32
	for from := uint32(1); from <= c.folder.Exists && number == 0; from += listChunk {
		var set imap.SeqSet
		set.AddRange(from, min(from+listChunk-1, c.folder.Exists))
		err := c.do(ctx, "fetch", c.o.PollLimit, func(*timer) error {
			f := c.imap.Fetch(set, &imap.FetchOptions{UID: true})
			for m := f.Next(); m != nil; m = f.Next() {
				if entry(m).UID == uid {
					number = m.SeqNum
				}
			}
			return f.Close()
		})
		if err != nil {
			return 0, err
		}
	}
	if number == 0 {
		return 0, &Error{Op: "fetch", Err: fmt.Errorf("UID %d: %w", uid, ErrGone)}
	}
	return number, nil
}
