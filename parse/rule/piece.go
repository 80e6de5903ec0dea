package rule

import (
	"path"
	"strconv"
	"strings"

	"baosong/parse/call"
	"baosong/parse/casedoc"
	"baosong/parse/finding"
	"baosong/parse/sheet/grid"
)

// piece is one stretch of text with its place, as the searches for marks and numbers see it.
type piece struct {
	at      finding.Place
	text    string
	before  string // what stands to the left or above, in tables
	contact bool   // a place where phone numbers belong
	apart   bool
}

// pieces yields all text of a file.
func (p *Pass) pieces(f *File, visit func(piece)) {
	for _, l := range f.Lines {
		if inTable(f, l) {
			continue
		}
		at := f.At()
		at.Where = l.Where
		visit(piece{at: at, text: l.Text, before: l.Left, contact: l.Facts, apart: l.Apart})
	}
	for _, t := range f.Tables {
		if t.Block >= 0 {
			p.gridPieces(f, t.Grid, visit)
		}
	}
	if f.Book == nil {
		return
	}
	for _, g := range f.Book.Sheets {
		p.gridPieces(f, g, visit)
	}
	for _, t := range f.Book.Texts {
		at := f.At()
		at.Sheet, at.Cell, at.Where = t.Sheet, t.Cell, t.Where
		visit(piece{at: at, text: t.Text, contact: true, apart: true})
	}
}

// inTable reports whether a line of a document lies in a summary table, whose cells are visited one by one.
func inTable(f *File, l Line) bool {
	for _, t := range f.Tables {
		if t.Block >= 0 && t.Block == l.Block && !l.Apart {
			return true
		}
	}
	return false
}

func (p *Pass) gridPieces(f *File, g *grid.Grid, visit func(piece)) {
	t := tableOf(f, g)
	byCol := map[int]string{}
	if t != nil {
		for id, col := range t.Columns {
			byCol[col] = id
		}
	}
	marks := p.contactsOf(g, t)
	for i := range g.Rows {
		row := &g.Rows[i]
		below := t != nil && t.Header > 0 && row.Number > t.Header
		left := ""
		for _, c := range row.Cells {
			pc := piece{text: c.Text, before: left, contact: marks.rows[i] || marks.below(c.Col, i)}
			pc.at = f.At()
			pc.at.Sheet, pc.at.Cell, pc.at.Row = g.Name, grid.Address(c.Col, row.Number), row.Number
			if below {
				pc.at.Column = byCol[c.Col]
				pc.contact = pc.contact || contactColumn(pc.at.Column)
				if h, ok := g.At(t.Header, c.Col); ok {
					pc.before = tail(h.Text, 20) + " " + left
				}
			}
			left = tail(c.Text, 20)
			visit(pc)
		}
	}
}

func tableOf(f *File, g *grid.Grid) *Table {
	for _, t := range f.Tables {
		if t.Grid == g {
			return t
		}
	}
	return nil
}

func dataRows(t *Table) map[int]bool {
	out := map[int]bool{}
	if t != nil {
		for _, r := range t.Rows {
			out[r.Number] = true
		}
	}
	return out
}

// ends leaves out the midst of a long text: what is spread over cells does not stand there.
func ends(s string) string {
	if len(s) < 1000 {
		return s
	}
	return strings.ToValidUTF8(s[:200], "") + "。" + tail(s, 60)
}

// rowTexts yields each row of a file's worksheets as one text, for what is spread over cells.
func rowTexts(f *File, visit func(piece)) {
	if f.Book == nil {
		return
	}
	for _, g := range f.Book.Sheets {
		for i := range g.Rows {
			row := &g.Rows[i]
			if len(row.Cells) < 2 {
				continue
			}
			texts := make([]string, len(row.Cells))
			for j, c := range row.Cells {
				texts[j] = ends(c.Text)
			}
			at := f.At()
			at.Sheet, at.Row, at.Cell = g.Name, row.Number, grid.Address(row.Cells[0].Col, row.Number)
			visit(piece{at: at, text: strings.Join(texts, " ")})
		}
	}
}

// DocLines lays a document out as lines with their places. Facts are marked later by the reading of case documents.
func DocLines(d *casedoc.Document) []Line {
	var out []Line
	paragraph := 0
	for i, b := range d.Blocks {
		where := ""
		if b.Page > 0 {
			where = "第" + strconv.Itoa(b.Page) + "页"
		}
		if b.Table != nil {
			out = append(out, tableLines(b.Table, orElse(where, "表格"), i)...)
			continue
		}
		paragraph++
		out = append(out, Line{Text: b.Text, Where: orElse(where, "第"+strconv.Itoa(paragraph)+"段"), Block: i})
	}
	for _, x := range []struct {
		where string
		texts []string
	}{{"页眉", d.Headers}, {"页脚", d.Footers}, {"文本框", d.TextBoxes}, {"批注", d.Comments}, {"修订中删除的文字", d.Deleted}, {"隐藏文字", d.Hidden}, {"脚注", d.Notes}} {
		for _, t := range x.texts {
			out = append(out, Line{Text: t, Where: x.where, Apart: true, Block: -1})
		}
	}
	return out
}

func tableLines(t *casedoc.Table, where string, block int) []Line {
	var out []Line
	heads := map[int]string{}
	for i, row := range t.Rows {
		left := ""
		for _, c := range row {
			before := left
			if i == 0 {
				heads[c.Col] = cut(c.Text, 12)
			} else if head := heads[c.Col]; head != "" {
				before = head + " " + left
			}
			for _, s := range strings.Split(c.Text, "\n") {
				if strings.TrimSpace(s) != "" {
					out = append(out, Line{Text: s, Where: where, Left: before, Block: block, Row: i})
				}
			}
			left = tail(c.Text, 20)
		}
	}
	return out
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// searched reports whether phone numbers are looked for in a file: in what is material, not in letters.
func searched(f *File) bool {
	return f.Part == call.PartSummary || f.Part == call.PartCase || f.Part == call.PartMeasures
}

// nameParts returns a path's parts, each a file or folder name.
func nameParts(p string) []string {
	return strings.Split(path.Clean(strings.ReplaceAll(p, "\\", "/")), "/")
}
