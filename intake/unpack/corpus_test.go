package unpack

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"

	"baosong/intake/message"
	"baosong/parse/container"
	"baosong/sample/corpus"
)

type wantFile struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

type wantArchive struct {
	File      string     `json:"file"`
	Size      int64      `json:"size"`
	Encrypted bool       `json:"encrypted"`
	Verdict   string     `json:"verdict"`
	Bsdtar    []wantFile `json:"files_bsdtar"`
	TNEF      []wantFile `json:"files"`
	TNEFrc    int        `json:"tnef_rc"`
}

// walkFile walks one file as if it were the only attachment of a mail.
func walkFile(t testing.TB, path string, lim Limits) (*Node, time.Duration) {
	t.Helper()
	st, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	format, err := container.SniffFile(path)
	if err != nil {
		t.Fatal(err)
	}
	a := &message.Attachment{Name: filepath.Base(path), Path: path, Size: st.Size(), Type: string(format), Disposition: "attachment"}
	start := time.Now()
	nodes, _, err := Walk(context.Background(), []*message.Attachment{a}, t.TempDir(), lim, nil)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return nodes[0], time.Since(start)
}

// every calls f for the node and all below it.
func every(n *Node, f func(*Node)) {
	f(n)
	for _, c := range n.Children {
		every(c, f)
	}
}

// faults lists the codes of findings in a tree.
func faults(n *Node) string {
	var out []string
	every(n, func(n *Node) {
		if n.Finding != nil {
			out = append(out, string(n.Finding.Code))
		}
	})
	return strings.Join(out, " ")
}

func names(n *Node) string {
	var out []string
	every(n, func(n *Node) { out = append(out, fmt.Sprintf("%s(%d)", n.Name, n.Size)) })
	return strings.Join(out[1:], " ")
}

// allowed lists rows that differ, with the reason.
func allowed() map[string]string {
	return map[string]string{
		"archives/libzip/data/bogus.zip":                               "plain text named .zip: told as text, a file and no archive",
		"archives/libzip/data/incons-central-file-comment-shorter.zip": "the member's bytes carry the right sum; only a comment's length is wrong",
		"archives/libzip/data/incons-local-crc.zip":                    "the member's bytes carry the sum of the central directory; only the local header's is wrong",
		"archives/sevenzip/t5.7z":                                      "encrypted with an empty password: the members open and carry the right sums",
		"archives/tika/test-documents.tar.Z":                           "Unix compress is named as unsupported, with what to do",
		"archives/tika/testARofSND.ar":                                 "ar is named as unsupported, with what to do",
		"archives/rarfile/rar5-dups.rar":                               "copies are given the bytes that they stand for; the other tool writes them empty",
		"tnef/mimekit/MAPI_OBJECT.tnef":                                "the interface id of 16 bytes before an OLE object is taken off, so that the object opens",
	}

}

func TestCorpusArchives(t *testing.T) {
	root := corpus.Dir(t)
	type score struct{ right, all int }
	table := map[string]*score{}
	var other []string
	for _, want := range corpus.Rows[wantArchive](t, "expectations-archives.jsonl") {
		n, _ := walkFile(t, filepath.Join(root, want.File), Limits{})
		why := judgeArchive(want, n)
		if want.Verdict == "disputed" {
			other = append(other, fmt.Sprintf("%s: %d members, %s", want.File, len(n.Children), faults(n)))
			continue
		}
		source := filepath.Dir(want.File) + " " + want.Verdict
		if table[source] == nil {
			table[source] = &score{}
		}
		table[source].all++
		if reason, ok := allowed()[want.File]; ok {
			t.Logf("differs: %s: %s: %s", want.File, why, reason)
			continue
		}
		if why == "" {
			table[source].right++
			continue
		}
		t.Errorf("%s (%s): %s", want.File, want.Verdict, why)
	}
	keys := make([]string, 0, len(table))
	for k := range table {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		t.Logf("%-40s %3d of %3d", k, table[k].right, table[k].all)
	}
	for _, s := range other {
		t.Logf("disputed: %s", s)
	}
}

func judgeArchive(want wantArchive, n *Node) string {
	have := map[string]bool{}
	every(n, func(n *Node) { have[n.SHA256] = true })
	codes := faults(n)
	switch want.Verdict {
	case "good":
		for _, f := range want.Bsdtar {
			if !have[f.SHA256] && !isJunk(f.Name) {
				return fmt.Sprintf("member %q (%d) is missing; have %s, faults %q", f.Name, f.Size, names(n), codes)
			}
		}
	case "encrypted":
		if !strings.Contains(codes, "file.encrypted") {
			return fmt.Sprintf("not told as encrypted: %q, %s", codes, names(n))
		}
	default:
		if codes == "" {
			return "taken for good: " + names(n)
		}
	}
	return ""
}

func TestCorpusTNEF(t *testing.T) {
	root := corpus.Dir(t)
	right, all := 0, 0
	for _, want := range corpus.Rows[wantArchive](t, "expectations-tnef.jsonl") {
		n, _ := walkFile(t, filepath.Join(root, want.File), Limits{})
		have := map[string]string{}
		every(n, func(n *Node) { have[n.SHA256] = n.Name })
		for _, f := range want.TNEF {
			all++
			if reason := allowed()[want.File]; have[f.SHA256] == "" && reason != "" {
				t.Logf("differs: %s: %s: %s", want.File, f.Name, reason)
			} else if name, ok := have[f.SHA256]; !ok {
				t.Errorf("%s: %q (%d) is missing; have %s, faults %q", want.File, f.Name, f.Size, names(n), faults(n))
			} else {
				right++
				if name != f.Name {
					t.Logf("%s: %q is named %q", want.File, f.Name, name)
				}
			}
		}
	}
	t.Logf("tnef: %d of %d parts", right, all)
}

func fileSize(t testing.TB, path string) int64 {
	t.Helper()
	st, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return st.Size()
}

// TestCorpusMSG has no expectations from elsewhere: the trees were read by hand.
func TestCorpusMSG(t *testing.T) {
	root := corpus.Dir(t)
	for file, want := range map[string]string{
		"testMSG_att_doc.msg": "testMSG_att_doc.msg\n  test-unicode.doc\n  pj1.txt\n  message.rtf\n",
		"testMSG_att_msg.msg": "testMSG_att_msg.msg\n  Test Attachment.msg -\n    message.rtf\n  smbprn.00009008.KdcPjl.pdf\n  message.rtf\n",
		"testMSG_Post.msg":    "testMSG_Post.msg\n  message.rtf\n",
	} {
		n, _ := walkFile(t, filepath.Join(root, "mime/tika", file), Limits{})
		if got := tree([]*Node{n}, ""); got != want {
			t.Errorf("got\n%swant\n%s", got, want)
		}
	}
}

// TestCorpusEverything walks every file of the collection, whatever it is: no error of ours, nothing large.
func TestCorpusEverything(t *testing.T) {
	root := corpus.Dir(t)
	files, members, before := 0, 0, heap()
	codes := map[string]int{}
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		if format, err := container.SniffFile(path); err != nil || !format.HoldsFiles() {
			return err
		}
		n, _ := walkFile(t, path, Limits{})
		every(n, func(n *Node) {
			members++
			if n.Finding != nil {
				codes[string(n.Finding.Code)]++
			}
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if grown := heap() - before; grown > 300<<20 {
		t.Errorf("memory grew by %d MB", grown>>20)
	}
	t.Logf("%d files, %d nodes of containers, findings %v", files, members, codes)
}
