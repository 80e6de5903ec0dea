package ledger

import (
	"context"
	"path"
)

// applyDecisions carries what staff decided before over to a new revision: waivers of the same kind at the same place of
// the same file, withdrawals of the same case file. Cases whose faults are all waived count.
func applyDecisions(ctx context.Context, q querier, s *Submission) error {
	for i := range s.Findings {
		f := &s.Findings[i]
		why, err := waiverOf(ctx, q, s, f)
		if err != nil {
			return err
		}
		if why != "" {
			f.Waived, f.Why = true, why
		}
	}
	for i := range s.Cases {
		c := &s.Cases[i]
		n, err := number(ctx, q, `
			SELECT count(*) FROM withdrawal WHERE call = ? AND unit = ? AND key = ? AND sha256 = ?`,
			s.Call, s.Unit, clean(c.Key), c.SHA256)
		if err != nil {
			return err
		}
		c.Withdrawn = c.Withdrawn || n > 0
	}
	countWaived(s)
	return nil
}

// Decided gives a submission that was judged and not recorded what staff have decided so far, as Record would. It changes
// nothing but s.
func (db *DB) Decided(ctx context.Context, s *Submission) error {
	return db.read(ctx, "look up decisions", func(q querier) error { return applyDecisions(ctx, q, s) })
}

// waiverOf returns why a finding was waived before, or "".
func waiverOf(ctx context.Context, q querier, s *Submission, f *Finding) (string, error) {
	scan := func(r scanner) (why string, err error) { return why, r.Scan(&why) }
	whys, err := list(ctx, q, scan, `
		SELECT why
		FROM waiver
		WHERE call = ? AND unit = ? AND code = ? AND sha256 = ?
		  AND file = ? AND sheet = ? AND cell = ? AND row = ? AND column_id = ? AND place = ? AND found = ?`,
		s.Call, s.Unit, f.Code, fileHash(s.Files, f.Place),
		clean(f.File), clean(f.Sheet), f.Cell, f.Row, f.Column, clean(f.Where), clean(f.Found))
	if err != nil || len(whys) == 0 {
		return "", err
	}
	return whys[0], nil
}

// countWaived makes those cases count whose row and file are there and have errors that are all waived. The judge said
// that they do not count because of these errors alone.
func countWaived(s *Submission) {
	for i := range s.Cases {
		c := &s.Cases[i]
		if c.OK || c.Row == 0 || c.SHA256 == "" {
			continue
		}
		errors, open := 0, 0
		for _, f := range s.Findings {
			if f.Severity != "error" || !touches(s, c, f) {
				continue
			}
			errors++
			if f.Open() {
				open++
			}
		}
		c.OK = errors > 0 && open == 0
	}
}

// touches reports whether a finding stands on the case's row of the summary sheet or in the case's file.
func touches(s *Submission, c *Case, f Finding) bool {
	if f.File == "" {
		return false
	}
	if f.In(c.File) {
		return true
	}
	if f.Row != c.Row {
		return false
	}
	for _, r := range s.Rows {
		if r.Row == c.Row && path.Base(r.File) == f.File && (f.Sheet == "" || r.Sheet == f.Sheet) {
			return true
		}
	}
	return false
}

// countWhole makes all cases with row and file count: staff accepted the submission as it is.
func countWhole(s *Submission) {
	for i := range s.Cases {
		c := &s.Cases[i]
		c.OK = c.OK || c.Row > 0 && c.SHA256 != ""
	}
}
