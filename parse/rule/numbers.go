package rule

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"baosong/parse/call"
	"baosong/parse/finding"
)

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
