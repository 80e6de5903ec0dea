package parse

import (
	"strings"
	"testing"

	"baosong/parse/finding"
)

// TestScrambled: a file that a program of the sender's office has scrambled opens there and nowhere else. Of one whose mark is
// known that is said; of any other the letter names both causes, so that nobody tries in vain on the same machine.
func TestScrambled(t *testing.T) {
	t.Parallel()
	noise := make([]byte, 4096)
	x := uint32(7)
	for i := range noise {
		x = x*1664525 + 1013904223
		noise[i] = byte(x >> 24)
	}
	whole := xlsx(page{name: "S", rows: [][]string{headerRow()}})
	for _, row := range []struct {
		name  string
		bytes []byte
		code  finding.Code
		says  string
		cure  string
	}{
		{"汇总表.xlsx", noise, "file.unreadable", "可能被文档加密软件加了密", "换一台电脑"},
		{"案例.wps", noise, "file.unreadable", "不是 .wps 文件", "钉钉"},
		{"汇总表.et", make([]byte, 4096), "file.unreadable", "可能已损坏", "换一台电脑"},
		{"汇总表.xlsx", whole[:len(whole)/2], "file.unreadable", "损坏或不完整", "在本机确认"},
		{"说明.abc", noise, "file.unsupported", "暂不支持的格式", "另存为"},
	} {
		r := check(t, Submission{Unit: "chuzhou", Partial: true, Files: onDisk(t, made{name: row.name, bytes: row.bytes})})
		if len(r.Findings) != 1 || r.Findings[0].Code != row.code || !strings.Contains(r.Findings[0].Message, row.says) || !strings.Contains(r.Findings[0].Hint, row.cure) {
			t.Errorf("%s: want %s with %s:%s", row.name, row.code, row.says, show(r.Findings))
		}
	}
}
