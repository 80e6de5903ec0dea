package ledger

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// filled returns a ledger with this many judged mails of sixteen units, half of them faulty, each with four cases.
func filled(tb testing.TB, mails int) *bench {
	tb.Helper()
	b := mustOpen(tb)
	durable := func(on string) { // only the filling goes without fsync
		_, err := b.w.ExecContext(b.ctx(), "PRAGMA synchronous = "+on)
		b.must(err)
	}
	durable("OFF")
	defer durable("FULL")
	for i := range mails {
		unit := fmt.Sprintf("unit%02d", i%16)
		send := sub{cases: "a b c d"}
		if i/16%2 == 1 {
			send = sub{cases: "a b! c d", owed: "measures"}
		}
		m := b.mail(fmt.Sprint(i))
		_, err := b.Record(b.ctx(), outcome(m, unit, send.submission()))
		b.must(err)
		b.now = b.now.Add(time.Second)
	}
	return b
}

func units() (ids []string) {
	for i := range 16 {
		ids = append(ids, fmt.Sprintf("unit%02d", i))
	}
	return ids
}

// BenchmarkSketchesOfTenThousandCases reads what a new case is compared with when sixteen units have 10,000 cases standing.
func BenchmarkSketchesOfTenThousandCases(b *testing.B) {
	bench := mustOpen(b)
	sketch := make([]uint32, 256)
	for i := range sketch {
		sketch[i] = uint32(i) << 20
	}
	for _, unit := range units() {
		var names strings.Builder
		for i := range 10_000 / 15 {
			fmt.Fprintf(&names, "%s-%d ", unit, i)
		}
		s := sub{cases: names.String()}.submission()
		for i := range s.Cases {
			s.Cases[i].Sketch = sketch
		}
		_, err := bench.Record(bench.ctx(), outcome(bench.mail(unit), unit, s))
		bench.must(err)
	}
	for b.Loop() {
		cs, err := bench.Sketches(bench.ctx(), theCall, "unit03")
		bench.must(err)
		if len(cs) != 15*(10_000/15) {
			b.Fatalf("%d cases", len(cs))
		}
	}
}

// BenchmarkAtTenThousandMails measures what intake, notify and the digest ask most, on one ledger of that size.
func BenchmarkAtTenThousandMails(b *testing.B) {
	bench := filled(b, 10_000)
	for _, bb := range []struct {
		name string
		run  func()
	}{
		{"receive-and-record", func() {
			m := bench.mail(fmt.Sprint(bench.uid))
			_, err := bench.Record(bench.ctx(), outcome(m, "unit03", sub{cases: "a b! c d"}.submission()))
			bench.must(err)
			bench.now = bench.now.Add(time.Second)
		}},
		{"province", func() {
			_, err := bench.Province(bench.ctx(), bench.facts(units()...))
			bench.must(err)
		}},
		{"sketches", func() {
			_, err := bench.Sketches(bench.ctx(), theCall, "unit03")
			bench.must(err)
		}},
		{"claim", func() {
			_, err := bench.Claim(bench.ctx(), bench.now, []time.Duration{time.Hour})
			bench.must(err)
		}},
		{"balance", func() {
			_, err := bench.Balance(bench.ctx())
			bench.must(err)
		}},
		{"verify-rows", func() {
			bench.must(bench.read(bench.ctx(), "verify", func(q querier) error {
				_, err := verifyRows(bench.ctx(), q)
				return err
			}))
		}},
	} {
		b.Run(bb.name, func(b *testing.B) {
			for b.Loop() {
				bb.run()
			}
		})
	}
}
