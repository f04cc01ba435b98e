package lockfile

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"cargohome/internal/tomltext"
)

// readPlain returns what [toml.Decode] does, for a text of the kind that Cargo writes:
// headers, and keys of one part with strings of one line, small numbers, and arrays of
// those. For any other text it is nil, also for one that is no TOML. The library takes
// ten times as long (14 of 18 ms for 800 packages).
func readPlain(text string) map[string]any {
	top := map[string]any{}
	r := plainReader{Scanner: tomltext.NewScanner(text), table: top}
	for r.Next() {
		if !r.statement(top) {
			return nil
		}
	}
	return top
}

type plainReader struct {
	*tomltext.Scanner
	table map[string]any // of the header in force
}

// statement reads what begins with a token, and reports false if it is not plain.
func (r *plainReader) statement(top map[string]any) bool {
	switch kind := r.Kind; kind {
	case tomltext.Newline:
		return true
	case tomltext.Comment:
		return isPlain(r.Text())
	case tomltext.Header, tomltext.ArrayHeader:
		r.Next()
		r.table = openTable(top, r.path(), kind == tomltext.ArrayHeader)
		return r.table != nil && r.Kind == tomltext.HeaderEnd
	case tomltext.Name:
		return r.keyValue()
	}
	return false
}

// path returns nil if it is not plain.
func (r *plainReader) path() []string {
	path := r.Path()
	if slices.ContainsFunc(path, func(part string) bool { return !isPlain(part) }) {
		return nil
	}
	return path
}

// openTable returns a new table, nil if it cannot be at path.
func openTable(in map[string]any, path []string, element bool) map[string]any {
	for len(path) > 1 {
		below, ok := in[path[0]].(map[string]any)
		if !ok && in[path[0]] != nil {
			return nil
		}
		if !ok {
			below = map[string]any{}
			in[path[0]] = below
		}
		in, path = below, path[1:]
	}
	if len(path) == 0 {
		return nil
	}
	table := map[string]any{}
	before, ok := in[path[0]].([]map[string]any)
	switch {
	case in[path[0]] != nil && !(ok && element):
		return nil
	case element:
		in[path[0]] = append(before, table)
	default:
		in[path[0]] = table
	}
	return table
}

func (r *plainReader) keyValue() bool {
	path := r.path()
	if len(path) != 1 || r.table[path[0]] != nil || !r.Next() {
		return false
	}
	value := r.value()
	r.table[path[0]] = value
	return value != nil
}

// value returns nil for what is not plain.
func (r *plainReader) value() any {
	switch text := r.Text(); r.Kind {
	case tomltext.Quoted:
		if inside := strings.Trim(text, text[:1]); len(inside) == len(text)-2 && isPlain(inside) {
			return inside
		}
	case tomltext.Literal:
		if n, err := strconv.ParseUint(text, 10, 31); err == nil && strconv.FormatUint(n, 10) == text {
			return int64(n)
		}
	case tomltext.ArrayOpen:
		return r.array()
	}
	return nil
}

func (r *plainReader) array() any {
	array := []any{}
	for r.Next() && r.Kind != tomltext.ArrayClose {
		switch r.Kind {
		case tomltext.Newline, tomltext.Comma:
			continue
		}
		value := r.value()
		if value == nil {
			return nil
		}
		array = append(array, value)
	}
	return array
}

// isPlain reports whether a text stands for itself, and may.
func isPlain(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\\' || r == utf8.RuneError })
}
