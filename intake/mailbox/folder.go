package mailbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/emersion/go-imap/v2"
)

// List gives the names of all folders that can be opened, Chinese names as they are meant. A folder whose name is not
// encoded as the standard wants ends the connection; nothing in this package needs the whole list.
func (c *Client) List(ctx context.Context) ([]string, error) { return c.listFolders(ctx, "*") }

func (c *Client) listFolders(ctx context.Context, pattern string) ([]string, error) {
	var names []string
	err := c.do(ctx, "list folders", c.o.PollLimit, func(*timer) error {
		found, err := c.imap.List("", pattern, nil).Collect()
		for _, f := range found {
			if !slices.Contains(f.Attrs, imap.MailboxAttrNoSelect) && !slices.Contains(f.Attrs, imap.MailboxAttrNonExistent) {
				names = append(names, f.Mailbox)
			}
		}
		return err
	})
	slices.Sort(names)
	return slices.Compact(names), err
}

// missing says whether the server's list, when it gives one, lacks the folder: many servers refuse without a code.
func (c *Client) missing(ctx context.Context, folder string) bool {
	names, err := c.listFolders(ctx, folder)
	return err == nil && !slices.Contains(names, folder) && !strings.EqualFold(folder, "INBOX")
}

// Create makes a folder and subscribes to it, so that web mail shows it. A folder that is there already is fine; each is
// asked about once in a connection.
func (c *Client) Create(ctx context.Context, folder string) error {
	if c.made[folder] {
		return nil
	}
	there := false
	err := c.do(ctx, "create", c.o.PollLimit, func(*timer) error {
		err := c.imap.Create(folder, nil).Wait()
		var refusal *imap.Error
		if there = errors.As(err, &refusal) && refusal.Code == imap.ResponseCodeAlreadyExists; there {
			return nil
		}
		return err
	})
	if err != nil && !c.Lost() {
		// Not every server says ALREADYEXISTS; the list tells.
		if names, listErr := c.listFolders(ctx, folder); listErr == nil && slices.Contains(names, folder) {
			there, err = true, nil
		}
	}
	if err != nil {
		return err
	}
	c.made[folder] = true
	if there {
		return nil
	}
	err = c.do(ctx, "subscribe", c.o.PollLimit, func(*timer) error { return c.imap.Subscribe(folder).Wait() })
	if err != nil { // web mail may not show it; that is all
		c.o.Log.Debug("imap folder not subscribed", "folder", folder, "err", err)
	}
	return nil
}

// Open selects a folder; readOnly uses EXAMINE. ErrNoFolder when it does not exist, ErrUnsafeLogin when a server of the
// 163 kind refuses.
func (c *Client) Open(ctx context.Context, folder string, readOnly bool) (Folder, error) {
	err := c.do(ctx, "open", c.o.PollLimit, func(*timer) error {
		d, err := c.imap.Select(folder, &imap.SelectOptions{ReadOnly: readOnly}).Wait()
		if err != nil {
			return err
		}
		if d.UIDValidity == 0 {
			return fmt.Errorf("%w: no UIDVALIDITY", ErrMalformed)
		}
		c.folder = Folder{Name: folder, UIDValidity: d.UIDValidity, UIDNext: uint32(d.UIDNext), Exists: d.NumMessages}
		c.readOnly, c.flags = readOnly, d.PermanentFlags
		return nil
	})
	if err != nil {
		c.folder = Folder{}
		var fault *Error
		plain := errors.As(err, &fault) && fault.Text != "" && !fault.Temporary && fault.Err != ErrUnsafeLogin && !c.Lost()
		if plain && c.missing(ctx, folder) {
			fault.Err = ErrNoFolder
		}
		return Folder{}, err
	}
	select { // what was noticed before belongs to another folder
	case <-c.news:
	default:
	}
	return c.folder, nil
}

// Append puts a mail into a folder, unread.
func (c *Client) Append(ctx context.Context, folder string, raw []byte) error {
	return c.do(ctx, "append", c.bodyLimit(int64(len(raw))), func(*timer) error {
		a := c.imap.Append(folder, int64(len(raw)), nil)
		_, copyErr := io.Copy(a, bytes.NewReader(raw))
		closeErr := a.Close()
		if _, err := a.Wait(); err != nil {
			return err
		}
		return errors.Join(copyErr, closeErr)
	})
}
