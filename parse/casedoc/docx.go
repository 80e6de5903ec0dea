package casedoc

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"baosong/parse/container"
)

// docx reads WordprocessingML in a package: ECMA-376 transitional and Strict.
func (rd *reader) docx(ctx context.Context, doc *Document, src source) error {
	pkg, err := container.OpenPackage(src.r, src.size, container.PackageLimits{Bytes: rd.lim.Bytes})
	if err != nil {
		return err
	}
	defer pkg.Close()
	w := &wordPackage{rd: rd, doc: doc, parts: pkg, pictures: newPictures(doc)}
	return w.read(ctx)
}

// parts are the named parts of a package: zipped, or within one flat XML file.
type parts interface {
	Names() []string
	Has(name string) bool
	Open(name string) (io.ReadCloser, error)
}

var _ parts = (*container.Package)(nil)

// wordPackage reads the parts of one WordprocessingML package into a Document.
type wordPackage struct {
	rd       *reader
	doc      *Document
	parts    parts
	pictures *pictures
	styles   *styles
	lists    *lists
}

// relation is one line of a .rels part.
type relation struct {
	kind     string // last segment of the type
	target   string // part name, or address when external
	external bool
}

func (w *wordPackage) read(ctx context.Context) error {
	for _, n := range w.parts.Names() {
		if strings.HasSuffix(strings.ToLower(n), "vbaproject.bin") {
			w.doc.Macros = true
		}
	}
	main, err := w.mainPart(ctx)
	if err != nil {
		return err
	}
	rels, err := w.relations(ctx, main)
	if err != nil {
		return err
	}
	if err := w.loadStyles(ctx, rels); err != nil {
		return err
	}
	w.doc.Blocks, err = w.story(ctx, main, rels, true)
	if err != nil {
		return err
	}
	return w.sideStories(ctx, rels)
}

// mainPart finds the document by the package's relations, else by its customary name.
func (w *wordPackage) mainPart(ctx context.Context) (string, error) {
	rels, err := w.relations(ctx, "")
	if err != nil {
		return "", err
	}
	for _, id := range sortedKeys(rels) {
		if r := rels[id]; r.kind == "officeDocument" && w.parts.Has(r.target) {
			return r.target, nil
		}
	}
	if w.parts.Has("word/document.xml") {
		return "word/document.xml", nil
	}
	for _, n := range w.parts.Names() {
		if strings.HasPrefix(path.Base(n), "document") && strings.HasSuffix(n, ".xml") {
			return n, nil
		}
	}
	return "", fmt.Errorf("package without a document part: %w", container.ErrDamaged)
}

// relations reads the .rels part that belongs to a part; none is none.
func (w *wordPackage) relations(ctx context.Context, part string) (map[string]relation, error) {
	dir, base := path.Split(part)
	rels := map[string]relation{}
	name := dir + "_rels/" + base + ".rels"
	if !w.parts.Has(name) {
		return rels, nil
	}
	err := w.each(ctx, name, func(_ *tokens, e element) error {
		if e.end || e.name != "rel:Relationship" || len(rels) > 100_000 {
			return nil
		}
		r := relation{kind: path.Base(e.attr("Type")), target: e.attr("Target"), external: strings.EqualFold(e.attr("TargetMode"), "External")}
		if !r.external {
			r.target = strings.ReplaceAll(r.target, "\\", "/")
			if strings.HasPrefix(r.target, "/") {
				r.target = path.Clean(r.target)[1:]
			} else {
				r.target = strings.TrimPrefix(path.Join("/", dir, r.target), "/")
			}
		}
		rels[e.attr("Id")] = r
		return nil
	})
	if errors.Is(err, container.ErrDamaged) {
		err = nil // what could be read is used; a missing picture is less than a lost document
	}
	return rels, err
}

// each calls f with every element and text of a part.
func (w *wordPackage) each(ctx context.Context, name string, f func(*tokens, element) error) error {
	r, err := w.parts.Open(name)
	if err != nil {
		return err
	}
	defer r.Close()
	return eachElement(ctx, w.rd.tokens(r), f)
}

func eachElement(ctx context.Context, t *tokens, f func(*tokens, element) error) error {
	for {
		e, err := t.next(ctx)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := f(t, e); err != nil {
			return err
		}
	}
}

// story reads one part that holds paragraphs and tables.
func (w *wordPackage) story(ctx context.Context, name string, rels map[string]relation, inBody bool) ([]Block, error) {
	s := newWordStory(w, rels, inBody)
	err := w.each(ctx, name, func(t *tokens, e element) error { return s.element(ctx, t, e) })
	if err != nil && !errors.Is(err, errCut) {
		return nil, fmt.Errorf("part %s: %w", name, err)
	}
	return s.finish(), nil
}

// sideStories reads headers, footers, notes and comments. A damaged one is left out: the body has been read.
func (w *wordPackage) sideStories(ctx context.Context, rels map[string]relation) error {
	seen := map[string]bool{}
	for _, id := range sortedKeys(rels) {
		r := rels[id]
		if r.external || seen[r.target] || !w.parts.Has(r.target) {
			continue
		}
		seen[r.target] = true
		if err := w.sideStory(ctx, r); err != nil && !errors.Is(err, container.ErrDamaged) {
			return err
		}
	}
	return nil
}

func (w *wordPackage) sideStory(ctx context.Context, r relation) error {
	switch r.kind {
	case "header", "footer":
		own, err := w.relations(ctx, r.target)
		if err != nil {
			return err
		}
		blocks, err := w.story(ctx, r.target, own, false)
		if text := lines(blocks); text != "" && r.kind == "header" {
			w.doc.Headers = append(w.doc.Headers, text)
		} else if text != "" {
			w.doc.Footers = append(w.doc.Footers, text)
		}
		return err
	case "footnotes", "endnotes", "comments":
		own, err := w.relations(ctx, r.target)
		if err != nil {
			return err
		}
		_, err = w.story(ctx, r.target, own, r.kind != "comments")
		return err
	}
	return nil
}

const maxPictures = 10_000 // of one document that are told apart

// pictures gathers distinct pictures of a document.
type pictures struct {
	doc   *Document
	byKey map[string]int // part name or sha256 -> index in doc.Pictures
}

func newPictures(doc *Document) *pictures { return &pictures{doc: doc, byKey: map[string]int{}} }

// use notes that a picture known under key stands in the body or outside it; load is called for its first use only.
func (p *pictures) use(key string, inBody bool, load func() (Picture, bool)) {
	i, ok := p.byKey[key]
	if !ok {
		if len(p.doc.Pictures) >= maxPictures || len(p.byKey) >= 4*maxPictures {
			return
		}
		pic, fine := load()
		if !fine {
			return
		}
		i, ok = p.byKey[pic.SHA256]
		if !ok {
			i = len(p.doc.Pictures)
			p.doc.Pictures = append(p.doc.Pictures, pic)
			p.byKey[pic.SHA256] = i
		}
		p.byKey[key] = i
	}
	p.doc.Pictures[i].InBody = p.doc.Pictures[i].InBody || inBody
}

// part uses the picture that relation r leads to.
func (w *wordPackage) part(r relation, kind container.Format, inBody bool) {
	if r.target == "" {
		return
	}
	w.pictures.use(r.target, inBody, func() (Picture, bool) {
		if r.external {
			return Picture{SHA256: digest([]byte(r.target)), Format: Linked}, true
		}
		f, err := w.parts.Open(r.target)
		if err != nil {
			return Picture{}, false
		}
		defer f.Close()
		pic, err := hashPicture(f, kind)
		return pic, err == nil && pic.Size > 0
	})
}

// hashPicture reads a picture to its end; kind is told from the content when empty.
func hashPicture(r io.Reader, kind container.Format) (Picture, error) {
	h := sha256.New()
	head := make([]byte, 4096)
	n, err := io.ReadFull(r, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return Picture{}, err
	}
	head = head[:n]
	h.Write(head)
	rest, err := io.Copy(h, r)
	if err != nil {
		return Picture{}, err
	}
	if kind == "" {
		kind = pictureFormat(head)
	}
	return Picture{SHA256: hex.EncodeToString(h.Sum(nil)), Format: kind, Size: int64(n) + rest}, nil
}
