package casedoc

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"baosong/parse/container"
)

// wordml reads one XML file that is a whole document: Word 2003 XML, or flat OPC as Word 2007 and later write it.
func (rd *reader) wordml(ctx context.Context, doc *Document, src source) error {
	if src.size > maxWhole {
		return fmt.Errorf("%d bytes of XML: %w", src.size, container.ErrLimit)
	}
	w := &wordPackage{rd: rd, doc: doc, pictures: newPictures(doc), parts: flatParts{},
		styles: &styles{byID: map[string]*style{}}, lists: &lists{byID: map[string]*listUse{}}}
	first, err := rd.tokens(src.stream()).root(ctx)
	if err != nil {
		return err
	}
	switch first.name {
	case "pkg:package":
		parts, err := readFlat(ctx, rd.tokens(src.stream()))
		if err != nil {
			return err
		}
		w.parts = parts
		return w.read(ctx)
	case "office:document":
		return rd.flatODT(ctx, doc, src)
	case "w:wordDocument":
		doc.Macros = first.attr("macrosPresent") == "yes"
		return w.word2003(ctx, src)
	}
	return fmt.Errorf("XML of another kind: %w", container.ErrUnsupported)
}

// root returns the first element.
func (t *tokens) root(ctx context.Context) (element, error) {
	for {
		e, err := t.next(ctx)
		if err == io.EOF {
			return e, fmt.Errorf("XML without an element: %w", container.ErrDamaged)
		}
		if err != nil || e.text == nil {
			return e, err
		}
	}
}

// word2003 reads styles, lists and body in the order in which Word 2003 XML has them.
func (w *wordPackage) word2003(ctx context.Context, src source) error {
	s := newWordStory(w, nil, true)
	styles, lists := w.styles.reader(), w.lists.reader()
	var within string
	err := eachElement(ctx, w.rd.tokens(src.stream()), func(t *tokens, e element) error {
		switch e.name {
		case "w:styles", "w:lists", "w:body":
			if within = e.name; e.end {
				within = ""
			}
			if e.name == "w:body" && !e.end {
				w.lists.resolve(w.styles)
			}
			return nil
		}
		switch within {
		case "w:styles":
			return styles(t, e)
		case "w:lists":
			return lists(t, e)
		case "w:body":
			return s.element(ctx, t, e)
		}
		return nil
	})
	if err != nil && err != errCut {
		return err
	}
	w.doc.Blocks = s.finish()
	return nil
}

// flatParts are the parts of a flat OPC file.
type flatParts map[string][]byte

func (f flatParts) Names() []string { return sortedKeys(f) }

func (f flatParts) Has(name string) bool { _, ok := f[strings.ToLower(name)]; return ok }

func (f flatParts) Open(name string) (io.ReadCloser, error) {
	b, ok := f[strings.ToLower(name)]
	if !ok {
		return nil, fmt.Errorf("no part %s: %w", name, container.ErrDamaged)
	}
	return io.NopCloser(strings.NewReader(string(b))), nil
}

// readFlat takes the parts out of a flat OPC file. XML parts are written anew from their tokens, which costs their
// prefixes and nothing else.
func readFlat(ctx context.Context, t *tokens) (flatParts, error) {
	parts := flatParts{}
	p := &flatReader{parts: parts}
	err := eachElement(ctx, t, func(_ *tokens, e element) error { return p.element(e) })
	if err != nil {
		return nil, err
	}
	return parts, nil
}

type flatReader struct {
	parts  flatParts
	name   string
	xml    bool
	binary *base64Text
	out    []byte
}

func (p *flatReader) element(e element) error {
	switch {
	case e.name == "pkg:part" && !e.end:
		p.name = strings.ToLower(strings.TrimPrefix(e.attr("name"), "/"))
	case e.name == "pkg:xmlData":
		p.xml = !e.end
		if e.end {
			p.parts[p.name] = slices.Clone(p.out)
			p.out = p.out[:0]
		}
	case e.name == "pkg:binaryData" && !e.end:
		p.binary = &base64Text{max: maxWhole}
	case e.name == "pkg:binaryData" && p.binary != nil:
		p.parts[p.name] = p.binary.decode()
		p.binary = nil
	case e.text != nil && p.binary != nil:
		p.binary.write(e.text)
	case p.xml:
		p.out = appendElement(p.out, e)
	}
	if len(p.parts) > 10_000 {
		return fmt.Errorf("parts of a flat package: %w", container.ErrLimit)
	}
	return nil
}

// appendElement writes an element with customary prefixes bound to themselves: prefixOf passes unknown names through.
func appendElement(out []byte, e element) []byte {
	if e.text != nil {
		return appendEscaped(out, string(e.text))
	}
	prefix, local := splitName(e.name)
	if e.end {
		return append(out, "</"+join(prefix, local)+">"...)
	}
	out = append(out, "<"+join(prefix, local)...)
	for _, a := range e.attrs {
		if a.Name.Space == "xmlns" || a.Name.Local == "xmlns" {
			continue
		}
		out = append(out, " "+join(prefixOf(a.Name.Space), a.Name.Local)+`="`...)
		out = append(appendEscaped(out, a.Value), '"')
	}
	return append(out, '>')
}

func splitName(name string) (prefix, local string) {
	i := strings.LastIndexByte(name, ':')
	return name[:i], name[i+1:]
}

// join leaves out a prefix that is no name, such as a whole namespace.
func join(prefix, local string) string {
	if prefix == "" || strings.ContainsAny(prefix, ":/ ") {
		return local
	}
	return prefix + ":" + local
}

func appendEscaped(out []byte, s string) []byte {
	return append(out, strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(s)...)
}
