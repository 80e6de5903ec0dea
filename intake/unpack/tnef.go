package unpack

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"path"
	"strings"

	"baosong/parse/charset"
)

// Attributes of [MS-OXTNEF] 2.1.3.1 that matter here.
const (
	tnefSignature  = 0x223E9F78
	attBody        = 0x800C
	attOemCodepage = 0x9007
	attMsgProps    = 0x9003
	attRendData    = 0x9002 // begins an attachment
	attTitle       = 0x8010
	attData        = 0x800F
	attAttachment  = 0x9005
	attTransport   = 0x9001
)

// tnefMessage is what a winmail.dat holds.
type tnefMessage struct {
	codepage    int
	text        string
	rtf, html   []byte
	attachments []tnefAttachment
}

type tnefAttachment struct {
	title, transport []byte // in the message's code page
	longName         string
	data             []byte
	object           []byte // an embedded message or OLE object, without its interface id
}

func isTNEF(b []byte) bool { return len(b) >= 4 && binary.LittleEndian.Uint32(b) == tnefSignature }

// parseTNEF reads attribute after attribute. What was read before damage is returned with the error. A checksum that
// is wrong is damage only where the lengths no longer fit: some programs never wrote it rightly.
func parseTNEF(b []byte) (t tnefMessage, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("tnef: %v", v)
		}
	}()
	if !isTNEF(b) || len(b) < 6 {
		return t, fmt.Errorf("tnef: no signature")
	}
	t.codepage = 936
	var bodyBytes []byte
	for rest := b[6:]; len(rest) > 0; {
		if len(rest) < 9 {
			if len(bytes.Trim(rest, "\x00\r\n")) > 0 {
				err = fmt.Errorf("tnef: %w", errShort)
			}
			break
		}
		level, tag, length := rest[0], binary.LittleEndian.Uint16(rest[1:]), int64(binary.LittleEndian.Uint32(rest[5:]))
		if level != 1 && level != 2 {
			err = fmt.Errorf("tnef: attribute of level %d", level)
			break
		}
		if int64(len(rest)) < 9+length+2 {
			err = fmt.Errorf("tnef: attribute %04x of %d bytes: %w", tag, length, errShort)
			break
		}
		data := rest[9 : 9+length]
		rest = rest[9+length+2:]
		if tag == attBody {
			bodyBytes = data
		}
		if level == 2 || tag == attOemCodepage || tag == attMsgProps {
			t.attribute(tag, data)
		}
	}
	if t.text == "" {
		t.text = textOf(bodyBytes, t.codepage)
	}
	return t, err
}

func (t *tnefMessage) attribute(tag uint16, data []byte) {
	switch tag {
	case attOemCodepage:
		if len(data) >= 4 {
			t.codepage = int(binary.LittleEndian.Uint32(data))
		}
		return
	case attMsgProps:
		t.messageProps(data)
		return
	case attRendData:
		if len(t.attachments) < maxTNEFFiles {
			t.attachments = append(t.attachments, tnefAttachment{})
		}
		return
	}
	if len(t.attachments) == 0 { // some programs leave the first mark out
		t.attachments = append(t.attachments, tnefAttachment{})
	}
	a := &t.attachments[len(t.attachments)-1]
	switch tag {
	case attTitle:
		a.title = zeroEnd(data)
	case attTransport:
		a.transport = zeroEnd(data)
	case attData:
		a.data = data
	case attAttachment:
		a.props(data, t.codepage)
	}
}

const maxTNEFFiles = 5000

func (t *tnefMessage) messageProps(data []byte) {
	for _, p := range mapiProps(data) {
		switch p.id {
		case 0x1000:
			t.text = p.text(t.codepage)
		case 0x1009:
			if rtf, err := unpackRTF(p.value); err == nil {
				t.rtf = rtf
			}
		case 0x1013:
			t.html = p.value
			if p.kind == mapiUnicode {
				t.html = []byte(p.text(t.codepage))
			}
		}
	}
}

func (a *tnefAttachment) props(data []byte, codepage int) {
	display := ""
	for _, p := range mapiProps(data) {
		switch p.id {
		case 0x3707:
			a.longName = p.text(codepage)
		case 0x3704:
			if a.title == nil {
				a.title = []byte(p.text(codepage))
			}
		case 0x3001:
			display = p.text(codepage)
		case 0x3701:
			if p.kind == mapiObject && len(p.value) > 16 {
				a.object = p.value[16:]
			}
			if len(a.data) == 0 {
				a.data = p.value
				if p.kind == mapiObject && len(p.value) > 16 {
					a.data = p.value[16:]
				}
			}
		}
	}
	if a.longName == "" && strings.Contains(path.Base(display), ".") {
		a.longName = display
	}
}

// fileName prefers the long name, which is Unicode, over the transport's and the old 8.3 title in the code page.
func (a *tnefAttachment) fileName(i, codepage int) string {
	for _, name := range []string{a.longName, textOf(a.transport, codepage), textOf(a.title, codepage)} {
		if name = strings.TrimSpace(name); name != "" {
			return name
		}
	}
	return fmt.Sprintf("附件%d", i+1)
}

// textOf reads text of a code page. Programs that know no better say 1252 or nothing: then UTF-8 is believed where it
// fits, and so is GB 2312 where the high bytes come in pairs, as they do in no Western text.
func textOf(b []byte, codepage int) string {
	b = zeroEnd(b)
	switch codepage {
	case 0, 936, 65001: // Guess tries UTF-8, then GB 18030
		s, _ := charset.Guess(b)
		return s
	case 1252:
		if s, name := charset.Guess(b); name == "utf-8" || name == "gb18030" && paired(b) {
			return s
		}
	}
	return charset.CodePage(b, codepage)
}

// paired reports that bytes from A1 on stand in runs of even length.
func paired(b []byte) bool {
	run := 0
	for _, c := range b {
		if c >= 0xA1 {
			run++
			continue
		}
		if run%2 != 0 {
			return false
		}
		run = 0
	}
	return run%2 == 0
}

func zeroEnd(b []byte) []byte {
	if i := bytes.IndexByte(b, 0); i >= 0 {
		return b[:i]
	}
	return b
}

func bytesOf(b []byte) func() (io.Reader, error) {
	return func() (io.Reader, error) { return bytes.NewReader(b), nil }
}
