package letter

import (
	"fmt"
	"slices"

	"baosong/ledger"
	"baosong/parse/call"
	"baosong/parse/finding"
)

// AsIs is what staff have accepted as it is: what is there, and what is not asked for any more.
type AsIs struct {
	Parts  []string // 汇总表, 典型案例 3 个
	Errors int      // that need not be mended any more
	Owed   []string // parts that need not be sent any more
}

// asked is what a revision's findings still ask for: of one that staff have accepted with its errors, nothing is to be
// mended. A correction request says all the same what it was queued for: notify sends a receipt in its stead.
func asked(f Facts, s *ledger.Submission) []ledger.Finding {
	if s.State != ledger.Accepted || f.Kind == ledger.Correction {
		return s.Findings
	}
	return slices.DeleteFunc(slices.Clone(s.Findings), func(x ledger.Finding) bool { return x.Severity == finding.Error && !x.Waived })
}

// asIs sums up what a decision has accepted; nil when nothing was open or owed.
func asIs(f Facts, s *ledger.Submission) *AsIs {
	if s.State != ledger.Accepted || s.Nil || !f.Said.AsIs {
		return nil
	}
	out := &AsIs{}
	for _, x := range told(s.Findings) {
		if x.Severity == finding.Error && x.Code != "measures.missing" && x.Code != "sheet.missing" { // those are owed
			out.Errors++
		}
	}
	for _, id := range s.Owed {
		out.Owed = append(out.Owed, partName(id, f.Call))
	}
	if out.Errors == 0 && len(out.Owed) == 0 {
		return nil
	}
	for _, part := range f.Call.Parts {
		switch there := slices.ContainsFunc(s.Files, func(x ledger.File) bool { return x.Used && x.Part == string(part.ID) }); {
		case part.ID == call.PartCase && len(f.Stands) > 0:
			out.Parts = append(out.Parts, fmt.Sprintf("%s %d 个", part.Name, len(f.Stands)))
		case there && part.ID != call.PartCase && part.ID != call.PartLetter && part.ID != call.PartUnknown:
			out.Parts = append(out.Parts, part.Name)
		}
	}
	return out
}

// missingFiles counts the case files that what stands asks for.
func missingFiles(f Facts) int {
	fs := f.Open
	if s := f.Submission; s != nil && s.Receipt == f.Standing.Receipt {
		fs = s.Findings
	}
	n := 0
	for _, x := range told(fs) {
		if x.Code == "case.file-missing" && x.Severity == finding.Error {
			n++
		}
	}
	return n
}
