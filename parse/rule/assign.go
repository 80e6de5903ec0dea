package rule

import (
	"cmp"
	"slices"
)

// assign pairs rows with columns one to one so that the sum of their scores is greatest; pairs of score 0 are never
// made. It returns for each row its column, or -1. Beyond 400 on a side the best pairs are taken one after another.
func assign(score [][]float64) []int {
	rows := len(score)
	out := make([]int, rows)
	for i := range out {
		out[i] = -1
	}
	if rows == 0 || len(score[0]) == 0 {
		return out
	}
	if rows > 400 || len(score[0]) > 400 {
		return assignGreedy(score, out)
	}
	n := max(rows, len(score[0]))
	cost := func(i, j int) float64 {
		if i < rows && j < len(score[0]) {
			return -score[i][j]
		}
		return 0
	}
	for j, i := range hungarian(n, cost) {
		if i < rows && j < len(score[0]) && score[i][j] > 0 {
			out[i] = j
		}
	}
	return out
}

// hungarian solves the square assignment problem at least cost in O(n³); it returns the row of each column.
func hungarian(n int, cost func(i, j int) float64) []int {
	const inf = 1e18
	u, v := make([]float64, n+1), make([]float64, n+1)
	match, way := make([]int, n+1), make([]int, n+1)
	for i := 1; i <= n; i++ {
		match[0] = i
		j0 := 0
		least, used := make([]float64, n+1), make([]bool, n+1)
		for j := range least {
			least[j] = inf
		}
		for {
			used[j0] = true
			i0, delta, j1 := match[j0], inf, 0
			for j := 1; j <= n; j++ {
				if used[j] {
					continue
				}
				if c := cost(i0-1, j-1) - u[i0] - v[j]; c < least[j] {
					least[j], way[j] = c, j0
				}
				if least[j] < delta {
					delta, j1 = least[j], j
				}
			}
			for j := 0; j <= n; j++ {
				if used[j] {
					u[match[j]] += delta
					v[j] -= delta
				} else {
					least[j] -= delta
				}
			}
			if j0 = j1; match[j0] == 0 {
				break
			}
		}
		for j0 != 0 {
			match[j0] = match[way[j0]]
			j0 = way[j0]
		}
	}
	out := make([]int, n)
	for j := 1; j <= n; j++ {
		out[j-1] = match[j] - 1
	}
	return out
}

func assignGreedy(score [][]float64, out []int) []int {
	type pair struct {
		i, j int
		s    float64
	}
	var pairs []pair
	for i, row := range score {
		for j, s := range row {
			if s > 0 {
				pairs = append(pairs, pair{i, j, s})
			}
		}
	}
	slices.SortStableFunc(pairs, func(a, b pair) int { return cmp.Compare(b.s, a.s) })
	taken := map[int]bool{}
	for _, x := range pairs {
		if out[x.i] < 0 && !taken[x.j] {
			out[x.i], taken[x.j] = x.j, true
		}
	}
	return out
}
