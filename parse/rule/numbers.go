package rule

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"baosong/parse/call"
	"baosong/parse/finding"
)

func itoa(n int) string { return strconv.Itoa(n) }

// run is a number found in a text: its digits without blanks, and what stands before it.
type run struct {
	digits string
	before string
}

// runs finds every place where a number of min to most characters may begin: digits with single blanks or line breaks
// between them, not beside another letter or digit. Only the last character may be X.
func runs(rs []rune, length int, visit func(start int, r run)) {
	for i := range rs {
		if !digit(rs[i]) || (i > 0 && (alnum(rs[i-1]) || (i > 1 && (rs[i-1] == '.' || rs[i-1] == '-') && digit(rs[i-2])))) {
			continue
		}
		var b [20]byte // a text of digits begins a number at each of them
		n, blanks, j := 0, 0, i
		for ; j < len(rs) && n < length; j++ {
			switch {
			case digit(rs[j]):
				b[n] = byte(rs[j])
				n, blanks = n+1, 0
			case (rs[j] == 'X' || rs[j] == 'x') && n == length-1 && length == 18:
				b[n] = 'X'
				n++
			case unicode.IsSpace(rs[j]) && blanks < 3:
				blanks++
				continue
			default:
				j = len(rs) + 1
			}
		}
		if n != length || j > len(rs) || (j < len(rs) && alnum(rs[j])) || (j+1 < len(rs) && rs[j] == '.' && digit(rs[j+1])) {
			continue
		}
		visit(i, run{string(b[:n]), string(rs[max(0, i-14):i])})
	}
}

// IDNumber reports whether 18 characters are a citizen's number after GB 11643: a region, a real date of birth between
// 1900 and today, and the check character.
func IDNumber(s string, today time.Time) bool {
	if len(s) != 18 || !regionCode(s[:2]) {
		return false
	}
	born, err := time.Parse("20060102", s[6:14])
	if err != nil || born.Year() < 1900 || (!today.IsZero() && born.After(today)) {
		return false
	}
	weights := [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
		sum += int(s[i]-'0') * w
	}
	return "10X98765432"[sum%11] == s[17]
}

func regionCode(s string) bool {
	n, err := strconv.Atoi(s)
	if err != nil {
		return false
	}
	switch n / 10 {
	case 1:
		return n >= 11 && n <= 15
	case 2:
		return n >= 21 && n <= 23
	case 3:
		return n >= 31 && n <= 37
	case 4:
		return n >= 41 && n <= 46
	case 5:
		return n >= 50 && n <= 54
	case 6:
		return n >= 61 && n <= 65
	}
	return n == 71 || n == 81 || n == 82 || n == 83
}

// Luhn reports whether the last digit of a number is its check digit by ISO/IEC 7812.
func Luhn(s string) bool {
	sum, double := 0, false
	for i := len(s) - 1; i >= 0; i-- {
		d := int(s[i] - '0')
		if d < 0 || d > 9 {
			return false
		}
		if double {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
		double = !double
	}
	return len(s) > 1 && sum%10 == 0 && strings.Trim(s, s[:1]) != ""
}

// enough reports whether a text has so many digits that a number of that length may stand in it.
func enough(s string, digits int) bool {
	n := 0
	for _, r := range s {
		if digit(r) || (r >= '０' && r <= '９') {
			if n++; n >= digits {
				return true
			}
		}
	}
	return false
}

var (
	creditWords = regexp.MustCompile(`信用代码|纳税人识别|税号|登记号|注册号|许可证|执照|专利|机构代码|批准文号|备案`)
	cardWords   = regexp.MustCompile(`卡号|账号|帐号|银行`)
)

func idRule() Rule {
	return Rule{
		Codes: []finding.Code{"content.id-number"},
		Doc: "居民身份证号码（18 位，出生日期真实，校验码正确，中间可有空格或换行）出现在材料、邮件主题或正文中。" +
			"统一社会信用代码不算。号码在任何地方都只显示首尾。",
		Run: func(p *Pass) {
			for _, t := range p.Texts {
				p.ids(piece{at: finding.Place{Where: t.Where}, text: t.Text}, "邮件"+t.Where, map[string]bool{})
			}
			for _, f := range p.Files {
				seen := map[string]bool{}
				p.pieces(f, func(pc piece) { p.ids(pc, "《"+f.Called()+"》"+pc.at.Where, seen) })
				if f.Doc != nil && len(f.Tables) == 0 {
					p.ids(piece{at: f.At(), text: joined(f)}, "《"+f.Called()+"》", seen)
				}
			}
		},
	}
}

func (p *Pass) ids(pc piece, where string, seen map[string]bool) {
	if !enough(pc.text, 17) {
		return
	}
	p.search(pc.text, "id", func() (found bool) {
		runs([]rune(Plain(pc.text)), 18, func(start int, r run) {
			found = p.id(pc, where, start, r, seen) || found
		})
		return found
	})
}

// id reports a citizen's number, and returns whether there is one that another place than this might make one.
func (p *Pass) id(pc piece, where string, start int, r run, seen map[string]bool) bool {
	if !IDNumber(r.digits, p.Today) {
		return false
	}
	before := r.before
	if start < 6 {
		before = pc.before + " " + before
	}
	key := r.digits + pc.at.Cell
	if seen[key] || creditWords.MatchString(tail(before, 16)) {
		return true
	}
	seen[key] = true
	masked := MaskID(r.digits)
	p.report(finding.New("content.id-number", pc.at).Got(masked, "").Saying(where + "出现居民身份证号码 " + masked + "。"))
	return true
}

// tail is the last n characters of a text; only they are looked at.
func tail(s string, n int) string {
	at := len(s)
	for ; n > 0 && at > 0; n-- {
		_, size := utf8.DecodeLastRuneInString(s[:at])
		at -= size
	}
	return s[at:]
}

var mobileAnywhere = regexp.MustCompile(`1[3-9]\d(?:[ \-]?\d{4}){2}|1[3-9]\d{2}[ \-]?\d{3}[ \-]?\d{4}`)

func phoneRule() Rule {
	return Rule{
		Codes: []finding.Code{"content.phone"},
		Doc: "手机号码出现在联系方式以外的位置。联系人和联系电话列、备注、填表人一行、案例的基本信息表、以“联系人”“联系方式”开头的一行、" +
			"报送函都是联系方式的位置，不提示。",
		Run: func(p *Pass) {
			for _, f := range p.Files {
				if !searched(f) || (f.Part == call.PartSummary && len(f.Tables) == 0) {
					continue
				}
				seen := map[string]bool{}
				p.pieces(f, func(pc piece) {
					if !enough(pc.text, 11) || pc.contact || contactLine(pc.text) {
						return
					}
					p.search(pc.text, "mobile", func() bool { return p.mobiles(f, pc, seen) })
				})
			}
		},
	}
}

// mobiles reports the numbers in a text, and returns whether there is any that may be one.
func (p *Pass) mobiles(f *File, pc piece, seen map[string]bool) bool {
	s := Plain(pc.text)
	all := mobileAnywhere.FindAllStringIndex(s, -1)
	for _, m := range all {
		before, after := lastRune(s[:m[0]]), firstRune(s[m[1]:])
		if alnum(before) && !strings.HasSuffix(s[:m[0]], "+86") || alnum(after) || before == '.' || (before == '-' && alnum(lastRune(strings.TrimSuffix(s[:m[0]], "-")))) ||
			(after == '.' && digit(firstRune(s[m[1]+1:]))) || (after == '-' && digit(firstRune(s[m[1]+1:]))) {
			continue
		}
		number := strings.NewReplacer(" ", "", "-", "").Replace(s[m[0]:m[1]])
		if key := number + pc.at.Cell; seen[key] {
			continue
		} else {
			seen[key] = true
		}
		masked := MaskPhone(number)
		p.report(finding.New("content.phone", pc.at).Got(masked, "").
			Saying("《" + f.Called() + "》" + pc.at.Where + "在联系方式以外的位置出现手机号码 " + masked + "。"))
	}
	return len(all) > 0
}

func lastRune(s string) rune {
	if s == "" {
		return ' '
	}
	r, _ := utf8.DecodeLastRuneInString(s)
	return r
}

func firstRune(s string) rune {
	for _, r := range s {
		return r
	}
	return ' '
}

func cardRule() Rule {
	return Rule{
		Codes: []finding.Code{"content.bank-card"},
		Doc:   "16 至 19 位、校验正确、前面十个字内有“卡号”“账号”或“银行”的号码，提示是否为银行卡号。",
		Run: func(p *Pass) {
			for _, t := range p.Texts {
				p.cards(piece{at: finding.Place{Where: t.Where}, text: t.Text}, "邮件"+t.Where, map[string]bool{})
			}
			for _, f := range p.Files {
				seen := map[string]bool{}
				p.pieces(f, func(pc piece) { p.cards(pc, "《"+f.Called()+"》"+pc.at.Where, seen) })
			}
		},
	}
}

func (p *Pass) cards(pc piece, where string, seen map[string]bool) {
	if !enough(pc.text, 16) {
		return
	}
	p.search(pc.text, "card", func() (found bool) {
		rs := []rune(Plain(pc.text))
		taken := map[int]bool{}
		for length := 19; length >= 16; length-- {
			runs(rs, length, func(start int, r run) {
				found = p.card(pc, where, start, r, seen, taken) || found
			})
		}
		return found
	})
}

// card reports the number of a card, and returns whether there is one that another place than this might make one.
func (p *Pass) card(pc piece, where string, start int, r run, seen map[string]bool, taken map[int]bool) bool {
	if !Luhn(r.digits) || IDNumber(r.digits, p.Today) {
		return false
	}
	before := tail(Squeeze(r.before), 10)
	if start < 10 && pc.before != "" {
		before = tail(pc.before, 10-start) + before
		if utf8.RuneCountInString(pc.before) <= 12 && cardWords.MatchString(pc.before) {
			before = pc.before + before
		}
	}
	if taken[start] || seen[r.digits+pc.at.Cell] || !cardWords.MatchString(before) {
		return start < 10 || cardWords.MatchString(before)
	}
	taken[start], seen[r.digits+pc.at.Cell] = true, true
	masked := MaskCard(r.digits)
	p.report(finding.New("content.bank-card", pc.at).Got(masked, "").Saying(where + "出现疑似银行卡号 " + masked + "。"))
	return true
}
