package unpack

import (
	"context"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"baosong/intake/message"
	"baosong/parse/container"
	"baosong/sample/corpus"
)

// TestGenerated holds the bombs, slips and lies that were made for this project to what their index says.
func TestGenerated(t *testing.T) {
	root := filepath.Join(corpus.Dir(t), "generated")
	for _, c := range []struct {
		file   string
		has    []string // names that must be among the members, each with bytes
		hasNot []string // parts of names that must not appear
		codes  string   // what must be among the findings, or "" for none at all
		most   int      // members at most, 0 any
	}{
		{file: "bomb_64MB_ratio1000.zip", codes: "file.limit"},
		{file: "bomb_nested_3x12x10MB.zip", codes: "file.limit"},
		{file: "bomb_20k_entries.zip", codes: "file.limit", most: 2000},
		{file: "bomb_overlap_32GB.zip", codes: "file.limit"},
		{file: "name_gbk_plain.zip", has: []string{"案件材料/关于南京某小区的情况反映.docx"}},
		{file: "name_gbk_5c.zip", most: 3},
		{file: "name_big5.zip", most: 2},
		{file: "name_utf8_noflag.zip", has: []string{"附件一.docx"}},
		{file: "slip_dotdot.zip", has: []string{"ok.docx"}, hasNot: []string{".."}},
		{file: "slip_absolute.zip", hasNot: []string{"..", ":", `\`}},
		{file: "slip_symlink.zip"},
		{file: "dup_names.zip", most: 3},
		{file: "truncated.zip", codes: "file.unreadable"},
		{file: "crc_bad.zip", codes: "file.unreadable"},
		{file: "evil.tar", has: []string{"ok.docx"}, most: 1},
		{file: "evil.tar.gz", has: []string{"ok.docx"}, most: 1},
		{file: "deep40.zip", codes: "file.limit", most: 4},
	} {
		t.Run(c.file, func(t *testing.T) {
			before := heap()
			n, took := walkFile(t, filepath.Join(root, c.file), Limits{})
			grown := heap() - before
			var members, bare []string
			every(n, func(m *Node) {
				if m != n {
					members = append(members, m.Name)
					if m.Path == "" {
						bare = append(bare, m.Name)
					}
				}
			})
			all := "\n" + strings.Join(members, "\n") + "\n"
			for _, name := range c.has {
				if !strings.Contains(all, "\n"+name+"\n") {
					t.Errorf("%s is missing among %q", name, members)
				}
			}
			for _, name := range c.hasNot {
				if strings.Contains(all, name) {
					t.Errorf("%q appears in %q", name, members)
				}
			}
			if codes := faults(n); c.codes == "" && codes != "" || !strings.Contains(codes, c.codes) {
				t.Errorf("findings %q, want %q", codes, c.codes)
			}
			if got := strings.Count(faults(n), "file."); got > 10 {
				t.Errorf("%d findings would fill a letter", got)
			}
			if c.most > 0 && len(members) > c.most {
				t.Errorf("%d members, want at most %d", len(members), c.most)
			}
			if grown > 300<<20 {
				t.Errorf("grown by %d MB", grown>>20)
			}
			t.Logf("%d members (%d without bytes), %v, %d MB: %.150s", len(members), len(bare), took.Round(time.Millisecond), grown>>20, strings.Join(members, " "))
		})
	}
}

func heap() int64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.Sys)
}

// TestVolumes puts volumes sent side by side together, and says what to do when one is missing.
func TestVolumes(t *testing.T) {
	root := filepath.Join(corpus.Dir(t), "archives")
	attach := func(files ...string) []*message.Attachment {
		var out []*message.Attachment
		for _, f := range files {
			path := filepath.Join(root, f)
			format, err := container.SniffFile(path)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, &message.Attachment{Name: filepath.Base(f), Path: path, Size: fileSize(t, path), Type: string(format), Disposition: "attachment"})
		}
		return out
	}
	nodes, _, err := Walk(context.Background(), attach("mholt/test.part01.rar", "mholt/test.part02.rar"), t.TempDir(), Limits{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range nodes {
		if n.Finding != nil {
			t.Errorf("%s: %s", n.Name, n.Finding.Message)
		}
	}
	if len(nodes[0].Children) != 1 || nodes[0].Children[0].Path == "" {
		t.Errorf("joined: %s", names(nodes[0]))
	}
	if leaves := Leaves(nodes); len(leaves) != 1 {
		t.Errorf("leaves: %+v", leaves)
	}
	nodes, _, err = Walk(context.Background(), attach("tika/test-documents-spanned.z01", "tika/test-documents-spanned.zip"), t.TempDir(), Limits{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if nodes[0].Finding != nil || nodes[1].Finding != nil || len(nodes[1].Children) != 9 {
		t.Errorf("spanned zip: %s", tree(nodes, ""))
	}
	for _, alone := range []string{"mholt/test.part01.rar", "mholt/test.part02.rar", "rarfile/rar3-vols.part3.rar", "rarfile/rar5-vols.part2.rar",
		"sevenzip/multi.7z.003", "tika/test-documents-spanned.zip", "tika/test-documents-spanned.z01"} {
		nodes, _, err := Walk(context.Background(), attach(alone), t.TempDir(), Limits{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		f := nodes[0].Finding
		if f == nil || f.Code != "file.unsupported" || !strings.Contains(f.Message, "分卷") {
			t.Errorf("%s: %+v", alone, f)
		}
	}
}
