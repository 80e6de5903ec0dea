// Package blob keeps content-addressed files.
package blob

// Ref is the SHA-256 of a blob's bytes in lower-case hex; the empty Ref is none.
type Ref string
