package ledger

import (
	"context"

	"baosong/parse/finding"
)

// View is everything that a letter about a submission, or staff looking at it, need to know.
type View struct {
	Submission *Submission
	Message    Message
	Previous   *Submission // the revision before it by order of receipt, or nil
	Changes    Changes
	Standing   *Submission // what stands now for the unit: Submission itself unless a newer one came; nil when all is withdrawn
	Cases      []Case      // that stand now for the unit
}

// Changes is what a revision changed against the one before it.
type Changes struct {
	Added    []File    // new files
	Replaced []File    // files of the previous revision that do not stand any more
	Solved   []Finding // open before, not found any more
	Arisen   []Finding // open now, not found before
	Left     []Finding // open before and now
}

// SubmissionView reads a submission with its surroundings.
func (db *DB) SubmissionView(ctx context.Context, id int64) (View, error) {
	var v View
	err := db.read(ctx, "view submission", func(q querier) (err error) {
		if v.Submission, err = loadSubmission(ctx, q, id); err != nil {
			return err
		}
		s := v.Submission
		if v.Message, err = one(ctx, q, scanMessage, messageByID, s.Message); err != nil {
			return err
		}
		if v.Previous, err = before(ctx, q, s.Call, s.Unit, v.Message); err != nil {
			return err
		}
		v.Changes = compare(v.Previous, s)
		if v.Standing, err = standing(ctx, q, s.Call, s.Unit); err != nil {
			return err
		}
		v.Cases, err = standingCases(ctx, q, s.Call, s.Unit)
		return err
	})
	return v, err
}

// sameFinding is what makes two findings of two revisions the same.
type sameFinding struct {
	code  finding.Code
	at    finding.Place
	found string
}

func keyOf(f Finding) sameFinding { return sameFinding{f.Code, f.Place, f.Found} }

// compare says what the newer revision changed. Notes are left out: they ask nothing.
func compare(older, newer *Submission) Changes {
	var c Changes
	if older == nil {
		older = &Submission{}
	}
	c.Added, c.Replaced = compareFiles(older.Files, newer.Files)
	asked := map[sameFinding]bool{}
	for _, f := range older.Findings {
		if f.asks() {
			asked[keyOf(f)] = true
		}
	}
	for _, f := range newer.Findings {
		switch {
		case !f.asks():
		case asked[keyOf(f)]:
			c.Left = append(c.Left, f)
			delete(asked, keyOf(f))
		default:
			c.Arisen = append(c.Arisen, f)
		}
	}
	for _, f := range older.Findings {
		if asked[keyOf(f)] {
			c.Solved = append(c.Solved, f)
			delete(asked, keyOf(f))
		}
	}
	return c
}

func (f Finding) asks() bool { return f.Open() && f.Severity != finding.Note }

func compareFiles(older, newer []File) (added, replaced []File) {
	had := map[File]bool{}
	for _, f := range older {
		had[File{Path: f.Path, SHA256: f.SHA256}] = true
	}
	stands := map[File]bool{}
	for _, f := range newer {
		id := File{Path: f.Path, SHA256: f.SHA256}
		stands[id] = f.Used
		if !f.Prior && !had[id] {
			added = append(added, f)
		}
	}
	for _, f := range older {
		if f.Used && !stands[File{Path: f.Path, SHA256: f.SHA256}] {
			replaced = append(replaced, f)
		}
	}
	return added, replaced
}

// Submissions returns the revisions of a unit in a call, or of all units when unit is empty, oldest first, without their
// files, rows, cases and findings.
func (db *DB) Submissions(ctx context.Context, callID, unit string) (all []Submission, err error) {
	err = db.read(ctx, "list submissions", func(q querier) error {
		all, err = list(ctx, q, scanSubmission, `
			SELECT `+submissionColumns+`
			FROM submission AS s
			WHERE s.call = ?1 AND (?2 = '' OR s.unit = ?2)
			ORDER BY s.received_at, s.uid, s.id`, callID, unit)
		return err
	})
	return all, err
}

// Case returns one case.
func (db *DB) Case(ctx context.Context, id int64) (c Case, err error) {
	err = db.read(ctx, "read case", func(q querier) error {
		c, err = one(ctx, q, scanCase, `SELECT `+caseColumns+` FROM case_entry AS c WHERE c.id = ?`, id)
		return err
	})
	return c, err
}

// Finding returns one finding and the submission it belongs to.
func (db *DB) Finding(ctx context.Context, id int64) (f Finding, submission int64, err error) {
	err = db.read(ctx, "read finding", func(q querier) error {
		if f, err = one(ctx, q, scanFinding, `SELECT `+findingColumns+` FROM finding AS f WHERE f.id = ?`, id); err != nil {
			return err
		}
		return q.QueryRowContext(ctx, `SELECT submission FROM finding WHERE id = ?`, id).Scan(&submission)
	})
	return f, submission, err
}
