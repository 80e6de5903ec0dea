package call

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"time"

	"baosong/parse/finding"
)

// Write lays a call out as a folder: call.toml with comments, units.csv, clusters.csv and divisions.csv, all in UTF-8
// without a mark. It makes the folder and never overwrites a file.
func Write(dir string, c *Call) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("write call: %w", err)
	}
	for _, f := range []struct {
		name string
		text []byte
	}{{callFile, c.toml()}, {unitsFile, c.unitsCSV()}, {clustersFile, c.clustersCSV()}, {divisionsFile, c.divisionsCSV()}} {
		if err := writeNew(filepath.Join(dir, f.name), f.text); err != nil {
			return fmt.Errorf("write call: %w", err)
		}
	}
	return nil
}

func writeNew(path string, b []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	if _, err := f.Write(b); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

func csvBytes(rows [][]string) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.WriteAll(rows) // a bytes.Buffer takes everything
	return b.Bytes()
}

func (c *Call) unitsCSV() []byte {
	rows := [][]string{{"id", "name", "city", "addresses", "cc", "active", "tile"}}
	for _, u := range c.Units {
		tile := ""
		if u.Tile[0] >= 0 {
			tile = fmt.Sprintf("%d,%d", u.Tile[0], u.Tile[1])
		}
		rows = append(rows, []string{u.ID, u.Name, u.City, strings.Join(u.Addresses, " "), strings.Join(u.CC, " "), strconv.FormatBool(u.Active), tile})
	}
	return csvBytes(rows)
}

func (c *Call) clustersCSV() []byte {
	rows := [][]string{{"name", "level", "year", "city", "county", "valid_from", "valid_to", "review"}}
	for _, k := range c.Clusters {
		rows = append(rows, []string{k.Name, k.Level, strconv.Itoa(k.Year), k.City, k.County, isoDate(k.ValidFrom), isoDate(k.ValidTo), k.Review})
	}
	return csvBytes(rows)
}

func (c *Call) divisionsCSV() []byte {
	rows := [][]string{{"city", "county"}}
	for _, d := range c.Divisions {
		rows = append(rows, []string{d.City, d.County})
	}
	return csvBytes(rows)
}

func isoDate(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(Zone()).Format("2006-01-02")
}

type tomlText struct{ bytes.Buffer }

func (w *tomlText) line(format string, args ...any) { fmt.Fprintf(&w.Buffer, format+"\n", args...) }

func (c *Call) toml() []byte {
	w := &tomlText{}
	w.line("# 征集通知的设置。除 id、title、deadline 外都可以删去，删去的采用默认值。")
	w.line("# 同一文件夹中：units.csv 是报送单位及其邮箱，clusters.csv 是已认定集群名单，divisions.csv 是行政区划；")
	w.line("# 可另建 letters/ 文件夹放自己的信函文字。")
	w.line("")
	w.line("id = %s # 代号，小写字母、数字和连字符", tomlString(c.ID))
	w.line("title = %s", tomlString(c.Title))
	w.line("number = %s # 文号，可为空", tomlString(c.Number))
	if !c.Opened.IsZero() {
		w.line("opened = %s # 发布日期；集群是否在有效期内以这一天为准", c.Opened.In(Zone()).Format("2006-01-02"))
	}
	w.line("deadline = %s # 截止时间；只写日期表示当日 24 时前", c.Deadline.In(Zone()).Format(time.RFC3339))
	w.line("")
	w.line("directions = %s # 案例方向，按通知的次序", tomlStrings(c.Directions))
	w.line("levels = %s # 集群级别", tomlStrings(c.Levels))
	w.line("remind = %s # 截止前第几个工作日催报，0 为截止当日", tomlInts(c.Remind))
	w.line("remind_after = %s # 截止后第几个工作日催报", tomlInts(c.RemindAfter))
	if len(c.Probation) > 0 {
		var codes []string
		for _, p := range c.Probation {
			codes = append(codes, string(p))
		}
		w.line("probation = %s # 试行的检查：只给工作人员看，不告知各市", tomlStrings(codes))
	} else {
		w.line("# probation = [\"case.duplicate\"] # 试行的检查：只给工作人员看，不告知各市")
	}
	c.tomlRules(w)
	c.tomlParts(w)
	c.tomlColumns(w)
	c.tomlForms(w)
	return w.Bytes()
}

func (c *Call) tomlRules(w *tomlText) {
	w.line("")
	w.line("[rules] # 调整检查的轻重：error 必须更正，warning 请核对，note 仅记录，off 停用；代码见 docs/findings.md")
	w.line("# \"case.pictures\" = \"note\"")
	codes := make([]string, 0, len(c.Rules))
	for code := range c.Rules {
		codes = append(codes, string(code))
	}
	sort.Strings(codes)
	for _, code := range codes {
		w.line("%s = %s", tomlString(code), tomlString(string(c.Rules[finding.Code(code)])))
	}
}

func (c *Call) tomlParts(w *tomlText) {
	w.line("")
	w.line("# 各市应报送的材料。id 只能是 summary、case、measures。")
	for _, p := range c.Parts {
		w.line("[[parts]]")
		w.line("id = %s", tomlString(string(p.ID)))
		w.line("name = %s", tomlString(p.Name))
		w.line("required = %t", p.Required)
		w.line("")
	}
}

func (c *Call) tomlColumns(w *tomlText) {
	w.line("# 汇总表的列。synonyms 是同样接受的列名；required 表示必须有此列并逐行填写；max_words 是字数上限，0 为不限。")
	for _, col := range c.Columns {
		w.line("[[columns]]")
		w.line("id = %s", tomlString(col.ID))
		w.line("header = %s", tomlString(col.Header))
		w.line("synonyms = %s", tomlStrings(col.Synonyms))
		w.line("required = %t", col.Required)
		w.line("max_words = %d", col.MaxWords)
		w.line("")
	}
}

func (c *Call) tomlForms(w *tomlText) {
	w.line("[case] # 典型案例")
	w.line("min_words = %d # 少于此数须补充", c.Case.MinWords)
	w.line("max_words = %d # 超过此数提示精简", c.Case.MaxWords)
	w.line("hard_words = %d # 超过此数须精简", c.Case.HardWords)
	w.line("pictures = %d # 少于此数提示补充图片", c.Case.Pictures)
	w.line("")
	w.line("# 案例的基本信息表；id 是汇总表中应与之一致的列。")
	for _, f := range c.Case.Facts {
		w.line("[[case.facts]]")
		w.line("id = %s", tomlString(f.ID))
		w.line("label = %s", tomlString(f.Label))
		w.line("synonyms = %s", tomlStrings(f.Synonyms))
		w.line("")
	}
	tomlSections(w, "case", c.Case.Sections)
	w.line("[measures] # 培育举措")
	w.line("title = %s", tomlString(c.Measures.Title))
	w.line("")
	tomlSections(w, "measures", c.Measures.Sections)
}

func tomlSections(w *tomlText, table string, sections []Section) {
	for _, s := range sections {
		w.line("[[%s.sections]]", table)
		w.line("heading = %s", tomlString(s.Heading))
		w.line("synonyms = %s", tomlStrings(s.Synonyms))
		w.line("")
	}
}

func tomlString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < 0x20 || r == 0x7f:
			fmt.Fprintf(&b, "\\u%04X", r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

func tomlStrings(list []string) string {
	quoted := make([]string, len(list))
	for i, s := range list {
		quoted[i] = tomlString(s)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

func tomlInts(list []int) string {
	text := make([]string, len(list))
	for i, n := range list {
		text[i] = strconv.Itoa(n)
	}
	return "[" + strings.Join(text, ", ") + "]"
}
