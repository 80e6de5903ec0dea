package export

import (
	"path"
	"strings"
	"unicode"
)

// safe makes a text fit to be one part of a file name anywhere: no separators, no characters that Windows forbids, no
// control or invisible direction marks, no blanks or full stops at its ends, no device names, at most max characters.
// What is left of nothing is "未命名".
func safe(text string, max int) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(`<>:"/\|?*`, r):
			return '_'
		case unicode.IsSpace(r):
			return ' '
		case unicode.Is(unicode.C, r), r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, text)
	text = strings.Join(strings.Fields(text), " ")
	if rs := []rune(text); len(rs) > max {
		text = string(rs[:max])
	}
	text = strings.Trim(text, " .")
	if text == "" {
		return "未命名"
	}
	if device(text) {
		return "_" + text
	}
	return text
}

// device reports whether Windows takes the name for a device, whatever its extension.
func device(name string) bool {
	stem, _, _ := strings.Cut(strings.ToUpper(name), ".")
	stem = strings.TrimSpace(stem)
	switch stem {
	case "CON", "PRN", "AUX", "NUL", "CLOCK$":
		return true
	}
	return len(stem) == 4 && (strings.HasPrefix(stem, "COM") || strings.HasPrefix(stem, "LPT")) && stem[3] >= '0' && stem[3] <= '9'
}

// extension returns the sender's extension in lower case when it is an ordinary one, else the format as it was told from
// the content.
func extension(name, format string) string {
	for _, ext := range []string{strings.ToLower(path.Ext(name)), "." + strings.ToLower(format)} {
		if ordinary(ext) {
			return ext
		}
	}
	return ""
}

func ordinary(ext string) bool {
	if len(ext) < 2 || len(ext) > 6 {
		return false
	}
	for _, r := range ext[1:] {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') {
			return false
		}
	}
	return true
}

// unformula keeps a spreadsheet from running a text as a formula when it opens a CSV.
func unformula(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(text)[0]) {
		return "'" + text
	}
	return text
}
