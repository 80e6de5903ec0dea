package export

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"baosong/ledger"
	"baosong/ledger/blob"
	"baosong/parse/call"
	"baosong/parse/container"
	"baosong/parse/finding"
	"baosong/parse/sheet"
	"baosong/parse/sheet/grid"
)

// house is a ledger with its blobs and a call.
type house struct {
	t     *testing.T
	db    *ledger.DB
	store *blob.Store
	call  *call.Call
	now   time.Time
	uid   uint32
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{t: t, call: call.Default(), now: time.Date(2024, 6, 18, 9, 0, 0, 0, time.UTC)}
	dir := filepath.Join(t.TempDir(), "data")
	db, err := ledger.Open(t.Context(), dir, ledger.Options{Now: func() time.Time { return h.now }})
	h.must(err)
	t.Cleanup(func() { db.Close() })
	h.db, h.store = db, &blob.Store{Dir: dir}
	return h
}

func (h *house) put(text string) blob.Ref {
	h.t.Helper()
	ref, _, err := h.store.Put(context.Background(), strings.NewReader(text))
	h.must(err)
	return ref
}

// sends records a mail of a unit with cases of these titles and, if wanted, measures.
func (h *house) sends(unit string, measures bool, titles ...string) {
	h.t.Helper()
	h.uid++
	h.now = h.now.Add(time.Minute)
	mail := h.put(fmt.Sprintf("mail %d", h.uid))
	m, _, err := h.db.Receive(h.t.Context(), ledger.NewMessage{
		Location: ledger.Location{Folder: "INBOX", UIDValidity: 1, UID: h.uid}, SHA256: mail, ReceivedAt: h.now,
	})
	h.must(err)
	s := &ledger.Submission{Nil: len(titles) == 0 && !measures}
	for i, title := range titles {
		file := ledger.File{Name: "案例.DOCX", Path: "材料.zip/案例.DOCX", Part: "case", Format: "docx", SHA256: h.put(unit + title), Used: true}
		s.Files = append(s.Files, file)
		s.Rows = append(s.Rows, ledger.Row{Row: i + 4, CaseFile: file.Path, Values: map[string]string{"phone": "13900000000", "county": "某县"}})
		s.Cases = append(s.Cases, ledger.Case{
			Key: title, Title: title, Cluster: "样例产业集群", Direction: "质量品牌", Level: "省级", Row: i + 4, File: file.Path, SHA256: file.SHA256, OK: true,
		})
	}
	if measures {
		s.Files = append(s.Files, ledger.File{Name: "举措.docx", Path: "举措.docx", Part: "measures", Format: "docx", SHA256: h.put("measures of " + unit), Used: true})
	} else if !s.Nil {
		s.Owed = []string{"measures"}
	}
	_, err = h.db.Record(h.t.Context(), ledger.Outcome{Message: m.ID, State: ledger.Filed, Call: h.call.ID, Unit: unit, Submission: s})
	h.must(err)
}

func (h *house) build(out string) Manifest {
	h.t.Helper()
	m, err := Build(h.t.Context(), h.db, h.store, h.call, out, true, h.now)
	h.must(err)
	return m
}

// tree returns every file below dir with its bytes.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		all[filepath.ToSlash(name)] = string(raw)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestBuild(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.sends("wuhu", true, "案例乙")
	h.sends("hefei", true, "案例甲", "=HYPERLINK(\"http://x.example\")")
	h.sends("bengbu", false, "案例丙")
	h.sends("huainan", false)
	out := filepath.Join(t.TempDir(), "package")
	m := h.build(out)
	if m.Cases != 4 || len(m.Units) != 16 {
		t.Errorf("%d cases, %d units", m.Cases, len(m.Units))
	}
	var names []string
	for name := range tree(t, out) {
		names = append(names, name)
	}
	slices.Sort(names)
	want := []string{
		"manifest.json",
		"典型案例/01_合肥市/01_样例产业集群_案例甲.docx",
		"典型案例/01_合肥市/02_样例产业集群_=HYPERLINK(_http___x.example_).docx",
		"典型案例/02_芜湖市/01_样例产业集群_案例乙.docx",
		"典型案例/03_蚌埠市/01_样例产业集群_案例丙.docx",
		"培育举措/01_合肥市_培育举措.docx",
		"培育举措/02_芜湖市_培育举措.docx",
		"未报送情况.xlsx",
		"汇总表.xlsx",
		"清单.csv",
	}
	if !slices.Equal(names, want) {
		t.Errorf("files:\n%s\nwant:\n%s", strings.Join(names, "\n"), strings.Join(want, "\n"))
	}
	checkSummary(t, filepath.Join(out, summaryName))
	checkMissing(t, filepath.Join(out, missingName))
}

func checkSummary(t *testing.T, path string) {
	t.Helper()
	g := firstSheet(t, path)
	for _, tt := range []struct {
		row, col int
		want     string
	}{
		{1, 1, "序号"}, {2, 1, "1"}, {2, 2, "合肥市"}, {2, 3, "某县"}, {2, 7, "案例甲"}, {3, 7, `=HYPERLINK("http://x.example")`},
		{2, 11, "13900000000"}, {4, 2, "芜湖市"}, {5, 1, "4"}, {2, 13, "典型案例/01_合肥市/01_样例产业集群_案例甲.docx"},
	} {
		if c, _ := g.At(tt.row, tt.col); c.Text != tt.want || c.Formula {
			t.Errorf("%s = %q (formula %v), want %q", grid.Address(tt.col, tt.row), c.Text, c.Formula, tt.want)
		}
	}
}

func checkMissing(t *testing.T, path string) {
	t.Helper()
	g := firstSheet(t, path)
	if c, _ := g.At(2, 2); !strings.HasPrefix(c.Text, "蚌埠市") {
		t.Errorf("first of those missing = %q", c.Text)
	}
	if c, _ := g.At(2, 4); c.Text != "培育举措" {
		t.Errorf("owed = %q", c.Text)
	}
	if c, _ := g.At(3, 3); c.Text != "零报告" {
		t.Errorf("state of the nil return = %q", c.Text)
	}
	if c, _ := g.At(4, 3); c.Text != "未报送" {
		t.Errorf("state of the silent = %q", c.Text)
	}
}

func firstSheet(t *testing.T, path string) *grid.Grid {
	t.Helper()
	b, err := sheet.Read(t.Context(), path, container.XLSX, grid.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return b.Sheets[0]
}

func TestReproducible(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.sends("hefei", true, "案例甲", "案例乙")
	h.sends("wuhu", true, "案例丙")
	one, two := filepath.Join(t.TempDir(), "one"), filepath.Join(t.TempDir(), "two")
	h.build(one)
	h.now = h.now.Add(time.Hour)
	h.build(two)
	a, b := tree(t, one), tree(t, two)
	if len(a) != len(b) {
		t.Errorf("%d files, %d files", len(a), len(b))
	}
	for name := range a {
		if a[name] != b[name] {
			t.Errorf("%s differs", name)
		}
	}
	zips := [2][]byte{}
	for i, dir := range []string{one, two} {
		raw, err := os.ReadFile(dir + ".zip")
		h.must(err)
		zips[i] = raw
	}
	if !bytes.Equal(zips[0], zips[1]) {
		t.Error("the zips differ")
	}
	z, err := zip.NewReader(bytes.NewReader(zips[0]), int64(len(zips[0])))
	h.must(err)
	if len(z.File) != len(a) {
		t.Errorf("%d files in the zip, %d in the folder", len(z.File), len(a))
	}
	for _, f := range z.File {
		if !utf8.ValidString(f.Name) || f.NonUTF8 || !f.Modified.Equal(h.call.Deadline.Truncate(2*time.Second)) {
			t.Errorf("%s: NonUTF8 %v, time %v", f.Name, f.NonUTF8, f.Modified)
		}
	}
}

func TestManifest(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.sends("hefei", true, "案例甲")
	out := filepath.Join(t.TempDir(), "package")
	h.build(out)
	files := tree(t, out)
	var m Manifest
	h.must(json.Unmarshal([]byte(files[manifestName]), &m))
	if len(m.Files) != len(files)-2 {
		t.Errorf("%d files listed, %d there", len(m.Files), len(files))
	}
	for _, f := range m.Files {
		ref, _, err := h.store.Put(t.Context(), strings.NewReader(files[f.Path]))
		if err != nil || string(ref) != f.SHA256 || int64(len(files[f.Path])) != f.Size {
			t.Errorf("%s: listed as %s, %d bytes; is %s", f.Path, f.SHA256, f.Size, ref)
		}
		if !strings.Contains(files[listName], f.SHA256) {
			t.Errorf("%s is not in %s", f.Path, listName)
		}
	}
	if !strings.Contains(files[listName], "材料.zip/案例.DOCX") || !strings.HasPrefix(files[listName], "\uFEFF") {
		t.Errorf("list = %q", files[listName])
	}
}

func TestTarget(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.sends("hefei", true, "案例甲")
	foreign := t.TempDir()
	h.must(os.WriteFile(filepath.Join(foreign, "论文.docx"), nil, 0o600))
	if _, err := Build(t.Context(), h.db, h.store, h.call, foreign, false, h.now); !errors.Is(err, ErrOccupied) {
		t.Errorf("err = %v, want ErrOccupied", err)
	}
	parent := t.TempDir()
	out := filepath.Join(parent, "package")
	h.build(out)
	h.sends("hefei", true, "案例乙") // replaces 甲
	h.build(out)
	if _, err := os.Stat(filepath.Join(out, casesDir, "01_合肥市", "01_样例产业集群_案例甲.docx")); err == nil {
		t.Error("a file of the earlier package is left")
	}
	if names, err := os.ReadDir(parent); err != nil || len(names) != 2 {
		t.Errorf("left beside the package: %v, %v", names, err)
	}
}

func TestDamagedBlobStopsTheExport(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.sends("hefei", true, "案例甲")
	path := h.store.Path(h.put("hefei案例甲"))
	h.must(os.Chmod(path, 0o600))
	h.must(os.WriteFile(path, []byte("altered"), 0o600))
	out := filepath.Join(t.TempDir(), "package")
	if _, err := Build(t.Context(), h.db, h.store, h.call, out, false, h.now); !errors.Is(err, blob.ErrDamaged) {
		t.Errorf("err = %v", err)
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("half a package was left")
	}
}

// Cases of a unit that is no longer asked stay in; measures with an open error fall back to the ones before.
func TestNothingThatStandsIsLeftOut(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.sends("hefei", true, "案例甲")
	h.sends("formerly", true, "案例乙")
	h.uid++
	h.now = h.now.Add(time.Minute)
	m, _, err := h.db.Receive(t.Context(), ledger.NewMessage{
		Location: ledger.Location{Folder: "INBOX", UIDValidity: 1, UID: h.uid}, SHA256: h.put("faulty"), ReceivedAt: h.now,
	})
	h.must(err)
	_, err = h.db.Record(t.Context(), ledger.Outcome{Message: m.ID, State: ledger.Filed, Call: h.call.ID, Unit: "hefei", Submission: &ledger.Submission{
		Files:    []ledger.File{{Name: "新举措.docx", Path: "新举措.docx", Part: "measures", SHA256: h.put("damaged"), Used: true}},
		Findings: []ledger.Finding{{Finding: finding.New("file.unreadable", finding.Place{File: "新举措.docx"})}},
	}})
	h.must(err)
	out := filepath.Join(t.TempDir(), "package")
	got := h.build(out)
	if got.Cases != 2 || got.Units[16].ID != "formerly" {
		t.Errorf("manifest = %+v", got)
	}
	if files := tree(t, out); files["培育举措/01_合肥市_培育举措.docx"] != "measures of hefei" {
		t.Errorf("measures = %q", files["培育举措/01_合肥市_培育举措.docx"])
	}
}

func TestSafe(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"../../etc/passwd":       "_.._etc_passwd",
		"a\\b:c*d?e\"f<g>h|i":    "a_b_c_d_e_f_g_h_i",
		"  . 标题 \t\n 二 . ":       "标题 二",
		"\u202Exslx.exe":         "xslx.exe",
		"CON":                    "_CON",
		"com1.txt":               "_com1.txt",
		"":                       "未命名",
		"...":                    "未命名",
		"a\x00b":                 "ab",
		"\xff\xfe":               "未命名",
		strings.Repeat("长", 100): strings.Repeat("长", 40),
	} {
		if got := safe(in, 40); got != want {
			t.Errorf("safe(%q) = %q, want %q", in, got, want)
		}
	}
	for _, tt := range [][3]string{
		{"案例.DOCX", "docx", ".docx"}, {"案例", "pdf", ".pdf"}, {"案例.d/x", "doc", ".doc"}, {"案例.很长的扩展", "word-2003-xml", ""},
	} {
		if got := extension(tt[0], tt[1]); got != tt[2] {
			t.Errorf("extension(%q, %q) = %q, want %q", tt[0], tt[1], got, tt[2])
		}
	}
	for in, want := range map[string]string{"=1+1": "'=1+1", "-x": "'-x", "＝1": "'＝1", "\tx": "'\tx", "": "", "甲": "甲"} {
		if got := unformula(in); got != want {
			t.Errorf("unformula(%q) = %q", in, got)
		}
	}
}

func FuzzSafe(f *testing.F) {
	for _, seed := range []string{"案例", "../x", "CON.txt", "\u202E", "a/b\\c", "\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		got := safe(in, 40)
		if got == "" || len(got) > 161 || strings.ContainsAny(got, "/\\:*?\"<>|\x00\n") || !utf8.ValidString(got) ||
			got != strings.Trim(got, " .") || device(got) {
			t.Errorf("safe(%q) = %q", in, got)
		}
	})
}
