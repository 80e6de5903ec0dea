package ledger

import (
	"context"
	"fmt"
)

// Then makes the letters that follow from a decision out of the submission that stands after it. They are queued in the
// decision's own transaction. It must only compute.
type Then func(standing *Submission) []NewLetter

// Waive forgives one finding: for good, for this file. The same finding at the same place of the same file is forgiven
// in the unit's other revisions too, also in later ones. It returns the submission that stands afterwards.
func (db *DB) Waive(ctx context.Context, findingID int64, who, why string, then ...Then) (*Submission, error) {
	var now *Submission
	err := db.write(ctx, fmt.Sprintf("waive finding %d", findingID), func(t *tx) error {
		f, err := one(ctx, t, scanFinding, `SELECT `+findingColumns+` FROM finding AS f WHERE f.id = ?`, findingID)
		if err != nil {
			return notFound("finding", "问题", findingID, err)
		}
		if f.Waived {
			return &Refusal{Kind: ErrConflict, What: "finding is waived already", Text: fmt.Sprintf("问题 %d 此前已经豁免。", findingID)}
		}
		s, err := t.submissionOfFinding(ctx, findingID)
		if err != nil {
			return err
		}
		_, err = t.ExecContext(ctx, `
			INSERT INTO waiver (call, unit, code, sha256, file, sheet, cell, row, column_id, place, found, at, who, why)
			SELECT ?, ?, code, sha256, file, sheet, cell, row, column_id, place, found, ?, ?, ?
			FROM finding
			WHERE id = ?
			ON CONFLICT DO UPDATE SET at = excluded.at, who = excluded.who, why = excluded.why`,
			s.Call, s.Unit, stamp(t.now), who, waiverReason(why), findingID)
		if err != nil {
			return err
		}
		if err := t.log(ctx, Event{Who: who, What: "decision.waive", Why: fmt.Sprintf("finding %d %s: %s", findingID, f.Code, why), Submission: s.ID, Unit: s.Unit}); err != nil {
			return err
		}
		if err := t.waiveEverywhere(ctx, s, findingID); err != nil {
			return err
		}
		now, err = t.afterDecision(ctx, s, who, "finding waived", then)
		return err
	})
	return now, err
}

// waiverReason is never empty, for an empty reason stands for "not waived".
func waiverReason(why string) string {
	if why = clean(why); why == "" {
		return "-"
	}
	return why
}

func (t *tx) submissionOfFinding(ctx context.Context, id int64) (Submission, error) {
	return one(ctx, t, scanSubmission, `
		SELECT `+submissionColumns+`
		FROM submission AS s JOIN finding AS f ON f.submission = s.id
		WHERE f.id = ?`, id)
}

// waiveEverywhere applies what was decided to every revision of the unit that has such a finding.
func (t *tx) waiveEverywhere(ctx context.Context, s Submission, findingID int64) error {
	ids, err := t.ids(ctx, `
		SELECT DISTINCT f.submission
		FROM finding AS f
		JOIN submission AS s ON s.id = f.submission
		JOIN finding AS w ON w.id = ?
		WHERE s.call = ? AND s.unit = ? AND f.waived = 0 AND f.code = w.code AND f.sha256 = w.sha256 AND f.found = w.found`,
		findingID, s.Call, s.Unit)
	if err != nil {
		return err
	}
	for _, id := range ids {
		sub, err := loadSubmission(ctx, t, id)
		if err != nil {
			return err
		}
		if err := applyDecisions(ctx, t, sub); err != nil {
			return err
		}
		if err := t.updateDecided(ctx, sub); err != nil {
			return err
		}
	}
	return nil
}

// updateDecided writes which findings are waived and which cases count.
func (t *tx) updateDecided(ctx context.Context, s *Submission) error {
	for _, f := range s.Findings {
		if _, err := t.ExecContext(ctx, `UPDATE finding SET waived = ?, why = ? WHERE id = ?`, f.Waived, f.Why, f.ID); err != nil {
			return err
		}
	}
	for _, c := range s.Cases {
		if _, err := t.ExecContext(ctx, `UPDATE case_entry SET ok = ?, withdrawn = ? WHERE id = ?`, c.OK, c.Withdrawn, c.ID); err != nil {
			return err
		}
	}
	return nil
}

// afterDecision brings the unit's states up to date, reads what stands, and queues the letters that follow.
func (t *tx) afterDecision(ctx context.Context, s Submission, who, why string, then []Then) (*Submission, error) {
	if err := t.restand(ctx, s.Call, s.Unit, Event{Who: who, Why: why, Unit: s.Unit}); err != nil {
		return nil, err
	}
	now, err := standing(ctx, t, s.Call, s.Unit)
	if err != nil || now == nil {
		return nil, err
	}
	for _, letters := range then {
		for _, l := range letters(now) {
			if _, _, err := t.enqueue(ctx, l); err != nil {
				return nil, err
			}
		}
	}
	return now, nil
}

// Accept accepts the submission that stands as it is, whatever is open or owed. Its cases that have row and file count.
// It returns the submission afterwards.
func (db *DB) Accept(ctx context.Context, sub int64, who, why string, then ...Then) (*Submission, error) {
	var now *Submission
	err := db.write(ctx, fmt.Sprintf("accept submission %d", sub), func(t *tx) error {
		s, err := loadSubmission(ctx, t, sub)
		if err != nil {
			return notFound("submission", "报送", sub, err)
		}
		if s.State != Checked && s.State != Returned {
			return &Refusal{
				Kind: ErrConflict, What: "submission is " + string(s.State),
				Text: fmt.Sprintf("报送 %d 目前的状态是“%s”，不能接收。", sub, s.State.Chinese()),
				Hint: "只能接收该单位最新的、待补正或材料未齐的报送。",
			}
		}
		_, err = t.ExecContext(ctx, `INSERT INTO acceptance (message, at, who, why) VALUES (?, ?, ?, ?)`,
			s.Message, stamp(t.now), who, clean(why))
		if err != nil {
			return err
		}
		countWhole(s)
		if err := t.updateDecided(ctx, s); err != nil {
			return err
		}
		if err := t.log(ctx, Event{Who: who, What: "decision.accept", Why: why, Message: s.Message, Submission: sub, Unit: s.Unit}); err != nil {
			return err
		}
		now, err = t.afterDecision(ctx, *s, who, "accepted by staff", then)
		return err
	})
	return now, err
}

// Withdraw takes a case out of what stands: for good, for this file. It returns the submission that stands afterwards.
func (db *DB) Withdraw(ctx context.Context, caseID int64, who, why string, then ...Then) (*Submission, error) {
	var now *Submission
	err := db.write(ctx, fmt.Sprintf("withdraw case %d", caseID), func(t *tx) error {
		c, err := one(ctx, t, scanCase, `SELECT `+caseColumns+` FROM case_entry AS c WHERE c.id = ?`, caseID)
		if err != nil {
			return notFound("case", "案例", caseID, err)
		}
		if c.Withdrawn {
			return &Refusal{Kind: ErrConflict, What: "case is withdrawn already", Text: fmt.Sprintf("案例 %d 此前已经撤回。", caseID)}
		}
		s, err := one(ctx, t, scanSubmission, submissionByID, c.Submission)
		if err != nil {
			return err
		}
		_, err = t.ExecContext(ctx, `
			INSERT INTO withdrawal (call, unit, key, sha256, at, who, why)
			VALUES (?, ?, ?, ?, ?, ?, ?)`,
			s.Call, s.Unit, c.Key, c.SHA256, stamp(t.now), who, clean(why))
		if err != nil {
			return err
		}
		_, err = t.ExecContext(ctx, `
			UPDATE case_entry
			SET withdrawn = 1
			WHERE unit = ? AND key = ? AND sha256 = ? AND submission IN (SELECT id FROM submission WHERE call = ?)`,
			s.Unit, c.Key, c.SHA256, s.Call)
		if err != nil {
			return err
		}
		if err := t.log(ctx, Event{Who: who, What: "decision.withdraw", Why: fmt.Sprintf("case %d: %s", caseID, why), Submission: s.ID, Unit: s.Unit}); err != nil {
			return err
		}
		now, err = t.afterDecision(ctx, s, who, "case withdrawn", then)
		return err
	})
	return now, err
}
