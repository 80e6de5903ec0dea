package sheet

import "baosong/parse/container"

func readXLSB(k *keeper, p *container.Package) error { return container.ErrUnsupported }
func readODS(k *keeper, p *container.Package) error  { return container.ErrUnsupported }
func readXML2003(k *keeper, b []byte) error          { return container.ErrUnsupported }
