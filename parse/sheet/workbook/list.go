package workbook

import (
	"fmt"

	"github.com/xuri/excelize/v2"

	"baosong/parse/sheet/grid"
)

// ListRow is one line of the list of problems. Texts for people; Severity in Chinese.
type ListRow struct{ File, Sheet, Cell, Severity, Found, Message, Hint string }

const (
	ColorError   = "FFFFC7CE"
	ColorWarning = "FFFFEB9C"
)

// ListWidths are the widths of the list's columns in characters.
func ListWidths() []float64 { return []float64{6, 26, 14, 9, 10, 26, 42, 42} }

// Values are the columns behind the number.
func (r ListRow) Values() []string {
	return []string{r.File, r.Sheet, r.Cell, r.Severity, r.Found, r.Message, r.Hint}
}

// WriteList writes a workbook that holds nothing but the list of problems, for files that cannot be marked.
func WriteList(dst string, title string, list []ListRow) error {
	f := excelize.NewFile()
	defer f.Close()
	s, err := newStyles(f)
	if err != nil {
		return fmt.Errorf("write list: %w", err)
	}
	if err := f.SetSheetName("Sheet1", grid.ListSheet); err != nil {
		return fmt.Errorf("write list: %w", err)
	}
	w := &sheetWriter{f: f, name: grid.ListSheet, styles: s}
	header := grid.ListHeader()
	w.widths(len(header), ListWidths())
	w.line(1, len(header), title, s.title)
	w.try(f.SetRowHeight(grid.ListSheet, 1, 36))
	for j, h := range header {
		w.put(2, j+1, h, s.head)
	}
	for i, r := range list {
		w.put(i+3, 1, i+1, s.number)
		for j, v := range r.Values() {
			w.put(i+3, j+2, v, s.listStyle(header[j+1], r.Severity))
		}
		w.height(i+3, r.Values(), ListWidths()[1:])
	}
	w.head(2, len(header), max(1, len(list)))
	w.page(2, true)
	if w.err != nil {
		return fmt.Errorf("write list: %w", w.err)
	}
	return save(f, dst)
}

// listStyle colours the severity as the marked cells are.
func (s bookStyles) listStyle(column, severity string) int {
	if column != "级别" {
		return s.body
	}
	switch Gravity(severity) {
	case "error":
		return s.mistake
	case "warning":
		return s.warning
	}
	return s.number
}

// Gravity tells a severity by its machine word or by any of its Chinese names.
func Gravity(s string) string {
	switch s {
	case "error", "错误", "须更正", "必须更正", "需更正", "须补正", "必须修改", "须修改":
		return "error"
	case "warning", "请留意", "提醒", "警告", "请核对", "提示", "建议":
		return "warning"
	}
	return ""
}
