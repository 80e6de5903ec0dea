package ledger

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"baosong/ledger/blob"
)

// DamageKind says what is wrong.
type DamageKind string

const (
	DamagedDatabase DamageKind = "database" // SQLite's own check, a foreign key, the schema
	DamagedChain    DamageKind = "chain"    // an event does not follow from the one before it
	DamagedState    DamageKind = "state"    // a row's state is not the one that its last event says
	DamagedBlob     DamageKind = "blob"     // bytes that a row names are missing or altered
	Stray           DamageKind = "stray"    // bytes that no row names: no damage; a crash may leave them
)

// Damage is one thing that Verify found.
type Damage struct {
	Kind DamageKind
	Ref  string // event id, row, hash
	Text string // Chinese, for staff
}

// Grave reports whether something is lost or altered; a stray is only reported.
func (d Damage) Grave() bool { return d.Kind != Stray }

// Verify proves that nothing is missing or altered: the database by SQLite's own check and by its schema, the chain of
// events, the states of the rows against it, and the bytes that the rows name. Bytes removed on purpose are known.
func (db *DB) Verify(ctx context.Context) ([]Damage, error) {
	kept, spooled, err := db.blobs().Refs() // before the rows: what comes in meanwhile is no stray
	if err != nil {
		return nil, fmt.Errorf("verify ledger: %w", err)
	}
	var damage []Damage
	var named map[blob.Ref]string
	err = db.read(ctx, "verify ledger", func(q querier) (err error) {
		if damage, err = verifyRows(ctx, q); err != nil {
			return err
		}
		named, err = namedRefs(ctx, q)
		return err
	})
	if err != nil {
		return damage, err
	}
	for _, ref := range sortedRefs(named) {
		d, bad, err := verifyBlob(ctx, db.blobs(), ref, named[ref])
		if err != nil {
			return damage, err
		}
		if !bad {
			continue
		}
		still, err := db.stillNamed(ctx, []blob.Ref{ref}) // it may have been removed on purpose while we read
		if err != nil {
			return damage, err
		}
		if len(still) > 0 {
			damage = append(damage, d)
		}
	}
	for _, ref := range append(kept, spooled...) {
		if _, ok := named[ref]; !ok {
			damage = append(damage, Damage{Stray, string(ref), "文件没有任何记录引用，可能是中断时留下的。"})
		}
	}
	return damage, nil
}

func verifyBlob(ctx context.Context, store *blob.Store, ref blob.Ref, by string) (Damage, bool, error) {
	err := store.Verify(ctx, ref)
	switch {
	case err == nil:
		return Damage{}, false, nil
	case ctx.Err() != nil:
		return Damage{}, false, ctx.Err()
	case errors.Is(err, fs.ErrNotExist):
		return Damage{DamagedBlob, string(ref), fmt.Sprintf("文件缺失（%s）。", by)}, true, nil
	case errors.Is(err, blob.ErrDamaged):
		return Damage{DamagedBlob, string(ref), fmt.Sprintf("文件内容被改动或损坏（%s）。", by)}, true, nil
	}
	return Damage{DamagedBlob, string(ref), fmt.Sprintf("文件无法读取（%s）：%v", by, err)}, true, nil
}

// verifyRows checks everything that is inside the database.
func verifyRows(ctx context.Context, q querier) ([]Damage, error) {
	var damage []Damage
	for _, check := range []func(context.Context, querier) ([]Damage, error){
		verifyIntegrity, verifyForeignKeys, verifySchema, verifyChain, verifyStates,
	} {
		found, err := check(ctx, q)
		damage = append(damage, found...)
		if ctx.Err() != nil {
			return damage, ctx.Err()
		}
		if err != nil { // a torn database: say so and look at the rest
			damage = append(damage, Damage{DamagedDatabase, databaseName, "数据库不能完整读取：" + err.Error()})
		}
	}
	return damage, nil
}

func verifyIntegrity(ctx context.Context, q querier) ([]Damage, error) {
	scan := func(s scanner) (text string, err error) { return text, s.Scan(&text) }
	said, err := list(ctx, q, scan, `PRAGMA integrity_check`)
	var damage []Damage
	for _, text := range said {
		if text != "ok" {
			damage = append(damage, Damage{DamagedDatabase, databaseName, "数据库文件损坏：" + text})
		}
	}
	return damage, err
}

func verifyForeignKeys(ctx context.Context, q querier) ([]Damage, error) {
	scan := func(s scanner) (d Damage, err error) {
		var table, parent string
		var row, key *int64
		err = s.Scan(&table, &row, &parent, &key)
		id := int64(0)
		if row != nil {
			id = *row
		}
		return Damage{DamagedDatabase, fmt.Sprintf("%s %d", table, id), "记录引用了不存在的 " + parent + "。"}, err
	}
	return list(ctx, q, scan, `PRAGMA foreign_key_check`)
}

// verifySchema finds a dropped trigger or index, and a column that somebody added by hand.
func verifySchema(ctx context.Context, q querier) ([]Damage, error) {
	got, err := dumpSchema(ctx, q)
	if err != nil || got == goldenSchema {
		return nil, err
	}
	return []Damage{{DamagedDatabase, "schema", "数据库结构与程序不符，可能被人改动过。"}}, nil
}

// verifyChain computes every hash again.
func verifyChain(ctx context.Context, q querier) ([]Damage, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+eventColumns+` FROM event ORDER BY id`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var damage []Damage
	last := Event{}
	for rows.Next() {
		e, err := scanEvent(rows)
		if err != nil {
			return damage, err
		}
		at := fmt.Sprintf("event %d", e.ID)
		switch {
		case e.ID != last.ID+1:
			damage = append(damage, Damage{DamagedChain, at, fmt.Sprintf("事件 %d 之前缺少记录。", e.ID)})
		case e.Prev != last.Hash:
			damage = append(damage, Damage{DamagedChain, at, fmt.Sprintf("事件 %d 与前一条不衔接。", e.ID)})
		case e.Hash != e.digest():
			damage = append(damage, Damage{DamagedChain, at, fmt.Sprintf("事件 %d 的内容被改动。", e.ID)})
		}
		last = e
	}
	return damage, rows.Err()
}

// verifyStates compares each row's state with the last event that changed it. So a row altered by hand is found, and an
// end of the chain that was cut off.
func verifyStates(ctx context.Context, q querier) ([]Damage, error) {
	names := map[string]string{"message": "邮件", "submission": "报送", "letter": "信件"}
	var damage []Damage
	for _, table := range []string{"message", "submission", "letter"} {
		scan := func(s scanner) (d Damage, err error) {
			var id int64
			var state, said string
			err = s.Scan(&id, &state, &said)
			return Damage{DamagedState, fmt.Sprintf("%s %d", table, id),
				fmt.Sprintf("%s %d 的状态是 %s，与事件记录（%s）不符。", names[table], id, state, said)}, err
		}
		found, err := list(ctx, q, scan, `
			SELECT id, state, said FROM (
				SELECT x.id, x.state, COALESCE((
					SELECT e.what FROM event AS e
					WHERE e.`+table+` <> 0 AND e.`+table+` = x.id AND e.what LIKE '`+table+`.%'
					ORDER BY e.id DESC LIMIT 1), '') AS said
				FROM `+table+` AS x)
			WHERE said <> '`+table+`.' || state
			ORDER BY id`)
		if err != nil {
			return damage, err
		}
		damage = append(damage, found...)
	}
	return damage, nil
}
