package casedoc

import (
	"strconv"
	"strings"
)

// listLevel is one of the nine levels of an automatic numbering.
type listLevel struct {
	format string // ST_NumberFormat
	text   string // with %1..%9 for the counters
	start  int
	legal  bool   // all counters as 1 2 3
	tight  bool   // nothing between number and text
	keep   bool   // never restarts after a higher level
	style  string // paragraph style bound to this level
}

// listDef is an abstract numbering; all lists made from it count on together.
type listDef struct {
	levels   [9]listLevel
	counters [9]int
	begun    [9]bool
	link     string // numbering style that this one borrows from
}

// listUse is a numbering as paragraphs refer to it.
type listUse struct {
	def       *listDef
	override  map[int]*listLevel // levels replaced
	restart   map[int]int        // levels that begin anew at this value on first use
	restarted map[int]bool
}

func newListDef() *listDef {
	d := &listDef{}
	for i := range d.levels {
		d.levels[i].start = 1
	}
	return d
}

func (u *listUse) level(i int) *listLevel {
	if l := u.override[i]; l != nil {
		return l
	}
	return &u.def.levels[i]
}

// next counts the list on by one paragraph at level i and returns the number with its blank, or "" for a bullet.
func (u *listUse) next(i int) string {
	i = min(max(i, 0), 8)
	d := u.def
	if at, ok := u.restart[i]; ok && !u.restarted[i] {
		u.restarted[i] = true
		d.counters[i], d.begun[i] = at, true
	} else if !d.begun[i] {
		d.counters[i], d.begun[i] = u.level(i).start, true
	} else {
		d.counters[i]++
	}
	for j := range i { // a level passed over has had its first number
		if !d.begun[j] {
			d.counters[j], d.begun[j] = u.level(j).start, true
		}
	}
	for j := i + 1; j < 9; j++ {
		if !u.level(j).keep {
			d.begun[j] = false
		}
	}
	return u.render(i)
}

func (u *listUse) render(i int) string {
	l := u.level(i)
	if l.format == "bullet" || l.text == "" {
		return ""
	}
	var b strings.Builder
	for k := 0; k < len(l.text); k++ {
		if l.text[k] != '%' || k+1 == len(l.text) || l.text[k+1] < '1' || l.text[k+1] > '9' {
			b.WriteByte(l.text[k])
			continue
		}
		k++
		j := int(l.text[k] - '1')
		n, format := u.def.counters[j], u.level(j).format
		if !u.def.begun[j] {
			n = u.level(j).start
		}
		if l.legal {
			format = "decimal"
		}
		b.WriteString(formatNumber(n, format))
	}
	return spaced(b.String(), l.tight)
}

// spaced puts a blank after a number unless its own mark, such as 、, stands for it.
func spaced(number string, tight bool) string {
	number = strings.TrimSpace(number)
	if number == "" || tight {
		return number
	}
	for _, mark := range []string{"、", "）", "．", "。", "，", "：", "】", "》"} {
		if strings.HasSuffix(number, mark) {
			return number
		}
	}
	return number + " "
}

// formatNumber writes n in one of Word's number formats; an unknown one is decimal.
func formatNumber(n int, format string) string {
	if n < 0 || n > 1_000_000 {
		return strconv.Itoa(n)
	}
	switch format {
	case "none", "bullet":
		return ""
	case "upperRoman":
		return roman(n)
	case "lowerRoman":
		return strings.ToLower(roman(n))
	case "upperLetter":
		return letters(n)
	case "lowerLetter":
		return strings.ToLower(letters(n))
	case "decimalZero":
		if n < 10 {
			return "0" + strconv.Itoa(n)
		}
	case "ordinal":
		return ordinal(n)
	case "decimalFullWidth", "decimalFullWidth2":
		return digits(n, "０１２３４５６７８９")
	case "ideographDigital", "japaneseDigitalTenThousand", "taiwaneseDigital":
		return digits(n, "〇一二三四五六七八九")
	case "chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting", "taiwaneseCountingThousand":
		return chinese(n, "零一二三四五六七八九", "十百千", true)
	case "chineseLegalSimplified":
		return chinese(n, "零壹贰叁肆伍陆柒捌玖", "拾佰仟", false)
	case "ideographLegalTraditional", "japaneseLegal":
		return chinese(n, "零壹貳參肆伍陸柒捌玖", "拾佰仟", false)
	case "ideographTraditional":
		return pick(n, "甲乙丙丁戊己庚辛壬癸")
	case "ideographZodiac":
		return pick(n, "子丑寅卯辰巳午未申酉戌亥")
	case "decimalEnclosedCircle", "decimalEnclosedCircleChinese":
		return pick(n, "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳")
	case "decimalEnclosedParen":
		return pick(n, "⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇")
	case "decimalEnclosedFullstop":
		return pick(n, "⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛")
	case "ideographEnclosedCircle":
		return pick(n, "㊀㊁㊂㊃㊄㊅㊆㊇㊈㊉")
	}
	return strconv.Itoa(n)
}

func ordinal(n int) string {
	suffix := "th"
	if n%100/10 != 1 && n%10 <= 3 {
		suffix = [4]string{"th", "st", "nd", "rd"}[n%10]
	}
	return strconv.Itoa(n) + suffix
}

func pick(n int, from string) string {
	rs := []rune(from)
	if n < 1 || n > len(rs) {
		return strconv.Itoa(n)
	}
	return string(rs[n-1])
}

func digits(n int, from string) string {
	rs := []rune(from)
	var b strings.Builder
	for _, c := range strconv.Itoa(n) {
		b.WriteRune(rs[c-'0'])
	}
	return b.String()
}

// chinese writes n below ten thousand with its places; short leaves out the one of 一十.
func chinese(n int, figures, places string, short bool) string {
	f, p := []rune(figures), []rune(places)
	if n == 0 || n >= 10_000 {
		return digits(n, figures)
	}
	var b strings.Builder
	gap := false
	for i := 3; i >= 0; i-- {
		unit := [4]int{1, 10, 100, 1000}[i]
		d := n / unit % 10
		if d == 0 {
			gap = gap || b.Len() > 0
			continue
		}
		if gap {
			b.WriteRune(f[0])
			gap = false
		}
		if !(short && i == 1 && d == 1 && b.Len() == 0) {
			b.WriteRune(f[d])
		}
		if i > 0 {
			b.WriteRune(p[i-1])
		}
	}
	return b.String()
}

func roman(n int) string {
	if n < 1 || n > 10_000 {
		return strconv.Itoa(n)
	}
	var b strings.Builder
	for _, r := range []struct {
		value int
		text  string
	}{{1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"}, {50, "L"}, {40, "XL"}, {10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}} {
		for n >= r.value {
			b.WriteString(r.text)
			n -= r.value
		}
	}
	return b.String()
}

// letters writes 1 as A, 26 as Z, 27 as AA, as Word does.
func letters(n int) string {
	if n < 1 || n > 780 {
		return strconv.Itoa(n)
	}
	return strings.Repeat(string(rune('A'+(n-1)%26)), (n-1)/26+1)
}
