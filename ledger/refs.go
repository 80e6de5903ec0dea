package ledger

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"baosong/ledger/blob"
)

// namedRefs returns every blob that a row names and that must be there, with who names it first.
func namedRefs(ctx context.Context, q querier) (map[blob.Ref]string, error) {
	rows, err := q.QueryContext(ctx, `
		SELECT sha256, '邮件 ' || id FROM message WHERE sha256 <> '' AND removed = 0
		UNION ALL
		SELECT sha256, '报送 ' || submission || ' 的文件 ' || path FROM file WHERE sha256 <> ''
		UNION ALL
		SELECT blob, '信件 ' || id FROM letter WHERE blob <> ''`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	named := map[blob.Ref]string{}
	for rows.Next() {
		var ref blob.Ref
		var by string
		if err := rows.Scan(&ref, &by); err != nil {
			return nil, err
		}
		if _, known := named[ref]; !known {
			named[ref] = by
		}
	}
	return named, rows.Err()
}

func sortedRefs(named map[blob.Ref]string) []blob.Ref {
	return slices.Sorted(maps.Keys(named))
}

// RemoveBytes removes the raw mails of a call that has ended (retention) and says so in the chain. Rows, files of
// submissions and letters stay; mails that still need a decision keep their bytes. It returns how many were removed.
func (db *DB) RemoveBytes(ctx context.Context, callID, who, why string) (int, error) {
	var refs []blob.Ref
	err := db.write(ctx, "remove raw mails", func(t *tx) error {
		ms, err := list(ctx, t, scanMessage, `
			SELECT `+messageColumns+`
			FROM message AS m
			WHERE m.call = ? AND m.state IN ('filed', 'ignored') AND m.removed = 0 AND m.sha256 <> ''`, callID)
		if err != nil {
			return err
		}
		refs = nil
		for _, m := range ms {
			if _, err := t.ExecContext(ctx, `UPDATE message SET removed = 1 WHERE id = ?`, m.ID); err != nil {
				return err
			}
			if err := t.log(ctx, Event{Who: who, What: "bytes.removed", Why: why, Message: m.ID, Unit: m.Unit}); err != nil {
				return err
			}
			refs = append(refs, m.SHA256)
		}
		if len(refs) == 0 {
			return nil
		}
		return t.log(ctx, Event{Who: who, What: "decision.retention", Why: fmt.Sprintf("%d raw mails of %s: %s", len(refs), callID, why)})
	})
	if err != nil {
		return 0, err
	}
	// Rows first: a crash here leaves bytes that no row names, which Verify reports and running this again removes.
	return len(refs), db.dropUnnamed(ctx, refs)
}

// dropUnnamed removes those bytes that no row names any more.
func (db *DB) dropUnnamed(ctx context.Context, refs []blob.Ref) error {
	var named map[blob.Ref]string
	err := db.read(ctx, "list named blobs", func(q querier) (err error) {
		named, err = namedRefs(ctx, q)
		return err
	})
	if err != nil {
		return err
	}
	store := db.blobs()
	for _, ref := range refs {
		if _, ok := named[ref]; ok || !ref.Valid() {
			continue
		}
		if err := store.Drop(ref); err != nil {
			return fmt.Errorf("remove bytes: %w", err)
		}
		if err := store.Remove(ref); err != nil {
			return fmt.Errorf("remove bytes: %w", err)
		}
	}
	return nil
}

// Sweep removes what crashes left behind in spool/: half-written files, and whole ones that no row names. Only the holder
// of the data directory's lock may call it, before it receives mail.
func (db *DB) Sweep(ctx context.Context) error {
	store := db.blobs()
	if _, err := store.Sweep(); err != nil {
		return err
	}
	_, spooled, err := store.Refs()
	if err != nil {
		return err
	}
	var named map[blob.Ref]string
	err = db.read(ctx, "list named blobs", func(q querier) (err error) {
		named, err = namedRefs(ctx, q)
		return err
	})
	if err != nil {
		return err
	}
	for _, ref := range spooled {
		if _, ok := named[ref]; ok {
			continue
		}
		if err := store.Drop(ref); err != nil {
			return fmt.Errorf("sweep spool: %w", err)
		}
	}
	return nil
}
