//go:build unix

package casedoc

import "syscall"

// reserve sets n bytes aside that the system fills with zeros as they are touched.
func reserve(n int) []byte {
	b, err := syscall.Mmap(-1, 0, n, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		return make([]byte, n)
	}
	return b
}

func giveBack(b []byte) {
	if len(b) > 0 {
		_ = syscall.Munmap(b) // refuses what it has not given, which then is Go's
	}
}
