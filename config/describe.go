package config

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Describe writes the reference: every key with its explanation and a value. It loads as it is.
func Describe() string {
	var s settings
	fill(&s, true)
	return render(&s, []string{"baosong 配置文件。以 # 开头的是说明。不认识的设置项会报错，并指出行号。"})
}

// render writes settings as a commented file, the plain keys of a table before its sub-tables.
func render(s *settings, head []string) string {
	var b strings.Builder
	for _, line := range head {
		comment(&b, line)
	}
	b.WriteByte('\n')
	renderTable(&b, reflect.ValueOf(s).Elem(), nil)
	return b.String()
}

func renderTable(b *strings.Builder, v reflect.Value, path []string) {
	for pass := range 2 {
		for i := range v.NumField() {
			f, tag := v.Field(i), v.Type().Field(i).Tag
			name := tag.Get("toml")
			table := f.Kind() == reflect.Struct
			switch {
			case table && pass == 1:
				b.WriteByte('\n')
				comment(b, tag.Get("doc"))
				inner := append(path[:len(path):len(path)], name)
				fmt.Fprintf(b, "[%s]\n", strings.Join(inner, "."))
				renderTable(b, f, inner)
			case !table && pass == 0:
				comment(b, tag.Get("doc"))
				fmt.Fprintf(b, "%s = %s\n", name, literal(f))
			}
		}
	}
}

// comment writes a text as comment lines of moderate length.
func comment(b *strings.Builder, text string) {
	const wide = 92 // columns; a Chinese character takes two
	line := "#"
	for _, word := range breakable(text) {
		if columns(line+word) > wide && line != "#" {
			b.WriteString(line + "\n")
			line = "#"
		}
		if line == "#" {
			word = " " + strings.TrimLeft(word, " ")
		}
		line += word
	}
	b.WriteString(line + "\n")
}

// columns is how wide a text is on a terminal.
func columns(s string) int {
	n := utf8.RuneCountInString(s)
	for _, c := range s {
		if c >= 0x1100 {
			n++
		}
	}
	return n
}

// breakable splits a text after its Chinese marks, where a line may end; marks in a row stay together.
func breakable(text string) []string {
	const marks = "，。；：、）"
	var out []string
	rest := text
	for rest != "" {
		i := strings.IndexAny(rest, marks)
		if i < 0 {
			return append(out, rest)
		}
		for {
			r, n := utf8.DecodeRuneInString(rest[i:])
			if !strings.ContainsRune(marks, r) || n == 0 {
				break
			}
			i += n
		}
		out, rest = append(out, rest[:i]), rest[i:]
	}
	return out
}

// literal writes a value as TOML.
func literal(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Bool:
		return strconv.FormatBool(v.Bool())
	case reflect.Int:
		return strconv.FormatInt(v.Int(), 10)
	case reflect.Slice:
		parts := make([]string, v.Len())
		for i := range parts {
			parts[i] = literal(v.Index(i))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return quote(v.String())
}

// quote writes a TOML basic string.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range strings.ToValidUTF8(s, "\ufffd") {
		switch {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteRune(c)
		case c < ' ' || c == 0x7f:
			fmt.Fprintf(&b, `\u%04X`, c)
		default:
			b.WriteRune(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}
