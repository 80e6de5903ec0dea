package casedoc

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"unicode"

	"baosong/parse/charset"
	"baosong/parse/container"
)

// Text returns the body in reading order: a line for each paragraph, a line for each row of a table with tabs between
// its cells.
func (d *Document) Text() string {
	var b strings.Builder
	for i, bl := range d.Blocks {
		if i > 0 {
			b.WriteByte('\n')
		}
		if bl.Table != nil {
			b.WriteString(bl.Table.text())
		} else {
			b.WriteString(bl.Text)
		}
	}
	return b.String()
}

func (t *Table) text() string {
	var b strings.Builder
	for i, row := range t.Rows {
		if i > 0 {
			b.WriteByte('\n')
		}
		for j, c := range row {
			if j > 0 {
				b.WriteByte('\t')
			}
			b.WriteString(c.Text)
		}
	}
	return b.String()
}

// clean drops control characters that formats leave behind, and the blanks around a paragraph.
func clean(s string) string {
	if strings.IndexFunc(s, stray) >= 0 {
		s = strings.Map(func(r rune) rune {
			if stray(r) {
				return -1
			}
			return r
		}, s)
	}
	return strings.TrimFunc(s, func(r rune) bool { return unicode.IsSpace(r) || r == '\uFEFF' || r == '\u200B' })
}

func stray(r rune) bool {
	return r < 0x20 && r != '\t' && r != '\n' || r == 0x7F || r == '\u00AD' || r == '\uFFFE' || r == '\uFFFF'
}

// text reads a plain text file of any encoding, a paragraph a line.
func (rd *reader) text(ctx context.Context, doc *Document, src source) error {
	limit := int64(rd.lim.Characters) * 4 // no character takes more
	raw, err := src.first(limit)
	if err != nil {
		return err
	}
	if src.size > limit {
		doc.Cut = true
		raw = raw[:bytes.LastIndexByte(raw, '\n')+1]
	}
	s, name := charset.Guess(raw)
	if name == "" && strings.Count(s, "\uFFFD")*20 > len(s) {
		return fmt.Errorf("no text in any known encoding: %w", container.ErrDamaged)
	}
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	f := newFlow(rd.room)
	for line := range strings.Lines(s) {
		if err := ctx.Err(); err != nil {
			return err
		}
		f.write(strings.TrimRight(line, "\n"))
		f.endPara()
		if rd.room.cut {
			break
		}
	}
	doc.Blocks = f.finish()
	return nil
}

// lines returns the text of a side story, such as a header or a comment, as one string.
func lines(blocks []Block) string { return (&Document{Blocks: blocks}).Text() }
