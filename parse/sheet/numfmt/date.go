package numfmt

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// civil is a serial number taken apart. Excel's 1900 system has a 29 February 1900 and a day 0, which time.Time has not.
type civil struct {
	year, month, day, weekday int
	hour, minute, second      int
	milli                     int
	serial                    float64 // as stored: what [h] counts, in either system
}

const maxSerial = 2958466 // 31 December 9999

// takeApart reads a serial number; ok is false for one that no date stands for.
func takeApart(v float64, date1904 bool, decimals int) (c civil, ok bool) {
	c.serial = v
	if date1904 {
		v += 1462
	}
	if v < 0 || v >= maxSerial {
		return c, false
	}
	unit := math.Pow(10, float64(decimals))
	ticks := math.Round(v * 86400 * unit)
	day := math.Floor(ticks / (86400 * unit))
	rest := int64(ticks - day*86400*unit)
	c.milli = int(float64(rest%int64(unit)) * 1000 / unit)
	secs := int(rest / int64(unit))
	c.hour, c.minute, c.second = secs/3600, secs/60%60, secs%60
	c.weekday = (int(day) + 6) % 7 // Excel counts on over the day that never was, so January 1900 is a day out
	switch d := int(day); {
	case d == 0:
		c.year, c.month, c.day = 1900, 1, 0
	case d == 60:
		c.year, c.month, c.day = 1900, 2, 29
	default:
		if d < 60 {
			d++
		}
		t := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, d)
		c.year, c.month, c.day = t.Year(), int(t.Month()), t.Day()
	}
	return c, true
}

func (s *section) showDate(v float64, date1904 bool) (string, bool) {
	c, ok := takeApart(v, date1904, s.second)
	if !ok {
		return "", false
	}
	var b strings.Builder
	for _, t := range s.toks {
		switch t.kind {
		case 'd':
			b.WriteString(s.datePart(t.s, c))
		case 'f':
			b.WriteString("." + pad(c.milli, 3)[:len(t.s)])
		default:
			b.WriteString(t.s)
		}
	}
	return strings.TrimSpace(b.String()), true
}

func (s *section) datePart(code string, c civil) string {
	switch code[0] {
	case 'y':
		if len(code) <= 2 {
			return numerals(pad(c.year%100, 2), s.dbnum)
		}
		return numerals(strconv.Itoa(c.year), s.dbnum)
	case 'e':
		return numerals(strconv.Itoa(c.year), s.dbnum)
	case 'm':
		return s.month(code, c.month)
	case 'd':
		return s.day(code, c)
	case 'n':
		return s.number(c.minute, len(code))
	case 's':
		return s.number(c.second, len(code))
	case 'h':
		h := c.hour
		if s.twelve {
			h = (h+11)%12 + 1
		}
		return s.number(h, len(code))
	case '[':
		return elapsed(code, c)
	}
	return s.dayHalf(code, c)
}

// dayHalf writes AM/PM, 上午/下午 and the weekday names aaa and aaaa.
func (s *section) dayHalf(code string, c civil) string {
	late := c.hour >= 12
	pick := func(am, pm string) string {
		if late {
			return pm
		}
		return am
	}
	switch code {
	case "am/pm":
		return pick("AM", "PM")
	case "a/p":
		return pick("A", "P")
	case "上午/下午":
		return pick("上午", "下午")
	case "aaa":
		return weekdayName(c.weekday)
	}
	return "星期" + weekdayName(c.weekday)
}

func weekdayName(d int) string { return string([]rune("日一二三四五六")[d%7]) }

func (s *section) month(code string, m int) string {
	name := time.Month(m).String()
	switch {
	case len(code) <= 2:
		return s.number(m, len(code))
	case s.chinese:
		return spoken(m, 1) + "月"
	case len(code) == 3:
		return name[:3]
	case len(code) == 5:
		return name[:1]
	}
	return name
}

func (s *section) day(code string, c civil) string {
	name := time.Weekday(c.weekday % 7).String()
	switch {
	case len(code) <= 2:
		return s.number(c.day, len(code))
	case s.chinese && len(code) == 3:
		return "周" + weekdayName(c.weekday)
	case s.chinese:
		return "星期" + weekdayName(c.weekday)
	case len(code) == 3:
		return name[:3]
	}
	return name
}

// number writes a part of a date; with [DBNum1] it is counted: 十二月, 二十一日.
func (s *section) number(n, width int) string {
	if s.dbnum == 1 || s.dbnum == 2 {
		return spoken(n, s.dbnum)
	}
	return numerals(pad(n, min(width, 2)), s.dbnum)
}

// spoken is count as dates have it: 十二, not 一十二.
func spoken(n, dbnum int) string {
	text := count(uint64(max(n, 0)), dbnum)
	if dbnum == 1 && n >= 10 && n < 20 {
		return strings.TrimPrefix(text, "一")
	}
	return text
}

// elapsed writes [h], [mm] or [s]: the whole time in that unit.
func elapsed(code string, c civil) string {
	total := c.serial * 24
	switch code[1] {
	case 'm':
		total *= 60
	case 's':
		total *= 3600
	}
	whole := int64(math.Floor(total + 1e-6))
	s := strconv.FormatInt(whole, 10)
	return strings.Repeat("0", max(0, len(code)-2-len(s))) + s
}

func pad(n, width int) string {
	s := strconv.Itoa(n)
	return strings.Repeat("0", max(0, width-len(s))) + s
}

// serialOf returns the 1900 serial number of a moment.
func serialOf(t time.Time) float64 {
	days := t.Sub(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)).Seconds() / 86400
	if days < 61 {
		days--
	}
	return days
}

// ParseISO reads the dates that ODF, Strict OOXML and XML-Spreadsheet 2003 write: 2024-06-21, 2024-06-21T17:00:00.
func ParseISO(s string) (float64, bool) {
	s = strings.TrimSuffix(strings.TrimSpace(s), "Z")
	for _, layout := range []string{"2006-01-02", "2006-01-02T15:04:05", "2006-01-02T15:04:05.999999999", "2006-01-02T15:04"} {
		if t, err := time.Parse(layout, s); err == nil {
			return serialOf(t), true
		}
	}
	for _, layout := range []string{"15:04:05", "15:04:05.999999999", "T15:04:05"} {
		if t, err := time.Parse(layout, s); err == nil {
			return float64(t.Hour()*3600+t.Minute()*60+t.Second()) / 86400, true
		}
	}
	return 0, false
}
