//go:build unix

package casedoc

import "syscall"

// reserve sets n bytes of addresses aside. None of them may be touched yet, so that none counts against the limits of the
// process.
func reserve(n int) []byte {
	b, err := syscall.Mmap(-1, 0, n, syscall.PROT_NONE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		return nil
	}
	return b
}

// open lets bytes of what was reserved be used; the system fills them with zeros as they are touched. It may refuse.
func open(b []byte) bool { return syscall.Mprotect(b, syscall.PROT_READ|syscall.PROT_WRITE) == nil }

func giveBack(b []byte) {
	if len(b) > 0 {
		_ = syscall.Munmap(b)
	}
}
