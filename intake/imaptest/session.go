package imaptest

import (
	"bytes"
	"sync"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
)

// session is one client's session: imapmemserver's, mended.
type session struct {
	*imapmemserver.UserSession // nil before LOGIN

	server   *Server
	readOnly bool
}

var _ imapserver.SessionMove = (*session)(nil)

func (s *Server) newSession() *session { return &session{server: s} }

// Close works before LOGIN too.
func (x *session) Close() error {
	if x.UserSession == nil {
		return nil
	}
	return x.UserSession.Close()
}

// Login checks name and password.
func (x *session) Login(username, password string) error {
	if err := x.server.user.Login(username, password); err != nil {
		return err
	}
	x.UserSession = imapmemserver.NewUserSession(x.server.user)
	return nil
}

// Select remembers whether it was EXAMINE.
func (x *session) Select(name string, o *imap.SelectOptions) (*imap.SelectData, error) {
	x.readOnly = o != nil && o.ReadOnly
	return x.UserSession.Select(name, o)
}

// writable refuses changes after EXAMINE.
func (x *session) writable() error {
	if x.readOnly {
		return &imap.Error{Type: imap.StatusResponseTypeNo, Text: "Mailbox is read-only"}
	}
	return nil
}

// Append tells those in IDLE.
func (x *session) Append(name string, r imap.LiteralReader, o *imap.AppendOptions) (*imap.AppendData, error) {
	defer x.server.changes.send()
	return x.UserSession.Append(name, r, o)
}

// Store refuses after EXAMINE.
func (x *session) Store(w *imapserver.FetchWriter, set imap.NumSet, f *imap.StoreFlags, o *imap.StoreOptions) error {
	if err := x.writable(); err != nil {
		return err
	}
	defer x.server.changes.send()
	return x.UserSession.Store(w, set, f, o)
}

// Expunge refuses after EXAMINE.
func (x *session) Expunge(w *imapserver.ExpungeWriter, uids *imap.UIDSet) error {
	if err := x.writable(); err != nil {
		return err
	}
	defer x.server.changes.send()
	return x.UserSession.Expunge(w, uids)
}

// Copy runs alone, and copies nothing without a word when there is nothing.
func (x *session) Copy(set imap.NumSet, dest string) (*imap.CopyData, error) {
	x.server.filing.Lock()
	defer x.server.filing.Unlock()
	if none, err := x.none(set); err != nil {
		return nil, err
	} else if none {
		return nil, &imap.Error{Type: imap.StatusResponseTypeNo, Text: "No messages found"}
	}
	defer x.server.changes.send()
	return x.UserSession.Copy(set, dest)
}

// Move runs alone: two moves in opposite directions would wait for each other for ever.
func (x *session) Move(w *imapserver.MoveWriter, set imap.NumSet, dest string) error {
	if err := x.writable(); err != nil {
		return err
	}
	x.server.filing.Lock()
	defer x.server.filing.Unlock()
	if none, err := x.none(set); err != nil || none {
		return err
	}
	defer x.server.changes.send()
	return x.UserSession.Move(w, set, dest)
}

// none says whether the open folder has none of the mails.
func (x *session) none(set imap.NumSet) (bool, error) {
	var c imap.SearchCriteria
	switch set := set.(type) {
	case imap.UIDSet:
		c.UID = []imap.UIDSet{set}
	case imap.SeqSet:
		c.SeqNum = []imap.SeqSet{set}
	}
	d, err := x.Search(imapserver.NumKindUID, &c, &imap.SearchOptions{})
	if err != nil {
		return false, err
	}
	return d.Count == 0, nil
}

// Idle tells every change, also one made just before.
func (x *session) Idle(w *imapserver.UpdateWriter, stop <-chan struct{}) error {
	changed, leave := x.server.changes.join()
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

// broadcast wakes all who joined.
type broadcast struct {
	mu      sync.Mutex
	members map[chan struct{}]struct{}
}

func newBroadcast() *broadcast { return &broadcast{members: map[chan struct{}]struct{}{}} }

func (b *broadcast) join() (<-chan struct{}, func()) {
	ch := make(chan struct{}, 1)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.members[ch] = struct{}{}
	return ch, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.members, ch)
	}
}

func (b *broadcast) send() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for ch := range b.members {
		select {
		case ch <- struct{}{}:
		default:
		}
	}
}

// literal is a mail as imapmemserver wants it.
type literal struct {
	*bytes.Reader
}

func newLiteral(raw []byte) literal { return literal{bytes.NewReader(raw)} }

// Size is the number of bytes.
func (l literal) Size() int64 { return l.Reader.Size() }
