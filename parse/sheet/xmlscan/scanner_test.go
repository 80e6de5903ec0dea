package xmlscan

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"baosong/parse/container"
)

// told writes down what a scanner meets: +name for a start, -name for an end, "text".
func told(x *Scanner) string {
	var out []string
	for {
		switch x.Next() {
		case Start:
			out = append(out, fmt.Sprintf("+%s%d", x.Name, x.Depth))
		case End:
			out = append(out, "-"+string(x.Name))
		case Text:
			out = append(out, fmt.Sprintf("%q", x.Value()))
		case EOF:
			return strings.Join(out, " ")
		}
	}
}

func TestNext(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, xml string
		mixed     bool
		want      string
		fault     error
	}{
		{"elements", "<a><b/><c></c></a>", false, "+a1 +b2 -b +c2 -c -a", nil},
		{"prefixes", "<x:a x:b='1'><y:c /></x:a>", false, "+a1 +c2 -c -a", nil},
		{"text passed over", "<a>x<b>y</b>z</a>", false, "+a1 +b2 -b -a", nil},
		{"text", "<a>x<b>y</b>z</a>", true, `+a1 "x" +b2 "y" -b "z" -a`, nil},
		{"entities", "<a>&lt;&#21512;&#x7fa4;&amp;amp;&none;&</a>", true, `+a1 "<合群&amp;&none;&" -a`, nil},
		{"sections", "<a><![CDATA[<b>&lt;]]></a>", true, `+a1 "<b>&lt;" -a`, nil},
		{"comments and instructions", "<?xml version='1.0'?><!DOCTYPE a><!-- <b> --><a><?x <c> ?></a>", false, "+a1 -a", nil},
		{"a bracket in an attribute", `<a b="1>2" c='"'><d/></a>`, false, "+a1 +d2 -d -a", nil},
		{"broken UTF-8", "<a>\xffx</a>", true, "+a1 \"\uFFFDx\" -a", nil},
		{"another encoding", "<?xml version='1.0' encoding='gbk'?><a>\xbc\xaf</a>", true, `+a1 "集" -a`, nil},
		{"an encoding that is not there", "<?xml version='1.0' encoding='gbk'?><a>集</a>", true, `+a1 "集" -a`, nil},
		{"UTF-16", "\xff\xfe<\x00a\x00>\x00\xc6\x96<\x00/\x00a\x00>\x00", true, `+a1 "集" -a`, nil},
		{"cut in a tag", "<a><b c='", false, "+a1", container.ErrDamaged},
		{"cut between tags", "<a><b>", false, "+a1 +b2", container.ErrDamaged},
		{"own entities", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", false, "", container.ErrDamaged},
		{"nothing", "", false, "", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for way, r := range map[string]io.Reader{"whole": strings.NewReader(c.xml), "byte by byte": iotest.OneByteReader(strings.NewReader(c.xml))} {
				x := New(r)
				if way != "whole" && (strings.Contains(c.xml, "encoding") || strings.HasPrefix(c.xml, "\xff\xfe")) {
					continue // the head must come in one piece, as every part's does
				}
				x.Mixed = c.mixed
				if got := told(x); got != c.want {
					t.Errorf("%s: got  %s\nwant %s", way, got, c.want)
				}
				if err := x.Fault(); !errors.Is(err, c.fault) {
					t.Errorf("%s: fault %v, want %v", way, err, c.fault)
				}
			}
		})
	}
}

func TestAttribute(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		tag, name, want string
		ok              bool
	}{
		{` a="1" b='2'`, "b", "2", true},
		{` r:id = "x"`, "id", "x", true},
		{` xmlns:r="u" r="v"`, "r", "v", true},
		{` a=""`, "a", "", true},
		{` a="&quot;&#10;"`, "a", "\"\n", true},
		{` ab="1"`, "b", "", false},
		{` a=1 b="2"`, "b", "", false}, // what follows cannot be told any more
		{` a="1`, "a", "", false},
		{``, "a", "", false},
	} {
		if got, ok := Attribute([]byte(c.tag), c.name); got != c.want || ok != c.ok {
			t.Errorf("%s of %q: got %q, %v", c.name, c.tag, got, ok)
		}
	}
}

func TestContentAndSkip(t *testing.T) {
	t.Parallel()
	x := New(strings.NewReader("<a><b>1<i>2</i><![CDATA[3]]></b><c><b>4</b></c><d/><e>5</e></a>"))
	var got []string
	for k := x.Next(); k != EOF; k = x.Next() {
		switch {
		case k != Start || x.Is("a"):
		case x.Is("c"):
			x.Skip()
		default:
			name := string(x.Name)
			got = append(got, name+"="+x.Content())
		}
	}
	if s := strings.Join(got, " "); s != "b=123 d= e=5" || x.Fault() != nil {
		t.Errorf("got %s, fault %v", s, x.Fault())
	}
}

func TestSmall(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]int{"12": 12, "": 0, "x": 0, "-3": -3, "1234567890": 0} {
		if got := Int(s); got != want {
			t.Errorf("Int(%q) = %d", s, got)
		}
	}
	for s, want := range map[string]bool{"1": true, "true": true, "on": true, "0": false, "": false, "false": false} {
		if got := Truth(s); got != want {
			t.Errorf("Truth(%q) = %v", s, got)
		}
	}
}

// TestHostile: endless tags, texts and depths end at their limits, in memory that does not grow with the file. Not parallel,
// because all that the process allocates is counted.
func TestHostile(t *testing.T) {
	repeat := func(head, s string, n int) io.Reader {
		return io.MultiReader(strings.NewReader(head), io.LimitReader(&endless{s: []byte(s)}, int64(n)))
	}
	for _, c := range []struct {
		name  string
		in    io.Reader
		fault error
	}{
		{"a tag", repeat("<a ", `b="1" `, 40<<20), container.ErrLimit},
		{"a value", repeat(`<a b="`, "x", 40<<20), container.ErrLimit},
		{"a depth", repeat("", "<a>", 40<<20), container.ErrLimit},
		{"a text", repeat("<a>", "x", 40<<20), container.ErrDamaged},
		{"a section", repeat("<a><![CDATA[", "x", 40<<20), container.ErrDamaged},
		{"a comment", repeat("<a><!--", "x", 40<<20), container.ErrDamaged},
		{"blanks", repeat("", " ", 40<<20), nil},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		x := New(c.in)
		x.Mixed = true
		for x.Next() != EOF {
		}
		runtime.ReadMemStats(&after)
		if err := x.Fault(); !errors.Is(err, c.fault) {
			t.Errorf("%s: fault %v, want %v", c.name, err, c.fault)
		}
		if mb := (after.TotalAlloc - before.TotalAlloc) >> 20; mb > 12 {
			t.Errorf("%s: %d MB", c.name, mb)
		}
	}
}

// endless repeats its bytes.
type endless struct {
	s  []byte
	at int
}

func (e *endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = e.s[e.at]
		e.at = (e.at + 1) % len(e.s)
	}
	return len(b), nil
}

func TestDeclared(t *testing.T) {
	t.Parallel()
	for head, want := range map[string]string{
		`<?xml version="1.0" encoding="GB2312"?>`: "gb2312", `<?xml encoding='utf-8'?>`: "", `<?xml version="1.0"?>`: "",
		`<?xml encoding="UTF-16"?>`: "", `<a encoding="gbk">`: "",
	} {
		if got := Declared([]byte(head)); got != want {
			t.Errorf("%s: got %q", head, got)
		}
	}
	if x := FromText("<a>集</a>"); told(x) != "+a1 -a" {
		t.Error("text that is decoded already")
	}
}
