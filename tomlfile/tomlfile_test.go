package tomlfile

import (
	"errors"
	"strings"
	"testing"
	"time"
)

type sample struct {
	Host  string   `toml:"host"`
	Port  int      `toml:"port"`
	List  []string `toml:"folders"`
	On    bool     `toml:"insecure"`
	At    any      `toml:"deadline"`
	Inner struct {
		Poll string `toml:"poll"`
	} `toml:"imap"`
	Parts []struct {
		ID string `toml:"id"`
	} `toml:"parts"`
}

func TestDecodeFaults(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, text   string
		line, column int
		message      string
		hint         string
	}{
		{"unknown key", "host = \"x\"\nprot = 1\n", 2, 1, "不认识的设置项 prot", "port"},
		{"unknown in table", "[imap]\npol = \"1\"\n", 2, 1, "imap.pol", "poll"},
		{"unknown in inline table", "parts = [{id=\"x\", di=1}]", 1, 19, "di", "id"},
		{"unknown table", "[impa]\nx=1", 1, 2, "impa", "imap"},
		{"text for number", "port = \"1\"", 1, 8, "port 的值类型不对", "整数"},
		{"number for text", "\nhost = 1", 2, 8, "host", "双引号"},
		{"number for list", "folders = 1", 1, 11, "folders", "方括号"},
		{"number in list", "folders = [\"a\", 1]", 1, 17, "folders", "每一项"},
		{"text for bool", "insecure = \"yes\"", 1, 12, "insecure", "true"},
		{"twice", "port = 1\nport = 2", 2, 1, "两次", "一处"},
		{"wide quotes", "host = “x”", 1, 8, "全角符号 “", "英文输入法"},
		{"wide equals", "host ＝ \"x\"", 1, 6, "全角符号 ＝", "半角"},
		{"wide marks inside quotes are text", "host = \"“好”，\"\nport = x", 2, 8, "读不懂", "双引号"},
		{"unterminated", "host = \"x", 1, 0, "没有配对", "引号"},
		{"gbk", "port = 1\nhost = \"\xba\xcf\xb7\xca\"", 2, 9, "GBK", "UTF-8"},
		{"utf-16", "\xff\xfeh\x00", 1, 1, "UTF-16", "UTF-8"},
		{"too large", "port = 99999999999999999999", 1, 8, "过大", "整数"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var v sample
			err := Decode("f.toml", []byte(tc.text), &v)
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v, want *Error", err)
			}
			if e.Line != tc.line || (tc.column > 0 && e.Column != tc.column) || !strings.Contains(e.Message, tc.message) || !strings.Contains(e.Hint, tc.hint) {
				t.Errorf("got %d:%d %s | %s; want %d:%d %s | %s", e.Line, e.Column, e.Message, e.Hint, tc.line, tc.column, tc.message, tc.hint)
			}
			if !strings.HasPrefix(e.Error(), "f.toml:") {
				t.Errorf("Error() = %q", e.Error())
			}
		})
	}
}

func TestDecodeMark(t *testing.T) {
	t.Parallel()
	var v sample
	if err := Decode("f", []byte("\xef\xbb\xbfport = 3"), &v); err != nil || v.Port != 3 {
		t.Fatalf("got %v, %v", v.Port, err)
	}
}

func TestPosition(t *testing.T) {
	t.Parallel()
	k := Index("f", []byte("host = \"x\"\n[[parts]]\nid = \"a\"\n[[parts]]\n  id = \"b\"\n[imap]\npoll = \"1\"\nfolders = [\"a\",\n \"b\"]\n[a.b]\nc.d = 1\n"))
	for _, tc := range []struct {
		key          []string
		line, column int
	}{
		{[]string{"host"}, 1, 1},
		{[]string{"parts", "1", "id"}, 5, 3},
		{[]string{"parts", "1", "nothing"}, 4, 3},
		{[]string{"imap", "poll"}, 7, 1},
		{[]string{"imap", "folders", "1"}, 9, 2},
		{[]string{"a", "b", "c", "d"}, 11, 3},
		{[]string{"gone"}, 1, 1},
	} {
		if l, c := k.Position(tc.key...); l != tc.line || c != tc.column {
			t.Errorf("Position(%v) = %d:%d, want %d:%d", tc.key, l, c, tc.line, tc.column)
		}
	}
	if k.Has("gone") || !k.Has("imap", "poll") {
		t.Error("Has is wrong")
	}
}

func TestMoment(t *testing.T) {
	t.Parallel()
	loc := time.FixedZone("CST", 8*3600)
	for text, want := range map[string]string{
		"deadline = 2024-06-21":                "2024-06-21T00:00:00+08:00 true",
		"deadline = 2024-06-21T17:00:00":       "2024-06-21T17:00:00+08:00 false",
		"deadline = 2024-06-21T17:00:00Z":      "2024-06-21T17:00:00Z false",
		"deadline = \"2024-06-21\"":            "2024-06-21T00:00:00+08:00 true",
		"deadline = \"2024-06-21 17:00\"":      "2024-06-21T17:00:00+08:00 false",
		"deadline = 2024-06-21T23:59:59+08:00": "2024-06-21T23:59:59+08:00 false",
	} {
		var v sample
		if err := Decode("f", []byte(text), &v); err != nil {
			t.Fatal(err)
		}
		got, day, err := Moment(v.At, loc)
		if s := got.Format(time.RFC3339); err != nil || s+" "+map[bool]string{true: "true", false: "false"}[day] != want {
			t.Errorf("%s: got %s %v %v, want %s", text, s, day, err, want)
		}
	}
	if _, _, err := Moment("六月", loc); err == nil {
		t.Error("no error for 六月")
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte("host = \"x\"\n[[parts]]\nid=1"))
	f.Add([]byte("a = “x”"))
	f.Fuzz(func(t *testing.T, b []byte) {
		var v sample
		_ = Decode("f", b, &v)
		Index("f", b).Position("parts", "0", "id")
	})
}
