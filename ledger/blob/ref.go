// Package blob keeps content-addressed files: raw mails, attachments, letters as sent.
//
// A Store lies in the data directory. New bytes are written to a temporary file under spool/, hashed on the way,
// fsynced and renamed to their SHA-256; only then may a ledger row name them. Spool leaves them in spool/, from where
// Keep moves them to blobs/ab/<sha256> once they may be kept and Drop removes them when they may not. Put goes
// straight into blobs/. Every step can be run again after a crash: the same bytes have the same name.
//
//	spool/<sha256>      bytes not yet judged
//	spool/.tmp-*        being written; left over after a crash, removed by Sweep
//	blobs/ab/<sha256>   bytes that are kept
//
// Files are 0600, directories 0700, whatever the umask. A stored file is never changed; it is only ever removed by
// Drop (secrecy, duplicates) or Remove (retention).
package blob

// Ref is the SHA-256 of a blob's bytes in lower-case hex; the empty Ref is none.
type Ref string

// Valid reports whether the Ref has the form of a SHA-256 in lower-case hex.
func (r Ref) Valid() bool {
	if len(r) != 64 {
		return false
	}
	for _, c := range []byte(r) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
