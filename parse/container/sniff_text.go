package container

import (
	"bytes"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// textKind tells kinds of text; Unknown means that the bytes are none. more says that the head was cut from a longer file.
func textKind(b []byte, more bool) Format {
	s, ok := plain(b, more)
	if !ok {
		return mailKind(string(b)) // a mail may carry any bytes in its body
	}
	s = strings.TrimLeft(s, "\uFEFF \t\r\n\x00")
	low := strings.ToLower(s[:min(len(s), 16<<10)])
	switch {
	case strings.HasPrefix(low, `{\rtf`):
		return RTF
	case strings.HasPrefix(low, "<?xml"), strings.HasPrefix(low, "<workbook"), strings.HasPrefix(low, "<w:worddocument"):
		return xmlKind(low)
	}
	if f := mailKind(s); f != Unknown {
		return f
	}
	if strings.HasPrefix(low, "<svg") {
		return SVG
	}
	if isHTML(low) {
		return HTML
	}
	return Text
}

func xmlKind(low string) Format {
	switch {
	case strings.Contains(low, "schemas-microsoft-com:office:spreadsheet"), strings.Contains(low, `progid="excel.sheet"`):
		return XML2003
	case strings.Contains(low, `office:mimetype="application/vnd.oasis.opendocument.spreadsheet"`):
		return FODS
	case strings.Contains(low, "office/word/2003/wordml"), strings.Contains(low, `progid="word.document"`):
		return WORDML
	case strings.Contains(low, "<svg"):
		return SVG
	case strings.Contains(low, "<html"), strings.Contains(low, "<!doctype html"):
		return HTML
	}
	return XML
}

// isHTML wants a mark-up start and a tag that only HTML has; web systems send tables without <html> as .xls.
func isHTML(low string) bool {
	start := low[:min(len(low), 4<<10)]
	for _, tag := range []string{"<html", "<!doctype html", "<table", "<body", "<head>", "<meta ", "<tr>", "<td>"} {
		if i := strings.Index(start, tag); i >= 0 && (strings.HasPrefix(start, "<") || i < 1024 && tag != "<tr>" && tag != "<td>") {
			return true
		}
	}
	for _, tag := range []string{"p", "div", "span", "center", "h1", "h2", "font", "ul", "ol", "b", "strong"} { // a piece of a page
		if rest, ok := strings.CutPrefix(start, "<"+tag); ok && rest != "" && strings.ContainsAny(rest[:1], "> \t\r\n") {
			return strings.Contains(low, "</"+tag+">") || strings.Contains(low, "<br") || strings.Contains(low, "<p>")
		}
	}
	return false
}

// mailKind tells mails, and web archives, by the header fields they begin with.
func mailKind(s string) Format {
	seen := map[string]string{}
	known := 0
	s = s[:min(len(s), 32<<10)]
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	for n, line := range strings.Split(s, "\n") {
		if line == "" || n > 400 {
			break
		}
		if n == 0 && (strings.HasPrefix(line, "From ") || strings.HasPrefix(line, ">From ")) || line[0] == ' ' || line[0] == '\t' {
			if n == 0 && line[0] != 'F' && line[0] != '>' {
				return Unknown
			}
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok || strings.ContainsAny(name, " \t<>\"") || len(name) > 60 {
			if known < 2 {
				return Unknown
			}
			continue // a broken line within a header
		}
		name = strings.ToLower(name)
		if _, dup := seen[name]; !dup && mailField(name) {
			known++
		}
		seen[name] = strings.ToLower(value)
	}
	for _, name := range []string{"to", "received", "message-id", "return-path", "delivered-to"} {
		if _, ok := seen[name]; ok && known >= 2 {
			return EML
		}
	}
	_, mime := seen["mime-version"]
	_, location := seen["snapshot-content-location"]
	if mime && (strings.Contains(seen["content-type"], "multipart/related") || location) {
		return MHTML
	}
	boundary := strings.Contains(seen["content-type"], "multipart/") && strings.Contains(s, "boundary=")
	if known >= 3 || boundary || known == 2 && (mime || seen["from"] != "") {
		return EML
	}
	return Unknown
}

func mailField(name string) bool {
	switch name {
	case "from", "to", "cc", "subject", "date", "received", "message-id", "return-path", "delivered-to", "reply-to", "sender",
		"mime-version", "content-type", "content-transfer-encoding", "dkim-signature", "authentication-results", "x-mailer",
		"in-reply-to", "references", "x-priority", "list-id", "thread-topic", "received-spf", "arc-seal":
		return true
	}
	return false
}

// plain returns the head as text if it is text: UTF-8, UTF-16, or another encoding without control characters. For other
// encodings only the ASCII in it can be relied on.
func plain(b []byte, more bool) (string, bool) {
	switch {
	case bytes.HasPrefix(b, []byte{0xFF, 0xFE}):
		return wide(b[2:], false), true
	case bytes.HasPrefix(b, []byte{0xFE, 0xFF}):
		return wide(b[2:], true), true
	case looksWide(b, 1):
		return wide(b, false), true
	case looksWide(b, 0):
		return wide(b, true), true
	}
	controls := 0
	for _, c := range b {
		if c == 0 {
			return "", false
		}
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1A && c != 0x1B || c == 0x7F {
			controls++
		}
	}
	if controls*200 > len(b) {
		return "", false
	}
	if utf8.Valid(b) || more && utf8.Valid(b[:max(0, len(b)-4)]) {
		return string(b), true
	}
	if doubleByte(b) {
		return string(b), true
	}
	for line := range bytes.SplitSeq(b, []byte("\n")) { // two files of two encodings put together
		if !utf8.Valid(line) && !doubleByte(line) {
			return string(b), more && len(line) == 0
		}
	}
	return string(b), true
}

// doubleByte asks whether the bytes above 0x7F come in pairs as in GBK and Big5; single ones, as in the Latin sets, are
// accepted while they are few.
func doubleByte(b []byte) bool {
	pairs, odd := 0, 0
	for i := 0; i < len(b); i++ {
		switch {
		case b[i] < 0x80:
		case i+1 < len(b) && b[i] >= 0x81 && b[i] != 0xFF && b[i+1] >= 0x30 && b[i+1] != 0x7F && b[i+1] != 0xFF:
			pairs++
			i++
		default:
			odd++
		}
	}
	return odd <= 2+pairs/20 || (odd+pairs)*4 < len(b)
}

// looksWide reports UTF-16 without a mark: mostly zeroes in one half of the pairs, few in the other.
func looksWide(b []byte, zero int) bool {
	b = b[:min(len(b), 4096)&^1]
	zeros, others := 0, 0
	for i := 0; i < len(b); i += 2 {
		high, low := b[i+zero], b[i+1-zero]
		switch {
		case high == 0 && low < ' ' && low != '\n' && low != '\r' && low != '\t', low == 0 && high < 0x20:
			return false
		case high == 0:
			zeros++
		case low == 0: // 一 is U+4E00, the wide blank U+3000
			others++
		}
	}
	return len(b) >= 8 && zeros*4 >= len(b)/2 && others < zeros
}

func wide(b []byte, bigEndian bool) string {
	u := make([]uint16, len(b)/2)
	for i := range u {
		u[i] = uint16(b[2*i]) | uint16(b[2*i+1])<<8
		if bigEndian {
			u[i] = u[i]<<8 | u[i]>>8
		}
	}
	return string(utf16.Decode(u))
}
