package config

import (
	"fmt"
	"math"
	"net/mail"
	"strconv"
	"strings"
	"time"
)

// duration reads a duration within bounds.
func (r *resolver) duration(text string, least, most time.Duration, key ...string) time.Duration {
	d, err := time.ParseDuration(strings.TrimSpace(text))
	switch {
	case err != nil:
		r.fault(fmt.Sprintf("的时间 %q 读不懂。", text), "请写成数字加单位，如 \"30s\"（秒）、\"2m\"（分）、\"1h\"（小时），并加英文双引号。", key...)
	case d < least:
		r.fault(fmt.Sprintf("%s 太短。", text), "最短 "+short(least)+"。", key...)
	case d > most:
		r.fault(fmt.Sprintf("%s 太长。", text), "最长 "+short(most)+"。", key...)
	}
	return d
}

// short writes a duration without its zero parts: 1h instead of 1h0m0s.
func short(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// size reads a size such as 200MB; 1 KB is 1024 bytes.
func (r *resolver) size(text string, least int64, key ...string) int64 {
	n, ok := parseSize(text)
	switch {
	case !ok:
		r.fault(fmt.Sprintf("的大小 %q 读不懂。", text), "请写成整数加单位，如 \"500KB\"、\"200MB\"、\"1GB\"，并加英文双引号。", key...)
	case n < least:
		r.fault(fmt.Sprintf("%s 太小。", text), fmt.Sprintf("最小 %dMB。", least>>20), key...)
	}
	return n
}

func parseSize(text string) (int64, bool) {
	upper := strings.ToUpper(strings.TrimSpace(text))
	for _, unit := range []struct {
		name  string
		bytes int64
	}{{"TB", 1 << 40}, {"GB", 1 << 30}, {"MB", 1 << 20}, {"KB", 1 << 10}, {"B", 1}} {
		digits, ok := strings.CutSuffix(upper, unit.name)
		if !ok {
			continue
		}
		n, err := strconv.ParseInt(strings.TrimSpace(digits), 10, 64)
		if err != nil || n < 0 || n > math.MaxInt64/unit.bytes {
			return 0, false
		}
		return n * unit.bytes, true
	}
	return 0, false
}

// number checks a whole number's bounds.
func (r *resolver) number(n, least, most int, key ...string) int {
	if n < least || n > most {
		r.fault(fmt.Sprintf("%d 超出范围。", n), fmt.Sprintf("应在 %d 到 %d 之间。", least, most), key...)
	}
	return n
}

// addresses reads mail addresses, with or without names; only the addresses are kept.
func (r *resolver) addresses(list []string, key ...string) []string {
	var out []string
	for i, text := range list {
		a, err := mail.ParseAddress(text)
		if err != nil || !plain(a.Address) {
			r.fault(fmt.Sprintf("中的 %q 不是邮箱地址。", text), "请写成 \"staff@example.org\"，@ 用半角。", append(key[:len(key):len(key)], fmt.Sprint(i))...)
			continue
		}
		out = append(out, a.Address)
	}
	return out
}

// plain says whether an address can be used in SMTP everywhere: ASCII without blanks.
func plain(address string) bool {
	return !strings.ContainsFunc(address, func(c rune) bool { return c <= ' ' || c >= 0x7f })
}

// moment reads a time; without an offset it is one of the zone.
func moment(text string, zone *time.Location) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02 15:04", time.DateOnly} {
		if t, err := time.ParseInLocation(layout, strings.TrimSpace(text), zone); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}
