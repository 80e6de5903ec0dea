package imaptest

import (
	"context"
	"fmt"
	"time"
)

// Message is a mail as it lies in a folder.
type Message struct {
	UID        uint32
	Raw        []byte
	ReceivedAt time.Time
	Flags      []string
}

// Messages gives the mails of a folder by UID, ascending, past all faults.
func (s *Server) Messages(folder string) ([]Message, error) { return s.store.messages(folder) }

// UIDValidity tells the folder's UIDVALIDITY.
func (s *Server) UIDValidity(folder string) (uint32, error) {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	f, err := s.store.find(folder)
	if err != nil {
		return 0, fmt.Errorf("look at %s: %w", folder, err)
	}
	return f.validity, nil
}

// WaitFor waits until the folder holds n mails or more, for the demo and for tests that must not guess times.
func (s *Server) WaitFor(ctx context.Context, folder string, n int) error {
	changed, leave := s.store.join()
	defer leave()
	for {
		s.store.mu.Lock()
		f, err := s.store.find(folder)
		enough := err == nil && len(f.mails) >= n
		s.store.mu.Unlock()
		if err != nil {
			return fmt.Errorf("wait for %s: %w", folder, err)
		}
		if enough {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Remove removes a mail, as staff do by hand.
func (s *Server) Remove(folder string, uid uint32) error {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	f, err := s.store.find(folder)
	if err != nil {
		return fmt.Errorf("remove from %s: %w", folder, err)
	}
	s.store.drop(f, func(m *stored) bool { return uint32(m.uid) == uid })
	return nil
}
