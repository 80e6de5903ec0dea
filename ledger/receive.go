package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"baosong/ledger/blob"
)

// NewMessage is a mail whose bytes are safe in the spool, or that could not be fetched.
type NewMessage struct {
	Location
	SHA256     blob.Ref
	Size       int64
	ReceivedAt time.Time // the server's INTERNALDATE
	Header     Header    // usually empty: Record fills it in; Unfetched may know it
	Call, Unit string    // likewise
	Old        bool      // it lay there when the start line was drawn
}

// Arrival says what a received mail turned out to be.
type Arrival string

const (
	New   Arrival = "new"
	Moved Arrival = "moved" // the same bytes, whose old place is gone: the known message lies here now
	Copy  Arrival = "copy"  // the same bytes, which also lie elsewhere: recorded as ignored, never answered
	Known Arrival = "known" // this very place was received before
)

// BeginFetch counts a try to fetch the mail at loc and returns how many there were with this one. It is called before
// each try, so that a mail that kills the process is counted too.
func (db *DB) BeginFetch(ctx context.Context, loc Location) (tries int, err error) {
	err = db.write(ctx, "count fetch", func(t *tx) error {
		tries, err = number(ctx, t, `
			INSERT INTO fetch (folder, uidvalidity, uid, tries)
			VALUES (?, ?, ?, 1)
			ON CONFLICT DO UPDATE SET tries = tries + 1
			RETURNING tries`,
			loc.Folder, loc.UIDValidity, loc.UID)
		return err
	})
	return tries, err
}

// TakeBackFetch takes a try back that nothing in the mail or at the server cut short: our own disk was full, or the daemon was
// told to stop.
func (db *DB) TakeBackFetch(ctx context.Context, loc Location) error {
	return db.write(ctx, "take back fetch", func(t *tx) error {
		_, err := t.ExecContext(ctx, `
			UPDATE fetch
			SET tries = max(tries - 1, 0)
			WHERE folder = ? AND uidvalidity = ? AND uid = ?`,
			loc.Folder, loc.UIDValidity, loc.UID)
		return err
	})
}

// Receive records a mail whose bytes are in the spool. The same bytes are one mail, wherever they lie; spooled bytes that
// are not needed a second time are dropped again.
func (db *DB) Receive(ctx context.Context, n NewMessage) (Message, Arrival, error) {
	var m Message
	var arrival Arrival
	if !n.SHA256.Valid() {
		return m, "", fmt.Errorf("receive message: bad ref %q", n.SHA256)
	}
	err := db.write(ctx, "receive message", func(t *tx) (err error) {
		if err := t.endFetch(ctx, n.Location); err != nil {
			return err
		}
		m, arrival, err = t.receive(ctx, n)
		return err
	})
	if err == nil && arrival != New {
		err = db.dropSpare(ctx, n.SHA256)
	}
	return m, arrival, err
}

func (t *tx) receive(ctx context.Context, n NewMessage) (Message, Arrival, error) {
	known, err := t.at(ctx, n)
	if err != nil {
		return Message{}, "", err
	}
	if known != 0 {
		return t.arrived(ctx, known, n.Location, Known)
	}
	same, err := t.sameBytes(ctx, n.SHA256)
	if err != nil {
		return Message{}, "", err
	}
	for _, m := range same {
		if m.Gone {
			return t.arrived(ctx, m.ID, n.Location, Moved)
		}
	}
	if len(same) > 0 {
		m, err := t.insertCopy(ctx, n, same[0])
		return m, Copy, err
	}
	m, err := t.insertMessage(ctx, n, Message{State: Received}, "")
	return m, New, err
}

// at returns the message of these bytes that was received at this very place, also when it was gone since, or 0. Another
// mail that the ledger still believes there cannot be there any more.
func (t *tx) at(ctx context.Context, n NewMessage) (int64, error) {
	same, err := placed(ctx, t, `WHERE folder = ? AND uidvalidity = ? AND uid = ? AND sha256 = ? ORDER BY gone, id DESC`,
		n.Folder, n.UIDValidity, n.UID, n.SHA256)
	if err != nil {
		return 0, err
	}
	if len(same) > 0 {
		return same[0].id, nil
	}
	return 0, t.vacate(ctx, n.Location)
}

// sameBytes returns the messages with these bytes, oldest first.
func (t *tx) sameBytes(ctx context.Context, ref blob.Ref) ([]Message, error) {
	return list(ctx, t, scanMessage, `
		SELECT `+messageColumns+`
		FROM message AS m
		WHERE m.sha256 = ?
		ORDER BY m.why = 'duplicate', m.id`, ref)
}

// arrived notes that a known message lies at loc.
func (t *tx) arrived(ctx context.Context, id int64, loc Location, how Arrival) (Message, Arrival, error) {
	m, err := one(ctx, t, scanMessage, messageByID, id)
	if err != nil {
		return m, how, err
	}
	if m.Location != loc || m.Gone {
		if err := t.place(ctx, m.ID, loc); err != nil {
			return m, how, err
		}
		m.Location, m.Gone = loc, false
	}
	return m, how, nil
}

// place writes where a message lies now.
func (t *tx) place(ctx context.Context, id int64, loc Location) error {
	_, err := t.ExecContext(ctx, `
		UPDATE message
		SET folder = ?, uidvalidity = ?, uid = ?, gone = 0
		WHERE id = ?`,
		loc.Folder, loc.UIDValidity, loc.UID, id)
	if err != nil {
		return err
	}
	return t.log(ctx, Event{What: "mail.moved", Why: fmt.Sprintf("%s %d/%d", loc.Folder, loc.UIDValidity, loc.UID), Message: id})
}

// vacate writes that whatever the ledger believes at loc is not there.
func (t *tx) vacate(ctx context.Context, loc Location) error {
	there, err := placed(ctx, t, `WHERE folder = ? AND uidvalidity = ? AND uid = ? AND gone = 0`,
		loc.Folder, loc.UIDValidity, loc.UID)
	if err != nil {
		return err
	}
	for _, p := range there {
		if err := t.leave(ctx, p.id, "another mail has its place"); err != nil {
			return err
		}
	}
	return nil
}

// leave writes that a message does not lie where it was.
func (t *tx) leave(ctx context.Context, id int64, why string) error {
	if _, err := t.ExecContext(ctx, `UPDATE message SET gone = 1 WHERE id = ?`, id); err != nil {
		return err
	}
	return t.log(ctx, Event{What: "mail.gone", Why: why, Message: id})
}

func (t *tx) endFetch(ctx context.Context, loc Location) error {
	_, err := t.ExecContext(ctx, `DELETE FROM fetch WHERE folder = ? AND uidvalidity = ? AND uid = ?`,
		loc.Folder, loc.UIDValidity, loc.UID)
	return err
}

func (t *tx) insertCopy(ctx context.Context, n NewMessage, original Message) (Message, error) {
	c := Message{
		State:   Ignored,
		Why:     "duplicate",
		WhyText: fmt.Sprintf("与邮件 %d 内容完全相同，已登记，不再答复。", original.ID),
		Fate:    string(Ignored),
		Removed: original.Removed, // secrecy: this copy's bytes go too, and it stays where it lies on the server
	}
	if c.Removed {
		c.Fate = ""
	}
	return t.insertMessage(ctx, n, c, fmt.Sprintf("same bytes as message %d", original.ID))
}

// insertMessage inserts a mail in the state that m gives it.
func (t *tx) insertMessage(ctx context.Context, n NewMessage, m Message, why string) (Message, error) {
	res, err := t.ExecContext(ctx, `
		INSERT INTO message (folder, uidvalidity, uid, sha256, size, received_at, first_uid,
			date, message_id, sender, sender_name, subject, call, unit, state, why, why_text, fate, removed, old)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		n.Folder, n.UIDValidity, n.UID, n.SHA256, n.Size, stamp(n.ReceivedAt), n.UID,
		stamp(n.Header.Date), clean(n.Header.MessageID), fold(n.Header.From), clean(n.Header.FromName), clean(n.Header.Subject),
		n.Call, n.Unit, m.State, m.Why, m.WhyText, m.Fate, m.Removed, n.Old)
	if err != nil {
		return m, err
	}
	id, err := res.LastInsertId()
	if err != nil {
		return m, err
	}
	if err := t.log(ctx, Event{What: "message." + string(m.State), Why: why, Message: id, Unit: n.Unit}); err != nil {
		return m, err
	}
	return one(ctx, t, scanMessage, messageByID, id)
}

// Unfetched records a mail that cannot be fetched (too large, or it broke the connection too often) as failed, with the
// letters that follow: their Message is filled in. A place that is already recorded is ErrConflict.
func (db *DB) Unfetched(ctx context.Context, n NewMessage, why, whyText string, letters ...NewLetter) (Message, error) {
	var m Message
	n.SHA256 = ""
	err := db.write(ctx, "record unfetched message", func(t *tx) error {
		if err := t.endFetch(ctx, n.Location); err != nil {
			return err
		}
		there, err := number(ctx, t, `
			SELECT count(*) FROM message WHERE folder = ? AND uidvalidity = ? AND uid = ? AND gone = 0`,
			n.Folder, n.UIDValidity, n.UID)
		if err != nil {
			return err
		}
		if there > 0 {
			return ErrConflict
		}
		m, err = t.insertMessage(ctx, n, Message{State: Failed, Why: why, WhyText: whyText, Fate: string(Failed)}, why)
		if err != nil {
			return err
		}
		for _, l := range letters {
			l.Message = m.ID
			if _, _, err := t.enqueue(ctx, l); err != nil {
				return err
			}
		}
		return nil
	})
	return m, err
}

// changed turns an UPDATE that met no row into ErrNotFound.
func changed(res sql.Result, err error) error {
	if err != nil {
		return err
	}
	n, err := res.RowsAffected()
	if err == nil && n == 0 {
		err = ErrNotFound
	}
	return err
}

// clean makes text from outside fit to be stored and shown: valid UTF-8, without NUL.
func clean(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}

// fold is how addresses are compared.
func fold(address string) string { return strings.ToLower(strings.TrimSpace(clean(address))) }

// missing reports whether an error says that there is no such row.
func missing(err error) bool { return errors.Is(err, ErrNotFound) }
