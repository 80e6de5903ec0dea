package mailbox

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strconv"
)

const (
	// lineLimit bounds what a server may send in answer to one command outside of literals. The longest honest answer is
	// a listing of listChunk mails.
	lineLimit = 1 << 20
	// depthLimit bounds nested parentheses: the library recurses on them, and three million end the process.
	depthLimit = 100
	// literalLimit bounds every literal but a mail's body: the library keeps those in memory.
	literalLimit = 64 << 10
)

var errExcess = errors.New("server sends more than it should")

// guard follows the server's answers byte by byte and finds what the library would take in without end: deep nesting, long
// lines, great literals that are not a mail's body.
type guard struct {
	size    int
	depth   int
	quoted  bool
	escaped bool
	free    bool   // the line is free text, in which quotes, parentheses and braces mean nothing
	blanks  int    // blanks of the line so far
	start   []byte // the first bytes of the line
	tail    [24]byte
	at      int   // bytes of the line so far
	literal int64 // bytes of the literal still to come
	bye     string
	closed  bool
}

// begin gives the next command its own allowance.
func (g *guard) begin() { g.size = 0 }

// scan looks at the next bytes; an error means that no more may be read.
func (g *guard) scan(p []byte) error {
	for len(p) > 0 {
		if g.literal > 0 {
			n := min(g.literal, int64(len(p)))
			g.literal -= n
			p = p[n:]
			continue
		}
		b := p[0]
		p = p[1:]
		if g.size++; g.size > lineLimit {
			return fmt.Errorf("%w: %d bytes in one answer", errExcess, g.size)
		}
		// The library takes a line end inside quotes as part of the text; so must we.
		if b == '\n' && !g.quoted {
			if err := g.endLine(); err != nil {
				return err
			}
			continue
		}
		if len(g.start) < 256 {
			g.start = append(g.start, b)
		}
		g.tail[g.at%len(g.tail)] = b
		g.at++
		if b == ' ' {
			g.blanks++
		}
		if b == ' ' && g.blanks == 2 || len(g.start) == 1 {
			g.free = g.status()
			g.depth, g.quoted = 0, false
		}
		if g.free {
			continue
		}
		if err := g.nest(b); err != nil {
			return err
		}
	}
	return nil
}

// nest follows quotes and parentheses.
func (g *guard) nest(b byte) error {
	switch {
	case g.escaped:
		g.escaped = false
	case g.quoted && b == '\\':
		g.escaped = true
	case b == '"':
		g.quoted = !g.quoted
	case g.quoted:
	case b == '(':
		if g.depth++; g.depth > depthLimit {
			return fmt.Errorf("%w: %d nested lists", errExcess, g.depth)
		}
	case b == ')':
		g.depth = max(0, g.depth-1)
	}
	return nil
}

// endLine is called at the end of a line: either a literal follows and the answer goes on, or the next answer begins.
func (g *guard) endLine() error {
	if size, ok := literalSize(g.last()); ok && !g.free {
		// BODY[] {123} and BODY[]<0> {123} are streamed; anything else is kept in memory.
		body := bytes.Contains(g.last(), []byte("] {")) || bytes.Contains(g.last(), []byte("> {"))
		if !body && size > literalLimit {
			return fmt.Errorf("%w: a literal of %d bytes that is no mail", errExcess, size)
		}
		g.literal = size
		g.at = 0
		return nil
	}
	if bytes.HasPrefix(bytes.ToUpper(g.start), []byte("* BYE ")) {
		g.bye = string(bytes.TrimSpace(g.start[5:]))
	}
	g.start, g.at, g.blanks, g.free = g.start[:0], 0, 0, false
	g.depth, g.quoted, g.escaped = 0, false, false
	return nil
}

// last gives the last bytes of the line, without CR.
func (g *guard) last() []byte {
	n := min(g.at, len(g.tail))
	out := make([]byte, 0, n)
	for i := g.at - n; i < g.at; i++ {
		out = append(out, g.tail[i%len(g.tail)])
	}
	return bytes.TrimSuffix(out, []byte("\r"))
}

// status says whether the line is an answer that ends in free text.
func (g *guard) status() bool {
	if bytes.HasPrefix(g.start, []byte("+")) {
		return true
	}
	words := bytes.SplitN(g.start, []byte(" "), 3)
	if len(words) < 2 {
		return false
	}
	switch string(bytes.ToUpper(bytes.TrimSpace(words[1]))) {
	case "OK", "NO", "BAD", "BYE", "PREAUTH":
		return true
	}
	return false
}

// literalSize reads {123} at the end of a line.
func literalSize(line []byte) (int64, bool) {
	open := bytes.LastIndexByte(line, '{')
	if open < 0 || !bytes.HasSuffix(line, []byte("}")) {
		return 0, false
	}
	n, err := strconv.ParseInt(string(line[open+1:len(line)-1]), 10, 64)
	if err != nil || n < 0 || n == math.MaxInt64 {
		return 0, false
	}
	return n, true
}
