package ledger

import (
	"context"
	"fmt"
	"slices"

	"baosong/ledger/blob"
)

// forgetContent takes everything out of the ledger that earlier judgements of a mail have kept of its content, for a secrecy mark may be
// found only when it is judged again. Rows of states and the chain of events stay. It returns the bytes to be dropped.
func (t *tx) forgetContent(ctx context.Context, m Message) ([]blob.Ref, error) {
	if err := dropOld(t.db.dir); err != nil { // before the commit: no crash can leave them behind it
		return nil, err
	}
	own, err := t.ids(ctx, `SELECT id FROM submission WHERE message = ?`, m.ID)
	if err != nil {
		return nil, err
	}
	joined, err := t.joinedWith(ctx, m.ID)
	if err != nil {
		return nil, err
	}
	var refs []blob.Ref
	for _, id := range own {
		more, err := t.empty(ctx, id, true)
		if err != nil {
			return nil, err
		}
		refs = append(refs, more...)
	}
	more, _, err := t.emptyLetters(ctx, `l.message = ?`, m.ID)
	if err != nil {
		return nil, err
	}
	refs = append(refs, more...)
	for _, s := range joined {
		more, err := t.forgetJoined(ctx, s, m.ID)
		if err != nil {
			return nil, err
		}
		refs = append(refs, more...)
	}
	gone, err := t.forgetBytes(ctx, m, refs)
	return append(gone, m.SHA256), err
}

// forgetBytes says in the chain which bytes no row needs any more, and deletes what staff decided about them; the mail's own are
// said there already.
func (t *tx) forgetBytes(ctx context.Context, m Message, refs []blob.Ref) ([]blob.Ref, error) {
	slices.Sort(refs)
	var gone []blob.Ref
	for _, ref := range slices.Compact(refs) {
		is, err := named(ctx, t, ref)
		if err != nil {
			return nil, err
		}
		if is { // another mail has brought the same file
			continue
		}
		for _, query := range []string{`DELETE FROM waiver WHERE instr(sha256, ?)`, `DELETE FROM withdrawal WHERE sha256 = ?`} {
			if _, err := t.ExecContext(ctx, query, ref); err != nil {
				return nil, err
			}
		}
		if err := t.log(ctx, Event{What: "bytes.removed", Why: string(ref), Message: m.ID, Unit: m.Unit}); err != nil {
			return nil, err
		}
		gone = append(gone, ref)
	}
	return gone, nil
}

// joinedWith returns the submissions of other mails that the mail's own files have joined.
func (t *tx) joinedWith(ctx context.Context, msg int64) ([]Submission, error) {
	return list(ctx, t, scanSubmission, `
		SELECT `+submissionColumns+`
		FROM submission AS s
		WHERE s.message <> ?1
		  AND EXISTS (
			SELECT 1
			FROM file AS f
			WHERE f.submission = s.id AND f.prior AND f.sha256 IN (
				SELECT o.sha256
				FROM file AS o
				JOIN submission AS mine ON mine.id = o.submission
				WHERE mine.message = ?1 AND NOT o.prior AND o.sha256 <> ''))
		ORDER BY s.id`, msg)
}

// forgetJoined empties a submission that the mail's files have joined. Its own mail is judged again without them, in silence
// when it has had its answer.
func (t *tx) forgetJoined(ctx context.Context, s Submission, msg int64) ([]blob.Ref, error) {
	m, err := one(ctx, t, scanMessage, messageByID, s.Message)
	if err != nil {
		return nil, err
	}
	refs, err := t.empty(ctx, s.ID, false)
	if err != nil {
		return nil, err
	}
	more, unsent, err := t.emptyLetters(ctx, `l.submission = ?`, s.ID)
	if err != nil || m.Submission != s.ID {
		return append(refs, more...), err
	}
	why := fmt.Sprintf("to be judged without message %d", msg)
	if err := t.setBack(ctx, m, why, fmt.Sprintf("此前合并的邮件 %d 已移除，将重新核对。", msg), !unsent); err != nil {
		return nil, err
	}
	return append(refs, more...), nil
}

// empty takes out what a submission holds of content, and returns the bytes that it named no more; its own files are kept when
// they are not to go too. The rows stay, so that no later finding or case gets the number of one that staff may still have
// before them.
func (t *tx) empty(ctx context.Context, submission int64, ownToo bool) ([]blob.Ref, error) {
	scan := func(s scanner) (ref blob.Ref, err error) { return ref, s.Scan(&ref) }
	refs, err := list(ctx, t, scan, `
		SELECT DISTINCT sha256 FROM file WHERE submission = ? AND (prior OR ?) AND sha256 <> ''`, submission, ownToo)
	if err != nil {
		return nil, err
	}
	_, err = t.ExecContext(ctx, `
		UPDATE file SET name = '', path = '', sha256 = '', title = '', used = 0 WHERE submission = ? AND (prior OR ?)`, submission, ownToo)
	if err != nil {
		return nil, err
	}
	for _, query := range []string{
		`UPDATE summary_row SET file = '', sheet = '', case_file = '', texts = '{}', cells = '{}' WHERE submission = ?`,
		`UPDATE case_entry
		 SET key = '', title = '', cluster = '', level = '', direction = '', city = '', county = '', year = '',
			body = '', contact = '', phone = '', note = '', file = '', sha256 = '', ok = 0, sketch = x''
		 WHERE submission = ?`,
		`UPDATE finding
		 SET file = '', sheet = '', cell = '', column_id = '', place = '', found = '', wanted = '', message = '', hint = '', sha256 = ''
		 WHERE submission = ?`,
	} {
		if _, err := t.ExecContext(ctx, query, submission); err != nil {
			return nil, err
		}
	}
	return refs, nil
}

// emptyLetters takes the words out of the letters to a unit that were made of the content, and gives up those that have not gone.
// It returns their bytes, and whether one had not gone.
func (t *tx) emptyLetters(ctx context.Context, where string, id int64) (refs []blob.Ref, unsent bool, err error) {
	where = ` WHERE l.kind <> 'alert' AND ` + where
	letters, err := list(ctx, t, scanLetter, `SELECT `+letterColumns+` FROM letter AS l`+where, id)
	if err != nil {
		return nil, false, err
	}
	for _, l := range letters {
		if l.Blob != "" {
			refs = append(refs, l.Blob)
		}
		state := l.State
		if state != Sent && state != Dead {
			state, unsent = Dead, true
			err := t.log(ctx, Event{What: "letter." + string(Dead), Why: "its content was removed", Letter: l.ID, Unit: l.Unit})
			if err != nil {
				return nil, false, err
			}
		}
		_, err := t.ExecContext(ctx, `
			UPDATE letter SET state = ?, subject = '', subject_line = '', facts = '', blob = '' WHERE id = ?`, state, l.ID)
		if err != nil {
			return nil, false, err
		}
	}
	return refs, unsent, nil
}

// dropSecret removes the bytes of a mail that bears a suspected secrecy mark, wherever they are, and what the journal still
// holds of its rows.
func (db *DB) dropSecret(ctx context.Context, refs []blob.Ref) error {
	if err := db.dropUnnamed(ctx, refs); err != nil {
		return err
	}
	// Whoever is reading now keeps the journal as it is; then it is written over later.
	_, _ = db.w.ExecContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`)
	return nil
}
