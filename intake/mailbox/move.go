package mailbox

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// Moved says where a moved mail is now.
type Moved struct {
	UIDValidity uint32
	UID         uint32
	Known       bool // the server told UIDVALIDITY and UID
}

// Move moves one mail of the open folder into another, which is made when missing. ErrGone when it was not there any
// more. ErrNoMove when the server has neither MOVE nor UIDPLUS: a plain EXPUNGE would also remove what staff marked
// deleted, and a copy whose original stays would come in again and again; so the mail is left alone. After a lost
// connection the mail may have been moved or copied; the caller finds it again by its bytes.
func (c *Client) Move(ctx context.Context, uid uint32, folder string) (Moved, error) {
	if uid == 0 || c.folder.Name == "" || folder == c.folder.Name {
		return Moved{}, &Error{Op: "move", Err: errors.New("no folder is open, the UID is 0, or the folder is the same")}
	}
	if !c.caps.Has(imap.CapMove) && !c.caps.Has(imap.CapUIDPlus) {
		return Moved{}, c.fault("move", ErrNoMove)
	}
	moved, err := c.move(ctx, uid, folder)
	var refusal *Error
	if err == nil || c.Lost() || !errors.As(err, &refusal) || refusal.Text == "" || !c.missing(ctx, folder) {
		return moved, err
	}
	delete(c.made, folder)
	if err := c.Create(ctx, folder); err != nil {
		return Moved{}, err
	}
	return c.move(ctx, uid, folder)
}

// move uses MOVE where the server has it, else COPY, \Deleted and UID EXPUNGE of this one UID.
func (c *Client) move(ctx context.Context, uid uint32, folder string) (Moved, error) {
	var set imap.UIDSet
	set.AddNum(imap.UID(uid))
	var moved Moved
	err := c.do(ctx, "move", c.o.PollLimit, func(*timer) (err error) {
		if c.caps.Has(imap.CapMove) {
			var d *imapclient.MoveData
			if d, err = c.imap.Move(set, folder).Wait(); err == nil {
				moved = destination(d.UIDValidity, d.DestUIDs)
			}
			return err
		}
		d, err := c.imap.Copy(set, folder).Wait()
		if err == nil {
			moved = destination(d.UIDValidity, d.DestUIDs)
		}
		return err
	})
	if err == nil && !moved.Known && c.caps.Has(imap.CapUIDPlus) {
		// A server with UIDPLUS always tells, unless there was nothing to move.
		err = c.fault("move", fmt.Errorf("UID %d: %w", uid, ErrGone))
	}
	if err != nil || c.caps.Has(imap.CapMove) {
		return moved, err
	}
	err = c.do(ctx, "move", c.o.PollLimit, func(*timer) error {
		if err := c.imap.Store(set, addFlag(imap.FlagDeleted), nil).Close(); err != nil {
			return err
		}
		return c.imap.UIDExpunge(set).Close()
	})
	return moved, err
}

// destination reads COPYUID, which for one mail names one UID.
func destination(validity uint32, uids imap.NumSet) Moved {
	set, ok := uids.(imap.UIDSet)
	if !ok || validity == 0 || len(set) != 1 || set[0].Start != set[0].Stop {
		return Moved{}
	}
	return Moved{UIDValidity: validity, UID: uint32(set[0].Start), Known: true}
}

func addFlag(f imap.Flag) *imap.StoreFlags {
	return &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{f}}
}

// Keyword marks one mail of the open folder with a keyword: ASCII letters, digits and $ - _ . only. It takes the place of
// those of instead. ErrKeyword when it is none, or when the folder does not keep keywords.
func (c *Client) Keyword(ctx context.Context, uid uint32, keyword string, instead ...string) error {
	if uid == 0 || c.folder.Name == "" {
		return &Error{Op: "keyword", Err: errors.New("no folder is open, or the UID is 0")}
	}
	// go-imap ends the connection over a keyword it cannot send.
	if !validKeyword(keyword) {
		return c.fault("keyword", fmt.Errorf("%q: %w", keyword, ErrKeyword))
	}
	if len(c.flags) > 0 && !slices.Contains(c.flags, imap.FlagWildcard) && !slices.Contains(c.flags, imap.Flag(keyword)) {
		return c.fault("keyword", fmt.Errorf("folder %s keeps no new keywords: %w", c.folder.Name, ErrKeyword))
	}
	var set imap.UIDSet
	set.AddNum(imap.UID(uid))
	old := &imap.StoreFlags{Op: imap.StoreFlagsDel, Silent: true}
	for _, k := range instead {
		if k != keyword && validKeyword(k) {
			old.Flags = append(old.Flags, imap.Flag(k))
		}
	}
	return c.do(ctx, "keyword", c.o.PollLimit, func(*timer) error {
		if len(old.Flags) > 0 {
			if err := c.imap.Store(set, old, nil).Close(); err != nil {
				return err
			}
		}
		return c.imap.Store(set, addFlag(imap.Flag(keyword)), nil).Close()
	})
}

// validKeyword says whether every server takes s as a keyword.
func validKeyword(s string) bool {
	for i := range len(s) {
		b := s[i]
		letter := 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9'
		if !letter && b != '$' && b != '-' && b != '_' && b != '.' {
			return false
		}
	}
	return s != "" && len(s) <= 64
}
