package casedoc

import (
	"slices"
	"strings"
	"unicode/utf16"
)

const (
	maxFields      = 200 // fields within fields
	maxInstruction = 400 // UTF-16 units of an instruction that are kept
)

// openField is a field of a Word document, .doc or .docx, that has begun and not ended.
type openField struct {
	instruction bool // its instruction is being read, not its result
	result      bool // it has shown something
	text        []uint16
}

// openFields are the fields around the text, innermost last.
type openFields []openField

func (f *openFields) begin() {
	if len(*f) < maxFields {
		*f = append(*f, openField{instruction: true})
	}
}

func (f openFields) separate() {
	if n := len(f); n > 0 {
		f[n-1].instruction = false
	}
}

// end closes the innermost field and returns what it shows by its instruction alone.
func (f *openFields) end() string {
	n := len(*f)
	if n == 0 {
		return ""
	}
	last := (*f)[n-1]
	*f = (*f)[:n-1]
	if last.result {
		return ""
	}
	return equation(string(utf16.Decode(last.text)))
}

// takes reports whether text belongs to an instruction, and keeps it there; a result within an instruction is of it too.
func (f openFields) takes(text ...uint16) bool {
	n := len(f)
	if n == 0 {
		return false
	}
	if !slices.ContainsFunc(f, func(f openField) bool { return f.instruction }) {
		f[n-1].result = true
		return false
	}
	for i := n - 1; i >= 0; i-- {
		if f[i].instruction {
			if len(f[i].text)+len(text) <= maxInstruction {
				f[i].text = append(f[i].text, text...)
			}
			break
		}
	}
	return true
}

// instructionsEnd gives up the instructions: none spans paragraphs, and what follows is rather shown than lost.
func (f openFields) instructionsEnd() {
	for i := range f {
		f[i].instruction = false
	}
}

// equation returns what an EQ field shows in plain text, "" for any other field. Word draws it from its instruction alone:
// 带圈字符, 合并字符 and, in old files, 拼音指南 are such fields, and the character that they dress stands nowhere else.
func equation(instruction string) string {
	rest := strings.TrimSpace(instruction)
	if len(rest) < 3 || !strings.EqualFold(rest[:2], "EQ") || rest[2] != ' ' && rest[2] != '\\' {
		return ""
	}
	q := eqReader{s: []rune(strings.TrimSpace(rest[2:]))}
	return strings.TrimSpace(q.argument(false).text)
}

// eqReader reads the language of EQ fields; an instruction is short, so that depth is bounded.
type eqReader struct {
	s []rune
	i int
}

// eqPart is one argument. One that is only moved up or down is an ornament where another stands in the line.
type eqPart struct {
	text  string
	moved bool
}

// argument reads up to the separator or the bracket that ends it.
func (q *eqReader) argument(inside bool) eqPart {
	var b strings.Builder
	moved, plain, open := false, false, 0
	for ; q.i < len(q.s); q.i++ {
		switch c := q.s[q.i]; {
		case c == '\\':
			text, up := q.command()
			b.WriteString(text)
			moved, plain = moved || up, plain || text != "" && !up
		case inside && open == 0 && (c == ',' || c == ';' || c == ')'):
			return eqPart{b.String(), moved && !plain}
		default:
			switch c {
			case '(':
				open++
			case ')':
				open = max(open-1, 0)
			}
			plain = plain || c != ' '
			b.WriteRune(c)
		}
	}
	return eqPart{b.String(), moved && !plain}
}

// command reads what follows a backslash and stops at its last character: an escaped one, a general switch, or a command
// with its options and arguments.
func (q *eqReader) command() (text string, moved bool) {
	q.i++
	if q.i >= len(q.s) {
		return "", false
	}
	if q.s[q.i] == '*' {
		q.general()
		return "", false
	}
	if !letter(q.s[q.i]) {
		return string(q.s[q.i]), false
	}
	name := q.word()
	left, right := q.options()
	if q.i >= len(q.s) {
		return "", false
	}
	if q.s[q.i] != '(' { // a command without arguments
		q.i--
		return "", false
	}
	args := q.arguments()
	if name == "b" {
		return left + joined(args, "") + right, false
	}
	return shown(name, args), name == "s"
}

// options reads the options of a command and returns the brackets that they name.
func (q *eqReader) options() (left, right string) {
	left, right = "(", ")"
	for q.i+1 < len(q.s) && q.s[q.i] == '\\' && letter(q.s[q.i+1]) {
		q.i++
		switch option := q.word(); option {
		case "bc", "lc", "rc":
			if q.i+1 >= len(q.s) || q.s[q.i] != '\\' {
				continue
			}
			mark := string(q.s[q.i+1])
			for q.i += 2; q.i < len(q.s) && q.s[q.i] == ' '; q.i++ {
			}
			if option != "rc" {
				left = mark
			}
			if option != "lc" {
				right = closing(mark)
			}
		case "fc", "vc":
			q.i = min(q.i+2, len(q.s))
		}
	}
	return left, right
}

// word reads letters and the number behind them.
func (q *eqReader) word() string {
	from := q.i
	for q.i < len(q.s) && letter(q.s[q.i]) {
		q.i++
	}
	name := strings.ToLower(string(q.s[from:q.i]))
	for q.i < len(q.s) && (q.s[q.i] == ' ' || q.s[q.i] == '-' || q.s[q.i] >= '0' && q.s[q.i] <= '9') {
		q.i++
	}
	return name
}

func letter(c rune) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// general passes over a switch that all fields know: \* jc2, \* "Font:宋体".
func (q *eqReader) general() {
	q.i++
	for q.i < len(q.s) && q.s[q.i] == ' ' {
		q.i++
	}
	end := ' '
	if q.i < len(q.s) && q.s[q.i] == '"' {
		end = '"'
		q.i++
	}
	for q.i < len(q.s) && q.s[q.i] != end {
		q.i++
	}
}

func (q *eqReader) arguments() (args []eqPart) {
	for q.i < len(q.s) {
		q.i++ // the bracket or separator before
		args = append(args, q.argument(true))
		if q.i >= len(q.s) || q.s[q.i] == ')' {
			break
		}
	}
	return args
}

func closing(mark string) string {
	if c, ok := map[string]string{"(": ")", "[": "]", "{": "}", "<": ">"}[mark]; ok {
		return c
	}
	return mark
}

func joined(args []eqPart, between string) string {
	var list []string
	for _, a := range args {
		list = append(list, a.text)
	}
	return strings.Join(list, between)
}

func shown(name string, args []eqPart) string {
	switch {
	case name == "o":
		return overlaid(args)
	case name == "f" && len(args) == 2:
		return args[0].text + "/" + args[1].text
	case name == "r" && len(args) == 2:
		return args[0].text + "√" + args[1].text
	case name == "r":
		return "√" + joined(args, "")
	case name == "i":
		return "∫" + joined(args, " ")
	case name == "l":
		return joined(args, ",")
	case name == "a":
		return joined(args, " ")
	case name == "d":
		return ""
	}
	return joined(args, "")
}

// overlaid is what characters on top of one another mean: the one in the line without what is raised above it or drawn
// around it; all of them where none is more than an ornament.
func overlaid(args []eqPart) string {
	for _, ornament := range []func(eqPart) bool{
		func(a eqPart) bool {
			return a.moved || strings.ContainsAny(a.text, "○◯〇□△◇") && len([]rune(strings.TrimSpace(a.text))) == 1
		},
		func(a eqPart) bool { return a.moved },
	} {
		if rest := slices.DeleteFunc(slices.Clone(args), ornament); joined(rest, "") != "" {
			return joined(rest, "")
		}
	}
	return joined(args, "")
}
