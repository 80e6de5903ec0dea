// Package workbook writes the workbooks that baosong makes itself, with excelize: tables, lists of problems, blank forms.
// The same content gives the same bytes.
package workbook

import (
	"fmt"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"baosong/parse/sheet/grid"
)

// Table is one sheet of a workbook that baosong writes. Rows hold string, bool, the integer and float types,
// time.Time or nil; a string stays text whatever it begins with.
type Table struct {
	Name   string
	Header []string
	Widths []float64 // in characters, one per column; missing ones are 14
	Rows   [][]any
	Chart  *Chart
	Note   string // stands below the table
}

// Chart draws two columns of its table, counted from 0.
type Chart struct {
	Title           string
	Kind            string // bar or pie
	Category, Value int
}

const (
	fontText   = "宋体"
	fontHead   = "黑体"
	usualWidth = 14
	writtenAt  = "2024-01-01T00:00:00Z" // so that the same content gives the same bytes
)

// WriteTables writes a workbook: one sheet per table, head row frozen and filtered, set up for printing on A4. The same
// tables give the same bytes.
func WriteTables(dst string, tables []Table) error {
	if len(tables) == 0 {
		return fmt.Errorf("write workbook: no tables")
	}
	f := excelize.NewFile()
	defer f.Close()
	styles, err := newStyles(f)
	if err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	names := sheetNames(tables)
	for i, t := range tables {
		if i == 0 {
			err = f.SetSheetName("Sheet1", names[0])
		} else {
			_, err = f.NewSheet(names[i])
		}
		if err == nil {
			err = writeTable(f, names[i], t, styles)
		}
		if err != nil {
			return fmt.Errorf("write sheet %q: %w", t.Name, err)
		}
	}
	return save(f, dst)
}

// sheetNames makes the names what Excel allows: 31 characters, none of :\/?*[], no two alike.
func sheetNames(tables []Table) []string {
	used := map[string]bool{}
	var names []string
	for i, t := range tables {
		names = append(names, SheetName(t.Name, fmt.Sprintf("表%d", i+1), used))
	}
	return names
}

// SheetName makes a name what Excel allows, and other than those in use.
func SheetName(name, otherwise string, used map[string]bool) string {
	name = strings.Trim(strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]`, r) || r < ' ' {
			return '-'
		}
		return r
	}, name), "' ")
	if name == "" {
		name = otherwise
	}
	r := []rune(name)
	base := string(r[:min(len(r), 31)])
	for n := 2; used[strings.ToLower(base)]; n++ {
		tail := fmt.Sprintf("(%d)", n)
		base = string(r[:min(len(r), 31-len(tail))]) + tail
	}
	used[strings.ToLower(base)] = true
	return base
}

// bookStyles are the cell styles of the workbooks that baosong writes.
type bookStyles struct{ title, head, body, number, text, note, mistake, warning int }

func newStyles(f *excelize.File) (s bookStyles, err error) {
	border := []excelize.Border{}
	for _, side := range []string{"left", "right", "top", "bottom"} {
		border = append(border, excelize.Border{Type: side, Color: "BFBFBF", Style: 1})
	}
	cell := func(horizontal string) *excelize.Alignment {
		return &excelize.Alignment{Horizontal: horizontal, Vertical: "center", WrapText: true}
	}
	font := func(family string, size float64, bold bool) *excelize.Font {
		return &excelize.Font{Family: family, Size: size, Bold: bold}
	}
	fill := func(color string) excelize.Fill {
		return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{color}}
	}
	for _, d := range []struct {
		id    *int
		style excelize.Style
	}{
		{&s.title, excelize.Style{Font: font(fontHead, 16, true), Alignment: cell("center")}},
		{&s.head, excelize.Style{Font: font(fontHead, 11, true), Alignment: cell("center"), Border: border, Fill: fill("DDEBF7")}},
		{&s.body, excelize.Style{Font: font(fontText, 11, false), Alignment: cell("left"), Border: border}},
		{&s.number, excelize.Style{Font: font(fontText, 11, false), Alignment: cell("center"), Border: border}},
		{&s.text, excelize.Style{Font: font(fontText, 11, false), Alignment: cell("left"), Border: border, NumFmt: 49}},
		{&s.note, excelize.Style{Font: font(fontText, 10, false), Alignment: cell("left")}},
		{&s.mistake, excelize.Style{Font: font(fontText, 11, false), Alignment: cell("center"), Border: border, Fill: fill(ColorError[2:])}},
		{&s.warning, excelize.Style{Font: font(fontText, 11, false), Alignment: cell("center"), Border: border, Fill: fill(ColorWarning[2:])}},
	} {
		if *d.id, err = f.NewStyle(&d.style); err != nil {
			return s, err
		}
	}
	return s, nil
}

func writeTable(f *excelize.File, name string, t Table, s bookStyles) error {
	w := &sheetWriter{f: f, name: name, styles: s}
	w.widths(len(t.Header), t.Widths)
	for j, h := range t.Header {
		w.put(1, j+1, h, s.head)
	}
	for i, row := range t.Rows {
		texts := make([]string, len(row))
		for j, v := range row {
			w.put(i+2, j+1, v, w.styleFor(v))
			texts[j], _ = v.(string)
		}
		w.height(i+2, texts, t.Widths)
	}
	w.head(1, len(t.Header), max(1, len(t.Rows)))
	if t.Note != "" {
		w.line(len(t.Rows)+3, len(t.Header), t.Note, s.note)
	}
	if t.Chart != nil && len(t.Rows) > 0 {
		w.chart(t)
	}
	w.page(1, len(t.Header) > 6 || t.Chart != nil)
	return w.err
}

// sheetWriter writes cells and keeps the first error.
type sheetWriter struct {
	f      *excelize.File
	name   string
	styles bookStyles
	err    error
}

func (w *sheetWriter) try(err error) {
	if w.err == nil {
		w.err = err
	}
}

// put writes one value. A string goes in as text: excelize never takes it for a formula this way.
func (w *sheetWriter) put(row, col int, v any, style int) {
	at := grid.Address(col, row)
	switch v := v.(type) {
	case nil:
	case string:
		w.try(w.f.SetCellStr(w.name, at, Printable(v)))
	case bool:
		w.try(w.f.SetCellStr(w.name, at, map[bool]string{true: "是", false: "否"}[v]))
	case time.Time:
		w.try(w.f.SetCellStr(w.name, at, v.Format("2006-01-02 15:04")))
	case int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64, float32, float64:
		w.try(w.f.SetCellValue(w.name, at, v))
	default:
		w.try(w.f.SetCellStr(w.name, at, Printable(fmt.Sprint(v))))
	}
	if style > 0 {
		w.try(w.f.SetCellStyle(w.name, at, at, style))
	}
}

// Printable drops what XML cannot hold and cuts to what a cell can.
func Printable(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	if r := []rune(s); len(r) > 32000 {
		s = string(r[:32000])
	}
	return s
}

func (w *sheetWriter) height(row int, texts []string, widths []float64) {
	if h := RowHeight(texts, widths); h > 0 {
		w.try(w.f.SetRowHeight(w.name, row, h))
	}
}

func (w *sheetWriter) styleFor(v any) int {
	switch v.(type) {
	case string, nil:
		return w.styles.body
	}
	return w.styles.number
}

func (w *sheetWriter) widths(n int, widths []float64) {
	for j := range n {
		width := float64(usualWidth)
		if j < len(widths) && widths[j] > 0 {
			width = widths[j]
		}
		w.try(w.f.SetColWidth(w.name, grid.ColumnName(j+1), grid.ColumnName(j+1), width))
	}
}

// head freezes everything down to the head row and puts a filter on it.
func (w *sheetWriter) head(row, cols, rows int) {
	w.try(w.f.SetRowHeight(w.name, row, 30))
	w.try(w.f.SetPanes(w.name, &excelize.Panes{Freeze: true, YSplit: row, TopLeftCell: grid.Address(1, row+1), ActivePane: "bottomLeft"}))
	if cols > 0 {
		w.try(w.f.AutoFilter(w.name, grid.Address(1, row)+":"+grid.Address(cols, row+rows), nil))
	}
}

// line writes a text across the table's width.
func (w *sheetWriter) line(row, cols int, text string, style int) {
	w.put(row, 1, text, style)
	if cols > 1 {
		w.try(w.f.MergeCell(w.name, grid.Address(1, row), grid.Address(cols, row)))
	}
}

// page sets A4 paper, as wide as one page, the head rows repeated.
func (w *sheetWriter) page(headRow int, landscape bool) {
	size, wide, tall := 9, 1, 0
	way := "portrait"
	if landscape {
		way = "landscape"
	}
	w.try(w.f.SetPageLayout(w.name, &excelize.PageLayoutOptions{Size: &size, Orientation: &way, FitToWidth: &wide, FitToHeight: &tall}))
	fit := true
	w.try(w.f.SetSheetProps(w.name, &excelize.SheetPropsOptions{FitToPage: &fit}))
	left, top := 0.5, 0.6
	w.try(w.f.SetPageMargins(w.name, &excelize.PageLayoutMarginsOptions{Left: &left, Right: &left, Top: &top, Bottom: &top}))
	w.try(w.f.SetHeaderFooter(w.name, &excelize.HeaderFooterOptions{OddFooter: "&C第 &P 页，共 &N 页"}))
	w.try(w.f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", Scope: w.name,
		RefersTo: fmt.Sprintf("'%s'!$%d:$%d", strings.ReplaceAll(w.name, "'", "''"), headRow, headRow)}))
}

func (w *sheetWriter) chart(t Table) {
	kind, one := excelize.Col, false
	if t.Chart.Kind == "pie" {
		kind, one = excelize.Pie, true
	}
	ref := func(col int) string {
		c := grid.ColumnName(col + 1)
		return fmt.Sprintf("'%s'!$%s$2:$%s$%d", strings.ReplaceAll(w.name, "'", "''"), c, c, len(t.Rows)+1)
	}
	c := &excelize.Chart{
		VaryColors: &one,
		Type:       kind,
		Series:     []excelize.ChartSeries{{Categories: ref(t.Chart.Category), Values: ref(t.Chart.Value)}},
		Title:      excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: t.Chart.Title}}},
		Legend:     excelize.ChartLegend{Position: map[bool]string{true: "right", false: "none"}[t.Chart.Kind == "pie"]},
		PlotArea:   excelize.ChartPlotArea{ShowVal: true},
		Dimension:  excelize.ChartDimension{Width: 640, Height: 360},
	}
	w.try(w.f.AddChart(w.name, grid.Address(len(t.Header)+2, 2), c))
}
