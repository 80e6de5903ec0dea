package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// pages are what people read: both READMEs and the hand-written books.
func pages(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, pattern := range []string{"README*.md", "docs/*.md"} {
		paths, err := filepath.Glob(filepath.Join("..", "..", pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range paths {
			text, err := os.ReadFile(p)
			if err != nil {
				t.Fatal(err)
			}
			out[p] = string(text)
		}
	}
	if len(out) < 6 {
		t.Fatalf("found only %d pages: the walk is broken", len(out))
	}
	return out
}

var (
	fence     = regexp.MustCompile("(?s)```.*?```")
	inline    = regexp.MustCompile("`(baosong [^`]+)`")
	shown     = regexp.MustCompile(`(?:^|[\s/])baosong ([a-z]+)((?:\s[^#|&]*)?)`)
	option    = regexp.MustCompile(`--([a-z-]+)`)
	reference = regexp.MustCompile(`\]\(([^)#:]+)(?:#[^)]*)?\)`)
)

// TestBooksCommands holds every command line that a book shows against the commands' own help, so that a renamed option
// cannot live on in print.
func TestBooksCommands(t *testing.T) {
	t.Parallel()
	help := map[string]string{}
	for _, c := range commands() {
		var b bytes.Buffer
		run(t.Context(), []string{c.name, "--help"}, &terminal{in: strings.NewReader(""), out: &b, err: io.Discard})
		help[c.name] = b.String()
	}
	seen := 0
	for page, text := range pages(t) {
		lines := strings.Split(strings.Join(fence.FindAllString(text, -1), "\n"), "\n")
		for _, m := range inline.FindAllStringSubmatch(text, -1) {
			lines = append(lines, m[1])
		}
		for _, line := range lines {
			for _, m := range shown.FindAllStringSubmatch(line, -1) {
				seen++
				said, ok := help[m[1]]
				if !ok {
					t.Errorf("%s shows %q, but there is no command %q", page, strings.TrimSpace(line), m[1])
					continue
				}
				for _, o := range option.FindAllStringSubmatch(m[2], -1) {
					if o[1] != "help" && !strings.Contains(said, "  --"+o[1]+"\n") && !strings.Contains(said, "  --"+o[1]+" ") {
						t.Errorf("%s shows %q, but %s has no option --%s", page, strings.TrimSpace(line), m[1], o[1])
					}
				}
			}
		}
	}
	if seen < 100 {
		t.Errorf("found only %d command lines: the patterns are broken", seen)
	}
}

// TestBooksLinks finds every page of ours that another one refers to.
func TestBooksLinks(t *testing.T) {
	t.Parallel()
	for page, text := range pages(t) {
		for _, m := range reference.FindAllStringSubmatch(text, -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), m[1])); err != nil {
				t.Errorf("%s refers to %s, which is not there", page, m[1])
			}
		}
	}
}
