package ledger

import (
	"context"
	_ "embed"
	"strings"
)

// goldenSchema is the whole schema as the migrations make it: to be read in one go, compared in a test, and by Verify.
//
//go:embed schema.golden.sql
var goldenSchema string

// dumpSchema returns the schema as SQLite keeps it, in a fixed order, without the tables that Litestream keeps in a database
// which it replicates.
func dumpSchema(ctx context.Context, q querier) (string, error) {
	scan := func(s scanner) (sql string, err error) { return sql, s.Scan(&sql) }
	all, err := list(ctx, q, scan, `
		SELECT sql FROM sqlite_schema
		WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' AND name NOT GLOB '_litestream_*'
		ORDER BY tbl_name, type = 'trigger', type = 'index', name`)
	if err != nil || len(all) == 0 {
		return "", err
	}
	return strings.Join(all, ";\n\n") + ";\n", nil
}
