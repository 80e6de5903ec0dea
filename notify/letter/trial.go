package letter

import (
	"fmt"
	"slices"
	"strings"

	"baosong/parse/finding"
)

// TrialLine is what one rule on trial has found: for staff, who decide whether cities are to hear of it.
type TrialLine struct {
	Code, Weight, Rule string
	N                  int
	Units              string // 2 个单位：合肥、芜湖
}

// trials sums up the open findings of rules on trial, by code in the order of their first.
func trials(lines []FindingLine) []TrialLine {
	var out []TrialLine
	var units [][]string
	at := map[finding.Code]int{}
	for _, x := range lines {
		if !x.Trial || x.Waived {
			continue
		}
		i, known := at[x.Code]
		if !known {
			i = len(out)
			at[x.Code] = i
			e, _ := finding.Lookup(x.Code)
			out = append(out, TrialLine{Code: string(x.Code), Weight: severity(x.Severity), Rule: strings.TrimSuffix(e.Message, "。")})
			units = append(units, nil)
		}
		out[i].N++
		if !slices.Contains(units[i], x.Unit) {
			units[i] = append(units[i], x.Unit)
		}
	}
	for i := range out {
		out[i].Units = fmt.Sprintf("%d 个单位：%s", len(units[i]), list(units[i], maxPlaces))
	}
	return out
}
