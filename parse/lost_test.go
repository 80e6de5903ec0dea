package parse

import (
	"slices"
	"strings"
	"testing"

	"baosong/parse/finding"
)

// TestDigitsLost: a number of which 1.38E+10 is left is told with the cure for its kind of file; where the file still holds all
// digits it is read.
func TestDigitsLost(t *testing.T) {
	t.Parallel()
	html := func(rows [][]string, _ bool) []byte {
		var b strings.Builder
		b.WriteString(`<html><head><meta charset="utf-8"></head><body><table>`)
		for _, row := range rows {
			b.WriteString("<tr><td>" + strings.Join(row, "</td><td>") + "</td></tr>")
		}
		return []byte(b.String() + "</table></body></html>")
	}
	excel := func(rows [][]string, _ bool) []byte { return xlsx(page{name: "Sheet1", rows: rows}) }
	for _, row := range []struct {
		name   string
		make   func([][]string, bool) []byte
		column string
		text   string
		want   finding.Severity
		cure   string
	}{
		{"a.csv", csvText, "phone", "1.38E+10", finding.Warning, "另存为 .xlsx"},
		{"b.csv", csvText, "phone", "1.38123E+10", finding.Warning, "另存为 .xlsx"},
		{"c.csv", csvText, "phone", "1.3812345678E+10", "", ""},
		{"d.csv", csvText, "note", "1.10105E+17", finding.Warning, "另存为 .xlsx"},
		{"e.xls", html, "phone", "１．３８Ｅ＋１０", finding.Warning, "设为文本格式"},
		{"f.xls", html, "note", "1.10105E+17", finding.Warning, "设为文本格式"},
		{"g.xlsx", excel, "phone", "1.38E+10", finding.Warning, "设为文本格式"},
		{"h.xlsx", excel, "phone", "#1381234567813912345678", finding.Warning, "设为文本格式"},
		{"i.xlsx", excel, "phone", "#13812345678", "", ""},
		{"j.xlsx", excel, "phone", "#1.3812345678E10", "", ""},
	} {
		e := cleanEntry("滁州市", 0)
		line := e.row()
		line[slices.Index(columnIDs(), row.column)] = row.text
		r := check(t, Submission{Unit: "chuzhou", Files: onDisk(t, made{name: row.name, bytes: row.make([][]string{headerRow(), line}, true)},
			made{name: e.file.name, bytes: docx(e.document())}, made{name: "滁州市培育举措.docx", bytes: docx(measuresDoc("滁州市", measuresHeadings()...))})})
		var got []finding.Finding
		for _, x := range r.Findings {
			if x.Severity != finding.Note {
				got = append(got, x)
			}
		}
		if row.want == "" {
			if len(got) > 0 {
				t.Errorf("%s: %s", row.name, show(r.Findings))
			} else if v := r.Rows[0].Values["phone"]; v != "13812345678" {
				t.Errorf("%s: phone %q", row.name, v)
			}
			continue
		}
		if len(got) != 1 || got[0].Code != "cell.precision-lost" || got[0].Severity != row.want || got[0].Column != row.column || !strings.Contains(got[0].Hint, row.cure) {
			t.Errorf("%s: want %s:%s", row.name, row.want, show(r.Findings))
		}
	}
}
