// Package message reads a mail as it really is: any label, any damage, any size.
//
// Read streams a raw mail once and gives back its header, its text, and its attachments as files in a folder, each
// with its SHA-256 and its type told from content. ReadFile does the same for a file; ReadHeader reads no further than
// the header. Attached mails and winmail.dat stay attachments: intake/unpack opens them by calling Read again.
//
// The rules are RFC 5322, 2045 to 2049, 2231 and 6532, read with every indulgence that Chinese office mail needs.
// Whatever had to be mended is said as a finding mail.defect. Read never fails on what a sender wrote, only when the
// bytes cannot be read or the files cannot be written; it fetches nothing, runs nothing and uses no name from a mail
// as a path. Memory is bounded by Limits, whatever the size of the mail.
package message

import (
	"fmt"
	"io"
	"os"
	"time"

	"baosong/parse/finding"
)

// Message is one mail as it was read. All texts are valid UTF-8; one-line values hold no control characters.
type Message struct {
	Header      Header            `json:"header"`
	MessageID   string            `json:"message_id"` // with its angle brackets, or ""
	Subject     string            `json:"subject"`
	From        []Address         `json:"from"`
	FromHeaders int               `json:"from_headers"` // how many From fields there were; more than one is suspect
	FromMended  bool              `json:"from_mended"`  // the address had to be dug out of an encoded word or the like
	Sender      []Address         `json:"sender"`
	ReplyTo     []Address         `json:"reply_to"`
	To          []Address         `json:"to"`
	CC          []Address         `json:"cc"`
	Date        time.Time         `json:"date"` // zero when it could not be understood; the server's INTERNALDATE counts
	InReplyTo   string            `json:"in_reply_to"`
	References  []string          `json:"references"` // oldest first; Tencent's HEX16+ prefix is taken off
	Text        string            `json:"text"`       // best plain text of the body
	HTML        string            `json:"html"`
	Report      string            `json:"report"` // machine-readable parts of a delivery report, joined
	Attachments []*Attachment     `json:"attachments"`
	Links       []Link            `json:"links"` // large attachments that came as links; never fetched
	Findings    []finding.Finding `json:"findings"`
}

// Address is one mailbox of an address field.
type Address struct {
	Name    string `json:"name"`
	Address string `json:"address"`
}

// Field is one header field in the order of the mail, its value unfolded and decoded.
type Field struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Header is the mail's own header.
type Header []Field

// Attachment is one file of the mail.
type Attachment struct {
	Name        string   `json:"name"` // as sent, never to be used as a path; may be empty
	Size        int64    `json:"size"`
	SHA256      string   `json:"sha256"`
	Type        string   `json:"type"`        // a container.Format told from content, or one of the Type constants
	Declared    string   `json:"declared"`    // the media type that the mail claims, lower case
	Disposition string   `json:"disposition"` // attachment, or inline for pictures of the body
	ContentID   string   `json:"content_id"`  // without angle brackets
	Path        string   `json:"path"`        // the file that holds the bytes
	Defects     []string `json:"defects,omitempty"`
}

// Types beside those of parse/container, told from the envelope as well as from content.
const (
	TypeMail            = "eml"             // an attached mail, to be read by Read again
	TypeTNEF            = "tnef"            // winmail.dat
	TypePKCS7Signature  = "pkcs7-signature" // a detached S/MIME signature: no file of the sender's
	TypePKCS7Signed     = "pkcs7-signed"    // a mail wrapped in its S/MIME signature
	TypePKCS7Encrypted  = "pkcs7-encrypted" // cannot be opened without the recipient's key
	TypePGPSignature    = "pgp-signature"   // a detached PGP signature: no file of the sender's
	TypePGPEncrypted    = "pgp-encrypted"   // cannot be opened without the recipient's key
	TypeAppleFile       = "applefile"       // what a Mac keeps beside a file (AppleDouble): no file of the sender's
	DispositionInline   = "inline"          // a picture of the body, or a rendering of the body
	DispositionAttached = "attachment"      // a file, whatever its part's header says
	reportHeaders       = "text/rfc822-headers"
)

// Link is a large attachment that the sender's provider keeps (超大附件, 云附件, 网盘).
type Link struct {
	Name    string `json:"name"`
	URL     string `json:"url"`
	Size    string `json:"size"`    // as written: 128.03M
	Expires string `json:"expires"` // as written: 2020年11月27日 21:59
}

// Limits bound what one mail may cost. A zero field takes its default.
type Limits struct {
	Parts       int   // parts read; default 2,000
	Depth       int   // multiparts within one another; default 50
	HeaderBytes int64 // kept of one header; default 1 MiB
	TextBytes   int64 // kept of the body's text and of its HTML, each; default 2 MiB
	Bytes       int64 // decoded bytes written to files; default 1 GiB
}

func (l Limits) filled() Limits {
	if l.Parts <= 0 {
		l.Parts = 2000
	}
	if l.Depth <= 0 {
		l.Depth = 50
	}
	if l.HeaderBytes <= 0 {
		l.HeaderBytes = 1 << 20
	}
	if l.TextBytes <= 0 {
		l.TextBytes = 2 << 20
	}
	if l.Bytes <= 0 {
		l.Bytes = 1 << 30
	}
	return l
}

// Read reads one raw mail from r and writes the bodies of its attachments to new files in dir. An error means that r
// could not be read or a file could not be written; what a sender did wrong is in the message's findings.
func Read(r io.Reader, dir string, lim Limits) (*Message, error) {
	w := newWalker(r, dir, lim.filled())
	m, err := w.read()
	if err != nil {
		w.discard()
		return nil, fmt.Errorf("read mail: %w", err)
	}
	return m, nil
}

// ReadFile is Read for the file at path.
func ReadFile(path, dir string, lim Limits) (*Message, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read mail: %w", err)
	}
	defer f.Close()
	return Read(f, dir, lim)
}

// ReadHeader reads the header of a mail and no more; nothing is written anywhere.
func ReadHeader(r io.Reader) (Header, error) {
	in := newLines(r)
	raw, _, err := readHeader(in, Limits{}.filled().HeaderBytes, true, nil)
	if err != nil {
		return nil, fmt.Errorf("read mail header: %w", err)
	}
	return raw.decoded(), nil
}

// Get returns the first field of this name, or "". Case does not matter.
func (h Header) Get(name string) string {
	for _, f := range h {
		if foldEqual(f.Name, name) {
			return f.Value
		}
	}
	return ""
}

// All returns every value of this name in the order of the mail.
func (h Header) All(name string) []string {
	var all []string
	for _, f := range h {
		if foldEqual(f.Name, name) {
			all = append(all, f.Value)
		}
	}
	return all
}

// Has tells whether there is a field of this name, be it empty.
func (h Header) Has(name string) bool {
	for _, f := range h {
		if foldEqual(f.Name, name) {
			return true
		}
	}
	return false
}
