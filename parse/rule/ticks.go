package rule

import (
	"regexp"
	"strings"
)

const (
	emptyBoxes = "□☐◻▢○◯"
	tickMarks  = "☑☒■√✓✔●◉"
)

var (
	bracketTick = regexp.MustCompile(`[(\[]\s*[√✓✔]\s*[)\]]`)
	bracketGap  = regexp.MustCompile(`[(\[]\s*[)\]]`)
	boxMark     = regexp.MustCompile("[" + emptyBoxes + tickMarks + "]")
)

// ticked reads a choice offered as boxes, □国家级 ☑省级: it returns what is ticked, and whether there was a box left empty at
// all. Without one the text is no form of boxes, and a mark in it is only an ornament. The boxes stand before their
// choices or after them; the first or the last character tells.
func ticked(text string) (chosen []string, boxes bool) {
	if !strings.ContainsAny(text, emptyBoxes+"√✓✔") {
		return nil, false
	}
	s := Plain(text)
	if bracketTick.MatchString(s) {
		s = bracketGap.ReplaceAllString(bracketTick.ReplaceAllString(s, "☑"), "□")
	}
	s = strings.TrimSpace(s)
	if i := strings.LastIndexAny(s, ":："); i >= 0 && !boxMark.MatchString(s[:i]) {
		s = strings.TrimSpace(strings.TrimLeft(s[i:], ":："))
	}
	if !strings.ContainsAny(s, emptyBoxes) {
		return nil, false
	}
	marks := boxMark.FindAllStringIndex(s, -1)
	before := marks[0][0] == 0
	for i, m := range marks {
		if !strings.ContainsAny(s[m[0]:m[1]], tickMarks) {
			continue
		}
		choice := ""
		switch {
		case !before && i == 0:
			choice = s[:m[0]]
		case !before:
			choice = s[marks[i-1][1]:m[0]]
		case i+1 < len(marks):
			choice = s[m[1]:marks[i+1][0]]
		default:
			choice = s[m[1]:]
		}
		chosen = append(chosen, choice)
	}
	return chosen, true
}

// choose reads a text by what is ticked in it, where it has boxes: one choice is read alone, several are counted. An
// empty box before the only choice left standing is an ornament too.
func choose(text string, list []string, read func(string, []string) (string, int)) (value string, named int, boxes bool) {
	chosen, boxes := ticked(text)
	if boxes && len(chosen) == 0 {
		if value, _ = read(text, list); value != "" {
			named = 1
		}
		return value, named, boxes
	}
	for _, c := range chosen {
		if v, _ := read(c, list); v != "" {
			value, named = v, named+1
		}
	}
	if len(chosen) > 1 {
		value = ""
	}
	return value, named, boxes
}
