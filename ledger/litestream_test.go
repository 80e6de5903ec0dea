package ledger

import "testing"

// Litestream keeps two tables of its own in the database it replicates. They are no damage; any other table is.
func TestReplicatedLedgerIsWhole(t *testing.T) {
	t.Parallel()
	b := mustOpen(t)
	b.sends("hefei", sub{cases: "a"})
	for _, sql := range []string{
		`CREATE TABLE _litestream_seq (id INTEGER PRIMARY KEY, seq INTEGER)`,
		`CREATE TABLE _litestream_lock (id INTEGER)`,
	} {
		if _, err := b.w.ExecContext(b.ctx(), sql); err != nil {
			t.Fatal(err)
		}
	}
	if d := b.schemaDamage(); len(d) > 0 {
		t.Errorf("%+v", d)
	}
	if _, err := b.w.ExecContext(b.ctx(), `CREATE TABLE litestreamish (id INTEGER)`); err != nil {
		t.Fatal(err)
	}
	if d := b.schemaDamage(); len(d) != 1 {
		t.Errorf("a foreign table: %+v", d)
	}
}

func (b *bench) schemaDamage() (damage []Damage) {
	b.t.Helper()
	b.must(b.read(b.ctx(), "verify", func(q querier) (err error) {
		damage, err = verifySchema(b.ctx(), q)
		return err
	}))
	return damage
}
