// Package annotate sends a sender's own workbook back with its faulty cells marked. It edits the package's parts as bytes
// and copies all others as they are packed, because a library would rewrite what it does not know; what it made it reads
// back and compares before it lets it go.
package annotate

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"
	"time"

	"baosong/parse/container"
	"baosong/parse/sheet/grid"
	"baosong/parse/sheet/ooxml"
	"baosong/parse/sheet/workbook"
)

// Mark is one faulty cell.
type Mark struct {
	Sheet    string
	Row, Col int
	Severity string // error or warning
	Comment  string // Chinese: what is wanted
}

// ErrUnsafe says that a workbook cannot be marked without risk to what is in it; a list of its own can always be sent.
var ErrUnsafe = errors.New("workbook cannot be marked safely")

// Takes tells whether workbooks of a format can be marked at all. Old binary files, macros, text and ODF cannot.
func Takes(format container.Format) bool { return format == container.XLSX }

const maxMarked = 64 << 20 // a part longer than this is not edited in memory

// marker edits a package: parts are edited as bytes; parts that are not touched are copied packed as they are.
type marker struct {
	z       *zip.Reader
	files   map[string]*zip.File // by lower-case name without a leading slash
	changed map[string][]byte    // by the name in files
	added   []addedPart
	main    string
	sheets  []markSheet
	prefix  string // of the workbook part's elements
	rels    []ooxml.Relation
	styles  *styleEditor
}

type addedPart struct {
	name string
	data []byte
}

// markSheet is one sheet as the workbook lists it.
type markSheet struct{ name, rel, part string }

// Workbook writes the sender's own workbook with the marked cells filled and commented and a new first sheet, the
// list of problems, with links to the cells. Nothing else is touched: parts without marks are copied as they are packed.
// The error wraps ErrUnsafe when the file is of a kind that could suffer; then workbook.WriteList has to do.
func Workbook(src, dst string, marks []Mark, list []workbook.ListRow) error {
	raw, err := os.ReadFile(src)
	if err != nil {
		return fmt.Errorf("mark workbook: %w", err)
	}
	out, err := annotated(raw, marks, list)
	if err != nil {
		return fmt.Errorf("mark workbook: %w", err)
	}
	return os.WriteFile(dst, out, 0o600)
}

func annotated(raw []byte, marks []Mark, list []workbook.ListRow) (out []byte, err error) {
	defer func() {
		if v := recover(); v != nil {
			out, err = nil, fmt.Errorf("%w: marking gave up: %v", ErrUnsafe, v)
		}
	}()
	m, err := newMarker(raw)
	if err != nil {
		return nil, err
	}
	if err := m.open(); err != nil {
		return nil, err
	}
	before, err := readMarked(raw)
	if err != nil {
		return nil, err
	}
	for i, s := range m.sheets {
		if i >= len(before.Sheets) || s.part == "" || before.Sheets[i].IsList() {
			continue
		}
		if err := m.markSheet(i, s, marksOn(before.Sheets[i], marks)); err != nil {
			return nil, err
		}
	}
	if err := m.addList(before, marks, list); err != nil {
		return nil, err
	}
	if err := m.put(m.styles.part, m.styles.finish); err != nil {
		return nil, err
	}
	if out, err = m.pack(); err != nil {
		return nil, err
	}
	return out, sameValues(before, out)
}

// marksOn returns the marks of one sheet; one inside a merged area moves to the cell that shows the area.
func marksOn(g *grid.Grid, marks []Mark) (out []Mark) {
	for _, k := range marks {
		if k.Sheet == g.Name {
			k.Row, k.Col = g.Anchor(k.Row, k.Col)
			out = append(out, k)
		}
	}
	return out
}

// newMarker opens the package and refuses what is better left alone.
func newMarker(raw []byte) (*marker, error) {
	p, err := container.OpenPackage(bytes.NewReader(raw), int64(len(raw)), container.PackageLimits{})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnsafe, err)
	}
	p.Close()
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, fmt.Errorf("%w: %w", ErrUnsafe, err)
	}
	m := &marker{z: z, files: map[string]*zip.File{}, changed: map[string][]byte{}}
	for _, f := range z.File {
		key := partName(f.Name)
		if _, dup := m.files[key]; dup {
			return nil, fmt.Errorf("%w: two parts named %q", ErrUnsafe, f.Name)
		}
		m.files[key] = f
		if strings.HasPrefix(key, "_xmlsignatures/") || strings.HasSuffix(key, "vbaproject.bin") || strings.Contains(key, "macrosheets/") {
			return nil, fmt.Errorf("%w: signed or with macros", ErrUnsafe)
		}
	}
	return m, nil
}

func partName(name string) string {
	return strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(name, `\`, "/"), "/"))
}

// part returns a part's bytes, as changed so far. Only UTF-8 is edited.
func (m *marker) part(name string) ([]byte, error) {
	key := partName(name)
	if b, ok := m.changed[key]; ok {
		return b, nil
	}
	f := m.files[key] // nil for a part that was added
	if f == nil {
		return nil, fmt.Errorf("%w: no part %q", ErrUnsafe, name)
	}
	if f.UncompressedSize64 > maxMarked {
		return nil, fmt.Errorf("%w: part %q is too long", ErrUnsafe, name)
	}
	rc, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnsafe, err)
	}
	defer rc.Close()
	b, err := io.ReadAll(io.LimitReader(rc, maxMarked+1))
	if err != nil || len(b) > maxMarked {
		return nil, fmt.Errorf("%w: part %q cannot be read", ErrUnsafe, name)
	}
	if bytes.HasPrefix(b, []byte{0xFF, 0xFE}) || bytes.HasPrefix(b, []byte{0xFE, 0xFF}) || bytes.Contains(b[:min(len(b), 4096)], []byte("<!DOCTYPE")) {
		return nil, fmt.Errorf("%w: part %q is of an unusual kind", ErrUnsafe, name)
	}
	return b, nil
}

// put changes a part by a function of its bytes.
func (m *marker) put(name string, change func([]byte) ([]byte, error)) error {
	b, err := m.part(name)
	if err != nil {
		return err
	}
	if b, err = change(b); err != nil {
		return fmt.Errorf("part %s: %w", name, err)
	}
	m.changed[partName(name)] = b
	return nil
}

// create adds a part; its name is the pattern with the first free number in it.
func (m *marker) create(pattern string, data []byte) string {
	for n := 1; ; n++ {
		name := fmt.Sprintf(pattern, n)
		if _, taken := m.files[partName(name)]; taken {
			continue
		}
		m.files[partName(name)] = nil
		m.added = append(m.added, addedPart{name, data})
		return name
	}
}

// pack writes the package: untouched parts stay packed as they came, changed ones keep their place, new ones follow.
func (m *marker) pack() ([]byte, error) {
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	for _, f := range m.z.File {
		b, changed := m.changed[partName(f.Name)]
		if !changed {
			if err := w.Copy(f); err != nil {
				return nil, fmt.Errorf("%w: %w", ErrUnsafe, err)
			}
			continue
		}
		if err := writePart(w, f.Name, b); err != nil {
			return nil, err
		}
	}
	for _, p := range m.added {
		data := p.data
		if b, ok := m.changed[partName(p.name)]; ok {
			data = b
		}
		if err := writePart(w, p.name, data); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}

// packed is the time of the parts that are written, so that the same marks give the same bytes.
var packed = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)

func writePart(w *zip.Writer, name string, b []byte) error {
	part, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: packed})
	if err != nil {
		return err
	}
	_, err = part.Write(b)
	return err
}

// open finds the workbook part, its sheets and its styles.
func (m *marker) open() error {
	rels, err := m.readRels("")
	if err != nil {
		return err
	}
	m.main = ooxml.OfKind(rels, ooxml.MainKind, "xl/workbook.xml")
	book, err := m.part(m.main)
	if err != nil {
		return err
	}
	top, err := root(book)
	if err != nil {
		return err
	}
	if bytes.Contains(top.raw, []byte("purl.oclc.org")) {
		return fmt.Errorf("%w: strict OOXML", ErrUnsafe)
	}
	m.prefix = top.prefix
	if m.rels, err = m.readRels(m.main); err != nil {
		return err
	}
	m.listSheets(book)
	if len(m.sheets) == 0 {
		return fmt.Errorf("%w: no sheets", ErrUnsafe)
	}
	m.styles, err = m.openStyles(ooxml.OfKind(m.rels, "styles", path.Dir(m.main)+"/styles.xml"))
	return err
}

func (m *marker) listSheets(book []byte) {
	byID := map[string]ooxml.Relation{}
	for _, r := range m.rels {
		byID[r.ID] = r
	}
	w := tagWalker{b: book}
	for {
		t, ok := w.next()
		if !ok {
			return
		}
		if t.name != "sheet" || t.closing {
			continue
		}
		name, _, _ := t.attr("name")
		s := markSheet{name: name, rel: relID(&t)}
		if r := byID[s.rel]; r.Kind == "worksheet" {
			s.part = r.Target
		}
		m.sheets = append(m.sheets, s)
	}
}
