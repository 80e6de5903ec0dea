package casedoc

import (
	"context"
)

// stories reads the main text and the ranges behind it: notes, headers, comments, text boxes.
func (w *wordFile) stories(ctx context.Context) error {
	fib := bin(w.main)
	var start [9]int // main, footnotes, headers, macros, comments, endnotes, boxes, header boxes
	for i := range 8 {
		start[i+1] = min(start[i]+fib.u32(0x4C+4*i), len(w.text))
	}
	boxes := w.texts(ctx, start[6], start[7], w.at(fcBoxText), 22)
	main := &wordRange{w: w, flow: newFlow(w.rd.room), body: true, boxes: map[int][]Block{}, anchors: w.anchors()}
	for i, b := range boxes {
		id := w.at(fcBoxText).u32(4*(len(boxes)+2) + 22*i + 14)
		main.boxes[id] = append(main.boxes[id], b...)
		if text := lines(b); text != "" {
			w.doc.TextBoxes = append(w.doc.TextBoxes, text)
		}
	}
	if err := main.read(ctx, 0, start[1]); err != nil {
		return err
	}
	main.leftBoxes()
	w.doc.Blocks = main.flow.finish()
	main.settle()
	w.sides(ctx, start)
	w.drawings()
	return ctx.Err()
}

func (w *wordFile) sides(ctx context.Context, start [9]int) {
	for _, b := range w.texts(ctx, start[1], start[2], w.at(fcFootnoteText), 0) {
		w.doc.Notes = appendText(w.doc.Notes, b)
	}
	for _, b := range w.texts(ctx, start[5], start[6], w.at(fcEndnoteText), 0) {
		w.doc.Notes = appendText(w.doc.Notes, b)
	}
	for _, b := range w.texts(ctx, start[4], start[5], w.at(fcCommentText), 0) {
		w.doc.Comments = appendText(w.doc.Comments, b)
	}
	for i, b := range w.texts(ctx, start[2], start[3], w.at(fcHeaderText), 0) {
		switch {
		case i < 6: // separators of notes
		case i%6 == 2 || i%6 == 3 || i%6 == 5:
			w.doc.Footers = appendText(w.doc.Footers, b)
		default:
			w.doc.Headers = appendText(w.doc.Headers, b)
		}
	}
	for _, b := range w.texts(ctx, start[7], start[8], w.at(fcHdrBoxText), 22) {
		w.doc.TextBoxes = appendText(w.doc.TextBoxes, b)
		w.doc.Headers = appendText(w.doc.Headers, b)
	}
}

func appendText(list []string, blocks []Block) []string {
	if text := lines(blocks); text != "" && (len(list) == 0 || list[len(list)-1] != text) {
		list = append(list, text)
	}
	return list
}

// texts reads the texts of a range that a PLC divides, the last of which is a dummy; all as one when there is no PLC.
func (w *wordFile) texts(ctx context.Context, from, to int, plc bin, size int) [][]Block {
	if to <= from {
		return nil
	}
	n := (len(plc) - 4) / (4 + size)
	if n < 1 {
		return [][]Block{w.side(ctx, from, to)}
	}
	var out [][]Block
	for i := range n - 1 {
		a, b := from+plc.u32(4*i), from+plc.u32(4*i+4)
		if a > b || b > to {
			break
		}
		out = append(out, w.side(ctx, a, b))
	}
	return out
}

func (w *wordFile) side(ctx context.Context, from, to int) []Block {
	r := &wordRange{w: w, flow: newFlow(w.rd.room)}
	if r.read(ctx, from, to) != nil {
		return nil
	}
	r.settle()
	return r.flow.finish()
}

// anchors maps the CPs of drawings in the main text to their shapes.
func (w *wordFile) anchors() map[int]int {
	plc := w.at(fcShapes)
	n := (len(plc) - 4) / 30
	out := map[int]int{}
	for i := range max(n, 0) {
		out[plc.u32(4*i)] = plc.u32(4*(n+1) + 26*i)
	}
	return out
}

// drawings counts the floating pictures and takes the text of WordArt.
func (w *wordFile) drawings() {
	for i, list := range [][]shape{w.art.body, w.art.header} {
		for _, s := range list {
			if s.picture > 0 {
				b, format := w.art.stored(s.picture)
				w.pics.bytes(b, format, i == 0)
			}
			if s.text == "" || !w.rd.room.take(len(s.text)) {
				continue
			}
			w.doc.TextBoxes = append(w.doc.TextBoxes, s.text)
			if i == 1 {
				w.doc.Headers = append(w.doc.Headers, s.text)
			} else {
				w.doc.Blocks = append(w.doc.Blocks, Block{Text: s.text})
			}
		}
	}
}
