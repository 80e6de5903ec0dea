package casedoc

import (
	"errors"
	"fmt"
	"math/rand"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"baosong/parse/container"
)

// allocated returns how many MB something allocates. Tests that use it are not parallel, because all that the process
// allocates is counted.
func allocated(do func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return (after.TotalAlloc - before.TotalAlloc) >> 20
}

// TestHTMLManyAttributes: of the attributes of a tag those are kept that are read, the first of each name.
func TestHTMLManyAttributes(t *testing.T) {
	var b strings.Builder
	b.WriteString(`<html><body><p id=x `)
	for i := range 300_000 {
		fmt.Fprintf(&b, "a%d=1 style=color:red ", i)
	}
	b.WriteString(`>甲</p><p STYLE="display:none" style="">乙</p></body></html>`)
	page := []byte(b.String())
	mb := allocated(func() {
		d, err := readBytes(t, page, container.HTML, Limits{})
		if err != nil || d.Text() != "甲" || len(d.Hidden) != 1 {
			t.Errorf("%v, %+v", err, d)
		}
	})
	if mb > 145 { // most of it is where the tokenizer notes the places of all
		t.Errorf("%d MB for a page of %d", mb, len(page)>>20)
	}
}

// TestHTMLInnermost: what is remembered of the open elements says what a search through them would say.
func TestHTMLInnermost(t *testing.T) {
	t.Parallel()
	names := []string{"b", "i", "p", "div", "h2", "table", "tr", "td", "th", "ul", "ol", "li", "span", "x-y"}
	rng := rand.New(rand.NewSource(7))
	h := newHTMLReader(newReader(Limits{}), &Document{})
	for range 20_000 {
		name := names[rng.Intn(len(names))]
		if rng.Intn(3) > 0 {
			h.start(html.Token{Type: html.StartTagToken, Data: name})
		} else {
			at, before := searched(h.open, name), len(h.open)
			h.end(name)
			if want := at; at >= 0 && len(h.open) != want || at < 0 && len(h.open) != before {
				t.Fatalf("the end of %s at %d leaves %d of %d", name, at, len(h.open), before)
			}
		}
		for _, n := range names {
			if got, want := h.inner[n]-1, searched(h.open, n, "none"); got != want {
				t.Fatalf("innermost %s: got %d, want %d", n, got, want)
			}
		}
		heading := 0
		for _, e := range h.open {
			if e.heading > 0 {
				heading = e.heading
			}
		}
		if n := len(h.open); n > 0 && h.open[n-1].within != heading {
			t.Fatalf("within a heading of %d, want %d", h.open[n-1].within, heading)
		}
	}
}

// searched is the index of the innermost element of a name that its end tag may close, -1 for none; with none of the edges,
// the innermost of all.
func searched(open []htmlElement, name string, edges ...string) int {
	for i := len(open) - 1; i >= 0; i-- {
		if open[i].name == name {
			return i
		}
		if n := open[i].name; len(edges) == 0 && (n == "table" || (n == "td" || n == "th") && name != "tr" && name != "table") {
			return -1
		}
	}
	return -1
}

// TestManyPictures: links to endless pictures are told apart up to a limit.
func TestManyPictures(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for i := range maxPictures + 500 {
		fmt.Fprintf(&b, "<img src=%d.png>", i)
	}
	d := mustRead(t, []byte("<html><body><p>甲"+b.String()+"</p></body></html>"), container.HTML)
	if len(d.Pictures) != maxPictures {
		t.Errorf("%d pictures", len(d.Pictures))
	}
}

// TestOneEndlessText: a text that is too long is too large, and not damaged because it is cut off within a character.
func TestOneEndlessText(t *testing.T) {
	t.Parallel()
	for shift := range 3 {
		_, err := readBytes(t, docxOf(p(strings.Repeat("x", shift)+strings.Repeat("甲", 9<<20))), container.DOCX, Limits{})
		if !errors.Is(err, container.ErrLimit) || errors.Is(err, container.ErrDamaged) {
			t.Error(err)
		}
	}
}

// TestPlainTextOnce: a file that is held whole is held once.
func TestPlainTextOnce(t *testing.T) {
	raw := []byte(strings.Repeat("x", 15<<20))
	mb := allocated(func() {
		if _, err := bytesSource(raw).whole(maxPage); err != nil {
			t.Error(err)
		}
	})
	if mb > 16 {
		t.Errorf("%d MB for 15", mb)
	}
}
