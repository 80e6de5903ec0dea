package casedoc

import (
	"golang.org/x/net/html"
)

// tag returns a start tag with those of its attributes that are read: a tag may have a million.
func tag(z *html.Tokenizer, kind html.TokenType) html.Token {
	name, more := z.TagName()
	t := html.Token{Type: kind, Data: string(name)}
	for more {
		var key, value []byte
		key, value, more = z.TagAttr()
		if !wanted(key) {
			continue
		}
		if _, twice := attribute(t, string(key)); !twice {
			t.Attr = append(t.Attr, html.Attribute{Key: string(key), Val: string(value)})
		}
	}
	return t
}

func wanted(key []byte) bool {
	switch string(key) {
	case "style", "hidden", "src", "type", "checked", "value", "start", "selected", "colspan", "rowspan", "x:num", "sdval":
		return true
	}
	return false
}

func attrOf(t html.Token, name string) string {
	s, _ := attribute(t, name)
	return s
}

func attribute(t html.Token, name string) (string, bool) {
	for _, a := range t.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}
