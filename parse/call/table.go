package call

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"baosong/parse/charset"
	"baosong/tomlfile"
)

// Error is an operator's mistake in a call's folder.
type Error struct {
	File         string
	Line, Column int    // from 1; 0 when the fault has no place
	Message      string // what is wrong, in Chinese
	Hint         string // how to mend it, in Chinese
}

// Error gives file:line:column, message and hint in one line.
func (e *Error) Error() string { return (*tomlfile.Error)(e).Error() }

// table is a CSV file with its places.
type table struct {
	path    string
	columns map[string]int
	lines   []record
}

type record struct {
	t      *table
	fields []string
	line   int
	starts []int // column in bytes of each field
}

func (r record) get(name string) string {
	if i, ok := r.t.columns[name]; ok && i < len(r.fields) {
		return strings.TrimSpace(charsetSpace(r.fields[i]))
	}
	return ""
}

func charsetSpace(s string) string {
	return strings.NewReplacer("\u3000", " ", "\u00a0", " ", "\ufeff", "").Replace(s)
}

func (r record) fault(name, message, hint string) *Error {
	column := 1
	if i, ok := r.t.columns[name]; ok && i < len(r.starts) {
		column = r.starts[i]
	}
	return &Error{File: r.t.path, Line: r.line, Column: column, Message: message, Hint: hint}
}

// parseTable reads CSV in UTF-8 (mark or not) or GB18030. Blank lines are passed over.
func parseTable(path string, b []byte) (*table, error) {
	text, name := charset.Guess(b)
	if name == "" || strings.ContainsRune(text, 0) {
		return nil, &Error{File: path, Line: 1, Column: 1, Message: "文件不是可读的文本。", Hint: "请用表格软件打开后另存为 CSV（UTF-8）。"}
	}
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord = -1
	t := &table{path: path, columns: map[string]int{}}
	for {
		fields, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, csvFault(path, err)
		}
		if strings.TrimSpace(strings.Join(fields, "")) == "" {
			continue
		}
		rec := record{t: t, fields: fields}
		for i := range fields {
			line, column := r.FieldPos(i)
			if i == 0 {
				rec.line = line
			}
			rec.starts = append(rec.starts, column)
		}
		t.lines = append(t.lines, rec)
	}
	if len(t.lines) == 0 {
		return nil, &Error{File: path, Line: 1, Column: 1, Message: "文件是空的。", Hint: "第一行应为列名。"}
	}
	return t, nil
}

func csvFault(path string, err error) error {
	e := &Error{File: path, Line: 1, Column: 1, Message: "CSV 格式不对。", Hint: "请检查这一行的英文引号是否成对。"}
	var pe *csv.ParseError
	if errors.As(err, &pe) {
		e.Line, e.Column = pe.Line, pe.Column
	}
	return e
}

// header takes the first line as column names: each of known at most once, each of required there.
func (t *table) header(known, required []string) error {
	first := t.lines[0]
	t.lines = t.lines[1:]
	for i, f := range first.fields {
		name := strings.ToLower(strings.TrimSpace(charsetSpace(f)))
		if name == "" {
			continue
		}
		at := &Error{File: t.path, Line: first.line, Column: first.starts[i]}
		if !contains(known, name) {
			at.Message = "不认识的列名 " + name + "。"
			at.Hint = "可用的列名：" + strings.Join(known, "、") + "。"
			if near := tomlfile.Near(name, known); len(near) > 0 {
				at.Hint = "是否应为：" + strings.Join(near, "、") + "？"
			}
			return at
		}
		if _, twice := t.columns[name]; twice {
			at.Message, at.Hint = "列名 "+name+" 出现两次。", "请只保留一列。"
			return at
		}
		t.columns[name] = i
	}
	for _, name := range required {
		if _, ok := t.columns[name]; !ok {
			return &Error{File: t.path, Line: first.line, Column: 1, Message: "缺少列 " + name + "。",
				Hint: "第一行应为：" + strings.Join(known, ",") + "。"}
		}
	}
	return nil
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// date reads an ISO date, or one as table programs rewrite it (2024/6/1); empty is the zero time.
func (r record) date(name string) (time.Time, error) {
	s := r.get(name)
	if s == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{"2006-01-02", "2006/1/2", "2006-1-2"} {
		if t, err := time.ParseInLocation(layout, s, Zone()); err == nil {
			return t, nil
		}
	}
	return time.Time{}, r.fault(name, fmt.Sprintf("日期 %s 读不懂。", s), "请写作 2024-06-21 的形式，没有则留空。")
}
