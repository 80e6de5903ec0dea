package parse

import (
	"baosong/parse/call"
	"baosong/parse/rule"
)

// UnitHint returns the id of the unit that the content of a stranger's mail points to, or "" when it points to none or
// to several alike. It is a hint for staff, never a decision.
func UnitHint(texts []Text, r *Report, c *call.Call) string {
	p := rule.NewPlaces(c)
	votes := map[string]int{}
	vote := func(text string, weight int) {
		for city := range p.Mentioned(text) {
			votes[city] += weight
		}
	}
	for _, t := range texts {
		vote(t.Text, 2)
	}
	if r != nil {
		for _, f := range r.Files {
			vote(f.Name, 2)
			if f.Part == call.PartMeasures || f.Part == call.PartLetter {
				vote(f.Title, 4)
			}
		}
		for _, k := range r.Cases {
			vote(k.City, 3)
			vote(k.Cluster, 1)
			vote(k.Body, 1)
		}
	}
	best, most, second := "", 0, 0
	for city, n := range votes {
		switch {
		case n > most:
			best, second, most = city, most, n
		case n > second:
			second = n
		}
	}
	if best == "" || most == second {
		return ""
	}
	for i := range c.Units {
		if u := &c.Units[i]; u.Active && u.County == "" && rule.Squeeze(u.City) == best {
			return u.ID
		}
	}
	return ""
}
