package export

import (
	"context"
	"fmt"
	"path"
	"slices"
	"time"

	"baosong/ledger"
	"baosong/parse/call"
)

// contents is what goes into the package, in its order.
type contents struct {
	call  *call.Call
	units []unitContents
}

type unitContents struct {
	unit     call.Unit
	standing ledger.UnitStanding
	cases    []caseEntry
	measures []source
}

// caseEntry is one case with its row of the merged sheet.
type caseEntry struct {
	ledger.Case
	row  ledger.Row
	file source
}

// source is one stored file and where it came from.
type source struct {
	file    ledger.File
	receipt string
}

// gather reads what stands.
func gather(ctx context.Context, db *ledger.DB, c *call.Call, now time.Time) (*contents, error) {
	cases, err := db.Cases(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	units := reporting(c, cases)
	facts := ledger.Facts{Call: c.ID, Deadline: c.Deadline, Now: now}
	for _, u := range units {
		facts.Units = append(facts.Units, u.ID)
	}
	for _, p := range c.Parts {
		if p.Required {
			facts.Parts = append(facts.Parts, string(p.ID))
		}
	}
	standings, err := db.Province(ctx, facts)
	if err != nil {
		return nil, err
	}
	p := &contents{call: c}
	submissions := map[int64]*ledger.Submission{}
	for i, u := range units {
		entry := unitContents{unit: u, standing: standings[i]}
		for _, ca := range cases {
			if ca.Unit != u.ID {
				continue
			}
			e, err := enter(ctx, db, ca, submissions)
			if err != nil {
				return nil, err
			}
			entry.cases = append(entry.cases, e)
		}
		if entry.measures, err = measures(ctx, db, c.ID, u.ID); err != nil {
			return nil, err
		}
		p.units = append(p.units, entry)
	}
	return p, nil
}

// reporting returns the roster's active units, and after them those that have cases all the same: nothing that stands is
// left out because the roster changed.
func reporting(c *call.Call, cases []ledger.Case) []call.Unit {
	units := c.ActiveUnits()
	known := map[string]bool{}
	for _, u := range units {
		known[u.ID] = true
	}
	for _, ca := range cases {
		if known[ca.Unit] {
			continue
		}
		known[ca.Unit] = true
		u := call.Unit{ID: ca.Unit, Name: ca.Unit, City: ca.Unit}
		if listed, ok := c.Unit(ca.Unit); ok {
			u = *listed
		}
		units = append(units, u)
	}
	return units
}

// enter finds a case's row and file in the submission that it came with.
func enter(ctx context.Context, db *ledger.DB, ca ledger.Case, seen map[int64]*ledger.Submission) (caseEntry, error) {
	s := seen[ca.Submission]
	if s == nil {
		var err error
		if s, err = db.Submission(ctx, ca.Submission); err != nil {
			return caseEntry{}, err
		}
		seen[ca.Submission] = s
	}
	e := caseEntry{Case: ca, file: source{receipt: s.Receipt}}
	for _, r := range s.Rows {
		if r.Row == ca.Row && (r.CaseFile == "" || e.row.Row == 0 || sameName(r.CaseFile, ca.File)) {
			e.row = r
		}
	}
	for _, f := range s.Files {
		if f.SHA256 == ca.SHA256 && (e.file.file.SHA256 == "" || f.Path == ca.File) {
			e.file.file = f
		}
	}
	if e.file.file.SHA256 == "" {
		return e, fmt.Errorf("case %d %q names a file that its submission %d does not have", ca.ID, ca.Title, ca.Submission)
	}
	return e, nil
}

func sameName(a, b string) bool { return path.Base(a) == path.Base(b) }

// measures returns the newest measures of a unit that have no open error: those of the revision that stands, or else of
// the one before. A nil return ends the search.
func measures(ctx context.Context, db *ledger.DB, callID, unit string) ([]source, error) {
	all, err := db.Submissions(ctx, callID, unit)
	if err != nil {
		return nil, err
	}
	slices.Reverse(all)
	judged := map[int64]bool{} // only the last judgement of a mail counts
	for _, head := range all {
		if head.State == ledger.Withdrawn || judged[head.Message] {
			continue
		}
		judged[head.Message] = true
		if head.Nil {
			return nil, nil
		}
		s, err := db.Submission(ctx, head.ID)
		if err != nil {
			return nil, err
		}
		if good := goodMeasures(s); len(good) > 0 {
			return good, nil
		}
	}
	return nil, nil
}

func goodMeasures(s *ledger.Submission) []source {
	var good []source
	for _, f := range s.Files {
		if f.Part != string(call.PartMeasures) || !f.Used || f.Copy || f.SHA256 == "" {
			continue
		}
		faulty := slices.ContainsFunc(s.Findings, func(x ledger.Finding) bool {
			return x.In(f.Path) && x.Severity == "error" && x.Open()
		})
		if !faulty || s.State == ledger.Accepted {
			good = append(good, source{file: f, receipt: s.Receipt})
		}
	}
	return good
}
