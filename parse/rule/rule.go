// Package rule holds the rules that judge a submission, one file per family.
//
// A Rule names the codes it may report, explains itself in Chinese for docs/findings.md, and runs over a Pass, which
// package parse has filled with everything that was read. Rules report findings and change nothing; they see no disk,
// no clock and no mail. The rest of the package is what rules judge by: names folded and taken apart (Places,
// Register), values read as clerks write them (Direction, Year, Phones), texts compared.
//
// A rule must never tell a city that it made a mistake unless it did: where a reading is in doubt it stays silent or
// warns.
package rule

import "baosong/parse/finding"

// Rule is one family of checks.
type Rule struct {
	Codes []finding.Code
	Doc   string      // Chinese, for staff: what is checked, and what is accepted without a word
	Run   func(*Pass) // nil: found elsewhere, by the reading of mails
}

// All returns every rule in the order of the reference.
func All() []Rule {
	return []Rule{
		mailRule(), fileRule(), scanRule(), unrecognisedRule(), blankRule(),
		sheetRule(), hiddenRule(), requiredRule(), listRule(), formatRule(), lengthRule(), precisionRule(),
		sequenceRule(), duplicateRowRule(),
		cityRule(), countyRule(), clusterRule(),
		pairRule(), mismatchRule(), copyRule(),
		sectionRule(), wordsRule(), picturesRule(), placeholderRule(), duplicateCaseRule(),
		measuresRule(),
		secrecyRule(), internalRule(), idRule(), phoneRule(), cardRule(),
	}
}
