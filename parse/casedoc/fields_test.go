package casedoc

import (
	"strings"
	"testing"

	"baosong/parse/container"
)

// TestEquation: what Word 97 to 2021 and WPS write for 带圈字符, 合并字符, 拼音指南, 双行合一 and formulas of old.
func TestEquation(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`eq \o\ac(○,一)`:                  "一",
		` EQ \o\ac(□, 12) `:              "12",
		`eq \o\ac(\s\up2(○),1)`:          "1",
		`EQ \o\ac(○)`:                    "○",
		`EQ \o(\s\up 5(特色),\s\do 2(产业))`: "特色产业",
		`EQ \* jc2 \* "Font:宋体" \* hps10 \o\ad(\s\up 9(jí),集)`:                 "集",
		`EQ \* jc0 \* "Font:Liberation Serif" \* hps12 \o(\s\up 10(jíqún);集群)`: "集群",
		`EQ \f(1,2)`:                       "1/2",
		`EQ \r(3,8)\,\f(a,b)`:              "3√8,a/b",
		`EQ \b\bc\[(a,b)`:                  "[ab]",
		`EQ \b \lc\{ \rc\} (x)`:            "{x}",
		`EQ m\s\up8(2)`:                    "m2",
		`EQ \x\to\bo(框内)`:                  "框内",
		`EQ \a\al\co2(1,2,3)`:              "1 2 3",
		`EQ \d\fo10()x`:                    "x",
		`EQ \o(f(x),\s\up5(-))`:            "f(x)",
		`EQ \o\ac(○,\o\ac(□,内))`:           "内",
		`EQ a\(b\)\\`:                      `a(b)\`,
		`EQ \i\su(1,n,x)`:                  "∫1 n x",
		`PAGE \* MERGEFORMAT`:              "",
		`EQUATION x`:                       "",
		`EQ`:                               "",
		`EQ \`:                             "",
		`EQ \o`:                            "",
		`EQ \o(`:                           "",
		`EQ \o(a`:                          "a",
		`EQ \b\bc`:                         "",
		`EQ \b\bc\`:                        "",
		"EQ " + strings.Repeat(`\o(`, 90):  "",
		"EQ " + strings.Repeat(`\b\bc`, 9): "",
	} {
		if got := equation(in); got != want {
			t.Errorf("%s: got %q want %q", in, got, want)
		}
	}
}

// TestDocxEquation: the character that such a field dresses is text, also where its instruction comes in pieces; a field that
// shows a result shows nothing else.
func TestDocxEquation(t *testing.T) {
	t.Parallel()
	char := func(kind string) string { return `<w:r><w:fldChar w:fldCharType="` + kind + `"/></w:r>` }
	order := func(s string) string { return `<w:r><w:instrText xml:space="preserve">` + s + `</w:instrText></w:r>` }
	text := func(s string) string { return `<w:r><w:t>` + s + `</w:t></w:r>` }
	d := mustRead(t, docxOf(`<w:p>`+text("前")+char("begin")+order(` eq \o\ac(○`)+order(`,`)+text("一")+order(`)`)+char("end")+text("后")+`</w:p><w:p>`+
		char("begin")+order(` EQ \o\ac(○,二) `)+char("separate")+char("end")+text("，")+char("begin")+order(` EQ \o\ac(○,三) `)+char("separate")+text("③")+char("end")+
		`<w:del>`+char("begin")+order(` EQ \o(四) `)+char("end")+`</w:del>`+order("走失")+`</w:p>`), container.DOCX)
	expect(t, d, `P "前一后"`+"\n"+`P "二，③"`)
}
