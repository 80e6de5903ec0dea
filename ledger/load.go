package ledger

import "context"

const submissionColumns = `s.id, s.message, s.call, s.unit, s.revision, s.state, s.nil, s.late, s.received_at, s.uid,
	s.receipt, s.owed, s.brought`

const submissionByID = `SELECT ` + submissionColumns + ` FROM submission AS s WHERE s.id = ?`

func scanSubmission(row scanner) (Submission, error) {
	var s Submission
	err := row.Scan(&s.ID, &s.Message, &s.Call, &s.Unit, &s.Revision, &s.State, &s.Nil, &s.Late, moment{&s.ReceivedAt}, &s.UID,
		&s.Receipt, decoded{&s.Owed}, decoded{&s.Brought})
	return s, err
}

func scanFile(row scanner) (File, error) {
	var f File
	return f, row.Scan(&f.Name, &f.Path, &f.Part, &f.Format, &f.SHA256, &f.Size, &f.Title, &f.Prior, &f.Copy, &f.Used)
}

func scanRow(row scanner) (Row, error) {
	var r Row
	return r, row.Scan(&r.File, &r.Sheet, &r.Row, &r.CaseFile, decoded{&r.Values}, decoded{&r.Cells})
}

const caseColumns = `c.id, c.submission, c.unit, c.key, c.title, c.cluster, c.level, c.direction, c.city, c.county, c.year,
	c.body, c.contact, c.phone, c.note, c.row, c.file, c.sha256, c.ok, c.withdrawn, c.sketch`

func scanCase(row scanner) (Case, error) {
	var c Case
	var sketch []byte
	err := row.Scan(&c.ID, &c.Submission, &c.Unit, &c.Key, &c.Title, &c.Cluster, &c.Level, &c.Direction, &c.City, &c.County, &c.Year,
		&c.Body, &c.Contact, &c.Phone, &c.Note, &c.Row, &c.File, &c.SHA256, &c.OK, &c.Withdrawn, &sketch)
	c.Sketch = unpackSketch(sketch)
	return c, err
}

const findingColumns = `f.id, f.code, f.severity, f.file, f.path, f.sheet, f.cell, f.row, f.column_id, f.place,
	f.found, f.wanted, f.message, f.hint, f.waived, f.why, f.trial`

func scanFinding(row scanner) (Finding, error) {
	var f Finding
	err := row.Scan(&f.ID, &f.Code, &f.Severity, &f.File, &f.Path, &f.Sheet, &f.Cell, &f.Row, &f.Column, &f.Where,
		&f.Found, &f.Wanted, &f.Message, &f.Hint, &f.Waived, &f.Why, &f.Trial)
	return f, err
}

// loadSubmission reads one submission with all that belongs to it.
func loadSubmission(ctx context.Context, q querier, id int64) (*Submission, error) {
	s, err := one(ctx, q, scanSubmission, submissionByID, id)
	if err != nil {
		return nil, err
	}
	if s.Files, err = list(ctx, q, scanFile, `
		SELECT name, path, part, format, sha256, size, title, prior, copy, used
		FROM file WHERE submission = ? ORDER BY id`, id); err != nil {
		return nil, err
	}
	if s.Rows, err = list(ctx, q, scanRow, `
		SELECT file, sheet, row, case_file, texts, cells
		FROM summary_row WHERE submission = ? ORDER BY id`, id); err != nil {
		return nil, err
	}
	if s.Cases, err = list(ctx, q, scanCase, `SELECT `+caseColumns+` FROM case_entry AS c WHERE c.submission = ? ORDER BY c.id`, id); err != nil {
		return nil, err
	}
	s.Findings, err = list(ctx, q, scanFinding, `SELECT `+findingColumns+` FROM finding AS f WHERE f.submission = ? ORDER BY f.id`, id)
	return &s, err
}

// Submission returns one submission with files, rows, cases and findings.
func (db *DB) Submission(ctx context.Context, id int64) (s *Submission, err error) {
	err = db.read(ctx, "read submission", func(q querier) error {
		s, err = loadSubmission(ctx, q, id)
		return err
	})
	return s, err
}
