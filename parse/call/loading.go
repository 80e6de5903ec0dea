package call

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"baosong/parse/finding"
	"baosong/tomlfile"
)

// file is call.toml as it is written.
type file struct {
	ID          string         `toml:"id"`
	Title       string         `toml:"title"`
	Number      string         `toml:"number"`
	Opened      any            `toml:"opened"`
	Deadline    any            `toml:"deadline"`
	Directions  []string       `toml:"directions"`
	Levels      []string       `toml:"levels"`
	Remind      []int          `toml:"remind"`
	RemindAfter []int          `toml:"remind_after"`
	Probation   []string       `toml:"probation"`
	Parts       []filePart     `toml:"parts"`
	Columns     []fileColumn   `toml:"columns"`
	Case        fileCase       `toml:"case"`
	Measures    fileMeasures   `toml:"measures"`
	Rules       map[string]any `toml:"rules"`
}

type filePart struct {
	ID       string `toml:"id"`
	Name     string `toml:"name"`
	Required *bool  `toml:"required"`
}

type fileColumn struct {
	ID       string   `toml:"id"`
	Header   string   `toml:"header"`
	Synonyms []string `toml:"synonyms"`
	Required *bool    `toml:"required"`
	MaxWords *int     `toml:"max_words"`
}

type fileCase struct {
	MinWords  *int          `toml:"min_words"`
	MaxWords  *int          `toml:"max_words"`
	HardWords *int          `toml:"hard_words"`
	Pictures  *int          `toml:"pictures"`
	Facts     []fileFact    `toml:"facts"`
	Sections  []fileSection `toml:"sections"`
}

type fileFact struct {
	ID       string   `toml:"id"`
	Label    string   `toml:"label"`
	Synonyms []string `toml:"synonyms"`
}

type fileSection struct {
	Heading  string   `toml:"heading"`
	Synonyms []string `toml:"synonyms"`
}

type fileMeasures struct {
	Title    string        `toml:"title"`
	Sections []fileSection `toml:"sections"`
}

// loading turns a file into a Call, key by key, and names the place of what is wrong.
type loading struct {
	keys *tomlfile.Keys
	f    *file
	c    *Call
}

func (l *loading) parts() *tomlfile.Error {
	if l.f.Parts == nil {
		return nil
	}
	dflt := l.c.Parts
	l.c.Parts = nil
	for i, p := range l.f.Parts {
		at := []string{"parts", strconv.Itoa(i), "id"}
		d := slices.IndexFunc(dflt, func(d Part) bool { return string(d.ID) == p.ID })
		if d < 0 {
			return l.keys.Fault("不认识的材料 "+quote(p.ID)+"。", "可用的材料：summary（汇总表）、case（典型案例）、measures（培育举措）。", at...)
		}
		if _, twice := l.c.Part(dflt[d].ID); twice {
			return l.keys.Fault("材料 "+p.ID+" 写了两次。", "请只保留一处。", at...)
		}
		part := dflt[d]
		if p.Name != "" {
			part.Name = p.Name
		}
		if p.Required != nil {
			part.Required = *p.Required
		}
		l.c.Parts = append(l.c.Parts, part)
	}
	if len(l.c.Parts) == 0 {
		return l.keys.Fault("没有要报送的材料。", "请至少保留一项 [[parts]]。", "parts")
	}
	return nil
}

func (l *loading) columns() *tomlfile.Error {
	if l.f.Columns == nil {
		return nil
	}
	dflt := l.c.Columns
	l.c.Columns = nil
	for i, fc := range l.f.Columns {
		n := strconv.Itoa(i)
		if !idPattern.MatchString(fc.ID) {
			return l.keys.Fault("列的 id "+quote(fc.ID)+"不能使用。", "由小写字母、数字和下划线组成。", "columns", n, "id")
		}
		if _, twice := l.c.Column(fc.ID); twice {
			return l.keys.Fault("列 "+fc.ID+" 写了两次。", "请只保留一处。", "columns", n, "id")
		}
		col, e := l.column(fc, n, dflt)
		if e != nil {
			return e
		}
		l.c.Columns = append(l.c.Columns, col)
	}
	for _, need := range []string{"cluster", "title"} {
		if _, ok := l.c.Column(need); !ok {
			return l.keys.Fault("缺少列 "+need+"。", "集群名称（cluster）和案例名称（title）两列必须保留，案例靠它们区分。", "columns")
		}
	}
	return l.sameHeaders()
}

func (l *loading) column(fc fileColumn, n string, dflt []Column) (Column, *tomlfile.Error) {
	col := Column{ID: fc.ID}
	if d := slices.IndexFunc(dflt, func(d Column) bool { return d.ID == fc.ID }); d >= 0 {
		col = dflt[d]
	} else if near := tomlfile.Near(fc.ID, columnIDs(dflt)); len(near) > 0 || fc.Header == "" {
		hint := "可用的列：" + strings.Join(columnIDs(dflt), "、") + "；自定的列须写 header。"
		if len(near) > 0 {
			hint = "是否应为：" + strings.Join(near, "、") + "？"
		}
		return col, l.keys.Fault("不认识的列 "+fc.ID+"。", hint, "columns", n, "id")
	}
	if fc.Header != "" {
		col.Header = fc.Header
	}
	if fc.Synonyms != nil {
		col.Synonyms = fc.Synonyms
	}
	if fc.Required != nil {
		col.Required = *fc.Required
	}
	if fc.MaxWords != nil {
		if *fc.MaxWords < 0 {
			return col, l.keys.Fault("max_words 不能是负数。", "请填写字数上限，0 表示不限。", "columns", n, "max_words")
		}
		col.MaxWords = *fc.MaxWords
	}
	return col, nil
}

func columnIDs(cols []Column) []string {
	var out []string
	for _, c := range cols {
		out = append(out, c.ID)
	}
	return out
}

func (l *loading) sameHeaders() *tomlfile.Error {
	owner := map[string]string{}
	for i, c := range l.c.Columns {
		for _, h := range append([]string{c.Header}, c.Synonyms...) {
			if other, ok := owner[h]; ok && other != c.ID {
				return l.keys.Fault(fmt.Sprintf("列名“%s”同时属于 %s 和 %s。", h, other, c.ID), "同一列名只能属于一列，请删除其中一处。", "columns", strconv.Itoa(i), "synonyms")
			}
			owner[h] = c.ID
		}
	}
	return nil
}

func (l *loading) lists() *tomlfile.Error {
	for _, x := range []struct {
		name string
		from []string
		to   *[]string
	}{{"directions", l.f.Directions, &l.c.Directions}, {"levels", l.f.Levels, &l.c.Levels}} {
		if x.from == nil {
			continue
		}
		if len(x.from) == 0 {
			return l.keys.Fault(x.name+" 是空的。", "请至少填写一项，或删除这一行以采用默认值。", x.name)
		}
		for i, s := range x.from {
			if strings.TrimSpace(s) == "" || slices.Index(x.from, s) != i {
				return l.keys.Fault(fmt.Sprintf("%s 的第 %d 项为空或重复。", x.name, i+1), "请删除这一项。", x.name, strconv.Itoa(i))
			}
		}
		*x.to = x.from
	}
	return nil
}

func quote(s string) string { return "“" + s + "”" }

// severities are the words that [rules] takes.
func severities() []string {
	return []string{string(finding.Error), string(finding.Warning), string(finding.Note), string(Off)}
}
