// Package tomlfile reads the TOML files that operators edit, strictly, and says in Chinese what is wrong where.
//
// Decode fills a struct and refuses what the struct does not know; a fault is an *Error with file, line, column and a
// cure. Index finds the line of a key again, so that faults of meaning (a date in the wrong order) can name it too.
// It is the only importer of the TOML library and knows nothing of what the keys mean.
package tomlfile

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"
)

// Error is an operator's mistake in a file.
type Error struct {
	File         string
	Line, Column int    // from 1; 0 when the fault has no place
	Message      string // what is wrong, in Chinese
	Hint         string // how to mend it, in Chinese
}

// Error gives file:line:column, message and hint in one line.
func (e *Error) Error() string {
	at := e.File
	if e.Line > 0 {
		at = fmt.Sprintf("%s:%d:%d", e.File, e.Line, e.Column)
	}
	if e.Hint == "" {
		return at + ": " + e.Message
	}
	return at + ": " + e.Message + "（" + strings.TrimSuffix(e.Hint, "。") + "）"
}

var utf8Mark = []byte{0xEF, 0xBB, 0xBF}

// Decode reads data, the content of the file at path, into a pointer to a struct. A leading UTF-8 mark is passed over.
// Every error is an *Error.
func Decode(path string, data []byte, into any) error {
	data = bytes.TrimPrefix(data, utf8Mark)
	if e := badEncoding(path, data); e != nil {
		return e
	}
	d := toml.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	err := d.Decode(into)
	if err == nil {
		return nil
	}
	root := reflect.TypeOf(into)
	var missing *toml.StrictMissingError
	if errors.As(err, &missing) && len(missing.Errors) > 0 {
		return unknownKey(path, &missing.Errors[0], root)
	}
	var de *toml.DecodeError
	if errors.As(err, &de) {
		return decodeFault(path, data, de, root)
	}
	return &Error{File: path, Line: 1, Column: 1, Message: "无法读取：" + err.Error(), Hint: "请对照带注释的样例检查此文件。"}
}

func badEncoding(path string, data []byte) *Error {
	if bytes.HasPrefix(data, []byte{0xFF, 0xFE}) || bytes.HasPrefix(data, []byte{0xFE, 0xFF}) {
		return &Error{File: path, Line: 1, Column: 1, Message: "文件编码是 UTF-16（记事本中称为 Unicode）。",
			Hint: "请在编辑器中另存为 UTF-8 编码。"}
	}
	if utf8.Valid(data) {
		return nil
	}
	at := 0
	for at < len(data) {
		r, n := utf8.DecodeRune(data[at:])
		if r == utf8.RuneError && n == 1 {
			break
		}
		at += n
	}
	line, column := place(data, at)
	return &Error{File: path, Line: line, Column: column, Message: "文件编码不是 UTF-8，像是 GBK（记事本中称为 ANSI）。",
		Hint: "请在编辑器中另存为 UTF-8 编码。"}
}

func unknownKey(path string, e *toml.DecodeError, root reflect.Type) *Error {
	line, column := e.Position()
	key := e.Key()
	name := strings.Join(key, ".")
	hint := "请删除这一项，或对照带注释的样例检查拼写。"
	if near := nearKeys(root, key); len(near) > 0 {
		hint = "是否应为：" + strings.Join(near, "、") + "？"
	}
	return &Error{File: path, Line: line, Column: column, Message: "不认识的设置项 " + name + "。", Hint: hint}
}

func decodeFault(path string, data []byte, de *toml.DecodeError, root reflect.Type) *Error {
	line, column := de.Position()
	out := &Error{File: path, Line: line, Column: column}
	text := strings.TrimPrefix(de.Error(), "toml: ")
	name := strings.Join(de.Key(), ".")
	switch {
	case len(de.Key()) == 0:
		return syntaxFault(out, data, text)
	case strings.Contains(text, "already defined"):
		out.Message = name + " 写了两次。"
		out.Hint = "请只保留一处。"
	case strings.HasPrefix(text, "cannot decode") || strings.HasPrefix(text, "cannot store"):
		out.Message = name + " 的值类型不对。"
		out.Hint = "应填写" + describe(typeAt(root, de.Key()), strings.Contains(text, " of type string") || strings.Contains(text, " of type int")) + "。"
	case strings.Contains(text, "too large"):
		out.Message = name + " 的数值过大。"
		out.Hint = "请填写较小的整数。"
	default:
		out.Message = name + " 的值不能使用：" + text
		out.Hint = "请对照带注释的样例填写。"
	}
	return out
}

// syntaxFault explains what the parser could not read; full-width marks typed with a Chinese input method come first.
func syntaxFault(e *Error, data []byte, text string) *Error {
	lines := bytes.Split(data, []byte("\n"))
	if e.Line >= 1 && e.Line <= len(lines) {
		if mark, at := wideMark(string(lines[e.Line-1])); mark != 0 {
			e.Column = at
			e.Message = fmt.Sprintf("此处是全角符号 %c。", mark)
			e.Hint = "请切换到英文输入法，改用半角符号（引号写作 \"）。"
			return e
		}
	}
	e.Message, e.Hint = "格式不对，读不懂这一行。", "请对照带注释的样例检查。"
	for _, k := range syntaxKinds() {
		if strings.Contains(text, k.part) {
			e.Message, e.Hint = k.message, k.hint
			break
		}
	}
	return e
}

type syntaxKind struct{ part, message, hint string }

func syntaxKinds() []syntaxKind {
	return []syntaxKind{
		{"unterminated", "引号没有配对。", "请补上右边的引号。"},
		{"cannot have new lines", "引号没有在本行结束。", "请补上右边的引号。"},
		{"already defined", "同一项写了两次。", "请只保留一处。"},
		{"at start of value", "等号后面的值读不懂。", "文字要用英文双引号括起来，例如 \"内容\"。"},
		{"strings must be quoted", "等号后面的值读不懂。", "文字要用英文双引号括起来，例如 \"内容\"。"},
		{"expected '='", "缺少等号。", "每一行应写作：名称 = 值。"},
		{"expected value", "等号后面没有值。", "请填写，或删除这一行。"},
		{"close", "方括号没有配对。", "请补上右方括号 ]。"},
		{"array", "列表没有写完整。", "列表写作 [1, 2]，各项之间用英文逗号，末尾有 ]。"},
		{"inline table", "花括号中的内容没有写完整。", "请检查花括号、等号和英文逗号。"},
		{"expected newline", "一行中写了多余的内容。", "每行只写一项，备注前加 #。"},
		{"escape", "反斜杠后面的字符不对。", "反斜杠请写两个 \\\\，或把路径放在单引号里。"},
		{"leading zero", "数字不能以 0 开头。", "请去掉前面的 0，或用英文双引号括起来。"},
	}
}

// wideMark finds a full-width mark that stands outside ASCII quotes, and its column in bytes from 1.
func wideMark(line string) (rune, int) {
	quote := rune(0)
	for i, r := range line {
		switch {
		case quote != 0:
			if r == quote {
				quote = 0
			}
		case r == '"' || r == '\'':
			quote = r
		case r == '#':
			return 0, 0
		case strings.ContainsRune("“”‘’＂＇＝，［］｛｝＃：。、", r):
			return r, i + 1
		}
	}
	return 0, 0
}

func place(data []byte, at int) (line, column int) {
	before := data[:at]
	return bytes.Count(before, []byte("\n")) + 1, at - (bytes.LastIndexByte(before, '\n') + 1) + 1
}

// Moment reads what a TOML date key may hold into a time: a date, a date with a time, both with or without an offset,
// or the same as text. Without an offset it is meant in loc. dateOnly tells that no time of day was given.
func Moment(v any, loc *time.Location) (t time.Time, dateOnly bool, err error) {
	switch v := v.(type) {
	case toml.LocalDate:
		return v.AsTime(loc), true, nil
	case toml.LocalDateTime:
		return v.AsTime(loc), false, nil
	case time.Time:
		return v, false, nil
	case string:
		return momentText(strings.TrimSpace(v), loc)
	}
	return time.Time{}, false, fmt.Errorf("read date: %v is no date", v)
}

func momentText(s string, loc *time.Location) (time.Time, bool, error) {
	if t, err := time.ParseInLocation("2006-01-02", s, loc); err == nil {
		return t, true, nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02T15:04"} {
		if t, err := time.ParseInLocation(layout, s, loc); err == nil {
			return t, false, nil
		}
	}
	return time.Time{}, false, fmt.Errorf("read date: %q is no date", s)
}
