package message

import (
	"net/mail"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// beijing is the zone of dates that name none, and of CST as Chinese mailers write it.
func beijing() *time.Location { return time.FixedZone("CST", 8*3600) }

// numbers: year, month, day, and optionally hour, minute, second, in ISO and Chinese spellings.
var chineseDate = regexp.MustCompile(`(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T\s,，]*(?:\(?(?:周|星期|礼拜)[一二三四五六日天]\)?)?\s*(上午|下午|晚上|中午|凌晨)?\s*(\d{1,2})\s*[:：时点]\s*(\d{1,2})(?:\s*[:：分]\s*(\d{1,2}))?)?`)

// day month year with a Chinese month, as some mailers localise it: 周五, 21 6月 2024 17:30:00 +0800.
var mixedDate = regexp.MustCompile(`(\d{1,2})\s+(十[一二]?|[一二三四五六七八九]|\d{1,2})月\s*,?\s*(\d{4})\s+(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?`)

var zoneOffset = regexp.MustCompile(`([+-])(\d{2}):?(\d{2})\b`)

// parseDate reads a Date field in any spelling that occurs. False when it cannot be understood.
func parseDate(value string) (time.Time, bool) {
	v := strings.TrimSpace(value)
	if v == "" || len(v) > 200 {
		return time.Time{}, false
	}
	if t, err := mail.ParseDate(v); err == nil {
		return fixCST(t, v), plausible(t)
	}
	bare := strings.Join(strings.Fields(stripComments(v)), " ")
	if t, ok := parseLayouts(bare); ok {
		return t, plausible(t)
	}
	if m := mixedDate.FindStringSubmatch(v); m != nil {
		return build(v, m[3], month(m[2]), m[1], "", m[4], m[5], m[6])
	}
	if m := chineseDate.FindStringSubmatch(v); m != nil {
		return build(v, m[1], m[2], m[3], m[4], m[5], m[6], m[7])
	}
	return time.Time{}, false
}

func parseLayouts(v string) (time.Time, bool) {
	if i := strings.LastIndexByte(v, ' '); i > 0 && len(v)-i <= 5 {
		v = v[:i] + strings.ToUpper(v[i:]) // est, gmt
	}
	if i := strings.IndexByte(v, ','); i >= 0 && i < 12 {
		v = strings.TrimSpace(v[i+1:])
	}
	for _, layout := range []string{
		"2 Jan 2006 15:04:05 -0700", "2 Jan 2006 15:04:05 MST", "2 Jan 2006 15:04:05", "2 Jan 2006 15:04 -0700",
		"2 Jan 2006 15:04", "2 Jan 06 15:04:05 -0700", "2 Jan 06 15:04:05 MST", "2 Jan 06 15:04:05", "2 January 2006 15:04:05 -0700",
		"Mon Jan 2 15:04:05 2006", "Mon Jan 2 15:04:05 2006 -0700", "Mon Jan 2 15:04:05 MST 2006", "Mon Jan 2 15:04:05 -0700 2006",
		"Mon 2 Jan 2006 15:04:05 -0700", "Jan 2 2006 15:04:05", "Jan 2, 2006 15:04:05", "2-Jan-2006 15:04:05 -0700",
		"2-Jan-2006 15:04:05", "2-Jan-06 15:04:05 MST", "2 Jan 2006 15.04.05 -0700", "2006-01-02T15:04:05Z07:00",
		"January 2, 2006 3:04 PM", "January 2, 2006 3:04:05 PM", "Jan 2, 2006 3:04:05 PM",
	} {
		if t, err := time.ParseInLocation(layout, v, beijing()); err == nil {
			return fixCST(t, v), true
		}
	}
	return time.Time{}, false
}

// fixCST gives "CST" its Chinese meaning; Go knows it as a name without an offset.
func fixCST(t time.Time, v string) time.Time {
	if name, off := t.Zone(); off == 0 && name == "CST" && !zoneOffset.MatchString(v) {
		return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, beijing())
	}
	return t
}

func build(v, year, month, day, half, hour, minute, second string) (time.Time, bool) {
	n := func(s string) int { i, _ := strconv.Atoi(s); return i }
	h := n(hour)
	if (half == "下午" || half == "晚上") && h < 12 {
		h += 12
	}
	if h > 23 || n(minute) > 59 || n(month) < 1 || n(month) > 12 || n(day) < 1 || n(day) > 31 {
		return time.Time{}, false
	}
	loc := beijing()
	if m := zoneOffset.FindStringSubmatch(v[strings.LastIndexAny(v, " :")+1:]); m != nil && strings.Contains(v, ":") {
		off := n(m[2])*3600 + n(m[3])*60
		if m[1] == "-" {
			off = -off
		}
		loc = time.FixedZone("", off)
	}
	t := time.Date(n(year), time.Month(n(month)), n(day), h, n(minute), n(second), 0, loc)
	return t, plausible(t)
}

func month(s string) string {
	if n := strings.Index("一二三四五六七八九", s); n >= 0 {
		return strconv.Itoa(n/3 + 1)
	}
	switch s {
	case "十":
		return "10"
	case "十一":
		return "11"
	case "十二":
		return "12"
	}
	return s
}

func plausible(t time.Time) bool { return t.Year() >= 1970 && t.Year() < 2100 }

func stripComments(v string) string { return strings.TrimSpace(blankComments(v)) }
