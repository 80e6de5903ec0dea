package unpack

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"baosong/parse/charset"
	"baosong/parse/container"
)

// cleanName makes a member's name fit to be shown: forward slashes, no drive, no leading slash, no control characters,
// "." and inner ".." resolved. It reports whether the path climbs out of its archive. Decoding must be done before,
// because the second byte of a GBK character may be a backslash.
func cleanName(name string) (clean string, climbs bool) {
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(name, "\uFFFD"))
	unix := path.Clean("/" + name)
	climbs = strings.HasPrefix(path.Clean(name), "../") // said with forward slashes: no ordinary packer writes that
	unix = path.Clean("/" + strings.ReplaceAll(unix, `\`, "/"))
	unix = strings.TrimPrefix(unix, "/")
	if len(unix) > 1 && unix[1] == ':' && unicode.IsLetter(rune(unix[0])) {
		unix = strings.TrimLeft(unix[2:], "/")
	}
	if unix == "" {
		unix = "未命名"
	}
	for len(unix) > 1000 { // far over what any file system has
		_, n := utf8.DecodeRuneInString(unix)
		unix = unix[n:]
	}
	return unix, climbs
}

// isJunk tells what systems and office programs leave behind in archives.
func isJunk(name string) bool {
	for _, dir := range strings.Split(path.Dir(name), "/") {
		if dir == "__MACOSX" || dir == ".git" || dir == "$RECYCLE.BIN" {
			return true
		}
	}
	base := path.Base(name)
	switch strings.ToLower(base) {
	case ".ds_store", "thumbs.db", "desktop.ini", "__macosx", "ehthumbs.db", ".localized":
		return true
	}
	return strings.HasPrefix(base, "~$") || strings.HasPrefix(base, "._") || strings.HasPrefix(base, ".~")
}

// isLitter tells what isJunk tells, of a file that may have been attached by itself: there a name alone is not enough to
// pass over what can be read. The longest owner file of an office program has 165 bytes.
func isLitter(n *Node) bool {
	switch container.Format(n.Type) {
	case container.Unknown, container.Empty, container.Text:
		return isJunk(n.Name) && (n.Size <= 4<<10 || !strings.HasPrefix(n.Name, "~$"))
	case container.OLE:
		return isJunk(n.Name) && !strings.HasPrefix(n.Name, "~$")
	}
	return false
}

// decodeName reads a name that comes without a word about its encoding: UTF-8 when it is valid, else GB18030, else Big5.
// UTF-8 may have been made of GBK by a packer that took it for Western letters.
func decodeName(raw string) string {
	if utf8.ValidString(raw) {
		return charset.Unmangle(raw)
	}
	return guessed([]byte(raw))
}

// guessed falls back on Windows' Latin set, so that a foreign name stays a name.
func guessed(raw []byte) string {
	s, name := charset.Guess(raw)
	if name == "" {
		s, _ = charset.Decode(raw, "windows-1252")
	}
	return s
}

// mendSlashes undoes what a RAR reader did to a GBK name: it took the second byte 5C of a character for a separator and
// wrote a slash. After a first byte a slash cannot stand.
func mendSlashes(raw string) string {
	if utf8.ValidString(raw) {
		return raw
	}
	b := []byte(raw)
	for i := 0; i+1 < len(b); i++ {
		if b[i] < 0x81 {
			continue
		}
		if b[i+1] == '/' {
			b[i+1] = '\\'
		}
		i++
	}
	return guessed(b)
}
