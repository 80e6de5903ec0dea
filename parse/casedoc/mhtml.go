package casedoc

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"strings"

	"baosong/parse/charset"
	"baosong/parse/container"
)

// webPart is one part of an MHTML file.
type webPart struct {
	kind, label, location, id string
	body                      []byte
}

const maxWebParts = 5000

// mhtml reads a web page saved as one file, RFC 2557, as Word and web systems write it; also a plain mail.
func (rd *reader) mhtml(ctx context.Context, doc *Document, src source) error {
	if src.size > maxWhole {
		return fmt.Errorf("%d bytes of MHTML: %w", src.size, container.ErrLimit)
	}
	msg, err := mail.ReadMessage(bufio.NewReader(skipBlank(src.stream())))
	if err != nil {
		return fmt.Errorf("%v: %w", err, container.ErrDamaged)
	}
	var parts []webPart
	err = walkParts(ctx, textproto.MIMEHeader(msg.Header), msg.Body, 0, &parts)
	if doc.Unended = errors.Is(err, errUnended); err != nil && !doc.Unended {
		return err
	}
	return rd.webParts(ctx, doc, parts)
}

// errUnended says that the parts stop before the boundary that ends them.
var errUnended = errors.New("parts without an end")

func skipBlank(r io.Reader) io.Reader {
	br := bufio.NewReader(r)
	for {
		if b, err := br.Peek(1); err != nil || b[0] != '\n' && b[0] != '\r' && b[0] != ' ' && b[0] != 0xEF && b[0] != 0xBB && b[0] != 0xBF {
			return br
		}
		br.Discard(1)
	}
}

// walkParts decodes the leaves of a MIME body. With errUnended all that could be read is in parts.
func walkParts(ctx context.Context, head textproto.MIMEHeader, body io.Reader, depth int, parts *[]webPart) error {
	kind, params, err := mime.ParseMediaType(head.Get("Content-Type"))
	if err != nil && kind == "" {
		kind = "text/html"
	}
	if !strings.HasPrefix(kind, "multipart/") {
		p := webPart{kind: kind, label: params["charset"], location: strings.TrimSpace(head.Get("Content-Location")), id: strings.Trim(head.Get("Content-Id"), " <>")}
		p.body, err = decodePart(head.Get("Content-Transfer-Encoding"), body)
		if len(p.body) > 0 {
			*parts = append(*parts, p)
		}
		if errors.Is(err, bufio.ErrTooLong) {
			return fmt.Errorf("%v: %w", err, container.ErrDamaged)
		}
		return nil
	}
	if depth >= 4 || params["boundary"] == "" {
		return fmt.Errorf("multipart without a boundary or too deep: %w", container.ErrDamaged)
	}
	r := multipart.NewReader(body, params["boundary"])
	for len(*parts) < maxWebParts {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		p, err := r.NextRawPart()
		if err == io.EOF { // the last boundary; a break is wrapped
			return nil
		}
		if err != nil {
			return errUnended // what was read stands
		}
		if err := walkParts(ctx, p.Header, p, depth+1, parts); err != nil {
			return err
		}
	}
	return nil
}

// decodePart undoes the transfer encoding and keeps what could be decoded.
func decodePart(encoding string, r io.Reader) ([]byte, error) {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "base64":
		raw, err := io.ReadAll(io.LimitReader(r, maxWhole))
		raw = bytes.Map(func(r rune) rune {
			if r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '+' || r == '/' {
				return r
			}
			return -1
		}, raw)
		n, _ := base64.RawStdEncoding.Decode(raw, raw)
		return raw[:n], err
	case "quoted-printable":
		return io.ReadAll(io.LimitReader(quotedprintable.NewReader(r), maxWhole))
	}
	return io.ReadAll(io.LimitReader(r, maxWhole))
}

// webParts reads the first page as the body and takes headers, footers and comments from the others. A first page of frames
// has no body of its own: the others are it.
func (rd *reader) webParts(ctx context.Context, doc *Document, parts []webPart) error {
	byName := map[string][]byte{}
	for _, p := range parts {
		if p.id != "" {
			byName["cid:"+p.id] = p.body
		}
		if p.location != "" {
			byName[p.location] = p.body
			byName[p.location[strings.LastIndexAny(p.location, `/\`)+1:]] = p.body
		}
	}
	found, framed := false, false
	for _, p := range parts {
		if p.kind != "text/html" && p.kind != "application/xhtml+xml" {
			continue
		}
		if len(p.body) > maxPage {
			return fmt.Errorf("a page of %d bytes: %w", len(p.body), container.ErrLimit)
		}
		h := newHTMLReader(rd, doc)
		h.parts = byName
		if err := h.read(ctx, decodeHTML(p.body, p.label)); err != nil {
			return err
		}
		blocks := h.finish()
		switch {
		case !found:
			doc.Blocks, found, framed = blocks, true, h.frames
		case framed:
			doc.Blocks = append(doc.Blocks, blocks...)
		}
	}
	if found {
		return nil
	}
	for _, p := range parts {
		if strings.HasPrefix(p.kind, "text/") {
			s, _ := charset.Decode(p.body, p.label)
			return rd.text(ctx, doc, bytesSource([]byte(s)))
		}
	}
	return fmt.Errorf("web archive without a page: %w", container.ErrDamaged)
}
