package grid

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"baosong/parse/sheet/numfmt"
)

// TextCell makes the cell of a text.
func TextCell(col int, s string) Cell {
	c := Cell{Col: col, Text: s}
	if s != "" && s[0] == '#' && isError(s) {
		c.Kind = KindError
		return c
	}
	c.Lost = LostText(s)
	return c
}

// isError tells the texts of errors, which CSV and some XML files keep as text.
func isError(s string) bool {
	switch s {
	case "#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A":
		return true
	}
	return false
}

// NumberCell makes the cell of a number under its format.
func NumberCell(col int, v float64, f *numfmt.Format, date1904 bool) Cell {
	text, date := f.Show(v, date1904)
	c := Cell{Col: col, Text: text, Kind: KindNumber, Number: v}
	if date {
		c.Kind = KindDate
	} else {
		c.Lost = LostNumber(v)
	}
	return c
}

// BoolCell makes the cell of a boolean.
func BoolCell(col int, v bool) Cell {
	c := Cell{Col: col, Text: "FALSE", Kind: KindBool}
	if v {
		c.Text, c.Number = "TRUE", 1
	}
	return c
}

func cutText(s string, n int) string {
	for n > 0 && s[n]&0xC0 == 0x80 {
		n--
	}
	return s[:n]
}

// ISOCell shows a date that is written out in the file; without a date format it gets the usual one.
func ISOCell(col int, v float64, value string, f *numfmt.Format, date1904 bool) Cell {
	if !f.IsDate() {
		code := "yyyy/m/d"
		if v < 1 {
			code = "h:mm:ss"
		} else if strings.Contains(value, "T") && !strings.Contains(value, "T00:00:00") {
			code = "yyyy/m/d h:mm"
		}
		f = numfmt.Parse(code)
	}
	if date1904 {
		v -= 1462
	}
	return NumberCell(col, v, f, date1904)
}

var eNotation = regexp.MustCompile(`^[-+]?[1-9](\.\d+)?[Ee]\+0*(\d+)$`)

// LostText tells a text like 1.10105E+17: a long number that a spreadsheet program once shortened.
func LostText(s string) bool {
	if len(s) < 5 || len(s) > 30 || strings.IndexByte(s, '+') < 0 {
		return false // nearly every text
	}
	m := eNotation.FindStringSubmatch(strings.TrimSpace(s))
	if m == nil || len(m[2]) > 3 {
		return false
	}
	exp, _ := strconv.Atoi(m[2])
	return exp >= 10 && exp > len(m[1])-1
}

// LostNumber tells a stored number with more whole digits than the 15 that a cell keeps.
func LostNumber(v float64) bool { return math.Abs(v) >= 1e15 }
