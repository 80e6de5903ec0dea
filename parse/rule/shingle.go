package rule

import (
	"cmp"
	"slices"
)

// SketchSize is how many hashes a sketch keeps.
const SketchSize = 256

// Shingles returns the sorted distinct hashes of a text's 5-grams of letters, digits and Chinese characters.
func Shingles(text string) []uint32 {
	rs := []rune(Bare(text))
	if len(rs) < 5 {
		return nil
	}
	out := make([]uint32, 0, len(rs)-4)
	for i := 0; i+5 <= len(rs); i++ {
		h := uint64(14695981039346656037)
		for _, r := range rs[i : i+5] {
			h = (h ^ uint64(r)) * 1099511628211
		}
		h ^= h >> 29
		h *= 0xbf58476d1ce4e5b9
		out = append(out, uint32(h>>32))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// SketchOf returns the least of a text's shingles: enough to tell how alike two texts are without the texts.
func SketchOf(s []uint32) []uint32 { return slices.Clone(s[:min(len(s), SketchSize)]) }

// jaccard returns which part of the 5-grams of both texts they share.
func jaccard(a, b []uint32) float64 {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	both := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch c := cmp.Compare(a[i], b[j]); {
		case c < 0:
			i++
		case c > 0:
			j++
		default:
			both++
			i++
			j++
		}
	}
	return float64(both) / float64(len(a)+len(b)-both)
}

// SimilarSketch estimates from two sketches which part of their 5-grams two texts share.
func SimilarSketch(a, b []uint32) float64 {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	size := SketchSize
	if len(a) < SketchSize && len(b) < SketchSize {
		size = len(a) + len(b) // both are whole
	}
	union, both := 0, 0
	for i, j := 0, 0; union < size && (i < len(a) || j < len(b)); union++ {
		switch {
		case j == len(b) || (i < len(a) && a[i] < b[j]):
			i++
		case i == len(a) || b[j] < a[i]:
			j++
		default:
			both++
			i++
			j++
		}
	}
	return float64(both) / float64(union)
}

// same is from which part of shared 5-grams on two texts are one.
const same = 0.8

// Alike reports whether two case documents are one and the same text.
func Alike(f, g *File) bool {
	if f.Case == nil || g.Case == nil {
		return false
	}
	return alike(f.Case.Grams, g.Case.Grams)
}

// alike compares sketches first, because they are short.
func alike(a, b []uint32) bool {
	if len(a) == 0 || len(b) == 0 || float64(min(len(a), len(b))) < same*float64(max(len(a), len(b))) {
		return false
	}
	return SimilarSketch(a[:min(len(a), SketchSize)], b[:min(len(b), SketchSize)]) > same-0.2 && jaccard(a, b) >= same
}
