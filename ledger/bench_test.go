package ledger

import (
	"fmt"
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

func BenchmarkRecord(b *testing.B) {
	bench := filled(b, 10_000)
	for b.Loop() {
		m := bench.mail(fmt.Sprint(bench.uid))
		_, err := bench.Record(bench.ctx(), outcome(m, "unit03", sub{cases: "a b! c d"}.submission()))
		bench.must(err)
		bench.now = bench.now.Add(time.Second)
	}
}

func BenchmarkProvince(b *testing.B) {
	bench := filled(b, 10_000)
	b.ResetTimer()
	for b.Loop() {
		_, err := bench.Province(bench.ctx(), bench.facts(units()...))
		bench.must(err)
	}
}

func BenchmarkSketches(b *testing.B) {
	bench := filled(b, 10_000)
	b.ResetTimer()
	for b.Loop() {
		_, err := bench.Sketches(bench.ctx(), theCall, "unit03")
		bench.must(err)
	}
}

func BenchmarkClaim(b *testing.B) {
	bench := filled(b, 10_000)
	b.ResetTimer()
	for b.Loop() {
		_, err := bench.Claim(bench.ctx(), bench.now, []time.Duration{time.Hour})
		bench.must(err)
	}
}

func BenchmarkBalanceAndVerifyRows(b *testing.B) {
	bench := filled(b, 10_000)
	b.Run("balance", func(b *testing.B) {
		for b.Loop() {
			_, err := bench.Balance(bench.ctx())
			bench.must(err)
		}
	})
	b.Run("rows", func(b *testing.B) {
		for b.Loop() {
			bench.must(bench.read(bench.ctx(), "verify", func(q querier) error {
				_, err := verifyRows(bench.ctx(), q)
				return err
			}))
		}
	})
}
