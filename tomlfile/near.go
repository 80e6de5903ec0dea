package tomlfile

import (
	"reflect"
	"sort"
	"strings"
)

// nearKeys returns the known keys that an unknown one was probably meant to be: those of the same table, and when the
// table cannot be found, those of the whole file.
func nearKeys(root reflect.Type, key []string) []string {
	if len(key) == 0 {
		return nil
	}
	last := key[len(key)-1]
	names := fieldNames(typeAt(root, key[:len(key)-1]))
	near := Near(last, names)
	if len(near) == 0 {
		near = Near(last, allNames(root, 0))
	}
	return near
}

// Near returns up to three of names that are spelt like word, the nearest first.
func Near(word string, names []string) []string {
	type scored struct {
		name string
		d    int
	}
	var found []scored
	seen := map[string]bool{}
	for _, n := range names {
		d := distance(strings.ToLower(word), strings.ToLower(n))
		limit := max(1, min(len(word), len(n))/3)
		if strings.HasPrefix(n, word) || (len(n) >= 3 && strings.HasPrefix(word, n)) {
			d = min(d, limit)
		}
		if d <= limit && !seen[n] {
			seen[n] = true
			found = append(found, scored{n, d})
		}
	}
	sort.SliceStable(found, func(i, j int) bool { return found[i].d < found[j].d })
	var out []string
	for i := 0; i < len(found) && i < 3; i++ {
		out = append(out, found[i].name)
	}
	return out
}

// distance counts wrong, lost, added and swapped neighbouring bytes.
func distance(a, b string) int {
	prev2, prev, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := prev[j-1]
			if a[i-1] != b[j-1] {
				cost++
			}
			row[j] = min(cost, prev[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], prev2[j-2]+1)
			}
		}
		prev2, prev, row = prev, row, prev2
	}
	return prev[len(b)]
}

// typeAt walks a Go type along a key path, through pointers, lists and maps; nil when the path leaves the type.
func typeAt(t reflect.Type, path []string) reflect.Type {
	t = bare(t)
	for _, p := range path {
		for t != nil && t.Kind() == reflect.Slice {
			t = bare(t.Elem())
		}
		if t == nil {
			return nil
		}
		switch t.Kind() {
		case reflect.Struct:
			t = bare(fieldType(t, p))
		case reflect.Map:
			t = bare(t.Elem())
		default:
			return nil
		}
	}
	return t
}

func bare(t reflect.Type) reflect.Type {
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}

func fieldType(t reflect.Type, name string) reflect.Type {
	for f := range fields(t) {
		if strings.EqualFold(tagName(f), name) {
			return f.Type
		}
	}
	return nil
}

// fields yields the exported fields of a struct, those of embedded structs among them.
func fields(t reflect.Type) func(func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for _, f := range reflect.VisibleFields(t) {
			if f.IsExported() && !f.Anonymous && tagName(f) != "-" && !yield(f) {
				return
			}
		}
	}
}

func tagName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("toml"), ",")
	if name == "" {
		return f.Name
	}
	return name
}

func fieldNames(t reflect.Type) []string {
	for t != nil && t.Kind() == reflect.Slice {
		t = bare(t.Elem())
	}
	if t == nil || t.Kind() != reflect.Struct {
		return nil
	}
	var out []string
	for f := range fields(t) {
		out = append(out, tagName(f))
	}
	return out
}

func allNames(t reflect.Type, depth int) []string {
	t = bare(t)
	for t != nil && t.Kind() == reflect.Slice {
		t = bare(t.Elem())
	}
	if t == nil || t.Kind() != reflect.Struct || depth > 6 {
		return nil
	}
	var out []string
	for f := range fields(t) {
		out = append(out, tagName(f))
		out = append(out, allNames(f.Type, depth+1)...)
	}
	return out
}

// describe says in Chinese what a value of this type looks like. element tells that the fault lies in one element of a
// list, not in the list itself.
func describe(t reflect.Type, element bool) string {
	if t == nil {
		return "样例中的形式"
	}
	switch t.Kind() {
	case reflect.String:
		return "用英文双引号括起来的文字"
	case reflect.Bool:
		return " true 或 false（不加引号）"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "整数（不加引号）"
	case reflect.Float32, reflect.Float64:
		return "数字（不加引号）"
	case reflect.Slice:
		if element {
			return "列表，其中每一项都是" + describe(bare(t.Elem()), false)
		}
		return "列表，写在方括号里，例如 [ … ]"
	case reflect.Map, reflect.Struct:
		return "一节，节名写在方括号里"
	}
	return "样例中的形式"
}
