package annotate

import (
	"fmt"
	"sort"
	"strconv"
	"strings"

	"baosong/parse/sheet/grid"
	"baosong/parse/sheet/xmlscan"
)

// sheetEditor gives cells of one worksheet part another style. It walks the part once and notes what to change.
type sheetEditor struct {
	m      *marker
	b      []byte
	marks  []Mark // in order; the front one is next
	out    edits
	prefix string
	cols   []colStyle
	row    int
	col    int
	rowTag tag
	grown  bool // the row in hand got a new cell
}

type colStyle struct{ from, to, style int }

// markSheet fills the cells of a sheet and hangs the comments on them. What an earlier letter did is undone.
func (m *marker) markSheet(index int, s markSheet, marks []Mark) error {
	old, err := m.earlier(s)
	if err != nil {
		return err
	}
	current := sortMarks(marks)
	marks = sortMarks(append(append([]Mark(nil), current...), old...))
	if len(marks) == 0 {
		return nil
	}
	err = m.put(s.part, func(b []byte) ([]byte, error) {
		top, err := root(b)
		if err != nil || top.name != "worksheet" {
			return nil, fmt.Errorf("%w: no worksheet", ErrUnsafe)
		}
		e := &sheetEditor{m: m, b: b, marks: marks, prefix: top.prefix}
		if err := e.walk(); err != nil {
			return nil, err
		}
		return e.out.apply(b)
	})
	if err != nil {
		return err
	}
	return m.comment(index, s, current)
}

func (e *sheetEditor) walk() error {
	w := tagWalker{b: e.b}
	for {
		t, ok := w.next()
		if !ok {
			return fmt.Errorf("%w: worksheet without cells' place", ErrUnsafe)
		}
		switch {
		case t.name == "col" && !t.closing:
			e.column(t)
		case t.name == "sheetData" && t.closed:
			e.out.replace(t.from, t.to, []byte("<"+e.prefix+"sheetData>"+e.newRows(grid.MaxRow+1)+"</"+e.prefix+"sheetData>"))
			return nil
		case t.name == "sheetData" && t.closing:
			e.out.insert(t.from, e.newRows(grid.MaxRow+1))
			return nil
		case t.name == "row":
			if err := e.rowEdge(t); err != nil {
				return err
			}
		case t.name == "c" && !t.closing:
			if err := e.cell(t); err != nil {
				return err
			}
		}
	}
}

func (e *sheetEditor) column(t tag) {
	from, _, _ := t.attr("min")
	to, _, _ := t.attr("max")
	style, _, _ := t.attr("style")
	if style != "" {
		e.cols = append(e.cols, colStyle{xmlscan.Int(from), xmlscan.Int(to), xmlscan.Int(style)})
	}
}

// rowEdge handles the begin and the end of a row.
func (e *sheetEditor) rowEdge(t tag) error {
	if t.closing {
		cells := e.newCells(grid.MaxCol + 1)
		e.out.insert(t.from, cells)
		e.endRow()
		return nil
	}
	last := e.row
	e.row++
	if r, from, _ := t.attr("r"); from >= 0 {
		e.row = xmlscan.Int(r)
	}
	if e.row <= last {
		return fmt.Errorf("%w: rows out of order", ErrUnsafe)
	}
	if rows := e.newRows(e.row); rows != "" {
		e.out.insert(t.from, rows)
	}
	e.rowTag, e.col, e.grown = t, 0, false
	if !t.closed {
		return nil
	}
	if cells := e.newCells(grid.MaxCol + 1); cells != "" {
		open := retag(t.without("spans")).raw
		e.out.replace(t.from, t.to, []byte(strings.TrimSuffix(string(open), "/>")+">"+cells+"</"+e.prefix+"row>"))
	}
	return nil
}

// endRow takes the hint of the columns in use off a row that got a new cell.
func (e *sheetEditor) endRow() {
	if e.grown {
		e.out.replace(e.rowTag.from, e.rowTag.to, e.rowTag.without("spans"))
	}
}

// newRows returns rows that the marks need and the sheet has not, up to before the given one.
func (e *sheetEditor) newRows(before int) string {
	var b strings.Builder
	for len(e.marks) > 0 && e.marks[0].Row < before {
		row := e.marks[0].Row
		e.row, e.rowTag = row, tag{}
		if !e.wanted(row) {
			e.newCells(grid.MaxCol + 1)
			continue
		}
		b.WriteString("<" + e.prefix + `row r="` + strconv.Itoa(row) + `">`)
		b.WriteString(e.newCells(grid.MaxCol + 1))
		b.WriteString("</" + e.prefix + "row>")
	}
	if before <= grid.MaxRow {
		e.row = before
	}
	return b.String()
}

// wanted tells whether any mark of a row is one of this letter.
func (e *sheetEditor) wanted(row int) bool {
	for _, k := range e.marks {
		if k.Row == row && k.Severity != "" {
			return true
		}
	}
	return false
}

// newCells returns cells that the marks need and the row in hand has not, up to before the given column.
func (e *sheetEditor) newCells(before int) string {
	var b strings.Builder
	for len(e.marks) > 0 && e.marks[0].Row == e.row && e.marks[0].Col < before {
		k := e.marks[0]
		e.marks = e.marks[1:]
		if k.Severity == "" { // an earlier mark on a cell that is no more
			continue
		}
		style := e.m.styles.filled(e.base(k.Col), k.Severity)
		fmt.Fprintf(&b, `<%sc r="%s" s="%d"/>`, e.prefix, grid.Address(k.Col, k.Row), style)
		e.grown = true
	}
	return b.String()
}

// base is the style that an empty cell shows: the row's, else the column's.
func (e *sheetEditor) base(col int) int {
	if e.rowTag.raw != nil {
		if custom, _, _ := e.rowTag.attr("customFormat"); xmlscan.Truth(custom) {
			s, _, _ := e.rowTag.attr("s")
			return xmlscan.Int(s)
		}
	}
	for _, c := range e.cols {
		if col >= c.from && col <= c.to {
			return c.style
		}
	}
	return 0
}

func (e *sheetEditor) cell(t tag) error {
	e.col++
	if r, from, _ := t.attr("r"); from >= 0 {
		col, row, ok := grid.ParseAddress(r)
		if !ok || row != e.row || col < e.col {
			return fmt.Errorf("%w: cells out of order", ErrUnsafe)
		}
		e.col = col
	}
	if cells := e.newCells(e.col); cells != "" {
		e.out.insert(t.from, cells)
	}
	if len(e.marks) > 0 && e.marks[0].Row == e.row && e.marks[0].Col == e.col {
		k := e.marks[0]
		e.marks = e.marks[1:]
		old, _, _ := t.attr("s")
		style := e.m.styles.cleared(xmlscan.Int(old))
		if k.Severity != "" {
			style = e.m.styles.filled(xmlscan.Int(old), k.Severity)
		}
		e.out.replace(t.from, t.to, t.with("s", strconv.Itoa(style)))
	}
	return nil
}

// relNamespace returns the prefix that the root declares for relationships, "" when it declares none.
func relNamespace(t *tag) string {
	i := strings.Index(string(t.raw), `="`+strings.TrimSuffix(relType, "/")+`"`)
	if i < 0 {
		return ""
	}
	head := string(t.raw[:i])
	j := strings.LastIndex(head, "xmlns:")
	if j < 0 {
		return ""
	}
	return head[j+len("xmlns:"):]
}

// sortMarks puts marks in the order of cells, one for each: comments of one cell are joined, an error outweighs.
func sortMarks(marks []Mark) []Mark {
	marks = append([]Mark(nil), marks...)
	sort.SliceStable(marks, func(i, j int) bool {
		a, b := marks[i], marks[j]
		return a.Row < b.Row || a.Row == b.Row && a.Col < b.Col
	})
	var out []Mark
	for _, k := range marks {
		if k.Row < 1 || k.Col < 1 || k.Row > grid.MaxRow || k.Col > grid.MaxCol {
			continue
		}
		n := len(out)
		if n == 0 || out[n-1].Row != k.Row || out[n-1].Col != k.Col {
			out = append(out, k)
			continue
		}
		if k.Comment != "" && !strings.Contains(out[n-1].Comment, k.Comment) {
			out[n-1].Comment += "\n" + k.Comment
		}
		if k.Severity == "error" || out[n-1].Severity == "" {
			out[n-1].Severity = k.Severity
		}
	}
	return out
}
