// Package corpus finds other people's files, which lie beside the checkout and are never part of it, and reads what is expected
// of them. It is used by tests only.
package corpus

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// Dir returns the collection's folder. Without it the test is skipped, or fails where BAOSONG_CORPUS=required.
func Dir(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
	root := filepath.Join(filepath.Dir(dir), "shared", "corpus")
	if _, err := os.Stat(filepath.Join(root, "README.md")); err != nil {
		if os.Getenv("BAOSONG_CORPUS") == "required" {
			t.Fatalf("BAOSONG_CORPUS=required, but there is no %s", root)
		}
		t.Skip("SKIPPED: no ../shared/corpus beside the checkout; other people's files were NOT tried")
	}
	return root
}

// Rows reads the expectations of a file of the collection, one JSON value a line.
func Rows[T any](t testing.TB, name string) []T {
	t.Helper()
	f, err := os.Open(filepath.Join(Dir(t), name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []T
	for d := json.NewDecoder(f); ; {
		var row T
		if err := d.Decode(&row); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		all = append(all, row)
	}
	if len(all) == 0 {
		t.Fatalf("%s is empty", name)
	}
	return all
}
