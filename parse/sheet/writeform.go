package sheet

import (
	"context"
	"fmt"
	"strings"

	"baosong/parse/container"

	"github.com/xuri/excelize/v2"
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

// FormSheet is the very hidden sheet of a form: its version and the choices of its lists. It survives saving as xls.
const FormSheet = "_baosong"

const (
	formHead   = 3  // row of the header
	formRow    = 24 // points
	formProp   = "baosong-form"
	usualRows  = 30
	maxPrompt  = 255
	formMarker = "baosong-form"
)

// WriteForm writes a form with drop-down lists and input messages. rows, one text per column, are filled in already.
func WriteForm(dst string, spec FormSpec, rows [][]string) error {
	f := excelize.NewFile()
	defer f.Close()
	s, err := newStyles(f)
	if err != nil {
		return fmt.Errorf("write form: %w", err)
	}
	name := allowedName("汇总表", "汇总表", map[string]bool{})
	if err := f.SetSheetName("Sheet1", name); err != nil {
		return fmt.Errorf("write form: %w", err)
	}
	if _, err := f.NewSheet(FormSheet); err != nil {
		return fmt.Errorf("write form: %w", err)
	}
	w := &sheetWriter{f: f, name: name, styles: s}
	w.form(spec, rows)
	w.hidden(spec)
	w.try(f.SetCustomProps(excelize.CustomProperty{Name: formProp, Value: spec.Version}))
	w.try(f.SetSheetVisible(FormSheet, false, true))
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
		w.try(w.f.MergeCell(w.name, Address(1, 2), Address(half, 2)))
	}
	w.try(w.f.SetRowHeight(w.name, 2, 24))
	widths := make([]float64, cols)
	for j, c := range spec.Columns {
		width := c.Width
		if width <= 0 {
			width = usualWidth
		}
		widths[j] = width
		w.try(w.f.SetColWidth(w.name, ColumnName(j+1), ColumnName(j+1), width))
		w.put(formHead, j+1, c.Header, w.styles.head)
		w.column(j+1, c, blank)
	}
	w.try(w.f.SetRowHeight(w.name, formHead, 34))
	for i, row := range rows {
		for j, v := range row[:min(len(row), cols)] {
			w.put(formHead+1+i, j+1, v, 0)
		}
		if rowHeight(row, widths) > formRow {
			w.height(formHead+1+i, row, widths)
		}
	}
	w.try(w.f.SetPanes(w.name, &excelize.Panes{Freeze: true, YSplit: formHead, TopLeftCell: Address(1, formHead+1), ActivePane: "bottomLeft"}))
	tall, set := float64(formRow), true // of all rows, and yet they grow with what is written into them
	w.try(w.f.SetSheetProps(w.name, &excelize.SheetPropsOptions{DefaultRowHeight: &tall, CustomHeight: &set}))
	foot := formHead + blank + 1
	w.put(foot, 1, "填表人：", w.styles.note)
	if half > 1 {
		w.try(w.f.MergeCell(w.name, Address(1, foot), Address(half, foot)))
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
	from, to := Address(col, formHead+1), Address(col, formHead+rows)
	w.try(w.f.SetCellStyle(w.name, from, to, style))
	if len(c.List) == 0 && c.Prompt == "" {
		return
	}
	dv := excelize.NewDataValidation(true)
	dv.SetSqref(from + ":" + to)
	if len(c.List) > 0 {
		letter := ColumnName(col + 1)
		dv.SetSqrefDropList(fmt.Sprintf("%s!$%s$2:$%s$%d", FormSheet, letter, letter, len(c.List)+1))
		dv.SetError(excelize.DataValidationErrorStyleStop, "不在列表中", "请从下拉列表中选择一项。")
	}
	if c.Prompt != "" {
		dv.SetInput(cutRunes(c.Header, 32), cutRunes(c.Prompt, maxPrompt))
	}
	w.try(w.f.AddDataValidation(w.name, dv))
}

// hidden fills the hidden sheet: column A the version, each further column the choices of the form's column before it.
func (w *sheetWriter) hidden(spec FormSpec) {
	h := &sheetWriter{f: w.f, name: FormSheet, styles: w.styles}
	h.put(1, 1, formMarker, 0)
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

// FormVersion returns the version of the form that a workbook was made from, "" when it was made otherwise or cannot
// be read. It looks into the workbook's own properties, then into the hidden sheet.
func FormVersion(path string) string {
	format, err := container.SniffFile(path)
	if err != nil {
		return ""
	}
	book, err := Read(context.Background(), path, format, Limits{})
	if err != nil {
		return ""
	}
	return book.FormVersion()
}

// FormVersion is the same for a book that was read already.
func (b *Book) FormVersion() string {
	for _, g := range b.Sheets {
		if g.Name != FormSheet {
			continue
		}
		if mark, _ := g.At(1, 1); mark.Text != formMarker {
			continue
		}
		v, _ := g.At(2, 1)
		return strings.TrimSpace(v.Text)
	}
	return b.form
}
