package annotate

import (
	"bytes"
	"fmt"
	"path"
	"strconv"
	"strings"

	"baosong/parse/sheet/ooxml"
	"baosong/parse/sheet/xmlscan"
)

// relID returns the attribute id in whatever prefix the file gave the relationships' namespace.
func relID(t *tag) string {
	if id, from, _ := t.attr("r:id"); from >= 0 {
		return id
	}
	id, _ := xmlscan.Attribute(t.raw[1+len(t.prefix)+len(t.name):], "id")
	return id
}

func relsName(part string) string {
	dir, file := path.Split(part)
	return dir + "_rels/" + file + ".rels"
}

func (m *marker) readRels(part string) ([]ooxml.Relation, error) {
	name := relsName(part)
	if _, ok := m.files[partName(name)]; !ok {
		return nil, nil
	}
	b, err := m.part(name)
	if err != nil {
		return nil, err
	}
	var rels []ooxml.Relation
	w := tagWalker{b: b}
	for {
		t, ok := w.next()
		if !ok {
			return rels, nil
		}
		if t.name != "Relationship" || t.closing {
			continue
		}
		id, _, _ := t.attr("Id")
		kind, _, _ := t.attr("Type")
		target, _, _ := t.attr("Target")
		mode, _, _ := t.attr("TargetMode")
		if mode != "External" {
			target = ooxml.JoinPart(path.Dir(part)+"/", target)
		}
		rels = append(rels, ooxml.Relation{ID: id, Kind: kind[strings.LastIndexByte(kind, '/')+1:], Target: target})
	}
}

const relType = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"

// relate adds a relationship from one part to another and returns its id.
func (m *marker) relate(from, kind, to string) (string, error) {
	rels, err := m.readRels(from)
	if err != nil {
		return "", err
	}
	used := map[string]bool{}
	for _, r := range rels {
		used[r.ID] = true
	}
	id := ""
	for n := 1; ; n++ {
		if id = "rIdBs" + strconv.Itoa(n); !used[id] {
			break
		}
	}
	entry := fmt.Sprintf(`<Relationship Id="%s" Type="%s%s" Target="/%s"/>`, id, relType, kind, escape(to))
	name := relsName(from)
	if _, ok := m.files[partName(name)]; !ok {
		m.files[partName(name)] = nil
		m.added = append(m.added, addedPart{name, nil})
		m.changed[partName(name)] = []byte(xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` + entry + `</Relationships>`)
		return id, nil
	}
	return id, m.put(name, func(b []byte) ([]byte, error) { return appendInside(b, "Relationships", entry) })
}

const xmlHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

// appendInside puts text, which has no prefixes, before the end of the root element. The prefix of the root is given
// to every element in it.
func appendInside(b []byte, name, text string) ([]byte, error) {
	top, err := root(b)
	if err != nil || top.name != name {
		return nil, fmt.Errorf("%w: %s expected", ErrUnsafe, name)
	}
	text = prefixed(text, top.prefix)
	if top.closed {
		open := append(bytes.TrimSuffix(bytes.Clone(top.raw), []byte("/>")), '>')
		return splice(b, top.from, top.to, string(open)+text+"</"+top.prefix+name+">"), nil
	}
	end := bytes.LastIndex(b, []byte("</"+top.prefix+name))
	if end < 0 {
		return nil, fmt.Errorf("%w: %s does not end", ErrUnsafe, name)
	}
	return splice(b, end, end, text), nil
}

// prefixed gives the elements of a piece of XML a namespace prefix.
func prefixed(text, prefix string) string {
	if prefix == "" {
		return text
	}
	text = strings.ReplaceAll(text, "</", "\x00")
	text = strings.ReplaceAll(text, "<", "<"+prefix)
	return strings.ReplaceAll(text, "\x00", "</"+prefix)
}

const contentTypes = "[Content_Types].xml"

// declare names the kind of a new part in the content types.
func (m *marker) declare(name, kind string) error {
	entry := fmt.Sprintf(`<Override PartName="/%s" ContentType="%s"/>`, escape(name), kind)
	return m.put(contentTypes, func(b []byte) ([]byte, error) { return appendInside(b, "Types", entry) })
}
