// Package ooxml reads the workbooks of Excel 2007 and later (ECMA-376), Strict and transitional alike, and their binary
// kin ([MS-XLSB]): one package of parts, sheets as XML or as records.
package ooxml

import (
	"errors"
	"fmt"
	"path"
	"strings"

	"baosong/parse/container"
	"baosong/parse/sheet/grid"
	"baosong/parse/sheet/numfmt"
	"baosong/parse/sheet/xmlscan"
)

// reader is an OOXML workbook being read. Transitional and Strict files are read alike: only local names count.
type reader struct {
	k      *grid.Builder
	p      *container.Package
	shared []string
	styles []*numfmt.Format // by cell style index
	col    int              // of the cell in hand, in a binary workbook
	onLoad bool             // to be calculated when opened: its writer could not, and a formula's nought may stand for no result
}

// sheetRef is a sheet as the workbook part lists it.
type sheetRef struct {
	name, rel, part string
	hidden          bool
	kind            string // last part of the relationship's type: worksheet, chartsheet, xlMacrosheet
}

// MainKind is the relationship by which a package names its workbook part.
const MainKind = "officeDocument"

// Read reads a workbook of XML parts into the builder.
func Read(k *grid.Builder, p *container.Package) error {
	o := &reader{k: k, p: p}
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
	if err := o.readStyles(OfKind(rels, "styles", "xl/styles.xml")); err != nil {
		return err
	}
	if err := o.readShared(OfKind(rels, "sharedStrings", "xl/sharedStrings.xml")); err != nil {
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

// Relation is one entry of a .rels part, its target resolved to a part's name.
type Relation struct{ ID, Kind, Target string }

// relations reads the relationships of a part; none is no fault.
func (o *reader) relations(part string) ([]Relation, error) {
	dir, file := path.Split(part)
	name := dir + "_rels/" + file + ".rels"
	if !o.p.Has(name) {
		return nil, nil
	}
	var rels []Relation
	err := o.scan(name, func(x *xmlscan.Scanner) error {
		if x.Is("Relationship") && x.Attr("TargetMode") != "External" && len(rels) < 10000 {
			kind := x.Attr("Type")
			rels = append(rels, Relation{x.Attr("Id"), kind[strings.LastIndexByte(kind, '/')+1:], JoinPart(dir, x.Attr("Target"))})
		}
		return nil
	})
	return rels, err
}

// JoinPart resolves a target against the folder of the part that names it.
func JoinPart(dir, target string) string {
	target = strings.ReplaceAll(target, `\`, "/")
	if strings.HasPrefix(target, "/") {
		return strings.TrimPrefix(path.Clean(target), "/")
	}
	return strings.TrimPrefix(path.Clean("/"+dir+target), "/")
}

// OfKind returns the target of the first relationship of a kind.
func OfKind(rels []Relation, kind, otherwise string) string {
	for _, r := range rels {
		if r.Kind == kind {
			return r.Target
		}
	}
	return otherwise
}

// mainPart finds the workbook part: by the package's relationship, else where every program puts it.
func (o *reader) mainPart(usual string) (string, error) {
	rels, err := o.relations("")
	if err != nil && !errors.Is(err, container.ErrDamaged) {
		return "", err
	}
	if main := OfKind(rels, MainKind, usual); o.p.Has(main) {
		return main, nil
	}
	if o.p.Has(usual) {
		return usual, nil
	}
	return "", fmt.Errorf("%w: no workbook part", container.ErrDamaged)
}

// scan calls each for every start tag of a part, counting its bytes.
func (o *reader) scan(name string, each func(*xmlscan.Scanner) error) error {
	rc, err := o.p.Open(name)
	if err != nil {
		return err
	}
	defer rc.Close()
	x := xmlscan.New(o.k.Counted(rc))
	for {
		switch x.Next() {
		case xmlscan.Start:
			if err := each(x); err != nil {
				return err
			}
		case xmlscan.EOF:
			if err := x.Fault(); err != nil {
				return fmt.Errorf("part %s: %w", name, err)
			}
			return nil
		}
	}
}

func (o *reader) workbook(part string) ([]*sheetRef, error) {
	var refs []*sheetRef
	err := o.scan(part, func(x *xmlscan.Scanner) error {
		switch {
		case x.Is("workbookPr"):
			o.k.Book.Date1904 = xmlscan.Truth(x.Attr("date1904"))
		case x.Is("calcPr"):
			o.onLoad = xmlscan.Truth(x.Attr("fullCalcOnLoad"))
		case x.Is("sheet") && len(refs) < grid.MaxSheets:
			state := x.Attr("state")
			ref := &sheetRef{name: x.Attr("name"), rel: x.Attr("id"), hidden: state == "hidden" || state == "veryHidden"}
			refs = append(refs, ref)
		}
		return nil
	})
	return refs, err
}

// resolve finds each sheet's part. Without relationships the usual names are tried.
func (o *reader) resolve(main string, refs []*sheetRef, rels []Relation) error {
	byID := map[string]Relation{}
	for _, r := range rels {
		byID[r.ID] = r
	}
	for i, ref := range refs {
		if r, ok := byID[ref.rel]; ok {
			ref.part, ref.kind = r.Target, r.Kind
			if r.Kind == "xlMacrosheet" || r.Kind == "xlIntlMacrosheet" {
				o.k.Book.Macros = true
			}
			continue
		}
		ref.part, ref.kind = fmt.Sprintf("%sworksheets/sheet%d%s", path.Dir(main)+"/", i+1, path.Ext(main)), "worksheet"
	}
	return nil
}

func (o *reader) findMacros() {
	for _, name := range o.p.Names() {
		low := strings.ToLower(name)
		if strings.HasSuffix(low, "vbaproject.bin") || strings.Contains(low, "macrosheets/") {
			o.k.Book.Macros = true
		}
	}
}
