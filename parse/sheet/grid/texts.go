package grid

import (
	"regexp"
	"strings"
)

// Text is text of a workbook that stands in no cell: a reader of the sheet, or of its print, sees it all the same.
type Text struct {
	Sheet string // "" where the format does not say which sheet it belongs to
	Cell  string // A1, of a comment; else ""
	Where string // one of the words below
	Text  string
}

// Where a Text stands, in the words that people read.
const (
	InHeader  = "页眉"
	InFooter  = "页脚"
	InDrawing = "文本框或图形"
	InComment = "批注"
)

// MaxTexts is how many texts beside the cells of one book are kept.
const MaxTexts = 10_000

// Aside keeps a text that stands in no cell of the sheet in hand. What goes over the limits is dropped.
func (b *Builder) Aside(where, cell, text string) {
	text = strings.TrimSpace(text)
	if text == "" || len(b.Book.Texts) >= MaxTexts {
		return
	}
	if len(text) > MaxCellText {
		text = cutText(text, MaxCellText)
	}
	if b.kept < len(text) {
		return
	}
	b.kept -= len(text)
	t := Text{Cell: cell, Where: where, Text: text}
	if b.grid != nil {
		t.Sheet = b.grid.Name
	}
	b.Book.Texts = append(b.Book.Texts, t)
}

var printCode = regexp.MustCompile(`&(?:"[^"]*"|K(?:[0-9A-Fa-f]{6}|\d\d[+-]\d{3})|\d{1,3}|[A-Za-z&])`)

// Printed returns what a page's header or footer prints: its codes are taken out, its three parts are lines.
func Printed(s string) string {
	return printCode.ReplaceAllStringFunc(s, func(code string) string {
		switch code[1:] {
		case "L", "C", "R", "l", "c", "r":
			return "\n"
		case "&":
			return "&"
		}
		return ""
	})
}
