package calendar

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func day(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, Shanghai())
	if err != nil {
		panic("internal error: " + err.Error())
	}
	return t
}

func TestWorking(t *testing.T) {
	t.Parallel()
	c := Default(nil)
	for _, tt := range []struct {
		day  string
		want bool
		why  string
	}{
		{"2024-06-10 12:00", false, "Dragon Boat, a Monday"},
		{"2024-06-11 00:00", true, "Tuesday"},
		{"2024-06-15 12:00", false, "Saturday"},
		{"2024-05-11 12:00", true, "worked Saturday"},
		{"2024-10-12 23:59", true, "worked Saturday"},
		{"2026-02-23 12:00", false, "Spring Festival"},
		{"2026-02-28 12:00", true, "worked Saturday"},
		{"2031-10-01 12:00", true, "not in the table: a Wednesday"},
	} {
		if got := c.Working(day(tt.day)); got != tt.want {
			t.Errorf("Working(%s) = %v, want %v: %s", tt.day, got, tt.want, tt.why)
		}
	}
	if !c.Known(2024) || c.Known(2031) {
		t.Error("Known is wrong")
	}
}

func TestDaysAreOfTheLocation(t *testing.T) {
	t.Parallel()
	c := Default(nil)
	sunday := time.Date(2024, 6, 16, 16, 30, 0, 0, time.UTC) // already Monday in Shanghai
	if !c.Working(sunday) {
		t.Error("the day was taken in UTC")
	}
	if got := c.Day(sunday); !got.Equal(day("2024-06-17 00:00")) {
		t.Errorf("Day = %v", got)
	}
}

func TestCounting(t *testing.T) {
	t.Parallel()
	c := Default(nil)
	for _, tt := range []struct {
		from string
		n    int
		want string
	}{
		{"2024-06-21 17:00", -1, "2024-06-20 00:00"},
		{"2024-06-21 17:00", -5, "2024-06-14 00:00"},
		{"2024-06-21 17:00", 1, "2024-06-24 00:00"},
		{"2024-06-22 09:00", 0, "2024-06-24 00:00"},
		{"2024-06-21 09:00", 0, "2024-06-21 00:00"},
		{"2024-09-30 09:00", 1, "2024-10-08 00:00"},
		{"2024-05-13 09:00", -1, "2024-05-11 00:00"},
		{"2025-12-31 09:00", 1, "2026-01-04 00:00"},
	} {
		if got := c.AddWorking(day(tt.from), tt.n); !got.Equal(day(tt.want)) {
			t.Errorf("AddWorking(%s, %d) = %v, want %s", tt.from, tt.n, got, tt.want)
		}
	}
	for _, tt := range []struct {
		a, b string
		want int
	}{
		{"2024-06-20 23:00", "2024-06-21 01:00", 1},
		{"2024-06-21 01:00", "2024-06-21 23:00", 0},
		{"2024-06-21 01:00", "2024-06-24 23:00", 1},
		{"2024-06-24 01:00", "2024-06-21 23:00", -1},
		{"2024-09-30 01:00", "2024-10-12 23:00", 5},
	} {
		if got := c.WorkingBetween(day(tt.a), day(tt.b)); got != tt.want {
			t.Errorf("WorkingBetween(%s, %s) = %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}

func TestLoad(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, text, err string }{
		{"year added", `{"2027": {"off": ["2027-01-01"], "work": ["2027-01-02"]}}`, ""},
		{"BOM", "\xef\xbb\xbf" + `{"2027": {"off": ["2027-01-01"], "work": ["2027-01-02"]}}`, ""},
		{"wrong year", `{"2027": {"off": ["2028-01-01"]}}`, "does not lie in 2027"},
		{"no date", `{"2027": {"off": ["1月1日"]}}`, "is no date"},
		{"no year", `{"next": {"off": []}}`, "is no year"},
		{"unknown field", `{"2027": {"holidays": []}}`, "unknown field"},
		{"both", `{"2027": {"off": ["2027-01-02"], "work": ["2027-01-02"]}}`, "both"},
		{"no JSON", `off: 2027-01-01`, "invalid character"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "holidays.json")
			if err := os.WriteFile(path, []byte(tt.text), 0o600); err != nil {
				t.Fatal(err)
			}
			c, err := Load(path, nil)
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Fatalf("err = %v, want %q", err, tt.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if !c.Known(2027) || c.Working(day("2027-01-01 08:00")) || !c.Working(day("2027-01-02 08:00")) {
				t.Error("the file's year was not taken in")
			}
		})
	}
	if _, err := Load(filepath.Join(t.TempDir(), "none.json"), nil); err == nil {
		t.Error("a missing file was passed over")
	}
}

func TestLoadReplacesAWholeYear(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "holidays.json")
	if err := os.WriteFile(path, []byte(`{"2024": {"off": [], "work": []}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !c.Working(day("2024-06-10 08:00")) || c.Working(day("2024-05-11 08:00")) {
		t.Error("days of the embedded 2024 are left over")
	}
	if c.Working(day("2025-10-01 08:00")) {
		t.Error("2025 was lost")
	}
}
