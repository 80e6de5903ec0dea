package imaptest

import (
	"fmt"
	"io"
	"slices"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
)

// session is one client's session.
type session struct {
	server   *Server
	folder   *folder // nil: none is open
	view     *imapserver.SessionTracker
	readOnly bool
}

var _ imapserver.SessionMove = (*session)(nil)

func (s *Server) newSession() *session { return &session{server: s} }

func (x *session) lock() func() {
	x.server.store.mu.Lock()
	return x.server.store.mu.Unlock
}

// Close ends the session.
func (x *session) Close() error { return x.Unselect() }

// Login checks name and password.
func (x *session) Login(username, password string) error {
	if username != x.server.Username || password != x.server.Password {
		return imapserver.ErrAuthFailed
	}
	return nil
}

// Select opens a folder and remembers whether it was EXAMINE.
func (x *session) Select(name string, o *imap.SelectOptions) (*imap.SelectData, error) {
	defer x.lock()()
	f, err := x.server.store.find(name)
	if err != nil {
		return nil, err
	}
	x.folder, x.view, x.readOnly = f, f.tracker.NewSession(), o != nil && o.ReadOnly
	flags := []imap.Flag{imap.FlagSeen, imap.FlagAnswered, imap.FlagFlagged, imap.FlagDeleted, imap.FlagDraft}
	return &imap.SelectData{
		Flags: flags, PermanentFlags: append(slices.Clone(flags), imap.FlagWildcard),
		NumMessages: uint32(len(f.mails)), UIDNext: f.next, UIDValidity: f.validity,
	}, nil
}

// Unselect closes the folder. imapserver does not wait for IDLE when the connection is cut, so that one may still run.
func (x *session) Unselect() error {
	defer x.lock()()
	if x.view != nil {
		x.view.Close()
	}
	x.folder, x.view = nil, nil
	return nil
}

// Create makes a folder.
func (x *session) Create(name string, _ *imap.CreateOptions) error {
	return x.server.store.create(name)
}

// Delete removes a folder.
func (x *session) Delete(name string) error { return x.server.store.remove(name) }

// Rename is not needed by anybody.
func (x *session) Rename(string, string, *imap.RenameOptions) error {
	return refusal(imap.ResponseCodeCannot, "RENAME is not supported here")
}

// Subscribe marks a folder.
func (x *session) Subscribe(name string) error { return x.subscribe(name, true) }

// Unsubscribe unmarks it.
func (x *session) Unsubscribe(name string) error { return x.subscribe(name, false) }

func (x *session) subscribe(name string, on bool) error {
	defer x.lock()()
	f, err := x.server.store.find(name)
	if err == nil {
		f.subscribed = on
	}
	return err
}

// List lists folders by pattern.
func (x *session) List(w *imapserver.ListWriter, ref string, patterns []string, o *imap.ListOptions) error {
	unlock := x.lock()
	var found []imap.ListData
	for name, f := range x.server.store.folders {
		matches := slices.ContainsFunc(patterns, func(p string) bool { return imapserver.MatchList(name, '/', ref, p) })
		if matches && (!o.SelectSubscribed || f.subscribed) {
			found = append(found, imap.ListData{Mailbox: name, Delim: '/'})
		}
	}
	unlock()
	slices.SortFunc(found, func(a, b imap.ListData) int { return compare(a.Mailbox, b.Mailbox) })
	for i := range found {
		if err := w.WriteList(&found[i]); err != nil {
			return fmt.Errorf("write list: %w", err)
		}
	}
	return nil
}

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// Status tells counts.
func (x *session) Status(name string, o *imap.StatusOptions) (*imap.StatusData, error) {
	defer x.lock()()
	f, err := x.server.store.find(name)
	if err != nil {
		return nil, err
	}
	d := &imap.StatusData{Mailbox: f.name, UIDNext: f.next, UIDValidity: f.validity}
	if o.NumMessages {
		n := uint32(len(f.mails))
		d.NumMessages = &n
	}
	if o.NumUnseen {
		var n uint32
		for _, m := range f.mails {
			if !m.has(imap.FlagSeen) {
				n++
			}
		}
		d.NumUnseen = &n
	}
	return d, nil
}

// Append takes a mail.
func (x *session) Append(name string, r imap.LiteralReader, o *imap.AppendOptions) (*imap.AppendData, error) {
	raw, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("read mail: %w", err)
	}
	return x.server.store.deliver(name, raw, o.Time, o.Flags)
}

// Poll tells what changed.
func (x *session) Poll(w *imapserver.UpdateWriter, allowExpunge bool) error {
	unlock := x.lock()
	view := x.view
	unlock()
	if view == nil {
		return nil
	}
	return view.Poll(w, allowExpunge)
}

// Idle tells every change, also one made just before.
func (x *session) Idle(w *imapserver.UpdateWriter, stop <-chan struct{}) error {
	changed, leave := x.server.store.join()
	defer leave()
	for {
		if err := x.Poll(w, true); err != nil {
			return err
		}
		select {
		case <-changed:
		case <-stop:
			return nil
		}
	}
}

// Search is refused: no client of ours may rely on it.
func (x *session) Search(imapserver.NumKind, *imap.SearchCriteria, *imap.SearchOptions) (*imap.SearchData, error) {
	return nil, refusal(imap.ResponseCodeCannot, "SEARCH is not supported here")
}
