package schedule

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// ErrCron marks a schedule that cannot be used: an operator's mistake, said in Chinese with its cure.
var ErrCron = errors.New("定时设置有误")

// Cron is a moment that comes again, in one time zone. The zero Cron never comes.
type Cron struct {
	when cron.Schedule
	loc  *time.Location
}

// ParseCron reads five fields (minute hour day month weekday) or a descriptor such as @daily, in loc.
// The error wraps ErrCron. The parser is known to panic on some input, hence the recover.
func ParseCron(spec string, loc *time.Location) (c Cron, err error) {
	defer func() {
		if r := recover(); r != nil {
			c, err = Cron{}, fmt.Errorf("%w：“%s” 无法识别：请写“分 时 日 月 星期”五项，例如 30 8 * * *", ErrCron, spec)
		}
	}()
	trimmed := strings.TrimSpace(spec)
	switch {
	case strings.Contains(trimmed, "="):
		return Cron{}, fmt.Errorf("%w：“%s” 不能写时区：时区由 timezone 一项统一规定", ErrCron, spec)
	case strings.HasPrefix(trimmed, "@every"):
		return Cron{}, fmt.Errorf("%w：“%s” 没有固定的钟点：请写“分 时 日 月 星期”五项", ErrCron, spec)
	}
	when, err := cron.ParseStandard(trimmed)
	if err != nil {
		return Cron{}, fmt.Errorf("%w：“%s”：请写“分 时 日 月 星期”五项，星期日写 0：%w", ErrCron, spec, err)
	}
	c = Cron{when: when, loc: loc}
	if c.Next(time.Date(2024, 1, 1, 0, 0, 0, 0, loc)).IsZero() {
		return Cron{}, fmt.Errorf("%w：“%s” 永远不会到来：请核对日和月", ErrCron, spec)
	}
	return c, nil
}

// Next returns the first moment strictly after t, or the zero time when there is none within five years.
func (c Cron) Next(t time.Time) time.Time {
	if c.when == nil {
		return time.Time{}
	}
	return c.when.Next(t.In(c.loc))
}

// on returns the first moment on the day that begins at midnight, and whether there is one.
func (c Cron) on(midnight time.Time) (time.Time, bool) {
	t := c.Next(midnight.Add(-time.Nanosecond))
	return t, !t.IsZero() && t.Before(midnight.AddDate(0, 0, 1))
}
