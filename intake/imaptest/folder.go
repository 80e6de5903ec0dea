package imaptest

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
)

// store holds the folders of the one account. One lock guards everything: nothing can lock anything else out.
type store struct {
	mu           sync.Mutex
	folders      map[string]*folder
	lastValidity uint32
	members      map[chan struct{}]struct{} // woken at every change
}

func newStore() *store {
	return &store{folders: map[string]*folder{}, members: map[chan struct{}]struct{}{}}
}

// folder is one folder; guarded by store.mu.
type folder struct {
	name       string
	validity   uint32
	next       imap.UID
	mails      []*stored
	tracker    *imapserver.MailboxTracker
	subscribed bool
}

// stored is one mail, its bytes exactly as they were delivered.
type stored struct {
	uid   imap.UID
	raw   []byte
	at    time.Time
	flags []imap.Flag
}

func (m *stored) has(f imap.Flag) bool {
	return slices.ContainsFunc(m.flags, func(g imap.Flag) bool { return strings.EqualFold(string(f), string(g)) })
}

func refusal(code imap.ResponseCode, text string) error {
	return &imap.Error{Type: imap.StatusResponseTypeNo, Code: code, Text: text}
}

// find gives a folder; st.mu is held.
func (st *store) find(name string) (*folder, error) {
	if strings.EqualFold(name, "INBOX") {
		name = "INBOX"
	}
	f := st.folders[name]
	if f == nil {
		return nil, refusal(imap.ResponseCodeNonExistent, "No such mailbox")
	}
	return f, nil
}

func (st *store) create(name string) error {
	st.mu.Lock()
	defer st.mu.Unlock()
	name = strings.TrimSuffix(name, "/")
	if _, err := st.find(name); err == nil {
		return refusal(imap.ResponseCodeAlreadyExists, "Mailbox already exists")
	}
	st.lastValidity++
	st.folders[name] = &folder{name: name, validity: st.lastValidity, next: 1, tracker: imapserver.NewMailboxTracker(0)}
	return nil
}

func (st *store) remove(name string) error {
	st.mu.Lock()
	defer st.mu.Unlock()
	f, err := st.find(name)
	if err == nil {
		delete(st.folders, f.name)
	}
	return err
}

// add appends a mail; st.mu is held.
func (st *store) add(f *folder, raw []byte, at time.Time, flags []imap.Flag) *stored {
	m := &stored{uid: f.next, raw: raw, at: at, flags: slices.Clone(flags)}
	f.next++
	f.mails = append(f.mails, m)
	f.tracker.QueueNumMessages(uint32(len(f.mails)))
	st.wake()
	return m
}

func (st *store) deliver(name string, raw []byte, at time.Time, flags []imap.Flag) (*imap.AppendData, error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	f, err := st.find(name)
	if err != nil {
		return nil, refusal(imap.ResponseCodeTryCreate, "No such mailbox")
	}
	if at.IsZero() {
		at = time.Now()
	}
	m := st.add(f, bytes.Clone(raw), at, flags)
	return &imap.AppendData{UIDValidity: f.validity, UID: m.uid}, nil
}

// drop removes mails; st.mu is held.
func (st *store) drop(f *folder, gone func(*stored) bool) {
	for i := len(f.mails) - 1; i >= 0; i-- {
		if gone(f.mails[i]) {
			f.mails = slices.Delete(f.mails, i, i+1)
			f.tracker.QueueExpunge(uint32(i + 1))
		}
	}
	st.wake()
}

// wake wakes all who joined; st.mu is held.
func (st *store) wake() {
	for ch := range st.members {
		select {
		case ch <- struct{}{}:
		default:
		}
	}
}

// join gives a channel that gets something after every change.
func (st *store) join() (<-chan struct{}, func()) {
	ch := make(chan struct{}, 1)
	st.mu.Lock()
	defer st.mu.Unlock()
	st.members[ch] = struct{}{}
	return ch, func() {
		st.mu.Lock()
		defer st.mu.Unlock()
		delete(st.members, ch)
	}
}

// messages copies a folder's mails out.
func (st *store) messages(name string) ([]Message, error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	f, err := st.find(name)
	if err != nil {
		return nil, fmt.Errorf("look into %s: %w", name, err)
	}
	out := make([]Message, 0, len(f.mails))
	for _, m := range f.mails {
		flags := make([]string, len(m.flags))
		for i, g := range m.flags {
			flags[i] = string(g)
		}
		out = append(out, Message{UID: uint32(m.uid), Raw: bytes.Clone(m.raw), ReceivedAt: m.at, Flags: flags})
	}
	return out, nil
}
