package intake

import (
	"slices"
	"strings"

	"baosong/intake/message"
	"baosong/parse/call"
	"baosong/parse/finding"
)

// pastedSheet is what to tell a sender who wrote the summary into the body of the mail beside the other files: it is no
// sheet that can be judged cell by cell, and to say only that one is owed would leave unsaid what became of it.
func pastedSheet(m *mail) []finding.Finding {
	r := m.reading.Report
	if r.Nil || !slices.Contains(r.Owed, call.PartSummary) || !m.brings() || !holdsSheet(m.read, m.call) {
		return nil
	}
	if slices.ContainsFunc(r.Findings, func(f finding.Finding) bool { return strings.HasPrefix(string(f.Code), "sheet.") }) {
		return nil // one came as a file, and has its own findings
	}
	return []finding.Finding{override(m.call, finding.New("sheet.missing", finding.Place{Where: "正文"}).
		Saying("汇总表写在邮件正文里，不能逐格读取，还缺作为附件的汇总表。").
		Cured("请把正文中的表做成表格文件（Excel 或 WPS 的 .xlsx、.xls、.et），作为附件发来；已收到的其他文件不必重发。"))}
}

// holdsSheet tells a filled summary in the body: most of the required columns' names and, unlike a blank form that is
// quoted, a direction and a level, each as a cell of its own.
func holdsSheet(m *message.Message, c *call.Call) bool {
	cells := map[string]bool{}
	for _, line := range strings.Split(m.Text+"\n"+m.OnlyInHTML(), "\n") {
		for _, cell := range strings.Split(line, "\t") {
			cells[strings.Join(strings.Fields(cell), "")] = true
		}
	}
	has := func(word string) bool { return cells[word] }
	required, named := 0, 0
	for _, col := range c.Columns {
		if col.Required {
			required++
			if has(col.Header) || slices.ContainsFunc(col.Synonyms, has) {
				named++
			}
		}
	}
	return required > 2 && named >= required-2 && slices.ContainsFunc(c.Directions, has) && slices.ContainsFunc(c.Levels, has)
}
