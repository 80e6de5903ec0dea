package sample

import (
	"fmt"
	"os"
	"path/filepath"

	"baosong/parse/call"
	"baosong/parse/charset"
	"baosong/parse/sheet/workbook"
)

// Summary writes the summary sheet of a unit as an xlsx workbook, the way staff's own form looks when it is filled in.
func Summary(c *call.Call, u *call.Unit, cases []Case) (File, error) {
	dir, err := os.MkdirTemp("", "baosong-sample-")
	if err != nil {
		return File{}, fmt.Errorf("making a sample: %w", err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "summary.xlsx")
	spec := workbook.FormSpec{Title: u.City + "中小企业特色产业集群典型案例汇总表", Version: c.FormVersion(), Rows: len(cases)}
	for _, col := range c.Columns {
		spec.Columns = append(spec.Columns, workbook.FormColumn{Header: col.Header, Width: 16, Text: true})
	}
	var rows [][]string
	for i, k := range cases {
		values := k.values(i + 1)
		row := make([]string, len(c.Columns))
		for j, col := range c.Columns {
			row[j] = values[col.ID]
		}
		rows = append(rows, row)
	}
	if err := workbook.WriteForm(path, spec, rows); err != nil {
		return File{}, fmt.Errorf("making a sample: %w", err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return File{}, fmt.Errorf("making a sample: %w", err)
	}
	return File{Name: u.City + "汇总表.xlsx", Data: data}, nil
}

func (k Case) values(n int) map[string]string {
	return map[string]string{"seq": fmt.Sprint(n), "city": k.City, "county": k.County, "cluster": k.Cluster, "level": k.Level, "year": k.Year,
		"title": k.Title, "direction": k.Direction, "body": k.Body, "contact": k.Contact, "phone": k.Phone, "note": k.Note}
}

// Zip packs files under a folder with names in GBK, as Windows in China does.
func Zip(name, folder string, files []File) File {
	var in []File
	for _, f := range files {
		in = append(in, File{folder + "/" + f.Name, f.Data})
	}
	return File{Name: name, Data: zipped(in, func(name string) (string, bool) { return string(charset.GB18030(name)), true })}
}
