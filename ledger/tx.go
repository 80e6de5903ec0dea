package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// querier is what both a pool and a transaction can do.
type querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// tx is one transaction with its one moment.
type tx struct {
	*sql.Tx
	db  *DB
	now time.Time
}

// write runs fn in one immediate transaction. what names it in errors.
func (db *DB) write(ctx context.Context, what string, fn func(t *tx) error) error {
	if db.w == nil {
		return fmt.Errorf("%s: ledger is open for reading only", what)
	}
	raw, err := db.w.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	defer raw.Rollback() // no effect once committed
	if err := db.inPlace(); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if err := fn(&tx{Tx: raw, db: db, now: db.now().UTC()}); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if err := db.reach("commit"); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if err := raw.Commit(); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// read runs fn on one consistent picture of the ledger.
func (db *DB) read(ctx context.Context, what string, fn func(q querier) error) error {
	raw, err := db.r.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	defer raw.Rollback()
	if err := fn(raw); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// reach lets a test fail a transaction at a step.
func (db *DB) reach(step string) error {
	if db.fail == nil {
		return nil
	}
	return db.fail(step)
}

// scanner is a row being read.
type scanner interface{ Scan(dest ...any) error }

// list reads all rows of a query.
func list[T any](ctx context.Context, q querier, scan func(scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, rows.Err()
}

// one reads the only row of a query: ErrNotFound when there is none.
func one[T any](ctx context.Context, q querier, scan func(scanner) (T, error), query string, args ...any) (T, error) {
	v, err := scan(q.QueryRowContext(ctx, query, args...))
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	return v, err
}

// number reads one number.
func number(ctx context.Context, q querier, query string, args ...any) (int, error) {
	var n int
	err := q.QueryRowContext(ctx, query, args...).Scan(&n)
	return n, err
}

// timeLayout is how every time stands in the ledger: UTC, and sorting as text.
const timeLayout = "2006-01-02T15:04:05.000Z"

// stamp returns a time as the ledger writes it; the zero time is the empty text.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(timeLayout)
}

// moment scans a stamp into a time.
type moment struct{ t *time.Time }

// Scan implements sql.Scanner.
func (m moment) Scan(v any) error {
	s, ok := v.(string)
	if !ok {
		return fmt.Errorf("time is no text: %T", v)
	}
	if s == "" {
		*m.t = time.Time{}
		return nil
	}
	t, err := time.Parse(timeLayout, s)
	if err != nil {
		return err
	}
	*m.t = t
	return nil
}

// encode returns a value as the JSON that the ledger stores.
func encode(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		panic("ledger: internal error: encode: " + err.Error())
	}
	return string(raw)
}

// decoded scans stored JSON into a value.
type decoded struct{ into any }

// Scan implements sql.Scanner.
func (d decoded) Scan(v any) error {
	s, ok := v.(string)
	if !ok {
		return fmt.Errorf("JSON is no text: %T", v)
	}
	return json.Unmarshal([]byte(s), d.into)
}
