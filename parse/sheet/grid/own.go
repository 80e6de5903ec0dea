package grid

import (
	"slices"
	"strings"
)

// ListSheet is the name of the sheet with the list of problems.
const ListSheet = "问题清单"

// IsList tells a list of problems that we once sent and that came back with the workbook: it is nobody's material.
func (g *Grid) IsList() bool {
	if !strings.HasPrefix(g.Name, ListSheet) {
		return false
	}
	for j, h := range ListHeader() {
		if c, _ := g.At(2, j+1); c.Text != h {
			return false
		}
	}
	return true
}

// ListHeader names the list's columns, which stand in its second row.
func ListHeader() []string {
	return []string{"序号", "文件", "工作表", "单元格", "级别", "填写内容", "问题", "如何修改"}
}

// FormSheet is the very hidden sheet of a form: its version and the choices of its lists. It survives saving as xls.
const FormSheet = "_baosong"

// By these a form is known: a property of the workbook, and the first cell of its hidden sheet.
const (
	FormProperty = "baosong-form"
	FormMarker   = "baosong-form"
)

// FormVersion is the same for a book that was read already.
func (b *Book) FormVersion() string {
	for _, g := range b.Sheets {
		if g.Name != FormSheet {
			continue
		}
		if mark, _ := g.At(1, 1); mark.Text != FormMarker {
			continue
		}
		v, _ := g.At(2, 1)
		return strings.TrimSpace(v.Text)
	}
	return b.FormProperty
}

// SetAside takes out of the book what is ours and nobody's material: a list of problems that came back with the
// workbook, and the hidden sheet of our own form. A workbook that holds nothing else is left as it is.
func (b *Book) SetAside() {
	var theirs []*Grid
	for _, g := range b.Sheets {
		if g.IsList() || g.Name == FormSheet {
			continue
		}
		theirs = append(theirs, g)
	}
	if len(theirs) > 0 && len(theirs) < len(b.Sheets) {
		b.FormProperty = b.FormVersion()
		b.Sheets = theirs
		b.Texts = slices.DeleteFunc(b.Texts, func(t Text) bool {
			return t.Sheet != "" && !slices.ContainsFunc(theirs, func(g *Grid) bool { return g.Name == t.Sheet })
		})
	}
}
