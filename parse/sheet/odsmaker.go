package sheet

import (
	"strings"

	"baosong/parse/container"
	"baosong/parse/sheet/xmlscan"
)

// maker finds which program wrote the file. LibreOffice and OpenOffice calculate whatever they save, and give the empty text
// that a formula results in no type, so that it looks like no result.
func (o *odsReader) maker(p *container.Package) {
	o.beside(p, "meta.xml", func(x *xmlscan.Scanner) {
		if x.Is("generator") {
			o.madeBy(x.Content())
		}
	})
}

func (o *odsReader) madeBy(name string) {
	o.calculates = strings.HasPrefix(name, "LibreOffice") || strings.HasPrefix(name, "OpenOffice")
}
