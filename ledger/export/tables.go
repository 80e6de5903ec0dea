package export

import (
	"fmt"
	"strings"
	"time"

	"baosong/ledger"
	"baosong/ledger/calendar"
	"baosong/parse/call"
	"baosong/parse/sheet/workbook"
)

// placedCase is a case with its unit and its place in the package.
type placedCase struct {
	caseEntry
	unit call.Unit
	at   string
}

func (w *writer) tables(p *contents, rows []placedCase) error {
	if err := w.workbook(summaryName, []workbook.Table{summary(p.call, rows)}); err != nil {
		return err
	}
	return w.workbook(missingName, []workbook.Table{missing(p), overview(p), directions(p.call, rows)})
}

// summary is the merged sheet in the call's columns, numbered anew, with each case's file at the end.
func summary(c *call.Call, rows []placedCase) workbook.Table {
	t := workbook.Table{Name: "汇总表"}
	for _, col := range c.Columns {
		t.Header = append(t.Header, col.Header)
		t.Widths = append(t.Widths, width(col.ID))
	}
	t.Header = append(t.Header, "案例文件")
	t.Widths = append(t.Widths, 60)
	for i, r := range rows {
		var line []any
		for _, col := range c.Columns {
			if col.ID == "seq" {
				line = append(line, i+1)
				continue
			}
			line = append(line, value(r, col.ID))
		}
		t.Rows = append(t.Rows, append(line, r.at))
	}
	return t
}

func width(column string) float64 {
	switch column {
	case "seq":
		return 6
	case "cluster", "title", "body":
		return 32
	}
	return 14
}

// value is a case's text in a column: as the register and the roster have it where they know it, else as written.
func value(r placedCase, column string) string {
	known := map[string]string{
		"city": r.City, "county": r.County, "cluster": r.Cluster, "level": r.Level, "year": r.Year, "title": r.Title,
		"direction": r.Direction, "body": r.Body, "contact": r.Contact, "phone": r.Phone, "note": r.Note,
	}[column]
	switch {
	case known != "":
		return known
	case r.row.Values[column] != "":
		return r.row.Values[column]
	case column == "city":
		return r.unit.City
	}
	return ""
}

// missing lists who has not sent everything: nothing at all, a nil return, errors, parts owed.
func missing(p *contents) workbook.Table {
	t := workbook.Table{
		Name:   "未报送情况",
		Header: []string{"序号", "报送单位", "情况", "尚缺材料", "待补正问题数", "最近收到", "截止时间"},
		Widths: []float64{6, 32, 16, 32, 14, 20, 20},
	}
	for _, u := range p.units {
		s := u.standing
		if s.State == ledger.StateAccepted {
			continue
		}
		t.Rows = append(t.Rows, []any{
			len(t.Rows) + 1, u.unit.Name, stateText(s), owedText(p.call, s), s.ErrorsOpen, clock(s.ReceivedAt), clock(s.Deadline),
		})
	}
	if len(t.Rows) == 0 {
		t.Note = "各单位均已报送齐全。"
	}
	return t
}

func stateText(s ledger.UnitStanding) string {
	return map[string]string{
		ledger.StateNone: "未报送", ledger.StateNil: "零报告", ledger.StateCorrect: "待补正",
		ledger.StatePartial: "材料未齐", ledger.StateAccepted: "已接收",
	}[s.State]
}

func owedText(c *call.Call, s ledger.UnitStanding) string {
	if s.State == ledger.StateNil {
		return ""
	}
	var names []string
	for _, id := range s.Owed {
		name := id
		if p, ok := c.Part(call.PartID(id)); ok {
			name = p.Name
		}
		names = append(names, name)
	}
	return strings.Join(names, "、")
}

func clock(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(calendar.Shanghai()).Format("2006-01-02 15:04")
}

// overview is every unit with what stands of it.
func overview(p *contents) workbook.Table {
	t := workbook.Table{
		Name:   "各单位情况",
		Header: []string{"序号", "报送单位", "所在市", "情况", "案例数", "培育举措", "逾期", "首次收到", "最近收到", "回执编号"},
		Widths: []float64{6, 32, 12, 12, 10, 10, 8, 20, 20, 18},
	}
	for i, u := range p.units {
		s := u.standing
		late := ""
		if s.Late && s.Submission != 0 {
			late = "是"
		}
		t.Rows = append(t.Rows, []any{
			i + 1, u.unit.Name, u.unit.City, stateText(s), len(u.cases), len(u.measures), late,
			clock(s.FirstReceived), clock(s.ReceivedAt), s.Receipt,
		})
	}
	return t
}

// directions counts the cases by direction, in the call's order; other words come last.
func directions(c *call.Call, rows []placedCase) workbook.Table {
	t := workbook.Table{
		Name: "方向统计", Header: []string{"方向", "案例数"}, Widths: []float64{24, 12},
		Chart: &workbook.Chart{Title: "各方向案例数", Kind: "bar", Category: 0, Value: 1},
	}
	count := map[string]int{}
	for _, r := range rows {
		count[r.Direction]++
	}
	total := 0
	for _, d := range c.Directions {
		t.Rows = append(t.Rows, []any{d, count[d]})
		total += count[d]
	}
	if others := len(rows) - total; others > 0 {
		t.Rows = append(t.Rows, []any{"其他", others})
	}
	t.Note = fmt.Sprintf("合计 %d 个案例。", len(rows))
	return t
}
