package rule

// Distance counts the wrong, lost, added and swapped neighbouring characters between a and b. It stops counting above
// limit and then returns limit+1.
func Distance(a, b []rune, limit int) int {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > limit {
		return limit + 1
	}
	if len(a) == 0 {
		return min(len(b), limit+1)
	}
	before, last, row := make([]int, len(a)+1), make([]int, len(a)+1), make([]int, len(a)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(b); i++ {
		row[0] = i
		best := i
		for j := 1; j <= len(a); j++ {
			d := last[j-1]
			if b[i-1] != a[j-1] {
				d++
			}
			d = min(d, last[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && b[i-1] == a[j-2] && b[i-2] == a[j-1] {
				d = min(d, before[j-2]+1)
			}
			row[j] = d
			best = min(best, d)
		}
		if best > limit {
			return limit + 1
		}
		before, last, row = last, row, before
	}
	return min(last[len(a)], limit+1)
}

// Unlike returns which part of their characters two bare texts differ by, from 0 to 1.
func Unlike(a, b string) float64 {
	ra, rb := []rune(a), []rune(b)
	longest := max(len(ra), len(rb))
	if longest == 0 {
		return 0
	}
	if longest > 400 {
		ra, rb = ra[:min(len(ra), 400)], rb[:min(len(rb), 400)]
		longest = max(len(ra), len(rb))
	}
	return float64(Distance(ra, rb, longest)) / float64(longest)
}

// typo reports whether b may be a mistyped a: one character in short words, two in longer ones. Two neighbouring
// characters of a short word that are both others make another word (汽车, 电池), not a typing mistake.
func typo(a, b []rune) (d int, ok bool) {
	longest := max(len(a), len(b))
	limit := 1
	if longest >= 5 {
		limit = 2
	}
	if longest < 2 {
		limit = 0
	}
	d = Distance(a, b, limit)
	if d > limit || (d == 2 && longest <= 6 && otherWord(a, b)) {
		return d, false
	}
	return d, true
}

func otherWord(a, b []rune) bool {
	if len(a) != len(b) {
		return false
	}
	first, n := -1, 0
	for i := range a {
		if a[i] != b[i] {
			if first < 0 {
				first = i
			}
			n++
		}
	}
	return n == 2 && a[first+1] != b[first+1] && a[first] != b[first+1]
}
