package rule

import (
	"testing"
	"time"

	"baosong/parse/call"
)

// FuzzTexts gives any text to everything that reads cells and lines: nothing may panic, and nothing quoted may hold a
// whole number of a person.
func FuzzTexts(f *testing.F) {
	for _, s := range []string{"机密★10年", "13800000000、0551-62800000转801", "（请填写XX市）", "一、集群基本情况：", "110105 19491231 002X", "四、数字化升级方向", "安徽省滁州市天长市智能仪器仪表产业集群", "2022年第一批", "【内部资料 注意保密】", "6222 0212 3456 7890 128"} {
		f.Add(s)
	}
	c := call.Default()
	f.Fuzz(func(t *testing.T, s string) {
		p := NewPlaces(c)
		r := NewRegister(c, p)
		SecrecyMark(s)
		InternalMark(s)
		Placeholder(s)
		HeadingOf(s)
		Phones(s)
		Year(s)
		Seq(s)
		Direction(s, c.Directions)
		Level(s, c.Levels)
		p.City(s)
		p.County(s, "合肥市")
		p.Mentioned(s)
		r.Find(s, "合肥市")
		r.Key(s, "")
		SketchOf(Shingles(s))
		if m := MaskQuoted(s); mobilePattern.MatchString(m) || IDNumber(m, time.Now()) {
			t.Errorf("MaskQuoted(%q) = %q", s, m)
		}
		MaskNumber(s)
	})
}
