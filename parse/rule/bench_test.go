package rule

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// BenchmarkSimilarAmongTenThousand compares one case with the sketches of 10,000 others, none of them like it.
func BenchmarkSimilarAmongTenThousand(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	sketch := func() []uint32 {
		s := make([]uint32, SketchSize)
		for i := range s {
			s[i] = r.Uint32() >> 3 // the least 256 of some 2,000 grams
		}
		slices.Sort(s)
		return slices.Compact(s)
	}
	own, others := sketch(), make([][]uint32, 10_000)
	for i := range others {
		others[i] = sketch()
	}
	for b.Loop() {
		for _, other := range others {
			if SimilarSketch(own, other) >= same {
				b.Fatal("like it")
			}
		}
	}
}
