package numfmt

import "strings"

// Builtin returns the code of a format number that files do not spell out, as zh-CN Excel shows it
// (ECMA-376 part 1, 18.8.30, all languages and zh-cn).
func Builtin(id int) string {
	switch {
	case id == 0 || id == 49:
		return ""
	case id >= 5 && id <= 8:
		return []string{`"¥"#,##0;"¥"-#,##0`, `"¥"#,##0;[Red]"¥"-#,##0`, `"¥"#,##0.00;"¥"-#,##0.00`, `"¥"#,##0.00;[Red]"¥"-#,##0.00`}[id-5]
	case id >= 37 && id <= 40:
		return []string{`#,##0;-#,##0`, `#,##0;[Red]-#,##0`, `#,##0.00;-#,##0.00`, `#,##0.00;[Red]-#,##0.00`}[id-37]
	case id == 41 || id == 43:
		return []string{`_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ `, "", `_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ `}[id-41]
	case id == 42 || id == 44:
		return []string{`_ "¥"* #,##0_ ;_ "¥"* -#,##0_ ;_ "¥"* "-"_ ;_ @_ `, "", `_ "¥"* #,##0.00_ ;_ "¥"* -#,##0.00_ ;_ "¥"* "-"??_ ;_ @_ `}[id-42]
	}
	return map[int]string{
		1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??",
		14: "yyyy/m/d", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm",
		21: "h:mm:ss", 22: "yyyy/m/d h:mm", 27: `yyyy"年"m"月"`, 28: `m"月"d"日"`, 29: `m"月"d"日"`, 30: "m/d/yy",
		31: `yyyy"年"m"月"d"日"`, 32: `h"时"mm"分"`, 33: `h"时"mm"分"ss"秒"`, 34: `上午/下午h"时"mm"分"`,
		35: `上午/下午h"时"mm"分"ss"秒"`, 36: `yyyy"年"m"月"`, 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0",
		50: `yyyy"年"m"月"`, 51: `m"月"d"日"`, 52: `yyyy"年"m"月"`, 53: `m"月"d"日"`, 54: `m"月"d"日"`,
		55: `上午/下午h"时"mm"分"`, 56: `上午/下午h"时"mm"分"ss"秒"`, 57: `yyyy"年"m"月"`, 58: `m"月"d"日"`,
	}[id]
}

// Regional tells the built-in formats that follow the reader's own regional settings, whatever code the file gives them:
// Excel writes there what another region's would be. A code that no region has was put there by another program, which
// numbers its own formats as it likes, and counts.
func Regional(id int, own string) bool {
	switch {
	case own == "" || id == 14 || id == 22:
		return id == 14 || id == 22 || id >= 27 && id <= 36 || id >= 50 && id <= 58
	case id != 31 && wholeDate.Replace(own) == "yyyy年m月d日": // 31 in every region and no other number in any
		return false
	case id >= 27 && id <= 36 || id >= 50 && id <= 58:
		return otherRegion(own)
	}
	return false
}

var wholeDate = strings.NewReplacer(`"`, "", `\`, "", "mm", "m", "dd", "d", ";@", "")

// otherRegion tells the codes that the numbers 27 to 58 have in some East Asian region (ECMA-376 part 1, 18.8.30).
func otherRegion(code string) bool {
	switch code {
	case "m/d/yy", "m/d", "mm-dd", "mm-dd-yy", "yyyy-mm-dd", "yyyy/m/d":
		return true
	}
	return strings.Contains(code, "[$-404]") || strings.Contains(code, "[$-411]") || strings.Contains(code, "[$-412]") ||
		strings.ContainsFunc(code, func(r rune) bool { return r >= 0x2E80 })
}
