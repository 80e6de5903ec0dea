package numfmt

import "testing"

func TestFormat(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		code string
		v    float64
		want string
		date bool
	}{
		{"", 13855512345, "13855512345", false},
		{"General", 8613855512345, "8613855512345", false},
		{"General", 110105199003076000, "1.10105E+17", false},
		{"", 0.1 + 0.2, "0.3", false},
		{"", 1.0 / 3, "0.333333333", false},
		{"", -1234.5678, "-1234.5678", false},
		{"", 1e-10, "1E-10", false},
		{"", 123456.789012345, "123456.789", false},
		{"", 0.0001234, "0.0001234", false},
		{"0", 110105199003076000, "110105199003076000", false},
		{"0", 2.5, "3", false},
		{"0", -0.3, "0", false},
		{"0.00", 1.005, "1.01", false},
		{"0.00", 999.999, "1000.00", false},
		{"#,##0", 1234567, "1,234,567", false},
		{"#,##0.00", -1234.5, "-1,234.50", false},
		{"#,##0", 12, "12", false},
		{"#", 0, "0", false}, // Excel shows nothing; the value is still in the file
		{"0%", 0.125, "13%", false},
		{"0.0%", 0.125, "12.5%", false},
		{"0.00E+00", 12345, "1.23E+04", false},
		{"##0.0E+0", 12345, "12.3E+3", false},
		{"##0.0E+0", 0.99999, "1.0E+0", false},
		{"##0.0E+0", 1e15, "1.0E+15", false},
		{"00.00E-00", 99.995, "01.00E02", false},
		{"0.00E+00", 0.00999999, "1.00E-02", false},
		{"# ?/?", 1.5, "1 1/2", false},
		{"# ??/??", 0.3333, "1/3", false},
		{"?/8", 0.5, "4/8", false},
		{"0,", 12345, "12", false},
		{"0.0,,", 12345678, "12.3", false},
		{"000-0000-0000", 13855512345, "138-5551-2345", false},
		{`0"家"`, 12, "12家", false},
		{`#,##0;[Red]-#,##0`, -12, "-12", false},
		{`0;(0);"零"`, -5, "(5)", false},
		{`0;(0);"零"`, 0, "零", false},
		{`[>=100]"多";[<0]"负"0;0`, 150, "多", false},
		{`[>=100]"多";[<0]"负"0;0`, -3, "负3", false},
		{`_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ `, 1234, "1,234.00", false},
		{`_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ `, 0, "-", false},
		{`[DBNum1][$-804]General`, 123, "一百二十三", false},
		{`[DBNum2][$-804]General`, 10005, "壹万零伍", false},
		{`[DBNum1]General`, 12, "一十二", false}, // the idiom SUBSTITUTE(TEXT(n,"[DBNum1]"),"一十","十") lives on it
		{`[DBNum2]General"元"`, 1234.56, "壹仟贰佰叁拾肆.伍陆元", false},
		{`[DBNum1]m"月"d"日"`, 45276, "十二月十六日", true},
		{`[DBNum1]0`, 2024, "二〇二四", false},
		{`[$¥-804]#,##0.00`, 12.5, "¥12.50", false},
		{";;;", 12, "12", false},
		{"yyyy/m/d", 45464, "2024/6/21", true},
		{`yyyy"年"m"月"d"日"`, 45464, "2024年6月21日", true},
		{`yyyy\-mm\-dd;@`, 45464, "2024-06-21", true},
		{`[$-804]yyyy"年"m"月"d"日";@`, 45464, "2024年6月21日", true},
		{`[$-F800]dddd\,\ mmmm\ dd\,\ yyyy`, 45464, "2024年6月21日", true},
		{`[$-F400]h:mm:ss\ AM/PM`, 45464.75, "18:00:00", true},
		{`[DBNum1][$-804]yyyy"年"m"月"d"日"`, 45464, "二〇二四年六月二十一日", true},
		{"yyyy/m/d h:mm", 45464.7083333333, "2024/6/21 17:00", true},
		{"h:mm AM/PM", 0.75, "6:00 PM", true},
		{"上午/下午h时mm分", 0.75, "下午6时00分", true},
		{"[h]:mm:ss", 1.5, "36:00:00", true},
		{"mm:ss.0", 0.0000116, "00:01.0", true},
		{"d-mmm-yy", 45464, "21-Jun-24", true},
		{"aaaa", 45464, "星期五", true},
		{"[$-804]mmmm", 45464, "六月", true},
		{"yyyy/m/d", 60, "1900/2/29", true},
		{"yyyy/m/d", 1, "1900/1/1", true},
		{"yyyy.m", 45464, "2024.6", true},
		{"ddd", 1, "Sun", true}, // Excel's first of January 1900
		{"ddd", 61, "Thu", true},
		{`[<-5]"甚"0;0`, -7, "-甚7", false},
		{"yyyy/m/d", -1, "-1", true},
	} {
		got, date := Parse(tc.code).Show(tc.v, false)
		if got != tc.want || date != tc.date {
			t.Errorf("%q shows %v as %q (date %v), want %q (%v)", tc.code, tc.v, got, date, tc.want, tc.date)
		}
	}
}

// TestElapsed1904: the whole time counts from nothing, not from the day that the other system begins with.
func TestElapsed1904(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{"[h]:mm:ss": "36:00:00", "[mm]": "2160", "yyyy/m/d h:mm": "1904/1/2 12:00"} {
		if got, _ := Parse(code).Show(1.5, true); got != want {
			t.Errorf("%q shows 1.5 as %q, want %q", code, got, want)
		}
	}
}

// TestRegional: a built-in number follows the reader's region, unless another program numbered a format of its own so.
func TestRegional(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		id   int
		own  string
		want bool
	}{
		{14, "m/d/yy", true}, {22, "m/d/yy h:mm", true}, {27, "", true}, {57, "[$-404]e/m/d", true}, {31, `yyyy"年"m"月"d"日"`, true},
		{36, `"上午/下午 "hh"時"mm"分"ss"秒 "`, true}, {30, "m/d/yy", true}, {55, `yyyy\年m\月d\日`, false}, {51, `yyyy"年"mm"月"dd"日"`, false}, {34, `yyyy"年"m"月"`, true}, {28, `hh":"mm AM/PM`, false}, {58, `mmm" "d", "yyyy`, false}, {165, "m/d/yy", false}, {1, "", false},
	} {
		if got := Regional(tc.id, tc.own); got != tc.want {
			t.Errorf("%d with %q: %v", tc.id, tc.own, got)
		}
	}
}

func TestFormatText(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{"@": "合肥", `@"市"`: "合肥市", "_ @_ ": "合肥", "": "合肥", ";;;": "合肥", "0;0;0;": "合肥"} {
		if got := Parse(code).ShowText("合肥"); got != want {
			t.Errorf("%q shows 合肥 as %q, want %q", code, got, want)
		}
	}
}

// FuzzFormat: a number format never makes trouble, whatever it says.
func FuzzFormat(f *testing.F) {
	for _, code := range []string{`yyyy/m/d;@`, `[DBNum1][$-804]General`, `# ??/??`, `##0.0E+0`, `[>=100]0.0,,;[Red]"x"\-0`, `[h]:mm:ss.000`} {
		f.Add(code, 45464.75)
	}
	f.Fuzz(func(t *testing.T, code string, v float64) {
		p := Parse(code)
		if s, _ := p.Show(v, false); s == "" || len(s) > 50000 {
			t.Fatalf("%q shows %v in %d bytes", code, v, len(s))
		}
		p.ShowText("文字")
	})
}
