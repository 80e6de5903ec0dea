package parse

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"baosong/parse/finding"
	"baosong/parse/rule"
)

var update = flag.Bool("update", false, "write docs/findings.md anew")

// TestFindingsPage keeps docs/findings.md equal to the catalogue and the rules, and every code with exactly one rule.
func TestFindingsPage(t *testing.T) {
	t.Parallel()
	owner := map[finding.Code]int{}
	for _, r := range rule.All() {
		if r.Doc == "" {
			t.Errorf("a rule of %v explains nothing", r.Codes)
		}
		for _, c := range r.Codes {
			owner[c]++
		}
	}
	for _, e := range finding.Catalogue() {
		if owner[e.Code] != 1 {
			t.Errorf("%s belongs to %d rules", e.Code, owner[e.Code])
		}
		delete(owner, e.Code)
	}
	for c := range owner {
		t.Errorf("%s is not in the catalogue", c)
	}
	path := filepath.Join("..", "docs", "findings.md")
	want := findingsPage()
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil || string(got) != want {
		t.Errorf("docs/findings.md is out of date (%v); run: go test ./parse -run FindingsPage -update", err)
	}
}

func findingsPage() string {
	var b strings.Builder
	b.WriteString("# 检查代码一览\n\n本页由程序生成（`go test ./parse -run FindingsPage -update`），请勿手工修改。\n\n" +
		"每条检查结果有一个固定的代码。“须更正”的要改正后重新发送；“请核对”的请看一眼，材料照常受理；“记录”的无需处理。\n" +
		"轻重可在征集通知的 `call.toml` 中用 `[rules]` 调整，例如 `\"case.pictures\" = \"note\"`；写作 `\"off\"` 即停用。\n\n")
	names := map[finding.Severity]string{finding.Error: "须更正", finding.Warning: "请核对", finding.Note: "记录"}
	for _, r := range rule.All() {
		var codes []string
		for _, c := range r.Codes {
			codes = append(codes, "`"+string(c)+"`")
		}
		b.WriteString("## " + strings.Join(codes, " ") + "\n\n" + r.Doc + "\n\n| 代码 | 轻重 | 说明 | 办法 |\n| --- | --- | --- | --- |\n")
		for _, c := range r.Codes {
			e, _ := finding.Lookup(c)
			b.WriteString("| `" + string(c) + "` | " + names[e.Severity] + " | " + e.Message + " | " + e.Cure + " |\n")
		}
		b.WriteString("\n")
	}
	return b.String()
}
