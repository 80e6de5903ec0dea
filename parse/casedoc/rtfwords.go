package casedoc

import (
	"io"
	"strings"

	"baosong/parse/container"
)

// word acts on a control word.
func (f *rtfFile) word(w string, n int, has bool) {
	star := f.star
	f.star, f.fresh = false, false
	if w == "u" {
		f.unicode(n)
		return
	}
	if w == "bin" {
		f.flushText()
		f.binary(n)
		return
	}
	if f.skipped > 0 && f.character(w) != "" {
		f.skipped--
		return
	}
	f.flushText()
	f.lead = false
	if f.destination(w, star) || f.definition(w, n) || f.format(w, n, has) {
		return
	}
	if s := f.character(w); s != "" {
		f.text(s)
		return
	}
	switch f.state.dest {
	case "", "nesttableprops":
		f.story.word(w, n)
	case "listtable", "listoverridetable":
		f.lists.word(w, n)
	}
}

func (f *rtfFile) binary(n int) {
	if n <= 0 {
		return
	}
	src := io.LimitReader(f.in, int64(n))
	if f.pict != nil {
		f.pict.flush()
		size, _ := io.Copy(f.pict.sum, src)
		f.pict.size += size
		return
	}
	io.Copy(io.Discard, src)
}

// character returns the character that a word stands for.
func (f *rtfFile) character(w string) string {
	switch w {
	case "tab", "cell", "nestcell":
		if w == "tab" {
			return "\t"
		}
	case "line", "lbr", "softline", "column", "softcol":
		return "\n"
	case "emdash":
		return "—"
	case "endash":
		return "–"
	case "lquote":
		return "‘"
	case "rquote":
		return "’"
	case "ldblquote":
		return "“"
	case "rdblquote":
		return "”"
	case "bullet":
		return "•"
	case "emspace", "enspace", "qmspace":
		return " "
	}
	return ""
}

// destination begins a destination; one that nobody knows and that says \* is passed over with all in it.
func (f *rtfFile) destination(w string, star bool) bool {
	switch w {
	case "header", "headerl", "headerr", "headerf":
		f.begin("header")
	case "footer", "footerl", "footerr", "footerf":
		f.begin("footer")
	case "footnote", "annotation":
		f.begin(w)
	case "shptxt", "dptxbxtext":
		f.begin("box")
	case "pict":
		if f.state.dest == "skip" {
			return true
		}
		f.state.dest = "pict"
		f.startPicture()
	case "fonttbl", "stylesheet", "nesttableprops", "fldinst", "objclass", "sn", "sv", "listtable", "listoverridetable":
		if f.state.dest != "skip" {
			f.state.dest = w
		}
	case "listtext", "pntext":
		if f.state.dest != "skip" {
			f.state.dest = "listtext"
		}
	case "leveltext", "levelnumbers", "listname":
		if f.state.dest != "skip" {
			f.state.dest = map[bool]string{true: w, false: "skip"}[w == "leveltext"]
		}
	case "shpinst", "do":
		f.state.silent = true
	case "object":
		f.state.object = true
	case "field":
		f.state.field, f.equation = true, ""
	case "shppict", "result", "shp", "fldrslt", "ud", "shpgrp":
		if n := len(f.stack); w == "ud" && n > 1 {
			f.state.dest = f.stack[n-2].dest // what it was before \upr
		}
	case "colortbl", "info", "nonshppict", "shprslt", "upr", "xe", "tc", "tcn", "rxe", "ftnsep", "ftnsepc", "ftncn", "aftnsep", "aftnsepc", "aftncn",
		"private", "pntxta", "pntxtb", "nonesttables", "themedata", "colorschememapping", "datastore", "objdata", "template",
		"bkmkstart", "bkmkend", "atnid", "atnauthor", "atndate", "filetbl", "revtbl", "background":
		f.state.dest = "skip"
	default:
		if star {
			f.state.dest = "skip"
		}
		return star
	}
	return true
}

// begin opens a story apart from the text around it.
func (f *rtfFile) begin(kind string) {
	if f.state.dest == "skip" || f.state.story || len(f.stories) >= maxFrames {
		f.state.dest = "skip"
		return
	}
	f.state.dest, f.state.silent = "", false
	f.state.story = true
	f.state.hidden, f.state.deleted = false, false
	f.stories = append(f.stories, f.story)
	f.story = newRTFStory(f, kind)
}

func (f *rtfFile) endStory() {
	n := len(f.stories)
	if n == 0 {
		return
	}
	own := f.story
	own.end()
	blocks := own.flow.finish()
	f.story = f.stories[n-1]
	f.stories = f.stories[:n-1]
	text := lines(blocks)
	if text == "" {
		return
	}
	d := f.doc
	switch own.kind {
	case "header":
		d.Headers = appendText(d.Headers, blocks)
	case "footer":
		d.Footers = appendText(d.Footers, blocks)
	case "footnote":
		d.Notes = append(d.Notes, text)
	case "annotation":
		d.Comments = append(d.Comments, text)
	default:
		d.TextBoxes = append(d.TextBoxes, text)
		f.story.pending = append(f.story.pending, blocks...)
	}
}

// definition reads the tables of the head and what describes a picture.
func (f *rtfFile) definition(w string, n int) bool {
	switch w {
	case "ansicpg":
		if n > 0 {
			f.page = n
		}
	case "mac":
		f.page = 10000
	case "deff":
		f.state.font = n
	case "uc":
		f.state.skip = min(max(n, 0), 8)
	case "fcharset":
		if f.state.dest == "fonttbl" {
			font := f.fonts[f.font]
			font.charset = n
			f.fonts[f.font] = font
		}
	case "pngblip", "jpegblip", "emfblip", "wmetafile", "dibitmap", "wbitmap", "macpict":
		if f.pict != nil {
			f.pict.format = map[string]container.Format{"pngblip": container.PNG, "jpegblip": container.JPEG, "emfblip": container.EMF,
				"wmetafile": container.WMF, "dibitmap": container.BMP, "wbitmap": container.BMP, "macpict": "pict"}[w]
		}
	default:
		return f.styleDefinition(w, n)
	}
	return true
}

func (f *rtfFile) styleDefinition(w string, n int) bool {
	if f.state.dest != "stylesheet" {
		return false
	}
	switch w {
	case "s":
		f.style = n
	case "outlinelevel":
		if len(f.outlines) < 5000 {
			f.outlines[f.style] = level(n)
		}
	}
	return true
}

// format follows the character formatting that decides what is text.
func (f *rtfFile) format(w string, n int, has bool) bool {
	on := !has || n != 0
	switch w {
	case "f":
		if f.state.dest == "fonttbl" {
			f.font = n
			if len(f.fonts) < 5000 {
				f.fonts[n] = rtfFont{charset: 1}
			}
			return true
		}
		f.state.font = n
	case "af":
		return true
	case "v":
		f.state.hidden = on
	case "deleted":
		f.state.deleted = on
	case "plain":
		f.state.hidden, f.state.deleted = false, false
	case "rtf":
		if strings.HasPrefix(w, "rtf") {
			return true
		}
	default:
		return false
	}
	return true
}
