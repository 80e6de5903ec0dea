package imaptest

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
)

// chosen is a mail of the open folder that a command is about.
type chosen struct {
	*stored
	number uint32 // as the client counts
	index  uint32 // as the folder counts, from 1
}

// choose finds the mails of a set that the client knows of; the store is locked.
func (x *session) choose(set imap.NumSet) []chosen {
	var out []chosen
	for i, m := range x.folder.mails {
		c := chosen{stored: m, index: uint32(i + 1)}
		if c.number = x.view.EncodeSeqNum(c.index); c.number == 0 {
			continue
		}
		var in bool
		switch set := set.(type) {
		case imap.UIDSet:
			in = slices.ContainsFunc(set, func(r imap.UIDRange) bool {
				return within(uint32(m.uid), uint32(r.Start), uint32(r.Stop), uint32(x.folder.next)-1)
			})
		case imap.SeqSet:
			in = slices.ContainsFunc(set, func(r imap.SeqRange) bool {
				return within(c.number, r.Start, r.Stop, uint32(len(x.folder.mails)))
			})
		}
		if in {
			out = append(out, c)
		}
	}
	return out
}

// within says whether n is in a range, whose ends may be * (0) and in any order.
func within(n, start, stop, last uint32) bool {
	if start == 0 {
		start = last
	}
	if stop == 0 {
		stop = last
	}
	return min(start, stop) <= n && n <= max(start, stop)
}

// writable refuses changes after EXAMINE.
func (x *session) writable() error {
	if x.readOnly {
		return refusal("", "Mailbox is read-only")
	}
	return nil
}

// Fetch sends bodies byte for byte. Nothing is locked while the client reads.
func (x *session) Fetch(w *imapserver.FetchWriter, set imap.NumSet, o *imap.FetchOptions) error {
	if o.Envelope {
		return refusal(imap.ResponseCodeCannot, "ENVELOPE is not supported here")
	}
	unlock := x.lock()
	found := x.choose(set)
	for i, c := range found {
		peek := !slices.ContainsFunc(o.BodySection, func(s *imap.FetchItemBodySection) bool { return !s.Peek })
		if !peek && !x.readOnly && !c.has(imap.FlagSeen) {
			c.flags = append(slices.Clone(c.flags), imap.FlagSeen)
			x.folder.tracker.QueueMessageFlags(c.index, c.uid, c.flags, nil)
		}
		copied := *c.stored // its flags may change while it is sent
		found[i].stored = &copied
	}
	unlock()
	for _, c := range found {
		if err := c.send(w.CreateMessage(c.number), o); err != nil {
			return fmt.Errorf("send mail: %w", err)
		}
	}
	return nil
}

func (c *chosen) send(w *imapserver.FetchResponseWriter, o *imap.FetchOptions) error {
	w.WriteUID(c.uid)
	if o.RFC822Size {
		w.WriteRFC822Size(int64(len(c.raw)))
	}
	if o.InternalDate {
		w.WriteInternalDate(c.at)
	}
	if o.Flags {
		w.WriteFlags(c.flags)
	}
	if o.BodyStructure != nil {
		w.WriteBodyStructure(imapserver.ExtractBodyStructure(bytes.NewReader(c.raw)))
	}
	for _, section := range o.BodySection {
		part := c.section(section)
		body := w.WriteBodySection(section, int64(len(part)))
		if _, err := body.Write(part); err != nil {
			return err
		}
		if err := body.Close(); err != nil {
			return err
		}
	}
	return w.Close()
}

// section gives the whole mail, its header or its text as they are; the library, which writes headers anew, gives the rest.
func (c *chosen) section(s *imap.FetchItemBodySection) []byte {
	if len(s.Part) > 0 || s.Partial != nil || len(s.HeaderFields)+len(s.HeaderFieldsNot) > 0 {
		return imapserver.ExtractBodySection(bytes.NewReader(c.raw), s)
	}
	end := len(c.raw)
	for _, blank := range []string{"\r\n\r\n", "\n\n"} {
		if i := bytes.Index(c.raw, []byte(blank)); i >= 0 {
			end = min(end, i+len(blank))
		}
	}
	switch s.Specifier {
	case imap.PartSpecifierHeader:
		return c.raw[:end]
	case imap.PartSpecifierText:
		return c.raw[end:]
	}
	return c.raw
}

// Store changes flags.
func (x *session) Store(w *imapserver.FetchWriter, set imap.NumSet, f *imap.StoreFlags, _ *imap.StoreOptions) error {
	if err := x.writable(); err != nil {
		return err
	}
	unlock := x.lock()
	for _, c := range x.choose(set) {
		c.flags = changed(c.flags, f)
		x.folder.tracker.QueueMessageFlags(c.index, c.uid, c.flags, x.view)
	}
	x.server.store.wake()
	unlock()
	if f.Silent {
		return nil
	}
	return x.Fetch(w, set, &imap.FetchOptions{Flags: true})
}

// changed gives the flags after a STORE; the old slice is left as it is.
func changed(flags []imap.Flag, f *imap.StoreFlags) []imap.Flag {
	named := func(g imap.Flag) bool {
		return slices.ContainsFunc(f.Flags, func(h imap.Flag) bool { return strings.EqualFold(string(g), string(h)) })
	}
	var out []imap.Flag
	if f.Op != imap.StoreFlagsSet {
		out = slices.DeleteFunc(slices.Clone(flags), named)
	}
	if f.Op != imap.StoreFlagsDel {
		out = append(out, f.Flags...)
	}
	return out
}

// Expunge removes what is marked deleted, of the UIDs given or of all.
func (x *session) Expunge(_ *imapserver.ExpungeWriter, uids *imap.UIDSet) error {
	if err := x.writable(); err != nil {
		return err
	}
	defer x.lock()()
	x.server.store.drop(x.folder, func(m *stored) bool {
		return m.has(imap.FlagDeleted) && (uids == nil || uids.Contains(m.uid))
	})
	return nil
}

// Copy copies; nothing to copy is no fault.
func (x *session) Copy(set imap.NumSet, dest string) (*imap.CopyData, error) {
	defer x.lock()()
	d, err := x.copyTo(set, dest)
	if x.server.o.NoPlus {
		d = nil
	}
	return d, err
}

// Move copies and removes in one.
func (x *session) Move(w *imapserver.MoveWriter, set imap.NumSet, dest string) error {
	if err := x.writable(); err != nil {
		return err
	}
	unlock := x.lock()
	d, err := x.copyTo(set, dest)
	if err == nil && d != nil {
		x.server.store.drop(x.folder, func(m *stored) bool { return d.SourceUIDs.Contains(m.uid) })
	}
	unlock()
	if err != nil || d == nil || x.server.o.NoPlus {
		return err
	}
	return w.WriteCopyData(d)
}

// copyTo copies the chosen mails and says which became which; nil when there are none. The store is locked.
func (x *session) copyTo(set imap.NumSet, dest string) (*imap.CopyData, error) {
	to, err := x.server.store.find(dest)
	switch {
	case err != nil:
		return nil, refusal(imap.ResponseCodeTryCreate, "No such mailbox")
	case to == x.folder:
		return nil, refusal("", "Source and destination are the same mailbox")
	}
	var from, now imap.UIDSet
	for _, c := range x.choose(set) {
		from.AddNum(c.uid)
		now.AddNum(x.server.store.add(to, c.raw, c.at, c.flags).uid)
	}
	if len(from) == 0 {
		return nil, nil
	}
	return &imap.CopyData{UIDValidity: to.validity, SourceUIDs: from, DestUIDs: now}, nil
}
