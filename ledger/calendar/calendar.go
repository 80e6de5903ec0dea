// Package calendar knows working days: ordinary weekends, statutory days off and working weekends (调休).
//
// Default returns the embedded table; Load adds a file that staff keep, whose years replace the embedded ones. A year in
// neither counts Monday to Friday, and Known says so: whoever counts by it must say so loudly. All questions are
// answered by the calendar day of the moment in the calendar's location. The package reads no clock.
package calendar

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"time"
)

//go:embed holidays.json
var embedded []byte

// layout is how the table writes a day.
const layout = "2006-01-02"

// Shanghai is the time of the People's Republic: UTC+8, without summer time since 1991. It needs no zone files.
func Shanghai() *time.Location { return time.FixedZone("Asia/Shanghai", 8*60*60) }

// Calendar is a table of days off and working weekends in one location. It is read-only once made.
type Calendar struct {
	loc   *time.Location
	years map[int]bool
	off   map[string]bool // days off besides weekends
	work  map[string]bool // weekends that are worked
}

// year is one year of the table as JSON.
type year struct {
	Off  []string `json:"off"`
	Work []string `json:"work"`
}

// Default returns the calendar of the embedded table. A nil location means Shanghai.
func Default(loc *time.Location) *Calendar {
	if loc == nil {
		loc = Shanghai()
	}
	c := &Calendar{loc: loc, years: map[int]bool{}, off: map[string]bool{}, work: map[string]bool{}}
	if err := c.add(embedded); err != nil {
		panic("calendar: internal error: embedded table: " + err.Error())
	}
	return c
}

// Load returns the embedded calendar with the years of the file at path in place of its own. The file has the shape of
// the embedded one: {"2027": {"off": ["2027-01-01"], "work": []}}. An empty path is Default.
func Load(path string, loc *time.Location) (*Calendar, error) {
	c := Default(loc)
	if path == "" {
		return c, nil
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read holidays: %w", err)
	}
	if err := c.add(bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))); err != nil {
		return nil, fmt.Errorf("read holidays %s: %w", path, err)
	}
	return c, nil
}

// add takes in a table; its years replace those already known.
func (c *Calendar) add(raw []byte) error {
	var table map[string]year
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&table); err != nil {
		return err
	}
	for name, y := range table {
		n, err := strconv.Atoi(name)
		if err != nil || n < 1950 || n > 9999 {
			return fmt.Errorf("%q is no year", name)
		}
		c.forget(n)
		if err := mark(c.off, n, y.Off); err != nil {
			return err
		}
		if err := mark(c.work, n, y.Work); err != nil {
			return err
		}
		for _, day := range y.Work {
			if c.off[day] {
				return fmt.Errorf("%s is both a day off and a working day", day)
			}
		}
		c.years[n] = true
	}
	return nil
}

func (c *Calendar) forget(n int) {
	prefix := fmt.Sprintf("%04d-", n)
	for _, days := range []map[string]bool{c.off, c.work} {
		for day := range days {
			if day[:len(prefix)] == prefix {
				delete(days, day)
			}
		}
	}
}

func mark(days map[string]bool, n int, list []string) error {
	for _, day := range list {
		t, err := time.Parse(layout, day)
		if err != nil {
			return fmt.Errorf("%q is no date like 2027-01-01", day)
		}
		if t.Year() != n {
			return fmt.Errorf("%s does not lie in %d", day, n)
		}
		days[day] = true
	}
	return nil
}

// Location returns where the calendar's days begin and end.
func (c *Calendar) Location() *time.Location { return c.loc }

// Known reports whether the table has the year; otherwise its days count by weekday alone.
func (c *Calendar) Known(year int) bool { return c.years[year] }

// Working reports whether the day of t is a working day.
func (c *Calendar) Working(t time.Time) bool {
	t = t.In(c.loc)
	day := t.Format(layout)
	switch {
	case c.off[day]:
		return false
	case c.work[day]:
		return true
	}
	return t.Weekday() != time.Saturday && t.Weekday() != time.Sunday
}

// Day returns the first moment of t's day.
func (c *Calendar) Day(t time.Time) time.Time {
	y, m, d := t.In(c.loc).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, c.loc)
}

// AddWorking returns the first moment of the n-th working day after t's day (before it, when n is negative). With n 0 it
// is t's day itself if that is worked, else the next working day.
func (c *Calendar) AddWorking(t time.Time, n int) time.Time {
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	day := c.Day(t)
	if n == 0 {
		for !c.Working(day) {
			day = day.AddDate(0, 0, 1)
		}
	}
	for n > 0 {
		if day = day.AddDate(0, 0, step); c.Working(day) {
			n--
		}
	}
	return day
}

// WorkingBetween counts the working days after a's day up to and including b's day; it is negative when b's day lies
// before a's. So from a Thursday to the Friday after it is 1, and to the Monday 2.
func (c *Calendar) WorkingBetween(a, b time.Time) int {
	from, to, sign := c.Day(a), c.Day(b), 1
	if to.Before(from) {
		from, to, sign = to, from, -1
	}
	n := 0
	for day := from; day.Before(to); {
		if day = day.AddDate(0, 0, 1); c.Working(day) {
			n++
		}
	}
	return sign * n
}
