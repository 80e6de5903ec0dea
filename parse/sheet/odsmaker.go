package sheet

import (
	"strings"

	"baosong/parse/container"
	"baosong/parse/sheet/xmlscan"
)

// maker finds which program wrote the file. Damage there is no fault of the cells.
func (o *odsReader) maker(p *container.Package) {
	const part = "meta.xml"
	if !p.Has(part) {
		return
	}
	rc, err := p.Open(part)
	if err != nil {
		return
	}
	defer rc.Close()
	x := xmlscan.New(o.k.Counted(rc))
	for {
		switch x.Next() {
		case xmlscan.Start:
			if x.Is("generator") {
				o.madeBy(x.Content())
				return
			}
		case xmlscan.EOF:
			return
		}
	}
}

// madeBy takes the name of the program. LibreOffice and OpenOffice calculate whatever they save, and give the empty text that
// a formula results in no type, so that it looks like no result.
func (o *odsReader) madeBy(name string) {
	o.calculates = strings.HasPrefix(name, "LibreOffice") || strings.HasPrefix(name, "OpenOffice")
}
