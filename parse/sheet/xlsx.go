package sheet

import (
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"baosong/parse/container"
)

// ooxml is an OOXML workbook being read. Transitional and Strict files are read alike: only local names count.
type ooxml struct {
	k      *keeper
	p      *container.Package
	shared []string
	styles []*format // by cell style index
}

// sheetRef is a sheet as the workbook part lists it.
type sheetRef struct {
	name, rel, part string
	hidden          bool
	kind            string // last part of the relationship's type: worksheet, chartsheet, xlMacrosheet
}

const mainType = "officeDocument"

func readXLSX(k *keeper, p *container.Package) error {
	o := &ooxml{k: k, p: p}
	main, err := o.mainPart("xl/workbook.xml")
	if err != nil {
		return err
	}
	refs, err := o.workbook(main)
	if err != nil {
		return err
	}
	rels, err := o.relations(main)
	if err != nil {
		return err
	}
	o.findMacros()
	if err := o.resolve(main, refs, rels); err != nil {
		return err
	}
	if err := o.readStyles(relOfType(rels, "styles", "xl/styles.xml")); err != nil {
		return err
	}
	if err := o.readShared(relOfType(rels, "sharedStrings", "xl/sharedStrings.xml")); err != nil {
		return err
	}
	o.readForm()
	for _, ref := range refs {
		if err := o.sheet(ref); err != nil {
			return fmt.Errorf("sheet %q: %w", ref.name, err)
		}
	}
	return nil
}

// relation is one entry of a .rels part, its target resolved to a part's name.
type relation struct{ id, kind, target string }

// relations reads the relationships of a part; none is no fault.
func (o *ooxml) relations(part string) ([]relation, error) {
	dir, file := path.Split(part)
	name := dir + "_rels/" + file + ".rels"
	if !o.p.Has(name) {
		return nil, nil
	}
	var rels []relation
	err := o.scan(name, func(x *xmlScanner) error {
		if x.is("Relationship") && x.attr("TargetMode") != "External" && len(rels) < 10000 {
			kind := x.attr("Type")
			rels = append(rels, relation{x.attr("Id"), kind[strings.LastIndexByte(kind, '/')+1:], joinPart(dir, x.attr("Target"))})
		}
		return nil
	})
	return rels, err
}

// joinPart resolves a target against the folder of the part that names it.
func joinPart(dir, target string) string {
	target = strings.ReplaceAll(target, `\`, "/")
	if strings.HasPrefix(target, "/") {
		return strings.TrimPrefix(path.Clean(target), "/")
	}
	return strings.TrimPrefix(path.Clean("/"+dir+target), "/")
}

func relOfType(rels []relation, kind, otherwise string) string {
	for _, r := range rels {
		if r.kind == kind {
			return r.target
		}
	}
	return otherwise
}

// mainPart finds the workbook part: by the package's relationship, else where every program puts it.
func (o *ooxml) mainPart(usual string) (string, error) {
	rels, err := o.relations("")
	if err != nil && !errors.Is(err, container.ErrDamaged) {
		return "", err
	}
	if main := relOfType(rels, mainType, usual); o.p.Has(main) {
		return main, nil
	}
	if o.p.Has(usual) {
		return usual, nil
	}
	return "", fmt.Errorf("%w: no workbook part", container.ErrDamaged)
}

// scan calls each for every start tag of a part, counting its bytes.
func (o *ooxml) scan(name string, each func(*xmlScanner) error) error {
	rc, err := o.p.Open(name)
	if err != nil {
		return err
	}
	defer rc.Close()
	x := newXML(o.k.counted(rc))
	for {
		switch x.next() {
		case xmlStart:
			if err := each(x); err != nil {
				return err
			}
		case xmlEOF:
			if err := x.fault(); err != nil {
				return fmt.Errorf("part %s: %w", name, err)
			}
			return nil
		}
	}
}

// counted bounds the unpacked bytes of the whole book.
func (k *keeper) counted(r io.Reader) io.Reader { return &countedReader{r, k} }

type countedReader struct {
	r io.Reader
	k *keeper
}

func (c *countedReader) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	if c.k.bytes -= int64(n); c.k.bytes < 0 {
		return 0, fmt.Errorf("%w: more than %d bytes unpacked", container.ErrLimit, c.k.lim.Bytes)
	}
	if ctxErr := c.k.ctx.Err(); ctxErr != nil {
		return 0, ctxErr
	}
	return n, err
}

func (o *ooxml) workbook(part string) ([]*sheetRef, error) {
	var refs []*sheetRef
	err := o.scan(part, func(x *xmlScanner) error {
		switch {
		case x.is("workbookPr"):
			o.k.book.Date1904 = truth(x.attr("date1904"))
		case x.is("sheet") && len(refs) < maxSheets:
			state := x.attr("state")
			ref := &sheetRef{name: x.attr("name"), rel: x.attr("id"), hidden: state == "hidden" || state == "veryHidden"}
			refs = append(refs, ref)
		}
		return nil
	})
	return refs, err
}

// resolve finds each sheet's part. Without relationships the usual names are tried.
func (o *ooxml) resolve(main string, refs []*sheetRef, rels []relation) error {
	byID := map[string]relation{}
	for _, r := range rels {
		byID[r.id] = r
	}
	for i, ref := range refs {
		if r, ok := byID[ref.rel]; ok {
			ref.part, ref.kind = r.target, r.kind
			if r.kind == "xlMacrosheet" || r.kind == "xlIntlMacrosheet" {
				o.k.book.Macros = true
			}
			continue
		}
		ref.part, ref.kind = fmt.Sprintf("%sworksheets/sheet%d%s", path.Dir(main)+"/", i+1, path.Ext(main)), "worksheet"
	}
	return nil
}

func (o *ooxml) findMacros() {
	for _, name := range o.p.Names() {
		low := strings.ToLower(name)
		if strings.HasSuffix(low, "vbaproject.bin") || strings.Contains(low, "macrosheets/") {
			o.k.book.Macros = true
		}
	}
}
