package letter

import (
	"fmt"
	"slices"

	"baosong/ledger"
	"baosong/parse/call"
	"baosong/parse/finding"
	"baosong/parse/sheet/workbook"
)

const (
	formRows  = 50 // blank rows of a form
	formSpare = 10 // blank rows below those that are filled in already
)

// Form is the blank summary sheet of a call, for one unit or, when u is nil, for all: drop-down lists of the directions,
// the levels and the unit's recognised clusters, a message for each column, and the version by which it is known again.
func Form(c *call.Call, u *call.Unit) workbook.FormSpec {
	spec := workbook.FormSpec{Title: "中小企业特色产业集群典型案例汇总表", Version: c.FormVersion(), Rows: formRows}
	city := ""
	if u != nil {
		city = u.City
		spec.Title = city + spec.Title
	}
	for _, col := range c.Columns {
		width, prompt := formColumn(col)
		spec.Columns = append(spec.Columns, workbook.FormColumn{Header: col.Header, Width: width, List: formList(c, col.ID, city), Prompt: prompt, Text: col.ID != "seq"})
	}
	return spec
}

// formColumn is the width of a column and the message that a clerk sees on its cells.
func formColumn(col call.Column) (width float64, prompt string) {
	switch col.ID {
	case "seq":
		return 6, "从 1 起连续编号"
	case "city":
		return 10, "填本市名称"
	case "county":
		return 14, "填本市所辖县（市、区）"
	case "cluster":
		return 36, "从已认定的集群中选择，名称与认定文件一致"
	case "level":
		return 10, "按认定文件选择"
	case "year":
		return 10, "四位数字，如 2023"
	case "title":
		prompt = "与案例文件的标题一致"
		if col.MaxWords > 0 {
			prompt = fmt.Sprintf("不超过 %d 字，", col.MaxWords) + prompt
		}
		return 40, prompt
	case "direction":
		return 14, "从下拉列表中选择一个"
	case "body":
		return 26, "案例的报送单位"
	case "contact":
		return 10, "联系人姓名"
	case "phone":
		return 16, "手机或带区号的座机"
	case "note":
		return 16, "可不填"
	}
	return 16, ""
}

func formList(c *call.Call, column, city string) []string {
	switch column {
	case "direction":
		return c.Directions
	case "level":
		return c.Levels
	case "cluster":
		var names []string
		for _, k := range c.ClustersOf(city) {
			names = append(names, k.Name)
		}
		return names
	}
	return nil
}

// FormLine is the right form that goes with a letter, filled in as far as the sender's could be read.
type FormLine struct {
	Name string
	Rows int  // filled in
	Only bool // what came as the summary was a picture, a scan or a PDF
}

// wantsForm tells whether the sender needs the right form: something must be mended, and the sheet that came with this very
// mail was on another form, lacks columns, its header was not found, or it is a picture of a sheet.
func wantsForm(f Facts, sub *ledger.Submission) bool {
	if sub == nil || f.Unit == nil || f.Kind == ledger.Receipt || f.Topic == TopicDecision {
		return false
	}
	other, faulty := false, false
	for _, x := range told(sub.Findings) {
		faulty = faulty || x.Severity == finding.Error
		switch x.Code {
		case "sheet.old-form", "sheet.column-missing", "sheet.no-header", "sheet.missing": // which names a file if one came in its place
			other = other || slices.ContainsFunc(sub.Files, func(file ledger.File) bool { return !file.Prior && x.In(shown(file)) })
		}
	}
	return other && faulty
}

// form writes the right form with the rows of the sender's sheet in it, and tells the page about it.
func form(f Facts, sub *ledger.Submission, p *Page, dst string) error {
	spec := Form(f.Call, f.Unit)
	var rows [][]string
	for _, r := range sub.Rows {
		row := make([]string, len(f.Call.Columns))
		for i, col := range f.Call.Columns {
			row[i] = r.Values[col.ID]
		}
		rows = append(rows, row)
	}
	if len(rows) > 0 {
		spec.Rows = len(rows) + formSpare
	}
	p.Form = FormLine{Name: fileName(f.Unit.City + "汇总表（现行表样）.xlsx"), Rows: len(rows),
		Only: slices.ContainsFunc(told(sub.Findings), func(x ledger.Finding) bool { return x.Code == "sheet.missing" && x.File != "" })}
	return workbook.WriteForm(dst, spec, rows)
}
