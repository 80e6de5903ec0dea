// Package letter words what baosong sends: receipts, correction requests, reminders, confirmations, the digest, alerts.
//
// Compose turns the facts of one letter into a subject, a text, an HTML page and attachments; Build writes those as a mail.
// Both are pure: the facts come in, the same facts give the same letter; only the bytes of a sender's workbook are read,
// through Facts.File. Check proves at start that a call's own templates can be used.
//
// The words stand in templates/ and may be replaced one by one by files of the same name in the call's letters folder.
// Everything a sender wrote is masked, stripped of controls and escaped before a template sees it.
//
// Standards: RFC 5322 and 2045 (mail), 2047 and 2231 (names), 3834 (automatic answers).
// It must never send, queue or read a clock.
package letter

import (
	"fmt"
)

// Composed is a letter ready to be built.
type Composed struct {
	Subject     string
	Text        string
	HTML        string
	Attachments []Attachment
}

// Attachment is one file that goes with a letter.
type Attachment struct {
	Name        string
	ContentType string
	Bytes       []byte
}

// Compose words a letter. An error is ours or an operator's (a broken template), never a sender's.
func Compose(f Facts) (Composed, error) {
	n, err := name(f.Kind, f.Topic)
	if err != nil {
		return Composed{}, err
	}
	if f.Call == nil && n != "alert" && n != TopicDone {
		return Composed{}, fmt.Errorf("compose %s: no call", n)
	}
	dir := ""
	if f.Call != nil {
		dir = f.Call.LettersDir
	}
	p := page(f)
	attachments, err := workbooks(f, p)
	if err != nil {
		return Composed{}, fmt.Errorf("compose %s: %w", n, err)
	}
	c := Composed{Attachments: attachments}
	for range 2 { // the first time counts the sections
		p.single, p.sections = p.sections == 1, 0
		if c.Subject, c.Text, err = renderText(dir, n, p); err != nil {
			return Composed{}, err
		}
	}
	p.sections = 0
	if c.HTML, err = renderHTML(dir, n, p); err != nil {
		return Composed{}, err
	}
	return c, nil
}
