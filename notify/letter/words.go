package letter

import (
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"

	"baosong/parse/finding"
)

var (
	halfWidth = regexp.MustCompile(`[\p{Han}”）》][,;:]`)
	prefix    = regexp.MustCompile(`^(?i:(?:re|fwd?|aw|回复|答复|回覆|转发)(?:\[\d+\])?\s*[:：]|(?:回执|补正通知|来信收到|零报告登记|预审结果|查询结果|办理结果)(?: ?BS-\d{4}-\d+)?(?:：[^：:]{1,8})?：\s*(?:Re:)?)`)
)

const numerals = "一二三四五六七八九十"

// numeral writes 1 to 20 as 一 to 二十.
func numeral(n int) string {
	digits := []rune(numerals)
	switch {
	case n <= 10:
		return string(digits[n-1])
	case n < 20:
		return "十" + string(digits[n-11])
	default:
		return "二十"
	}
}

// weekday writes the day of the week.
func weekday(t time.Time) string {
	return "星期" + string([]rune("日一二三四五六")[int(t.Weekday())])
}

// date writes 2024年6月18日.
func date(t time.Time) string {
	return fmt.Sprintf("%d年%d月%d日", t.Year(), int(t.Month()), t.Day())
}

// shortDate writes 6月18日.
func shortDate(t time.Time) string { return fmt.Sprintf("%d月%d日", int(t.Month()), t.Day()) }

// moment writes 6月18日 09:32, with the year when it is not now's.
func moment(t, now time.Time) string {
	t = t.In(now.Location())
	if t.Year() != now.Year() {
		return date(t) + t.Format(" 15:04")
	}
	return shortDate(t) + t.Format(" 15:04")
}

// deadline writes 6月21日（星期五）, with the hour unless it is the end of the day, and the year when it is not now's.
func deadline(t, now time.Time) string {
	t = t.In(now.Location())
	s := shortDate(t)
	if t.Year() != now.Year() {
		s = date(t)
	}
	s += "（" + weekday(t) + "）"
	if t.Hour() != 23 || t.Minute() != 59 {
		s += t.Format("15:04")
	}
	return s
}

// daysLeft says how far the deadline is, in working days.
func daysLeft(n int) string {
	switch {
	case n > 0:
		return fmt.Sprintf("距截止还有 %d 个工作日", n)
	case n == 0:
		return "今天截止"
	default:
		return fmt.Sprintf("已过截止时间 %d 个工作日", -n)
	}
}

// list joins names with 、, at most max of them, then 等.
func list(names []string, max int) string {
	if len(names) <= max {
		return strings.Join(names, "、")
	}
	return strings.Join(names[:max], "、") + " 等"
}

// oneLine strips what must not stand in a header or a table cell: controls become blanks, runs of blanks one.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || unicode.Is(unicode.Bidi_Control, r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return strings.Join(strings.Fields(s), " ")
}

// clip shortens to at most n characters.
func clip(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}

// original strips what replies and our own letters have put in front of a subject, so that it does not grow.
func original(subject string) string {
	subject = oneLine(subject)
	for range 20 {
		rest := strings.TrimSpace(prefix.ReplaceAllString(subject, ""))
		if rest == subject || rest == "" {
			break
		}
		subject = rest
	}
	return subject
}

// sentence is the first sentence, for a subject line.
func sentence(s string, n int) string {
	first, _, _ := strings.Cut(s, "。")
	return clip(first, n)
}

// said makes anything a sender wrote fit to be repeated: one line, masked, not too long.
func said(s string, n int) string { return clip(Mask(oneLine(s)), n) }

// chinese writes a comma, semicolon or colon between Chinese characters full width, as a letter wants it.
func chinese(s string) string {
	return halfWidth.ReplaceAllStringFunc(s, func(m string) string {
		r := []rune(m)
		return string(r[0]) + string([]rune("，；：")[strings.IndexRune(",;:", r[1])])
	})
}

// severity is the word for a finding's weight.
func severity(s finding.Severity) string {
	switch s {
	case finding.Error:
		return "须更正"
	case finding.Warning:
		return "请留意"
	default:
		return "说明"
	}
}

// stateWord is the word for a unit's state.
func stateWord(state string) string {
	switch state {
	case "none":
		return "未报"
	case "partial":
		return "未报齐"
	case "correct":
		return "待补正"
	case "accepted":
		return "已报齐"
	case "nil":
		return "零报告"
	default:
		return state
	}
}
