package rule

import (
	"testing"

	"baosong/parse/call"
)

// TestTicked: of boxes beside the choices only the ticked ones are chosen, whether the box stands before or after.
func TestTicked(t *testing.T) {
	t.Parallel()
	c := call.Default()
	for text, want := range map[string]string{
		"☑省级 □国家级": "省级", "□国家级 ☑省级": "省级", "国家级□  省级☑": "省级", "■国家级\n□省级": "国家级", "□国家级√省级": "省级",
		"（ ）国家级（√）省级": "省级", "国家级（　） 省级（√）": "省级", "☐国家级 ☒省级": "省级", "○国家级 ●省级": "省级", "√省级": "省级",
		"集群级别：□国家级 ☑省级": "省级", "☑国家级 ☑省级 □市级": "", "□国家级 □省级": "", "□省级": "省级", "省级（）": "省级",
	} {
		if got, _ := Level(text, c.Levels); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]string{
		"□协作共享 □质量品牌 ☑创新提升 □数字化升级 □绿色化转型 □开放合作 □治理服务": "创新提升",
		"协作共享□ 质量品牌□ 创新提升□ 数字化升级√ 绿色化转型□":             "数字化升级",
		"□1.协作共享 ☑2.质量品牌":   "质量品牌",
		"□协作共享 ☑质量品牌 ☑创新提升": "",
		"□协作共享 □质量品牌":       "",
	} {
		if got, _ := Direction(text, c.Directions); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]int{"□国家级 □省级": 0, "☑国家级 ☑省级 □市级": 2, "□国家级 ☑市级": 0} {
		if _, n := Level(text, c.Levels); n != want {
			t.Errorf("%q names %d, want %d", text, n, want)
		}
	}
}
