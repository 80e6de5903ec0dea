package main

import (
	"cmp"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// arrows lists, for each package of ours, which others it may import. An import outside the list is a fault; so is a
// package without a line. README.md shows the same picture: change both together.
var arrows = map[string][]string{
	"parse/finding":       {},
	"parse/charset":       {},
	"parse/container":     {},
	"tomlfile":            {},
	"config":              {"tomlfile"},
	"ledger/blob":         {},
	"ledger/calendar":     {},
	"ledger/token":        {"ledger/blob"},
	"intake/mailbox":      {},
	"intake/imaptest":     {},
	"intake/cage":         {},
	"notify/smarthost":    {},
	"notify/smtptest":     {},
	"parse/call":          {"parse/finding", "parse/charset", "tomlfile"},
	"parse/sheet/numfmt":  {},
	"parse/sheet/grid":    {"parse/container", "parse/sheet/numfmt"},
	"parse/sheet/xmlscan": {"parse/charset", "parse/container"},
	"parse/sheet/biff":    {"parse/charset", "parse/container", "parse/sheet/grid", "parse/sheet/numfmt"},
	"parse/sheet/ooxml": {"parse/charset", "parse/container", "parse/sheet/grid", "parse/sheet/numfmt", "parse/sheet/xmlscan",
		"parse/sheet/biff"},
	"parse/sheet": {"parse/charset", "parse/container", "parse/sheet/grid", "parse/sheet/numfmt", "parse/sheet/xmlscan",
		"parse/sheet/biff", "parse/sheet/ooxml"},
	"parse/sheet/workbook": {"parse/sheet/grid"},
	"parse/sheet/annotate": {"parse/container", "parse/sheet", "parse/sheet/grid", "parse/sheet/ooxml", "parse/sheet/workbook",
		"parse/sheet/xmlscan"},
	"parse/casedoc":   {"parse/charset", "parse/container"},
	"parse/rule":      {"parse/finding", "parse/charset", "parse/call", "parse/sheet/grid", "parse/casedoc"},
	"parse":           {"parse/finding", "parse/container", "parse/call", "parse/sheet", "parse/sheet/grid", "parse/casedoc", "parse/rule"},
	"intake/message":  {"parse/finding", "parse/charset", "parse/container"},
	"intake/unpack":   {"parse/finding", "parse/charset", "parse/container", "intake/message"},
	"intake/sender":   {"intake/message", "parse/call", "parse/charset"},
	"ledger":          {"ledger/blob", "ledger/calendar", "ledger/token", "parse/finding"},
	"ledger/export":   {"ledger", "ledger/blob", "ledger/calendar", "parse/call", "parse/sheet/workbook"},
	"notify/schedule": {"ledger", "ledger/calendar"},
	"notify/letter":   {"ledger", "parse/finding", "parse/call", "parse/sheet/workbook", "parse/sheet/annotate"},
	"notify":          {"ledger", "ledger/blob", "ledger/calendar", "ledger/token", "notify/schedule", "notify/letter", "parse/call"},
	"intake": {"intake/mailbox", "intake/message", "intake/unpack", "intake/sender", "intake/cage",
		"parse", "parse/call", "parse/finding", "ledger", "ledger/blob", "ledger/token"},
	"sample":             {"parse/call", "parse/charset", "parse/sheet/workbook"},
	"sample/certificate": {},
	"sample/corpus":      {},
	"sample/libreoffice": {},
	"cmd/baosong":        nil, // everything
}

// importers names, for each module of others, the one package of ours that may import it; a protocol's test server is the
// second.
var importers = map[string][]string{
	"github.com/emersion/go-imap/v2":      {"intake/mailbox", "intake/imaptest"},
	"github.com/emersion/go-smtp":         {"notify/smarthost", "notify/smtptest"},
	"github.com/emersion/go-sasl":         {"notify/smarthost", "notify/smtptest", "intake/mailbox"},
	"github.com/emersion/go-message":      {"notify/letter"},
	"github.com/emersion/go-msgauth":      {"intake/sender"},
	"github.com/xuri/excelize/v2":         {"parse/sheet/workbook"},
	"github.com/klippa-app/go-pdfium":     {"parse/casedoc"},
	"github.com/tetratelabs/wazero":       {"parse/casedoc"},
	"golang.org/x/net":                    {"parse/casedoc"},
	"golang.org/x/text":                   {"parse/charset"},
	"github.com/robfig/cron/v3":           {"notify/schedule"},
	"github.com/pelletier/go-toml/v2":     {"tomlfile"},
	"github.com/nwaples/rardecode/v2":     {"intake/unpack"},
	"github.com/bodgit/sevenzip":          {"intake/unpack"},
	"github.com/ulikunitz/xz":             {"intake/unpack"},
	"github.com/klauspost/compress":       {"intake/unpack"},
	"github.com/landlock-lsm/go-landlock": {"intake/cage"},
	"golang.org/x/sys":                    {"intake/cage"},
	"modernc.org/sqlite":                  {"ledger"},
	"github.com/richardlehane/mscfb":      {}, // tests only, as the next
	"github.com/rogpeppe/go-internal":     {},
}

// module is the module of others that an import path belongs to, as far as importers lists it.
func module(path string) string {
	for m := range importers {
		if path == m || strings.HasPrefix(path, m+"/") {
			return m
		}
	}
	return ""
}

const (
	hardFileLines     = 500
	hardFunctionLines = 80
)

type source struct {
	path, pkg string
	test      bool
	file      *ast.File
	fset      *token.FileSet
	lines     int
}

func sources(t *testing.T) []source {
	t.Helper()
	root := filepath.Join("..", "..")
	var out []source
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() && path != root && (strings.HasPrefix(name, ".") && name != ".." || name == "testdata" || name == "baosong-demo") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(name, ".go") {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, path, text, parser.ParseComments)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		out = append(out, source{path, filepath.ToSlash(rel), strings.HasSuffix(name, "_test.go"), file, fset, strings.Count(string(text), "\n")})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 50 {
		t.Fatalf("found only %d Go files: the walk is broken", len(out))
	}
	return out
}

func TestArrows(t *testing.T) {
	t.Parallel()
	walked := map[[2]string]bool{}
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		allowed, listed := arrows[s.pkg]
		if !listed {
			t.Errorf("%s: package %s is not in the picture", s.path, s.pkg)
			continue
		}
		for _, imp := range s.file.Imports {
			path, err := strconv.Unquote(imp.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if host, _, _ := strings.Cut(path, "/"); strings.Contains(host, ".") && !slices.Contains(importers[module(path)], s.pkg) {
				t.Errorf("%s imports %s, which belongs to %v alone", s.path, path, importers[module(path)])
			}
			ours, ok := strings.CutPrefix(path, "baosong/")
			walked[[2]string{s.pkg, cmp.Or(module(path), ours)}] = true
			if ok && s.pkg != "cmd/baosong" && !slices.Contains(allowed, ours) {
				t.Errorf("%s: no arrow from %s to %s", s.path, s.pkg, ours)
			}
		}
	}
	for pkg, allowed := range arrows {
		for _, to := range allowed {
			if !walked[[2]string{pkg, to}] {
				t.Errorf("the arrow from %s to %s leads nowhere: nothing there is imported", pkg, to)
			}
		}
	}
	for m, allowed := range importers {
		for _, pkg := range allowed {
			if !walked[[2]string{pkg, m}] {
				t.Errorf("%s may import %s and does not", pkg, m)
			}
		}
	}
}

// TestDependencies holds that each module of others is listed, and justified by a line in go.mod.
func TestDependencies(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "..", "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(text)) {
		entry, why, _ := strings.Cut(strings.TrimSpace(line), " // ")
		fields := strings.Fields(entry)
		if len(fields) != 2 || !strings.HasPrefix(fields[1], "v") || why == "indirect" {
			continue
		}
		n++
		if _, ok := importers[fields[0]]; !ok || why == "" {
			t.Errorf("%s: listed %v, justified by %q", fields[0], ok, why)
		}
	}
	if n != len(importers) {
		t.Errorf("go.mod requires %d modules, %d are listed", n, len(importers))
	}
}

func TestSizes(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		if s.lines > hardFileLines {
			t.Errorf("%s has %d lines, more than %d", s.path, s.lines, hardFileLines)
		}
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Body == nil {
				continue
			}
			from, to := s.fset.Position(f.Pos()), s.fset.Position(f.End())
			if n := to.Line - from.Line + 1; n > hardFunctionLines {
				t.Errorf("%s:%d: %s has %d lines, more than %d", s.path, from.Line, f.Name.Name, n, hardFunctionLines)
			}
		}
	}
}

func TestPackagesAreDocumented(t *testing.T) {
	t.Parallel()
	documented := map[string]bool{}
	for _, s := range sources(t) {
		if !s.test {
			documented[s.pkg] = documented[s.pkg] || s.file.Doc != nil
		}
	}
	for pkg, ok := range documented {
		if !ok {
			t.Errorf("package %s has no comment", pkg)
		}
	}
}

func TestExportedNamesAreDocumented(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		for _, d := range s.file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && d.Doc == nil && !satisfiesStandard(d.Name.Name) && receiverExported(d) {
					t.Errorf("%s: %s has no comment", s.fset.Position(d.Pos()), d.Name.Name)
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					if ts, ok := spec.(*ast.TypeSpec); ok && ts.Name.IsExported() && d.Doc == nil && ts.Doc == nil && ts.Comment == nil {
						t.Errorf("%s: type %s has no comment", s.fset.Position(ts.Pos()), ts.Name.Name)
					}
				}
			}
		}
	}
}

// satisfiesStandard names methods whose meaning the standard library fixes.
func satisfiesStandard(name string) bool {
	return slices.Contains([]string{"Error", "Unwrap", "String", "Read", "Write", "Close", "Is", "Less", "Len", "Swap", "MarshalJSON", "UnmarshalJSON"}, name)
}

func receiverExported(f *ast.FuncDecl) bool {
	if f.Recv == nil {
		return true
	}
	typ := f.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	id, ok := typ.(*ast.Ident)
	return !ok || id.IsExported()
}

func TestHouseLaws(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt:
				// Law 5. The caged child's and a server's own short-lived goroutines end with the call that started them.
				if s.pkg == "cmd/baosong" && filepath.Base(s.path) != "serve.go" && filepath.Base(s.path) != "demo.go" {
					t.Errorf("%s: goroutine outside serve.go", s.fset.Position(n.Pos()))
				}
			case *ast.FuncDecl:
				if n.Recv == nil && n.Name.Name == "init" {
					t.Errorf("%s: init()", s.fset.Position(n.Pos()))
				}
			case *ast.SelectorExpr:
				if id, ok := n.X.(*ast.Ident); ok && id.Name == "time" && n.Sel.Name == "Sleep" {
					t.Errorf("%s: time.Sleep", s.fset.Position(n.Pos()))
				}
			}
			return true
		})
	}
}
