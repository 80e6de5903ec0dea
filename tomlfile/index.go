package tomlfile

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// Keys knows where each key of a file stands.
type Keys struct {
	path string
	data []byte
	at   map[string]int // dotted path joined by NUL -> offset of the key
}

// Index notes where each key stands. Elements of arrays are numbered from 0: "parts", "0", "id". A file that does not
// parse gives what was read before the fault.
func Index(path string, data []byte) *Keys {
	data = bytes.TrimPrefix(data, utf8Mark)
	k := &Keys{path: path, data: data, at: map[string]int{}}
	var p unstable.Parser
	p.Reset(data)
	var table []string
	count := map[string]int{}
	for p.NextExpression() {
		e := p.Expression()
		switch e.Kind {
		case unstable.Table:
			table = k.tablePath(e, count)
		case unstable.ArrayTable:
			name := k.tablePath(e, count)
			flat := strings.Join(name, "\x00")
			count[flat]++
			table = append(name, strconv.Itoa(count[flat]-1))
			k.note(table, firstKey(e))
		case unstable.KeyValue:
			k.keyValue(table, e)
		}
	}
	return k
}

// tablePath returns a table's path with the newest element's number behind every array of tables on the way.
func (k *Keys) tablePath(e *unstable.Node, count map[string]int) []string {
	var path []string
	for it := e.Key(); it.Next(); {
		path = append(path, string(it.Node().Data))
		k.note(path, it.Node())
		if n := count[strings.Join(path, "\x00")]; n > 0 && !it.IsLast() {
			path = append(path, strconv.Itoa(n-1))
		}
	}
	return path
}

func firstKey(e *unstable.Node) *unstable.Node {
	it := e.Key()
	it.Next()
	return it.Node()
}

func (k *Keys) note(path []string, n *unstable.Node) {
	flat := strings.Join(path, "\x00")
	if _, ok := k.at[flat]; !ok {
		k.at[flat] = int(n.Raw.Offset)
	}
}

func (k *Keys) keyValue(table []string, e *unstable.Node) {
	path := append([]string(nil), table...)
	for it := e.Key(); it.Next(); {
		path = append(path, string(it.Node().Data))
		k.note(path, it.Node())
	}
	k.value(path, e.Value())
}

func (k *Keys) value(path []string, v *unstable.Node) {
	switch v.Kind {
	case unstable.InlineTable:
		for it := v.Children(); it.Next(); {
			k.keyValue(path, it.Node())
		}
	case unstable.Array:
		i := 0
		for it := v.Children(); it.Next(); {
			n := it.Node()
			if n.Kind == unstable.Comment {
				continue
			}
			at := append(append([]string(nil), path...), strconv.Itoa(i))
			if n.Kind != unstable.InlineTable && n.Kind != unstable.Array {
				k.note(at, n)
			}
			k.value(at, n)
			i++
		}
	}
}

// Position returns line and column of a key, from 1; of the nearest key above it when it is not there; 1, 1 at last.
func (k *Keys) Position(key ...string) (line, column int) {
	for n := len(key); n > 0; n-- {
		if at, ok := k.at[strings.Join(key[:n], "\x00")]; ok && at <= len(k.data) {
			return place(k.data, at)
		}
	}
	return 1, 1
}

// Has reports whether the file sets a key.
func (k *Keys) Has(key ...string) bool {
	_, ok := k.at[strings.Join(key, "\x00")]
	return ok
}

// Fault returns an *Error at the place of a key.
func (k *Keys) Fault(message, hint string, key ...string) *Error {
	line, column := k.Position(key...)
	return &Error{File: k.path, Line: line, Column: column, Message: message, Hint: hint}
}
