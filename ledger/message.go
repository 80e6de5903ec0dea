package ledger

import (
	"context"
)

const messageColumns = `m.id, m.folder, m.uidvalidity, m.uid, m.gone, m.sha256, m.size, m.removed,
	m.received_at, m.date, m.message_id, m.sender, m.sender_name, m.subject, m.call, m.unit,
	m.state, m.why, m.why_text, m.believed, m.hint,
	COALESCE((SELECT max(s.id) FROM submission AS s WHERE s.message = m.id AND s.judged_again = 0), 0),
	m.fate, m.first_uid, m.filed_in, m.old`

const messageByID = `SELECT ` + messageColumns + ` FROM message AS m WHERE m.id = ?`

func scanMessage(row scanner) (Message, error) {
	var m Message
	err := row.Scan(&m.ID, &m.Folder, &m.UIDValidity, &m.UID, &m.Gone, &m.SHA256, &m.Size, &m.Removed,
		moment{&m.ReceivedAt}, moment{&m.Date}, &m.MessageID, &m.From, &m.FromName, &m.Subject, &m.Call, &m.Unit,
		&m.State, &m.Why, &m.WhyText, &m.Believed, &m.Hint,
		&m.Submission,
		&m.Fate, &m.FirstUID, &m.FiledIn, &m.Old)
	m.Rejoined = m.State == Received && m.Why == whyRejoin
	return m, err
}

// Message returns one message.
func (db *DB) Message(ctx context.Context, id int64) (Message, error) {
	var m Message
	err := db.read(ctx, "read message", func(q querier) (err error) {
		m, err = one(ctx, q, scanMessage, messageByID, id)
		return err
	})
	return m, err
}

// Messages returns the messages in a state, or all when it is empty, in order of arrival.
func (db *DB) Messages(ctx context.Context, state State) ([]Message, error) {
	return db.messages(ctx, `WHERE ?1 = '' OR m.state = ?1`, state)
}

// Unfinished returns the messages that were received and not yet judged, in order of arrival.
func (db *DB) Unfinished(ctx context.Context) ([]Message, error) {
	return db.messages(ctx, `WHERE m.state = ?`, Received)
}

// ToFile returns the judged messages that do not yet lie in their fate folder.
func (db *DB) ToFile(ctx context.Context) ([]Message, error) {
	return db.messages(ctx, `WHERE m.filed_in = 0 AND m.gone = 0 AND m.fate <> ''`)
}

func (db *DB) messages(ctx context.Context, where string, args ...any) ([]Message, error) {
	var ms []Message
	err := db.read(ctx, "list messages", func(q querier) (err error) {
		ms, err = list(ctx, q, scanMessage, `
			SELECT `+messageColumns+`
			FROM message AS m
			`+where+`
			ORDER BY m.received_at, m.first_uid, m.id`, args...)
		return err
	})
	return ms, err
}

// Assignments returns the addresses that staff have given to a unit for good: address in lower case to unit.
func (db *DB) Assignments(ctx context.Context) (map[string]string, error) {
	assigned := map[string]string{}
	err := db.read(ctx, "list assignments", func(q querier) error {
		rows, err := q.QueryContext(ctx, `SELECT address, unit FROM assignment`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var address, unit string
			if err := rows.Scan(&address, &unit); err != nil {
				return err
			}
			assigned[address] = unit
		}
		return rows.Err()
	})
	return assigned, err
}
