package ledger

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
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
	err := db.write(ctx, "remove raw mails", func(t *tx) (err error) {
		scan := func(s scanner) (ref blob.Ref, err error) { return ref, s.Scan(&ref) }
		refs, err = list(ctx, t, scan, `
			SELECT DISTINCT sha256
			FROM message
			WHERE call = ? AND state IN ('filed', 'ignored') AND removed = 0 AND sha256 <> ''
			ORDER BY sha256`, callID)
		if err != nil || len(refs) == 0 {
			return err
		}
		for _, ref := range refs {
			if err := t.markRemoved(ctx, ref, who, why); err != nil {
				return err
			}
		}
		return t.log(ctx, Event{Who: who, What: "decision.retention", Why: fmt.Sprintf("%d raw mails of %s: %s", len(refs), callID, why)})
	})
	if err != nil {
		return 0, err
	}
	// Rows first: a crash here leaves bytes that no row names, which Verify reports and running this again removes.
	return len(refs), db.dropUnnamed(ctx, refs)
}

// markRemoved writes that these bytes are removed: of the mail, and of its copies, which belong to no call.
func (t *tx) markRemoved(ctx context.Context, ref blob.Ref, who, why string) error {
	ms, err := t.sameBytes(ctx, ref)
	if err != nil {
		return err
	}
	for _, m := range ms {
		if m.Removed {
			continue
		}
		if _, err := t.ExecContext(ctx, `UPDATE message SET removed = 1 WHERE id = ?`, m.ID); err != nil {
			return err
		}
		if err := t.log(ctx, Event{Who: who, What: "bytes.removed", Why: why, Message: m.ID, Unit: m.Unit}); err != nil {
			return err
		}
	}
	return nil
}

// dropUnnamed removes those bytes that no row names any more.
func (db *DB) dropUnnamed(ctx context.Context, refs []blob.Ref) error {
	store := db.blobs()
	for _, ref := range refs {
		named, err := db.named(ctx, ref)
		if err != nil {
			return err
		}
		if named || !ref.Valid() {
			continue
		}
		if err := errors.Join(store.Drop(ref), store.Remove(ref)); err != nil {
			return fmt.Errorf("remove bytes: %w", err)
		}
	}
	return nil
}

// dropSpare drops spooled bytes that no row names, or that are kept already.
func (db *DB) dropSpare(ctx context.Context, ref blob.Ref) error {
	named, err := db.named(ctx, ref)
	if err != nil {
		return err
	}
	store := db.blobs()
	if _, err := os.Lstat(store.Path(ref)); named && err != nil {
		return nil
	}
	if err := store.Drop(ref); err != nil {
		return fmt.Errorf("drop spare bytes: %w", err)
	}
	return nil
}

// named reports whether a row needs these bytes.
func (db *DB) named(ctx context.Context, ref blob.Ref) (is bool, err error) {
	err = db.read(ctx, "look for the bytes' rows", func(q querier) error {
		is, err = named(ctx, q, ref)
		return err
	})
	return is, err
}

func named(ctx context.Context, q querier, ref blob.Ref) (is bool, err error) {
	err = q.QueryRowContext(ctx, `
		SELECT EXISTS (SELECT 1 FROM message WHERE sha256 = ?1 AND sha256 <> '' AND removed = 0)
			OR EXISTS (SELECT 1 FROM file WHERE sha256 = ?1)
			OR EXISTS (SELECT 1 FROM letter WHERE blob = ?1 AND blob <> '')`, ref).Scan(&is)
	return is, err
}

// Sweep removes what crashes left behind: half-written files, spooled mails that no row needs or that are kept already, and
// above all bytes whose removal was recorded but not carried out. Only the holder of the data directory's lock may call
// it, before it receives mail.
func (db *DB) Sweep(ctx context.Context) error {
	store := db.blobs()
	if _, err := store.Sweep(); err != nil {
		return err
	}
	_, spooled, err := store.Refs()
	if err != nil {
		return err
	}
	for _, ref := range spooled {
		if err := db.dropSpare(ctx, ref); err != nil {
			return err
		}
	}
	scan := func(s scanner) (ref blob.Ref, err error) { return ref, s.Scan(&ref) }
	var removed []blob.Ref
	err = db.read(ctx, "list removed bytes", func(q querier) error {
		removed, err = list(ctx, q, scan, `
			SELECT sha256 FROM message WHERE removed = 1 AND sha256 <> ''
			UNION
			SELECT why FROM event WHERE what = 'bytes.removed'`)
		return err
	})
	if err != nil {
		return err
	}
	var left []blob.Ref
	for _, ref := range removed {
		if store.Has(ref) {
			left = append(left, ref)
		}
	}
	return db.dropUnnamed(ctx, left)
}
