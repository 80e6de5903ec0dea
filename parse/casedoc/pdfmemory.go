package casedoc

import (
	"context"

	"github.com/tetratelabs/wazero/experimental"
)

// pdfMemory is how many bytes the PDF engine may take. A page of dense text takes a few MB, a picture what its bytes in the
// file take; only what was made to be endless comes here.
const pdfMemory = 192 << 20

// pdfHeap is the memory of one run of the PDF engine. It is set aside once, apart from Go's own, and taken into use as it
// grows: a slice that grows by copying would take twice as much, and what is copied from would wait for the collector
// while the next copy is made.
type pdfHeap struct {
	most    uint64
	whole   []byte
	usable  int
	refused bool // the engine has asked for more than there is; whatever it says afterwards is not to be trusted
}

var (
	_ experimental.MemoryAllocator = (*pdfHeap)(nil)
	_ experimental.LinearMemory    = (*pdfHeap)(nil)
)

// in returns a context under which an engine takes its memory from here.
func (h *pdfHeap) in(ctx context.Context) context.Context {
	return experimental.WithMemoryAllocator(ctx, h)
}

// Allocate makes ready what the engine may grow into, however much it says it might want.
func (h *pdfHeap) Allocate(_, _ uint64) experimental.LinearMemory {
	h.whole, h.refused = reserve(int(h.most)), false
	return h
}

// Reallocate returns the first size bytes, nil when there are not so many.
func (h *pdfHeap) Reallocate(size uint64) []byte {
	if size > uint64(len(h.whole)) || !h.opened(int(size)) {
		h.refused = true
		return nil
	}
	return h.whole[:size:size]
}

// opened makes the first size bytes usable.
func (h *pdfHeap) opened(size int) bool {
	if size > h.usable {
		if !open(h.whole[h.usable:size]) {
			return false
		}
		h.usable = size
	}
	return true
}

// Free does nothing: the engine's last answers may still be looked at. It is release that gives the memory back.
func (h *pdfHeap) Free() {}

func (h *pdfHeap) release() {
	giveBack(h.whole)
	h.whole, h.usable = nil, 0
}
