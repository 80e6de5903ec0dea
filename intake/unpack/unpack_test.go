package unpack

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"baosong/intake/message"
	"baosong/parse/container"
)

// tree draws what became of a file: names, kinds of findings, members.
func tree(nodes []*Node, indent string) string {
	var b strings.Builder
	for _, n := range nodes {
		fmt.Fprintf(&b, "%s%s", indent, n.Name)
		if n.Finding != nil {
			fmt.Fprintf(&b, " !%s", n.Finding.Code)
		} else if n.Path == "" {
			b.WriteString(" -")
		}
		b.WriteString("\n" + tree(n.Children, indent+"  "))
	}
	return b.String()
}

func TestWalk(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ file, want string }{
		{"gbk.zip", "gbk.zip\n  材料/乗車案例.docx\n  汇总表.xls\n  附件𠮷.doc\n  説明.doc\n  案例.doc\n  典型案例.doc\n  wrong.doc\n"},
		{"cut.zip", "cut.zip !file.unreadable\n  材料/乗車案例.docx\n  汇总表.xls\n  附件𠮷.doc\n  説明.doc\n  案例.doc\n"},
		{"enc.zip", "enc.zip !file.encrypted\n  a.txt -\n  b.txt -\n"},
		{"aes.zip", "aes.zip !file.encrypted\n  a.txt -\n"},
		{"mixed.zip", "mixed.zip\n  a.txt\n  b.txt !file.encrypted\n"},
		{"d64.zip", "d64.zip\n  a.txt !file.unsupported\n"},
		{"zip64.zip", "zip64.zip\n  a.txt\n  b.txt\n"},
		{"lzma.zip", "lzma.zip\n  a.txt\n  b.txt\n"},
		{"bzip2.zip", "bzip2.zip\n  a.txt\n  b.txt\n"},
		{"plain.7z", "plain.7z\n  a.txt\n  b.txt\n"},
		{"ppmd.7z", "ppmd.7z\n  a.txt\n  b.txt\n"},
		{"dirs.7z", "dirs.7z\n  材料/a.txt\n"},
		{"stdin.7z", "stdin.7z\n  stdin\n"},
		{"pipe.7z", "pipe.7z\n  案例.txt\n"},
		{"cut.7z", "cut.7z !file.unreadable\n"},
		{"enc.7z", "enc.7z !file.encrypted\n  a.txt -\n  b.txt -\n"},
		{"enchead.7z", "enchead.7z !file.encrypted\n"},
		{"t.tar.gz", "t.tar.gz\n  材料/案例一.txt\n  材料/案例二.txt\n  硬链接.txt\n"},
		{"t.tbz2", "t.tbz2\n  材料/案例一.txt\n  材料/案例二.txt\n  硬链接.txt\n"},
		{"t.txz", "t.txz\n  材料/案例一.txt\n  材料/案例二.txt\n  硬链接.txt\n"},
		{"t.tar.zst", "t.tar.zst\n  材料/案例一.txt\n  材料/案例二.txt\n  硬链接.txt\n"},
		{"a.txt.zst", "a.txt.zst\n  a.txt\n"},
		{"window.txt.zst", "window.txt.zst !file.limit\n"},
		{"window.txt.xz", "window.txt.xz !file.limit\n"},
		{"a.txt.gz", "a.txt.gz\n  a.txt\n"},
		{"rar4.rar", "rar4.rar\n  材料/案例一.txt\n  材料/案例二.txt\n"},
		{"rar4-solid.rar", "rar4-solid.rar\n  材料/案例一.txt\n  材料/案例二.txt\n"},
		{"rar4-enc.rar", "rar4-enc.rar !file.encrypted\n  材料/案例一.txt -\n  材料/案例二.txt -\n"},
		{"rar4-enchead.rar", "rar4-enchead.rar !file.encrypted\n"},
		{"rar4-cut.rar", "rar4-cut.rar !file.unreadable\n  材料/案例一.txt\n"},
		{"rar4-vol.part1.rar", "rar4-vol.part1.rar !file.unsupported\n  big.bin -\n"},
		{"rar4-vol.part2.rar", "rar4-vol.part2.rar !file.unsupported\n"},
		{"rar5.rar", "rar5.rar\n  材料/案例一.txt\n  材料/案例二.txt\n"},
		{"rar5-solid.rar", "rar5-solid.rar\n  材料/案例一.txt\n  材料/案例二.txt\n"},
		{"rar5-enc.rar", "rar5-enc.rar !file.encrypted\n  材料/案例一.txt -\n  材料/案例二.txt -\n"},
		{"rar5-enchead.rar", "rar5-enchead.rar !file.encrypted\n"},
		{"rar5-cut.rar", "rar5-cut.rar !file.unreadable\n  材料/案例一.txt\n  材料/案例二.txt !file.unreadable\n"},
		{"rar5-vol.part1.rar", "rar5-vol.part1.rar !file.unsupported\n  big.bin -\n"},
		{"rar5-vol.part2.rar", "rar5-vol.part2.rar !file.unsupported\n"},
		{"split.7z.001", "split.7z.001 !file.unsupported\n"},
		{"split.7z.003", "split.7z.003 !file.unsupported\n"},
		{"nested.zip", "nested.zip\n  two.zip\n    inner.zip\n      a.txt\n    plain.7z\n      a.txt\n      b.txt\n  b.txt\n  t.tar.gz\n    材料/案例一.txt\n    材料/案例二.txt\n    硬链接.txt\n"},
	} {
		t.Run(c.file, func(t *testing.T) {
			t.Parallel()
			n, _ := walkFile(t, filepath.Join("testdata", c.file), Limits{})
			if got := tree([]*Node{n}, ""); got != c.want {
				t.Errorf("got\n%swant\n%s", got, c.want)
			}
			every(n, func(n *Node) {
				if n.Finding != nil && (n.Finding.Message == "" || n.Finding.Hint == "" || n.Finding.File == "") {
					t.Errorf("finding says too little: %+v", n.Finding)
				}
				if n.Children == nil {
					t.Errorf("%s: children is nil", n.Name)
				}
			})
		})
	}
}

func attachFiles(t *testing.T, files ...string) []*message.Attachment {
	t.Helper()
	var out []*message.Attachment
	for _, f := range files {
		path := filepath.Join("testdata", f)
		format, err := container.SniffFile(path)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, &message.Attachment{Name: f, Path: path, Size: fileSize(t, path), Type: string(format), Disposition: "attachment"})
	}
	return out
}

func TestWalkVolumesTogether(t *testing.T) {
	t.Parallel()
	nodes, _, err := Walk(t.Context(), attachFiles(t, "split.7z.003", "split.7z.001", "split.7z.004", "split.7z.002"), t.TempDir(), Limits{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := tree(nodes, ""), "split.7z.003\nsplit.7z.001\n  big.bin\nsplit.7z.004\nsplit.7z.002\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	leaves := Leaves(nodes)
	if len(leaves) != 1 || leaves[0].Name != "split.7z.001/big.bin" || leaves[0].Size != 3008 {
		t.Errorf("leaves: %+v", leaves)
	}
	for _, v := range []string{"rar4", "rar5"} {
		nodes, _, err := Walk(t.Context(), attachFiles(t, v+"-vol.part2.rar", v+"-vol.part1.rar"), t.TempDir(), Limits{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := tree(nodes, ""), v+"-vol.part2.rar\n"+v+"-vol.part1.rar\n  big.bin\n"; got != want {
			t.Errorf("got\n%swant\n%s", got, want)
		}
	}
	nodes, _, err = Walk(t.Context(), attachFiles(t, "split.7z.001", "split.7z.002"), t.TempDir(), Limits{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if f := nodes[0].Finding; f == nil || !strings.Contains(f.Message, "收到 2 卷") {
		t.Errorf("incomplete set: %+v", f)
	}
}

func TestWalkLimits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		lim  Limits
		want string
	}{
		{"depth", Limits{Depth: 2}, "nested.zip\n  two.zip\n    inner.zip !file.limit\n    plain.7z !file.limit\n  b.txt\n  t.tar.gz\n    材料/案例一.txt\n    材料/案例二.txt\n    硬链接.txt\n"},
		{"files", Limits{Files: 2}, "nested.zip !file.limit\n  two.zip !file.limit\n  b.txt\n"},
		{"bytes", Limits{Bytes: 1400}, "nested.zip !file.limit\n  two.zip !file.limit\n  b.txt\n"},
	} {
		nodes, _, err := Walk(t.Context(), attachFiles(t, "nested.zip"), t.TempDir(), c.lim, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := tree(nodes, ""); got != c.want {
			t.Errorf("%s: got\n%swant\n%s", c.name, got, c.want)
		}
	}
}

// TestWalkGzipBomb: 80 MB of zeroes in a few KB are not written out.
func TestWalkGzipBomb(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	zeroes := make([]byte, 1<<20)
	for range 80 {
		if _, err := z.Write(zeroes); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"zeroes.gz", "zeroes.csv.gz"} {
		n, _ := walkFile(t, write(t, name, b.Bytes()), Limits{})
		if n.Finding == nil || n.Finding.Code != "file.limit" {
			t.Errorf("%s: %s", name, tree([]*Node{n}, ""))
		}
	}
}

// TestWalkAfterBomb: what an attachment has used up is not taken from the others.
func TestWalkAfterBomb(t *testing.T) {
	t.Parallel()
	many := map[string]string{}
	for i := range 600 {
		many[fmt.Sprintf("%03d", i)] = ""
	}
	inner := zipOf(t, many)
	bomb := zipOf(t, map[string]string{"a.zip": string(inner), "b.zip": string(inner), "c.zip": string(inner)})
	path := write(t, "bomb.zip", bomb)
	atts := append([]*message.Attachment{{Name: "bomb.zip", Path: path, Size: 9000, Type: "zip"}}, attachFiles(t, "plain.7z")...)
	nodes, _, err := Walk(t.Context(), atts, t.TempDir(), Limits{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(faults(nodes[0]), "file.limit") {
		t.Errorf("bomb: %q", faults(nodes[0]))
	}
	if got, want := tree(nodes[1:], ""), "plain.7z\n  a.txt\n  b.txt\n"; got != want {
		t.Errorf("after the bomb: got\n%swant\n%s", got, want)
	}
	for _, c := range nodes[0].Children {
		if len(c.Children) == 0 && c.Finding == nil && nodes[0].Finding == nil {
			t.Errorf("%s was passed over in silence", c.Name)
		}
	}
}

// TestWalkVolumesNested: pieces within pieces do not get around the depth.
func TestWalkVolumesNested(t *testing.T) {
	t.Parallel()
	inner := zipOf(t, map[string]string{"a.txt": "x"})
	for range 6 {
		inner = zipOf(t, map[string]string{"next.zip.001": string(inner)})
	}
	n, _ := walkFile(t, write(t, "m.zip", inner), Limits{})
	deep := 0
	every(n, func(*Node) { deep++ })
	if deep > 4 || !strings.Contains(faults(n), "file.limit") {
		t.Errorf("%d levels: %s", deep, tree([]*Node{n}, ""))
	}
}

func zipOf(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, content := range files {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, content); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestMangledNames: a packer that took GBK for Western letters wrote them down as UTF-8, and said so.
func TestMangledNames(t *testing.T) {
	t.Parallel()
	n, _ := walkFile(t, write(t, "m.zip", zipOf(t, map[string]string{"µäÐÍ°¸Àý/»ã×Ü±í.xlsx": "x"})), Limits{})
	if got, want := tree([]*Node{n}, ""), "m.zip\n  典型案例/汇总表.xlsx\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestWalkCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := Walk(ctx, attachFiles(t, "nested.zip"), t.TempDir(), Limits{}, nil); err == nil {
		t.Error("a cancelled walk reports nothing")
	}
}

// TestWalkWritesOnlyBelow: names of members never become paths.
func TestWalkWritesOnlyBelow(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var said []string
	if _, _, err := Walk(t.Context(), attachFiles(t, "gbk.zip", "nested.zip"), dir, Limits{}, func(name string) { said = append(said, name) }); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(filepath.Join(dir, "unpacked"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if strings.Trim(e.Name(), "0123456789") != "" || e.IsDir() {
			t.Errorf("unexpected %s", e.Name())
		}
		if st, err := e.Info(); err != nil || st.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode %v, %v", e.Name(), st.Mode(), err)
		}
	}
	if got := strings.Join(said, " "); !strings.Contains(got, "nested.zip/two.zip/inner.zip") {
		t.Errorf("files named before reading: %s", got)
	}
}

func TestNodeJSON(t *testing.T) {
	t.Parallel()
	n, _ := walkFile(t, filepath.Join("testdata", "enchead.7z"), Limits{})
	b, err := json.Marshal(n)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"name":"enchead.7z"`, `"size":222`, `"type":"7z"`, `"disposition":"attachment"`, `"children":[]`, `"code":"file.encrypted"`} {
		if !strings.Contains(string(b), want) {
			t.Errorf("%s is missing in %s", want, b)
		}
	}
}

func TestForwardedMail(t *testing.T) {
	t.Parallel()
	zip, err := os.ReadFile("testdata/gbk.zip")
	if err != nil {
		t.Fatal(err)
	}
	mail := "From: a@example.org\r\nTo: b@example.org\r\nSubject: =?GB2312?B?16q3og==?=\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n" +
		"--x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n请查收\r\n--x\r\nContent-Type: application/zip; name=m.zip\r\nContent-Disposition: attachment; filename=m.zip\r\n" +
		"Content-Transfer-Encoding: base64\r\n\r\n" + base64Lines(zip) + "\r\n--x--\r\n"
	path := filepath.Join(t.TempDir(), "f.eml")
	if err := os.WriteFile(path, []byte(mail), 0o600); err != nil {
		t.Fatal(err)
	}
	n, _ := walkFile(t, path, Limits{})
	if len(n.Children) != 1 || n.Children[0].Name != "m.zip" || len(n.Children[0].Children) != 7 {
		t.Errorf("got %s", tree([]*Node{n}, ""))
	}
	if !strings.Contains(n.Text, "转发") || !strings.Contains(n.Text, "请查收") {
		t.Errorf("text: %q", n.Text)
	}
}

func TestSealed(t *testing.T) {
	t.Parallel()
	n, _ := walkFile(t, write(t, "汇总表.xlsx", []byte("%TSD-Header-###%\x00\x01\x02")), Limits{})
	if n.Finding == nil || n.Finding.Code != "file.encrypted" || !strings.Contains(n.Finding.Message, "防泄密") || n.Finding.File != "汇总表.xlsx" {
		t.Errorf("got %+v", n.Finding)
	}
}

func TestCleanName(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in, want string
		climbs   bool
	}{
		{"案例/一.docx", "案例/一.docx", false},
		{`案例\一.docx`, "案例/一.docx", false},
		{"./a/../b.docx", "b.docx", false},
		{"../../etc/passwd", "etc/passwd", true},
		{`..\..\x.docx`, "x.docx", false},
		{"/etc/passwd", "etc/passwd", false},
		{`C:\Windows\x.docx`, "Windows/x.docx", false},
		{"a\x00b\r\n.docx", "ab.docx", false},
		{"a\u202Excod.exe", "axcod.exe", false},
		{"", "未命名", false},
		{"..", "未命名", false},
	} {
		if got, climbs := cleanName(c.in); got != c.want || climbs != c.climbs {
			t.Errorf("cleanName(%q) = %q, %v; want %q, %v", c.in, got, climbs, c.want, c.climbs)
		}
	}
}

func TestIsJunk(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{"__MACOSX/a/._b.docx": true, "__MACOSX/b.docx": true, "x/.git/config": true, "$RECYCLE.BIN/a.doc": true, ".DS_Store": true, "a/Thumbs.db": true, "~$汇总表.xlsx": true, "desktop.ini": true,
		"汇总表.xlsx": false, "a/b.docx": false, "~案例.docx": false} {
		if isJunk(name) != want {
			t.Errorf("isJunk(%q) = %v", name, !want)
		}
	}
}

func BenchmarkWalkZip(b *testing.B)   { benchmarkWalk(b, "gbk.zip") }
func BenchmarkWalk7z(b *testing.B)    { benchmarkWalk(b, "plain.7z") }
func BenchmarkWalkTarGz(b *testing.B) { benchmarkWalk(b, "t.tar.gz") }

func benchmarkWalk(b *testing.B, file string) {
	path := filepath.Join("testdata", file)
	st, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	format, _ := container.SniffFile(path)
	dir := b.TempDir()
	for b.Loop() {
		if _, _, err := Walk(context.Background(), []*message.Attachment{{Name: file, Path: path, Size: st.Size(), Type: string(format)}}, dir, Limits{}, nil); err != nil {
			b.Fatal(err)
		}
		os.RemoveAll(filepath.Join(dir, "unpacked"))
	}
}

// TestUnnamedFiles: a file that came without a name is called by its number and what it is.
func TestUnnamedFiles(t *testing.T) {
	t.Parallel()
	var got []string
	for _, l := range Leaves([]*Node{{Path: "1", Type: "docx"}, {Name: "甲.xlsx", Path: "2", Type: "xlsx"}, {Path: "3", Type: "text"}, {Path: "4"},
		{Type: "eml", Path: "5", Children: []*Node{{Path: "6", Type: "pdf"}}}}) {
		got = append(got, l.Name)
	}
	want := []string{"未命名附件1.docx", "甲.xlsx", "未命名附件3.txt", "未命名附件4", "未命名附件5.eml/未命名附件1.pdf"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestLitterAttached: a whole folder attached brings what the folder holds of its own; a document is never passed over.
func TestLitterAttached(t *testing.T) {
	t.Parallel()
	var got []string
	for _, n := range []*Node{{Name: "~$案例.docx", Size: 162}, {Name: ".~案例.docx", Size: 0, Type: "empty"}, {Name: "Thumbs.db", Size: 9 << 10, Type: "ole"},
		{Name: ".DS_Store", Size: 6148}, {Name: "desktop.ini", Size: 300, Type: "text"},
		{Name: "~$案例.docx", Size: 9000, Type: "docx"}, {Name: "~$加密.docx", Size: 9000}, {Name: "~$旧.doc", Size: 9000, Type: "ole"}} {
		n.Path = "1"
		for _, l := range Leaves([]*Node{n}) {
			got = append(got, l.Name)
		}
	}
	if want := []string{"~$案例.docx", "~$加密.docx", "~$旧.doc"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
