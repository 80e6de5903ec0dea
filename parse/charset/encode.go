package charset

import "golang.org/x/text/encoding/simplifiedchinese"

// GB18030 encodes s as Chinese Windows programs do; every character has a place there.
func GB18030(s string) []byte {
	b, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(s))
	if err != nil {
		// Only invalid UTF-8 fails; it is passed through for a reader to guess at.
		return []byte(s)
	}
	return b
}
