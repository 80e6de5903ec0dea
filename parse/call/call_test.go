package call

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"baosong/parse/finding"
)

func written(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "call")
	if err := Write(dir, Default()); err != nil {
		t.Fatal(err)
	}
	return dir
}

func asJSON(t *testing.T, c *Call) string {
	t.Helper()
	d := *c
	d.Folder = ""
	for i := range d.Columns {
		if len(d.Columns[i].Synonyms) == 0 {
			d.Columns[i].Synonyms = nil
		}
	}
	b, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(b), `"Synonyms":[]`, `"Synonyms":null`)
}

func TestWriteLoad(t *testing.T) {
	t.Parallel()
	dir := written(t)
	got, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if g, w := asJSON(t, got), asJSON(t, Default()); g != w {
		t.Errorf("loaded call differs:\n got %s\nwant %s", g, w)
	}
	if got.Folder != dir || got.LettersDir != "" {
		t.Errorf("folder %q, letters %q", got.Folder, got.LettersDir)
	}
	if err := Write(dir, Default()); !errors.Is(err, os.ErrExist) {
		t.Errorf("second Write: %v, want exists", err)
	}
	var back Call
	if err := json.Unmarshal([]byte(asJSON(t, got)), &back); err != nil || !back.Deadline.Equal(got.Deadline) {
		t.Errorf("a call does not survive JSON: %v", err)
	}
}

func TestDefault(t *testing.T) {
	t.Parallel()
	c := Default()
	if n := len(c.ActiveUnits()); n != 16 {
		t.Errorf("%d active units, want 16", n)
	}
	if len(c.Divisions) != 104 {
		t.Errorf("%d divisions, want 104", len(c.Divisions))
	}
	per := map[string]int{}
	for _, k := range c.Clusters {
		per[k.City]++
		found := false
		for _, d := range c.Divisions {
			found = found || d == Division{k.City, k.County}
		}
		if !found {
			t.Errorf("%s: %s is not of %s", k.Name, k.County, k.City)
		}
	}
	for _, u := range c.ActiveUnits() {
		if per[u.City] < 1 {
			t.Errorf("%s has no cluster", u.City)
		}
		if u.County != "" {
			t.Errorf("%s is taken for a county", u.Name)
		}
	}
}

func TestUnitByAddress(t *testing.T) {
	t.Parallel()
	c := Default()
	c.Units[0].Addresses = append(c.Units[0].Addresses, "@hefei.example")
	for addr, want := range map[string]string{
		"GXJ@hefei.example": "hefei", "li@hefei.example": "hefei", "gxj@wuhu.example": "wuhu", "x@wuhu.example": "",
		"gxj@guangde.example": "xuancheng", "gxj@susong.example": "anqing", "": "", "nobody": "",
	} {
		got := ""
		if u, ok := c.UnitByAddress(addr); ok {
			got = u.ID
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", addr, got, want)
		}
	}
	for i := range c.Units {
		c.Units[i].Active = true
	}
	if u, _ := c.UnitByAddress("gxj@guangde.example"); u == nil || u.ID != "guangde" {
		t.Errorf("an active county unit must stand for itself, got %v", u)
	}
}

func TestDeadline(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"2024-06-21":                  "2024-06-21T23:59:59+08:00",
		"2024-06-21T17:00:00+08:00":   "2024-06-21T17:00:00+08:00",
		"2024-06-21T17:00:00":         "2024-06-21T17:00:00+08:00",
		"2024-06-21T09:00:00Z":        "2024-06-21T17:00:00+08:00",
		"\"2024-06-21\"":              "2024-06-21T23:59:59+08:00",
		"2024-06-21T23:59:59.5+08:00": "2024-06-21T23:59:59+08:00",
	} {
		dir := written(t)
		put(t, dir, "call.toml", "id = \"a\"\ntitle = \"b\"\ndeadline = "+text+"\n")
		c, err := Load(dir)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if got := c.Deadline.Format(time.RFC3339); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
		if len(c.Columns) != 12 || c.Case.MaxWords != 3000 || len(c.Parts) != 3 {
			t.Error("missing keys did not take the defaults")
		}
	}
}

func put(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestEncodings(t *testing.T) {
	t.Parallel()
	dir := written(t)
	for _, name := range []string{"units.csv", "clusters.csv"} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{"\xef\xbb\xbf" + string(b), strings.ReplaceAll(string(b), "\n", "\r\n")} {
			put(t, dir, name, text)
			c, err := Load(dir)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if c.Units[0].City != "合肥市" || c.Clusters[0].City != "滁州市" {
				t.Errorf("%s: got %v %v", name, c.Units[0], c.Clusters[0])
			}
		}
	}
	put(t, dir, "units.csv", "id,name,city,addresses\na,\xba\xcf\xb7\xca\xbe\xd6,\xba\xcf\xb7\xca\xca\xd0,x@a.example; y@a.example\n")
	c, err := Load(dir)
	if err != nil || c.Units[0].City != "合肥市" || len(c.Units[0].Addresses) != 2 {
		t.Errorf("GB18030: got %v, %v", c, err)
	}
}

func TestLoadRules(t *testing.T) {
	t.Parallel()
	dir := written(t)
	put(t, dir, "call.toml", "id=\"a\"\ntitle=\"b\"\ndeadline=2024-06-21\nprobation=[\"case.duplicate\"]\n[rules]\n\"case.pictures\"=\"note\"\ncell.format=\"warning\"\nrow.sequence=\"off\"\n")
	c, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if c.Severity("case.pictures", finding.Warning) != finding.Note || c.Severity("cell.format", finding.Error) != finding.Warning ||
		c.Severity("row.sequence", finding.Warning) != Off || c.Severity("cell.required", finding.Error) != finding.Error || !c.OnProbation("case.duplicate") {
		t.Errorf("rules: %v, probation %v", c.Rules, c.Probation)
	}
}

func TestLoadFaults(t *testing.T) {
	t.Parallel()
	const head = "id = \"a\"\ntitle = \"b\"\ndeadline = 2024-06-21\n"
	const units = "id,name,city,addresses,cc,active,tile\n"
	const clusters = "name,level,year,city,county,valid_from,valid_to,review\n"
	for _, tc := range []struct {
		name, file, text string
		line             int
		message, hint    string
	}{
		{"no id", "call.toml", "title=\"b\"\ndeadline=2024-06-21", 1, "缺少 id", "代号"},
		{"bad id", "call.toml", "id=\"A b\"\ntitle=\"b\"\ndeadline=2024-06-21", 1, "不能使用", "小写"},
		{"no title", "call.toml", "id=\"a\"\ndeadline=2024-06-21", 1, "缺少 title", "标题"},
		{"no deadline", "call.toml", "id=\"a\"\ntitle=\"b\"", 1, "缺少 deadline", "2024-06-21"},
		{"bad deadline", "call.toml", "id=\"a\"\ntitle=\"b\"\ndeadline=\"六月\"", 3, "读不懂", "2024-06-21"},
		{"impossible date", "call.toml", "id=\"a\"\ntitle=\"b\"\ndeadline=2024-06-31", 3, "", ""},
		{"deadline first", "call.toml", head + "opened = 2024-07-01\n", 3, "早于", "opened"},
		{"unknown key", "call.toml", head + "deadlin = 1\n", 4, "deadlin", "deadline"},
		{"unknown part", "call.toml", head + "[[parts]]\nid = \"sumary\"\n", 5, "sumary", "summary"},
		{"part twice", "call.toml", head + "[[parts]]\nid = \"case\"\n[[parts]]\nid = \"case\"\n", 7, "两次", "一处"},
		{"unknown column", "call.toml", head + "[[columns]]\nid = \"clustr\"\nheader = \"集群名称\"\n", 5, "clustr", "cluster"},
		{"column lost", "call.toml", head + "[[columns]]\nid = \"title\"\n", 4, "缺少列 cluster", "必须保留"},
		{"same header", "call.toml", head + "[[columns]]\nid=\"title\"\nsynonyms=[\"集群名称\"]\n[[columns]]\nid=\"cluster\"\n", 7, "同时属于", "一列"},
		{"unknown code", "call.toml", head + "[rules]\n\"cell.formt\" = \"note\"\n", 5, "cell.formt", "cell.format"},
		{"unknown severity", "call.toml", head + "[rules]\n\"cell.format\" = \"low\"\n", 5, "low", "warning"},
		{"secrecy stays", "call.toml", head + "[rules]\n\"content.classified-mark\" = \"off\"\n", 5, "不能降级", "删除"},
		{"unknown probation", "call.toml", head + "probation = [\"x.y\"]\n", 4, "x.y", "docs"},
		{"fact of no column", "call.toml", head + "[[case.facts]]\nid = \"titel\"\nlabel = \"x\"\n", 5, "titel", "title"},
		{"limits", "call.toml", head + "[case]\nmin_words = 5000\n", 4, "次序", "≤"},
		{"negative reminder", "call.toml", head + "remind = [3, -1]\n", 4, "-1", "工作日"},
		{"empty directions", "call.toml", head + "directions = []\n", 4, "空", "默认"},
		{"direction twice", "call.toml", head + "directions = [\"甲\", \"甲\"]\n", 4, "重复", "删除"},
		{"toml in gbk", "call.toml", "id = \"\xba\xcf\"\n", 1, "GBK", "UTF-8"},
		{"empty roster", "units.csv", units, 1, "空", "每行"},
		{"empty file", "units.csv", "", 1, "空", "列名"},
		{"all inactive", "units.csv", units + "a,甲,合肥市,,,false,\n", 2, "启用", "true"},
		{"id twice", "units.csv", units + "a,甲,合肥市,,,true,\n\na,乙,芜湖市,,,true,\n", 4, "第 2 行重复", "代号"},
		{"address twice", "units.csv", units + "a,甲,合肥市,x@a.example,,true,\nb,乙,芜湖市,X@A.example,,true,\n", 3, "x@a.example", "一个单位"},
		{"bad address", "units.csv", units + "a,甲,合肥市,x.a.example,,true,\n", 2, "格式不对", "@"},
		{"bad city", "units.csv", units + "a,甲,合肥,x@a.example,,true,\n", 2, "合肥", "全称"},
		{"bad active", "units.csv", units + "a,甲,合肥市,x@a.example,,maybe,\n", 2, "maybe", "true"},
		{"bad tile", "units.csv", units + "a,甲,合肥市,x@a.example,,true,\"1;2\"\n", 2, "tile", "行,列"},
		{"unknown csv column", "units.csv", "id,name,city,adresses\na,甲,合肥市,x@a.example\n", 1, "adresses", "addresses"},
		{"column missing", "units.csv", "id,name,city\na,甲,合肥市\n", 1, "addresses", "第一行"},
		{"quotes", "units.csv", units + "a,\"甲,合肥市\n", 2, "CSV", "引号"},
		{"binary", "units.csv", "PK\x03\x04\x00\x00", 1, "文本", "CSV"},
		{"cluster twice", "clusters.csv", clusters + "甲集群,省级,2022,合肥市,,,,\n甲集群,省级,2023,合肥市,,,,\n", 3, "重复", "删除"},
		{"cluster level", "clusters.csv", clusters + "甲集群,市级,2022,合肥市,,,,\n", 2, "市级", "省级"},
		{"cluster year", "clusters.csv", clusters + "甲集群,省级,22,合肥市,,,,\n", 2, "22", "四位"},
		{"cluster county", "clusters.csv", clusters + "甲集群,省级,2022,合肥市,天长市,,,\n", 2, "滁州市", "核对"},
		{"cluster date", "clusters.csv", clusters + "甲集群,省级,2022,合肥市,,2022-13-01,,\n", 2, "2022-13-01", "2024-06-21"},
		{"cluster ends first", "clusters.csv", clusters + "甲集群,省级,2022,合肥市,,2023-01-01,2022-01-01,\n", 2, "早于", "核对"},
		{"cluster review", "clusters.csv", clusters + "甲集群,省级,2022,合肥市,,,,不错\n", 2, "不错", "未通过"},
		{"empty register", "clusters.csv", clusters, 1, "空", "集群"},
		{"division twice", "divisions.csv", "city,county\n甲市,乙县\n甲市,乙县\n", 3, "两次", "删除"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			dir := written(t)
			put(t, dir, tc.file, tc.text)
			_, err := Load(dir)
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v, want *Error", err)
			}
			if filepath.Base(e.File) != tc.file || e.Line != tc.line || e.Column < 1 || !strings.Contains(e.Message, tc.message) || !strings.Contains(e.Hint, tc.hint) {
				t.Errorf("got %v, want %s:%d %s | %s", e, tc.file, tc.line, tc.message, tc.hint)
			}
		})
	}
}

func TestLoadMissing(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"call.toml", "units.csv", "clusters.csv"} {
		dir := written(t)
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
		_, err := Load(dir)
		var e *Error
		if !errors.As(err, &e) || filepath.Base(e.File) != name || !strings.Contains(e.Hint, "baosong init") {
			t.Errorf("%s: got %v", name, err)
		}
	}
	dir := written(t)
	if err := os.Remove(filepath.Join(dir, "divisions.csv")); err != nil {
		t.Fatal(err)
	}
	if c, err := Load(dir); err != nil || len(c.Divisions) != 104 {
		t.Errorf("without divisions.csv: %v", err)
	}
}

func FuzzCallLoad(f *testing.F) {
	c := Default()
	f.Add(c.toml(), c.unitsCSV(), c.clustersCSV())
	f.Add([]byte("id=\"a\"\ntitle=\"b\"\ndeadline=2024-06-21\n[rules]\na.b=1"), []byte("id,name,city,addresses\n"), []byte("\xff\xfe"))
	f.Fuzz(func(t *testing.T, toml, units, clusters []byte) {
		_, err := loadCallFile("call.toml", toml)
		var e *Error
		if err != nil && !errors.As(err, &e) {
			t.Fatalf("not an *Error: %v", err)
		}
		for _, b := range [][]byte{units, clusters} {
			c := defaults()
			c.Divisions = Default().Divisions
			if tab, err := parseTable("x.csv", b); err == nil {
				_ = c.readUnits(tab)
			}
			if tab, err := parseTable("x.csv", b); err == nil {
				_ = c.readClusters(tab)
			}
		}
	})
}
