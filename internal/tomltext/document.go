package tomltext

import (
	"math"
	"strconv"
	"strings"
)

// Document prints a table and all below it as the toml crate prints documents in
// its pretty form. Each table prints its values first, in order, and then its
// sub-tables; an empty line parts tables. A table of nothing but sub-tables has
// no header, an empty one has. Arrays of tables become [[headers]], of other
// values one line for each, from two on.
// Source: toml 0.9.11, src/ser/document.
func Document(t *Table) string { return printer{quote: String, key: Key}.document(t) }

// OlderDocument is Document with the quotes of toml_edit 0.22.14 to 0.22.24.
func OlderDocument(t *Table) string { return printer{quote: olderString, key: Key}.document(t) }

// OldestDocument is Document with the quotes of toml_edit 0.19 to 0.22.11.
func OldestDocument(t *Table) string {
	return printer{quote: oldestString, key: oldestKey}.document(t)
}

type printer struct {
	text       *strings.Builder
	quote, key func(string) string // of strings and keys
}

func (p printer) document(t *Table) string {
	p.text = &strings.Builder{}
	p.table(t, nil, false)
	return p.text.String()
}

// table prints t, whose keys from the top are path, as an element of an array if
// element is set.
func (p *printer) table(t *Table, path []string, element bool) {
	values, tables := split(t)
	if needsHeader(path, element, values, tables) {
		p.header(path, element)
	}
	for _, e := range values {
		p.text.WriteString(p.key(e.Key))
		p.text.WriteString(" = ")
		p.value(e.Value)
		p.text.WriteByte('\n')
	}
	for _, e := range tables {
		p.below(e, append(path[:len(path):len(path)], p.key(e.Key)))
	}
}

func needsHeader(path []string, element bool, values, tables []Entry) bool {
	return path != nil && (element || len(values) > 0 || len(tables) == 0)
}

func (p *printer) below(e Entry, path []string) {
	if t, ok := e.Value.(*Table); ok {
		p.table(t, path, false)
		return
	}
	for _, element := range e.Value.([]any) {
		p.table(element.(*Table), path, true)
	}
}

func (p *printer) header(path []string, element bool) {
	if p.text.Len() > 0 {
		p.text.WriteByte('\n')
	}
	open, end := "[", "]\n"
	if element {
		open, end = "[[", "]]\n"
	}
	p.text.WriteString(open)
	p.text.WriteString(strings.Join(path, "."))
	p.text.WriteString(end)
}

// split parts what t prints itself from what becomes a table below it.
func split(t *Table) (values, tables []Entry) {
	for _, e := range t.Entries {
		if isTable(e.Value) || isTableArray(e.Value) {
			tables = append(tables, e)
		} else {
			values = append(values, e)
		}
	}
	return values, tables
}

func isTable(v any) bool {
	_, ok := v.(*Table)
	return ok
}

func isTableArray(v any) bool {
	array, _ := v.([]any)
	for _, element := range array {
		if !isTable(element) {
			return false
		}
	}
	return len(array) > 0
}

func (p *printer) value(v any) {
	switch v := v.(type) {
	case string:
		p.text.WriteString(p.quote(v))
	case int64:
		p.text.WriteString(strconv.FormatInt(v, 10))
	case float64:
		p.text.WriteString(float(v))
	case bool:
		p.text.WriteString(strconv.FormatBool(v))
	case Datetime:
		p.text.WriteString(string(v))
	case []any:
		p.array(v)
	case *Table:
		p.inline(v)
	}
}

// array indents by four spaces however deep the array is, as the toml crate does.
func (p *printer) array(elements []any) {
	p.text.WriteByte('[')
	for _, e := range elements {
		if len(elements) > 1 {
			p.text.WriteString("\n    ")
		}
		p.value(e)
		if len(elements) > 1 {
			p.text.WriteByte(',')
		}
	}
	if len(elements) > 1 {
		p.text.WriteByte('\n')
	}
	p.text.WriteByte(']')
}

func (p *printer) inline(t *Table) {
	p.text.WriteByte('{')
	for i, e := range t.Entries {
		if i > 0 {
			p.text.WriteByte(',')
		}
		p.text.WriteString(" " + p.key(e.Key) + " = ")
		p.value(e.Value)
	}
	if len(t.Entries) > 0 {
		p.text.WriteByte(' ')
	}
	p.text.WriteByte('}')
}

// float prints the shortest decimal that reads back as f, never with an exponent.
// The sign of a NaN is lost.
func float(f float64) string {
	switch {
	case math.IsNaN(f):
		return "nan"
	case math.IsInf(f, 1):
		return "inf"
	case math.IsInf(f, -1):
		return "-inf"
	}
	s := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}
