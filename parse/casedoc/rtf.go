package casedoc

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"baosong/parse/container"
)

// maxGroups bounds nested groups; deeper ones share the state of the last.
const maxGroups = 2000

// rtfState is what a group inherits and restores.
type rtfState struct {
	dest    string // destination whose text this is, "" for the story being read
	skip    int    // characters that stand for one \u
	font    int
	hidden  bool
	deleted bool
	story   bool // the group began a story of its own
	object  bool // the group is an embedded object
	field   bool // the group is a field
	silent  bool // in a shape's properties: no text, but pictures
}

// rtfFile reads RTF 1.9.1 in one pass.
type rtfFile struct {
	rd       *reader
	doc      *Document
	in       *bufio.Reader
	pics     *pictures
	state    rtfState
	stack    []rtfState
	deeper   int  // groups beyond maxGroups
	fresh    bool // nothing has stood in the group yet
	star     bool // the group began with \*
	skipped  int  // characters still to be passed over after \u
	lead     bool
	page     int // default code page
	fonts    map[int]rtfFont
	font     int // font being defined
	style    int // style being defined
	outlines map[int]int
	lists    *rtfLists
	story    *rtfStory
	stories  []*rtfStory
	raw      []byte // bytes waiting to be decoded
	high     uint16 // high surrogate waiting for its other half
	pict     *rtfPicture
	class    []byte // program of the embedded object
	name     []byte // name of the shape property being read
	value    []byte
	number   []byte
	order    []byte // instruction of the field being read
	equation string // what the field shows unless it has a result
	atRest   bool   // nothing is half said: a paragraph, a row or a group has just ended
	done     bool   // the outermost group has ended
}

type rtfFont struct {
	charset int
	name    []byte
}

func (rd *reader) rtf(ctx context.Context, doc *Document, src source) error {
	in := bufio.NewReaderSize(src.stream(), 64<<10)
	head, _ := in.Peek(64)
	at := bytes.Index(head, []byte(`{\rtf`))
	if at < 0 {
		return fmt.Errorf("no {\\rtf at its beginning: %w", container.ErrDamaged)
	}
	in.Discard(at)
	f := &rtfFile{rd: rd, doc: doc, in: in, pics: newPictures(doc), page: 1252, fonts: map[int]rtfFont{}, outlines: map[int]int{}, lists: newRTFLists()}
	f.state.skip = 1
	f.story = newRTFStory(f, "")
	if err := f.read(ctx); err != nil {
		return err
	}
	if !f.done && !rd.room.cut {
		if len(f.stack) != 1 || !f.atRest {
			return fmt.Errorf("the file ends with %d groups open: %w", len(f.stack), container.ErrDamaged)
		}
		doc.Unended = true // all that lacks is the last brace, unless the file was cut at this very place
	}
	for len(f.stories) > 0 {
		f.endStory()
	}
	f.flushText()
	f.story.end()
	doc.Blocks = f.story.flow.finish()
	return nil
}

func (f *rtfFile) read(ctx context.Context) error {
	for n := 0; !f.done && !f.rd.room.cut; n++ {
		if n%8192 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		c, err := f.in.ReadByte()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		switch c {
		case '{':
			f.atRest = false
			f.open()
		case '}':
			f.close()
			f.atRest = true
		case '\\':
			err = f.control()
		case '\r', '\n', 0:
		default:
			f.atRest = f.atRest && c == ' '
			f.byte(c)
		}
		if err != nil && err != io.EOF {
			return err
		}
	}
	return nil
}

func (f *rtfFile) open() {
	f.flushText()
	f.skipped, f.star, f.fresh = 0, false, true
	if len(f.stack) >= maxGroups {
		f.deeper++
		return
	}
	f.stack = append(f.stack, f.state)
	f.state.story, f.state.object, f.state.field = false, false, false
}

func (f *rtfFile) close() {
	f.flushText()
	f.skipped, f.star = 0, false
	if f.deeper > 0 {
		f.deeper--
		return
	}
	if len(f.stack) == 0 {
		return
	}
	own := f.state
	f.state = f.stack[len(f.stack)-1]
	f.stack = f.stack[:len(f.stack)-1]
	f.left(own)
	f.done = len(f.stack) == 0
}

// left finishes what a group was for.
func (f *rtfFile) left(own rtfState) {
	switch {
	case own.story:
		f.endStory()
	case own.object:
		f.class = nil
	case own.field:
		if f.equation != "" {
			f.deliver(f.equation)
		}
	case own.dest == f.state.dest:
	case own.dest == "pict":
		f.endPicture()
	case own.dest == "sv":
		if string(f.name) == "gtextUNICODE" {
			f.wordArt(string(f.value))
		}
		f.name, f.value = f.name[:0], f.value[:0]
	case own.dest == "fldinst":
		f.equation, f.order = equation(string(f.order)), f.order[:0]
	case own.dest == "leveltext":
		f.lists.endText()
	case own.dest == "listtext":
		f.story.number, f.story.written = "", true
		if n := clean(string(f.number)); strings.Trim(n, "□■●•◆➢·–-o▪❖✓★→") != "" { // a bullet is no number
			f.story.number = spaced(n, false)
		}
		f.number = f.number[:0]
	}
}

// control reads a control word or symbol and acts on it.
func (f *rtfFile) control() error {
	f.atRest = false
	c, err := f.in.ReadByte()
	if err != nil {
		return err
	}
	if c < 'a' || c > 'z' {
		if c < 'A' || c > 'Z' {
			return f.symbol(c)
		}
	}
	word := make([]byte, 0, 32)
	for ; (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z') && err == nil; c, err = f.in.ReadByte() {
		if len(word) < 32 {
			word = append(word, c)
		}
	}
	digits := make([]byte, 0, 12)
	if err == nil && c == '-' {
		digits = append(digits, c)
		c, err = f.in.ReadByte()
	}
	for ; err == nil && c >= '0' && c <= '9'; c, err = f.in.ReadByte() {
		if len(digits) < 11 {
			digits = append(digits, c)
		}
	}
	if err == nil && c != ' ' {
		f.in.UnreadByte()
	}
	param, has := 0, len(digits) > 0
	if has {
		param, _ = strconv.Atoi(string(digits))
	}
	f.word(string(word), param, has)
	f.atRest = string(word) == "par" || string(word) == "row"
	return nil
}

// symbol handles a control symbol: an escaped character, \'hh and the like.
func (f *rtfFile) symbol(c byte) error {
	switch c {
	case '\'':
		var hex [2]byte
		if _, err := io.ReadFull(f.in, hex[:]); err == io.ErrUnexpectedEOF {
			return io.EOF
		} else if err != nil {
			return err
		}
		b, err := strconv.ParseUint(string(hex[:]), 16, 8)
		if err != nil {
			return nil
		}
		f.escaped(byte(b))
	case '*':
		f.star = f.fresh
	case '~':
		f.text("\u00A0")
	case '_':
		f.text("-")
	case '\r', '\n':
		f.word("par", 0, false)
	case '\\', '{', '}':
		f.byte(c)
	}
	return nil
}

// escaped takes a byte given as \'hh.
func (f *rtfFile) escaped(b byte) {
	if f.skipped > 0 {
		f.skipped--
		f.lead = f.skipped == 0 && f.doubleByte() && b >= 0x81
		return
	}
	if f.lead { // the second half of a character that stood for a \u, though the file announced one byte only
		f.lead = false
		if b >= 0x40 {
			return
		}
	}
	f.take(b)
}

// byte takes a plain character.
func (f *rtfFile) byte(c byte) {
	f.lead = false
	if f.skipped > 0 {
		f.skipped--
		return
	}
	f.take(c)
}

func (f *rtfFile) take(c byte) {
	f.fresh = false
	if f.pict != nil && f.state.dest == "pict" {
		f.pict.hex(c)
		return
	}
	f.raw = append(f.raw, c)
	if len(f.raw) > 32<<10 && c < 0x80 {
		f.flushText()
	}
}
