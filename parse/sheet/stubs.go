package sheet

import "baosong/parse/container"

func readXLSB(k *keeper, p *container.Package) error { return container.ErrUnsupported }
