package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestPromisesName: each promise of docs/promises.md names a test, the promises are numbered without a gap, and every test that is
// named exists.
func TestPromisesName(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	page, err := os.ReadFile(filepath.Join(root, "docs", "promises.md"))
	if err != nil {
		t.Fatal(err)
	}
	defined := map[string]bool{}
	function := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, m := range function.FindAllStringSubmatch(string(text), -1) {
			defined[m[1]] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	name := regexp.MustCompile("`((?:Test|Fuzz)[A-Z]\\w*)`")
	for _, m := range name.FindAllStringSubmatch(string(page), -1) {
		if !defined[m[1]] {
			t.Errorf("there is no %s", m[1])
		}
	}
	promises := regexp.MustCompile(`(?m)^\*\*(\d+)\. `).FindAllStringSubmatchIndex(string(page), -1)
	if len(promises) < 20 {
		t.Errorf("only %d promises", len(promises))
	}
	for i, at := range promises {
		end := len(page)
		if i+1 < len(promises) {
			end = promises[i+1][0]
		}
		if n := string(page[at[2]:at[3]]); n != strconv.Itoa(i+1) {
			t.Errorf("promise %d has the number %s", i+1, n)
		}
		if !name.MatchString(string(page[at[0]:end])) {
			t.Errorf("promise %d names no test", i+1)
		}
	}
}
