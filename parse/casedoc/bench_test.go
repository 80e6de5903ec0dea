package casedoc

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"baosong/parse/container"
)

func BenchmarkRead(b *testing.B) {
	for _, name := range []string{"case.docx", "case.doc", "case.rtf", "case.html", "case.odt", "case.pdf"} {
		b.Run(filepath.Ext(name), func(b *testing.B) {
			path := filepath.Join("testdata", name)
			st, err := os.Stat(path)
			if err != nil {
				b.Fatal(err)
			}
			format, err := container.SniffFile(path)
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(st.Size())
			for b.Loop() {
				if _, err := Read(context.Background(), path, format, Limits{Scratch: scratch(b), Time: time.Hour}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkBody reads bodies of ten thousand paragraphs.
func BenchmarkBody(b *testing.B) {
	html := []byte("<html><body>" + strings.Repeat("<p>集群内企业协作共享，产值增长12.5%。</p>", 10_000))
	rtf := append([]byte(`{\rtf1\ansi\ansicpg936 `), bytes.Repeat([]byte(`\pard \'bc\'af\'c8\'ba\'c4\'da growth 12.5%\par `), 10_000)...)
	for _, bb := range []struct {
		name   string
		format container.Format
		file   []byte
		size   int
	}{
		{"docx", container.DOCX, docxOf(strings.Repeat(p("集群内企业协作共享，产值增长12.5%。"), 10_000)), 10_000 * len(p("集群内企业协作共享，产值增长12.5%。"))},
		{"html", container.HTML, html, len(html)},
		{"rtf", container.RTF, rtf, len(rtf)},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.SetBytes(int64(bb.size))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := readBytes(b, bb.file, bb.format, Limits{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
