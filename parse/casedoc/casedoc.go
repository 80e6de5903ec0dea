// Package casedoc reads text documents as a reader would see them on the page.
//
// Read opens one file of a format that container.Sniff has told and returns a Document: paragraphs with their outline
// levels, tables on their grid, distinct pictures, and apart from the body headers, footers, text boxes, comments,
// notes, hidden and deleted text. The standing text of tracked changes is the text as if all were accepted: insertions
// and moved-to text are in, deletions and moved-from text are in Document.Deleted. Words counts as Word does.
//
// Formats: OOXML WordprocessingML (ECMA-376, transitional and Strict), Word 97 binary ([MS-DOC]), RTF 1.9.1, PDF by
// pdfium in WebAssembly, HTML and MHTML (RFC 2557) as web systems write them for Word, Word 2003 XML and flat OPC,
// OpenDocument text, plain text. Everything but PDF and HTML tokens is read by this package itself, in one pass and
// without recursion, so that depth costs no stack; Limits hold while reading.
//
// It never runs macros, never follows a link out of the file, and never judges what it has read.
package casedoc

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"baosong/parse/container"
)

const (
	defaultCharacters = 4_000_000
	defaultBytes      = 256 << 20
	defaultPages      = 500
	defaultTime       = 40 * time.Second
	maxChunkDepth     = 2        // documents within documents: altChunk, MHTML parts
	maxWhole          = 64 << 20 // what must be held whole in memory: MHTML, XML in one file, an XML part of a foreign charset
	maxPage           = 32 << 20 // one page of HTML, held twice
)

// Read returns the document at path, which is of the given format. The error wraps container.ErrEncrypted,
// ErrUnsupported, ErrDamaged or ErrLimit, or is ctx's own, or an I/O error of this machine. A limit on characters or
// pages is no error: the document then says Cut.
func Read(ctx context.Context, path string, format container.Format, lim Limits) (*Document, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return nil, err
	}
	rd := newReader(lim)
	doc, err := rd.read(ctx, source{f, st.Size()}, format)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", format, err)
	}
	return doc, nil
}

// source is a file or a part of one.
type source struct {
	r    io.ReaderAt
	size int64
}

func (s source) stream() io.Reader { return io.NewSectionReader(s.r, 0, s.size) }

// whole returns all bytes, or ErrLimit beyond max.
func (s source) whole(max int64) ([]byte, error) {
	if s.size > max {
		return nil, fmt.Errorf("%d bytes: %w", s.size, container.ErrLimit)
	}
	return s.first(s.size)
}

// first returns the first n bytes, or as many as there are. io.ReadAll would take five times as much on its way.
func (s source) first(n int64) ([]byte, error) {
	b := make([]byte, min(n, s.size))
	got, err := io.ReadFull(s.stream(), b)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = nil
	}
	return b[:got], err
}

func bytesSource(b []byte) source { return source{bytes.NewReader(b), int64(len(b))} }

// reader carries what one call of Read shares among nested documents.
type reader struct {
	lim      Limits
	room     *room
	depth    int
	elements int      // of XML read so far
	engines  *engines // of PDF, kept from document to document; nil: started for this one
}

func newReader(lim Limits) *reader {
	if lim.Characters <= 0 {
		lim.Characters = defaultCharacters
	}
	if lim.Bytes <= 0 {
		lim.Bytes = defaultBytes
	}
	if lim.Pages <= 0 {
		lim.Pages = defaultPages
	}
	if lim.Time <= 0 {
		lim.Time = defaultTime
	}
	return &reader{lim: lim, room: &room{left: lim.Characters}}
}

func (rd *reader) read(ctx context.Context, src source, format container.Format) (doc *Document, err error) {
	defer func() {
		if v := recover(); v != nil {
			doc, err = nil, fmt.Errorf("reader gave up: %v: %w", v, container.ErrDamaged)
		}
	}()
	if src.size == 0 {
		return nil, fmt.Errorf("no bytes: %w", container.ErrDamaged)
	}
	if src.size > rd.lim.Bytes {
		return nil, fmt.Errorf("%d bytes: %w", src.size, container.ErrLimit)
	}
	doc = &Document{Format: format}
	if err := rd.fill(ctx, doc, src, format); err != nil {
		if errors.Is(err, errCut) {
			err = nil
		}
		if err != nil {
			return nil, err
		}
	}
	doc.Cut = doc.Cut || rd.room.cut
	return doc, nil
}

func (rd *reader) fill(ctx context.Context, doc *Document, src source, format container.Format) error {
	switch format {
	case container.DOCX, container.DOCM:
		return rd.docx(ctx, doc, src)
	case container.DOC, container.DOC95:
		return rd.doc(ctx, doc, src)
	case container.RTF:
		return rd.rtf(ctx, doc, src)
	case container.PDF:
		return rd.pdf(ctx, doc, src)
	case container.HTML:
		return rd.html(ctx, doc, src, "")
	case container.MHTML, container.EML:
		return rd.mhtml(ctx, doc, src)
	case container.WORDML, container.XML:
		return rd.wordml(ctx, doc, src)
	case container.ODT:
		return rd.odt(ctx, doc, src)
	case container.Text, container.CSV:
		return rd.text(ctx, doc, src)
	case container.Encrypted:
		return container.ErrEncrypted
	case container.Empty, container.Unknown:
		return container.ErrDamaged
	}
	return container.ErrUnsupported
}

// newSeeker returns a source as what seeking readers want.
func newSeeker(s source) io.ReadSeeker { return io.NewSectionReader(s.r, 0, s.size) }
