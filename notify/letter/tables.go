package letter

import (
	"strings"

	"baosong/parse/call"
	"baosong/parse/sheet/workbook"
)

// digestTables is the digest's workbook: overview, cases, findings, events. No contact, no telephone stands in it.
func digestTables(f Facts) []workbook.Table {
	return []workbook.Table{overviewTable(f), directionsTable(f), casesTable(f), findingsTable(f), eventsTable(f)}
}

func overviewTable(f Facts) workbook.Table {
	t := workbook.Table{
		Name:   "总览",
		Header: []string{"市", "状态", "逾期", "有效案例", "待更正", "请留意", "尚缺", "登记号", "收到时间", "截止时间"},
		Widths: []float64{9, 10, 7, 9, 8, 8, 22, 15, 17, 17},
		Chart:  &workbook.Chart{Title: "各市有效案例", Kind: "bar", Category: 0, Value: 3},
		Note:   f.Call.Title + "，截至 " + f.Now.Format("2006-01-02 15:04"),
	}
	for _, u := range f.Digest.Units {
		var owed []string
		for _, id := range u.Owed {
			owed = append(owed, partName(id, f.Call))
		}
		late, received, due := "", "", ""
		if u.Late {
			late = "是"
		}
		if !u.ReceivedAt.IsZero() {
			received = u.ReceivedAt.In(f.Now.Location()).Format("2006-01-02 15:04")
		}
		if !u.Deadline.IsZero() {
			due = u.Deadline.In(f.Now.Location()).Format("2006-01-02 15:04")
		}
		t.Rows = append(t.Rows, []any{
			shortCity(u), stateWord(u.State), late, u.CasesAccepted, u.ErrorsOpen, u.WarningsOpen, strings.Join(owed, "、"), u.Receipt, received, due,
		})
	}
	return t
}

func directionsTable(f Facts) workbook.Table {
	t := workbook.Table{
		Name:   "方向",
		Header: []string{"方向", "有效案例"},
		Widths: []float64{18, 12},
		Chart:  &workbook.Chart{Title: "有效案例的方向", Kind: "bar", Category: 0, Value: 1},
	}
	for _, c := range f.Digest.Directions {
		t.Rows = append(t.Rows, []any{c.Name, c.N})
	}
	return t
}

func casesTable(f Facts) workbook.Table {
	t := workbook.Table{
		Name:   "案例",
		Header: []string{"市", "县（市、区）", "集群名称", "级别", "案例名称", "方向", "报送单位"},
		Widths: []float64{9, 14, 36, 9, 40, 14, 28},
	}
	for _, c := range f.Digest.Cases {
		t.Rows = append(t.Rows, []any{
			Mask(oneLine(c.City)), Mask(oneLine(c.County)), Mask(oneLine(c.Cluster)), Mask(oneLine(c.Level)), Mask(oneLine(c.Title)), Mask(oneLine(c.Direction)), Mask(oneLine(c.Body)),
		})
	}
	return t
}

func findingsTable(f Facts) workbook.Table {
	t := workbook.Table{
		Name:   "问题",
		Header: []string{"单位", "登记号", "程度", "文件", "位置", "问题", "现在写的是", "应当是"},
		Widths: []float64{26, 15, 9, 30, 20, 40, 24, 30},
	}
	for _, x := range f.Digest.Findings {
		weight := severity(x.Severity)
		switch {
		case x.Waived:
			weight = "已免"
		case x.Trial:
			weight = "试行"
		}
		t.Rows = append(t.Rows, []any{
			Mask(oneLine(x.Unit)), x.Receipt, weight, Mask(oneLine(x.Called())), digestPlace(x, f.Call), chinese(Mask(oneLine(x.Message))), digestFound(x), Mask(oneLine(x.Wanted)),
		})
	}
	return t
}

// digestFound leaves out what stands in the contact columns: it is for letters to that unit alone.
func digestFound(x FindingLine) string {
	if x.Column == "contact" || x.Column == "phone" {
		return "（略）"
	}
	return Mask(oneLine(x.Found))
}

func digestPlace(x FindingLine, c *call.Call) string {
	p := x.Place
	p.File, p.Path = "", ""
	return place(p, c)
}

func eventsTable(f Facts) workbook.Table {
	t := workbook.Table{
		Name:   "操作记录",
		Header: []string{"时间", "操作人", "事项", "原因"},
		Widths: []float64{18, 16, 26, 60},
	}
	for _, e := range f.Digest.Events {
		t.Rows = append(t.Rows, []any{e.At.In(f.Now.Location()).Format("2006-01-02 15:04:05"), e.Who, e.What, Mask(oneLine(e.Why))})
	}
	return t
}
