package ledger

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"baosong/ledger/calendar"
	"baosong/parse/finding"
)

// submit writes a new revision and supersedes what it replaces. Newest is by the time of receipt, then UID, then message:
// a mail that was judged late (held, then assigned) may be superseded from the start.
func (t *tx) submit(ctx context.Context, m Message, s Submission, o Outcome) (*Submission, error) {
	s.Message, s.Call, s.Unit = m.ID, o.Call, o.Unit
	s.ReceivedAt, s.UID = m.ReceivedAt, m.FirstUID
	s.Findings, s.Cases = slices.Clone(s.Findings), slices.Clone(s.Cases) // the caller's stay as they are
	if s.Call == "" || s.Unit == "" {
		return nil, fmt.Errorf("submission needs a call and a unit: %q, %q", s.Call, s.Unit)
	}
	if err := applyDecisions(ctx, t, &s); err != nil {
		return nil, err
	}
	running, err := t.numberOff(ctx, &s)
	if err != nil {
		return nil, err
	}
	accepted, err := number(ctx, t, `SELECT count(*) FROM acceptance WHERE message = ?`, m.ID)
	if err != nil {
		return nil, err
	}
	s.State = ownState(&s, accepted > 0)
	if accepted > 0 {
		countWhole(&s)
	}
	if err := t.supersede(ctx, &s); err != nil {
		return nil, err
	}
	if err := t.insertSubmission(ctx, &s, running); err != nil {
		return nil, err
	}
	if err := t.rejoin(ctx, m, &s); err != nil {
		return nil, err
	}
	return &s, t.log(ctx, Event{
		What: "submission." + string(s.State), Why: fmt.Sprintf("revision %d", s.Revision),
		Message: m.ID, Submission: s.ID, Unit: s.Unit,
	})
}

// numberOff gives a submission its revision and its receipt, and returns the receipt's running number.
func (t *tx) numberOff(ctx context.Context, s *Submission) (running int, err error) {
	s.Revision, err = number(ctx, t, `
		SELECT COALESCE(max(revision), 0) + 1 FROM submission WHERE call = ? AND unit = ?`, s.Call, s.Unit)
	if err != nil {
		return 0, err
	}
	running, err = number(ctx, t, `SELECT COALESCE(max(number), 0) + 1 FROM submission`)
	s.Receipt = fmt.Sprintf("BS-%d-%04d", s.ReceivedAt.In(calendar.Shanghai()).Year(), running)
	return running, err
}

// ownState is what a revision is by itself. Findings of rules on trial and waived ones do not count.
func ownState(s *Submission, accepted bool) SubmissionState {
	switch {
	case accepted:
		return Accepted
	case slices.ContainsFunc(s.Findings, func(f Finding) bool { return f.Open() && f.Severity == finding.Error }):
		return Returned
	case s.Nil || len(s.Owed) == 0:
		return Accepted
	}
	return Checked
}

// Open reports whether the finding still asks something of the unit.
func (f Finding) Open() bool { return !f.Waived && !f.Trial }

// supersede makes s superseded when a newer mail was counted already, or else what stood before it. Earlier judgements of
// the same mail are marked as replaced.
func (t *tx) supersede(ctx context.Context, s *Submission) error {
	if err := t.db.reach("supersede"); err != nil {
		return err
	}
	newer, err := number(ctx, t, `
		SELECT count(*)
		FROM submission
		WHERE call = ? AND unit = ? AND state <> 'withdrawn' AND judged_again = 0 AND message <> ?
		  AND (received_at, uid, message) > (?, ?, ?)`,
		s.Call, s.Unit, s.Message, stamp(s.ReceivedAt), s.UID, s.Message)
	if err != nil {
		return err
	}
	if newer > 0 {
		s.State = Superseded
	}
	if err := t.replaceJudgements(ctx, s.Message, s); err != nil || s.State == Superseded {
		return err
	}
	old, err := t.ids(ctx, `
		SELECT id
		FROM submission
		WHERE call = ? AND unit = ? AND state NOT IN ('superseded', 'withdrawn')
		ORDER BY id`, s.Call, s.Unit)
	if err != nil {
		return err
	}
	for _, id := range old {
		if err := t.setSubmissionState(ctx, id, Superseded, Event{Why: "newer revision", Unit: s.Unit}); err != nil {
			return err
		}
	}
	return nil
}

// replaceJudgements takes out what earlier judgements of a mail made of it, and lets stand what follows from that; the unit
// of the submission that comes in its place, if any, is seen to by the caller.
func (t *tx) replaceJudgements(ctx context.Context, message int64, by *Submission) error {
	old, err := list(ctx, t, scanSubmission, `
		SELECT `+submissionColumns+` FROM submission AS s WHERE s.message = ? AND s.judged_again = 0`, message)
	if err != nil {
		return err
	}
	for _, o := range old {
		if _, err := t.ExecContext(ctx, `UPDATE submission SET judged_again = 1 WHERE id = ?`, o.ID); err != nil {
			return err
		}
		e := Event{Why: "its mail was judged again", Message: message, Unit: o.Unit}
		if o.State != Superseded && o.State != Withdrawn {
			if err := t.setSubmissionState(ctx, o.ID, Superseded, e); err != nil {
				return err
			}
		}
		if by != nil && by.Call == o.Call && by.Unit == o.Unit {
			continue
		}
		if err := t.restand(ctx, o.Call, o.Unit, e); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) ids(ctx context.Context, query string, args ...any) ([]int64, error) {
	scan := func(s scanner) (id int64, err error) { return id, s.Scan(&id) }
	return list(ctx, t, scan, query, args...)
}

// setSubmissionState changes a submission's state; e carries who and why.
func (t *tx) setSubmissionState(ctx context.Context, id int64, state SubmissionState, e Event) error {
	if _, err := t.ExecContext(ctx, `UPDATE submission SET state = ? WHERE id = ?`, state, id); err != nil {
		return err
	}
	e.What, e.Submission = "submission."+string(state), id
	return t.log(ctx, e)
}

func (t *tx) insertSubmission(ctx context.Context, s *Submission, running int) error {
	res, err := t.ExecContext(ctx, `
		INSERT INTO submission (message, call, unit, revision, state, nil, late, received_at, uid, number, receipt, owed, brought)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		s.Message, s.Call, s.Unit, s.Revision, s.State, s.Nil, s.Late, stamp(s.ReceivedAt), s.UID, running, s.Receipt,
		encode(nonNil(s.Owed)), encode(nonNil(s.Brought)))
	if err != nil {
		return err
	}
	if s.ID, err = res.LastInsertId(); err != nil {
		return err
	}
	for _, part := range []func(context.Context, *Submission) error{t.insertFiles, t.insertRows, t.insertCases, t.insertFindings} {
		if err := part(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

func nonNil(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

func (t *tx) insertFiles(ctx context.Context, s *Submission) error {
	for _, f := range s.Files {
		_, err := t.ExecContext(ctx, `
			INSERT INTO file (submission, name, path, part, format, sha256, size, title, prior, copy, used)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			s.ID, clean(f.Name), clean(f.Path), f.Part, f.Format, f.SHA256, f.Size, clean(f.Title), f.Prior, f.Copy, f.Used)
		if err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) insertRows(ctx context.Context, s *Submission) error {
	for _, r := range s.Rows {
		_, err := t.ExecContext(ctx, `
			INSERT INTO summary_row (submission, file, sheet, row, case_file, texts, cells)
			VALUES (?, ?, ?, ?, ?, ?, ?)`,
			s.ID, clean(r.File), clean(r.Sheet), r.Row, clean(r.CaseFile), encode(r.Values), encode(r.Cells))
		if err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) insertCases(ctx context.Context, s *Submission) error {
	for i := range s.Cases {
		c := &s.Cases[i]
		c.Submission, c.Unit = s.ID, s.Unit
		res, err := t.ExecContext(ctx, `
			INSERT INTO case_entry (submission, unit, key, title, cluster, level, direction, city, county, year,
				body, contact, phone, note, row, file, sha256, ok, withdrawn, sketch)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			c.Submission, c.Unit, clean(c.Key), clean(c.Title), clean(c.Cluster), clean(c.Level), clean(c.Direction), clean(c.City), clean(c.County), clean(c.Year),
			clean(c.Body), clean(c.Contact), clean(c.Phone), clean(c.Note), c.Row, clean(c.File), c.SHA256, c.OK, c.Withdrawn, packSketch(c.Sketch))
		if err != nil {
			return err
		}
		if c.ID, err = res.LastInsertId(); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) insertFindings(ctx context.Context, s *Submission) error {
	for i := range s.Findings {
		f := &s.Findings[i]
		res, err := t.ExecContext(ctx, `
			INSERT INTO finding (submission, code, severity, file, path, sheet, cell, row, column_id, place,
				found, wanted, message, hint, sha256, waived, why, trial)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			s.ID, f.Code, f.Severity, clean(f.File), clean(f.Path), clean(f.Sheet), f.Cell, f.Row, f.Column, clean(f.Where),
			clean(f.Found), clean(f.Wanted), clean(f.Message), clean(f.Hint), fileHash(s.Files, f.Place), f.Waived, clean(f.Why), f.Trial)
		if err != nil {
			return err
		}
		if f.ID, err = res.LastInsertId(); err != nil {
			return err
		}
	}
	return nil
}

// fileHash returns the hash of the file that a place lies in; where it fits several, all their hashes in order. An earlier
// file that was replaced, mostly by one of the same name, is none of them: what is decided of the new one must hold in
// revisions that no longer see the old.
func fileHash(files []File, at finding.Place) string {
	var hashes []string
	for _, f := range files {
		if (f.Used || !f.Prior) && at.In(f.Path) && f.SHA256 != "" && !slices.Contains(hashes, string(f.SHA256)) {
			hashes = append(hashes, string(f.SHA256))
		}
	}
	slices.Sort(hashes)
	return strings.Join(hashes, "+")
}

func packSketch(sketch []uint32) []byte {
	raw := make([]byte, 0, 4*len(sketch))
	for _, v := range sketch {
		raw = binary.BigEndian.AppendUint32(raw, v)
	}
	return raw
}

func unpackSketch(raw []byte) []uint32 {
	if len(raw) < 4 {
		return nil
	}
	sketch := make([]uint32, 0, len(raw)/4)
	for ; len(raw) >= 4; raw = raw[4:] {
		sketch = append(sketch, binary.BigEndian.Uint32(raw))
	}
	return sketch
}
