package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// schemas are the dumps of all released schemas, oldest first.
func schemas(t *testing.T) (scripts []string) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join("..", "..", "ledger", "testdata", "schemas", "*.sql"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no released schemas: %v", err)
	}
	for _, n := range names { // sorted
		b, err := os.ReadFile(n)
		if err != nil {
			t.Fatal(err)
		}
		scripts = append(scripts, string(b))
	}
	return scripts
}

// downgrade puts the site's ledger back to an older schema, as an older baosong would have left it: all rows, without the columns
// that came later.
func (s *site) downgrade(schema int, script string) {
	s.t.Helper()
	ctx := s.t.Context()
	file := filepath.Join(s.dir, "data", "ledger.db")
	old, err := sql.Open("sqlite", file+".old")
	if err != nil {
		s.t.Fatal(err)
	}
	old.SetMaxOpenConns(1)
	run := func(query string) {
		s.t.Helper()
		if _, err := old.ExecContext(ctx, query); err != nil {
			s.t.Fatalf("%s: %v", query, err)
		}
	}
	run("PRAGMA journal_mode = WAL; PRAGMA foreign_keys = 0;" + script)
	run(fmt.Sprintf("PRAGMA user_version = %d; ATTACH '%s' AS today", schema, file))
	for _, table := range words(ctx, s.t, old, `SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`) {
		columns := words(ctx, s.t, old, fmt.Sprintf(`SELECT name FROM pragma_table_info('%[1]s', 'main') WHERE name IN (SELECT name FROM pragma_table_info('%[1]s', 'today'))`, table))
		list := strings.Join(columns, ", ")
		run(fmt.Sprintf("DELETE FROM main.%[1]s; INSERT INTO main.%[1]s (%[2]s) SELECT %[2]s FROM today.%[1]s", table, list))
	}
	run("DETACH today")
	if err := old.Close(); err != nil {
		s.t.Fatal(err)
	}
	if err := os.Rename(file+".old", file); err != nil {
		s.t.Fatal(err)
	}
}

func words(ctx context.Context, t *testing.T, db *sql.DB, query string) (all []string) {
	t.Helper()
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	for rows.Next() {
		var w string
		if err := rows.Scan(&w); err != nil {
			t.Fatal(err)
		}
		all = append(all, w)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// TestUpgradeKilled upgrades a ledger with mails and letters from each released schema and is killed at one system call after
// the other. Started again, the upgrade is finished, nothing has changed, and the copy that it keeps is whole.
func TestUpgradeKilled(t *testing.T) {
	t.Parallel()
	scripts := schemas(t)
	for schema := 1; schema < len(scripts); schema++ {
		t.Run(fmt.Sprintf("from schema %d", schema), func(t *testing.T) {
			t.Parallel()
			s := newSite(t, nil)
			s.deliver("hefei", on("06-17", "16:00"), true)
			s.deliver("wuhu", on("06-17", "16:01"), false)
			s.round("06-18", "07:00")
			before := s.mailsAndLetters()
			s.downgrade(schema, scripts[schema-1])
			data, kept := filepath.Join(s.dir, "data"), filepath.Join(s.dir, "kept")
			if err := os.Rename(data, kept); err != nil {
				t.Fatal(err)
			}
			kills := 0
			for _, call := range []string{"pwrite64", "fsync", "?unlink", "?unlinkat", "?renameat", "?renameat2", "mkdirat"} {
				for n := 1; ; n += 1 + n/2 {
					if err := os.CopyFS(data, os.DirFS(kept)); err != nil {
						t.Fatal(err)
					}
					killed := s.killedAt(call, n, "status")
					if killed {
						kills++
					}
					s.upgraded(schema, before, fmt.Sprintf("killed at %s %d", call, n))
					if err := os.RemoveAll(data); err != nil {
						t.Fatal(err)
					}
					if !killed || t.Failed() {
						break
					}
				}
			}
			t.Logf("%d kills", kills)
			if kills < 10 {
				t.Errorf("only %d kills", kills)
			}
		})
	}
}

// mailsAndLetters is what must be the same before and after.
func (s *site) mailsAndLetters() []string {
	s.t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(s.dir, "data", "ledger.db"))
	if err != nil {
		s.t.Fatal(err)
	}
	defer db.Close()
	return words(s.t.Context(), s.t, db, `
		SELECT concat_ws(' ', 'mail', id, sha256, state, unit, received_at) FROM message
		UNION ALL SELECT concat_ws(' ', 'letter', id, key, state, message_id, blob, attempts) FROM letter
		UNION ALL SELECT concat_ws(' ', 'event', id, what, hash) FROM event`)
}

// upgraded asks that an upgrade has lost nothing.
func (s *site) upgraded(schema int, before []string, when string) {
	s.t.Helper()
	letters := len(s.smtp.Received())
	s.must("verify")
	if now := s.mailsAndLetters(); !slices.Equal(now, before) {
		s.t.Errorf("%s: the ledger has\n%q\nand had\n%q", when, now, before)
	}
	s.must("serve", "--once", "--at", on("06-18", "07:30").Format(time.RFC3339))
	if n := len(s.smtp.Received()); n != letters {
		s.t.Errorf("%s: %d new letters", when, n-letters)
	}
	old, err := sql.Open("sqlite", filepath.Join(s.dir, "data", fmt.Sprintf("ledger-schema%d.db", schema)))
	if err != nil {
		s.t.Fatal(err)
	}
	defer old.Close()
	if said := words(s.t.Context(), s.t, old, "PRAGMA integrity_check"); !slices.Equal(said, []string{"ok"}) {
		s.t.Errorf("%s: the copy kept: %q", when, said)
	}
	if n := words(s.t.Context(), s.t, old, "SELECT count(*) FROM message"); n[0] != "2" {
		s.t.Errorf("%s: the copy kept has %s mails", when, n[0])
	}
}

// killedAt runs a command that is killed at a thread's n-th system call of a kind, if it gets that far.
func (s *site) killedAt(call string, n int, args ...string) bool {
	s.t.Helper()
	cmd := s.strace([]string{"-e", "trace=" + call, "-e", fmt.Sprintf("inject=%s:signal=SIGKILL:when=%d", call, n), "-o", "/dev/null"}, args...)
	err := cmd.Run()
	var ended *exec.ExitError
	if !errors.As(err, &ended) {
		if err != nil {
			s.t.Fatal(err)
		}
		return false
	}
	if st, ok := ended.Sys().(syscall.WaitStatus); !ok || !st.Signaled() || st.Signal() != syscall.SIGKILL {
		s.t.Fatalf("%v ended with %v", args, err)
	}
	return true
}
