package workbook

import (
	"fmt"

	"github.com/xuri/excelize/v2"

	"baosong/parse/sheet/grid"
)

// FormSpec describes a blank form: the summary sheet that cities fill in.
type FormSpec struct {
	Title   string
	Version string // read back by FormVersion
	Columns []FormColumn
	Rows    int // blank rows; 30 when zero
}

// FormColumn is one column of a form.
type FormColumn struct {
	Header string
	Width  float64
	List   []string // choices of a drop-down list
	Prompt string   // shown when the cell is chosen
	Text   bool     // kept as text: phones, numbers with zeros in front
}

const (
	formHead  = 3  // row of the header
	formRow   = 24 // points
	usualRows = 30
	maxPrompt = 255
)

// WriteForm writes a form with drop-down lists and input messages. rows, one text per column, are filled in already.
func WriteForm(dst string, spec FormSpec, rows [][]string) error {
	f := excelize.NewFile()
	defer f.Close()
	s, err := newStyles(f)
	if err != nil {
		return fmt.Errorf("write form: %w", err)
	}
	name := SheetName("汇总表", "汇总表", map[string]bool{})
	if err := f.SetSheetName("Sheet1", name); err != nil {
		return fmt.Errorf("write form: %w", err)
	}
	if _, err := f.NewSheet(grid.FormSheet); err != nil {
		return fmt.Errorf("write form: %w", err)
	}
	w := &sheetWriter{f: f, name: name, styles: s}
	w.form(spec, rows)
	w.hidden(spec)
	w.try(f.SetCustomProps(excelize.CustomProperty{Name: grid.FormProperty, Value: spec.Version}))
	w.try(f.SetSheetVisible(grid.FormSheet, false, true))
	if w.err != nil {
		return fmt.Errorf("write form: %w", w.err)
	}
	return save(f, dst)
}

func (w *sheetWriter) form(spec FormSpec, rows [][]string) {
	cols := len(spec.Columns)
	blank := spec.Rows
	if blank <= 0 {
		blank = usualRows
	}
	blank = max(blank, len(rows))
	w.line(1, cols, spec.Title, w.styles.title)
	w.try(w.f.SetRowHeight(w.name, 1, 40))
	half := max(1, cols/2)
	w.put(2, 1, "填报单位（盖章）：", w.styles.note)
	w.put(2, half+1, "填表日期：", w.styles.note)
	if half > 1 {
		w.try(w.f.MergeCell(w.name, grid.Address(1, 2), grid.Address(half, 2)))
	}
	w.try(w.f.SetRowHeight(w.name, 2, 24))
	widths := make([]float64, cols)
	for j, c := range spec.Columns {
		width := c.Width
		if width <= 0 {
			width = usualWidth
		}
		widths[j] = width
		w.try(w.f.SetColWidth(w.name, grid.ColumnName(j+1), grid.ColumnName(j+1), width))
		w.put(formHead, j+1, c.Header, w.styles.head)
		w.column(j+1, c, blank)
	}
	w.try(w.f.SetRowHeight(w.name, formHead, 34))
	for i, row := range rows {
		for j, v := range row[:min(len(row), cols)] {
			w.put(formHead+1+i, j+1, v, 0)
		}
		if RowHeight(row, widths) > formRow {
			w.height(formHead+1+i, row, widths)
		}
	}
	w.try(w.f.SetPanes(w.name, &excelize.Panes{Freeze: true, YSplit: formHead, TopLeftCell: grid.Address(1, formHead+1), ActivePane: "bottomLeft"}))
	tall, set := float64(formRow), true // of all rows, and yet they grow with what is written into them
	w.try(w.f.SetSheetProps(w.name, &excelize.SheetPropsOptions{DefaultRowHeight: &tall, CustomHeight: &set}))
	foot := formHead + blank + 1
	w.put(foot, 1, "填表人：", w.styles.note)
	if half > 1 {
		w.try(w.f.MergeCell(w.name, grid.Address(1, foot), grid.Address(half, foot)))
	}
	w.try(w.f.SetRowHeight(w.name, foot, 24))
	w.put(foot, half+1, "联系电话：", w.styles.note)
	w.line(foot+1, cols, "注：每个案例填写一行；有下拉箭头的单元格请从列表中选择；请勿增删列、改动表头。", w.styles.note)
	w.page(formHead, cols > 6)
}

// column styles a column's cells and gives them their list and their message.
func (w *sheetWriter) column(col int, c FormColumn, rows int) {
	style := w.styles.body
	if c.Text {
		style = w.styles.text
	}
	from, to := grid.Address(col, formHead+1), grid.Address(col, formHead+rows)
	w.try(w.f.SetCellStyle(w.name, from, to, style))
	if len(c.List) == 0 && c.Prompt == "" {
		return
	}
	dv := excelize.NewDataValidation(true)
	dv.SetSqref(from + ":" + to)
	if len(c.List) > 0 {
		letter := grid.ColumnName(col + 1)
		dv.SetSqrefDropList(fmt.Sprintf("%s!$%s$2:$%s$%d", grid.FormSheet, letter, letter, len(c.List)+1))
		dv.SetError(excelize.DataValidationErrorStyleStop, "不在列表中", "请从下拉列表中选择一项。")
	}
	if c.Prompt != "" {
		dv.SetInput(cutRunes(c.Header, 32), cutRunes(c.Prompt, maxPrompt))
	}
	w.try(w.f.AddDataValidation(w.name, dv))
}

// hidden fills the hidden sheet: column A the version, each further column the choices of the form's column before it.
func (w *sheetWriter) hidden(spec FormSpec) {
	h := &sheetWriter{f: w.f, name: grid.FormSheet, styles: w.styles}
	h.put(1, 1, grid.FormMarker, 0)
	h.put(2, 1, spec.Version, 0)
	for j, c := range spec.Columns {
		if len(c.List) > 0 {
			h.put(1, j+2, c.Header, 0)
		}
		for i, v := range c.List {
			h.put(i+2, j+2, v, 0)
		}
	}
	w.try(h.err)
}

func cutRunes(s string, n int) string {
	r := []rune(s)
	return string(r[:min(len(r), n)])
}
