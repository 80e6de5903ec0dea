package casedoc

import (
	"fmt"
	"strings"
)

// dump writes a document as the golden files have it.
func dump(d *Document) string {
	var b strings.Builder
	fmt.Fprintf(&b, "format %s pages %d words %d", d.Format, d.Pages, Words(d.Text()))
	for _, f := range []struct {
		name string
		set  bool
	}{{"scan", d.ScanOnly}, {"macros", d.Macros}, {"cut", d.Cut}} {
		if f.set {
			b.WriteString(" " + f.name)
		}
	}
	b.WriteByte('\n')
	for _, bl := range d.Blocks {
		page := ""
		if bl.Page > 0 {
			page = fmt.Sprintf("@%d", bl.Page)
		}
		switch {
		case bl.Table != nil:
			fmt.Fprintf(&b, "T%s\n", page)
			dumpTable(&b, bl.Table, "  ")
		case bl.Heading > 0:
			fmt.Fprintf(&b, "H%d%s %q\n", bl.Heading, page, bl.Text)
		default:
			fmt.Fprintf(&b, "P%s %q\n", page, bl.Text)
		}
	}
	for _, list := range []struct {
		name string
		text []string
	}{{"header", d.Headers}, {"footer", d.Footers}, {"box", d.TextBoxes}, {"comment", d.Comments}, {"deleted", d.Deleted}, {"hidden", d.Hidden}, {"note", d.Notes}} {
		for _, s := range list.text {
			fmt.Fprintf(&b, "%s %q\n", list.name, s)
		}
	}
	for _, p := range d.Pictures {
		fmt.Fprintf(&b, "picture %s %.12s %d body=%v\n", p.Format, p.SHA256, p.Size, p.InBody)
	}
	return b.String()
}

func dumpTable(b *strings.Builder, t *Table, indent string) {
	for _, row := range t.Rows {
		b.WriteString(indent)
		for j, c := range row {
			if j > 0 {
				b.WriteString(" | ")
			}
			fmt.Fprintf(b, "%d", c.Col)
			if c.ColSpan > 1 || c.RowSpan > 1 {
				fmt.Fprintf(b, "(%dx%d)", c.ColSpan, c.RowSpan)
			}
			fmt.Fprintf(b, " %q", c.Text)
		}
		b.WriteByte('\n')
		for _, c := range row {
			for _, n := range c.Nested {
				b.WriteString(indent + "  nested\n")
				dumpTable(b, n, indent+"    ")
			}
		}
	}
}
