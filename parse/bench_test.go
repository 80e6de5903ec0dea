package parse

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"baosong/parse/call"
)

// BenchmarkCheck is the time to judge a whole submission: a summary of five rows, five cases, the measures.
func BenchmarkCheck(b *testing.B) {
	s := Submission{Unit: "chuzhou", Files: onDisk(b, cleanFiles(5)...), Today: today()}
	c := call.Default()
	b.ResetTimer()
	for range b.N {
		if _, err := Check(context.Background(), s, c, nil); err != nil {
			b.Fatal(err)
		}
	}
}

// FuzzCheck gives Check any bytes under names of any kind: it must return a report or a refusal, never panic.
func FuzzCheck(f *testing.F) {
	for _, m := range cleanFiles(1) {
		f.Add(m.name, m.bytes)
	}
	f.Add("汇总表.csv", csvText([][]string{headerRow(), cleanEntry("滁州市", 0).row()}, true))
	f.Add("a.html", []byte("<table><tr><td>案例名称<td>X<tr><td>集群名称</table>"))
	c := call.Default()
	f.Fuzz(func(t *testing.T, name string, b []byte) {
		path := filepath.Join(t.TempDir(), "f")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := Check(context.Background(), Submission{Unit: "chuzhou", Files: []File{{Name: name, Path: path}}, Today: today()}, c, nil)
		if err == nil && (r.Verdict == "" || r.Findings == nil) {
			t.Errorf("empty report on %q", name)
		}
	})
}
