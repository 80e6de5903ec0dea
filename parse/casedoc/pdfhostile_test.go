package casedoc

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"baosong/parse/container"
)

// samePages is a PDF of pages that all have the same content.
func samePages(n int, dict, content string, more ...string) []byte {
	kids := strings.Repeat("3 0 R ", n)
	objects := []string{"<</Type/Catalog/Pages 2 0 R>>", fmt.Sprintf("<</Type/Pages/Kids[%s]/Count %d>>", kids, n),
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>/XObject<</X 6 0 R>>>>>>",
		fmt.Sprintf("<<%s/Length %d>>\nstream\n%s\nendstream", dict, len(content), content), "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"}
	return pdfOf(append(objects, more...)...)
}

// deflated returns n times a piece in little room.
func deflated(t *testing.T, piece string, n int) string {
	t.Helper()
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	for range n {
		if _, err := w.Write([]byte(piece)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// form is an XObject that draws the object of a number so many times.
func form(object, times int) string {
	content := strings.Repeat("/X Do ", times)
	return fmt.Sprintf("<</Type/XObject/Subtype/Form/BBox[0 0 99 99]/Resources<</XObject<</X %d 0 R>>>>/Length %d>>\nstream\n%s\nendstream", object, len(content), content)
}

func bombs(t *testing.T) map[string][]byte {
	blank := strings.Repeat(" ", 1<<20)
	nested := []string{}
	for i := range 8 {
		nested = append(nested, form(7+i, 12))
	}
	twice := deflated(t, deflated(t, blank, 60), 1)
	return map[string][]byte{
		"a stream of blanks":      samePages(1, "/Filter/FlateDecode", deflated(t, blank, 60)),
		"a stream deflated twice": samePages(1, "/Filter[/FlateDecode/FlateDecode]", twice),
		"operators":               samePages(1, "/Filter/FlateDecode", deflated(t, strings.Repeat("0 0 m 9 9 l S ", 1000), 400)),
		"forms within forms": samePages(1, "", "/X Do", append(nested,
			"<</Type/XObject/Subtype/Form/BBox[0 0 99 99]/Length 12>>\nstream\n0 0 9 9 re f\nendstream")...),
	}
}

// TestPDFBombs: what would take more memory than a PDF may have is called too large, not damaged, and Go's own memory has
// no part in it: the engine's grows in place. Not parallel, because all that the process allocates is counted.
func TestPDFBombs(t *testing.T) {
	es, err := compiledEngines(t.Context(), scratch(t))
	if err != nil {
		t.Fatal(err)
	}
	defer es.close()
	es.heap.most = 48 << 20 // that less has to be written until it is full
	for name, b := range bombs(t) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		rd := newReader(Limits{Time: time.Hour})
		rd.engines = es
		d, err := rd.read(t.Context(), bytesSource(b), container.PDF)
		runtime.ReadMemStats(&after)
		if !errors.Is(err, container.ErrLimit) {
			t.Errorf("%s: %v, %+v", name, err, d)
		}
		if took := (after.TotalAlloc - before.TotalAlloc) >> 20; took > 100 {
			t.Errorf("%s: %d MB of Go's memory", name, took)
		}
	}
}

// TestPDFHeap: the engine's memory never moves, ends where it must, and remembers that it was asked for more.
func TestPDFHeap(t *testing.T) {
	t.Parallel()
	h := &pdfHeap{most: 1 << 20}
	m := h.Allocate(0, 1<<32)
	a := m.Reallocate(64 << 10)
	a[100] = 7
	b := m.Reallocate(1 << 20)
	if len(a) != 64<<10 || len(b) != 1<<20 || &a[0] != &b[0] || b[100] != 7 || h.refused {
		t.Errorf("%d bytes, then %d, refused %v", len(a), len(b), h.refused)
	}
	if c := m.Reallocate(1<<20 + 1); c != nil || !h.refused {
		t.Errorf("more than there is: %d bytes, refused %v", len(c), h.refused)
	}
	m.Free()
	if b[100] != 7 {
		t.Error("the last answers cannot be looked at any more")
	}
	h.release()
	if h.Allocate(0, 0).Reallocate(1 << 10)[100] != 0 || h.refused {
		t.Error("the next engine finds what the last one left")
	}
	h.release()
}

// TestPDFNoMemory: an engine that finds no memory to begin with is told as a limit, and nothing panics.
func TestPDFNoMemory(t *testing.T) {
	t.Parallel()
	es, err := compiledEngines(t.Context(), scratch(t))
	if err != nil {
		t.Fatal(err)
	}
	defer es.close()
	es.heap.most = 64 << 10
	rd := newReader(Limits{})
	rd.engines = es
	if _, err := rd.read(t.Context(), bytesSource(samePages(1, "", someText)), container.PDF); !errors.Is(err, container.ErrLimit) {
		t.Error(err)
	}
}

// steps is a clock that goes on by one step each time it is asked, as far as the last.
func steps(step time.Duration, last int) func() time.Duration {
	n := 0
	return func() time.Duration {
		n = min(n+1, last)
		return time.Duration(n) * step
	}
}

const someText = "BT /F1 16 Tf 72 700 Td (a page with some words on it) Tj ET"

// TestPDFWork: a document that keeps the engine busy for longer than its text is worth is given up, and what has been read
// stands.
func TestPDFWork(t *testing.T) {
	t.Parallel()
	b := samePages(9, "", someText)
	dir := scratch(t)
	d, err := readBytes(t, b, container.PDF, Limits{Scratch: dir, Time: time.Minute, clock: steps(0, 1)})
	if err != nil || d.Cut || len(d.Blocks) != 9 {
		t.Errorf("a document without work: %v, %+v", err, d)
	}
	d, err = readBytes(t, b, container.PDF, Limits{Scratch: dir, Time: time.Minute, clock: steps(time.Hour, 9)})
	if !errors.Is(err, container.ErrLimit) {
		t.Errorf("much work from the first page: %v, %+v", err, d)
	}
	d, err = readBytes(t, b, container.PDF, Limits{Scratch: dir, Time: time.Minute, clock: steps(2*time.Second, 1000)})
	if err != nil || !d.Cut || len(d.Blocks) == 0 || len(d.Blocks) != 3 {
		t.Errorf("two seconds a page of six: %v, %+v", err, d)
	}
}

// TestPDFReadAnew: what proves long for an interpreted engine is read from its beginning with another, and nothing twice.
// The folder cannot be made, so that the other one is interpreted too and has longer.
func TestPDFReadAnew(t *testing.T) {
	t.Parallel()
	b := samePages(5, "", someText)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	lim := Limits{Scratch: filepath.Join(file, "none"), Time: time.Minute}
	lim.clock = steps(7*time.Second, 2) // of 6, at the first look
	d, err := readBytes(t, b, container.PDF, lim)
	if err != nil || d.Cut || len(d.Blocks) != 5 || d.Pages != 5 {
		t.Errorf("%v, %+v", err, d)
	}
	lim.clock = steps(4*time.Second, 6)
	lim.Scratch = ""
	if d, err = readBytes(t, b, container.PDF, lim); err != nil || d.Cut {
		t.Errorf("an interpreted engine without another has five times as long: %v, %+v", err, d)
	}
}

// TestPDFLetters: the pages of a document are read up to its characters, however many pages there are.
func TestPDFLetters(t *testing.T) {
	t.Parallel()
	b := samePages(9, "/Filter/FlateDecode", deflated(t, "BT /F1 1 Tf 0 0 Td ("+strings.Repeat("x", 30_000)+") Tj ET", 1))
	d, err := readBytes(t, b, container.PDF, Limits{Scratch: scratch(t), Time: time.Hour, Characters: 100_000})
	if err != nil || !d.Cut || len(d.Blocks) != 3 {
		t.Errorf("%v, cut %v, %d blocks", err, d != nil && d.Cut, len(d.Blocks))
	}
}

// TestJoinLinesOfOneParagraph: a page that is one paragraph is copied once, not once for each of its lines.
func TestJoinLinesOfOneParagraph(t *testing.T) {
	line := textLine{text: strings.Repeat("集群", 12)}
	lines := make([]textLine, 10_000)
	for i := range lines {
		lines[i] = line
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	paras := joinLines(lines)
	runtime.ReadMemStats(&after)
	if len(paras) != 1 || len(paras[0]) != 10_000*len(line.text) {
		t.Fatalf("%d paragraphs", len(paras))
	}
	if took := (after.TotalAlloc - before.TotalAlloc) >> 20; took > 20 {
		t.Errorf("%d MB for a text of %d bytes", took, len(paras[0]))
	}
}
